//! What a hundred thousand schedules cost: when each is due next, loading them, and deciding all at once, on SQLite.

#![allow(missing_docs, clippy::unwrap_used, reason = "a measurement that cannot go on shall stop")]

use std::collections::HashSet;
use std::fs;
use std::time::Instant;

use chrono::TimeDelta;
use pressroom::app::App;
use pressroom::clock::Clock;
use pressroom::config::Config;
use pressroom::schedule::{Planned, Policy, Scheduler, Timetable, Work};

const SCHEDULES: usize = 100_000;

#[tokio::main]
async fn main() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("pressroom.toml");
    let text = r#"
site = { title = "Bench", public_url = "https://press.example/", zone = "UTC" }
store = { path = "press.db" }
publish = { directory = "feeds" }
schedules = { ingest = "0 0 1 1 *", publish = "0 0 1 1 *", deliver = "0 0 1 1 *" }
mail = { from = "digest@press.example", transport = "directory", directory = "mail" }
"#;
    fs::write(&file, text).unwrap();
    let clock = Clock::fixed("2026-03-01T08:00:00Z".parse().unwrap());
    let app = App::open(&Config::load(&file).unwrap(), clock.clone()).await.unwrap();
    let policy = Policy { jitter: TimeDelta::hours(1), ..Policy::default() };
    for (name, expression) in [("daily", "0 7 * * *"), ("each five minutes", "*/5 * * * *")] {
        let timetable = Timetable::parse(expression, "Europe/Berlin").unwrap();
        let plans = plans(name, &timetable, policy);
        let began = Instant::now();
        let next = plans.iter().filter_map(|plan| plan.timetable.next_after(clock.now()));
        let instants = next.collect::<HashSet<_>>().len();
        println!("{name}: next_at of {SCHEDULES} in {:?} ({instants} instants)", began.elapsed());
    }
    let timetable = Timetable::parse("0 7 * * *", "Europe/Berlin").unwrap();
    let plans = plans("source", &timetable, policy);
    for what in ["first load, all stored", "second load, nothing new"] {
        let began = Instant::now();
        Scheduler::load(app.context(), plans.clone()).await.unwrap();
        println!("{what}: {:?}", began.elapsed());
    }
    let mut scheduler = Scheduler::load(app.context(), plans).await.unwrap();
    clock.advance(TimeDelta::days(1));
    let began = Instant::now();
    let due = scheduler.take_due(&HashSet::new()).await.unwrap();
    println!("{} due at once, decided and advanced: {:?}", due.len(), began.elapsed());
    app.close().await;
}

fn plans(name: &str, timetable: &Timetable, policy: Policy) -> Vec<Planned> {
    (0..SCHEDULES)
        .map(|n| Planned::new(format!("{name}/{n}"), timetable, policy, Work::Publish))
        .collect()
}
