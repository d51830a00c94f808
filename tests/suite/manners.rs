//! Servers that are treated well: asked when they may be, for what they let us read, and not again for what is known.

use chrono::TimeDelta;

use crate::following::HTML;
use crate::site::{Say, Site, feed, source};
use crate::world::{World, page, prose};

#[tokio::test]
async fn what_robots_txt_closes_is_not_asked_for_unless_its_owner_agreed() {
    let site = Site::new().await;
    site.serves("/robots.txt", "content-type: text/plain", "User-agent: *\nDisallow: /pier\n");
    site.serves("/pier", HTML, page("The New Pier", &prose("pier")));
    let world = World::new().with(&source("pier", "page", &site.url("/pier"), ""));
    let report = world.pass().await;
    assert!(report.failures.iter().any(|f| f.reason.contains("robots.txt")), "{report:?}");
    assert!(site.asked("/pier").is_empty());
    let agreed = source("pier", "page", &site.url("/pier"), "ignore_robots = true");
    let report = World::new().with(&agreed).pass().await;
    assert_eq!(report.new_articles, 1, "{:?}", report.failures);
}

#[tokio::test]
async fn robots_txt_is_asked_for_once_a_day_and_nobody_is_read_where_it_cannot_be() {
    let site = Site::new().await;
    site.serves("/feed", "content-type: application/rss+xml", feed(&["pier"]));
    let world = World::new().with(&source("news", "feed", &site.url("/feed"), ""));
    for _ in 0..3 {
        world.pass().await;
        world.wait(TimeDelta::hours(2));
    }
    assert_eq!((site.asked("/robots.txt").len(), site.asked("/feed").len()), (1, 3));
    site.refuses("/robots.txt", "503 Service Unavailable", "");
    world.wait(TimeDelta::hours(24));
    world.pass().await;
    assert_eq!(site.asked("/feed").len(), 4, "an old one serves while there is no new one");
    let fresh = World::new().with(&source("news", "feed", &site.url("/feed"), ""));
    let report = fresh.pass().await;
    assert!(report.failures.iter().any(|f| f.reason.contains("it answered 503")), "{report:?}");
    assert_eq!(site.asked("/feed").len(), 4);
}

#[tokio::test]
async fn an_address_that_moved_for_good_is_remembered() {
    let site = Site::new().await;
    site.refuses("/old", "301 Moved Permanently", "location: /new");
    site.refuses("/new", "302 Found", "location: /now");
    site.serves("/now", "content-type: application/rss+xml\netag: \"1\"", feed(&["pier"]));
    let world = World::new().with(&source("news", "feed", &site.url("/old"), ""));
    world.pass().await;
    world.wait(TimeDelta::hours(2));
    world.pass().await;
    let asked = || ["/old", "/new", "/now"].map(|path| site.asked(path).len());
    assert_eq!(asked(), [1, 2, 2], "what moved for a while is asked each time");
    site.refuses("/new", "410 Gone", "");
    site.serves("/old", "content-type: application/rss+xml", feed(&["pier", "tower"]));
    world.wait(TimeDelta::hours(2));
    assert_eq!(world.pass().await.new_articles, 1, "the configured address knows better");
}

#[tokio::test]
async fn a_document_that_is_as_it_was_is_known_by_its_new_name_and_place() {
    let site = Site::new().await;
    site.serves("/feed", "content-type: application/rss+xml\netag: \"1\"", feed(&["pier"]));
    let world = World::new().with(&source("news", "feed", &site.url("/feed"), ""));
    world.pass().await;
    site.refuses("/feed", "301 Moved Permanently", "location: /moved");
    site.refuses("/moved", "304 Not Modified", "etag: \"2\"");
    world.wait(TimeDelta::hours(2));
    world.pass().await;
    world.wait(TimeDelta::hours(2));
    assert_eq!(world.pass().await.unchanged_documents, 1);
    let asked = || ["/feed", "/moved"].map(|path| site.asked(path).len());
    assert_eq!(asked(), [2, 2], "it moved for good");
    assert!(site.asked("/moved")[1].contains("if-none-match: \"2\"\r\n"));
}

#[tokio::test]
async fn one_bad_source_does_not_delay_the_others() {
    let (bad, good) = (Site::new().await, Site::new().await);
    bad.says("/feed", Say::Nothing);
    good.serves("/feed", "content-type: application/rss+xml", feed(&["pier", "tower"]));
    let sources = source("bad", "feed", &bad.url("/feed"), "")
        + &source("good", "feed", &good.url("/feed"), "")
        + "[fetch]\ntimeout_seconds = 1\n";
    let world =
        World::new().with(&sources).with_article("tower.html", page("Tower", &prose("tower")));
    let report = world.pass().await;
    assert_eq!(report.new_articles, 3);
    let [failure] = &report.failures[..] else { panic!("{:?}", report.failures) };
    assert!(failure.reason.contains("the limit for one document (fetch.timeout_seconds)"));
}

#[tokio::test]
async fn a_known_entry_costs_nothing_and_loses_nothing() {
    let site = Site::new().await;
    let rss = "content-type: application/rss+xml";
    site.serves("/feed", rss, feed(&["pier", "tower"]));
    let world = World::new().with(&source("news", "feed", &site.url("/feed"), ""));
    assert_eq!(world.pass().await.new_articles, 2);
    site.serves("/feed", rss, feed(&["lighthouse", "pier", "tower"]));
    let report = world.pass().await;
    assert_eq!((report.new_articles, report.changed_articles), (1, 0));
    let edited =
        feed(&["lighthouse", "pier", "tower"]).replace("The pier</title>", "The Old Pier</title>");
    site.serves("/feed", rss, edited);
    let report = world.pass().await;
    assert_eq!((report.new_articles, report.changed_articles), (0, 1));
    let feed = world.feed("json");
    for title in ["The lighthouse", "The Old Pier", "The tower"] {
        assert!(feed.contains(title), "{title}");
    }
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_is() {
    for (retry_after, minutes) in [("7200", 120), ("Mon, 23 Nov 2026 03:00:00 GMT", 180)] {
        let site = Site::new().await;
        site.refuses("/feed", "429 Too Many Requests", &format!("retry-after: {retry_after}"));
        let world = World::new().with(&source("news", "feed", &site.url("/feed"), ""));
        world.pass().await;
        world.wait(TimeDelta::minutes(minutes - 1));
        let report = world.pass().await;
        assert_eq!(site.asked("/feed").len(), 1, "{retry_after}");
        assert!(report.notes[0].note.message.contains("left alone until"), "{:?}", report.notes);
        // The jitter adds less than a tenth of an hour.
        world.wait(TimeDelta::minutes(1 + 6));
        world.pass().await;
        assert_eq!(site.asked("/feed").len(), 2, "{retry_after}");
    }
}

#[tokio::test]
async fn an_answer_that_is_said_to_be_fresh_is_believed() {
    let site = Site::new().await;
    let headers = "content-type: application/rss+xml\ncache-control: max-age=7200";
    site.serves("/feed", headers, feed(&["pier"]));
    let world = World::new().with(&source("news", "feed", &site.url("/feed"), ""));
    for minutes in [119, 1, 119] {
        world.pass().await;
        world.wait(TimeDelta::minutes(minutes));
    }
    assert_eq!(site.asked("/feed").len(), 2);
}
