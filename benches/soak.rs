//! A long run: many sources, many refreshes, a tenth of the servers misbehaving in ten ways. `cargo bench --bench soak
//! -- [SOURCES [DAYS]]`; a day has two refreshes. It stops where somebody is asked too early by the account of the servers
//! themselves, where something is stored twice or not at all, and where memory grows: a single day may hold more, as when many
//! large answers come at once, but not every day of a week.
//!
//! A process of its own plays the servers, each at an address of its own in 127.0.0.0/8; another, in the environment of the
//! daemon, reads them; time is moved by hand. From one refresh to the next hours pass, in which no connection would be kept: the
//! servers end each with its answer, or two thousand idle ones would be what is measured.

#![allow(missing_docs, clippy::unwrap_used, reason = "a run that cannot go on shall stop")]

#[path = "stand/mod.rs"]
mod stand;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::process::Command;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use pressroom::app::App;
use pressroom::clock::Clock;
use pressroom::config::Config;
use pressroom::jobs::pass::{self, Plan};
use stand::{Request, Servers};

const ITEMS: usize = 10;
/// Of so many sources one misbehaves.
const TENTH: usize = 10;
/// Of so many well-behaved ones one has something new each day.
const NEWS: usize = 20;
/// Every so many-th says that its answer holds for two hours.
const FRESH: usize = 7;
/// Nobody is asked again within an hour; who asks for two hours is left alone so long.
const HOUR: i64 = 3_600;
/// From the first pass of one day to that of the next.
const DAY: i64 = 20 * 60 + 70 * 60 + 27 * HOUR;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let number = |at: usize, usual| arguments.get(at).map_or(usual, |text| text.parse().unwrap());
    match arguments.first().map(String::as_str) {
        Some("--serve") => stand::serve(serve),
        Some("--read") => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(soak(number(1, 2_000), number(2, 25)));
        }
        _ => {
            let mut reader = Command::new(std::env::current_exe().unwrap());
            let reader = reader.arg("--read").args(&arguments).envs(stand::environment());
            assert!(reader.status().unwrap().success());
        }
    }
}

async fn soak(sources: usize, days: usize) {
    let servers = Servers::start();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("pressroom.toml");
    std::fs::write(&file, configuration(sources, servers.port)).unwrap();
    let start = DateTime::parse_from_rfc3339("2026-11-23T00:00:00Z").unwrap().to_utc();
    let clock = Clock::fixed(start);
    let app = App::open(&Config::load(&file).unwrap(), clock.clone()).await.unwrap();
    let context = app.context();
    let plan = Plan { sources: context.sources.clone(), ..Plan::default() };
    let (mut new, mut memory) = (0, Vec::new());
    for day in 0..days {
        // Twice when all are due, and in between when nobody is.
        for wait in [0, 20, 70] {
            clock.advance(TimeDelta::minutes(wait));
            servers.tell(&format!("time/{}", (clock.now() - start).num_seconds()));
            new += pass::run(context, &plan, &|_| ()).await.new_articles;
        }
        let asked = servers.tell("asked");
        memory.push(stand::memory("self", "VmRSS").unwrap() / 1024);
        println!("day {day:2}: {new} articles, {asked}, {} MB", memory[day]);
        assert!(asked.ends_with(" 0 too early"), "{asked}");
        assert!(!grows(&memory), "{memory:?} MB");
        clock.advance(TimeDelta::hours(27));
    }
    app.close().await;
    let expected: usize = (0..sources)
        .filter(|source| !misbehaves(*source))
        .map(|s| ITEMS + extra(s, days - 1))
        .sum();
    assert_eq!(new, expected, "every item once");
    println!("{sources} sources, {} refreshes: {new} articles, each once", days * 2);
}

fn misbehaves(source: usize) -> bool {
    source.is_multiple_of(TENTH)
}

/// Items that a source has gained by `day`.
fn extra(source: usize, day: usize) -> usize {
    (1..=day).filter(|day| (source + day).is_multiple_of(NEWS)).count()
}

fn configuration(sources: usize, port: u16) -> String {
    let mut text =
        "[site]\ntitle = \"Soak\"\npublic_url = \"http://localhost/\"\nzone = \"UTC\"\n\
        [store]\npath = \"press.db\"\n[publish]\ndirectory = \"feeds\"\n\
        [mail]\nfrom = \"a@press.example\"\ntransport = \"directory\"\ndirectory = \"mail\"\n\
        [fetch]\ndelay_ms = 0\nhosts = 64\ntimeout_seconds = 5\npoll_min_minutes = 60\npoll_max_minutes = 60\n\
        [schedules]\ningest = \"@hourly\"\npublish = \"@hourly\"\ndeliver = \"@hourly\"\n"
            .to_owned();
    for source in 0..sources {
        let host = format!("127.1.{}.{}", source / 250, source % 250 + 1);
        write!(
            text,
            "[[source]]\nname = \"s{source}\"\nkind = \"feed\"\nurl = \"http://{host}:{port}/{source}\"\nallow_private = true\nignore_robots = true\n"
        )
        .unwrap();
    }
    text
}

/// Whether each day of the last week held an eighth more than the second week did at least. In the first one, what is kept for
/// the next days is filled: patterns, pages, connections.
fn grows(memory: &[u64]) -> bool {
    let least = |days: &[u64]| days.iter().copied().min().unwrap_or_default();
    match memory.split_at_checked(14) {
        Some((settled, later)) if later.len() >= 7 => {
            let settled = least(&settled[7..]);
            least(&later[later.len() - 7..]) > settled + settled / 8
        }
        _ => false,
    }
}

/// What the servers know.
#[derive(Default)]
struct Account {
    now: i64,
    asked: usize,
    early: usize,
    /// Until when each source is to be left alone.
    alone: HashMap<usize, i64>,
}

static ACCOUNT: LazyLock<Mutex<Account>> = LazyLock::new(Mutex::default);
static BOMB: LazyLock<Vec<u8>> = LazyLock::new(bomb);

/// Answers a source, or the one who moves time.
fn serve(stream: &mut TcpStream, Request { path, etag }: &Request) -> Option<()> {
    if let Ok(source) = path.parse() {
        return answer(stream, source, etag);
    }
    let mut account = ACCOUNT.lock().unwrap();
    if let Some(now) = path.strip_prefix("time/") {
        account.now = now.parse().unwrap();
    }
    let _ = write!(stream, "asked {} times, {} too early", account.asked, account.early);
    None
}

/// Answers one request; none where the connection ends with it.
fn answer(stream: &mut TcpStream, source: usize, etag: &str) -> Option<()> {
    let is_patient = !misbehaves(source) && source.is_multiple_of(FRESH);
    let asks_for_two = is_patient || way(source) == Some(5);
    let now = {
        let mut account = ACCOUNT.lock().unwrap();
        let now = account.now;
        account.asked += 1;
        let until = now + if asks_for_two { 2 * HOUR } else { HOUR };
        let alone = account.alone.insert(source, until);
        account.early += usize::from(alone.is_some_and(|until| now < until));
        now
    };
    if let Some(way) = way(source) {
        return misbehave(stream, way);
    }
    let day = usize::try_from(now / DAY).unwrap();
    let tag = format!("\"{}\"", extra(source, day));
    let fresh = if is_patient { "cache-control: max-age=7200\r\n" } else { "" };
    let answer = if etag == tag {
        format!("HTTP/1.1 304 Not Modified\r\nconnection: close\r\netag: {tag}\r\n{fresh}\r\n")
    } else {
        let body = feed(source, extra(source, day));
        format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/rss+xml\r\netag: {tag}\r\n{fresh}content-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let _ = stream.write_all(answer.as_bytes());
    None
}

/// Which of the ten ways a source misbehaves in.
fn way(source: usize) -> Option<usize> {
    misbehaves(source).then_some(source / TENTH % 10)
}

fn misbehave(stream: &mut TcpStream, way: usize) -> Option<()> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\n";
    let _ = match way {
        // It never answers, or a byte at a time.
        0 => {
            std::thread::sleep(Duration::from_secs(10));
            Ok(())
        }
        1 => head.bytes().try_for_each(|byte| {
            std::thread::sleep(Duration::from_millis(200));
            stream.write_all(&[byte])
        }),
        // It closes midway; it says that more is to come.
        2 => write!(stream, "{head}content-length: 9999\r\n\r\n<rss><channel>"),
        3 => write!(stream, "{head}transfer-encoding: chunked\r\n\r\nffff\r\n<rss>"),
        4 => write!(stream, "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"),
        5 => write!(
            stream,
            "HTTP/1.1 429 Too Many Requests\r\nretry-after: 7200\r\ncontent-length: 0\r\n\r\n"
        ),
        // It redirects to where nobody listens.
        6 => write!(
            stream,
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
        ),
        7 => {
            let length = BOMB.len();
            write!(stream, "{head}content-encoding: gzip\r\ncontent-length: {length}\r\n\r\n")
                .and_then(|()| stream.write_all(&BOMB))
        }
        8 => write!(stream, "{head}content-length: 12\r\n\r\n\u{1}\u{2}<<<>>&&\n\u{3}\u{4}"),
        _ => write!(stream, "{}\r\n\r\n", "x".repeat(100_000)),
    };
    None
}

/// Fifty megabytes in fifty thousand bytes.
fn bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..50 {
        encoder.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    encoder.finish().unwrap()
}

/// The newest items of a source that has gained `extra`.
fn feed(source: usize, extra: usize) -> String {
    let mut text = format!(
        "<rss version=\"2.0\"><channel><title>Source {source}</title><link>http://source.example/{source}</link><description>d</description>"
    );
    for item in (0..ITEMS + extra).rev().take(ITEMS) {
        let words: Vec<String> =
            (0..80).map(|word| format!("word{}", (source * 31 + item * 17 + word) % 997)).collect();
        write!(
            text,
            "<item><title>Item {item} of {source}</title><link>http://source.example/{source}/{item}</link><guid>{source}:{item}</guid><description>{}.</description></item>",
            words.join(" ")
        )
        .unwrap();
    }
    text + "</channel></rss>"
}
