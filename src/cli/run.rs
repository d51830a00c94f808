//! `pressroom run`: one full pass, with progress on a terminal and a report that people can read.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Ending, say};
use crate::app::{App, Wanted};
use crate::clock::Clock;
use crate::config::{Config, MailTransport};
use crate::domain::DeliveryState;
use crate::jobs::Report;
use crate::jobs::compose::Answers;
use crate::jobs::pass::Progress;
use crate::jobs::report::Composition;
use crate::publish::Outcome;

#[derive(Debug, Default, Args)]
pub(super) struct Options {
    /// Only these sources, feeds and digests, by name
    #[arg(long, value_name = "NAME", num_args = 1..)]
    only: Vec<String>,
    /// Compose digests that are not due
    #[arg(long)]
    force: bool,
}

pub(super) async fn run(
    config: &Config,
    clock: Clock,
    options: &Options,
    quiet: bool,
) -> anyhow::Result<Ending> {
    let app = App::open(config, clock).await?;
    let wanted = Wanted { only: options.only.clone(), force: options.force };
    let bars = Bars::default();
    let report = app.run(&wanted, &|progress| bars.show(progress)).await;
    bars.clear();
    app.close().await;
    let report = report?;
    if !quiet {
        say(&shown(config, &report))?;
    }
    let clean = report.is_clean();
    if quiet && !clean {
        eprint!("{}", failures(&report));
    }
    Ok(if clean { Ending::Done } else { Ending::SomeFailed })
}

/// Progress bars; indicatif draws them on a terminal only.
#[derive(Default)]
struct Bars {
    bar: Mutex<Option<ProgressBar>>,
}

impl Bars {
    fn show(&self, progress: Progress) {
        let mut bar = self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match progress {
            Progress::Begin(name, parts) => {
                if let Some(done) = bar.take() {
                    done.finish_and_clear();
                }
                *bar = Some(begin(name, parts));
            }
            Progress::Step => bar.iter().for_each(|bar| bar.inc(1)),
        }
    }

    fn clear(&self) {
        let bar = self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        bar.iter().for_each(ProgressBar::finish_and_clear);
    }
}

fn begin(name: &'static str, parts: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:20} {bar:40} {pos}/{len}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let parts = u64::try_from(parts).unwrap_or(u64::MAX);
    ProgressBar::new(parts).with_style(style).with_message(name)
}

fn shown(config: &Config, report: &Report) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "sources  {}: {} new, {} changed, {} unchanged",
        count(report.sources, "source"),
        count(report.new_articles, "article"),
        report.changed_articles,
        report.unchanged_documents,
    );
    for file in &report.files {
        let what = if file.outcome == Outcome::Written { "written" } else { "unchanged" };
        let _ = writeln!(
            out,
            "feed     {}  {}, {what}",
            near(&file.path),
            count(file.entries, "article")
        );
    }
    for composed in &report.composed {
        let what = match &composed.outcome {
            Composition::Edition { briefs, left_out, deliveries, answers } => {
                let mut what =
                    format!("{} to {}", count(*briefs, "article"), count(*deliveries, "address"));
                if *left_out > 0 {
                    let _ = write!(what, ", {left_out} left out");
                }
                if *answers != Answers::default() {
                    let Answers { taken, refused, failed } = answers;
                    let (refused, failed) = (refused.len(), failed.len());
                    let _ = write!(
                        what,
                        "; of the model's summaries {taken} taken, {refused} refused, {failed} failed"
                    );
                }
                what
            }
            Composition::Skipped(reason) => format!("no edition, {reason}"),
            Composition::Waiting(late) => format!("waiting for {}", late.join(", ")),
        };
        let _ = writeln!(out, "digest   {}: {what}", composed.what.trim_start_matches("digest "));
    }
    out.push_str(&mail(report));
    for noted in &report.notes {
        let _ = writeln!(out, "note     {}: {}", noted.what, noted.note);
    }
    out.push_str(&failures(report));
    out.push_str(&what_next(config, report));
    out
}

fn mail(report: &Report) -> String {
    let shown = report.delivered.shown();
    let mut out = shown.iter().fold(String::new(), |mut out, delivered| {
        let (state, response) = (delivered.state.as_str(), near(Path::new(&delivered.response)));
        let _ = writeln!(out, "mail     {}, {state}: {response}", delivered.what);
        out
    });
    let more = report.delivered.total() - shown.len();
    if more > 0 {
        let sent = report.count(DeliveryState::Sent);
        let _ = writeln!(out, "mail     and {more} more; {sent} in all were sent");
    }
    if report.returned > 0 {
        let (returned, suppressed) = (report.returned, report.suppressed);
        let _ =
            writeln!(out, "returned {returned}, {suppressed} of their addresses get no more mail");
    }
    out
}

fn failures(report: &Report) -> String {
    report.failures.iter().fold(String::new(), |mut out, failure| {
        let _ = writeln!(out, "failed   {}: {}", failure.what, failure.reason);
        out
    })
}

fn what_next(config: &Config, report: &Report) -> String {
    let mut out = String::from("\n");
    if let Some(file) = report.files.first() {
        let directory = file.path.parent().unwrap_or(Path::new("."));
        let _ = writeln!(out, "Open the files in {} with a feed reader.", near(directory));
    }
    let sent = report.delivered.shown().iter().find(|d| d.state == DeliveryState::Sent);
    if let (Some(mail), MailTransport::Directory(_)) = (sent, &config.mail.transport) {
        let _ = writeln!(out, "Open {} with a mail program.", near(Path::new(&mail.response)));
    }
    let _ = writeln!(
        out,
        "Next: `pressroom check --next 3` shows when what happens, `pressroom preview DIGEST` the next mail,\n\
         `pressroom daemon` works by schedule; {} says what it works on.",
        near(&config.file)
    );
    out
}

/// A number with its noun.
pub(super) fn count(number: usize, noun: &str) -> String {
    match (number, noun) {
        (1, _) => format!("1 {noun}"),
        (_, "address") => format!("{number} addresses"),
        _ => format!("{number} {noun}s"),
    }
}

/// A path as a person standing here would type it.
fn near(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}
