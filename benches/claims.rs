//! What claiming costs on PostgreSQL: outbox rows and hosts, taken by four and by eight at once, beside bare statements that
//! `pgbench` runs over the same tables in the same run.
//!
//! `PRESSROOM_TEST_POSTGRES=$(tests/postgres start DIR) cargo bench --bench claims`, and `tests/postgres stop DIR` after it.

#![allow(missing_docs, clippy::unwrap_used, reason = "a measurement that cannot go on shall stop")]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

use std::fs;
use std::process::Command;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use pressroom::clock::Clock;
use pressroom::domain::{
    Delivery, DeliveryState, EmailAddress, Language, MailDomain, Message, MessageId, MessageKind,
    ReaderKey,
};
use pressroom::store::claims::{self, Step};
use pressroom::store::{Place, Server, Store, hosts, outbox};

const ROWS: usize = 200_000;
/// As many as a run of the deliver job takes.
const AT_ONCE: usize = 200;
const HOSTS: usize = 20_000;
const MAILERS: usize = 4;
const FETCHERS: usize = 8;

/// The shortest statement that does what a claim does: takes rows that nobody holds and says that they are under way.
const BARE_CLAIM: &str = "UPDATE delivery SET state = 'sending', owner = 'bare' WHERE (message, address) IN \
    (SELECT message, address FROM delivery WHERE state IN ('new', 'deferred') AND not_before <= 9000000000000000 \
    ORDER BY not_before LIMIT 200 FOR UPDATE SKIP LOCKED) RETURNING message, address, attempts, mail_id;";

const BARE_LEASE: &str = "\\set n random(1, 1000000000)\n\
    INSERT INTO host (name, next_at, lease_by, lease_until, fence, robots_until) \
    VALUES ('https://bare' || :n || '.example', 0, 'bare', 9000000000000000, 1, 0) ON CONFLICT (name) DO NOTHING;";

fn main() {
    let Ok(server) = std::env::var("PRESSROOM_TEST_POSTGRES") else {
        println!("passed over: PRESSROOM_TEST_POSTGRES names no server");
        return;
    };
    psql(&server, "DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench");
    let sign = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{sign}options=-c%20search_path%3Dbench");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure(&url));
    psql(&server, "DROP SCHEMA bench CASCADE");
}

async fn measure(url: &str) {
    let place = Place::Server(Server { url: url.parse().unwrap(), password: None });
    let store = Store::open(&place).await.unwrap();
    let now = Clock::System.now();
    fill(&store, now).await;
    for round in 1..=3 {
        psql(url, "UPDATE delivery SET state = 'new', owner = NULL");
        psql(url, "VACUUM (ANALYZE) delivery");
        let ours = mailers(&store, now).await;
        psql(url, "UPDATE delivery SET state = 'new', owner = NULL");
        psql(url, "VACUUM (ANALYZE) delivery");
        let bare = pgbench(url, BARE_CLAIM, MAILERS, ROWS / AT_ONCE) * AT_ONCE as f64;
        println!(
            "{round}: outbox rows claimed a second: pressroom {ours:.0}, bare {bare:.0}: {:.2}",
            ours / bare
        );
        let ours = fetchers(&store, now, round).await;
        let bare = pgbench(url, BARE_LEASE, FETCHERS, HOSTS);
        println!(
            "{round}: hosts leased a second: pressroom {ours:.0}, bare {bare:.0}: {:.2}",
            ours / bare
        );
    }
    store.close().await;
}

async fn fill(store: &Store, now: DateTime<Utc>) {
    let message = Message {
        id: MessageId::derive(&["bench"]),
        kind: MessageKind::Test,
        subject: "Morning".into(),
        language: Language::english(),
        text: "Text".into(),
        html: "<p>Text</p>".into(),
        list: Some("morning".into()),
    };
    let mut tx = store.begin().await.unwrap();
    outbox::insert_message(&mut tx.conn(), &message, now).await.unwrap();
    let domain = MailDomain::new("press.example", ReaderKey::new(&[7; 32]));
    for from in (0..ROWS).step_by(10_000) {
        let deliveries: Vec<Delivery> = (from..from + 10_000)
            .map(|n| EmailAddress::new(&format!("reader{n}@example.org")).unwrap())
            .map(|to| Delivery::new(message.id, to, now, &domain))
            .collect();
        outbox::fan_out(&mut tx.conn(), &deliveries, now).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Rows a second that runs of the deliver job claim and mark as under way, until none is left.
async fn mailers(store: &Store, now: DateTime<Utc>) -> f64 {
    let began = Instant::now();
    let runs = (0..MAILERS).map(|n| tokio::spawn(mailer(store.clone(), format!("run{n}"), now)));
    let mut claimed = 0;
    for run in runs.collect::<Vec<_>>() {
        claimed += run.await.unwrap();
    }
    assert_eq!(claimed, ROWS, "each row is claimed once");
    ROWS as f64 / began.elapsed().as_secs_f64()
}

async fn mailer(store: Store, run: String, now: DateTime<Utc>) -> usize {
    let mut tx = store.begin().await.unwrap();
    claims::alive(&mut tx.conn(), &run, now, now + TimeDelta::hours(1)).await.unwrap();
    tx.commit().await.unwrap();
    let mut claimed = 0;
    loop {
        let mut single = store.single().await.unwrap();
        let limit = i64::try_from(AT_ONCE).unwrap();
        let rows = claims::claim(&mut single.conn(), &run, now, limit).await.unwrap();
        single.last().await.unwrap();
        if rows.is_empty() {
            return claimed;
        }
        let steps: Vec<Step> = rows.into_iter().map(sending).collect();
        let mut single = store.single().await.unwrap();
        let done = claims::record(&mut single.conn(), &run, &steps, now).await.unwrap();
        single.last().await.unwrap();
        claimed += done.into_iter().filter(|done| *done).count();
    }
}

fn sending(mut delivery: Delivery) -> Step {
    let from = delivery.state;
    delivery.state = DeliveryState::Sending;
    Step { delivery, from }
}

/// Hosts a second that fetchers lease, each a host of its own.
async fn fetchers(store: &Store, now: DateTime<Utc>, round: usize) -> f64 {
    let began = Instant::now();
    let lease = |store: Store, fetcher: usize| async move {
        for n in 0..HOSTS / FETCHERS {
            let host = format!("https://host{round}-{fetcher}-{n}.example");
            let until = now + TimeDelta::minutes(1);
            let mut single = store.single().await.unwrap();
            let held = hosts::claim(&mut single.conn(), &host, "bench", now, until).await.unwrap();
            assert!(held.is_some());
            single.last().await.unwrap();
        }
    };
    let all: Vec<_> = (0..FETCHERS).map(|n| tokio::spawn(lease(store.clone(), n))).collect();
    for fetcher in all {
        fetcher.await.unwrap();
    }
    HOSTS as f64 / began.elapsed().as_secs_f64()
}

/// Transactions a second of a bare statement by `clients`, `count` of them in all.
fn pgbench(url: &str, statement: &str, clients: usize, count: usize) -> f64 {
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("script.sql");
    fs::write(&script, statement).unwrap();
    let output = Command::new(program("pgbench"))
        .args(["--no-vacuum", "--protocol=prepared", "--file"])
        .arg(&script)
        .args(["--client", &clients.to_string(), "--jobs", "2"])
        .args(["--transactions", &(count / clients).to_string(), url])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = said.lines().find(|line| line.starts_with("tps = ")).unwrap();
    line.split(' ').nth(2).unwrap().parse().unwrap()
}

/// A program of PostgreSQL's that Debian leaves outside the path.
fn program(name: &str) -> String {
    let places = glob::glob("/usr/lib/postgresql/*/bin").unwrap().filter_map(Result::ok);
    let found = places.map(|place| place.join(name)).find(|path| path.exists());
    found.map_or_else(|| name.to_owned(), |path| path.to_str().unwrap().to_owned())
}

fn psql(url: &str, statement: &str) {
    let done =
        Command::new("psql").args(["--quiet", "--command", statement, url]).status().unwrap();
    assert!(done.success(), "{statement}");
}
