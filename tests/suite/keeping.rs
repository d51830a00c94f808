//! Backup, restore, the move to PostgreSQL, and retention.

use std::fs;
use std::process::{Command, Stdio};

use chrono::TimeDelta;
use pressroom::app::Wanted;
use pressroom::domain::{
    ArticleId, DeliveryState, Document, MediaType, Selection, Sketch, SourceId,
};
use pressroom::jobs::{Report, maintain};
use pressroom::store::kept::{self, Packed};
use pressroom::store::{articles, outbox, schedules, stories};

use crate::world::{
    Schema, World, also_on_postgres, page, postgres, pressroom, prose, rows, stderr, stdout,
};

fn world() -> World {
    World::new()
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_article("tower.html", page("Der Turm über Ærø 塔", &prose("tower")))
}

fn done(world: &World, arguments: &[&str]) -> String {
    let output = world.command(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    stdout(&output)
}

fn refused(world: &World, arguments: &[&str]) -> String {
    let output = world.command(arguments);
    assert!(!output.status.success(), "{arguments:?}: {}", stdout(&output));
    stderr(&output)
}

#[tokio::test]
async fn a_backup_restored_elsewhere_gives_the_same_feeds() {
    let old = world();
    old.pass().await;
    let backup = old.path("press.backup");
    let file = backup.to_str().unwrap();
    done(&old, &["backup", file]);
    assert!(refused(&old, &["backup", file]).contains("is not written over"));

    let new = World::new();
    done(&new, &["restore", file]);
    let only = Wanted { only: vec!["all".into()], force: false };
    new.pass_over(&only).await;
    assert_eq!(new.feeds(), old.feeds());
    assert_eq!(new.pass_over(&only).await.files_written(), 0);
}

#[tokio::test]
async fn what_an_earlier_version_kept_as_text_is_told_as_before_and_packed_when_it_changes() {
    let world = world();
    world.pass().await;
    let packed = "article WHERE body = '' AND packed IS NOT NULL";
    assert_eq!(world.rows(packed), 2);
    let (before, app) = (world.feeds(), world.open().await);
    let mut lease = app.context().store.read().await.unwrap();
    let (all, now) = (Selection::default(), world.clock.now());
    let stored = articles::newest(&mut lease.conn(), &all, now, 9, |_| true).await.unwrap();
    drop(lease);
    app.close().await;
    for one in stored {
        let text = serde_json::to_string(&one.article).unwrap().replace('\'', "''");
        let id = one.article.id;
        world.sql(&format!("UPDATE article SET body = '{text}', packed = NULL WHERE id = '{id}'"));
    }
    assert_eq!(world.rows(packed), 0);
    assert_eq!(world.pass_over(&Wanted::default()).await.files_written(), 0);
    assert_eq!(world.feeds(), before);
    world.write_article("pier.html", page("The New Pier, Opened", &prose("pier")));
    world.wait(TimeDelta::hours(1));
    world.pass().await;
    assert_eq!(world.rows(packed), 1);
}

#[tokio::test]
async fn a_backup_is_written_beside_a_writer() {
    let world = world();
    let app = world.open().await;
    app.run(&Wanted::default(), &|_| ()).await.unwrap();
    done(&world, &["backup", world.path("a.db").to_str().unwrap()]);
    app.run(&Wanted::default(), &|_| ()).await.unwrap();
    app.close().await;
    let restored = World::new();
    done(&restored, &["restore", world.path("a.db").to_str().unwrap()]);
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let world = world();
    done(&world, &["run"]);
    let before = fs::read(world.path("press.db")).unwrap();
    let file = world.path("broken.db");
    fs::write(&file, "not a database, not at all, and long enough to be looked at as one").unwrap();
    refused(&world, &["restore", file.to_str().unwrap()]);
    let mut torn = before.clone();
    torn.truncate(before.len() / 2);
    fs::write(&file, torn).unwrap();
    let error = refused(&world, &["restore", file.to_str().unwrap()]);
    assert!(error.contains("damaged"), "{error}");
    refused(&world, &["restore", world.path("nowhere.db").to_str().unwrap()]);
    assert_eq!(fs::read(world.path("press.db")).unwrap(), before);
}

#[test]
fn a_store_moves_to_postgres_whole() {
    let Some(server) = postgres() else { return };
    let world = world();
    done(&world, &["run"]);
    let feeds = world.feeds();
    let target = Schema::new(&server);
    let said = done(&world, &["move", "--to", &target.url()]);
    assert!(said.contains("article            2 rows, checksum"), "{said}");
    let error = refused(&world, &["move", "--to", &target.url()]);
    assert!(error.contains("the target is not empty"), "{error}");

    let moved = fs::read_to_string(world.config_file()).unwrap();
    let moved = moved.replace("path = \"press.db\"", &format!("url = {:?}", target.url()));
    fs::write(world.path("moved.toml"), moved).unwrap();
    let file = world.path("moved.toml");
    let output = pressroom(&["--config", file.to_str().unwrap(), "run"]);
    let said = stdout(&output);
    assert!(said.contains("new, 0 changed, 2 unchanged"), "{said}{}", stderr(&output));
    assert!(!said.contains("mail "), "the digest went out before the move: {said}");
    assert_eq!(world.feeds(), feeds);
}

#[test]
fn a_move_that_was_killed_is_begun_again() {
    let Some(server) = postgres() else { return };
    let world = world();
    done(&world, &["run"]);
    world.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
         INSERT INTO slot (schedule, at, decision, decided_at) \
         SELECT hex(randomblob(200)), i, 'run', 0 FROM n",
    );
    let target = Schema::new(&server);
    let config = world.config_file();
    let mut child = Command::new(env!("CARGO_BIN_EXE_pressroom"))
        .args(["--config", config.to_str().unwrap(), "move", "--to", &target.url()])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // As soon as rows may be under way: the table is there.
    while !pressroom_sees(&target, "_sqlx_migrations") {}
    child.kill().unwrap();
    if !child.wait().unwrap().success() {
        assert_eq!(rows(&target.url(), "slot"), 0, "all or nothing");
        done(&world, &["move", "--to", &target.url()]);
    }
    assert!(rows(&target.url(), "slot") >= 20000);
}

fn pressroom_sees(target: &Schema, table: &str) -> bool {
    let sql = format!("SELECT 1 FROM {table} HAVING count(*) > 1");
    let output = Command::new("psql").args(["-qXAtc", &sql, &target.url()]).output().unwrap();
    !output.stdout.is_empty()
}

#[tokio::test]
async fn what_is_old_enough_is_taken_out_and_the_rest_stays() {
    let world = world().with_store("keep_articles_days = 500");
    world.pass().await;
    let begin = world.clock.now();
    for (schedule, at, decision) in
        [("ingest", 0, "run"), ("ingest", 1, "run"), ("publish", 0, "begun")]
    {
        let at = begin.timestamp_micros() + at;
        world.sql(&format!(
            "INSERT INTO slot (schedule, at, decision, decided_at) VALUES ('{schedule}', {at}, '{decision}', {at})"
        ));
    }
    let app = world.open().await;
    let store = &app.context().store;

    for (days, messages, articles) in [(80, 1, 2), (100, 0, 2), (600, 0, 0)] {
        world.wait(TimeDelta::days(days) - (world.clock.now() - begin));
        let mut report = Report::default();
        maintain::maintain(app.context(), &mut report).await;
        assert!(report.failures.is_empty(), "{:?}", report.failures);
        let mut lease = store.read().await.unwrap();
        let conn = &mut lease.conn();
        let sent = outbox::in_state(conn, DeliveryState::Sent).await.unwrap();
        assert_eq!(sent.len(), messages, "after {days} days");
        let slots = schedules::decided(conn, "ingest").await.unwrap();
        assert_eq!(slots, if days < 90 { 2 } else { 1 }, "the last one stays");
        assert_eq!(schedules::decided(conn, "publish").await.unwrap(), 1, "what is begun stays");
        assert_eq!(world.rows("edition"), 1, "so does the last");
        drop(lease);
        app.run(&Wanted { only: vec!["all".into()], force: false }, &|_| ()).await.unwrap();
        assert_eq!(world.feed("rss").matches("<item>").count(), articles);
    }
    app.close().await;

    // The source still lists them, now with other bytes; nobody gets them again.
    world.write_article("pier.html", page("The New Pier, edited", &prose("pier")));
    let report = world.pass().await;
    assert_eq!(world.feed("rss").matches("<item>").count(), 0);
    assert_eq!(report.count(DeliveryState::Sent), 0);
}

#[tokio::test]
async fn documents_go_a_part_at_a_time_until_none_is_too_old() {
    let world = world();
    let app = world.open().await;
    let context = app.context();
    let source = SourceId::new("pier").unwrap();
    let fetched = |reference: String, days: i64| {
        let fetched_at = (world.clock.now() - TimeDelta::days(days)).fixed_offset();
        Packed::of(&Document {
            reference,
            url: None,
            fetched_at,
            media_type: MediaType::Html,
            text: "planks".into(),
            digest: String::new(),
        })
    };
    let mut tx = context.store.begin().await.unwrap();
    for number in 0..1_200 {
        let old = fetched(format!("old {number}"), 15);
        kept::put(&mut tx.conn(), vec![(source.clone(), old)]).await.unwrap();
    }
    let new = fetched("new".into(), 13);
    // Of one day twice: PostgreSQL would not write one row twice.
    let twice = vec![(source.clone(), new.clone()), (source.clone(), new)];
    kept::put(&mut tx.conn(), twice).await.unwrap();
    tx.commit().await.unwrap();
    let mut report = Report::default();
    maintain::maintain(context, &mut report).await;
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    app.close().await;
    assert_eq!(world.rows("kept_document"), 1);
}

#[tokio::test]
async fn what_stories_are_looked_up_by_goes_a_part_at_a_time_and_what_is_still_told_stays() {
    const EACH: usize = 1_000;
    let world = world();
    let app = world.open().await;
    let context = app.context();
    let now = world.clock.now();
    for days in [15, 13] {
        let then = now - TimeDelta::days(days);
        let source = SourceId::new(&format!("d{days}")).unwrap();
        let told: Vec<_> = (0..EACH)
            .map(|number| {
                let word = |at: usize| format!("w{days}x{number}x{at} ");
                let text: String = (0..80).map(word).collect();
                let sketch = Sketch::of(std::iter::once(text.as_str())).unwrap();
                (source.clone(), ArticleId::derive(&source, &number.to_string()), sketch)
            })
            .collect();
        let mut tx = context.store.begin().await.unwrap();
        stories::sketched(&mut tx.conn(), &told, then).await.unwrap();
        tx.commit().await.unwrap();
        stories::settle_all(&context.store, then).await.unwrap();
    }
    assert_eq!(world.rows("story_mark"), 12_000, "more than one part");
    let mut report = Report::default();
    maintain::maintain(context, &mut report).await;
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    assert_eq!(world.rows("story_mark"), 6_000);
    assert_eq!(stories::forget(&context.store, now + TimeDelta::days(2)).await.unwrap(), 6_000);
    app.close().await;
    assert_eq!(world.rows("story_mark"), 0);
}

also_on_postgres!(
    what_stories_are_looked_up_by_goes_a_part_at_a_time_and_what_is_still_told_stays,
    documents_go_a_part_at_a_time_until_none_is_too_old,
    a_backup_restored_elsewhere_gives_the_same_feeds,
    a_backup_is_written_beside_a_writer,
    what_an_earlier_version_kept_as_text_is_told_as_before_and_packed_when_it_changes,
    what_is_old_enough_is_taken_out_and_the_rest_stays,
);
