//! Feeds as independent readers see them: xmllint, feedparser, and our own reader of other people's feeds, which shares no
//! line with what writes ours; newsboat and rss2email are in `programs.rs`. (feed-rs and feedsmith would change half of the
//! dependencies, or bring npm.)

use std::path::Path;
use std::process::Command;

use pressroom::domain::{Document, IdentityRule, MediaType, SourceId};
use pressroom::normalize::{self, Normalized, Overrides, Settings};
use serde_json::Value;

use crate::world::{World, page, prose, shared, tool_is_missing};

/// Prints what feedparser makes of a feed.
const FEEDPARSER: &str = r#"
import feedparser, json, sys
feed = feedparser.parse(sys.argv[1])
print(json.dumps({
    "bozo": bool(feed.bozo), "title": feed.feed.get("title"),
    "entries": [{"id": e.get("id"), "title": e.get("title"), "link": e.get("link"),
                 "authors": [a.get("name") for a in e.get("authors", [])],
                 "published": list(e.published_parsed)[:6] if e.get("published_parsed") else None,
                 "content": "".join(c.value for c in e.get("content", [])),
                 "related": [l.href for l in e.get("links", []) if l.rel == "related"]} for e in feed.entries]}))
"#;

/// Debian's python3, which `tests/run` gives feedparser to; a test without it has nothing to say.
fn feedparser(path: &Path) -> Option<Value> {
    let output =
        Command::new("/usr/bin/python3").args(["-c", FEEDPARSER]).arg(path).output().ok()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        tool_is_missing("feedparser", &said);
        return None;
    }
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn assert_well_formed(path: &Path) {
    match Command::new("xmllint").arg("--noout").arg(path).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        Err(error) => {
            tool_is_missing("xmllint", &error);
        }
    }
}

#[tokio::test]
async fn the_seed_article_is_read_whole_from_every_format() {
    let Some(path) = shared("corpora/seed/article.txt") else { return };
    let world = World::new().with_article("article.txt", std::fs::read(path).unwrap());
    world.pass().await;
    let json: Value = serde_json::from_str(&world.feed("json")).unwrap();
    let item = &json["items"][0];
    assert_eq!(item["_pressroom"]["related"].as_array().unwrap().len(), 10);
    for format in ["rss", "atom"] {
        let path = world.path(&format!("feeds/all.{format}"));
        assert_well_formed(&path);
        let Some(feed) = feedparser(&path) else { return };
        assert_eq!(feed["bozo"], false, "{format}");
        let entries = feed["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0]["id"], item["id"]);
        assert_eq!(entries[0]["title"], item["title"]);
        assert_eq!(entries[0]["related"].as_array().unwrap().len(), 10, "{format}");
        let content = entries[0]["content"].as_str().unwrap();
        for words in [
            "事态将如何发展,让我们拭目以待!",
            "OpenAI成立于2015年",
            "OpenAI宣布为企业和消费者提供可定制的GPT",
        ] {
            assert!(content.contains(words), "{format}: {words}");
        }
    }
}

#[tokio::test]
async fn related_links_reach_readers() {
    let related = "<aside><h2>Related articles</h2><ul>\
        <li><a href='https://press.example/a?utm_source=x'>How the first pier was built</a></li>\
        <li><a href='https://press.example/b'>A night on the breakwater</a></li>\
        <li><a href='https://press.example/c'>Why the harbour master resigned</a></li></ul></aside>";
    let content =
        page("The New Pier", &prose("pier")).replace("</body>", &format!("{related}</body>"));
    let world = World::new().with_article("pier.html", content);
    world.pass().await;
    let links = ["https://press.example/a", "https://press.example/b", "https://press.example/c"];
    for format in ["rss", "atom", "json"] {
        let feed = world.feed(format);
        assert!(links.iter().all(|link| feed.contains(link)), "{format}: {feed}");
    }
    let Some(atom) = feedparser(&world.path("feeds/all.atom")) else { return };
    assert_eq!(atom["entries"][0]["related"], serde_json::json!(links));
}

#[tokio::test]
async fn hostile_text_leaves_feeds_well_formed() {
    let controls: String = (1..0x20u8).chain([0x7F]).map(char::from).collect();
    let title = format!("a{controls}\u{FFFE}\u{FFFF}]]>&lt;b&gt; &amp; \u{202E}abc \u{1F6A2}");
    let body = format!(
        "<p>x{controls}\u{FFFE}]]></p><script>alert(1)</script>{}",
        prose("pier").repeat(20)
    );
    let world = World::new().with_article("hostile.html", page(&title, &body));
    let report = world.pass().await;
    assert!(report.is_clean(), "{:?}", report.failures);
    for format in ["rss", "atom"] {
        assert_well_formed(&world.path(&format!("feeds/all.{format}")));
        assert!(!world.feed(format).contains("alert(1)"));
    }
    serde_json::from_str::<Value>(&world.feed("json")).unwrap();
}

/// The documents that normalizing is tested with, and one that was written to hurt.
fn every_fixture() -> World {
    let mut world = World::new();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/normalize");
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if ["html", "txt", "md"].iter().any(|end| name.ends_with(end)) {
            world = world.with_article(&name, std::fs::read(&path).unwrap());
        }
    }
    let head = "<meta name=author content='Ann &amp; Bob'><meta property='article:published_time' content='2024-11-18T09:30:00+01:00'>\
        <link rel=canonical href='https://press.example/a?b=1&amp;c=\"2\"'>";
    let hostile = page("1 &lt; 2 &amp;amp; ]]&gt; \u{202E}abc \u{1F6A2}", &prose("pier"));
    world.with_article("hostile.html", hostile.replace("</head>", &format!("{head}</head>")))
}

/// What a reader shows, in the same words whoever read it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    id: String,
    title: String,
    link: Option<String>,
    authors: Vec<String>,
    published: Option<String>,
    words: String,
}

/// The words of HTML, whatever became of its tags and spaces.
fn words(html: &str) -> String {
    let text = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text: String = text.collect();
    let text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">");
    let text = text.replace("&#39;", "'").replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect()
}

/// Our own JSON Feed, which the others must agree with.
fn published(world: &World) -> Vec<Seen> {
    let json: Value = serde_json::from_str(&world.feed("json")).unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let utc = |value: &Value| {
        let at = chrono::DateTime::parse_from_rfc3339(value.as_str()?).unwrap();
        Some(at.to_utc().format("%F %T").to_string())
    };
    let seen = |item: &Value| Seen {
        id: text(&item["id"]).unwrap(),
        title: text(&item["title"]).unwrap(),
        link: text(&item["url"]),
        authors: item["authors"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|a| text(&a["name"]))
            .collect(),
        published: utc(&item["date_published"]),
        words: words(item["content_html"].as_str().unwrap()),
    };
    json["items"].as_array().unwrap().iter().map(seen).collect()
}

fn by_our_reader(text: String) -> Vec<Seen> {
    let document = Document {
        reference: "feed".into(),
        url: None,
        fetched_at: crate::world::instant(crate::world::MORNING).fixed_offset(),
        media_type: MediaType::Feed,
        text,
        digest: String::new(),
    };
    let settings = Settings {
        source: SourceId::new("suite").unwrap(),
        identity: IdentityRule::Entry,
        overrides: Overrides::default(),
    };
    let feed = normalize::syndicated(&document, &settings).unwrap();
    let seen = |entry: Result<Normalized, _>| {
        let article =
            entry.map_err(|error: normalize::NormalizeError| error.to_string()).unwrap().article;
        Seen {
            id: String::new(),
            link: article.link().map(ToString::to_string),
            published: article.published.map(|at| at.instant.to_utc().format("%F %T").to_string()),
            words: String::new(),
            title: article.title,
            authors: article.authors,
        }
    };
    feed.articles.into_iter().map(seen).collect()
}

fn by_feedparser(path: &Path) -> Option<Vec<Seen>> {
    let feed = feedparser(path)?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let time = |value: &Value| {
        let numbers: Vec<i64> = value.as_array()?.iter().filter_map(Value::as_i64).collect();
        let [y, mo, d, h, mi, s] = numbers[..] else { return None };
        Some(format!("{y:04}-{mo:02}-{d:02} {h:02}:{mi:02}:{s:02}"))
    };
    let seen = |entry: &Value| Seen {
        id: text(&entry["id"]).unwrap(),
        title: text(&entry["title"]).unwrap(),
        // Where there is no link it takes the id for one.
        link: text(&entry["link"]).filter(|link| link.starts_with("http")),
        authors: entry["authors"].as_array().unwrap().iter().filter_map(text).collect(),
        published: time(&entry["published"]),
        words: words(entry["content"].as_str().unwrap()),
    };
    Some(feed["entries"].as_array().unwrap().iter().map(seen).collect())
}

#[tokio::test]
async fn every_fixture_comes_back_the_same_through_independent_parsers() {
    let world = every_fixture();
    let report = world.pass().await;
    assert!(report.is_clean() && report.new_articles >= 5, "{:?}", report.failures);
    let expected = published(&world);
    // It makes ids and bodies of its own.
    let bare = |seen: &Seen| Seen { id: String::new(), words: String::new(), ..seen.clone() };
    let bare: Vec<Seen> = expected.iter().map(bare).collect();
    for format in ["rss", "atom", "json"] {
        assert_eq!(by_our_reader(world.feed(format)), bare, "our own reader, {format}");
    }
    for format in ["rss", "atom"] {
        let Some(seen) = by_feedparser(&world.path(&format!("feeds/all.{format}"))) else { return };
        assert_eq!(seen, expected, "feedparser, {format}");
    }
}
