//! What delivering costs: 30 KB mails, signed by Ed25519, from a ledger on SQLite into Postfix's `smtp-sink`, beside Postfix's
//! `smtp-source` and nodemailer's pool over as many connections, and beside what the disk does, all in one run.
//!
//! `cargo bench --bench delivery [-- MESSAGES]`, and `-- --large` for a hundred thousand mails and a million readers. Needs
//! Postfix's programs; nodemailer is passed over where npm cannot bring it. Each measurement is a process of its own.

#![allow(missing_docs, clippy::unwrap_used, reason = "a measurement that cannot go on shall stop")]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

use std::fs::{self, File};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pressroom::app::{App, Wanted};
use pressroom::clock::Clock;
use pressroom::config::Config;
use pressroom::domain::{
    Delivery, DeliveryState, DigestId, EmailAddress, Language, Message, MessageId, MessageKind,
    Slot, Subscriber,
};
use pressroom::jobs::{Report, deliver, pass};
use pressroom::store::{outbox, subscribers};
use ring::signature::Ed25519KeyPair;
use serde_json::{Value, json};

/// Rounds of each measurement, taken in turns; the middle one counts.
const ROUNDS: usize = 3;
const BYTES: usize = 30_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--deliver", config] => runtime().block_on(delivering(config)),
        ["--compose", config] => runtime().block_on(composing(config)),
        ["--large"] => large(),
        [count] => throughput(count.parse().unwrap()),
        _ => throughput(3000),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

fn throughput(count: usize) {
    let directory = tempfile::tempdir().unwrap();
    println!("{count} mails of {BYTES} bytes; mails a second, the middle of {ROUNDS} rounds");
    println!("disk: {:.0} full syncs a second", syncs(directory.path()));
    signing(directory.path());
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

fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// What one writer that waits for the disk each time can do.
fn syncs(directory: &Path) -> f64 {
    let mut file = File::create(directory.join("syncs")).unwrap();
    let begin = Instant::now();
    for _ in 0..300 {
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
    }
    300.0 / begin.elapsed().as_secs_f64()
}

/// `smtp-sink` on a port of its own; it goes with its handle.
struct Sink {
    child: Child,
    port: u16,
}

impl Sink {
    fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut sink = Command::new("smtp-sink");
        // As root it wants to be told whom to become.
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            sink.args(["-u", "nobody"]);
        }
        let sink = sink.args([&format!("127.0.0.1:{port}"), "1000"]).spawn();
        let mut child = sink.expect("smtp-sink comes with Postfix");
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "smtp-sink does not start");
            std::thread::yield_now();
        }
        Self { child, port }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn smtp_source(sink: &Sink, connections: usize, count: usize) -> f64 {
    let begin = Instant::now();
    let status = Command::new("smtp-source")
        .args(["-d", "-s", &connections.to_string(), "-m", &count.to_string()])
        .args(["-l", &BYTES.to_string(), "-f", "a@press.example", "-t", "b@example.org"])
        .arg(format!("127.0.0.1:{}", sink.port))
        .status();
    assert!(status.unwrap().success());
    count as f64 / begin.elapsed().as_secs_f64()
}

/// Whether npm brought it.
fn nodemailer(directory: &Path) -> bool {
    let install = ["install", "--silent", "--no-audit", "--no-fund", "nodemailer"];
    let mut npm = Command::new("npm");
    npm.args(install).current_dir(directory).stdout(Stdio::null());
    npm.status().is_ok_and(|status| status.success())
}

const NODE: &str = r#"
const [port, connections, count, bytes] = process.argv.slice(1).map(Number);
const pool = require("nodemailer").createTransport({
  host: "127.0.0.1", port, secure: false, ignoreTLS: true, pool: true,
  maxConnections: connections, maxMessages: Infinity,
});
const text = "A sentence about ferries, and another one. ".repeat(bytes / 7 / 43);
const html = "<p>A sentence about ferries, and another one.</p>\n".repeat(bytes * 6 / 7 / 50);
const begin = process.hrtime.bigint();
const send = (n) => pool.sendMail({
  from: "digest@press.example", to: `reader${n}@example.org`, subject: "Morning", text, html,
  headers: { "List-Unsubscribe": "<https://press.example/unsubscribe/x>" },
});
(async () => {
  let next = 0;
  const lane = async () => { while (next < count) await send(next++); };
  await Promise.all(Array.from({ length: connections * 2 }, lane));
  console.log(count / (Number(process.hrtime.bigint() - begin) / 1e9));
  pool.close();
})();
"#;

/// Without signatures, which speaks for it.
fn with_nodemailer(directory: &Path, sink: &Sink, connections: usize, count: usize) -> f64 {
    let output = Command::new("node")
        .current_dir(directory)
        .args(["-e", NODE, "--"])
        .args([usize::from(sink.port), connections, count, BYTES].map(|n| n.to_string()))
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

/// A configuration in `directory` whose store is new.
fn configuration(directory: &Path, port: u16, connections: usize) -> String {
    for name in ["press.db", "press.db-wal", "press.db-shm", "press.db.lock"] {
        let _ = fs::remove_file(directory.join(name));
    }
    let key = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).unwrap();
    let key = STANDARD.encode(key.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n");
    fs::write(directory.join("key.pem"), pem).unwrap();
    fs::create_dir_all(directory.join("articles")).unwrap();
    let path = directory.join("pressroom.toml");
    let text = format!(
        r#"
site = {{ title = "Bench", public_url = "https://press.example/", zone = "UTC" }}
store = {{ path = "press.db" }}
publish = {{ directory = "feeds" }}
schedules = {{ ingest = "0 0 1 1 *", publish = "0 0 1 1 *", deliver = "0 0 1 1 *" }}
mail = {{ from = "digest@press.example", transport = "smtp", smtp = {{ host = "127.0.0.1", port = {port}, tls = "none", connections = {connections} }}, dkim = [{{ selector = "s1", key_file = "key.pem" }}] }}
source = [{{ name = "articles", kind = "files", paths = ["articles"] }}]
digest = [{{ name = "morning", title = "Morning", language = "en", cadence = {{ daily = "0 7 * * *" }} }}]
"#
    );
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

async fn open(config: &str) -> App {
    App::open(&Config::load(Path::new(config)).unwrap(), Clock::System).await.unwrap()
}

fn message() -> Message {
    let sentence = "A sentence about ferries, and another one. ";
    let html = "<p>A sentence about ferries, and another one.</p>\n";
    Message {
        id: MessageId::derive(&["bench"]),
        kind: MessageKind::Test,
        subject: "Morning".into(),
        language: Language::english(),
        text: sentence.repeat(BYTES / 7 / sentence.len()),
        html: html.repeat(BYTES * 6 / 7 / html.len()),
        list: Some("morning".into()),
    }
}

/// Puts `count` mails into the outbox.
async fn fill(config: &str, count: usize) {
    let app = open(config).await;
    let context = app.context();
    let (message, now) = (message(), context.clock.now());
    let mut tx = context.store.begin().await.unwrap();
    outbox::insert_message(&mut tx.conn(), &message, now).await.unwrap();
    tx.commit().await.unwrap();
    for from in (0..count).step_by(10_000) {
        let deliveries: Vec<Delivery> = (from..count.min(from + 10_000))
            .map(|n| EmailAddress::new(&format!("reader{n}@example.org")).unwrap())
            .map(|to| Delivery::new(message.id, to, now, context.mailer.domain()))
            .collect();
        let mut tx = context.store.begin().await.unwrap();
        outbox::fan_out(&mut tx.conn(), &deliveries, now).await.unwrap();
        tx.commit().await.unwrap();
    }
    app.close().await;
}

fn deliver_in(directory: &Path, sink: &Sink, connections: usize, count: usize) -> Value {
    let config = configuration(directory, sink.port, connections);
    runtime().block_on(fill(&config, count));
    let figures = itself(&["--deliver", &config]);
    assert_eq!(figures["sent"], count, "{figures}");
    figures
}

/// What this program says, started once more.
fn itself(arguments: &[&str]) -> Value {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args(arguments).stderr(Stdio::inherit()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn delivering(config: &str) {
    let app = open(config).await;
    let (begin, cpu) = (Instant::now(), cpu());
    let mut report = Report::default();
    deliver::deliver(app.context(), &mut report).await;
    say(begin, cpu, &json!({"sent": report.count(DeliveryState::Sent)}));
    app.close().await;
}

fn say(begin: Instant, before: f64, figures: &Value) {
    let mut figures = figures.clone();
    figures["seconds"] = begin.elapsed().as_secs_f64().into();
    figures["cpu"] = (cpu() - before).into();
    figures["peak_kb"] = peak_kb().into();
    println!("{figures}");
}

/// CPU seconds of this process; proc(5): clock ticks, of which Linux shows 100 a second.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<f64> = stat
        .rsplit_once(") ")
        .unwrap()
        .1
        .split(' ')
        .skip(11)
        .take(2)
        .map(|f| f.parse().unwrap())
        .collect();
    (fields[0] + fields[1]) / 100.0
}

fn peak_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Milliseconds of CPU that writing and signing a mail takes, by kind of key.
fn signing(directory: &Path) {
    let config = configuration(directory, 1, 1);
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048", "-out"])
        .arg(directory.join("rsa.pem"))
        .stderr(Stdio::null())
        .status();
    assert!(made.unwrap().success());
    let text = fs::read_to_string(&config).unwrap();
    let line = ", dkim = [{ selector = \"s1\", key_file = \"key.pem\" }]";
    let mut bare = 0.0;
    for (name, keys) in [
        ("unsigned", String::new()),
        ("Ed25519", line.to_owned()),
        ("RSA-2048", line.replace("key.pem", "rsa.pem")),
    ] {
        fs::write(&config, text.replace(line, &keys)).unwrap();
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(runtime().block_on(writing(&config)));
        }
        let each = middle(rounds);
        bare = if name == "unsigned" { each } else { bare };
        println!(
            "writing a mail, {name}: {each:.3} ms of CPU, of which the signature {:.3}",
            each - bare
        );
    }
}

async fn writing(config: &str) -> f64 {
    let app = open(config).await;
    let context = app.context();
    let (message, now) = (message(), context.clock.now());
    let to = EmailAddress::new("reader@example.org").unwrap();
    let delivery = Delivery::new(message.id, to, now, context.mailer.domain());
    let (before, count) = (cpu(), 1000);
    for _ in 0..count {
        context.mailer.compose(&message, &delivery, "token", now).unwrap();
    }
    let each = (cpu() - before) * 1000.0 / f64::from(count);
    app.close().await;
    each
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
    let config = configuration(directory.path(), 1, 4);
    let count = 1_000_000;
    runtime().block_on(enlist(&config, count));
    let figures = itself(&["--compose", &config]);
    println!(
        "an Edition for {count} readers: {:.1} s, peak {} KB",
        figures["seconds"].as_f64().unwrap(),
        figures["peak_kb"]
    );
}

async fn enlist(config: &str, count: usize) {
    let article =
        "<h1>The New Pier</h1><p>".to_owned() + &"It was opened on a grey morning. ".repeat(40);
    let directory = Path::new(config).parent().unwrap();
    fs::write(directory.join("articles/pier.html"), article).unwrap();
    let app = open(config).await;
    let context = app.context();
    let digest = DigestId::new("morning").unwrap();
    let mut tx = context.store.begin().await.unwrap();
    for n in 0..count {
        let address = EmailAddress::new(&format!("reader{n}@example.org")).unwrap();
        let mut reader = Subscriber::pending(address, digest.clone());
        reader.confirm().unwrap();
        subscribers::put(&mut tx.conn(), &reader, context.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    app.run(&Wanted { only: vec!["articles".into()], force: false }, &|_| ()).await.unwrap();
    app.close().await;
}

async fn composing(config: &str) {
    let app = open(config).await;
    let context = app.context();
    let digest = context.digests[0].clone();
    let cadence = digest.digest.cadences[0].clone();
    let slot = Slot { schedule: cadence.schedule.clone(), at: context.clock.now() };
    let editions = vec![pass::DueEdition { digest, cadence, slot, holder: "this".into() }];
    let (begin, cpu) = (Instant::now(), cpu());
    let plan = pass::Plan { editions, ..pass::Plan::default() };
    let report = pass::run(context, &plan, &|_| ()).await;
    assert!(report.failures.is_empty(), "{report:?}");
    say(begin, cpu, &json!({}));
    app.close().await;
}
