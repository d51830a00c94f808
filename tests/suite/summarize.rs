//! What a reader of summaries relies on, over whole articles.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its input has failed")]

use pressroom::domain::{
    Article, ArticleId, Block, BlockKind, Facts, Language, Origin, Section, SourceId, Summary,
};
use pressroom::summarize::{Length, Preset, article_summary, section_summaries, summarize};

fn block(kind: BlockKind, text: &str) -> Block {
    Block { kind, text: text.into(), html: format!("<p>{text}</p>") }
}

fn paragraphs(texts: &[&str]) -> Vec<Block> {
    texts.iter().map(|text| block(BlockKind::Paragraph, text)).collect()
}

fn article(language: Language, title: &str, sections: Vec<Section>) -> Article {
    Article {
        id: ArticleId::derive(&SourceId::new("suite").unwrap(), title),
        url: None,
        canonical_url: None,
        title: title.into(),
        lead: None,
        attribution: None,
        authors: Vec::new(),
        published: None,
        updated: None,
        language: Some(language),
        tags: Vec::new(),
        sections,
        related: Vec::new(),
        media: Vec::new(),
        summary: None,
        facts: Facts::default(),
    }
}

fn lighthouse() -> Article {
    let sections = vec![
        Section::opening(paragraphs(&[
            "作者：林晓海",
            "停用十一年的灯塔今年夏天重新亮了起来，整座小城都来看它点灯。修复工作由八位退休工程师完成，没有花政府一分钱。",
            "图1：灯塔的新灯室。",
        ])),
        Section::headed(
            "修复从何开始",
            2,
            paragraphs(&[
                "修复从一张旧图纸开始，它在镇图书馆的阁楼里躺了四十年。工程师们根据图纸重新加工了透镜的支架，又换掉了生锈的楼梯。你见过这样的图纸吗？",
            ]),
        ),
        Section::headed(
            "以后怎么办",
            2,
            vec![
                block(
                    BlockKind::Paragraph,
                    "镇上打算把灯塔交给渔业合作社管理，门票收入用于每年的维护。扫描下方二维码，关注我们的公众号。",
                ),
                block(BlockKind::Code, "灯塔维护的门票收入是代码。"),
                block(BlockKind::Table, "灯塔维护的门票收入是表格。"),
                block(BlockKind::List, "门票\n捐款"),
            ],
        ),
    ];
    article(Language::chinese(), "灯塔重新亮起：小城修复记", sections)
}

fn texts(article: &Article) -> Vec<String> {
    let sections = article.sections.iter().map(|section| section.summary.as_ref());
    sections
        .chain([article.summary.as_ref()])
        .map(|s| s.map(Summary::text).unwrap_or_default())
        .collect()
}

#[test]
fn every_section_with_prose_gets_a_summary_of_its_own_whole_sentences() {
    let mut article = lighthouse();
    summarize(&mut article);
    for (index, section) in article.sections.iter().enumerate() {
        let summary = section.summary.as_ref().expect("each section has prose");
        assert_eq!(summary.origin, Origin::Extracted);
        for sentence in &summary.sentences {
            assert_eq!(sentence.section, Some(index));
            assert!(section.text().contains(&sentence.text), "{}", sentence.text);
        }
    }
}

#[test]
fn bylines_captions_calls_code_tables_and_list_fragments_are_never_in_a_summary() {
    let mut article = lighthouse();
    summarize(&mut article);
    for text in texts(&article) {
        for wrong in ["作者", "图1", "二维码", "代码", "表格", "捐款"] {
            assert!(!text.contains(wrong), "{text}");
        }
    }
}

#[test]
fn the_publishers_lead_wins_unless_it_only_repeats_the_title() {
    let mut article = lighthouse();
    article.lead = Some("灯塔亮了。小城高兴。".into());
    summarize(&mut article);
    let summary = article.summary.clone().unwrap();
    assert_eq!(
        (summary.origin, summary.text().as_str()),
        (Origin::Publisher, "灯塔亮了。小城高兴。")
    );
    assert_eq!(summary.sentences.iter().map(|s| s.section).collect::<Vec<_>>(), [None, None]);
    article.lead = Some(article.title.clone());
    summarize(&mut article);
    assert_eq!(article.summary.unwrap().origin, Origin::Extracted);
}

#[test]
fn a_budget_holds_and_only_a_sentence_that_alone_exceeds_it_is_cut() {
    let article = lighthouse();
    for budget in [1, 5, 12, 30, 60, 100, 1000] {
        let summary = article_summary(&article, Preset::Article, Length::Budget(budget)).unwrap();
        let text = summary.text();
        let han = text.chars().filter(|c| c.is_alphanumeric()).count();
        assert!(han <= budget, "{budget}: {text}");
        assert_eq!(text.contains('…'), !text.ends_with(['。', '？']), "{text}");
        assert!(!text.contains('…') || summary.sentences.len() == 1, "{text}");
    }
    let whole = article_summary(&article, Preset::Article, Length::Budget(60)).unwrap().text();
    assert!(!whole.contains('…'), "{whole}");
}

#[test]
fn a_number_of_sentences_holds_and_they_stand_in_document_order() {
    let article = lighthouse();
    for wanted in 1..=4 {
        let summary =
            article_summary(&article, Preset::Section, Length::Sentences(wanted)).unwrap();
        assert_eq!(summary.sentences.len(), wanted);
        let places: Vec<_> = summary.sentences.iter().map(|s| (s.section, s.index)).collect();
        assert!(places.is_sorted(), "{places:?}");
    }
    assert_eq!(article_summary(&article, Preset::Section, Length::Sentences(0)), None);
}

#[test]
fn the_same_thought_is_not_told_twice() {
    let twice = "The council approved the new harbour bridge on Tuesday evening.";
    let nearly = "On Tuesday evening, the council approved the new harbour bridge again.";
    let other = "Construction begins in spring and takes about two years.";
    let section = Section::opening(paragraphs(&[twice, nearly, other]));
    let article = article(Language::english(), "Harbour bridge approved", vec![section]);
    let text = article_summary(&article, Preset::Article, Length::Sentences(2)).unwrap().text();
    assert!(text.contains(other), "{text}");
}

#[test]
fn a_section_reads_on_where_the_article_summary_left_off() {
    let mut article = lighthouse();
    summarize(&mut article);
    let whole = article.summary.as_ref().unwrap().sentences.clone();
    let section = &article.sections[1].summary.as_ref().unwrap().sentences;
    assert!(section.iter().all(|sentence| !whole.contains(sentence)), "{section:?}");
}

#[test]
fn lower_cased_english_is_split_into_sentences() {
    let text = "the ferry left at noon with four hundred people on board. it reached the island an hour later. \
                nobody had expected the harbour to be so quiet.";
    let section = Section::opening(paragraphs(&[text]));
    let article = article(Language::english(), "ferry", vec![section]);
    let summary = section_summaries(&article, Length::Sentences(9))[0].clone().unwrap();
    assert_eq!(summary.sentences.len(), 3);
}

#[test]
fn articles_without_prose_have_no_summary_and_odd_ones_do_no_harm() {
    let none = vec![
        Vec::new(),
        vec![Section::opening(Vec::new())],
        vec![Section::opening(paragraphs(&["", " \n ", "。。。", "\u{0}"]))],
        vec![Section::opening(vec![block(BlockKind::Code, "fn main() {}")])],
    ];
    for sections in none {
        let mut article = article(Language::english(), "Nothing", sections);
        summarize(&mut article);
        assert_eq!(article.summary, None);
    }
    let mut endless = lighthouse();
    let section = endless.sections[0].clone();
    endless.sections.extend(std::iter::repeat_n(section, 5_000));
    let summaries = section_summaries(&endless, Length::Budget(50));
    assert_eq!(summaries.len(), endless.sections.len());
    assert_eq!(summaries.last(), Some(&None), "nobody leafs through so many");
}

#[test]
fn very_long_sections_are_summarized_in_bounded_time_and_the_same_way_each_time() {
    let shapes = [
        "这是一个很长的段落，讲的是同一件事情。".repeat(2_700),
        "没有标点的一行".repeat(8_000),
        "word ".repeat(12_000),
        "A sentence here. ".repeat(3_000),
        "“".repeat(50_000),
    ];
    for shape in shapes {
        let sections = vec![Section::opening(paragraphs(&[&shape]))];
        let mut once = article(Language::chinese(), "长", sections);
        let mut again = once.clone();
        summarize(&mut once);
        summarize(&mut again);
        assert_eq!(once, again);
        for text in texts(&once) {
            assert!(text.chars().count() <= 600, "{}", text.chars().count());
        }
    }
}
