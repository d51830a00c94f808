//! `pressroom delivery`: what is in doubt, what failed, who gets no more mail, and what to do with it.

use std::fmt::Write as _;

use clap::{Args, Subcommand, ValueEnum};

use super::{Ending, Usage, say};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{Delivery, DeliveryState, EmailAddress, Suppression};
use crate::jobs::settle::{self, Finding};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Deliveries that are in doubt, put off, or failed
    List {
        /// Only these
        #[arg(long, value_enum)]
        state: Vec<State>,
    },
    /// Send again, under the same Message-ID, what is in doubt, put off, or failed
    Retry(Chosen),
    /// Say what became of deliveries that are in doubt
    Settle {
        #[command(flatten)]
        chosen: Chosen,
        /// What became of them
        #[arg(long = "as", value_enum)]
        finding: Found,
    },
    /// Addresses that get no mail, and why
    Suppressed,
    /// Send nothing more to an address
    Suppress {
        /// The address
        address: String,
    },
    /// Let an address subscribe again
    Clear {
        /// The address
        address: String,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Chosen {
    /// Ids as `list` shows them
    ids: Vec<String>,
    /// All that are in doubt
    #[arg(long)]
    unknown: bool,
    /// All that failed
    #[arg(long)]
    failed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    Unknown,
    Deferred,
    Failed,
    New,
    Sent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Found {
    Sent,
    Failed,
}

/// What a person may have to do something about.
const TROUBLED: [DeliveryState; 3] =
    [DeliveryState::Unknown, DeliveryState::Deferred, DeliveryState::Failed];

pub(super) async fn run(
    config: &Config,
    clock: Clock,
    options: &Options,
) -> anyhow::Result<Ending> {
    let app = match options.command {
        Command::List { .. } | Command::Suppressed => App::open_read_only(config, clock).await?,
        _ => App::open(config, clock).await?,
    };
    let done = carry_out(&app, &options.command).await;
    app.close().await;
    say(&done?)?;
    Ok(Ending::Done)
}

async fn carry_out(app: &App, command: &Command) -> anyhow::Result<String> {
    let context = app.context();
    Ok(match command {
        Command::List { state } => {
            let states: Vec<DeliveryState> = state.iter().map(|state| state.of()).collect();
            let states = if states.is_empty() { TROUBLED.to_vec() } else { states };
            list(&settle::deliveries(context, &states).await?)
        }
        Command::Retry(chosen) => {
            let chosen = chosen.find(app, &TROUBLED).await?;
            let count = settle::retry(context, &chosen).await?;
            let all = chosen.len();
            let rest =
                if count < all { "; the others get no more mail, or are in hand" } else { "" };
            format!("{count} of {all} will be sent by the next run{rest}\n")
        }
        Command::Settle { chosen, finding } => {
            let chosen = chosen.find(app, &[DeliveryState::Unknown]).await?;
            let finding = match finding {
                Found::Sent => Finding::Sent,
                Found::Failed => Finding::Failed,
            };
            let count = settle::settle(context, &chosen, finding).await?;
            format!("{count} of {} are settled\n", chosen.len())
        }
        Command::Suppressed => suppressed(&settle::suppressed(context).await?),
        Command::Suppress { address } => {
            let address = parsed(address)?;
            let added = settle::suppress(context, &address).await?;
            let so_far = if added { "" } else { ", as before" };
            format!("{address} gets no more mail{so_far}\n")
        }
        Command::Clear { address } => {
            let address = parsed(address)?;
            if settle::clear(context, &address).await? {
                format!("{address} may subscribe again\n")
            } else {
                format!("nothing stood against {address}\n")
            }
        }
    })
}

fn parsed(address: &str) -> Result<EmailAddress, Usage> {
    EmailAddress::new(address).map_err(|error| Usage(error.to_string()))
}

impl State {
    fn of(self) -> DeliveryState {
        match self {
            Self::Unknown => DeliveryState::Unknown,
            Self::Deferred => DeliveryState::Deferred,
            Self::Failed => DeliveryState::Failed,
            Self::New => DeliveryState::New,
            Self::Sent => DeliveryState::Sent,
        }
    }
}

impl Chosen {
    async fn find(&self, app: &App, states: &[DeliveryState]) -> anyhow::Result<Vec<Delivery>> {
        let all = settle::deliveries(app.context(), states).await?;
        let unheard = self.ids.iter().find(|id| !all.iter().any(|one| one.short_id() == *id));
        if let Some(id) = unheard {
            let states: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
            let message = format!("no delivery that is {} has the id {id}", states.join(" or "));
            return Err(Usage(message).into());
        }
        let wanted = |one: &Delivery| {
            self.ids.iter().any(|id| one.short_id() == id)
                || (self.unknown && one.state == DeliveryState::Unknown)
                || (self.failed && one.state == DeliveryState::Failed)
        };
        Ok(all.into_iter().filter(wanted).collect())
    }
}

fn list(deliveries: &[Delivery]) -> String {
    let mut out = String::new();
    for one in deliveries {
        let (id, state, response) =
            (one.short_id(), one.state.as_str(), one.response.as_deref().unwrap_or("-"));
        // Writing to a String cannot fail.
        let _ =
            writeln!(out, "{id}  {state:8}  {} tries  {}  {response}", one.attempts, one.address);
    }
    if out.is_empty() { "nothing\n".into() } else { out }
}

fn suppressed(all: &[Suppression]) -> String {
    let mut out = String::new();
    for one in all {
        let (since, reason) = (one.since.format("%Y-%m-%d"), one.reason.as_str());
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}  since {since}, {reason}: {}", one.address, one.detail);
    }
    if out.is_empty() { "nobody\n".into() } else { out }
}
