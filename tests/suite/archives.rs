//! What leaves a feed stays reachable in its archive, whose pages never change.

use std::collections::HashSet;

use chrono::TimeDelta;
use pressroom::lint::{Settings, lint};
use serde_json::Value;

use crate::serving::{Daemon, header};
use crate::world::{World, page, prose};

const FEW: &str = "[[feed]]\nname = \"few\"\ntitle = \"Few\"\nlimit = 2\n";
const NAMES: [&str; 5] = ["Anchor", "Beacon", "Cutter", "Dinghy", "Ensign"];

fn harbour() -> World {
    let world = World::new().with(FEW);
    for name in NAMES {
        write(&world, name, name);
    }
    world
}

fn write(world: &World, file: &str, title: &str) {
    let body = prose(&format!("{title} of the harbour"));
    world.write_article(&format!("{file}.html"), page(&format!("The {title}"), &body));
}

fn read(world: &World, name: &str) -> String {
    std::fs::read_to_string(world.path("feeds").join(name)).unwrap()
}

fn ids(json: &str) -> Vec<String> {
    let json: Value = serde_json::from_str(json).unwrap();
    let items = json["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Two passes: a page holds nothing that was taken in a moment ago.
async fn archived() -> World {
    let world = harbour();
    world.pass().await;
    assert!(!world.path("feeds/few-archive-1.atom").exists());
    world.wait(TimeDelta::hours(1));
    let report = world.pass().await;
    assert!(report.is_clean(), "{:?}", report.failures);
    world
}

#[tokio::test]
async fn full_pages_are_written_and_every_article_is_in_the_feed_or_in_one() {
    let world = archived().await;
    assert!(!world.path("feeds/few-archive-3.json").exists(), "a page is written once it is full");
    let pages = ["few-archive-1.json", "few-archive-2.json"];
    let of_pages: Vec<String> = pages.iter().flat_map(|name| ids(&read(&world, name))).collect();
    assert_eq!(of_pages.len(), 4);
    let all: HashSet<String> = ids(&read(&world, "all.json")).into_iter().collect();
    let reached: HashSet<String> =
        ids(&read(&world, "few.json")).into_iter().chain(of_pages).collect();
    assert_eq!(reached, all);
}

#[tokio::test]
async fn what_comes_late_with_an_old_date_is_in_the_feed_until_a_page_has_it() {
    let world = archived().await;
    let dated = "<meta property=\"article:published_time\" content=\"2019-05-04T10:00:00Z\">";
    for name in ["Fender", "Galley"] {
        let late = page(&format!("The {name}"), &prose(&format!("{name} of long ago")));
        world.write_article(
            &format!("{name}.html"),
            late.replace("<title>", &format!("{dated}<title>")),
        );
        world.wait(TimeDelta::hours(1));
        assert_eq!(world.pass().await.new_articles, 1);
        world.wait(TimeDelta::hours(1));
        assert!(world.pass().await.is_clean());
        let reached =
            ["few.json", "few-archive-1.json", "few-archive-2.json", "few-archive-3.json"]
                .into_iter()
                .filter(|file| world.path("feeds").join(file).exists())
                .filter(|file| read(&world, file).contains(&format!("The {name}")));
        assert!(reached.count() > 0, "{name} is nowhere");
        assert_eq!(ids(&read(&world, "few.json")).len(), 2);
    }
}

#[tokio::test]
async fn the_documents_of_a_feed_point_to_one_another_and_pass_lint() {
    let world = archived().await;
    let home = "https://press.example/feeds/few";
    for format in ["atom", "rss"] {
        let link = |rel: &str, name: &str| format!("href=\"{home}{name}.{format}\" rel=\"{rel}\"");
        let (feed, first, second) = (
            read(&world, &format!("few.{format}")),
            read(&world, &format!("few-archive-1.{format}")),
            read(&world, &format!("few-archive-2.{format}")),
        );
        assert!(feed.contains(&link("prev-archive", "-archive-2")), "{feed}");
        assert!(second.contains(&link("prev-archive", "-archive-1")), "{second}");
        assert!(second.contains(&link("current", "")) && second.contains("fh:archive"));
        assert!(first.contains(&link("next-archive", "-archive-2")), "{first}");
        assert!(!first.contains("prev-archive") && !feed.contains("fh:archive"));
    }
    let json: Value = serde_json::from_str(&read(&world, "few.json")).unwrap();
    assert_eq!(json["next_url"], format!("{home}-archive-2.json"));
    for name in ["few-archive-1", "few-archive-2"] {
        for format in ["atom", "rss", "json"] {
            let file = format!("{name}.{format}");
            let url = Some(format!("https://press.example/feeds/{file}"));
            let settings = Settings { now: Some(world.clock.now()), url };
            assert_eq!(lint(read(&world, &file).as_bytes(), &settings), [], "{file}");
        }
    }
}

#[tokio::test]
async fn a_page_never_changes_and_is_made_again_only_where_it_is_missing() {
    let world = archived().await;
    let before = read(&world, "few-archive-1.atom");
    for name in NAMES {
        write(&world, name, &format!("{name} rebuilt"));
    }
    world.wait(TimeDelta::hours(1));
    assert_eq!(world.pass().await.changed_articles, 5);
    assert_eq!(read(&world, "few-archive-1.atom"), before);
    let missing = world.path("feeds/few-archive-2.atom");
    std::fs::remove_file(&missing).unwrap();
    assert!(world.pass().await.is_clean());
    assert!(std::fs::read_to_string(missing).unwrap().contains("rebuilt"));
}

#[tokio::test]
async fn pages_are_served_for_good_and_only_where_there_is_one() {
    let (daemon, world) = Daemon::of(archived().await).await;
    let (head, body) = daemon.get("/feeds/few-archive-1.atom", "accept-encoding: gzip\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(header(&head, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&head, "content-type"), "application/atom+xml; charset=utf-8");
    assert_eq!(body, read(&world, "few-archive-1.atom").into_bytes());
    let known = format!("if-none-match: {}\r\n", header(&head, "etag"));
    assert!(daemon.get("/feeds/few-archive-1.atom", &known).await.0.starts_with("HTTP/1.1 304"));
    for path in
        ["few-archive-9.atom", "none-archive-1.atom", "few-archive-1.opml", "few-archive-.atom"]
    {
        assert!(
            daemon.get(&format!("/feeds/{path}"), "").await.0.starts_with("HTTP/1.1 404"),
            "{path}"
        );
    }
    daemon.end().await;
}
