//! A small installation in a temporary directory, with a clock that tests move by hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use chrono::{DateTime, TimeDelta, Utc};
use pressroom::app::{App, Wanted};
use pressroom::clock::Clock;
use pressroom::config::Config;
use pressroom::jobs::Report;

pub(crate) use crate::postgres::also_on_postgres;
use crate::postgres::psql;
pub use crate::postgres::{Schema, on_postgres, postgres, rows};

/// The instant at which every world begins: 23 November 2026, 08:00 in Shanghai.
pub const MORNING: &str = "2026-11-23T00:00:00Z";

/// An installation with `files` sources under `articles/`, a feed `all` and a digest `morning`.
pub struct World {
    directory: tempfile::TempDir,
    schema: Option<Schema>,
    /// Where its store is, if it is in neither of the usual places.
    place: Option<String>,
    /// The time in it.
    pub clock: Clock,
    public_url: String,
    store: String,
    mail: String,
    publish: String,
    more: String,
    selection: String,
    http: String,
}

impl World {
    /// An empty one, on SQLite; within [`also_on_postgres!`] on PostgreSQL.
    pub fn new() -> Self {
        Self::inside(&std::env::temp_dir())
    }

    /// The same, in a directory inside `parent`.
    pub fn inside(parent: &Path) -> Self {
        let world = Self {
            directory: tempfile::tempdir_in(parent).unwrap(),
            place: None,
            schema: Schema::of_thread(),
            clock: Clock::fixed(instant(MORNING)),
            public_url: "https://press.example/".into(),
            mail: "transport = \"directory\"\ndirectory = \"mail\"".into(),
            store: String::new(),
            publish: String::new(),
            more: String::new(),
            selection: String::new(),
            http: String::new(),
        };
        fs::create_dir(world.path("articles")).unwrap();
        world
    }

    /// With `lines` in its `[mail]` section instead of a directory transport.
    pub fn with_mail(mut self, lines: &str) -> Self {
        self.mail = lines.into();
        self
    }

    /// With `to` for `from` in its `[mail]` section.
    pub fn changed(mut self, from: &str, to: &str) -> Self {
        assert!(self.mail.contains(from), "{from}");
        self.mail = self.mail.replace(from, to);
        self
    }

    /// With its store at `place`, as `[store]` names it.
    pub fn with_place(mut self, place: &str) -> Self {
        self.place = Some(place.into());
        self
    }

    /// With `lines` more in its `[store]` section.
    pub fn with_store(mut self, lines: &str) -> Self {
        self.store = lines.into();
        self
    }

    /// With `lines` more in its `[publish]` section.
    pub fn with_publish(mut self, lines: &str) -> Self {
        self.publish = lines.into();
        self
    }

    /// Whose feed and digest select by `lines`.
    pub fn with_selection(mut self, lines: &str) -> Self {
        self.selection = lines.into();
        self
    }

    /// With `toml` at the end of its configuration.
    pub fn with(mut self, toml: &str) -> Self {
        self.more.push_str(toml);
        self.more.push('\n');
        self
    }

    /// With `toml` in place of what was there.
    pub fn with_only(mut self, toml: &str) -> Self {
        self.more = toml.into();
        self
    }

    /// Whose daemon serves at `address`.
    pub fn with_http(mut self, address: &str) -> Self {
        self.http = format!("[http]\nlisten = \"{address}\"");
        self
    }

    /// At another address.
    pub fn with_public_url(mut self, url: &str) -> Self {
        self.public_url = url.into();
        self
    }

    /// With an article file.
    pub fn with_article(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.write_article(name, content);
        self
    }

    /// Writes an article file.
    pub fn write_article(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path("articles").join(name), content).unwrap();
    }

    /// A path within it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn configuration(&self) -> String {
        format!(
            r#"
[site]
title = "Test Press"
public_url = "{public_url}"
zone = "Asia/Shanghai"
operator = "operator@press.example"
[store]
{place}
{store}
[publish]
directory = "feeds"
{publish}
[mail]
from = "digest@press.example"
{mail}
[schedules]
ingest = "0 * * * *"
publish = "5 * * * *"
deliver = "10 * * * *"
[[source]]
name = "articles"
kind = "files"
paths = ["articles"]
[[feed]]
name = "all"
title = "All of Test Press"
{selection}
[[digest]]
name = "morning"
title = "Morning Test"
language = "zh"
cadence = {{ daily = "0 7 * * *" }}
{selection}
{more}
{http}
"#,
            store = self.store,
            place = match (&self.schema, &self.place) {
                (_, Some(place)) => place.clone(),
                (Some(schema), None) => format!("url = {:?}", schema.url()),
                (None, None) => "path = \"press.db\"".into(),
            },
            publish = self.publish,
            public_url = self.public_url,
            mail = self.mail,
            more = self.more,
            selection = self.selection,
            http = self.http
        )
    }

    /// Writes the configuration and gives its path.
    pub fn config_file(&self) -> PathBuf {
        let path = self.path("pressroom.toml");
        fs::write(&path, self.configuration()).unwrap();
        path
    }

    /// The configuration, checked.
    pub fn config(&self) -> Config {
        Config::load(&self.config_file()).unwrap()
    }

    /// The parts, put together; the store is this App's until it is closed.
    pub async fn open(&self) -> App {
        App::open(&self.config(), self.clock.clone()).await.unwrap()
    }

    /// One full pass.
    pub async fn pass(&self) -> Report {
        self.pass_over(&Wanted::default()).await
    }

    /// One pass over what is `wanted`.
    pub async fn pass_over(&self, wanted: &Wanted) -> Report {
        let app = self.open().await;
        let report = app.run(wanted, &|_| ()).await.unwrap();
        app.close().await;
        report
    }

    /// Changes its store behind the program's back.
    pub fn sql(&self, sql: &str) {
        let done = if let Some(schema) = &self.schema {
            psql(&schema.url(), sql)
        } else {
            let sqlite = Command::new("sqlite3").arg(self.path("press.db")).arg(sql).status();
            sqlite.unwrap().success()
        };
        assert!(done, "{sql}");
    }

    /// What its store on PostgreSQL answers.
    pub fn ask(&self, sql: &str) -> String {
        let url = self.schema.as_ref().unwrap().url();
        let psql = Command::new("psql").args(["-qXAtc", sql, &url]).output().unwrap();
        assert!(psql.status.success(), "{}", stderr(&psql));
        stdout(&psql).trim().to_owned()
    }

    /// How many rows a table of its store has.
    pub fn rows(&self, table: &str) -> u64 {
        if let Some(schema) = &self.schema {
            return rows(&schema.url(), table);
        }
        let sql = format!("SELECT count(*) FROM {table}");
        let output = Command::new("sqlite3").arg(self.path("press.db")).arg(sql).output();
        stdout(&output.unwrap()).trim().parse().unwrap()
    }

    /// Moves the clock.
    pub fn wait(&self, time: TimeDelta) {
        self.clock.advance(time);
    }

    /// A published feed.
    pub fn feed(&self, extension: &str) -> String {
        fs::read_to_string(self.path("feeds").join(format!("all.{extension}"))).unwrap()
    }

    /// The bytes of all published feeds.
    pub fn feeds(&self) -> [String; 3] {
        ["rss", "atom", "json"].map(|extension| self.feed(extension))
    }

    /// Mails in the directory, by file name.
    pub fn mails(&self) -> Vec<Vec<u8>> {
        let Ok(entries) = fs::read_dir(self.path("mail")) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
        paths.sort();
        paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
    }

    /// What the store holds, in words.
    pub fn dump(&self) -> String {
        let path = self.path("press.db");
        match Command::new("sqlite3").arg("-readonly").arg(path).arg(".dump").output() {
            Ok(output) => stdout(&output),
            Err(error) => {
                tool_is_missing("sqlite3", &error);
                String::new()
            }
        }
    }

    /// The same, with `input` on its standard input.
    pub fn command_with(&self, arguments: &[&str], input: &str) -> Output {
        let file = self.path("input");
        fs::write(&file, input).unwrap();
        let config = self.config_file();
        Command::new(env!("CARGO_BIN_EXE_pressroom"))
            .args(["--config", config.to_str().unwrap()])
            .args(arguments)
            .stdin(fs::File::open(file).unwrap())
            .output()
            .unwrap()
    }

    /// Runs the binary on this installation.
    pub fn command(&self, arguments: &[&str]) -> Output {
        let config = self.config_file();
        pressroom(&[&["--config", config.to_str().unwrap()], arguments].concat())
    }
}

/// Runs the binary.
pub fn pressroom(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pressroom")).args(arguments).output().unwrap()
}

/// What a command printed.
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a command said beside it.
pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// An instant.
pub fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// A shared input: `None` where it is not there, which continuous integration does not accept.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "{} must be there in CI", path.display());
    eprintln!("passed over: there is no {}", path.display());
    None
}

/// Passes a test over that needs a program which is not there; `tests/run` installs all of them and does not accept that.
pub fn tool_is_missing(name: &str, why: &dyn std::fmt::Display) {
    assert!(std::env::var_os("PRESSROOM_TESTS").is_none(), "{name} must be there: {why}");
    eprintln!("passed over: there is no {name}: {why}");
}

/// The text and the HTML of a mail.
pub fn parts(mail: &[u8]) -> (String, String) {
    let mail = mail_parser::MessageParser::default().parse(mail).unwrap();
    (mail.body_text(0).unwrap().into_owned(), mail.body_html(0).unwrap().into_owned())
}

/// A page with a heading, some text and nothing else.
pub fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{title}</title></head>\
         <body><article><h1>{title}</h1>{body}</article></body></html>"
    )
}

/// Enough prose to be an article.
pub fn prose(subject: &str) -> String {
    format!(
        "<p>The {subject} was opened on a grey morning by people who had waited years for it. Nobody made a speech, \
         since the wind would have taken it away, and the ribbon had been cut by the sea the night before.</p>\
         <p>What the {subject} will change is not yet clear. The council expects more visitors; the fishermen expect \
         more questions. Both have ordered new signs, and both have asked for the larger letters.</p>\
         <p>By noon the first school class had walked its length and back, counted the steps, and disagreed about the \
         number. The {subject} has been theirs since then, and the number is still open.</p>"
    )
}
