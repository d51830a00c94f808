//! `pressroom digest`: what became of a digest's slots, why each article is in an edition or not, and a mail to try.

use std::fmt::Write as _;

use clap::{Args, Subcommand};

use super::{Ending, say};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{Brief, Decision, Edition, LeftOut, Reason, Why};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What became of the last slots: composed, or skipped and why
    List {
        /// The digest's name
        digest: String,
        /// So many slots of each cadence
        #[arg(long, value_name = "N", default_value_t = 10)]
        last: u32,
    },
    /// What an edition holds, what it does not, and why
    Show {
        /// The digest's name
        digest: String,
        /// The edition's name, as `list` shows it
        edition: String,
    },
    /// Send the next mail to the operator's address
    SendTest {
        /// The digest's name
        digest: String,
    },
}

pub(super) async fn run(
    config: &Config,
    clock: Clock,
    options: &Options,
) -> anyhow::Result<Ending> {
    match &options.command {
        Command::List { digest, last } => {
            let app = App::open_read_only(config, clock).await?;
            let listed = app.slots(digest, *last).await;
            app.close().await;
            let listed = listed?;
            say(&listed.iter().map(|(slot, decision)| line(slot, decision)).collect::<String>())?;
        }
        Command::Show { digest, edition } => {
            let app = App::open_read_only(config, clock).await?;
            let found = app.edition(digest, edition).await;
            app.close().await;
            say(&shown(&found?))?;
        }
        Command::SendTest { digest } => {
            let app = App::open(config, clock).await?;
            let report = app.send_test(digest).await;
            app.close().await;
            let report = report?;
            for mail in report.delivered.shown() {
                say(&format!("{}, {}: {}\n", mail.what, mail.state.as_str(), mail.response))?;
            }
            for failure in &report.failures {
                eprintln!("failed   {}: {}", failure.what, failure.reason);
            }
            return Ok(if report.is_clean() { Ending::Done } else { Ending::SomeFailed });
        }
    }
    Ok(Ending::Done)
}

fn line(name: &str, decision: &Decision) -> String {
    match decision {
        Decision::Begun => format!("{name}  not over\n"),
        Decision::Run => format!("{name}  composed\n"),
        Decision::Skipped(reason) => format!("{name}  skipped: {reason}\n"),
    }
}

fn shown(edition: &Edition) -> String {
    let mut out = String::new();
    if let Some(window) = edition.window {
        let since = window.since.map_or_else(|| "the beginning".into(), |at| at.to_rfc3339());
        // Writing to a String cannot fail.
        let _ = writeln!(out, "window   after {since} until {}", window.until.to_rfc3339());
    }
    for brief in edition.briefs() {
        let _ = writeln!(out, "chosen   {}: {}", brief.headline, why(brief));
    }
    for left in &edition.left_out {
        let _ = writeln!(out, "left out {}: {}", left.headline, reason(left, edition));
    }
    out
}

fn why(brief: &Brief) -> String {
    let why = match brief.why {
        Why::New => "new",
        Why::Updated => "updated",
    };
    let source = brief.source.as_ref().map(|source| format!(", from {source}"));
    format!("{why}, weight {}{}", brief.weight, source.unwrap_or_default())
}

fn reason(left: &LeftOut, edition: &Edition) -> String {
    match &left.reason {
        Reason::OverLimit => "over the limit".into(),
        Reason::StoryHad => "an earlier edition had it from another source".into(),
        Reason::SameStory(article) => {
            let told = edition.briefs().find(|brief| brief.article == *article);
            let told = told.map_or("an article that is not here", |brief| &brief.headline);
            format!("the same story as {told}")
        }
    }
}
