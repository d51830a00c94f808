//! `pressroom replay`: what today's rules would make of documents that are kept, field by field.

use std::fmt::Write as _;

use clap::Args;

use super::{Ending, say};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::jobs::replay::{Difference, FieldDifference};

/// Characters of a value that are shown from where it begins to differ.
const SHOWN: usize = 60;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// One source; all of them unless given
    source: Option<String>,
    /// Store what is different; ids and the time of first sight stay
    #[arg(long)]
    apply: bool,
}

pub(super) async fn run(
    config: &Config,
    clock: Clock,
    options: &Options,
) -> anyhow::Result<Ending> {
    let app = if options.apply {
        App::open(config, clock).await?
    } else {
        App::open_read_only(config, clock).await?
    };
    let replayed = app.replay(options.source.as_deref(), options.apply).await;
    app.close().await;
    let (differences, report) = replayed?;
    let mut out: String =
        differences.iter().map(|(source, list)| told(source.as_str(), list)).collect();
    let count: usize = differences.iter().map(|(_, list)| list.len()).sum();
    let done = if options.apply { "adopted" } else { "not adopted; --apply does" };
    // Writing to a String cannot fail.
    let _ = match count {
        0 => writeln!(out, "today's rules make the same of every document that is kept"),
        _ => writeln!(out, "{count} different, {done}"),
    };
    say(&out)?;
    for failure in &report.failures {
        eprintln!("{}: {}", failure.what, failure.reason);
    }
    Ok(if report.failures.is_empty() { Ending::Done } else { Ending::SomeFailed })
}

/// What is different, in lines.
pub(super) fn told(source: &str, differences: &[Difference]) -> String {
    let mut out = String::new();
    for difference in differences {
        tell(&mut out, source, difference);
    }
    out
}

fn tell(out: &mut String, source: &str, difference: &Difference) {
    let Difference { id, title, is_new, fields } = difference;
    let new = if *is_new { "  (was no article before)" } else { "" };
    let _ = writeln!(out, "{source}  {title}  {id}{new}");
    for FieldDifference { field, before, after } in fields {
        let (before, after) = (before.as_deref(), after.as_deref());
        let at = before.zip(after).map_or(0, |(before, after)| first_difference(before, after));
        let part = |value: Option<&str>| value.map_or("–".to_owned(), |value| part(value, at));
        let _ = writeln!(out, "  {field:<14} - {}", part(before));
        let _ = writeln!(out, "  {:<14} + {}", "", part(after));
    }
}

/// Where two texts begin to differ, in characters.
fn first_difference(before: &str, after: &str) -> usize {
    before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count()
}

/// The part of a value around the character `at`, on one line.
fn part(value: &str, at: usize) -> String {
    let from = at.saturating_sub(SHOWN / 4);
    let shown: String = value.chars().skip(from).take(SHOWN).collect();
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let before = if from > 0 { "…" } else { "" };
    let after = if value.chars().count() > from + SHOWN { "…" } else { "" };
    format!("{before}{shown}{after}  ({} characters)", value.chars().count())
}
