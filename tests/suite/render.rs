//! What every format promises alike: one identity, the same bytes, well-formed XML whatever the page held.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its input has failed")]

use chrono::{DateTime, Utc};
use pressroom::domain::{
    Article, ArticleId, Block, BlockKind, Facts, Feed, FeedFormat, FeedId, Language, Moment,
    Precision, RelatedGroup, RelatedItem, Section, Selection, Site, SourceId,
};
use pressroom::render::{Entry, Page, feed};
use url::Url;

use crate::arbitrary::Arbitrary;

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
    String::from_utf8(feed(format, &coast(), &site, &entries, Page::ONLY)).unwrap()
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

/// What a reader found of one entry.
#[derive(Debug, PartialEq)]
struct Found {
    id: String,
    /// Letters and digits of the title; a title without any may be a word of our own.
    title: String,
    link: Option<String>,
    authors: usize,
}

/// The letters and digits that people see, however often they were escaped.
fn letters(text: &str) -> String {
    const NAMES: [&str; 6] = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&nbsp;"];
    let mut text = text.replace('\u{FF06}', "&");
    for _ in 0..4 {
        for (name, sign) in NAMES.into_iter().zip(["&", "<", ">", "\"", "'", " "]) {
            text = text.replace(name, sign);
        }
    }
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Bytes behind percent signs, so that two ways of writing an address are one.
fn decoded(url: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = url;
    while let Some(at) = rest.find('%') {
        out.extend(rest[..at].bytes());
        match rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => (out.push(byte), rest = &rest[at + 3..]).1,
            None => (out.push(b'%'), rest = &rest[at + 1..]).1,
        }
    }
    out.extend(rest.bytes());
    out
}

fn is_shown(name: &str) -> bool {
    let is_nothing = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{FDD0}'..='\u{FDEF}')
            || u32::from(c) & 0xFFFE == 0xFFFE
    };
    !name.replace("&nbsp;", " ").chars().all(is_nothing)
}

/// How many authors an entry must have; Atom names whoever published it first where nobody wrote it.
fn authors(article: &Article, format: FeedFormat) -> usize {
    let named = article.authors.iter().filter(|name| is_shown(name)).count();
    let publisher = article.attribution.iter().filter(|name| is_shown(name)).count();
    if named == 0 && format == FeedFormat::Atom { publisher } else { named }
}

fn read(format: FeedFormat, document: &str) -> Vec<Found> {
    match format {
        FeedFormat::Rss => rss::Channel::read_from(document.as_bytes()).unwrap().items,
        FeedFormat::Atom => return read_atom(document),
        FeedFormat::Json => return read_json(document),
    }
    .into_iter()
    .map(|item| Found {
        id: item.guid.unwrap().value,
        title: item.title.unwrap(),
        link: item.link,
        authors: item.dublin_core_ext.map_or(0, |core| core.creators.len()),
    })
    .collect()
}

fn read_atom(document: &str) -> Vec<Found> {
    let feed = atom_syndication::Feed::read_from(document.as_bytes()).unwrap();
    let found = |entry: atom_syndication::Entry| Found {
        link: entry.links.into_iter().find(|l| l.rel == "alternate").map(|l| l.href),
        id: entry.id,
        title: entry.title.value,
        authors: entry.authors.len(),
    };
    feed.entries.into_iter().map(found).collect()
}

fn read_json(document: &str) -> Vec<Found> {
    let feed: serde_json::Value = serde_json::from_str(document).unwrap();
    let found = |item: &serde_json::Value| Found {
        id: item["id"].as_str().unwrap().to_owned(),
        title: item["title"].as_str().unwrap().to_owned(),
        link: item["url"].as_str().map(str::to_owned),
        authors: item["authors"].as_array().map_or(0, Vec::len),
    };
    feed["items"].as_array().unwrap().iter().map(found).collect()
}

/// What is wrong with `found` as what was made of `article`.
fn lost(article: &Article, found: &Found, format: FeedFormat) -> Option<String> {
    let link = article.link().filter(|url| matches!(url.scheme(), "http" | "https"));
    let expected = letters(&article.title);
    let checks = [
        ("id", found.id == article.id.urn()),
        (
            "title",
            !found.title.is_empty() && (expected.is_empty() || letters(&found.title) == expected),
        ),
        ("link", found.link.as_deref().map(decoded) == link.map(|url| decoded(url.as_str()))),
        ("authors", found.authors == authors(article, format)),
    ];
    let wrong = checks.into_iter().find(|(_, is_right)| !is_right)?.0;
    Some(format!("{format:?}: {wrong} of {article:#?}\nwas read as {found:?}"))
}

/// An article may be older than feeds are, which checkers doubt and nobody can change.
fn is_of_date(finding: &pressroom::lint::Finding) -> bool {
    use pressroom::lint::{Level, Rule};
    finding.level == Level::Warning
        && matches!(finding.rule, Rule::ImplausibleDate | Rule::ProblematicalRfc822Date)
}

#[test]
fn any_article_becomes_an_entry_that_passes_lint_and_reads_back_as_it_was() {
    let settings = pressroom::lint::Settings { now: Some(at("2024-11-21T00:00:00Z")), url: None };
    let mut wrong = Vec::new();
    for seed in 0..600 {
        let article = Arbitrary::new(seed).article(&seed.to_string());
        for format in FeedFormat::ALL {
            let document = rendered(format, std::slice::from_ref(&article), HOST);
            let findings = pressroom::lint::lint(document.as_bytes(), &settings);
            for finding in findings.into_iter().filter(|finding| !is_of_date(finding)) {
                wrong.push(format!("{seed} {format:?}: {finding}"));
            }
            let found = read(format, &document);
            assert_eq!(found.len(), 1, "{seed} {format:?}");
            wrong.extend(lost(&article, &found[0], format).map(|w| format!("{seed} {w}")));
        }
    }
    assert!(wrong.is_empty(), "{} in all:\n{}", wrong.len(), wrong.join("\n"));
}
