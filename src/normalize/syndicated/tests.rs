//! Feeds as they come, whole and broken.

use chrono::DateTime;

use super::*;
use crate::domain::{IdentityRule, MediaType, SourceId};
use crate::normalize::Overrides;

pub(super) fn document(text: &str) -> Document {
    Document {
        reference: "feed".into(),
        url: Some(Url::parse("https://example.org/feed").unwrap()),
        fetched_at: DateTime::parse_from_rfc3339("2024-11-20T08:00:00+08:00").unwrap(),
        media_type: MediaType::Feed,
        text: text.into(),
        digest: String::new(),
    }
}

pub(super) fn settings() -> Settings {
    Settings {
        source: SourceId::new("river").unwrap(),
        identity: IdentityRule::Entry,
        overrides: Overrides::default(),
    }
}

fn read_feed(text: &str) -> Syndicated {
    syndicated(&document(text), &settings()).unwrap()
}

fn titles(feed: &Syndicated) -> Vec<&str> {
    feed.articles.iter().map(|a| a.as_ref().unwrap().article.title.as_str()).collect()
}

#[test]
fn every_format_gives_the_same_article() {
    let rss = "<rss version='2.0'><channel><title>River</title><link>https://example.org/</link><item><title>Ice &amp; snow</title>\
        <link>https://example.org/1</link><guid isPermaLink='false'>x1</guid><pubDate>Mon, 18 Nov 2024 09:30:00 +0100</pubDate>\
        <description>&lt;p&gt;The river froze.&lt;/p&gt;</description></item></channel></rss>";
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>River</title><link href='https://example.org/'/><entry>\
        <title>Ice &amp; snow</title><link href='/1'/><id>x1</id><published>2024-11-18T09:30:00+01:00</published>\
        <content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>The river froze.</p></div></content></entry></feed>";
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"River","home_page_url":"https://example.org/",
        "items":[{"id":"x1","url":"https://example.org/1","title":"Ice & snow","content_text":"The river froze.",
        "date_published":"2024-11-18T09:30:00+01:00"}]}"#;
    for text in [rss, atom, json] {
        let feed = read_feed(text);
        assert_eq!(feed.channel.title.as_deref(), Some("River"));
        assert_eq!(feed.channel.url.as_ref().map(Url::as_str), Some("https://example.org/"));
        let article = &feed.articles[0].as_ref().unwrap().article;
        assert_eq!(article.title, "Ice & snow");
        assert_eq!(article.url.as_ref().map(Url::as_str), Some("https://example.org/1"));
        assert_eq!(article.text(), "The river froze.");
        assert_eq!(
            article.published.as_ref().unwrap().instant.to_rfc3339(),
            "2024-11-18T09:30:00+01:00"
        );
        assert_eq!(article.id, ArticleId::derive(&settings().source, "guid\nx1"));
    }
}

#[test]
fn broken_feeds_give_what_is_in_them() {
    for (text, expected) in [
        (
            "junk <?xml version='1.0'?><rss><channel><item><title>A & B &nbsp;&eacute;</title></item>",
            vec!["A & B é"],
        ),
        (
            "<rss><channel><item><title>One<item><title>Two</title></item></channel></rss>",
            vec!["One", "Two"],
        ),
        (
            "<rss><channel><item><title>One</title></item><item><title>Two</title><link>htt",
            vec!["One", "Two"],
        ),
        (
            "<rdf:RDF><channel><title>R</title></channel><item><title>One</title></item></rdf:RDF>",
            vec!["One"],
        ),
        (
            "<feed xmlns='http://purl.org/atom/ns#'><entry><title mode='escaped'>a &lt;b&gt;c&lt;/b&gt;</title></entry></feed>",
            vec!["a c"],
        ),
        ("<rss><channel><item><title>1 < 2</title></item></channel></rss>", vec!["1 < 2"]),
        (
            "<rss><channel><item><title>One<description>x</description></item></channel></rss>",
            vec!["One"],
        ),
        (
            "<!DOCTYPE rss [<!ENTITY a ']>'><!-- ]> -->]><rss><channel><item><title>One</title></item></channel></rss>",
            vec!["One"],
        ),
        (
            "<!DOCTYPE rss \"broken><rss version=\"2.0\"><channel><item><title>One</title></item></channel></rss>",
            vec!["One"],
        ),
        (
            "<rdf:RDF><channel><textinput rdf:resource=''><title>R</title></channel><item><title>One</title></item></rdf:RDF>",
            vec!["One"],
        ),
        ("<rss><channel><item><author>Ann</author></item></channel></rss>", vec!["Ann"]),
        ("<rss><channel><item><x:mood>glad</x:mood></item></channel></rss>", vec!["glad"]),
        ("<feed><entry><contributor><name>Ben</name></contributor></entry></feed>", vec!["Ben"]),
        (
            "<feed><entry><title type='application/octet-stream'>SWNl</title></entry></feed>",
            vec!["Ice"],
        ),
        (
            "<rss><channel><item><title>C&#x92;est</title></item></channel></rss>",
            vec!["C\u{2019}est"],
        ),
    ] {
        assert_eq!(titles(&read_feed(text)), expected, "{text}");
    }
}

#[test]
fn what_was_mended_is_said_and_whole_feeds_say_nothing() {
    let whole = "<rss version='2.0'><channel><title>R &amp; D &#8212;</title><item><title>One</title></item></channel></rss>";
    assert_eq!(read_feed(whole).notes, []);
    let broken = "x<rss><channel><title>R & D &nbsp;</title><item><title>One</item></b>";
    let notes: Vec<String> = read_feed(broken).notes.into_iter().map(|note| note.message).collect();
    assert_eq!(
        notes,
        [
            "the end is missing; what was there is kept",
            "text before the first tag was passed over",
            "bare ampersands, taken as such: 1",
            "references that XML does not know, read as HTML does: 1",
            "elements without an end, ended at the next that cannot stand in them: 1",
            "end tags of nothing, passed over: 1",
        ]
    );
}

#[test]
fn an_entry_knows_the_feed_it_came_with_or_was_taken_from() {
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Planet</title><id>tag:p.example,2024:f</id><rights>CC</rights>\
        <link href='https://p.example/'/><link rel='self' href='https://p.example/feed'/><updated>2024-11-18T09:30:00Z</updated>\
        <entry><title>Own</title></entry>\
        <entry><title>Taken</title><source><title>River</title><id>tag:r.example,2024:f</id><link rel='self' href='https://r.example/feed'/></source></entry></feed>";
    let feed = read_feed(atom);
    let of =
        |at: usize| feed.articles[at].as_ref().unwrap().article.facts.provenance.clone().unwrap();
    let own = of(0);
    assert_eq!((own.title.as_str(), own.id.as_deref()), ("Planet", Some("tag:p.example,2024:f")));
    assert_eq!(own.feed.unwrap().as_str(), "https://p.example/feed");
    assert_eq!(
        (own.page.unwrap().as_str(), own.rights.as_deref()),
        ("https://p.example/", Some("CC"))
    );
    assert_eq!(own.updated.unwrap().instant.to_rfc3339(), "2024-11-18T09:30:00+00:00");
    let taken = of(1);
    assert_eq!((taken.title.as_str(), taken.rights), ("River", None));
    assert_eq!(taken.feed.unwrap().as_str(), "https://r.example/feed");
}

#[test]
fn entries_are_told_apart_by_the_rule_of_their_source() {
    let item = |guid: &str, link: &str, title: &str, text: &str| {
        format!(
            "<rss><channel><item><guid isPermaLink='false'>{guid}</guid><link>https://example.org/{link}</link><title>{title}</title><description>{text}</description></item></channel></rss>"
        )
    };
    let one = item("g", "l", "t", "c");
    for (rule, same, other) in [
        (IdentityRule::Entry, item("g", "x", "x", "x"), item("x", "l", "t", "c")),
        (IdentityRule::Url, item("x", "l", "x", "x"), item("g", "x", "t", "c")),
        (IdentityRule::Title, item("x", "x", "t", "x"), item("g", "l", "x", "c")),
        (IdentityRule::Content, item("x", "x", "t", "c"), item("g", "l", "t", "x")),
    ] {
        let settings = Settings { identity: rule, ..settings() };
        let id = |text: &str| {
            let feed = syndicated(&document(text), &settings).unwrap();
            feed.articles[0].as_ref().unwrap().article.id
        };
        assert_eq!(id(&one), id(&same), "{rule:?}");
        assert_ne!(id(&one), id(&other), "{rule:?}");
    }
}

#[test]
fn an_empty_feed_is_read_and_a_page_is_not() {
    assert!(read_feed("<rss><channel><title>Quiet</title></channel></rss>").articles.is_empty());
    for text in ["<html><body><p>x</p></body></html>", "no tags", "{}"] {
        assert_eq!(
            syndicated(&document(text), &settings()).unwrap_err().kind(),
            "no_feed",
            "{text}"
        );
    }
}

#[test]
fn ids_do_not_change_from_one_reading_to_the_next() {
    let text = "<rss><channel><item><title>One</title><description>x</description></item>\
        <item><link>https://example.org/2</link></item></channel></rss>";
    let ids = |feed: Syndicated| -> Vec<_> {
        feed.articles.into_iter().map(|a| a.unwrap().article.id).collect()
    };
    assert_eq!(ids(read_feed(text)), ids(read_feed(text)));
}

#[test]
fn of_two_entries_with_one_guid_the_newer_is_kept() {
    let item = |title: &str, date: &str| {
        format!("<item><guid>g</guid><title>{title}</title><pubDate>{date}</pubDate></item>")
    };
    let old = item("Old", "Mon, 18 Nov 2024 09:30:00 +0000");
    let new = item("New", "Tue, 19 Nov 2024 09:30:00 +0000");
    let feed = read_feed(&format!("<rss><channel>{old}{new}</channel></rss>"));
    assert_eq!(titles(&feed), ["New"]);
    assert_eq!(feed.notes.len(), 1);
}

#[test]
fn hostile_feeds_end_in_a_named_error_on_a_small_stack() {
    let nested = |depth: usize| "<x:y>".repeat(depth);
    let inside = format!("<rss><channel><item><title>t</title>{}", "<x:y>".repeat(1_000_000));
    let attributes = format!("<rss {}><channel/></rss>", "a='1' ".repeat(1_000_000));
    let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><rss><channel><item><title>&b;</title></item></channel></rss>";
    let content =
        format!("<rss><channel><item><title>t</title><description>{}", "&lt;div>".repeat(100_000));
    let small = std::thread::Builder::new().stack_size(2 << 20);
    let work = small.spawn(move || {
        let kind = |text: &str| syndicated(&document(text), &settings()).err().map(|e| e.kind());
        let bomb = titles(&read_feed(bomb)).join("");
        assert_eq!(titles(&read_feed(&inside)), ["t"], "extensions are passed over at any depth");
        let entry = read_feed(&content).articles[0].as_ref().err().map(NormalizeError::kind);
        (kind(&nested(3_000)), kind(&nested(1_000_000)), kind(&attributes), bomb, entry)
    });
    let (deep, deeper, attributes, bomb, entry) = work.unwrap().join().unwrap();
    assert_eq!((deep, deeper), (Some("too_deep"), Some("too_deep")));
    assert_eq!(attributes, Some("too_many_nodes"));
    assert_eq!(bomb, "&b;");
    assert_eq!(entry, Some("too_deep"));
}

#[test]
fn what_one_feed_has_without_end_is_read_in_time() {
    let many = |write: fn(usize) -> String| (0..100_000).map(write).collect::<String>();
    let types = "<!D<>".repeat(300_000);
    let categories = many(|n| format!("<category>c{n}</category><author>a{n}</author>"));
    let files = many(|n| format!("<enclosure url='https://example.org/{n}'/>"));
    let feed = read_feed(&format!(
        "{types}<rss><channel><item><title>t</title>{categories}{files}</item></channel></rss>"
    ));
    let article = &feed.articles[0].as_ref().unwrap().article;
    assert_eq!((article.tags.len(), article.authors.len(), article.media.len()), (500, 500, 500));
}
