//! Search: what is found, in which order, and what is found no more.

use chrono::TimeDelta;
use pressroom::domain::Query;
use pressroom::jobs::{Report, maintain};
use pressroom::store::articles;
use pressroom::store::search::{self, Found};

use crate::world::{World, also_on_postgres, page, prose};

const QUAY: &str = "<!DOCTYPE html><html lang=zh><head><meta charset=utf-8><title>旧码头关门</title></head><body><article>\
    <h1>旧码头关门</h1><p>码头在去年冬天关了门，留下三台吊车和一间没有锁的仓库。每天早上仍有人去那里等船。</p>\
    <p>船不会再来了，他们知道。可是潮水照旧在六点退下去，他们便照旧在六点到，站一会儿，再回去做早饭。</p></article></body></html>";

fn world() -> World {
    World::new()
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
        "INSERT INTO article (id, source, first_seen, changed, sort_at, body) \
         SELECT '{id}', source, first_seen, changed, sort_at, replace(replace(body, id, '{id}'), 'The New', 'The Sunken') \
         FROM article WHERE body LIKE '%The New Pier%'"
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

also_on_postgres!(
    articles_and_editions_are_found_by_words_of_any_script,
    an_edited_article_is_found_by_its_new_words_only,
    what_was_written_before_there_was_search_is_found_after_maintenance,
    what_is_retired_is_found_no_more,
);
