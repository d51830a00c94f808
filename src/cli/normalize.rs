//! `pressroom normalize`: documents → articles, one JSON object a line, errors in their place.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};
use std::thread::available_parallelism;

use chrono::{DateTime, FixedOffset};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use url::Url;

use super::article_json::{OutputChannel, channel, html, markdown, output};
use super::{Ending, Usage, input, parallel};
use crate::clock::Clock;
use crate::domain::{Document, Link, MediaType, Note};
use crate::fetch::{self, Fetched, Fetcher, Place};
use crate::normalize::{self, LinkRules, Normalized, Sitemap};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Files, directories or web addresses
    #[arg(value_name = "PATH|URL", required_unless_present = "jsonl")]
    inputs: Vec<String>,
    /// Bulk: a JSON object a line, with id, html or text or markdown, and maybe `url` and `fetched_at`; - for standard input
    #[arg(long, value_name = "FILE|-", conflicts_with = "inputs")]
    jsonl: Option<String>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// The address the document came from
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// When it was fetched: relative dates count from here
    #[arg(long, value_name = "RFC3339")]
    fetched_at: Option<String>,
    /// Documents worked on at once [default: the processors there are]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Markdown,
    Html,
    Text,
}

/// What came of one document.
struct Done {
    /// For standard output.
    printed: String,
    /// For standard error.
    said: Vec<String>,
    failed: bool,
}

/// What stands in the place of an article that could not be made.
#[derive(Debug, Serialize)]
struct Failed<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    error: FailedError<'a>,
}

#[derive(Debug, Serialize)]
struct FailedError<'a> {
    kind: &'a str,
    message: &'a str,
}

pub(super) async fn run(clock: &Clock, options: &Options) -> anyhow::Result<Ending> {
    let at = input::fetched_at(options.fetched_at.as_deref(), clock)?;
    let url = options.url.as_deref().map(input::url).transpose()?;
    let jobs = options.jobs.unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
    let format = options.format;
    let handle = Handle::current();
    let jsonl = options.jsonl.clone();
    let inputs = options.inputs.clone();
    // Threads of our own do the work; the async workers stay free for fetching.
    let ending = tokio::task::spawn_blocking(move || match jsonl {
        Some(file) => bulk(&file, jobs, at, format),
        None => each(&inputs, url.as_ref(), jobs, at, format, &handle),
    });
    ending.await?
}

fn each(
    inputs: &[String],
    url: Option<&Url>,
    jobs: usize,
    at: DateTime<FixedOffset>,
    format: Format,
    handle: &Handle,
) -> anyhow::Result<Ending> {
    let fetcher = Fetcher::new(fetch::Settings::default());
    let mut places = Vec::new();
    let mut failed = false;
    for argument in inputs {
        let found = input::places(argument, &fetcher);
        places.extend(found.places);
        failed |= !found.failures.is_empty();
        for error in found.failures {
            eprintln!("{argument}: {error}");
        }
    }
    let access = input::access();
    let work = |place: Place| {
        let reference = place.reference().to_owned();
        match handle.block_on(fetcher.document(&place, &access, at)) {
            Ok(Fetched { mut document, notes, .. }) => {
                document.url = url.cloned().or(document.url);
                done(&document, &notes, format)
            }
            Err(error) => refused(&reference, error.kind(), &error.to_string(), format),
        }
    };
    let printed = print(places.into_iter(), jobs, work)?;
    Ok(if failed { Ending::SomeFailed } else { printed })
}

/// One line of bulk input.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    url: Option<Url>,
    html: Option<String>,
    text: Option<String>,
    markdown: Option<String>,
    fetched_at: Option<DateTime<FixedOffset>>,
}

fn bulk(
    file: &str,
    jobs: usize,
    at: DateTime<FixedOffset>,
    format: Format,
) -> anyhow::Result<Ending> {
    let lines = lines(file)?;
    let work = |(number, line): (usize, io::Result<String>)| {
        let name = format!("{file}:{}", number + 1);
        match line.map_err(|error| error.to_string()).and_then(|line| from_line(&line, at)) {
            Ok(document) => done(&document, &[], format),
            Err(reason) => refused(&name, "input", &reason, format),
        }
    };
    print(lines.enumerate(), jobs, work)
}

/// Lines of a file or of standard input that hold something.
pub(super) fn lines(
    file: &str,
) -> anyhow::Result<impl Iterator<Item = io::Result<String>> + Send + use<>> {
    let reader: Box<dyn BufRead + Send> = match file {
        "-" => Box::new(BufReader::new(io::stdin())),
        path => Box::new(BufReader::new(
            File::open(path).map_err(|error| Usage(format!("cannot read {path}: {error}")))?,
        )),
    };
    Ok(reader.lines().filter(|line| !matches!(line, Ok(line) if line.trim().is_empty())))
}

fn from_line(line: &str, at: DateTime<FixedOffset>) -> Result<Document, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| {
        format!(
            "{error}; expected {{\"id\",\"url\"?,\"html\"|\"text\"|\"markdown\",\"fetched_at\"?}}"
        )
    })?;
    let bodies = [
        (MediaType::Html, line.html),
        (MediaType::Text, line.text),
        (MediaType::Markdown, line.markdown),
    ];
    let body = bodies.into_iter().find_map(|(media_type, body)| Some((media_type, body?)));
    let (media_type, text) = body.ok_or("it has none of \"html\", \"text\", \"markdown\"")?;
    Ok(input::document(&line.id, line.url, media_type, text, line.fetched_at.unwrap_or(at)))
}

fn print<T: Send>(
    items: impl Iterator<Item = T> + Send,
    jobs: usize,
    work: impl Fn(T) -> Done + Sync,
) -> anyhow::Result<Ending> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut failed = false;
    let mut broken = Ok(());
    parallel::ordered(items, jobs, work, |done| {
        done.said.iter().for_each(|line| eprintln!("{line}"));
        failed |= done.failed;
        if broken.is_ok() && !done.printed.is_empty() {
            broken = writeln!(out, "{}", done.printed);
        }
    });
    broken?;
    out.flush()?;
    Ok(if failed { Ending::SomeFailed } else { Ending::Done })
}

fn done(document: &Document, notes: &[Note], format: Format) -> Done {
    match document.media_type {
        MediaType::Feed => return feed(document, notes, format),
        MediaType::Sitemap => return sitemap(document, format),
        _ => {}
    }
    let reference = &document.reference;
    match normalize::normalize(document, &input::settings(document)) {
        Ok(normalized) => Done {
            printed: printed(reference, &normalized, None, format),
            said: said(reference, notes.iter().chain(&normalized.notes)),
            failed: false,
        },
        Err(error) => listing(document, format)
            .unwrap_or_else(|| refused(reference, error.kind(), &error.to_string(), format)),
    }
}

/// A page that is no article may be an index of some.
fn listing(document: &Document, format: Format) -> Option<Done> {
    let listing = normalize::listing(document, &LinkRules::default()).ok()?;
    Some(links(&document.reference, &listing.links, format))
}

fn sitemap(document: &Document, format: Format) -> Done {
    let reference = &document.reference;
    match normalize::sitemap(document, &LinkRules::default()) {
        Ok(Sitemap::Index(found) | Sitemap::Pages(found)) => links(reference, &found, format),
        Err(error) => refused(reference, error.kind(), &error.to_string(), format),
    }
}

fn links(reference: &str, links: &[Link], format: Format) -> Done {
    let printed = match format {
        Format::Json => json(&OutputLinks { reference, links }),
        _ => links.iter().map(|link| link.url.to_string()).collect::<Vec<_>>().join("\n"),
    };
    Done { printed, said: Vec::new(), failed: false }
}

/// What is printed of an index.
#[derive(Debug, Serialize)]
struct OutputLinks<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    links: &'a [Link],
}

/// A line an entry; a feed without entries is one line with its channel alone.
fn feed(document: &Document, notes: &[Note], format: Format) -> Done {
    let reference = &document.reference;
    let feed = match normalize::syndicated(document, &input::settings_of_feed()) {
        Ok(feed) => feed,
        Err(error) => return refused(reference, error.kind(), &error.to_string(), format),
    };
    let channel = channel(&feed.channel);
    let mut done = Done { printed: String::new(), said: Vec::new(), failed: false };
    done.said = said(reference, notes.iter().chain(&feed.notes));
    let mut lines = Vec::new();
    for entry in &feed.articles {
        match entry {
            Ok(normalized) => {
                lines.push(printed(reference, normalized, Some(&channel), format));
                done.said.extend(said(reference, normalized.notes.iter()));
            }
            Err(error) => {
                let line = refused(reference, error.kind(), &error.to_string(), format);
                lines.extend(Some(line.printed).filter(|line| !line.is_empty()));
                done.said.extend(line.said);
                done.failed = true;
            }
        }
    }
    if feed.articles.is_empty() && format == Format::Json {
        lines.push(json(&OnlyChannel { reference, channel: &channel }));
    }
    done.printed = lines.join("\n");
    done
}

/// What is printed of a feed that has no entries.
#[derive(Debug, Serialize)]
struct OnlyChannel<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    channel: &'a OutputChannel,
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("strings and numbers always have JSON")
}

fn said<'n>(reference: &str, notes: impl Iterator<Item = &'n Note>) -> Vec<String> {
    notes.map(|note| format!("{reference}: note: {note}")).collect()
}

fn printed(
    reference: &str,
    normalized: &Normalized,
    channel: Option<&OutputChannel>,
    format: Format,
) -> String {
    let article = &normalized.article;
    match format {
        Format::Json => json(&output(reference, article, channel)),
        Format::Markdown => markdown(article),
        Format::Html => html(article),
        Format::Text => article.text(),
    }
}

fn refused(reference: &str, kind: &str, message: &str, format: Format) -> Done {
    let failed = Failed { reference, error: FailedError { kind, message } };
    let printed = match format {
        Format::Json => serde_json::to_string(&failed).expect("strings always have JSON"),
        _ => String::new(),
    };
    Done { printed, said: vec![format!("{reference}: {message}")], failed: true }
}
