//! How sources are doing: what breaks and recovers is told once, what stands still is not, and pauses hold.

use chrono::TimeDelta;
use pressroom::domain::{Health, Standing};
use pressroom::jobs::health;

use crate::site::{Site, feed, source};
use crate::world::{World, page, parts, prose, stderr, stdout};

const RSS: &str = "content-type: application/rss+xml";

/// A world with these sources beside one that is always well.
fn world(sources: &str) -> World {
    World::new().with(sources).with_article("tower.html", page("The Old Tower", &prose("tower")))
}

/// How the source `news` stands.
async fn standing(world: &World) -> Standing {
    let app = world.open().await;
    let all = health::list(app.context()).await.unwrap();
    app.close().await;
    all.into_iter().find(|(source, _)| source.id.as_str() == "news").unwrap().1
}

/// A pass a day later.
async fn next_day(world: &World) {
    world.wait(TimeDelta::days(1) + TimeDelta::hours(3));
    world.pass().await;
}

/// The texts of notices in the mail, in their order.
fn notices(world: &World) -> Vec<String> {
    let texts = world.mails().into_iter().map(|mail| parts(&mail).0);
    texts.filter(|text| text.contains("pressroom source list")).collect()
}

#[tokio::test]
async fn a_source_that_breaks_and_recovers_is_told_of_twice_and_keeps_its_feed() {
    let site = Site::new().await;
    site.serves("/feed", RSS, feed(&["pier"]));
    let world = world(&source("news", "feed", &site.url("/feed"), ""));
    world.pass().await;
    let feeds = world.feeds();
    site.refuses("/feed", "503 Service Unavailable", "");
    for _ in 0..5 {
        next_day(&world).await;
    }
    assert_eq!(standing(&world).await.health, Health::Failing);
    let [broken] = &notices(&world)[..] else { panic!("{:?}", notices(&world)) };
    assert!(broken.contains("news：读取失败") && broken.contains("503"), "{broken}");
    assert_eq!(world.feeds(), feeds, "it keeps its last good state");
    site.serves("/feed", RSS, feed(&["pier"]));
    next_day(&world).await;
    next_day(&world).await;
    assert_eq!(standing(&world).await.health, Health::Fine);
    let told = notices(&world);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|text| text.contains("news：正常")));
}

#[tokio::test]
async fn nothing_new_is_no_news_and_nothing_at_all_is() {
    let site = Site::new().await;
    site.serves("/feed", RSS, feed(&["pier", "tower"]));
    let world = world(&source("news", "feed", &site.url("/feed"), ""));
    for _ in 0..4 {
        next_day(&world).await;
    }
    assert_eq!(notices(&world).len(), 0);
    site.serves("/feed", RSS, feed(&[]));
    next_day(&world).await;
    assert_eq!(standing(&world).await.health, Health::Fine, "one bad answer is an accident");
    next_day(&world).await;
    assert_eq!(standing(&world).await.health, Health::Empty);
    assert!(notices(&world)[0].contains("news：没有内容"), "{:?}", notices(&world));
}

#[tokio::test]
async fn a_changed_layout_is_noticed() {
    let site = Site::new().await;
    let html = "content-type: text/html; charset=utf-8";
    let meta = "<meta name=author content=Ann><meta name=keywords content=Harbour>\
        <meta property=article:published_time content=2026-11-20T08:00:00Z>\
        <meta name=description content='What became of the pier, and who says so at the harbour office this week.'>";
    let rich = page("The Pier", &prose("pier")).replace("</head>", &format!("{meta}</head>"));
    site.serves("/pier", html, rich);
    let world = world(&source("news", "page", &site.url("/pier"), ""));
    world.pass().await;
    site.serves("/pier", html, page("The Pier", &prose("pier")));
    next_day(&world).await;
    next_day(&world).await;
    let standing = standing(&world).await;
    assert_eq!(standing.health, Health::Thin, "{standing:?}");
    assert!(standing.reason.unwrap().contains("its layout has changed"));
}

#[tokio::test]
async fn what_is_gone_is_asked_for_no_more_until_the_operator_says_so() {
    let site = Site::new().await;
    site.refuses("/feed", "410 Gone", "");
    let world = world(&source("news", "feed", &site.url("/feed"), ""));
    world.pass().await;
    next_day(&world).await;
    next_day(&world).await;
    assert_eq!(site.asked("/feed").len(), 1);
    assert!(notices(&world)[0].contains("news：已消失"), "{:?}", notices(&world));
    site.serves("/feed", RSS, feed(&["pier"]));
    let resumed = world.command(&["source", "resume", "news"]);
    assert!(resumed.status.success(), "{}", stderr(&resumed));
    assert_eq!(world.pass().await.new_articles, 1);
}

#[tokio::test]
async fn a_pause_holds_also_beside_a_process_at_work() {
    let site = Site::new().await;
    site.serves("/feed", RSS, feed(&["pier"]));
    let world = world(&source("news", "feed", &site.url("/feed"), ""));
    let app = world.open().await;
    let paused = world.command(&["source", "pause", "news"]);
    assert!(paused.status.success(), "{}", stderr(&paused));
    app.close().await;
    let report = world.pass().await;
    assert_eq!(report.notes[0].note.message, "it is paused");
    assert!(site.asked("/feed").is_empty());
    assert!(stdout(&world.command(&["source", "list"])).contains("paused"));
    world.command(&["source", "resume", "news"]);
    assert_eq!(world.pass().await.new_articles, 1);
}

#[tokio::test]
async fn the_list_shows_the_worst_first() {
    let site = Site::new().await;
    site.serves("/feed", RSS, feed(&["pier"]));
    let sources = source("fine", "feed", &site.url("/feed"), "")
        + &source("news", "feed", &site.url("/missing"), "");
    let world = world(&sources);
    for _ in 0..3 {
        next_day(&world).await;
    }
    let list = world.command(&["source", "list"]);
    assert_eq!(list.status.code(), Some(1), "something is wrong");
    let lines: Vec<String> = stdout(&list).lines().map(str::to_owned).collect();
    assert!(lines[0].starts_with("SOURCE"), "{lines:?}");
    assert!(lines[1].starts_with("news") && lines[1].contains("answered 404"), "{lines:?}");
    assert_eq!(lines.len(), 4);
    let json = stdout(&world.command(&["source", "list", "--format", "json"]));
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(first["health"], "failing");
    let unknown = world.command(&["source", "pause", "nobody"]);
    assert_eq!(unknown.status.code(), Some(2));
}
