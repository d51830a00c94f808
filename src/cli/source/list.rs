//! `pressroom source list`: a table, the worst first.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::{Args, ValueEnum};
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::super::{Ending, say};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{Health, Source, SourceKind, Standing};
use crate::jobs::health;

#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// A table, or one JSON object a line
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(super) async fn run(
    config: &Config,
    clock: Clock,
    options: &Options,
) -> anyhow::Result<Ending> {
    let app = App::open_read_only(config, clock).await?;
    let all = health::list(app.context()).await?;
    app.close().await;
    let lines = match options.format {
        Format::Table => table(&all, config.zone),
        Format::Json => json(&all)?,
    };
    say(&lines)?;
    let is_well = |(_, standing): &(Source, Standing)| standing.health == Health::Fine;
    Ok(if all.iter().all(is_well) { Ending::Done } else { Ending::SomeFailed })
}

fn table(all: &[(Source, Standing)], zone: Tz) -> String {
    let head = ["SOURCE", "KIND", "HEALTH", "SINCE", "LAST VISIT", "LAST NEWS", "NEXT", "REASON"];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(all.iter().map(|(source, standing)| row(source, standing, zone)));
    let widths: Vec<usize> = (0..head.len())
        .map(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or(0))
        .collect();
    let line = |row: &[String; 8]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            format!("{cell}{padding}")
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

fn row(source: &Source, standing: &Standing, zone: Tz) -> [String; 8] {
    let at = |instant: Option<DateTime<Utc>>| {
        instant.map_or_else(
            || "never".to_owned(),
            |instant| instant.with_timezone(&zone).format("%m-%d %H:%M").to_string(),
        )
    };
    [
        source.id.to_string(),
        kind(source).to_owned(),
        state(standing).to_owned(),
        at(Some(standing.since)),
        at(standing.visited_at),
        at(standing.fresh_at),
        next(source, standing).map_or_else(|| "–".to_owned(), |next| at(Some(next))),
        standing.reason.clone().unwrap_or_default(),
    ]
}

fn kind(source: &Source) -> &'static str {
    match source.kind {
        SourceKind::Page { .. } => "page",
        SourceKind::Feed { .. } => "feed",
        SourceKind::Listing { .. } => "listing",
        SourceKind::Sitemap { .. } => "sitemap",
        SourceKind::Files { .. } => "files",
    }
}

fn state(standing: &Standing) -> &'static str {
    if standing.paused { "paused" } else { standing.health.as_str() }
}

/// Not earlier; where a schedule decides, nothing is said.
fn next(source: &Source, standing: &Standing) -> Option<DateTime<Utc>> {
    let stopped = standing.paused || standing.health == Health::Gone;
    (source.is_paced && !stopped).then(|| standing.next_at.max(standing.not_before))
}

#[derive(Serialize)]
struct Line<'a> {
    source: &'a str,
    kind: &'static str,
    health: &'static str,
    since: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_visit: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_news: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<DateTime<Utc>>,
    failures: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

fn json(all: &[(Source, Standing)]) -> serde_json::Result<String> {
    let line = |(source, standing): &(Source, Standing)| {
        serde_json::to_string(&Line {
            source: source.id.as_str(),
            kind: kind(source),
            health: state(standing),
            since: standing.since,
            last_visit: standing.visited_at,
            last_news: standing.fresh_at,
            next: next(source, standing),
            failures: standing.strikes,
            reason: standing.reason.as_deref(),
        })
        .map(|line| line + "\n")
    };
    all.iter().map(line).collect()
}
