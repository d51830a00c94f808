//! The lint stage: what it finds in feeds made by hand, and that nothing it refuses is published.

use pressroom::lint::{Finding, Settings, has_error, lint};
use serde_json::Value;

use crate::world::{World, page, pressroom, prose, stdout};

fn found(feed: &str) -> Vec<String> {
    let settings = Settings { now: Some(crate::world::instant("2026-11-23T00:00:00Z")), url: None };
    let names = |finding: &Finding| format!("{}: {}", finding.level, finding.rule);
    lint(feed.as_bytes(), &settings).iter().map(names).collect()
}

const RSS: &str = "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>River</title>\
    <link>https://example.org/</link><description>News.</description>\
    <atom:link rel='self' href='https://example.org/feed' type='application/rss+xml'/>\
    <item><title>Ice</title><guid isPermaLink='false'>x1</guid><pubDate>Mon, 18 Nov 2024 09:30:00 +0100</pubDate>\
    <description>&lt;p>Frozen.&lt;/p></description></item></channel></rss>";

const ATOM: &str = "<feed xmlns='http://www.w3.org/2005/Atom'><title>River</title><id>urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6</id>\
    <updated>2024-11-18T09:30:00Z</updated><author><name>Ann</name></author><link rel='self' href='https://example.org/feed'/>\
    <entry><title>Ice</title><id>tag:example.org,2024:1</id><updated>2024-11-18T09:30:00Z</updated>\
    <content type='html'>&lt;p>Frozen.&lt;/p></content></entry></feed>";

const JSON: &str = r#"{"version":"https://jsonfeed.org/version/1.1","title":"River","items":[
    {"id":"1","content_html":"<p>Frozen.</p>","date_published":"2024-11-18T09:30:00Z"}]}"#;

const OPML: &str = "<opml version='2.0'><head><title>Mine</title></head><body>\
    <outline text='River' title='River' type='rss' xmlUrl='https://example.org/feed'/></body></opml>";

#[test]
fn valid_feeds_of_every_format_pass_without_a_word() {
    let of_a_number = ATOM.replace("tag:example.org,2024:1", "http://192.0.2.1:8080/1");
    for feed in [RSS, ATOM, JSON, OPML, &of_a_number] {
        assert_eq!(found(feed), [""; 0], "{feed}");
    }
}

const RSS_1: &str = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>\
    <channel rdf:about='https://example.org/'><title>River</title><link>https://example.org/</link><description>News.</description>\
    <items><rdf:Seq><rdf:li rdf:resource='https://example.org/1'/></rdf:Seq></items></channel>\
    <item rdf:about='https://example.org/1'><title>Ice</title><link>https://example.org/1</link></item></rdf:RDF>";

#[test]
fn rss_1_is_rdf_with_a_list_of_its_items() {
    assert_eq!(found(RSS_1), [""; 0]);
    for (from, to, expected) in [
        ("<items>", "<language>en</language><items>", "error: undefined-element"),
        ("rdf:resource='https", "rdf:resources='https", "error: unexpected-attribute"),
        (
            "xmlns='http://purl.org/rss/1.0/'",
            "xmlns='https://example.org/rss'",
            "error: missing-element",
        ),
        (
            "</channel>",
            "</channel><image rdf:about='https://example.org/i'><title>i</title></image>",
            "error: missing-link",
        ),
    ] {
        let found = found(&RSS_1.replacen(from, to, 1));
        assert!(found.iter().any(|f| f == expected), "{to}: {found:?}");
    }
    let start = RSS_1.find("<items>").unwrap();
    let without = [&RSS_1[..start], &RSS_1[RSS_1.find("</channel>").unwrap()..]].concat();
    assert_eq!(found(&without), ["error: missing-element"]);
}

#[test]
fn extensions_are_judged_by_their_own_specifications() {
    let spaces = "xmlns:media='http://search.yahoo.com/mrss/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' \
        xmlns:geo='http://www.w3.org/2003/01/geo/wgs84_pos#' xmlns:slash='http://purl.org/rss/1.0/modules/slash/' \
        xmlns:trackback='http://madskills.com/public/xml/rss/module/trackback/' xmlns:thr='http://purl.org/syndication/thread/1.0' ";
    for (good, bad, expected) in [
        ("<geo:lat>-33.9</geo:lat>", "<geo:lat>91</geo:lat>", "invalid-coordinate"),
        ("<geo:long>170.5</geo:long>", "<geo:long>east</geo:long>", "invalid-coordinate"),
        (
            "<slash:hit_parade>3,2,1</slash:hit_parade>",
            "<slash:hit_parade>3,x</slash:hit_parade>",
            "invalid-hit-parade",
        ),
        (
            "<trackback:ping>https://example.org/tb</trackback:ping>",
            "<trackback:ping>tb</trackback:ping>",
            "invalid-full-link",
        ),
        (
            "<itunes:explicit>false</itunes:explicit>",
            "<itunes:explicit>clean</itunes:explicit>",
            "invalid-true-false",
        ),
        (
            "<itunes:episode>4</itunes:episode>",
            "<itunes:episode>0</itunes:episode>",
            "invalid-positive-integer",
        ),
        (
            "<itunes:episodeType>bonus</itunes:episodeType>",
            "<itunes:episodeType>extra</itunes:episodeType>",
            "invalid-podcast-value",
        ),
        (
            "<itunes:image href='https://example.org/i.png'/>",
            "<itunes:image href='i.png'/>",
            "invalid-url-attribute",
        ),
        (
            "<itunes:subtitle>Ice</itunes:subtitle>",
            &format!("<itunes:subtitle>{}</itunes:subtitle>", "冰".repeat(256)),
            "too-long",
        ),
        (
            "<media:hash algo='md5'>dfdec888b72151965a34b4b59031290a</media:hash>",
            "<media:hash algo='md5'>dfde</media:hash>",
            "invalid-media-value",
        ),
        (
            "<media:rating scheme='urn:mpaa'>pg</media:rating>",
            "<media:rating scheme='urn:mpaa'>adult</media:rating>",
            "invalid-media-value",
        ),
        (
            "<media:rating scheme='urn:icra'>r (nz 1 vz 0 lb 1)</media:rating>",
            "<media:rating scheme='urn:icra'>r (nz 2)</media:rating>",
            "invalid-media-value",
        ),
        (
            "<media:restriction relationship='allow' type='country'>de cn</media:restriction>",
            "<media:restriction relationship='allow' type='country'>China</media:restriction>",
            "invalid-media-value",
        ),
        (
            "<media:restriction relationship='deny'>all</media:restriction>",
            "<media:restriction>all</media:restriction>",
            "missing-attribute",
        ),
        (
            "<media:text start='00:00:03.000' end='7' lang='en'>Ice</media:text>",
            "<media:text start='soon'>Ice</media:text>",
            "invalid-media-value",
        ),
        (
            "<thr:in-reply-to ref='tag:example.org,2024:1'/>",
            "<thr:in-reply-to href='https://example.org/'/>",
            "missing-attribute",
        ),
        ("<thr:total>5</thr:total>", "<thr:children>5</thr:children>", "undefined-element"),
    ] {
        let feed = |extension: &str| {
            let feed = RSS.replacen("<rss ", &format!("<rss {spaces}"), 1);
            feed.replacen("</item>", &format!("{extension}</item>"), 1)
        };
        assert_eq!(found(&feed(good)), [""; 0], "{good}");
        assert_eq!(found(&feed(bad)), [format!("error: {expected}")], "{bad}");
    }
    let owned = |owner: &str| {
        let feed = RSS.replacen("<rss ", &format!("<rss {spaces}"), 1);
        found(&feed.replacen(
            "<item>",
            &format!("<itunes:owner>{owner}</itunes:owner><itunes:type>serial</itunes:type><item>"),
            1,
        ))
    };
    assert_eq!(owned("<itunes:email>ann@example.org</itunes:email>"), [""; 0]);
    assert_eq!(owned("<itunes:name>Ann</itunes:name>"), ["error: missing-element"]);
}

#[test]
fn each_breach_is_found_by_its_name() {
    for (feed, from, to, expected) in [
        (RSS, "<guid isPermaLink='false'>x1</guid>", "", "warning: missing-guid"),
        (RSS, " isPermaLink='false'", "", "error: invalid-http-guid"),
        (RSS, "Mon, 18", "Tue, 18", "error: incorrect-dow"),
        (RSS, "18 Nov 2024 09", "18 Nov 24 09", "warning: problematical-rfc822-date"),
        (RSS, "Mon, 18 Nov 2024", "Wed, 18 Nov 2026", ""),
        (RSS, "Mon, 18 Nov 2024", "Fri, 18 Nov 2033", "warning: implausible-date"),
        (RSS, "<link>https://example.org/</link>", "", "error: missing-link"),
        (RSS, "<title>Ice</title>", "<title>&lt;b>Ice&lt;/b></title>", "warning: contains-html"),
        (RSS, "&lt;p>Frozen", "&lt;script>x()&lt;/script>&lt;p>Frozen", "warning: security-risk"),
        (RSS, "Frozen.", "&lt;a href=\"/x\">x&lt;/a>", "warning: contains-rel-ref"),
        (
            RSS,
            "<title>Ice</title>",
            "<title>Ice</title><title>Ice</title>",
            "error: duplicate-element",
        ),
        (RSS, "<item>", "<item><author>Ann</author>", "error: invalid-contact"),
        (RSS, "Frozen", "Fro&zen;", "error: undefined-entity"),
        (RSS, "</channel>", "", "error: not-well-formed"),
        (
            ATOM,
            "2024-11-18T09:30:00Z</updated><c",
            "2024-11-18</updated><c",
            "error: invalid-rfc3339-date",
        ),
        (ATOM, "<author><name>Ann</name></author>", "", "error: missing-element"),
        (ATOM, "tag:example.org,2024:1", "tag:example.org:1", "error: invalid-tag"),
        (ATOM, "tag:example.org,2024:1", "HTTP://example.org/", "warning: non-canonical-uri"),
        (ATOM, "type='html'", "type='xhtml'", "error: missing-xhtml-div"),
        (ATOM, "2005/Atom", "2005/atom", "error: invalid-namespace"),
        (ATOM, "rel='self'", "rel='myself'", "warning: unregistered-atom-link-rel"),
        (JSON, "\"id\":\"1\"", "\"id\":1", "error: invalid-member"),
        (JSON, "version/1.1", "version/2", "error: invalid-version"),
        (JSON, ",\"items\"", ",\"more\":1,\"items\"", "error: invalid-member"),
        (OPML, "</title>", "</title><ownerEmail>ann@example.org</ownerEmail>", ""),
        (OPML, "</title>", "</title><ownerEmail>Ann</ownerEmail>", "error: invalid-contact"),
        (OPML, " type='rss'", "", "warning: missing-outline-type"),
        (OPML, "text='River' ", "", "error: missing-attribute"),
    ] {
        assert!(feed.contains(from), "{from}");
        let found = found(&feed.replacen(from, to, 1));
        let fits = expected.is_empty() && found.is_empty() || found.iter().any(|f| f == expected);
        assert!(fits, "{from} → {to}: {found:?}, expected {expected}");
    }
}

#[test]
fn depth_attributes_and_mistakes_without_end_are_judged_on_a_small_stack() {
    let small = std::thread::Builder::new().stack_size(2 << 20);
    let work = small.spawn(|| {
        let deep = format!("<rss version='2.0'><channel>{}", "<x>".repeat(1_000_000));
        let attributes: Vec<String> = (0..100_000).map(|i| format!("a{i}=''")).collect();
        let wide = format!("<rss {}/>", attributes.join(" "));
        // Each is wrong in some way that asks for its line, or for what stands beside it.
        let strange = RSS.replace("</channel>", &format!("{}</channel>", "<x/>\n".repeat(300_000)));
        let entries = "<entry><title>x</title></entry>\n".repeat(100_000);
        let nameless = format!("<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>");
        (found(&deep), found(&wide).len(), found(&strange), found(&nameless).len())
    });
    let (deep, wide, strange, nameless) = work.unwrap().join().unwrap();
    assert_eq!(deep, ["error: too-deep"]);
    assert!(wide > 0);
    assert_eq!(strange.iter().filter(|f| *f == "error: undefined-element").count(), 1_000);
    assert!(nameless < 10_000);
}

#[test]
fn the_command_prints_the_clause_and_ends_with_1_on_an_error() {
    let world = World::new();
    let path = world.path("bad.rss");
    std::fs::write(&path, RSS.replace("<link>https://example.org/</link>", "")).unwrap();
    let text = pressroom(&["lint", path.to_str().unwrap()]);
    assert_eq!(text.status.code(), Some(1));
    assert!(stdout(&text).contains("RSS 2.0, required elements"), "{}", stdout(&text));
    let json = pressroom(&["lint", path.to_str().unwrap(), "--format", "json"]);
    let json: Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!(json["findings"][0]["rule"], "missing-link");
    std::fs::write(&path, RSS).unwrap();
    assert_eq!(pressroom(&["lint", path.to_str().unwrap()]).status.code(), Some(0));
}

#[tokio::test]
async fn what_is_published_has_no_finding() {
    let world = World::new()
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_article("tower.html", page("The Old Tower & <i>", &prose("tower")));
    let report = world.pass().await;
    assert!(report.is_clean(), "{:?}", report.failures);
    for feed in world.feeds() {
        assert!(!has_error(&lint(feed.as_bytes(), &Settings::default())));
        assert_eq!(found(&feed), [""; 0]);
    }
}

#[tokio::test]
async fn what_would_not_validate_is_not_published_and_the_last_good_file_stays() {
    let world = World::new().with_article("pier.html", page("The New Pier", &prose("pier")));
    world.pass().await;
    let good = world.feed("atom");
    // A feed title of nothing but blanks: the channel would have none.
    let world = world.with(
        "[[feed]]\nname = \"blank\"\ntitle = \"Blank\"\nlanguage = \"qq\"\nformats = [\"rss\"]\n",
    );
    let report = world.pass().await;
    let [failure] = &report.failures[..] else { panic!("{:?}", report.failures) };
    assert!(failure.what.contains("blank.rss"), "{failure:?}");
    assert!(failure.reason.contains("RFC 5646 §2.1"), "{failure:?}");
    assert!(!world.path("feeds/blank.rss").exists());
    assert_eq!(world.feed("atom"), good);
}
