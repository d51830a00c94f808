//! The store itself, on both engines: what is written is there, what is not committed is not, and who may open it.

use std::fs;

use chrono::TimeDelta;
use pressroom::app::App;
use pressroom::domain::{ArticleId, Decision, Known, Slot, SourceId};
use pressroom::store::documents::Remembered;
use pressroom::store::{Conn, Store, StoreError, documents, schedules};

use crate::world::{World, also_on_postgres, stderr};

/// Whether the slot is now ours.
async fn begin(conn: &mut Conn<'_>, slot: &Slot) -> Result<bool, StoreError> {
    let decided = [(slot.clone(), Decision::Begun)];
    Ok(schedules::decide(conn, &decided, "test", slot.at, slot.at).await?.len() == 1)
}

async fn store(world: &World) -> Store {
    world.open().await.context().store.clone()
}

#[tokio::test]
async fn what_is_committed_is_there_and_the_rest_is_not() {
    let world = World::new();
    let store = store(&world).await;
    let source = SourceId::new("harbour").unwrap();
    let (article, now) = (ArticleId::derive(&source, "1"), world.clock.now());
    for (reference, commits) in [("kept", true), ("dropped", false)] {
        let mut tx = store.begin().await.unwrap();
        let conn = &mut tx.conn();
        let known = Known { digest: "digest".into(), ..Known::default() };
        let remembered = Remembered {
            source: source.clone(),
            reference: reference.into(),
            known,
            article,
            entries: Vec::new(),
        };
        documents::remember(conn, &[remembered], now).await.unwrap();
        if commits {
            tx.commit().await.unwrap();
        }
    }
    let mut lease = store.read().await.unwrap();
    let conn = &mut lease.conn();
    assert!(documents::known(conn, &source, "kept").await.unwrap().is_some());
    assert_eq!(documents::known(conn, &source, "dropped").await.unwrap(), None);
    drop(lease);
    store.close().await;
}

#[tokio::test]
async fn a_store_is_opened_again_with_what_it_held() {
    let world = World::new();
    let slot = Slot { schedule: "ingest".into(), at: world.clock.now() };
    for is_first in [true, false] {
        let store = store(&world).await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(begin(&mut tx.conn(), &slot).await.unwrap(), is_first);
        tx.commit().await.unwrap();
        store.close().await;
    }
}

#[tokio::test]
async fn looking_changes_nothing_and_makes_nothing() {
    let world = World::new();
    let error = App::open_read_only(&world.config(), world.clock.clone()).await.unwrap_err();
    assert!(error.to_string().contains("there is no store"), "{error}");
    world.open().await.close().await;

    let app = App::open_read_only(&world.config(), world.clock.clone()).await.unwrap();
    let slot = Slot { schedule: "ingest".into(), at: world.clock.now() };
    let written = async {
        let mut tx = app.context().store.begin().await?;
        begin(&mut tx.conn(), &slot).await?;
        tx.commit().await
    };
    assert!(written.await.is_err());
    app.close().await;
}

#[tokio::test]
async fn many_writers_at_once_each_get_their_turn() {
    let world = World::new();
    let store = store(&world).await;
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let (store, start) = (store.clone(), world.clock.now());
        tasks.spawn(async move {
            let mut won = 0;
            for minute in 0..20 {
                let at = start + TimeDelta::minutes(minute);
                let slot = Slot { schedule: "ingest".into(), at };
                let mut tx = store.begin().await.unwrap();
                let conn = &mut tx.conn();
                if begin(conn, &slot).await.unwrap() {
                    won += 1;
                }
                tx.commit().await.unwrap();
            }
            (writer, won)
        });
    }
    let won: Vec<_> = tasks.join_all().await;
    assert_eq!(won.iter().map(|(_, won)| won).sum::<i32>(), 20, "each slot once: {won:?}");
    store.close().await;
}

#[tokio::test]
async fn a_newer_store_is_refused_in_a_sentence() {
    let world = World::new();
    world.open().await.close().await;
    world.sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9000, 'later', true, '', 0)",
    );
    let refused = world.command(&["run"]);
    assert!(
        stderr(&refused).contains("a newer pressroom wrote this store"),
        "{}",
        stderr(&refused)
    );
    let refused = world.command(&["preview", "morning"]);
    assert!(
        stderr(&refused).contains("a newer pressroom wrote this store"),
        "{}",
        stderr(&refused)
    );
}

#[test]
fn tests_of_the_store_and_of_jobs_run_on_both_engines() {
    let suite = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite");
    let mut checked = 0;
    for entry in fs::read_dir(suite).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let Some((tests, named)) = text.split_once("\nalso_on_postgres!(") else { continue };
        for test in tests.split("#[tokio::test]\nasync fn ").skip(1) {
            let name = test.split('(').next().unwrap();
            assert!(named.contains(&format!(" {name},")), "{}: {name}", path.display());
            checked += 1;
        }
    }
    assert!(checked > 20, "the test must see the tests");
}

also_on_postgres!(
    what_is_committed_is_there_and_the_rest_is_not,
    a_store_is_opened_again_with_what_it_held,
    looking_changes_nothing_and_makes_nothing,
    many_writers_at_once_each_get_their_turn,
    a_newer_store_is_refused_in_a_sentence,
);
