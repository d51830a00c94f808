//! Whole documents in, Articles out: the promises of `normalize` on invented pages and on the document it was made for.

use std::path::Path;

use chrono::DateTime;
use pressroom::domain::{
    Article, Document, IdentityRule, Language, MediaType, Precision, RelatedGroup, SourceId,
};
use pressroom::normalize::{NormalizeError, Normalized, Overrides, Settings, normalize};
use url::Url;

const FETCHED_AT: &str = "2024-11-20T08:00:00+08:00";

fn document(media_type: MediaType, text: &str) -> Document {
    Document {
        reference: "a".into(),
        url: (media_type == MediaType::Html).then(|| {
            Url::parse("https://valley.example/news/a.html").expect("written in this test")
        }),
        fetched_at: DateTime::parse_from_rfc3339(FETCHED_AT).expect("written in this test"),
        media_type,
        text: text.into(),
        digest: String::new(),
    }
}

fn run(media_type: MediaType, text: &str) -> Result<Normalized, NormalizeError> {
    let settings = Settings {
        source: SourceId::new("valley").expect("written in this test"),
        identity: IdentityRule::Path,
        overrides: Overrides::default(),
    };
    normalize(&document(media_type, text), &settings)
}

fn article(media_type: MediaType, text: &str) -> Article {
    run(media_type, text).expect("written in this test").article
}

fn headings(article: &Article) -> Vec<Option<&str>> {
    article.sections.iter().map(|section| section.heading.as_deref()).collect()
}

/// The seed lies beside the checkout. Without it the test says so, except where CI promises it.
fn seed() -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/seed/article.txt");
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if std::env::var_os("CI").is_some() => panic!("{}: {error}", path.display()),
        Err(_) => {
            println!("skipped: {} is not there", path.display());
            None
        }
    }
}

#[test]
fn the_seed_article_gives_its_title_lead_attribution_and_five_sections() {
    let Some(text) = seed() else { return };
    let found = article(MediaType::Text, &text);
    assert_eq!(found.title, "OpenAI内斗对GPT是福是祸?对人类?对微软?");
    assert_eq!(found.lead.as_deref(), Some(found.title.as_str()));
    assert_eq!(found.own_lead(), None);
    assert_eq!(found.attribution.as_deref(), Some("企业网D1net"));
    assert_eq!(found.language.as_ref().map(Language::as_str), Some("zh"));
    assert_eq!(
        headings(&found),
        [
            None,
            Some("引发多方关注"),
            Some("OpenAI内斗对GPT是福是祸?"),
            Some("OpenAI将何去何从"),
            Some("事情还远没有结束")
        ]
    );
    let blocks: Vec<usize> = found.sections.iter().map(|section| section.blocks.len()).collect();
    assert_eq!(blocks, [5, 5, 3, 4, 4]);
    let body = found.text();
    assert!(body.starts_with("OpenAI的内部斗争") && body.ends_with("让我们拭目以待!"));
    assert!(body.contains("公司的稳定性和 技术发展"), "spacing inside a line is the page's");
    for line in
        text.lines().skip_while(|line| *line != "相关文章").filter(|line| line.chars().count() > 3)
    {
        assert!(!body.contains(line), "{line}");
    }
}

#[test]
fn the_seed_article_gives_its_ten_related_items_in_order() {
    let Some(text) = seed() else { return };
    let found = run(MediaType::Text, &text).unwrap();
    assert!(found.notes.is_empty(), "{:?}", found.notes);
    let related = found.article.related;
    assert_eq!(related.len(), 10);
    assert!(related.iter().all(|item| item.group == RelatedGroup::Related));
    let when = |at: usize| {
        let moment = related[at].published.as_ref().unwrap();
        (moment.raw.as_str(), moment.instant.to_rfc3339(), moment.precision)
    };
    assert_eq!(when(0), ("1月前", "2024-10-01T00:00:00+08:00".into(), Precision::Month));
    assert_eq!(related[0].tags, ["机器学习/深度学习", "人工智能", "算法"]);
    assert!(related[0].title.starts_with("【通义】AI视界|若未来三年无法盈利"));
    assert!(related[0].summary.as_deref().unwrap().starts_with("本文精选了24小时内"));
    assert_eq!(when(1), ("27天前", "2024-10-24T00:00:00+08:00".into(), Precision::Day));
    assert_eq!(related[3].tags, ["API"]);
    assert!(related[3].title.starts_with("2024-05-14 最新!"));
    assert_eq!(
        (related[3].views, related[3].comments, related[3].summary.as_deref()),
        (Some(39), Some(0), None)
    );
    let fifth = &related[4];
    assert_eq!((fifth.views, fifth.comments), (Some(99), Some(2)));
    assert!(
        fifth.summary.as_deref().unwrap().starts_with("OpenAI新推功能")
            && fifth.summary.as_deref().unwrap().ends_with("灵活性与效率。")
    );
    assert_eq!(related[6].title, "Openai python调用gpt测试代码");
    assert_eq!(related[6].tags, ["人工智能", "API", "Python"]);
    assert_eq!((related[6].views, related[6].comments), (None, None));
    assert_eq!(related[8].title, "OpenAI GPT-4 Code Interpreter测试");
    assert_eq!((related[8].views, related[8].comments), (Some(51), Some(0)));
    assert_eq!(related[9].summary, None);
}

#[test]
fn a_chinese_page_gives_what_a_reader_sees_around_and_under_its_title() {
    let Normalized { article, notes, .. } =
        run(MediaType::Html, include_str!("../fixtures/normalize/page-zh.html")).unwrap();
    assert_eq!(article.title, "河谷里的数据中心靠什么降温");
    assert_eq!(article.authors, ["林小满"]);
    assert_eq!(article.attribution.as_deref(), Some("青山晚报"));
    assert_eq!(
        article.lead.as_deref(),
        Some("一座建在河谷里的数据中心用山风和河水降温，一年省下三分之一的电。")
    );
    let published = article.published.as_ref().unwrap();
    assert_eq!(
        (published.instant.to_rfc3339().as_str(), published.precision),
        ("2024-05-06T08:30:00+08:00", Precision::Minute)
    );
    assert_eq!(
        article.canonical_url.as_ref().map(Url::as_str),
        Some("https://valley.example/news/a.html")
    );
    assert_eq!(article.tags, ["数据中心", "节能", "水资源"]);
    assert_eq!(article.language.as_ref().map(Language::as_str), Some("zh-CN"));
    assert_eq!(headings(&article), [None, Some("风从哪里来"), Some("水够不够用?")]);
    let images: Vec<&str> = article.media.iter().map(|media| media.url.as_str()).collect();
    assert_eq!(images, ["https://valley.example/img/valley.jpg"]);
    let body = article.text();
    for foreign in
        ["摘要", "责任编辑", "相关阅读", "高原上的风电场", "老铁路", "版权所有", "首页", "作者"]
    {
        assert!(!body.contains(foreign), "{foreign}");
    }
    let html: String = article.sections.iter().map(pressroom::domain::Section::html).collect();
    assert!(
        html.contains("https://valley.example/wind?id=3")
            && !html.contains("utm_")
            && !html.contains("count.example")
    );
    assert!(!html.contains("<h2>"), "the heading is not repeated in the section");
    let related: Vec<(RelatedGroup, &str, &str)> = article
        .related
        .iter()
        .map(|item| (item.group, item.title.as_str(), item.url.as_ref().unwrap().path()))
        .collect();
    assert_eq!(
        related,
        [
            (RelatedGroup::Related, "高原上的风电场怎样过冬", "/news/b.html"),
            (RelatedGroup::Related, "小城为什么留得住工程师", "/news/c.html"),
            (RelatedGroup::Popular, "一条老铁路的最后一班列车", "/news/d.html"),
        ]
    );
    let first = &article.related[0];
    assert_eq!(first.published.as_ref().unwrap().instant.to_rfc3339(), "2024-10-24T00:00:00+08:00");
    assert_eq!((first.views, first.comments), (Some(39), Some(0)));
    assert_eq!(article.related[1].published, None);
    assert_eq!(notes.len(), 1);
    assert!(
        notes[0].to_string().contains("related item 2")
            && notes[0].to_string().contains("2024-02-30"),
        "{}",
        notes[0]
    );
}

#[test]
fn an_english_page_gives_its_metadata_sections_and_related_items() {
    let found = article(MediaType::Html, include_str!("../fixtures/normalize/page-en.html"));
    assert_eq!(found.title, "How a valley cools its computers");
    assert_eq!(found.authors, ["Ann Moss", "Ben Reed"]);
    assert_eq!(found.attribution.as_deref(), Some("Highland Review"));
    assert!(found.lead.as_deref().unwrap().starts_with("A data centre in a valley"));
    assert_eq!(found.published.as_ref().unwrap().instant.to_rfc3339(), "2024-05-06T08:00:00+01:00");
    assert_eq!(found.updated.as_ref().unwrap().instant.to_rfc3339(), "2024-05-07T09:30:00+01:00");
    assert_eq!(found.language.as_ref().map(Language::as_str), Some("en-GB"));
    assert_eq!(found.tags, ["energy", "water"]);
    assert_eq!(
        headings(&found),
        [None, Some("Where the wind comes from"), Some("Is there enough water?")]
    );
    assert!(
        !found.text().contains("By Ann Moss") && !found.text().contains("originally published")
    );
    let related: Vec<(RelatedGroup, &str)> =
        found.related.iter().map(|item| (item.group, item.title.as_str())).collect();
    assert_eq!(
        related,
        [
            (RelatedGroup::Related, "How a wind farm survives the winter"),
            (RelatedGroup::Related, "Why engineers stay in small towns"),
            (RelatedGroup::Popular, "The last train on an old railway line"),
        ]
    );
    assert_eq!(
        found.related[0].summary.as_deref(),
        Some("On the plateau the blades freeze each night and thaw each noon.")
    );
    assert_eq!(
        found.related[0].published.as_ref().unwrap().instant.to_rfc3339(),
        "2024-04-02T00:00:00+08:00"
    );
    assert_eq!(found.related[1].published.as_ref().unwrap().raw, "3 days ago");
}

#[test]
fn an_english_flattened_page_gives_its_sections_and_related_items_with_what_each_has() {
    let Normalized { article, notes, .. } =
        run(MediaType::Text, include_str!("../fixtures/normalize/flattened-en.txt")).unwrap();
    assert_eq!(
        article.lead.as_deref(),
        Some(
            "A data centre in a valley uses wind and river water, and saves a third of its power."
        )
    );
    assert_eq!(article.attribution.as_deref(), Some("Highland Review"));
    assert_eq!(article.authors, ["Ann Moss"]);
    assert_eq!(
        headings(&article),
        [None, Some("Where the wind comes from"), Some("Is there enough water?")]
    );
    let titles: Vec<(RelatedGroup, &str)> =
        article.related.iter().map(|item| (item.group, item.title.as_str())).collect();
    assert_eq!(
        titles,
        [
            (RelatedGroup::Related, "How a wind farm survives the winter"),
            (RelatedGroup::Related, "Why engineers stay in small towns"),
            (RelatedGroup::Related, "The last train on an old railway line"),
            (RelatedGroup::Popular, "A bridge that sings when it rains"),
            (RelatedGroup::Popular, "The man who maps the springs"),
        ]
    );
    assert_eq!(article.related[0].tags, ["Energy", "Weather"]);
    assert_eq!((article.related[0].views, article.related[0].comments), (Some(120), Some(4)));
    assert_eq!(article.related[1].published, None);
    assert_eq!(
        article.related[2].summary.as_deref(),
        Some("It left at noon, and nobody was on it.")
    );
    let said: Vec<String> = notes.iter().map(ToString::to_string).collect();
    assert!(said[0].contains("related item 2") && said[0].contains("2024-02-30"), "{said:?}");
    assert!(said[1].contains("related item 3") && said[1].contains("some day"), "{said:?}");
    assert!(said[2].contains("without a title"), "{said:?}");
}

#[test]
fn markdown_with_front_matter_gives_the_same_kind_of_article() {
    let found = article(MediaType::Markdown, include_str!("../fixtures/normalize/post.md"));
    assert_eq!(found.title, "How a valley cools its computers");
    assert_eq!(found.authors, ["Ann Moss"]);
    assert_eq!(found.tags, ["energy", "water"]);
    assert_eq!(found.published.as_ref().unwrap().precision, Precision::Day);
    assert_eq!(headings(&found), [None, Some("Where the wind comes from")]);
    assert!(found.sections[1].html().contains("language-rust"));
    assert_eq!(found.related.len(), 2);
    assert!(!found.text().contains("wind farm"));
}

#[test]
fn bad_documents_are_refused_by_name() {
    let deep = format!("<title>t</title>{}text{}", "<div>".repeat(16_000), "</div>".repeat(16_000));
    let shell = "<html><head><title>App</title></head><body><div id=root></div><script>boot()</script></body></html>";
    let menu = format!(
        "<title>Site</title><ul>{}</ul>",
        "<li><a href=/x>Section name</a></li>".repeat(40)
    );
    for (media_type, text, kind) in [
        (MediaType::Html, " \n ", "empty"),
        (MediaType::Text, "\u{0}\u{1}\u{2}PNG\u{0}\u{0}", "not_text"),
        (MediaType::Html, deep.as_str(), "too_deep"),
        (MediaType::Html, shell, "no_article"),
        (MediaType::Html, menu.as_str(), "no_article"),
        (MediaType::Text, "Only a title", "no_article"),
        (MediaType::Markdown, "---\ntitle: T\n---\n", "no_article"),
    ] {
        let error = run(media_type, text).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[test]
fn sixteen_thousand_nested_elements_end_quickly_on_a_two_megabyte_stack() {
    let near_limit = format!(
        "<title>t</title>{}{}",
        "<div>".repeat(500),
        "<p>A sentence of some length, written for this test alone. ".repeat(20)
    );
    let deep = "<div><span>".repeat(8_000);
    let small = std::thread::Builder::new().stack_size(2 << 20);
    let thread = small.spawn(move || {
        assert_eq!(run(MediaType::Html, &deep).unwrap_err().kind(), "too_deep");
        run(MediaType::Html, &near_limit).map(|found| found.article.title)
    });
    assert_eq!(thread.unwrap().join().unwrap().unwrap(), "t");
}

#[test]
fn the_same_bytes_give_the_same_article() {
    for (media_type, text) in [
        (MediaType::Html, include_str!("../fixtures/normalize/page-zh.html")),
        (MediaType::Text, include_str!("../fixtures/normalize/flattened-en.txt")),
    ] {
        assert_eq!(article(media_type, text), article(media_type, text));
    }
}

#[test]
fn an_impossible_date_gives_no_moment_and_a_note() {
    let page = "<title>The river rises</title><meta property='article:published_time' content='2024-02-30'><h1>The river rises</h1><article><p>The river rises in spring, and the people of the village drag their boats to higher ground before the water comes and takes them.</p></article>";
    let found = run(MediaType::Html, page).unwrap();
    assert_eq!(found.article.published, None);
    assert!(
        found
            .notes
            .iter()
            .any(|note| note.place == "published" && note.message.contains("2024-02-30"))
    );
}

/// A page with enough prose to be an article and `extra` behind its second paragraph.
fn page_with(extra: &str, footer: &str) -> String {
    let prose = "The river rises in spring, and the people of the village drag their boats to higher ground before the water comes.";
    format!(
        "<title>The river rises</title><main><article><h1>The river rises</h1><p>{prose}</p><p>{prose} Again.</p>{extra}<p>{prose} At last.</p></article></main><footer>{footer}</footer>"
    )
}

#[test]
fn a_read_also_line_inside_the_body_is_cut_out_and_the_body_goes_on() {
    let page =
        page_with("<p><b>READ MORE:</b> <a href='/b'>The man who maps the springs</a></p>", "");
    let found = article(MediaType::Html, &page);
    assert_eq!(found.related.len(), 1);
    assert_eq!(found.related[0].title, "The man who maps the springs");
    assert!(
        found.text().ends_with("At last.") && !found.text().contains("READ MORE"),
        "{}",
        found.text()
    );
}

#[test]
fn lists_that_leave_the_site_and_lists_in_the_footer_are_no_further_reading() {
    let page = page_with(
        "<div><h3>You may also like</h3><ul><li><a href='https://ads.example/1'>One weird trick for your boat</a></li></ul></div>",
        "<h3>More from Valley Weekly</h3><ul><li><a href='/about'>About the people behind us</a></li></ul>",
    );
    assert_eq!(article(MediaType::Html, &page).related, []);
}

#[test]
fn a_related_link_that_cannot_be_resolved_keeps_its_title() {
    let page = page_with(
        "<div><h3>相关阅读</h3><ul><li><a href='/b'>一条老铁路的最后一班列车</a></li></ul></div>",
        "",
    );
    let mut document = document(MediaType::Html, &page);
    document.url = None;
    let settings = Settings {
        source: SourceId::new("valley").unwrap(),
        identity: IdentityRule::Path,
        overrides: Overrides::default(),
    };
    let related = normalize(&document, &settings).unwrap().article.related;
    assert_eq!((related[0].title.as_str(), &related[0].url), ("一条老铁路的最后一班列车", &None));
}
