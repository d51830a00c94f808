//! Pages over HTTP: what people find at each address, in their language, and what every answer promises a browser.

use crate::serving::{Daemon, header, pier};

#[tokio::test]
async fn the_front_page_lists_each_feed_with_its_articles_and_formats() {
    let (daemon, _world) = Daemon::of(pier()).await;
    let (head, body) = daemon.get("/", "").await;
    let page = String::from_utf8(body).unwrap();
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
        assert!(page.contains(expected), "{expected}: {page}");
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
    let world =
        pier().with_article("evil.html", crate::world::page(title, &crate::world::prose("mast")));
    let (daemon, _world) = Daemon::of(world).await;
    for path in ["/", "/feeds/all", "/feeds/%3Cscript%3E", "/%22onload=x"] {
        let (_, body) = daemon.get(path, "").await;
        let page = String::from_utf8(body).unwrap();
        assert!(!page.contains("<script") && !page.contains("\" onload"), "{path}: {page}");
    }
    daemon.end().await;
}
