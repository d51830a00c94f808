//! Slots: missed, overlapping, taken up again, spread.

use std::collections::HashSet;

use chrono::TimeDelta;
use pressroom::app::{self, Wanted};
use pressroom::domain::{Decision, Slot};
use pressroom::jobs::slots;
use pressroom::schedule::{Due, Scheduler, run_due};
use pressroom::store::schedules;

use crate::world::{World, also_on_postgres, page, prose};

/// A world whose hourly ingest has `slots`.
fn with_slots(slots: &str) -> World {
    World::new().with(&format!("[[source]]\nname = \"own\"\nkind = \"files\"\npaths = [\"own\"]\nschedule = \"0 * * * *\"\nslots = {slots}\n"))
}

fn of<'d>(due: &'d [Due], schedule: &str) -> Vec<&'d Slot> {
    due.iter().map(|due| &due.slot).filter(|slot| slot.schedule == schedule).collect()
}

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
    // On a store that is shared, it might still be alive for so long.
    world.wait(TimeDelta::minutes(2));

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
    assert_eq!(due.len(), 5, "ingest, publish, digest, deliver, maintain: once each");
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

#[tokio::test]
async fn three_days_down_end_as_each_policy_says() {
    for (slots, run) in [
        ("{ missed = \"skip\" }", 0),
        ("{ missed = \"last\" }", 1),
        ("{ missed = \"all\" }", 72),
        ("{ missed = \"all\", deadline_minutes = 1440 }", 24),
        ("{ missed = \"last\", deadline_minutes = 20 }", 0),
    ] {
        let world = with_slots(slots);
        let app = world.open().await;
        let plans = app::plans(&world.config());
        Scheduler::load(app.context(), plans.clone()).await.unwrap();
        world.wait(TimeDelta::minutes(3 * 1440 + 30));
        let mut after = Scheduler::load(app.context(), plans).await.unwrap();
        let due = after.take_due(&HashSet::new()).await.unwrap();
        let own = of(&due, "source/own");
        assert_eq!(own.len(), run, "{slots}");
        assert!(own.is_sorted_by(|a, b| a.at < b.at), "the oldest first");
        let mut lease = app.context().store.read().await.unwrap();
        let decided = schedules::decided(&mut lease.conn(), "source/own").await.unwrap();
        assert_eq!(decided, 72, "{slots}: each is run or recorded as skipped");
        drop(lease);
        app.close().await;
    }
}

#[tokio::test]
async fn years_of_missed_slots_are_recorded_in_one_line_and_the_last_thousand() {
    let world = World::new();
    let app = world.open().await;
    let plans = app::plans(&world.config());
    let mut scheduler = Scheduler::load(app.context(), plans).await.unwrap();
    world.wait(TimeDelta::days(3650));
    scheduler.take_due(&HashSet::new()).await.unwrap();
    let mut lease = app.context().store.read().await.unwrap();
    assert_eq!(schedules::decided(&mut lease.conn(), "ingest").await.unwrap(), 1001);
    drop(lease);
    app.close().await;
}

#[tokio::test]
async fn work_under_way_skips_the_next_slot_or_lets_it_wait() {
    for (overlap, begun) in [("forbid", 0), ("queue", 1)] {
        let world = with_slots(&format!("{{ overlap = \"{overlap}\" }}"));
        let app = world.open().await;
        let plans = app::plans(&world.config());
        let mut scheduler = Scheduler::load(app.context(), plans).await.unwrap();
        world.wait(TimeDelta::hours(1));
        let first = scheduler.take_due(&HashSet::new()).await.unwrap();
        assert_eq!(of(&first, "source/own").len(), 1);
        // It is not settled: whoever decides next finds it in the store, on whatever machine it runs.
        for hour in 0..5 {
            world.wait(TimeDelta::hours(1));
            let next = scheduler.take_due(&HashSet::from(["source/own".into()])).await.unwrap();
            assert_eq!(of(&next, "source/own").len(), begun, "{overlap}, hour {hour}");
        }
        app.close().await;
    }
}

#[tokio::test]
async fn work_that_ends_its_process_each_time_is_given_up() {
    let world = World::new();
    let app = world.open().await;
    let plans = app::plans(&world.config());
    let mut scheduler = Scheduler::load(app.context(), plans.clone()).await.unwrap();
    world.wait(TimeDelta::minutes(61));
    assert_eq!(of(&scheduler.take_due(&HashSet::new()).await.unwrap(), "ingest").len(), 1);
    let mut begun = 1;
    for _ in 0..10 {
        // Killed, and started again.
        world.wait(TimeDelta::minutes(2));
        let mut again = Scheduler::load(app.context(), plans.clone()).await.unwrap();
        begun += of(&again.take_due(&HashSet::new()).await.unwrap(), "ingest").len();
    }
    assert_eq!(begun, 5);
    app.close().await;
}

#[tokio::test]
async fn an_end_in_good_order_is_no_failed_attempt() {
    let world = World::new();
    let app = world.open().await;
    let plans = app::plans(&world.config());
    world.wait(TimeDelta::zero());
    let mut first = Scheduler::load(app.context(), plans.clone()).await.unwrap();
    world.wait(TimeDelta::minutes(61));
    first.take_due(&HashSet::new()).await.unwrap();
    slots::release(app.context(), first.holder()).await.unwrap();
    for _ in 0..10 {
        let mut again = Scheduler::load(app.context(), plans.clone()).await.unwrap();
        let due = again.take_due(&HashSet::new()).await.unwrap();
        assert_eq!(of(&due, "ingest").len(), 1, "taken up after each start");
        slots::release(app.context(), again.holder()).await.unwrap();
    }
    app.close().await;
}

#[tokio::test]
async fn a_frozen_process_that_wakes_finds_its_slot_taken_over() {
    let world = World::new();
    let app = world.open().await;
    let plans = app::plans(&world.config());
    let mut frozen = Scheduler::load(app.context(), plans.clone()).await.unwrap();
    world.wait(TimeDelta::minutes(61));
    let due = frozen.take_due(&HashSet::new()).await.unwrap();
    let slot = of(&due, "ingest")[0].clone();
    let renew = |holder: String| {
        let slot = slot.clone();
        let context = app.context();
        async move { slots::renew(context, &holder, &[slot]).await.unwrap() }
    };
    assert!(renew(frozen.holder().to_owned()).await.is_empty(), "it is still its own");

    world.wait(TimeDelta::minutes(2));
    let mut other = Scheduler::load(app.context(), plans).await.unwrap();
    let taken = other.take_due(&HashSet::new()).await.unwrap();
    assert_eq!(of(&taken, "ingest"), [&slot]);
    assert_eq!(renew(frozen.holder().to_owned()).await, std::slice::from_ref(&slot), "it is lost");
    assert!(renew(other.holder().to_owned()).await.is_empty());

    let late = Decision::Skipped("too late".into());
    slots::settle(app.context(), frozen.holder(), &slot, &late).await.unwrap();
    assert_eq!(decision(&app, &slot).await, Decision::Begun, "it is another's to settle");
    slots::settle(app.context(), other.holder(), &slot, &Decision::Run).await.unwrap();
    slots::settle(app.context(), other.holder(), &slot, &late).await.unwrap();
    assert_eq!(decision(&app, &slot).await, Decision::Run, "what is settled stays");
    assert!(other.take_due(&HashSet::new()).await.unwrap().is_empty());
    app.close().await;
}

/// What the store says of the slot.
async fn decision(app: &app::App, slot: &Slot) -> Decision {
    let mut lease = app.context().store.read().await.unwrap();
    let last = schedules::last_decided(&mut lease.conn(), &slot.schedule, 9).await.unwrap();
    last.into_iter().find(|(known, _)| known == slot).unwrap().1
}

#[tokio::test]
async fn schedules_are_spread_and_stay_where_they_are() {
    let world = with_slots("{ jitter_seconds = 1800 }");
    let plans = app::plans(&world.config());
    let own = plans.iter().find(|plan| plan.name == "source/own").unwrap();
    let first = own.timetable.next_after(world.clock.now()).unwrap();
    let late = (first.timestamp() % 3600, 1800);
    assert!(late.0 > 0 && late.0 <= late.1, "{first}");
    let again = app::plans(&world.config());
    let same = again.iter().find(|plan| plan.name == "source/own").unwrap();
    assert_eq!(same.timetable.next_after(world.clock.now()), Some(first));
}

#[tokio::test]
async fn a_slot_that_waits_for_work_elsewhere_is_held_and_not_lost() {
    let world = with_slots("{ overlap = \"queue\" }");
    let app = world.open().await;
    let plans = app::plans(&world.config());
    let mut one = Scheduler::load(app.context(), plans.clone()).await.unwrap();
    let mut two = Scheduler::load(app.context(), plans).await.unwrap();
    world.wait(TimeDelta::hours(1));
    let nobody = HashSet::new();
    let first = of(&one.take_due(&nobody).await.unwrap(), "source/own")[0].clone();
    world.wait(TimeDelta::hours(1));
    // The first is renewed as long as it is worked on.
    slots::renew(app.context(), one.holder(), std::slice::from_ref(&first)).await.unwrap();
    assert!(of(&two.take_due(&nobody).await.unwrap(), "source/own").is_empty(), "two at once");
    slots::settle(app.context(), one.holder(), &first, &Decision::Run).await.unwrap();
    world.wait(TimeDelta::seconds(5));
    let second = of(&two.take_due(&nobody).await.unwrap(), "source/own")[0].clone();
    assert_eq!(second.at, first.at + TimeDelta::hours(1), "its turn has come");
    app.close().await;
}

also_on_postgres!(
    each_slot_is_decided_once_however_often_it_is_asked_for,
    a_clock_that_stood_ahead_or_far_behind_stops_nothing,
    what_a_killed_process_had_begun_is_taken_up_again,
    a_restart_does_not_move_what_is_due_next,
    after_an_absence_the_last_slot_runs_and_the_others_are_recorded,
    a_schedule_whose_work_is_not_over_skips_its_slot,
    a_day_of_slots_ingests_publishes_composes_and_delivers,
    three_days_down_end_as_each_policy_says,
    years_of_missed_slots_are_recorded_in_one_line_and_the_last_thousand,
    work_under_way_skips_the_next_slot_or_lets_it_wait,
    work_that_ends_its_process_each_time_is_given_up,
    an_end_in_good_order_is_no_failed_attempt,
    a_frozen_process_that_wakes_finds_its_slot_taken_over,
    a_slot_that_waits_for_work_elsewhere_is_held_and_not_lost,
    schedules_are_spread_and_stay_where_they_are,
);
