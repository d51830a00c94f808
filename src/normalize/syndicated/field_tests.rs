//! One field at a time, in each of the ways in which feeds write it.

use super::tests::{document, settings};
use super::*;
use crate::domain::{Article, Precision};

/// The article of the only entry of a feed whose page is `https://example.org/`.
fn of_item(item: &str) -> Article {
    of_feed(&format!(
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/' \
         xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel><title>T</title>\
         <link>https://example.org/</link><item>{item}</item></channel></rss>"
    ))
}

fn of_atom(entry: &str) -> Article {
    of_feed(&format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><title>t</title>{entry}</entry></feed>"
    ))
}

/// As from a file, whose address nobody knows.
fn of_feed(text: &str) -> Article {
    let document = Document { url: None, ..document(text) };
    let mut feed = syndicated(&document, &settings()).unwrap();
    feed.articles.remove(0).unwrap().article
}

fn address(article: &Article) -> Option<&str> {
    article.url.as_ref().map(Url::as_str)
}

#[test]
fn a_title_is_the_feeds_own_in_words() {
    for (written, expected) in [
        ("<title>AT&amp;amp;T</title>", "AT&T"),
        ("<title>a &lt;b&gt;c&lt;/b&gt;</title>", "a c"),
        ("<title>Vec&lt;T&gt; explained</title>", "Vec<T> explained"),
        ("<title>#include &lt;stdio.h&gt; in C</title>", "#include <stdio.h> in C"),
        ("<title>I &lt;3 you</title>", "I <3 you"),
        ("<media:title>m</media:title><title>own</title>", "own"),
        ("<title>a&lt;style>p{}&lt;/style></title>", "a"),
        ("<itunes:title>i</itunes:title><dc:title>d</dc:title><title>own</title>", "own"),
        ("<media:title>m</media:title>", "m"),
    ] {
        assert_eq!(of_item(written).title, expected, "{written}");
    }
}

#[test]
fn the_page_of_an_entry_is_the_link_that_says_so_most_plainly() {
    for (written, expected) in [
        (
            "<link rel='alternate' type='application/pdf' href='https://example.org/p'/>\
             <link rel='alternate' type='text/html' href='https://example.org/h'/>\
             <link rel='alternate' type='text/html' hreflang='de' href='https://example.org/de'/>",
            Some("https://example.org/h"),
        ),
        (
            "<link rel='http://www.iana.org/assignments/relation/alternate' href='https://example.org/h'/>",
            Some("https://example.org/h"),
        ),
        ("<link rel='related' href='https://example.org/r'/>", None),
        ("<id>https://example.org/i</id>", Some("https://example.org/i")),
        ("<id>urn:x:1</id>", None),
    ] {
        assert_eq!(address(&of_atom(written)), expected, "{written}");
    }
}

#[test]
fn an_address_that_is_not_whole_is_completed_by_what_the_feed_says_of_itself() {
    for (written, expected) in [
        ("<link>/1</link>", Some("https://example.org/1")),
        ("<link>//example.net/1</link>", Some("https://example.net/1")),
        ("<link>www.example.net/1</link>", Some("http://www.example.net/1")),
        ("<guid>/1</guid>", Some("https://example.org/1")),
        ("<title>t</title><guid>1</guid>", None),
        ("<guid isPermaLink='false'>https://example.org/1</guid>", None),
    ] {
        assert_eq!(address(&of_item(written)), expected, "{written}");
    }
    let named =
        "<rdf:RDF><item rdf:about='https://example.org/1'><title>t</title></item></rdf:RDF>";
    assert_eq!(address(&of_feed(named)), Some("https://example.org/1"));
}

#[test]
fn relative_addresses_in_content_count_from_its_base_else_from_the_page() {
    let html = |article: &Article| article.sections[0].html();
    for (written, expected) in [
        ("<content type='html'>&lt;img src='i.png'></content>", "https://example.org/a/i.png"),
        (
            "<content type='html' xml:base='https://example.net/c/'>&lt;img src='i.png'></content>",
            "https://example.net/c/i.png",
        ),
        (
            "<content type='xhtml'><div xml:base='https://example.net/d/'><img src='i.png'/></div></content>",
            "https://example.net/d/i.png",
        ),
    ] {
        let article = of_atom(&format!("<link href='https://example.org/a/1'/>{written}"));
        let found = html(&article) + &format!("{:?}", article.media);
        assert!(found.contains(expected), "{written}: {found}");
    }
}

#[test]
fn elements_that_end_at_once_in_xml_swallow_nothing_of_it() {
    let article = of_atom(
        "<content type='xhtml'><div>a <a name='x'/><script src='x'/><iframe/>b<br/><i/> c</div></content>",
    );
    assert_eq!(article.text().split_whitespace().collect::<Vec<_>>(), ["a", "b", "c"]);
    let inner =
        "<content type='application/atom+xml'><entry><title>inner</title></entry></content>";
    assert_eq!(of_atom(inner).title, "t");
}

#[test]
fn content_that_says_nothing_in_words_gives_way_to_the_summary() {
    for content in [
        "<content type='image/png'>iVBORw0KGgo=</content>",
        "<content type='image/svg+xml'><svg><circle/></svg></content>",
        "<content type='text/html' src='https://example.org/full'/>",
    ] {
        let article = of_atom(&format!("<summary>s</summary>{content}"));
        assert_eq!(article.text(), "s", "{content}");
    }
}

#[test]
fn an_author_is_named_however_the_address_stands_beside_the_name() {
    for (written, expected) in [
        ("Ann Lee", "Ann Lee"),
        ("ann@example.org (Ann Lee)", "Ann Lee"),
        ("Ann Lee (ann@example.org)", "Ann Lee"),
        ("Ann Lee &lt;ann@example.org>", "Ann Lee"),
        ("\"Ann Lee\" &lt;ann@example.org>", "Ann Lee"),
        ("Ann Lee, ann@example.org", "Ann Lee"),
        ("ann@example.org Ann Lee", "Ann Lee"),
        ("Ann Lee [ann@example.org]", "Ann Lee"),
        ("Ann Lee (The Times)", "Ann Lee (The Times)"),
        ("@ann", "@ann"),
        ("mailto:ann@example.org", "ann@example.org"),
        ("ann@example.org ()", "ann@example.org"),
        ("&lt;ann@example.org>", "ann@example.org"),
    ] {
        let article = of_item(&format!("<title>t</title><author>{written}</author>"));
        assert_eq!(article.authors, [expected], "{written}");
    }
}

#[test]
fn authors_of_a_feed_are_those_of_entries_that_name_none() {
    let atom = |own: &str| {
        of_feed(&format!(
            "<feed><author><name>Fay</name></author><entry><title>t</title>{own}</entry></feed>"
        ))
        .authors
    };
    assert_eq!(atom(""), ["Fay"]);
    assert_eq!(atom("<author><name>Ann</name></author>"), ["Ann"]);
    assert_eq!(atom("<source><title>S</title><author><name>Sue</name></author></source>"), ["Sue"]);
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","authors":[{"name":"Fay"}],
        "items":[{"id":"https://example.org/1","content_text":"x"}]}"#;
    let article = of_feed(json);
    assert_eq!(
        (&*article.authors, address(&article)),
        (&["Fay".to_owned()][..], Some("https://example.org/1"))
    );
}

#[test]
fn files_and_keywords_are_taken_from_every_extension_that_has_them() {
    let article = of_item(
        "<title>t</title><media:group><media:content url='/v.mp4'><media:thumbnail url='/t.jpg'/></media:content></media:group>\
         <image><url>/i.png</url><title>x</title></image><itunes:image href='/c.png'/><enclosure url='/a.mp3'/>\
         <itunes:keywords>one, two</itunes:keywords><media:category>three</media:category><category>one</category>",
    );
    let files: Vec<&str> = article.media.iter().map(|file| file.url.path()).collect();
    assert_eq!(files, ["/v.mp4", "/t.jpg", "/i.png", "/c.png", "/a.mp3"]);
    assert_eq!(article.tags, ["one", "two", "three"]);
    assert_eq!(article.title, "t");
}

#[test]
fn json_that_is_nearly_right_is_read() {
    let feed = |items: &str| {
        format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{items}")
    };
    for (items, count) in [
        ("{\"id\":\"1\",\"title\":\"a\tb\nc\"}]}", 1),
        ("{\"id\":\"1\",\"title\":\"a\",},],}", 1),
        ("{\"id\":\"1\",\"title\":\"a\"},{\"id\":\"2\",\"tit", 1),
        ("{\"id\":\"1\",\"title\":\"a\"}]} <!-- served in 3 ms -->", 1),
    ] {
        let read = syndicated(&document(&feed(items)), &settings()).unwrap();
        assert_eq!((read.articles.len(), read.notes.len()), (count, 1), "{items}");
    }
    for broken in ["{", "{\"items\":[}", "{\"items\":\"\\"] {
        assert!(syndicated(&document(broken), &settings()).is_err(), "{broken}");
    }
}

#[test]
fn dates_are_read_in_every_form() {
    for (written, expected) in [
        ("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21+00:00"),
        ("01 Jan 04 19:48 EST", "2004-01-01T19:48:00-05:00"),
        ("2003-12-31T10:14:55+0100", "2003-12-31T10:14:55+01:00"),
        ("2003-12-31T10:14:55+01", "2003-12-31T10:14:55+01:00"),
        ("Sun Jan 4 16:29:06 2004", "2004-01-04T16:29:06+08:00"),
        ("Sun Jan 4 16:29:06 UTC 2004", "2004-01-04T16:29:06+00:00"),
        ("Wed, 31 Dec 2003 10:14:55 CET", "2003-12-31T10:14:55+01:00"),
        ("Wednesday, 31-Dec-03 10:14:55 GMT", "2003-12-31T10:14:55+00:00"),
        ("Wed, 31 Dec 2003 10:14:55 +5:30", "2003-12-31T10:14:55+05:30"),
        ("Wed, 31 Dec 2003 24:00:00 MSK", "2004-01-01T00:00:00+03:00"),
        ("Wed Dec 31 2003 10:14:55 GMT+0100 (CET)", "2003-12-31T10:14:55+01:00"),
        ("20031231T101455Z", "2003-12-31T10:14:55+00:00"),
        ("1072865695", "2003-12-31T10:14:55+00:00"),
        ("2004-07-13 오후 9:05:00", "2004-07-13T21:05:00+08:00"),
        ("2004년 7월 13일 화요일 오전 9:05", "2004-07-13T09:05:00+08:00"),
        ("2004年7月13日(火) 9時05分", "2004-07-13T09:05:00+08:00"),
        ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T12:00:00-05:00"),
        ("2004-július-13T9:15-05:00", "2004-07-13T09:15:00-05:00"),
        ("mar., 13 juil. 2004 09:15:00 +0200", "2004-07-13T09:15:00+02:00"),
        ("Вт, 13 июля 2004 09:15:00 +0400", "2004-07-13T09:15:00+04:00"),
        ("wt, 13 lip 2004 09:15:00 +0200", "2004-07-13T09:15:00+02:00"),
    ] {
        let article = of_dated(written);
        let moment = article.published.unwrap_or_else(|| panic!("{written}"));
        assert_eq!(moment.instant.to_rfc3339(), expected, "{written}");
    }
}

#[test]
fn a_date_is_no_finer_than_it_was_written() {
    for (written, day, precision) in [
        ("2003-12-31", "2003-12-31", Precision::Day),
        ("2003-365", "2003-12-31", Precision::Day),
        ("2004-W01-3", "2003-12-31", Precision::Day),
        ("2004-W01", "2003-12-29", Precision::Week),
        ("2003-12", "2003-12-01", Precision::Month),
        ("2003", "2003-01-01", Precision::Year),
        ("Wed, 31 Dec 2003", "2003-12-31", Precision::Day),
        ("2003-12-31T10Z", "2003-12-31", Precision::Hour),
        ("Wed, 31 Dec 2003 10:14 CEST", "2003-12-31", Precision::Minute),
    ] {
        let moment = of_dated(written).published.unwrap_or_else(|| panic!("{written}"));
        assert_eq!(
            (moment.instant.date_naive().to_string().as_str(), moment.precision),
            (day, precision),
            "{written}"
        );
    }
    for none in [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "0001-01-01T00:00:00Z",
        "Tue, 31 Feb 2004 10:00:00 GMT",
        "soon",
    ] {
        assert_eq!(of_dated(none).published, None, "{none}");
    }
}

#[test]
fn of_several_dates_the_first_that_can_be_read_counts_and_that_of_writing_last() {
    let instant =
        |dates: &str| of_item(&format!("<title>t</title>{dates}")).published.map(|m| m.raw);
    assert_eq!(
        instant("<pubDate>soon</pubDate><dc:date>2003-12-31</dc:date>").as_deref(),
        Some("2003-12-31")
    );
    assert_eq!(
        instant("<dc:created>2003-12-30</dc:created><dc:issued>2003-12-31</dc:issued>").as_deref(),
        Some("2003-12-31")
    );
    assert_eq!(instant("<dc:created>2003-12-30</dc:created>").as_deref(), Some("2003-12-30"));
}

fn of_dated(date: &str) -> Article {
    of_item(&format!("<title>t</title><pubDate>{date}</pubDate>"))
}
