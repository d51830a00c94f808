//! What delivering costs: 30 KB mails, signed by Ed25519, from a ledger on SQLite into Postfix's `smtp-sink`, beside Postfix's
//! `smtp-source` and nodemailer's pool over as many connections, and beside what the disk does, all in one run.
//!
//! `cargo bench --bench delivery [-- MESSAGES]`, `-- --large` for a hundred thousand mails and a million readers, and
//! `-- --postgres URL` for a hundred thousand of both in an empty database. Needs Postfix's programs; nodemailer is passed over
//! where npm cannot bring it. Each measurement is a process of its own.
//!
//! | file | what it measures |
//! |---|---|
//! | `peers.rs` | the disk, smtp-source and nodemailer |
//! | `press.rs` | delivering and composing by this program |
//! | `writing.rs` | writing and signing alone |

#![allow(missing_docs, clippy::unwrap_used, reason = "a measurement that cannot go on shall stop")]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod peers;
mod press;
#[path = "../stand/mod.rs"]
mod stand;
mod writing;

use peers::{Sink, nodemailer, smtp_source, syncs, with_nodemailer};
use press::{FILE, composing, configuration, deliver_in, delivering, enlist, itself, runtime};
use serde_json::json;

/// Rounds of each measurement, taken in turns; the middle one counts.
pub const ROUNDS: usize = 3;
pub const BYTES: usize = 30_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--deliver", config] => runtime().block_on(delivering(config)),
        ["--compose", config] => runtime().block_on(composing(config)),
        ["--large"] => large(),
        ["--postgres", url] => on_postgres(url),
        [count] => throughput(count.parse().unwrap()),
        _ => throughput(3000),
    }
}

fn throughput(count: usize) {
    let directory = tempfile::tempdir().unwrap();
    println!("{count} mails of {BYTES} bytes; mails a second, the middle of {ROUNDS} rounds");
    println!("disk: {:.0} full syncs a second", syncs(directory.path()));
    writing::signing(directory.path());
    let nodemailer = nodemailer(directory.path());
    for connections in [4, 16] {
        let (mut source, mut ours, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
        let mut last = json!({});
        for _ in 0..ROUNDS {
            let sink = Sink::start();
            source.push(smtp_source(&sink, connections, count));
            last = deliver_in(directory.path(), &sink, connections, count);
            ours.push(count as f64 / last["seconds"].as_f64().unwrap());
            if nodemailer {
                let few = count / 3;
                theirs.push(with_nodemailer(directory.path(), &sink, connections, few));
            }
        }
        let (source, ours) = (middle(source), middle(ours));
        println!(
            "{connections:2} connections: smtp-source {source:.0}, pressroom {ours:.0} ({:.2} of it), nodemailer {}",
            ours / source,
            if nodemailer {
                let theirs = middle(theirs);
                format!("{theirs:.0} (pressroom {:.1} times)", ours / theirs)
            } else {
                "not there".into()
            }
        );
        println!(
            "   pressroom: {:.2} ms of CPU a mail, peak {} KB; disk now {:.0} full syncs a second",
            last["cpu"].as_f64().unwrap() * 1000.0 / count as f64,
            last["peak_kb"],
            syncs(directory.path())
        );
    }
}

pub fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// What grows with the list, and what must not.
fn large() {
    let directory = tempfile::tempdir().unwrap();
    for count in [1000, 100_000] {
        let sink = Sink::start();
        let figures = deliver_in(directory.path(), &sink, 16, count);
        let rate = count as f64 / figures["seconds"].as_f64().unwrap();
        println!("{count} mails: {rate:.0} a second, peak {} KB", figures["peak_kb"]);
    }
    let config = configuration(directory.path(), 1, 4, FILE);
    compose_for(&config, 1_000_000);
}

/// The same on a server, by a tenth of the readers.
fn on_postgres(url: &str) {
    let (directory, sink, count) = (tempfile::tempdir().unwrap(), Sink::start(), 100_000);
    let config = configuration(directory.path(), sink.port, 16, &format!("url = {url:?}"));
    compose_for(&config, count);
    let figures = itself(&["--deliver", &config]);
    assert_eq!(figures["sent"], count, "{figures}");
    let rate = count as f64 / figures["seconds"].as_f64().unwrap();
    println!("{count} mails: {rate:.0} a second, peak {} KB", figures["peak_kb"]);
}

fn compose_for(config: &str, count: usize) {
    runtime().block_on(enlist(config, count));
    let figures = itself(&["--compose", config]);
    println!(
        "an Edition for {count} readers: {:.1} s, {:.1} of CPU, peak {} KB",
        figures["seconds"].as_f64().unwrap(),
        figures["cpu"].as_f64().unwrap(),
        figures["peak_kb"]
    );
}
