//! Pages over HTTP: what people find at each address, in their language, and what every answer promises a browser.

use crate::serving::{Daemon, header, pier};
use crate::world::{World, page, prose};

#[tokio::test]
async fn the_front_page_lists_each_feed_with_its_articles_and_formats() {
    let (daemon, _world) = Daemon::of(pier()).await;
    let (head, body) = daemon.get("/", "").await;
    let shown = String::from_utf8(body).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(header(&head, "content-type"), "text/html; charset=utf-8");
    for expected in [
        "<h1>Test Press</h1>",
        "All of Test Press",
        "The New Pier",
        "https://press.example/feeds/all.atom",
        "https://press.example/feeds/index.opml",
        "rel=\"alternate\" type=\"application/rss+xml\"",
    ] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    daemon.end().await;
}

#[tokio::test]
async fn a_page_speaks_the_visitors_language() {
    let (daemon, _world) = Daemon::of(pier()).await;
    for (path, headers, language, word) in [
        ("/", "accept-language: zh-CN,zh;q=0.9\r\n", "zh-Hans", "订阅源"),
        ("/", "accept-language: de, en;q=0.5\r\n", "en", "feed reader"),
        ("/?lang=zh", "accept-language: en\r\n", "zh-Hans", "订阅源"),
        ("/feeds/all", "accept-language: zh\r\n", "zh-Hans", "订阅"),
        ("/nowhere", "accept-language: zh\r\n", "zh-Hans", "这里什么也没有"),
    ] {
        let (head, body) = daemon.get(path, headers).await;
        assert_eq!(header(&head, "content-language"), language, "{path} {headers}");
        assert!(header(&head, "vary").contains("accept-language"));
        assert!(String::from_utf8(body).unwrap().contains(word), "{path} {headers}");
    }
    daemon.end().await;
}

#[tokio::test]
async fn every_answer_forbids_what_is_not_our_own() {
    let (daemon, _world) = Daemon::of(pier()).await;
    for path in ["/", "/feeds/all", "/feeds/all.rss", "/style.css", "/nowhere"] {
        let (head, _) = daemon.get(path, "").await;
        let policy = header(&head, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {head}");
        assert!(
            !policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert_eq!(header(&head, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&head, "referrer-policy"), "same-origin", "{path}");
    }
    daemon.end().await;
}

#[tokio::test]
async fn a_browser_that_has_a_page_is_told_so() {
    let (daemon, _world) = Daemon::of(pier()).await;
    for path in ["/", "/feeds/all", "/style.css"] {
        let (head, body) = daemon.get(path, "accept-encoding: gzip\r\n").await;
        assert_eq!(header(&head, "content-encoding"), "gzip");
        assert!(!body.is_empty());
        let known = format!("if-none-match: {}\r\n", header(&head, "etag"));
        let (head, body) = daemon.get(path, &known).await;
        assert!(head.starts_with("HTTP/1.1 304") && body.is_empty(), "{path}: {head}");
    }
    daemon.end().await;
}

#[tokio::test]
async fn hostile_titles_are_text_on_every_page() {
    let title = "&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; \" onload=x";
    let world = pier().with_article("evil.html", page(title, &prose("mast")));
    let (daemon, _world) = Daemon::of(world).await;
    for path in ["/", "/feeds/all", "/feeds/%3Cscript%3E", "/%22onload=x"] {
        let (_, body) = daemon.get(path, "").await;
        let shown = String::from_utf8(body).unwrap();
        assert!(!shown.contains("<script") && !shown.contains("\" onload"), "{path}: {shown}");
    }
    daemon.end().await;
}

/// The address of the only article's page.
async fn article_page(daemon: &Daemon) -> String {
    let (_, body) = daemon.get("/feeds/all", "").await;
    let shown = String::from_utf8(body).unwrap();
    let at = shown.find("/articles/").unwrap();
    shown[at..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_article_of_ones_own_is_shown_whole_with_its_outline_and_without_foreign_pictures() {
    let body = format!(
        "{}<h2>Who paid</h2>{}<p><img src=\"https://pictures.example/pier.jpg\" alt=\"The pier at noon\"></p>",
        prose("pier"),
        prose("fund")
    );
    let (daemon, _world) =
        Daemon::of(World::new().with_article("pier.html", page("The New Pier", &body))).await;
    let path = article_page(&daemon).await;
    let (head, body) = daemon.get(&path, "").await;
    let shown = String::from_utf8(body).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    for expected in [
        "<h1>The New Pier</h1>",
        "id=\"s2\">Who paid</h2>",
        "href=\"#s2\"",
        "The council expects more visitors",
    ] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    assert!(!shown.contains("<img"), "{shown}");
    assert!(daemon.get("/articles/none", "").await.0.starts_with("HTTP/1.1 404"));
    daemon.end().await;
}

#[tokio::test]
async fn of_an_article_that_is_not_ones_own_only_summaries_are_shown() {
    let more = "[[source]]\nname = \"others\"\nkind = \"files\"\npaths = [\"others\"]\nrepublish = \"summary\"\n";
    let world = World::new().with(more);
    std::fs::create_dir(world.path("others")).unwrap();
    let text = format!("{}<h2>Who paid</h2>{}", prose("pier"), prose("fund"));
    std::fs::write(world.path("others/pier.html"), page("The New Pier", &text)).unwrap();
    let (daemon, _world) = Daemon::of(world).await;
    let path = article_page(&daemon).await;
    let (_, body) = daemon.get(&path, "").await;
    let shown = String::from_utf8(body).unwrap();
    assert!(shown.contains("<h1>The New Pier</h1>") && shown.contains("Who paid"), "{shown}");
    let sentences = [
        "opened on a grey morning",
        "made a speech",
        "council expects",
        "ordered new signs",
        "first school class",
    ];
    let count = sentences.iter().filter(|sentence| shown.contains(**sentence)).count();
    assert!(count < sentences.len(), "{shown}");
    daemon.end().await;
}

#[tokio::test]
async fn every_edition_is_read_in_the_archive_at_its_own_address() {
    let (daemon, _world) = Daemon::of(pier()).await;
    let (head, body) = daemon.get("/digests/morning", "").await;
    let list = String::from_utf8(body).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let at = list.find("/digests/morning/2026").unwrap();
    let path = list[at..].split('"').next().unwrap();
    let (head, body) = daemon.get(path, "").await;
    let shown = String::from_utf8(body).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(shown.contains("The New Pier") && !shown.contains("style="), "{shown}");
    for path in
        ["/digests/none", "/digests/morning/none", "/digests/morning/20200101T000000Z-daily"]
    {
        assert!(daemon.get(path, "").await.0.starts_with("HTTP/1.1 404"), "{path}");
    }
    daemon.end().await;
}
