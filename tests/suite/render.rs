//! What every format promises alike: one identity, the same bytes, well-formed XML whatever the page held.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its input has failed")]

use chrono::{DateTime, Utc};
use pressroom::domain::{
    Article, ArticleId, Block, BlockKind, Facts, Feed, FeedFormat, FeedId, Language, Moment,
    Precision, RelatedGroup, RelatedItem, Section, Selection, Site, SourceId,
};
use pressroom::render::{Entry, feed};
use url::Url;

fn article(key: &str, title: &str, body: &str) -> Article {
    let html = format!("<p>{}</p>", body.replace('&', "&amp;").replace('<', "&lt;"));
    let block = Block { kind: BlockKind::Paragraph, text: body.into(), html };
    Article {
        id: ArticleId::derive(&SourceId::new("suite").unwrap(), key),
        url: None,
        canonical_url: None,
        title: title.into(),
        lead: None,
        attribution: None,
        authors: Vec::new(),
        published: None,
        updated: None,
        language: Some(Language::chinese()),
        tags: Vec::new(),
        sections: vec![Section::headed(title, 2, vec![block])],
        related: Vec::new(),
        media: Vec::new(),
        summary: None,
        facts: Facts::default(),
    }
}

fn coast() -> Feed {
    Feed {
        id: FeedId::new("coast").unwrap(),
        title: "Coast".into(),
        description: "From the coast.".into(),
        language: None,
        selection: Selection::default(),
        formats: FeedFormat::ALL.to_vec(),
        limit: 50,
        with_related: false,
        interval: Some(30),
    }
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn rendered(format: FeedFormat, articles: &[Article], host: &str) -> String {
    let seen = at("2024-11-20T00:00:00Z");
    let entries: Vec<Entry<'_>> =
        articles.iter().map(|article| Entry { article, first_seen: seen, changed: seen }).collect();
    let site = Site { title: "Reader".into(), public_url: Url::parse(host).unwrap(), hub: None };
    String::from_utf8(feed(format, &coast(), &site, &entries)).unwrap()
}

const HOST: &str = "https://reader.example.net/";

/// Whether an independent parser finds the document well-formed; the crates' own readers are too kind to judge.
fn is_well_formed(xml: &str) -> bool {
    let all_legal = xml.chars().all(|c| {
        matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
    });
    let reads = rss::Channel::read_from(xml.as_bytes()).is_ok()
        || atom_syndication::Feed::read_from(xml.as_bytes()).is_ok();
    all_legal && reads && xml.matches("<?xml").count() == 1
}

#[test]
fn an_article_has_one_id_in_every_format_and_on_every_host() {
    let article = article("one", "灯塔", "亮了。");
    for format in FeedFormat::ALL {
        for host in [HOST, "http://elsewhere.example:8080/under/path"] {
            let document = rendered(format, std::slice::from_ref(&article), host);
            assert_eq!(document.matches(&article.id.urn()).count(), 1, "{format:?} on {host}");
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let articles = [article("one", "灯塔", "亮了。"), article("two", "渡轮", "开了。")];
    for format in FeedFormat::ALL {
        assert_eq!(rendered(format, &articles, HOST), rendered(format, &articles, HOST));
    }
}

#[test]
fn every_format_carries_the_full_text_its_headings_and_its_related_items() {
    let mut article = article("one", "灯塔重亮", "整座小城都来看它点灯。");
    article.related = (1..=10)
        .map(|i| RelatedItem::titled(RelatedGroup::Related, format!("相关的第{i}篇文章。")))
        .collect();
    for format in FeedFormat::ALL {
        let document = rendered(format, std::slice::from_ref(&article), HOST);
        for part in ["整座小城都来看它点灯。", "s1", "相关阅读"] {
            assert!(document.contains(part), "{format:?}: {part}");
        }
        for item in &article.related {
            assert!(document.contains(&item.title), "{format:?}: {}", item.title);
        }
    }
}

#[test]
fn a_date_goes_on_the_wire_only_as_exact_as_a_day() {
    let words = |format| match format {
        FeedFormat::Rss => "<pubDate>",
        FeedFormat::Atom => "<published>",
        FeedFormat::Json => "date_published",
    };
    let table = [
        (Some(Precision::Second), true),
        (Some(Precision::Day), true),
        (Some(Precision::Week), false),
        (Some(Precision::Year), false),
        (None, false),
    ];
    for (precision, expected) in table {
        let mut article = article("one", "灯塔", "亮了。");
        article.published = precision.map(|precision| Moment {
            raw: "那时候".into(),
            instant: at("2024-10-24T00:00:00Z").fixed_offset(),
            precision,
            reference: None,
        });
        for format in FeedFormat::ALL {
            let document = rendered(format, std::slice::from_ref(&article), HOST);
            assert_eq!(document.contains(words(format)), expected, "{format:?} {precision:?}");
            let is_coarse = precision.is_some_and(|precision| precision > Precision::Day);
            let shown = document.contains("那时候");
            assert!(shown || !is_coarse, "{format:?}: the raw words stay in the content");
        }
    }
}

#[test]
fn no_character_of_a_page_breaks_a_document() {
    let all = (0..0x3000).chain(0xD7F0..0xFFFF + 0x20).filter_map(char::from_u32);
    let text: String = all.collect::<String>() + "]]> &amp; <!-- <![CDATA[ ]] > <?x ?>";
    for format in [FeedFormat::Rss, FeedFormat::Atom] {
        let document = rendered(format, &[article("one", &text, &text)], HOST);
        assert!(is_well_formed(&document), "{format:?}");
    }
}

#[test]
fn a_body_of_four_megabytes_is_carried_whole() {
    let body = "字".repeat(4_000_000 / 3);
    for format in FeedFormat::ALL {
        assert!(
            rendered(format, &[article("one", "大", &body)], HOST).contains(&body),
            "{format:?}"
        );
    }
}

#[test]
fn a_feed_without_entries_is_still_a_feed() {
    for format in [FeedFormat::Rss, FeedFormat::Atom] {
        assert!(is_well_formed(&rendered(format, &[], HOST)), "{format:?}");
    }
}
