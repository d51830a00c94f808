//! `pressroom explain`: which rule found each field of a document, where it stood, and the alternatives it beat.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{Ending, Usage, explain_feed, input, say};
use crate::clock::Clock;
use crate::config::{Config, SourcePlan};
use crate::domain::{Document, MediaType};
use crate::fetch::{self, Fetched, Fetcher};
use crate::normalize::{self, Explained, Explanation, Found, Settings};

/// Characters of a value that is shown to people.
const SHOWN: usize = 100;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// File or web address
    #[arg(value_name = "PATH|URL")]
    input: String,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// With the fields that the configuration places for this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// The address the document came from
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// When it was fetched: relative dates count from here
    #[arg(long, value_name = "RFC3339")]
    fetched_at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

pub(super) async fn run(config: &Path, clock: &Clock, options: &Options) -> anyhow::Result<Ending> {
    let fetched = fetched(clock, options).await?;
    let document = fetched.document;
    if document.media_type == MediaType::Feed {
        let settings = settings_of_feed(config, options.source.as_deref())?;
        let feed = normalize::syndicated(&document, &settings)?;
        say(&explain_feed::printed(&document, &fetched.notes, &feed, options.format)?)?;
        return Ok(Ending::Done);
    }
    let settings = settings(config, &document, options.source.as_deref())?;
    let explanation = normalize::explain(&document, &settings)?;
    let printed = match options.format {
        Format::Text => text(&explanation),
        Format::Json => json(&document.reference, &explanation) + "\n",
    };
    say(&printed)?;
    Ok(Ending::Done)
}

async fn fetched(clock: &Clock, options: &Options) -> anyhow::Result<Fetched> {
    let at = input::fetched_at(options.fetched_at.as_deref(), clock)?;
    let url = options.url.as_deref().map(input::url).transpose()?;
    let fetcher = Fetcher::new(fetch::Settings::default());
    let found = input::places(&options.input, &fetcher);
    let none = || Usage(format!("{} holds no document", options.input));
    let place = found.places.first().ok_or_else(none)?;
    let mut fetched = fetcher.document(place, &input::access(), at).await?;
    fetched.document.url = url.or(fetched.document.url);
    Ok(fetched)
}

/// Entries are told apart as the source says where one is named.
fn settings_of_feed(config: &Path, source: Option<&str>) -> anyhow::Result<Settings> {
    let mut settings = input::settings_of_feed();
    if let Some(name) = source {
        let source = plan(config, name)?.source;
        settings = Settings { identity: source.identity_rule(), source: source.id, ..settings };
    }
    Ok(settings)
}

/// What the configuration says of the source `name`.
fn plan(config: &Path, name: &str) -> anyhow::Result<SourcePlan> {
    let sources = Config::load(config)?.sources;
    let known = sources.into_iter().find(|plan| plan.source.id.as_str() == name);
    Ok(known.ok_or_else(|| Usage(format!("--source {name}: no source has this name")))?)
}

/// Those of the source where one is named; the configuration is read for nothing else.
fn settings(config: &Path, document: &Document, source: Option<&str>) -> anyhow::Result<Settings> {
    let mut settings = input::settings(document);
    if let Some(name) = source {
        settings.overrides = plan(config, name)?.overrides;
    }
    Ok(settings)
}

fn text(explanation: &Explanation) -> String {
    let mut out = String::new();
    for field in &explanation.fields {
        let _ = writeln!(out, "{:<12} {}", field.field, short(&field.value));
        let _ = writeln!(out, "{:<12}   from {}", "", field.place);
        for other in &field.beaten {
            let _ = writeln!(out, "{:<12}   over {}: {}", "", other.place, short(&other.value));
        }
    }
    for found in &explanation.body {
        let mark = if found.is_chosen { "  chosen" } else { "" };
        let (way, prose, agreement) = (found.way, found.prose, found.agreement);
        let _ =
            writeln!(out, "{:<12} {way}: prose {prose}, agreement {agreement:.2}{mark}", "body");
    }
    for part in &explanation.removed {
        let _ = writeln!(out, "{:<12} {}", "removed", short(part));
    }
    let _ = writeln!(out, "{:<12} {} items", "related", explanation.article.related.len());
    out
}

fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

#[derive(Debug, Serialize)]
struct Output<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    fields: Vec<OutputField<'a>>,
    body: Vec<OutputTrial>,
    removed: &'a [String],
}

#[derive(Debug, Serialize)]
struct OutputField<'a> {
    field: &'a str,
    value: &'a str,
    from: &'a str,
    over: Vec<OutputAlternative<'a>>,
}

#[derive(Debug, Serialize)]
struct OutputAlternative<'a> {
    from: &'a str,
    value: &'a str,
}

#[derive(Debug, Serialize)]
struct OutputTrial {
    name: &'static str,
    prose: usize,
    agreement: f64,
    chosen: bool,
}

fn json(reference: &str, explanation: &Explanation) -> String {
    let output = Output {
        reference,
        fields: explanation.fields.iter().map(field).collect(),
        body: explanation.body.iter().map(trial).collect(),
        removed: &explanation.removed,
    };
    serde_json::to_string(&output).expect("strings and numbers always have JSON")
}

fn field(field: &Explained) -> OutputField<'_> {
    let over = field
        .beaten
        .iter()
        .map(|other| OutputAlternative { from: &other.place, value: &other.value })
        .collect();
    OutputField { field: field.field, value: &field.value, from: &field.place, over }
}

fn trial(found: &Found) -> OutputTrial {
    OutputTrial {
        name: found.way,
        prose: found.prose,
        agreement: found.agreement,
        chosen: found.is_chosen,
    }
}
