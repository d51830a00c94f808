//! What refreshing many sources costs, against a bare floor in the same run: conditional GET, reading XML, ammonia, SQLite in
//! batches. `cargo bench --bench refresh [SOURCES]` prints CPU milliseconds a source and their ratio, and the most memory held.
//!
//! Each pass, of either, is a process from its start to its end: it opens its store, reads what certificates there are, and
//! closes. A process of its own serves the feeds, so that its work is in neither figure. Rows that were stored are counted.

#![allow(missing_docs, clippy::unwrap_used, reason = "a measurement that cannot go on shall stop")]

#[path = "stand/mod.rs"]
mod stand;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use quick_xml::Reader;
use quick_xml::events::Event;
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{QueryBuilder, Row as _, SqlitePool};
use stand::{Request, Servers, cpu};

const ITEMS: usize = 20;
const ITEM_BYTES: usize = 8_000;
/// Sources of which one has an item more in each pass in which some have changed.
const CHANGING: usize = 20;
/// Each kind of pass, and how often: a short one takes a few clock ticks, and a long one meets with this and that; either
/// says little by itself.
const PASSES: [(&str, u16); 3] = [(COLD, 5), ("unchanged", 20), (CHANGED, 20)];
const COLD: &str = "cold";
const CHANGED: &str = "5 % changed";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--serve"] => stand::serve(answer),
        ["--floor", store, address, sources] => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let floor = Floor::new(Path::new(store)).await;
                floor.refresh(address, sources.parse().unwrap()).await;
                floor.store.close().await;
            });
        }
        _ => measure(arguments.first().and_then(|number| number.parse().ok()).unwrap_or(500)),
    }
}

fn measure(sources: usize) {
    let servers = Servers::start();
    let address = format!("http://127.0.0.1:{}", servers.port);
    let directory = tempfile::tempdir().unwrap();
    let [floor_store, store] = ["floor.db", "press.db"].map(|name| directory.path().join(name));
    let mut floor = Command::new(std::env::current_exe().unwrap());
    floor.arg("--floor").arg(&floor_store).arg(&address).arg(sources.to_string());
    let mut pressroom = Command::new(env!("CARGO_BIN_EXE_pressroom"));
    pressroom.args(["--quiet", "--config"]).arg(configured(directory.path(), sources, &address));
    pressroom.arg("run");
    println!("{sources} sources of {ITEMS} items of {ITEM_BYTES} bytes; CPU milliseconds a source");
    for (pass, times) in PASSES {
        let (mut bare, mut whole, mut peak) = (0.0, 0.0, 0);
        for _ in 0..times {
            match pass {
                COLD => [&floor_store, &store].into_iter().for_each(|store| forget(store)),
                CHANGED => drop(servers.tell("change")),
                _ => {}
            }
            bare += run(&mut floor).0;
            let (seconds, held) = run(&mut pressroom);
            whole += seconds;
            peak = peak.max(held);
        }
        let each = |seconds: f64| seconds * 1000.0 / to_f64(sources) / f64::from(times);
        let (bare, whole, ratio) = (each(bare), each(whole), whole / bare);
        println!("{pass:12} floor {bare:6.3}  pressroom {whole:6.3}  ratio {ratio:.2}  {peak} MB");
    }
    let stored =
        [(floor_store, "item"), (store, "article")].map(|(path, table)| rows(&path, table));
    println!("stored: floor {}, pressroom {}", stored[0], stored[1]);
}

/// Removes a store, its log and its index.
fn forget(store: &Path) {
    for ending in ["db", "db-wal", "db-shm"] {
        let _ = fs::remove_file(store.with_extension(ending));
    }
}

fn to_f64(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

/// Runs one pass: CPU seconds that it took, and megabytes that it held at most.
fn run(command: &mut Command) -> (f64, u64) {
    let before = cpu().children;
    let mut child = command.envs(stand::environment()).spawn().unwrap();
    let (process, mut peak) = (child.id().to_string(), 0);
    let status = loop {
        peak = stand::memory(&process, "VmHWM").unwrap_or(peak);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success());
    (cpu().children - before, peak / 1024)
}

fn rows(store: &Path, table: &'static str) -> i64 {
    let options = SqliteConnectOptions::new().filename(store).read_only(true);
    let count = async {
        let store = SqlitePoolOptions::new().connect_with(options).await.unwrap();
        let mut query = QueryBuilder::new("SELECT count(*) FROM ");
        query.push(table).build_query_scalar().fetch_one(&store).await.unwrap()
    };
    tokio::runtime::Runtime::new().unwrap().block_on(count)
}

/// The bare minimum.
struct Floor {
    client: reqwest::Client,
    store: SqlitePool,
}

impl Floor {
    async fn new(path: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal);
        let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
        let store = pool.connect_with(options).await.unwrap();
        for table in [
            "CREATE TABLE IF NOT EXISTS feed (url TEXT PRIMARY KEY, etag TEXT)",
            "CREATE TABLE IF NOT EXISTS item (hash BLOB PRIMARY KEY, feed TEXT, title TEXT, body TEXT)",
        ] {
            sqlx::query(table).execute(&store).await.unwrap();
        }
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { client: reqwest::Client::builder().no_proxy().build().unwrap(), store }
    }

    async fn refresh(&self, address: &str, sources: usize) {
        let rows = sqlx::query("SELECT url, etag FROM feed").fetch_all(&self.store).await.unwrap();
        let known: std::collections::HashMap<String, String> =
            rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        for source in 0..sources {
            let url = format!("{address}/{source}");
            let mut request = self.client.get(&url);
            if let Some(etag) = known.get(&url) {
                request = request.header("if-none-match", etag);
            }
            let response = request.send().await.unwrap();
            if response.status() != 304 {
                let etag = response.headers()["etag"].to_str().unwrap().to_owned();
                let text = response.text().await.unwrap();
                self.take(&url, &etag, &text).await;
            }
        }
    }

    async fn take(&self, url: &str, etag: &str, text: &str) {
        let mut tx = self.store.begin().await.unwrap();
        let items = items(text);
        let mut query = QueryBuilder::new("SELECT hash FROM item WHERE hash IN (");
        let mut list = query.separated(", ");
        for (hash, ..) in &items {
            list.push_bind(hash.clone());
        }
        query.push(")");
        let known: Vec<Vec<u8>> = query.build_query_scalar().fetch_all(&mut *tx).await.unwrap();
        let new: Vec<_> = items.into_iter().filter(|(hash, ..)| !known.contains(hash)).collect();
        let mut query = QueryBuilder::new("INSERT INTO item (hash, feed, title, body) ");
        query.push_values(new, |mut row, (hash, title, body)| {
            row.push_bind(hash).push_bind(url).push_bind(title).push_bind(ammonia::clean(&body));
        });
        query.build().execute(&mut *tx).await.unwrap();
        sqlx::query("INSERT OR REPLACE INTO feed VALUES ($1, $2)")
            .bind(url)
            .bind(etag)
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}

/// Hash, title and content of each item.
fn items(text: &str) -> Vec<(Vec<u8>, String, String)> {
    let mut reader = Reader::from_str(text);
    let (mut items, mut name) = (Vec::new(), Vec::new());
    let (mut title, mut body) = (String::new(), String::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return items,
            Event::Start(start) => name = start.name().as_ref().to_vec(),
            Event::Text(text) if name == b"title" => title = text.decode().unwrap().into_owned(),
            Event::CData(text) if name == b"content:encoded" => {
                body = text.decode().unwrap().into_owned();
            }
            Event::End(end) if end.name().as_ref() == b"item" => {
                let hash = Sha256::new().chain_update(&title).chain_update(&body).finalize();
                items.push((hash.to_vec(), std::mem::take(&mut title), std::mem::take(&mut body)));
            }
            Event::End(_) => name.clear(),
            _ => {}
        }
    }
}

/// Writes a configuration for the program itself.
fn configured(directory: &Path, sources: usize, address: &str) -> PathBuf {
    let mut text =
        "[site]\ntitle = \"Refresh\"\npublic_url = \"http://localhost/\"\nzone = \"UTC\"\n\
        [store]\npath = \"press.db\"\n[publish]\ndirectory = \"feeds\"\n\
        [mail]\nfrom = \"a@press.example\"\ntransport = \"directory\"\ndirectory = \"mail\"\n\
        [fetch]\ndelay_ms = 0\n\
        [schedules]\ningest = \"@hourly\"\npublish = \"@hourly\"\ndeliver = \"@hourly\"\n"
            .to_owned();
    for source in 0..sources {
        write!(
            text,
            "[[source]]\nname = \"s{source}\"\nkind = \"feed\"\nurl = \"{address}/{source}\"\nallow_private = true\n"
        )
        .unwrap();
    }
    let config = directory.join("pressroom.toml");
    fs::write(&config, text).unwrap();
    config
}

/// How often some feeds have had one item more by now.
static CHANGES: AtomicUsize = AtomicUsize::new(0);

/// Serves a feed.
fn answer(stream: &mut TcpStream, Request { path, etag }: &Request) -> Option<()> {
    if path == "change" {
        CHANGES.fetch_add(1, Ordering::SeqCst);
        return None;
    }
    let Ok(source) = path.parse::<usize>() else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").ok();
    };
    let changes = CHANGES.load(Ordering::SeqCst);
    let extra = if source.is_multiple_of(CHANGING) { changes } else { 0 };
    let tag = format!("\"{source}-{extra}\"");
    let answer = if *etag == tag {
        format!("HTTP/1.1 304 Not Modified\r\netag: {tag}\r\n\r\n")
    } else {
        let body = feed(source, extra);
        let length = body.len();
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\netag: {tag}\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    };
    stream.write_all(answer.as_bytes()).ok()
}

const ENGLISH: &str = "the quick system reader moved across several small networks while every writer kept notes about \
    storage parsing latency memory index digest source update schedule article summary retry window";
const CHINESE: &str = "码头在去年冬天关了门留下三台吊车和一间没有锁的仓库每天早上仍有人去那里等船潮水照旧在六点退下去他们便照旧站一会儿再回去做早饭";

/// A feed of the newest items; every third is Chinese.
fn feed(source: usize, extra: usize) -> String {
    let mut text = format!(
        "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Feed {source}</title>\
         <link>http://source.example/{source}</link><description>d</description>"
    );
    for item in (0..ITEMS + extra).rev().take(ITEMS) {
        let mut dice = Dice((source * 1000 + item) as u64);
        let (title, body) = (dice.sentence(6), dice.body(source.is_multiple_of(3)));
        write!(
            text,
            "<item><title>{title}</title><link>http://source.example/{source}/{item}</link><guid isPermaLink=\"false\">{source}:{item}</guid>\
             <pubDate>Mon, 23 Nov 2026 00:{:02}:00 GMT</pubDate><category>c{}</category><content:encoded><![CDATA[{body}]]></content:encoded></item>",
            item % 60,
            item % 5
        )
        .unwrap();
    }
    text + "</channel></rss>"
}

/// The same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }

    fn sentence(&mut self, words: usize) -> String {
        let all: Vec<&str> = ENGLISH.split(' ').filter(|word| !word.is_empty()).collect();
        (0..words).map(|_| all[self.next(all.len())]).collect::<Vec<_>>().join(" ")
    }

    fn chinese(&mut self, characters: usize) -> String {
        let all: Vec<char> = CHINESE.chars().collect();
        (0..characters).map(|_| all[self.next(all.len())]).collect::<String>() + "。"
    }

    fn body(&mut self, is_chinese: bool) -> String {
        let mut text = String::new();
        while text.len() < ITEM_BYTES {
            let words = if is_chinese { self.chinese(90) } else { self.sentence(60) + "." };
            match self.next(10) {
                0 => write!(text, "<h2 id=\"s{}\">{}</h2>", self.next(9), self.sentence(4)),
                1 => write!(text, "<ul><li>{words}</li><li>{words}</li></ul>"),
                2 => write!(
                    text,
                    "<figure><img src=\"https://img.example.org/{}.jpg\" alt=\"x\" onerror=\"x()\"><figcaption>{words}</figcaption></figure>",
                    self.next(999)
                ),
                3 => write!(text, "<div style=\"color:red\"><script>var a;</script><blockquote>{words}</blockquote></div>"),
                _ => write!(
                    text,
                    "<p class=\"t\">{words} <a href=\"https://example.org/p/{}?utm_source=x\">more</a> <em>so</em></p>",
                    self.next(999)
                ),
            }
            .unwrap();
        }
        text
    }
}
