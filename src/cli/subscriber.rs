//! `pressroom subscriber`: who receives what, from the command line; the same jobs as the pages call.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::{Ending, say};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{Choices, DigestId, EmailAddress, Language, Locale, Subscriber};
use crate::jobs::subscribe;

/// What to do.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the subscribers of a digest, or of all
    List {
        /// A digest's name
        digest: Option<String>,
    },
    /// Ask an address by mail whether it wants a digest
    Add {
        /// The digest's name
        digest: String,
        /// The address
        address: String,
    },
    /// Take in people who confirmed elsewhere: CSV with a column `address` (or `email`), and `cadence`, `language`, `zone`,
    /// `hour`, `topics` where known
    Import {
        /// The digest's name
        digest: String,
        /// The file
        file: PathBuf,
        /// The column that holds the address, if it has another name
        #[arg(long, value_name = "COLUMN")]
        address_column: Option<String>,
    },
    /// Print the subscribers of a digest as CSV
    Export {
        /// The digest's name
        digest: String,
    },
    /// Forget an address: all that is kept of it
    Remove {
        /// The address
        address: String,
    },
}

/// Runs the command.
pub(super) async fn run(
    config: &Config,
    clock: Clock,
    options: &Options,
) -> anyhow::Result<Ending> {
    match &options.command {
        Command::List { digest } => list(config, clock, digest.as_deref()).await,
        Command::Export { digest } => export(config, clock, digest).await,
        Command::Add { digest, address } => {
            let app = App::open(config, clock).await?;
            let address = EmailAddress::new(address)?;
            let id = known(&app, digest)?;
            let locale = locale(&app, &id);
            subscribe::ask(app.context(), &id, address, Choices::default(), locale).await?;
            app.close().await;
            say(
                "a confirmation mail is in the outbox, unless the address had one today or is suppressed\n",
            )?;
            Ok(Ending::Done)
        }
        Command::Import { digest, file, address_column } => {
            let app = App::open(config, clock).await?;
            let ending = import(&app, digest, file, address_column.as_deref()).await;
            app.close().await;
            ending
        }
        Command::Remove { address } => {
            let app = App::open(config, clock).await?;
            subscribe::forget(app.context(), &EmailAddress::new(address)?).await?;
            app.close().await;
            say("forgotten\n")?;
            Ok(Ending::Done)
        }
    }
}

async fn list(config: &Config, clock: Clock, digest: Option<&str>) -> anyhow::Result<Ending> {
    use std::fmt::Write as _;
    let app = App::open_read_only(config, clock).await?;
    let mut lines = String::new();
    for id in wanted(&app, digest)? {
        for subscriber in subscribe::of_digest(app.context(), &id).await? {
            let cadence = subscriber.choices.cadence.as_deref().unwrap_or("-");
            let (state, address) = (subscriber.state.as_str(), &subscriber.address);
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "{id:<16}  {state:<13} {cadence:<10} {address}");
        }
    }
    app.close().await;
    say(if lines.is_empty() { "nobody yet\n" } else { &lines })?;
    Ok(Ending::Done)
}

async fn export(config: &Config, clock: Clock, digest: &str) -> anyhow::Result<Ending> {
    let app = App::open_read_only(config, clock).await?;
    let id = known(&app, digest)?;
    let subscribers = subscribe::of_digest(app.context(), &id).await?;
    app.close().await;
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["address", "state", "cadence", "language", "zone", "hour", "topics"])?;
    for subscriber in &subscribers {
        table.write_record(row(subscriber))?;
    }
    say(&String::from_utf8(table.into_inner()?)?)?;
    Ok(Ending::Done)
}

fn row(subscriber: &Subscriber) -> [String; 7] {
    let choices = &subscriber.choices;
    [
        subscriber.address.to_string(),
        subscriber.state.as_str().to_owned(),
        choices.cadence.clone().unwrap_or_default(),
        choices.language.as_ref().map(ToString::to_string).unwrap_or_default(),
        choices.zone.map(|zone| zone.name().to_owned()).unwrap_or_default(),
        choices.hour.map(|hour| hour.to_string()).unwrap_or_default(),
        choices.topics.join(";"),
    ]
}

/// Takes in every row that can be; names each that cannot, with its line.
async fn import(
    app: &App,
    digest: &str,
    file: &PathBuf,
    column: Option<&str>,
) -> anyhow::Result<Ending> {
    let id = known(app, digest)?;
    let reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_path(file);
    let mut table = reader.with_context(|| file.display().to_string())?;
    let columns = Columns::of(table.headers()?, column).with_context(|| {
        format!("{}: there is no column {:?}", file.display(), column.unwrap_or("address"))
    })?;
    let (mut taken, mut refused) = (0, 0);
    for (number, record) in table.records().enumerate() {
        let line = number + 2;
        match take(app, &id, &columns, record).await {
            Ok(()) => taken += 1,
            Err(reason) => {
                refused += 1;
                eprintln!("line {line}: {reason}");
            }
        }
    }
    say(&format!("{taken} taken in, {refused} refused\n"))?;
    Ok(if refused == 0 { Ending::Done } else { Ending::SomeFailed })
}

async fn take(
    app: &App,
    digest: &DigestId,
    columns: &Columns,
    record: Result<csv::StringRecord, csv::Error>,
) -> anyhow::Result<()> {
    let record = record?;
    let address = EmailAddress::new(record.get(columns.address).unwrap_or_default())?;
    let choices = columns.choices(&record)?;
    if !subscribe::import(app.context(), digest, address, choices).await? {
        anyhow::bail!("the address is suppressed; `pressroom delivery` shows why");
    }
    Ok(())
}

/// Where the known columns stand.
struct Columns {
    address: usize,
    others: [Option<usize>; 5],
}

const OTHERS: [&str; 5] = ["cadence", "language", "zone", "hour", "topics"];

impl Columns {
    fn of(headers: &csv::StringRecord, address: Option<&str>) -> Option<Self> {
        let find = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
        let address = match address {
            Some(name) => find(name)?,
            None => find("address").or_else(|| find("email"))?,
        };
        Some(Self { address, others: OTHERS.map(find) })
    }

    fn choices(&self, record: &csv::StringRecord) -> anyhow::Result<Choices> {
        let said = |at: usize| {
            self.others[at].and_then(|column| record.get(column)).filter(|text| !text.is_empty())
        };
        let wrong = |name: &str, text: &str| anyhow::anyhow!("{name} = {text:?} is not understood");
        Ok(Choices {
            cadence: said(0).map(str::to_owned),
            language: match said(1) {
                Some(text) => Some(Language::parse(text).ok_or_else(|| wrong("language", text))?),
                None => None,
            },
            zone: said(2).map(|t| t.parse().map_err(|_| wrong("zone", t))).transpose()?,
            hour: match said(3) {
                Some(text) => {
                    let hour = text.parse().ok().filter(|hour| *hour < 24);
                    Some(hour.ok_or_else(|| wrong("hour", text))?)
                }
                None => None,
            },
            topics: said(4)
                .map(|t| t.split(';').map(|t| t.trim().to_owned()).collect())
                .unwrap_or_default(),
            ..Choices::default()
        })
    }
}

fn known(app: &App, name: &str) -> anyhow::Result<DigestId> {
    let wanted = wanted(app, Some(name))?;
    wanted.into_iter().next().context("a name that was found gives one digest")
}

fn wanted(app: &App, name: Option<&str>) -> anyhow::Result<Vec<DigestId>> {
    let ids = app.context().digests.iter().map(|zoned| zoned.digest.id.clone());
    let Some(name) = name else { return Ok(ids.collect()) };
    let ids: Vec<DigestId> = ids.collect();
    if let Some(id) = ids.iter().find(|id| id.as_str() == name) {
        return Ok(vec![id.clone()]);
    }
    let known: Vec<&str> = ids.iter().map(DigestId::as_str).collect();
    let message = format!("no digest is named {name:?}; there are: {}", known.join(", "));
    Err(super::Usage(message).into())
}

/// The language in which a digest asks.
fn locale(app: &App, id: &DigestId) -> Locale {
    let zoned = app.context().digests.iter().find(|zoned| zoned.digest.id == *id);
    zoned.map_or_else(Locale::default, |zoned| zoned.digest.locale())
}
