//! A long run: many sources, many refreshes, a tenth of the servers misbehaving in ten ways. `cargo bench --bench soak
//! [SOURCES [DAYS]]`; a day has two refreshes. It stops where somebody is asked too early by the account of the servers
//! themselves, where something is stored twice or not at all, and where memory grows.
//!
//! A process of its own plays the servers, each at an address of its own in 127.0.0.0/8; time is moved by hand.

#![allow(missing_docs, clippy::unwrap_used, reason = "a run that cannot go on shall stop")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use pressroom::app::App;
use pressroom::clock::Clock;
use pressroom::config::Config;
use pressroom::jobs::pass::{self, Plan};

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
    if arguments.first().is_some_and(|word| word == "--serve") {
        return serve();
    }
    let number = |at: usize, usual| arguments.get(at).map_or(usual, |text| text.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(soak(number(0, 2_000), number(1, 25)));
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
    let (mut new, mut settled) = (0, 0);
    for day in 0..days {
        // Twice when all are due, and in between when nobody is.
        for wait in [0, 20, 70] {
            clock.advance(TimeDelta::minutes(wait));
            servers.tell(&format!("/time/{}", (clock.now() - start).num_seconds()));
            new += pass::run(context, &plan, &|_| ()).await.new_articles;
        }
        let memory = resident();
        let asked = servers.tell("/asked");
        println!("day {day:2}: {new} articles, {asked}, {memory} MB");
        assert!(asked.ends_with(" 0 too early"), "{asked}");
        // The first days fill what is kept for the next: patterns, pages, connections.
        if day == days / 4 {
            settled = memory;
        }
        assert!(settled == 0 || memory <= settled + settled / 8, "{memory} MB after {settled}");
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

/// Megabytes that this process holds.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// The process that plays them.
struct Servers {
    child: Child,
    port: u16,
}

impl Servers {
    fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("--serve")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { child, port: port.trim().parse().unwrap() }
    }

    fn tell(&self, what: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {what} HTTP/1.1\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
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

fn serve() {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    let account: &Mutex<Account> = Box::leak(Box::default());
    let bomb: &[u8] = Box::leak(bomb().into());
    for stream in listener.incoming() {
        std::thread::spawn(move || {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            while let Some((path, etag)) = request(&mut reader) {
                if let Ok(source) = path.parse::<usize>() {
                    if answer(&mut stream, source, &etag, account, bomb).is_none() {
                        return;
                    }
                    continue;
                }
                let mut account = account.lock().unwrap();
                if let Some(now) = path.strip_prefix("time/") {
                    account.now = now.parse().unwrap();
                }
                let _ =
                    write!(stream, "asked {} times, {} too early", account.asked, account.early);
                return;
            }
        });
    }
}

/// Answers one request; none where the connection ends with it.
fn answer(
    stream: &mut TcpStream,
    source: usize,
    etag: &str,
    account: &Mutex<Account>,
    bomb: &[u8],
) -> Option<()> {
    let is_patient = !misbehaves(source) && source.is_multiple_of(FRESH);
    let asks_for_two = is_patient || way(source) == Some(5);
    let now = {
        let mut account = account.lock().unwrap();
        let now = account.now;
        account.asked += 1;
        let until = now + if asks_for_two { 2 * HOUR } else { HOUR };
        let alone = account.alone.insert(source, until);
        account.early += usize::from(alone.is_some_and(|until| now < until));
        now
    };
    if let Some(way) = way(source) {
        return misbehave(stream, way, bomb);
    }
    let day = usize::try_from(now / DAY).unwrap();
    let tag = format!("\"{}\"", extra(source, day));
    let fresh = if is_patient { "cache-control: max-age=7200\r\n" } else { "" };
    let answer = if etag == tag {
        format!("HTTP/1.1 304 Not Modified\r\netag: {tag}\r\n{fresh}\r\n")
    } else {
        let body = feed(source, extra(source, day));
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\netag: {tag}\r\n{fresh}content-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    stream.write_all(answer.as_bytes()).ok()
}

/// Which of the ten ways a source misbehaves in.
fn way(source: usize) -> Option<usize> {
    misbehaves(source).then_some(source / TENTH % 10)
}

fn misbehave(stream: &mut TcpStream, way: usize, bomb: &[u8]) -> Option<()> {
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
            let length = bomb.len();
            write!(stream, "{head}content-encoding: gzip\r\ncontent-length: {length}\r\n\r\n")
                .and_then(|()| stream.write_all(bomb))
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

/// The path without its slash, and the entity tag, of the next request.
fn request(reader: &mut impl std::io::BufRead) -> Option<(String, String)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let path = line.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    let mut etag = String::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line.trim().is_empty() {
            return Some((path, etag));
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("if-none-match: ") {
            value.trim().clone_into(&mut etag);
        }
    }
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
