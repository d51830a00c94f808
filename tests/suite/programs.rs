//! The daemon's feeds in feed programs that people use: newsboat and rss2email, polling through every kind of change.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::serving::Daemon;
use crate::world::{World, prose, tool_is_missing};

/// The address that programs subscribe to: passes requests on to the daemon of the moment and notes how it answers.
#[derive(Clone)]
struct Door {
    address: String,
    behind: Arc<Mutex<String>>,
    answers: Arc<Mutex<Vec<String>>>,
}

impl Door {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = Self {
            address: listener.local_addr().unwrap().to_string(),
            behind: Arc::default(),
            answers: Arc::default(),
        };
        let handler = door.clone();
        tokio::spawn(async move {
            while let Ok((visitor, _)) = listener.accept().await {
                let handler = handler.clone();
                tokio::spawn(async move { handler.pass(visitor).await });
            }
        });
        door
    }

    /// One request and its answer; the daemon is asked to close, so that the end of the answer is its end.
    async fn pass(&self, mut visitor: TcpStream) -> Option<()> {
        let mut request = Vec::new();
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            request.push(visitor.read_u8().await.ok()?);
        }
        let head = String::from_utf8(request).ok()?;
        let kept =
            |line: &&str| !line.to_lowercase().starts_with("connection:") && !line.is_empty();
        let lines: Vec<&str> = head.split("\r\n").filter(kept).collect();
        let asked = format!("{}\r\nconnection: close\r\n\r\n", lines.join("\r\n"));
        let behind = self.behind.lock().unwrap().clone();
        let mut daemon = TcpStream::connect(behind).await.ok()?;
        daemon.write_all(asked.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        daemon.read_to_end(&mut answer).await.ok()?;
        let status = String::from_utf8_lossy(&answer).split(' ').nth(1)?.to_owned();
        self.answers.lock().unwrap().push(status);
        visitor.write_all(&answer).await.ok()
    }

    fn answers(&self) -> Vec<String> {
        std::mem::take(&mut self.answers.lock().unwrap())
    }
}

/// When the articles were published.
const DATE: i64 = 1_795_167_000;

fn article(title: &str, slug: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=en><head><title>{title}</title><meta name=author content='Maren Osk'>\
         <link rel=canonical href='https://news.example/{slug}'>\
         <meta property=article:published_time content=2026-11-20T09:30:00Z></head>\
         <body><article><h1>{title}</h1>{}</article></body></html>",
        prose("pier")
    )
}

/// Runs a feed program in a home of its own; `None` where it is not installed.
async fn program(home: &Path, name: &'static str, arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new(name);
    command.args(arguments).env("HOME", home).current_dir(home);
    command.env("XDG_CONFIG_HOME", home).env("XDG_DATA_HOME", home);
    match tokio::task::spawn_blocking(move || command.output()).await.unwrap() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(output)
        }
        Err(error) => {
            tool_is_missing(name, &error);
            None
        }
    }
}

/// An edit, a new slug, a new host: the same two articles all along.
fn changes(world: &World) -> [Box<dyn Fn() + '_>; 3] {
    [
        Box::new(|| world.write_article("pier.html", article("The Pier, Corrected", "pier"))),
        Box::new(|| world.write_article("pier.html", article("The Pier, Corrected", "moved/pier"))),
        Box::new(|| world.write_article("tower.html", article("The Tower, Corrected", "tower"))),
    ]
}

fn world() -> World {
    World::new()
        .with_article("pier.html", article("The New Pier", "pier"))
        .with_article("tower.html", article("The Old Tower", "tower"))
}

/// Serves the world through `door` while `poll` is run three times: once new, and twice unchanged.
async fn served(world: World, door: &Door, poll: impl AsyncFn() -> Option<()>) -> (World, bool) {
    let (daemon, world) = Daemon::of(world).await;
    door.behind.lock().unwrap().clone_from(&daemon.address);
    let mut ran = true;
    for _ in 0..3 {
        ran &= poll().await.is_some();
    }
    daemon.end().await;
    (world, ran)
}

/// Goes through all changes; gives whether the program was there, and the last answer after each.
async fn through_all_changes(
    door: &Door,
    poll: impl AsyncFn() -> Option<()>,
) -> Option<Vec<String>> {
    let (mut world, mut ran) = served(world(), door, &poll).await;
    let mut last = vec![door.answers().join(" ")];
    for index in 0..3 {
        changes(&world)[index]();
        world.wait(TimeDelta::hours(1));
        if index == 2 {
            world = world.with_public_url("https://elsewhere.example/");
        }
        let again;
        (world, again) = served(world, door, &poll).await;
        ran &= again;
        last.push(door.answers().join(" "));
    }
    assert!(world.feed("atom").contains("The Tower, Corrected"), "the last change is published");
    ran.then_some(last)
}

#[tokio::test]
async fn newsboat_has_every_item_once_whatever_changes() {
    let home = tempfile::tempdir().unwrap();
    let door = Door::open().await;
    std::fs::write(home.path().join("urls"), format!("http://{}/feeds/all.atom\n", door.address))
        .unwrap();
    std::fs::write(home.path().join("config"), "").unwrap();
    let arguments = ["-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload"];
    let poll = async || program(home.path(), "newsboat", &arguments).await.map(|_| ());
    let Some(last) = through_all_changes(&door, poll).await else { return };
    let unchanged = last.iter().all(|answers| answers.ends_with("304"));
    assert!(unchanged, "unchanged polls are answered so: {last:?}");
    let query = "select title, author, pubDate, length(content) > 500 from rss_item order by title";
    let Some(rows) = program(home.path(), "sqlite3", &["cache.db", query]).await else { return };
    let rows = String::from_utf8(rows.stdout).unwrap();
    let expected = format!(
        "The Pier, Corrected|Maren Osk|{DATE}|1\nThe Tower, Corrected|Maren Osk|{DATE}|1\n"
    );
    assert_eq!(rows, expected, "{last:?}");
}

#[tokio::test]
async fn rss2email_mails_every_item_once_whatever_changes() {
    let home = tempfile::tempdir().unwrap();
    let door = Door::open().await;
    std::fs::create_dir(home.path().join("mail")).unwrap();
    let r2e = async |arguments: &[&str]| {
        let whole = [&["-c", "r2e.cfg", "-d", "r2e.json"], arguments].concat();
        program(home.path(), "r2e", &whole).await.map(|_| ())
    };
    if r2e(&["new", "ann@readers.example"]).await.is_none() {
        return;
    }
    r2e(&["add", "all", &format!("http://{}/feeds/all.rss", door.address)]).await;
    let file = home.path().join("r2e.cfg");
    let settings = std::fs::read_to_string(&file).unwrap();
    let settings = settings
        .lines()
        .map(|line| match line.split(" = ").next() {
            Some("email-protocol") => "email-protocol = maildir",
            Some("maildir-path") => "maildir-path = mail",
            // Else the mail is as old as the poll.
            Some("date-header") => "date-header = True",
            _ => line,
        })
        .collect::<Vec<_>>();
    std::fs::write(&file, settings.join("\n")).unwrap();
    let last = through_all_changes(&door, async || r2e(&["run"]).await).await.unwrap();
    let unchanged = last.iter().all(|answers| answers.ends_with("304"));
    assert!(unchanged, "unchanged polls are answered so: {last:?}");
    let mails = std::fs::read_dir(home.path().join("mail/INBOX/new")).unwrap();
    let mut seen: Vec<_> = mails.map(|mail| mailed(&mail.unwrap().path())).collect();
    seen.sort();
    let author = "All of Test Press: Maren Osk".to_owned();
    let expected =
        ["The New Pier", "The Old Tower"].map(|title| (title.to_owned(), author.clone(), DATE));
    assert_eq!(seen, expected);
}

/// Subject, sender and date of a mail whose body is an article's.
fn mailed(path: &Path) -> (String, String, i64) {
    let bytes = std::fs::read(path).unwrap();
    let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
    assert!(mail.body_text(0).unwrap().contains("Nobody made a speech"));
    let sender = mail.from().unwrap().first().unwrap().name().unwrap().to_owned();
    (mail.subject().unwrap().to_owned(), sender, mail.date().unwrap().to_timestamp())
}
