//! `pressroom lint`: what is wrong with a feed, and where that is written.

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{Ending, input, say};
use crate::clock::Clock;
use crate::fetch::{self, FetchError, Fetcher};
use crate::lint::{self, Finding, Settings};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Feeds: files or web addresses
    #[arg(value_name = "FILE|URL", required = true)]
    inputs: Vec<String>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// One line of JSON output.
#[derive(Debug, Serialize)]
struct Judged<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    valid: bool,
    findings: &'a [Finding],
}

pub(super) async fn run(clock: &Clock, options: &Options) -> anyhow::Result<Ending> {
    let fetcher = Fetcher::new(fetch::Settings::default());
    let mut ending = Ending::Done;
    for argument in &options.inputs {
        match judge(clock, &fetcher, argument).await {
            Ok(findings) => {
                print(argument, &findings, options.format)?;
                if lint::has_error(&findings) {
                    ending = Ending::SomeFailed;
                }
            }
            Err(error) => {
                eprintln!("{argument}: {error}");
                ending = Ending::SomeFailed;
            }
        }
    }
    Ok(ending)
}

async fn judge(
    clock: &Clock,
    fetcher: &Fetcher,
    argument: &str,
) -> Result<Vec<Finding>, FetchError> {
    let mut findings = Vec::new();
    let found = input::places(argument, fetcher);
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure);
    }
    for place in found.places {
        let is_web = argument.starts_with("http://") || argument.starts_with("https://");
        let url = is_web.then(|| place.reference().to_owned());
        let settings = Settings { now: Some(clock.now()), url };
        findings.extend(lint::lint(&fetcher.bytes(&place, &input::access()).await?, &settings));
    }
    Ok(findings)
}

fn print(reference: &str, findings: &[Finding], format: Format) -> anyhow::Result<()> {
    let valid = !lint::has_error(findings);
    let said = match format {
        Format::Json => serde_json::to_string(&Judged { reference, valid, findings })?,
        Format::Text => {
            let verdict = match (valid, findings.is_empty()) {
                (true, true) => "valid",
                (true, false) => "valid, with warnings",
                (false, _) => "not valid",
            };
            let lines = findings.iter().map(|finding| format!("{reference}: {finding}\n"));
            format!("{}{reference}: {verdict}", lines.collect::<String>())
        }
    };
    Ok(say(&(said + "\n"))?)
}
