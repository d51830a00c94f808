//! What we publish, through parsers that share no code with ours: feedparser, feedsmith and, by hand, feed-rs (see
//! `tests/feedrs`); and through our own reader of other people's feeds. All must see what the JSON Feed says.

use std::path::Path;
use std::process::Command;

use pressroom::domain::{Document, IdentityRule, MediaType, SourceId};
use pressroom::normalize::{self, Normalized, Overrides, Settings};
use serde::Deserialize;
use serde_json::Value;

use crate::world::{World, page, prose, tool_is_missing};

/// What a parser makes of an entry, in the same words whichever it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Seen {
    id: String,
    title: String,
    link: Option<String>,
    authors: Vec<String>,
    published: Option<String>,
    /// As it came; `worded` leaves the words of it.
    content: String,
}

const FEEDPARSER: &str = r#"
import feedparser, json, sys, time
print(json.dumps([{
    "id": e.id, "title": e.title, "authors": [a.get("name") for a in e.get("authors", [])],
    # Where there is no link it takes the id for one.
    "link": e.link if e.get("link", "").startswith("http") else None,
    "published": time.strftime("%F %T", e.published_parsed) if e.get("published_parsed") else None,
    "content": "".join(c.value for c in e.get("content", []))} for e in feedparser.parse(sys.argv[1]).entries]))
"#;

const FEEDSMITH: &str = r"
import { readFileSync } from 'node:fs'
import { parseFeed } from 'feedsmith'
const { format, feed } = parseFeed(readFileSync(process.argv[1], 'utf8'))
const utc = date => date && new Date(date).toISOString().slice(0, 19).replace('T', ' ')
const rss = item => ({ id: item.guid.value, title: item.title, link: item.link, authors: item.dc?.creators ?? [],
  published: item.pubDate, content: item.content.encoded })
const atom = entry => ({ id: entry.id, title: entry.title.value, authors: (entry.authors ?? []).map(a => a.name),
  link: entry.links?.find(link => (link.rel ?? 'alternate') === 'alternate')?.href,
  published: entry.published, content: entry.content.value })
const json = item => ({ id: item.id, title: item.title, link: item.url, authors: (item.authors ?? []).map(a => a.name),
  published: item.date_published, content: item.content_html })
const seen = (feed.items ?? feed.entries).map({ rss, atom, json }[format])
console.log(JSON.stringify(seen.map(entry => ({ ...entry, published: utc(entry.published) }))))
";

/// Documents that are tested elsewhere, and one that was written to hurt.
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

/// The words of HTML, whatever became of its tags and spaces.
fn words(html: &str) -> String {
    let text = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text: String = text.collect();
    let text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">");
    let text = text.replace("&#39;", "'").replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect()
}

fn worded(seen: Vec<Seen>) -> Vec<Seen> {
    let words = |seen: Seen| Seen { content: words(&seen.content), ..seen };
    seen.into_iter().map(words).collect()
}

/// Our own JSON Feed, which the others must agree with.
fn published(world: &World) -> Vec<Seen> {
    let json: Value = serde_json::from_str(&world.feed("json")).unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let utc = |value: &Value| {
        let at = chrono::DateTime::parse_from_rfc3339(value.as_str()?).unwrap();
        Some(at.to_utc().format("%F %T").to_string())
    };
    let names = |item: &Value| {
        item["authors"].as_array().into_iter().flatten().filter_map(|a| text(&a["name"])).collect()
    };
    let seen = |item: &Value| Seen {
        id: text(&item["id"]).unwrap(),
        title: text(&item["title"]).unwrap(),
        link: text(&item["url"]),
        authors: names(item),
        published: utc(&item["date_published"]),
        content: text(&item["content_html"]).unwrap(),
    };
    worded(json["items"].as_array().unwrap().iter().map(seen).collect())
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
            content: String::new(),
            title: article.title,
            authors: article.authors,
        }
    };
    feed.articles.into_iter().map(seen).collect()
}

/// What `parser` prints; nothing where it is not there.
fn by(name: &str, parser: &mut Command) -> Option<Vec<Seen>> {
    let output = parser.output();
    match output {
        Ok(output) if output.status.success() => {
            Some(worded(serde_json::from_slice(&output.stdout).unwrap()))
        }
        Ok(output) => {
            tool_is_missing(name, &String::from_utf8_lossy(&output.stderr));
            None
        }
        Err(error) => {
            tool_is_missing(name, &error);
            None
        }
    }
}

async fn passed() -> World {
    let world = every_fixture();
    let report = world.pass().await;
    assert!(report.is_clean() && report.new_articles >= 5, "{:?}", report.failures);
    world
}

/// Each of `formats` through `parser`, which is made for a file.
async fn assert_agrees(name: &str, formats: &[&str], parser: impl Fn(&Path) -> Command) {
    let world = passed().await;
    let expected = published(&world);
    for format in formats {
        let Some(seen) = by(name, &mut parser(&world.path(&format!("feeds/all.{format}")))) else {
            return;
        };
        assert_eq!(seen, expected, "{name}, {format}");
    }
}

#[tokio::test]
async fn every_fixture_comes_back_the_same_through_our_own_reader() {
    let world = passed().await;
    // It makes ids and bodies of its own.
    let bare = |seen: Seen| Seen { id: String::new(), content: String::new(), ..seen };
    let expected: Vec<Seen> = published(&world).into_iter().map(bare).collect();
    for format in ["rss", "atom", "json"] {
        assert_eq!(by_our_reader(world.feed(format)), expected, "{format}");
    }
}

#[tokio::test]
async fn every_fixture_comes_back_the_same_through_feedparser() {
    let python = |path: &Path| {
        let mut command = Command::new("/usr/bin/python3");
        command.args(["-c", FEEDPARSER]).arg(path);
        command
    };
    assert_agrees("feedparser", &["rss", "atom"], python).await;
}

#[tokio::test]
async fn every_fixture_comes_back_the_same_through_feedsmith() {
    let Some(home) = std::env::var_os("PRESSROOM_TEST_FEEDSMITH") else {
        return tool_is_missing("feedsmith", &"PRESSROOM_TEST_FEEDSMITH names no directory");
    };
    let node = |path: &Path| {
        let mut command = Command::new("node");
        command.current_dir(&home);
        command.args(["--input-type=module", "--eval", FEEDSMITH]).arg(path);
        command
    };
    assert_agrees("feedsmith", &["rss", "atom", "json"], node).await;
}

/// By hand: it takes longer to build than all tests with feeds take to run.
#[tokio::test]
async fn every_fixture_comes_back_the_same_through_feed_rs() {
    let Some(program) = std::env::var_os("PRESSROOM_TEST_FEED_RS") else { return };
    let program = |path: &Path| {
        let mut command = Command::new(&program);
        command.arg(path);
        command
    };
    assert_agrees("feed-rs", &["rss", "atom", "json"], program).await;
}
