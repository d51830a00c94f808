//! Slots over clock changes, clock steps and restarts: each decided once, whatever the hands do.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use pressroom::app::{self, App};
use pressroom::domain::{Decision, Slot};
use pressroom::jobs::slots;
use pressroom::schedule::Scheduler;

use crate::world::{World, also_on_postgres, instant};

/// Two digests in Berlin: daily at 02:30, which one night lacks and another has twice, and every ten minutes.
const BERLIN: &str = r#"
zone = "Europe/Berlin"
[[digest]]
name = "night"
title = "At Night"
zone = "Europe/Berlin"
cadence = { daily = "30 2 * * *", often = "*/10 * * * *", hourly = "30 * * * *" }
"#;

/// An installation whose slots are decided as its clock is moved.
struct Hands {
    world: World,
    app: App,
    scheduler: Scheduler,
    /// How often each slot was begun.
    begun: BTreeMap<(String, DateTime<Utc>), usize>,
}

impl Hands {
    async fn at(start: &str) -> Self {
        let world = World::new().with(BERLIN);
        world.clock.advance(instant(start) - world.clock.now());
        let app = world.open().await;
        let plans = app::plans(&world.config());
        let scheduler = Scheduler::load(app.context(), plans).await.unwrap();
        Self { world, app, scheduler, begun: BTreeMap::new() }
    }

    /// Moves the clock and lets what is due be done.
    async fn step(&mut self, by: TimeDelta) {
        self.world.wait(by);
        for due in self.scheduler.take_due(&HashSet::new()).await.unwrap() {
            let Slot { schedule, at } = due.slot.clone();
            *self.begun.entry((schedule, at)).or_default() += 1;
            slots::settle(self.app.context(), &due.holder, &due.slot, &Decision::Run)
                .await
                .unwrap();
        }
    }

    /// The same store, taken up as after a restart.
    async fn restart(&mut self) {
        let plans = app::plans(&self.world.config());
        self.scheduler = Scheduler::load(self.app.context(), plans).await.unwrap();
    }

    /// When slots of the schedule were begun, in Berlin.
    fn times(&self, schedule: &str) -> Vec<String> {
        let berlin = |at: &DateTime<Utc>| at.with_timezone(&chrono_tz::Europe::Berlin);
        self.begun
            .keys()
            .filter(|(name, _)| name == &format!("digest/night/{schedule}"))
            .map(|(_, at)| berlin(at).format("%d %H:%M%:::z").to_string())
            .collect()
    }

    fn twice(&self) -> usize {
        self.begun.values().filter(|times| **times > 1).count()
    }
}

#[tokio::test]
async fn restarts_within_the_repeated_hour_double_nothing_and_lose_nothing() {
    let mut hands = Hands::at("2026-10-24T22:05:00Z").await;
    for _ in 0..72 {
        hands.step(TimeDelta::minutes(5)).await;
        hands.restart().await;
        hands.step(TimeDelta::zero()).await;
    }
    assert_eq!(hands.times("daily"), ["25 02:30+02"]);
    assert_eq!(
        hands.times("hourly"),
        ["25 00:30+02", "25 01:30+02", "25 02:30+02", "25 02:30+01", "25 03:30+01", "25 04:30+01"]
    );
    assert_eq!(hands.times("often").len(), 36, "six hours of every ten minutes");
    assert_eq!(hands.twice(), 0);
    hands.app.close().await;
}

#[tokio::test]
async fn the_missing_hour_moves_a_daily_job_and_drops_what_comes_every_hour() {
    let mut hands = Hands::at("2026-03-28T23:05:00Z").await;
    for _ in 0..48 {
        hands.step(TimeDelta::minutes(5)).await;
    }
    assert_eq!(hands.times("daily"), ["29 03:00+02"]);
    assert_eq!(hands.times("hourly"), ["29 00:30+01", "29 01:30+01", "29 03:30+02", "29 04:30+02"]);
    assert_eq!(hands.times("often").len(), 24, "four hours of every ten minutes");
    assert_eq!(hands.twice(), 0);
    hands.app.close().await;
}

#[tokio::test]
async fn a_clock_set_back_fires_nothing_twice() {
    let mut hands = Hands::at("2026-11-23T00:05:00Z").await;
    for _ in 0..12 {
        hands.step(TimeDelta::minutes(10)).await;
    }
    let before = hands.begun.len();
    hands.step(TimeDelta::hours(-1)).await;
    for _ in 0..5 {
        hands.step(TimeDelta::minutes(10)).await;
    }
    assert_eq!(hands.begun.len(), before, "the hour had its slots");
    hands.step(TimeDelta::hours(-1)).await;
    hands.restart().await;
    for _ in 0..12 {
        hands.step(TimeDelta::minutes(10)).await;
    }
    assert_eq!(hands.times("often").len(), 17, "one every ten minutes from 0:10 to 2:50");
    assert_eq!(hands.twice(), 0);
    hands.app.close().await;
}

#[tokio::test]
async fn a_clock_set_ahead_runs_the_last_slot_of_what_it_jumped_over() {
    let mut hands = Hands::at("2026-11-23T00:05:00Z").await;
    hands.step(TimeDelta::days(1)).await;
    assert_eq!(hands.times("daily"), ["23 02:30+01"]);
    assert_eq!(hands.times("hourly"), ["24 00:30+01"]);
    assert_eq!(hands.times("often"), ["24 01:00+01"]);
    hands.app.close().await;
}

#[tokio::test]
async fn a_clock_that_stood_a_year_ahead_for_a_moment_silences_nothing() {
    let mut hands = Hands::at("2026-11-23T00:05:00Z").await;
    for restarts in [false, true] {
        hands.step(TimeDelta::days(365)).await;
        hands.step(TimeDelta::days(-365)).await;
        if restarts {
            hands.restart().await;
        }
        for _ in 0..24 {
            hands.step(TimeDelta::hours(1)).await;
        }
    }
    for day in ["2026-11-23T01:30:00Z", "2026-11-24T01:30:00Z"] {
        let slot = ("digest/night/daily".to_owned(), instant(day));
        assert_eq!(hands.begun.get(&slot), Some(&1), "{day}");
    }
    assert_eq!(hands.twice(), 0);
    hands.app.close().await;
}

#[tokio::test]
async fn whatever_the_hands_do_in_the_night_of_a_clock_change_no_slot_is_begun_twice() {
    let mut hands = Hands::at("2026-10-24T20:00:00Z").await;
    let start = hands.world.clock.now();
    // A plain generator with a fixed seed: the same walk every time.
    let mut seed: u32 = 20_261_025;
    for _ in 0..400 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let minutes = i64::from(seed >> 16) % 50 - 20;
        let inside = hands.world.clock.now() + TimeDelta::minutes(minutes) > start;
        hands.step(TimeDelta::minutes(if inside { minutes } else { 30 })).await;
        if seed.is_multiple_of(7) {
            hands.restart().await;
        }
    }
    assert!(hands.world.clock.now() > start + TimeDelta::hours(12), "the walk goes on");
    assert_eq!(hands.twice(), 0);
    let daily = hands.times("daily");
    assert!(
        daily.contains(&"25 02:30+02".to_owned()) && !daily.contains(&"25 02:30+01".to_owned())
    );
    hands.app.close().await;
}

also_on_postgres!(
    restarts_within_the_repeated_hour_double_nothing_and_lose_nothing,
    the_missing_hour_moves_a_daily_job_and_drops_what_comes_every_hour,
    a_clock_set_back_fires_nothing_twice,
    a_clock_set_ahead_runs_the_last_slot_of_what_it_jumped_over,
    a_clock_that_stood_a_year_ahead_for_a_moment_silences_nothing,
    whatever_the_hands_do_in_the_night_of_a_clock_change_no_slot_is_begun_twice,
);
