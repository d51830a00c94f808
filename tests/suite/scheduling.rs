//! Slots, the daemon and its end.

use std::collections::HashSet;
use std::process::{Command, Stdio};

use chrono::TimeDelta;
use pressroom::app::{self, Wanted};
use pressroom::schedule::{Due, Scheduler, run_due};
use pressroom::store::schedules;

use crate::world::{World, also_on_postgres, page, prose};

#[tokio::test]
async fn each_slot_is_decided_once_however_often_it_is_asked_for() {
    let world = World::new();
    let app = world.open().await;
    let plans = app::plans(&world.config());
    let mut first = Scheduler::load(app.context(), plans.clone()).await.unwrap();
    let mut second = Scheduler::load(app.context(), plans).await.unwrap();
    world.wait(TimeDelta::minutes(61));
    let nobody = HashSet::new();
    let due = first.take_due(&nobody).await.unwrap();
    let names: Vec<_> = due.iter().map(|due| due.slot.schedule.as_str()).collect();
    assert_eq!(names, ["ingest", "publish", "deliver"]);
    for due in due {
        run_due(app.context(), due).await;
    }
    assert!(second.take_due(&nobody).await.unwrap().is_empty(), "the same slots, asked for again");
    app.close().await;
}

#[tokio::test]
async fn a_clock_that_stood_ahead_or_far_behind_stops_nothing() {
    let world = World::new();
    let app = world.open().await;
    let plans = app::plans(&world.config());
    world.wait(TimeDelta::days(3650));
    Scheduler::load(app.context(), plans.clone()).await.unwrap();
    let mut ahead = Scheduler::load(app.context(), plans.clone()).await.unwrap();
    ahead.take_due(&HashSet::new()).await.unwrap();
    world.wait(TimeDelta::days(-3650));
    let mut back = Scheduler::load(app.context(), plans).await.unwrap();
    back.take_due(&HashSet::new()).await.unwrap();
    assert!(back.next_at().unwrap() < world.clock.now() + TimeDelta::hours(1));
    world.wait(TimeDelta::hours(1));
    assert!(!back.take_due(&HashSet::new()).await.unwrap().is_empty());
    app.close().await;
}

#[tokio::test]
async fn what_a_killed_process_had_begun_is_taken_up_again() {
    let world = World::new().with_article("pier.html", page("The New Pier", &prose("pier")));
    let app = world.open().await;
    app.run(&Wanted { only: vec!["articles".into()], force: false }, &|_| ()).await.unwrap();
    let plans = app::plans(&world.config());
    let mut killed = Scheduler::load(app.context(), plans.clone()).await.unwrap();
    world.wait(TimeDelta::days(1));
    let begun = killed.take_due(&HashSet::new()).await.unwrap();
    drop(killed);

    let mut next = Scheduler::load(app.context(), plans.clone()).await.unwrap();
    let again = next.take_due(&HashSet::new()).await.unwrap();
    let slots = |due: &[Due]| due.iter().map(|due| due.slot.clone()).collect::<Vec<_>>();
    assert_eq!(slots(&again), slots(&begun));
    for due in again {
        run_due(app.context(), due).await;
    }
    let mut last = Scheduler::load(app.context(), plans).await.unwrap();
    assert!(last.take_due(&HashSet::new()).await.unwrap().is_empty(), "all are settled");
    app.close().await;
    assert_eq!(world.mails().len(), 1);
}

#[tokio::test]
async fn a_restart_does_not_move_what_is_due_next() {
    let world = World::new();
    let app = world.open().await;
    let plans = app::plans(&world.config());
    let before = Scheduler::load(app.context(), plans.clone()).await.unwrap().next_at();
    world.wait(TimeDelta::hours(30));
    let after = Scheduler::load(app.context(), plans).await.unwrap().next_at();
    assert_eq!(before, after);
    app.close().await;
}

#[tokio::test]
async fn after_an_absence_the_last_slot_runs_and_the_others_are_recorded() {
    let world = World::new();
    let app = world.open().await;
    let plans = app::plans(&world.config());
    let mut scheduler = Scheduler::load(app.context(), plans).await.unwrap();
    world.wait(TimeDelta::days(3));
    let due = scheduler.take_due(&HashSet::new()).await.unwrap();
    assert_eq!(due.len(), 4, "ingest, publish, digest, deliver: once each");
    let mut lease = app.context().store.read().await.unwrap();
    let conn = &mut lease.conn();
    assert_eq!(schedules::decided(conn, "ingest").await.unwrap(), 72);
    assert_eq!(schedules::decided(conn, "digest/morning/daily").await.unwrap(), 3);
    drop(lease);
    app.close().await;
}

#[tokio::test]
async fn a_schedule_whose_work_is_not_over_skips_its_slot() {
    let world = World::new();
    let app = world.open().await;
    let mut scheduler = Scheduler::load(app.context(), app::plans(&world.config())).await.unwrap();
    world.wait(TimeDelta::minutes(61));
    let busy = HashSet::from(["ingest".to_owned()]);
    let due = scheduler.take_due(&busy).await.unwrap();
    assert!(due.iter().all(|due| due.slot.schedule != "ingest"));
    let mut lease = app.context().store.read().await.unwrap();
    assert_eq!(schedules::decided(&mut lease.conn(), "ingest").await.unwrap(), 1);
    drop(lease);
    app.close().await;
}

#[tokio::test]
async fn a_day_of_slots_ingests_publishes_composes_and_delivers() {
    let world = World::new().with_article("pier.html", page("The New Pier", &prose("pier")));
    let app = world.open().await;
    let mut scheduler = Scheduler::load(app.context(), app::plans(&world.config())).await.unwrap();
    for _ in 0..24 {
        world.wait(TimeDelta::hours(1));
        for due in scheduler.take_due(&HashSet::new()).await.unwrap() {
            let report = run_due(app.context(), due).await;
            assert!(report.failures.is_empty(), "{:?}", report.failures);
        }
    }
    app.close().await;
    assert!(world.feed("rss").contains("The New Pier"));
    assert_eq!(world.mails().len(), 1);
}

#[test]
fn the_daemon_stops_cleanly_on_sigterm() {
    let world = World::new();
    let config = world.config_file();
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_pressroom"))
        .args(["--config", config.to_str().unwrap(), "daemon"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = std::io::BufReader::new(daemon.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("started") {
        line.clear();
        assert_ne!(std::io::BufRead::read_line(&mut log, &mut line).unwrap(), 0, "it ended early");
    }
    let refused = world.command(&["run"]);
    assert!(crate::world::stderr(&refused).contains("in use by another pressroom"));

    let killed = Command::new("kill").arg(daemon.id().to_string()).status().unwrap();
    assert!(killed.success());
    assert_eq!(daemon.wait().unwrap().code(), Some(0));
    let rest = std::io::read_to_string(log).unwrap();
    assert!(rest.contains("stopping") && rest.contains("stopped"), "{rest}");
}

also_on_postgres!(
    each_slot_is_decided_once_however_often_it_is_asked_for,
    a_clock_that_stood_ahead_or_far_behind_stops_nothing,
    what_a_killed_process_had_begun_is_taken_up_again,
    a_restart_does_not_move_what_is_due_next,
    after_an_absence_the_last_slot_runs_and_the_others_are_recorded,
    a_schedule_whose_work_is_not_over_skips_its_slot,
    a_day_of_slots_ingests_publishes_composes_and_delivers,
);
