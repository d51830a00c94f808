//! This program, delivering and composing.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
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

use crate::BYTES;
use crate::peers::Sink;
use crate::stand::{cpu, memory};

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

/// The store that is measured mostly.
pub const FILE: &str = "path = \"press.db\"";

/// A configuration in `directory` whose store is new.
pub fn configuration(directory: &Path, port: u16, connections: usize, store: &str) -> String {
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
store = {{ {store} }}
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

pub async fn open(config: &str) -> App {
    App::open(&Config::load(Path::new(config)).unwrap(), Clock::System).await.unwrap()
}

pub fn message() -> Message {
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
pub async fn fill(config: &str, count: usize) {
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

pub fn deliver_in(directory: &Path, sink: &Sink, connections: usize, count: usize) -> Value {
    let config = configuration(directory, sink.port, connections, FILE);
    runtime().block_on(fill(&config, count));
    let figures = itself(&["--deliver", &config]);
    assert_eq!(figures["sent"], count, "{figures}");
    figures
}

/// What this program says, started once more.
pub fn itself(arguments: &[&str]) -> Value {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args(arguments).stderr(Stdio::inherit()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

pub async fn delivering(config: &str) {
    let app = open(config).await;
    let (begin, cpu) = (Instant::now(), cpu().own);
    let mut report = Report::default();
    deliver::deliver(app.context(), &mut report).await;
    say(begin, cpu, &json!({"sent": report.count(DeliveryState::Sent)}));
    app.close().await;
}

pub fn say(begin: Instant, before: f64, figures: &Value) {
    let mut figures = figures.clone();
    figures["seconds"] = begin.elapsed().as_secs_f64().into();
    figures["cpu"] = (cpu().own - before).into();
    figures["peak_kb"] = memory("self", "VmHWM").into();
    println!("{figures}");
}

pub async fn enlist(config: &str, count: usize) {
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

pub async fn composing(config: &str) {
    let app = open(config).await;
    let context = app.context();
    let digest = context.digests[0].clone();
    let cadence = digest.digest.cadences[0].clone();
    let slot = Slot { schedule: cadence.schedule.clone(), at: context.clock.now() };
    let editions = vec![pass::DueEdition { digest, cadence, slot, holder: "this".into() }];
    let (begin, cpu) = (Instant::now(), cpu().own);
    let plan = pass::Plan { editions, ..pass::Plan::default() };
    let report = pass::run(context, &plan, &|_| ()).await;
    assert!(report.failures.is_empty(), "{report:?}");
    say(begin, cpu, &json!({}));
    app.close().await;
}
