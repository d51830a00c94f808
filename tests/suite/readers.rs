//! Feeds as xmllint and feedparser see them; what comes back through other parsers is in `roundtrip.rs`, newsboat and
//! rss2email are in `programs.rs`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::world::{World, page, prose, shared, tool_is_missing};

/// Prints what feedparser makes of a feed.
const FEEDPARSER: &str = r#"
import feedparser, json, sys
feed = feedparser.parse(sys.argv[1])
print(json.dumps({
    "bozo": bool(feed.bozo),
    "entries": [{"id": e.get("id"), "title": e.get("title"),
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
