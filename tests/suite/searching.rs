//! Search: what is found, in which order, and what is found no more.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use pressroom::domain::Query;
use pressroom::jobs::{Report, maintain};
use pressroom::store::articles;
use pressroom::store::search::{self, Found};

use crate::serving::Daemon;
use crate::world::{World, also_on_postgres, page, prose};

const QUAY: &str = "<!DOCTYPE html><html lang=zh><head><meta charset=utf-8><title>旧码头关门</title></head><body><article>\
    <h1>旧码头关门</h1><p>码头在去年冬天关了门，留下三台吊车和一间没有锁的仓库。每天早上仍有人去那里等船。</p>\
    <p>船不会再来了，他们知道。可是潮水照旧在六点退下去，他们便照旧在六点到，站一会儿，再回去做早饭。</p></article></body></html>";

/// Who serves pages lets them be searched.
fn world() -> World {
    World::new()
        .with_http("127.0.0.1:0")
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_article("quay.html", QUAY)
}

/// The titles of the articles found, and `edition` for each Edition.
async fn found(world: &World, query: &str) -> Vec<String> {
    let app = world.open().await;
    let mut titles = Vec::new();
    {
        let mut lease = app.context().store.read().await.unwrap();
        let conn = &mut lease.conn();
        let query = Query::parse(query).unwrap();
        for (_, found) in search::find(conn, &query, None, 10).await.unwrap() {
            titles.push(match found {
                Found::Article(id) => articles::get(conn, id).await.unwrap().unwrap().article.title,
                Found::Edition(_) => "edition".to_owned(),
            });
        }
    }
    app.close().await;
    // The clock stands still: what comes in at one time has no order.
    titles.sort();
    titles
}

#[tokio::test]
async fn articles_and_editions_are_found_by_words_of_any_script() {
    let world = world();
    world.pass().await;
    assert_eq!(found(&world, "码头").await, ["edition", "旧码头关门"]);
    assert_eq!(found(&world, "ＰＩＥＲ new").await, ["The New Pier", "edition"]);
    assert_eq!(found(&world, "pier 码头").await, ["edition"], "which holds both");
    for nothing in ["头关 pier", "lighthouse", "港口"] {
        assert!(found(&world, nothing).await.iter().all(|title| title == "edition"), "{nothing}");
    }
}

#[tokio::test]
async fn an_edited_article_is_found_by_its_new_words_only() {
    let world = world();
    world.pass().await;
    world.write_article("pier.html", page("The Second Jetty", &prose("jetty")));
    world.wait(TimeDelta::hours(1));
    world.pass().await;
    assert_eq!(found(&world, "jetty").await, ["The Second Jetty"]);
    assert_eq!(found(&world, "pier").await, ["edition"], "it says what was mailed");
}

#[tokio::test]
async fn what_was_written_before_there_was_search_is_found_after_maintenance() {
    let world = world();
    world.pass().await;
    let id = "00000000-0000-4000-8000-000000000001";
    world.sql(&format!(
        r#"INSERT INTO article (id, source, first_seen, changed, sort_at, body)
         SELECT '{id}', source, first_seen, changed, sort_at,
             '{{"id":"urn:uuid:{id}","title":"The Sunken Pier","sections":[]}}'
         FROM article LIMIT 1"#
    ));
    assert_eq!(found(&world, "sunken").await, [""; 0]);
    let app = world.open().await;
    maintain::maintain(app.context(), &mut Report::default()).await;
    app.close().await;
    assert_eq!(found(&world, "sunken pier").await, ["The Sunken Pier"]);
}

#[tokio::test]
async fn what_is_retired_is_found_no_more() {
    let world = world().with_store("keep_articles_days = 30\nkeep_editions_days = 30");
    world.pass().await;
    world.wait(TimeDelta::days(40));
    world.write_article("tower.html", page("The Old Tower", &prose("tower")));
    world.pass().await;
    let app = world.open().await;
    maintain::maintain(app.context(), &mut Report::default()).await;
    app.close().await;
    assert_eq!(found(&world, "码头").await, [""; 0]);
    assert_eq!(found(&world, "tower").await, ["The Old Tower", "edition"]);
    assert_eq!(world.rows("searchable"), 2);
}

/// The page that answers a query, which is written as a browser writes it.
async fn asked(daemon: &Daemon, query: &str) -> String {
    let (head, body) = daemon.get(&format!("/search?{query}"), "").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{query}: {head}");
    String::from_utf8(body).unwrap()
}

#[tokio::test]
async fn the_search_page_marks_what_was_looked_for_and_is_for_people_only() {
    let (daemon, _world) = Daemon::of(world()).await;
    let shown = asked(&daemon, "q=%E7%A0%81%E5%A4%B4").await;
    assert!(shown.contains("旧<mark>码头</mark>关门"), "{shown}");
    assert!(shown.contains("value=\"码头\"") && shown.contains("content=\"noindex\""), "{shown}");
    assert!(shown.contains("href=\"?q=%E7%A0%81%E5%A4%B4&amp;lang=zh\""), "{shown}");
    let shown = asked(&daemon, "q=PIER&lang=zh").await;
    assert!(shown.contains("<mark>Pier</mark>") && shown.contains("搜索"), "{shown}");
    for path in ["/", "/digests/morning"] {
        let (_, body) = daemon.get(path, "").await;
        assert!(String::from_utf8(body).unwrap().contains("action=\"/search\""), "{path}");
    }
    daemon.end().await;
}

#[tokio::test]
async fn whatever_is_asked_is_answered_kindly() {
    let (daemon, _world) = Daemon::of(world()).await;
    for nothing in ["", "q=", "q=%20", "p=1"] {
        assert!(asked(&daemon, nothing).await.contains("All words must be there"), "{nothing}");
    }
    assert!(asked(&daemon, "q=%22%29%3B--").await.contains("no word in that"));
    assert!(asked(&daemon, &format!("q={}", "a+".repeat(5000))).await.contains("up to 200"));
    for hostile in [
        "q=pier%22%20OR%20%22x",
        "q=pier*%20NEAR(x)",
        "q=words%3Apier",
        "q=%27pier%27%20%26%20!x%20%7C",
        "q=pier%00x",
        "q=pier%FF%FE",
        "q=^pier%20AND%20NOT%20x",
        "q=pier&after=abc",
        "q=pier&q=x",
        "q=zebra%3Cscript%3Ealert(1)%3C/script%3E",
    ] {
        let shown = asked(&daemon, hostile).await;
        assert!(!shown.contains("<script>alert"), "{hostile}: {shown}");
    }
    daemon.end().await;
}

#[tokio::test]
async fn what_no_feed_and_no_digest_takes_is_not_found() {
    let (daemon, _world) =
        Daemon::of(world().with_selection("exclude_keywords = [\"码头\"]")).await;
    assert!(asked(&daemon, "q=pier").await.contains("<mark>Pier</mark>"));
    let shown = asked(&daemon, "q=%E7%A0%81%E5%A4%B4").await;
    assert!(!shown.contains("<mark>") && shown.contains("Nothing was found"), "{shown}");
    daemon.end().await;
}

#[tokio::test]
async fn results_go_on_from_page_to_page() {
    let mut world = World::new();
    for number in 0..25 {
        let title = format!("The Pier Number{number:02}");
        world = world.with_article(&format!("{number}.html"), page(&title, &prose("pier")));
    }
    let (daemon, _world) = Daemon::of(world).await;
    let (mut seen, mut query) = (BTreeSet::new(), "q=number".to_owned());
    let mut pages = 0;
    loop {
        let shown = asked(&daemon, &query).await;
        pages += 1;
        let links = shown.split("<h2><a href=\"/articles/").skip(1);
        seen.extend(links.map(|link| link.split('"').next().unwrap().to_owned()));
        let Some((_, next)) = shown.split_once("<a href=\"?q=number&amp;after=") else { break };
        query = format!("q=number&after={}", next.split('"').next().unwrap());
    }
    assert_eq!((seen.len(), pages), (25, 2));
    daemon.end().await;
}

also_on_postgres!(
    whatever_is_asked_is_answered_kindly,
    results_go_on_from_page_to_page,
    articles_and_editions_are_found_by_words_of_any_script,
    an_edited_article_is_found_by_its_new_words_only,
    what_was_written_before_there_was_search_is_found_after_maintenance,
    what_is_retired_is_found_no_more,
    what_no_feed_and_no_digest_takes_is_not_found,
    the_search_page_marks_what_was_looked_for_and_is_for_people_only,
);
