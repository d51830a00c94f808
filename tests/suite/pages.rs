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
async fn a_language_that_was_chosen_stays_chosen() {
    let (daemon, _world) = Daemon::of(pier()).await;
    let (head, _) = daemon.get("/?lang=zh", "accept-language: en\r\n").await;
    let cookie = header(&head, "set-cookie").to_owned();
    for expected in ["lang=zh;", "Path=/;", "SameSite=Lax", "HttpOnly", "Secure"] {
        assert!(cookie.contains(expected), "{cookie}");
    }
    let back = "accept-language: en\r\ncookie: a=b; lang=zh\r\n";
    let (head, _) = daemon.get("/feeds/all", back).await;
    assert_eq!(header(&head, "content-language"), "zh-Hans");
    assert_eq!(header(&head, "set-cookie"), "");
    assert!(header(&head, "vary").contains("cookie"));
    for odd in ["lang=", "lang=%FF", "lang", "language=zh"] {
        let (head, _) = daemon.get("/", &format!("accept-language: en\r\ncookie: {odd}\r\n")).await;
        assert_eq!(header(&head, "content-language"), "en", "{odd}");
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
    for path in [
        "/",
        "/feeds/all",
        "/digests/morning",
        "/search?q=alert",
        "/search?q=alert%3Cscript%3E%22%20onload=x",
        "/feeds/%3Cscript%3E",
        "/%22onload=x",
    ] {
        let (_, body) = daemon.get(path, "").await;
        let shown = String::from_utf8(body).unwrap();
        assert!(!shown.contains("<script>") && !shown.contains("\" onload"), "{path}: {shown}");
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

/// What a browser says when somebody opens an address in it.
const BROWSER: &str = "accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
    sec-fetch-dest: document\r\nsec-fetch-mode: navigate\r\nsec-fetch-site: none\r\n";

#[tokio::test]
async fn a_person_who_opens_a_feed_in_a_browser_comes_to_its_page_and_no_cache_keeps_that() {
    let (daemon, _world) = Daemon::of(pier()).await;
    for (path, page) in [
        ("/feeds/all.rss", "/feeds/all"),
        ("/feeds/all.json", "/feeds/all"),
        ("/feeds/digest-morning.atom", "/digests/morning"),
    ] {
        let (head, _) = daemon.get(path, BROWSER).await;
        assert!(head.starts_with("HTTP/1.1 303"), "{path}: {head}");
        assert_eq!(header(&head, "location"), page);
        assert_eq!(header(&head, "cache-control"), "no-store");
        assert!(header(&head, "vary").contains("sec-fetch-dest"));
        let (head, _) = daemon.get(path, "accept: text/html, */*;q=0.8\r\n").await;
        assert!(
            head.starts_with("HTTP/1.1 200") && !header(&head, "content-type").contains("html")
        );
    }
    for path in ["/feeds/index.opml", "/feeds/none.rss"] {
        assert!(!daemon.get(path, BROWSER).await.0.starts_with("HTTP/1.1 303"), "{path}");
    }
    daemon.end().await;
}

#[tokio::test]
async fn every_digest_has_a_feed_of_its_own_whose_entries_are_its_editions() {
    let (daemon, world) = Daemon::of(pier()).await;
    let (_, body) = daemon.get("/digests/morning", "").await;
    let archive = String::from_utf8(body).unwrap();
    for format in ["rss", "atom", "json"] {
        let own = format!("https://press.example/feeds/digest-morning.{format}");
        assert!(archive.contains(&format!("href=\"{own}\"")), "{archive}");
        let feed =
            std::fs::read_to_string(world.path(&format!("feeds/digest-morning.{format}"))).unwrap();
        assert!(feed.contains("https://press.example/digests/morning/2026"), "{feed}");
        assert!(feed.contains("The New Pier"), "{feed}");
    }
    let (head, _) = daemon.get("/feeds/digest-morning", "").await;
    assert_eq!(header(&head, "location"), "/digests/morning");
    daemon.end().await;
}

#[tokio::test]
async fn search_engines_are_asked_to_leave_out_what_is_not_ones_own_and_what_is_nobodys_business() {
    let open = "[[source]]\nname = \"others\"\nkind = \"files\"\npaths = [\"others\"]\nrepublish = \"summary\"\n";
    for (more, is_left_out) in [("", true), ("noindex = false\n", false)] {
        let world = World::new().with(&format!("{open}{more}"));
        std::fs::create_dir(world.path("others")).unwrap();
        std::fs::write(world.path("others/pier.html"), page("The New Pier", &prose("pier")))
            .unwrap();
        let (daemon, _world) = Daemon::of(world).await;
        let (_, body) = daemon.get(&article_page(&daemon).await, "").await;
        let shown = String::from_utf8(body).unwrap();
        assert_eq!(shown.contains("content=\"noindex\""), is_left_out, "{shown}");
        let (head, body) = daemon.get("/robots.txt", "").await;
        let rules = String::from_utf8(body).unwrap();
        assert_eq!(header(&head, "content-type"), "text/plain; charset=utf-8");
        assert!(rules.contains("Disallow: /search\n") && !rules.contains("feeds"), "{rules}");
        daemon.end().await;
    }
}
