//! `pressroom preview`: a digest's mail as files to look at, of any day and for any reader; sends and records nothing.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use clap::Args;

use super::{Ending, Usage, say};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{EmailAddress, READER_TOKEN};
use crate::jobs::compose::{Found, Look};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The digest's name
    digest: String,
    /// As this reader would get it: with their topics, language and zone, if they subscribe
    #[arg(long = "for", value_name = "ADDRESS")]
    address: Option<String>,
    /// As of this time (RFC 3339) or day: the edition of that day, else what would have been composed
    #[arg(long, value_name = "TIME|DAY")]
    at: Option<String>,
    /// Write .eml, .html and .txt here; without it the text is printed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Show it in a browser
    #[arg(long)]
    open: bool,
}

pub(super) async fn run(
    config: &Config,
    clock: Clock,
    options: &Options,
) -> anyhow::Result<Ending> {
    let address = options.address.as_deref().map(EmailAddress::new).transpose();
    let address = address.map_err(|error| Usage(format!("--for: {error}")))?;
    let at = options.at.as_deref().map(|text| time(config, text)).transpose()?;
    let app = App::open_read_only(config, clock).await?;
    let shown = app.preview(&options.digest, &Look { reader: address, at }).await;
    app.close().await;
    let (preview, mail) = shown?;
    match preview.found {
        Found::New => {}
        Found::StandIn => {
            eprintln!("Nothing is new since the last edition; the newest articles stand in.");
        }
        Found::Kept => eprintln!("The edition of that day, as it was composed."),
    }
    let message = &preview.message;
    // The links of the one it is addressed to stand in the mail alone.
    let [text, html] =
        [&message.text, &message.html].map(|part| part.replace(READER_TOKEN, "preview"));
    let directory = options.out.clone().or_else(|| options.open.then(std::env::temp_dir));
    let Some(directory) = directory else {
        say(&format!("Subject: {}\n\n{}", message.subject, text))?;
        return Ok(Ending::Done);
    };
    std::fs::create_dir_all(&directory)
        .with_context(|| format!("cannot make {}", directory.display()))?;
    write(&directory, &options.digest, "eml", &mail.bytes)?;
    write(&directory, &options.digest, "txt", text.as_bytes())?;
    let page = write(&directory, &options.digest, "html", html.as_bytes())?;
    if options.open {
        open(&page)?;
    }
    Ok(Ending::Done)
}

/// An instant, or the end of a day in the site's zone: all that came that day is in.
fn time(config: &Config, text: &str) -> anyhow::Result<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    let expected =
        || Usage(format!("--at {text}: expected 2026-11-23 or 2026-11-23T07:00:00+08:00"));
    let day: NaiveDate = text.parse().map_err(|_| expected())?;
    let end =
        day.and_hms_opt(23, 59, 59).and_then(|end| config.zone.from_local_datetime(&end).latest());
    Ok(end.ok_or_else(expected)?.to_utc())
}

fn write(directory: &Path, name: &str, extension: &str, bytes: &[u8]) -> anyhow::Result<PathBuf> {
    let path = directory.join(format!("{name}.{extension}"));
    std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    say(&format!("{}\n", path.display()))?;
    Ok(path)
}

/// Hands the page to whatever shows pages here.
fn open(page: &Path) -> anyhow::Result<()> {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let opened = std::process::Command::new(program).arg(page).status();
    let status = opened.with_context(|| format!("cannot run {program}; open the page yourself"))?;
    anyhow::ensure!(status.success(), "{program} could not show the page; open it yourself");
    Ok(())
}
