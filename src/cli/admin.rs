//! `pressroom admin`: the password of the desk, who sits at it, and what was done there.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use clap::Subcommand;

use super::{Ending, Usage, say};
use crate::app::{self, App};
use crate::clock::Clock;
use crate::config::Config;
use crate::jobs::desk::{audit, sessions};

/// Letters that a password must have: fewer are tried out in days, whatever the hash.
const SHORTEST: usize = 8;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make of a password (asked for, or one line on standard input) what `admin.password_hash` wants
    Hash,
    /// Show what was done at the desk, the newest first
    Audit {
        /// At most so many acts
        #[arg(long, default_value_t = 50)]
        last: i64,
    },
    /// End all sessions at the desk
    Logout,
}

pub(super) async fn run(file: &Path, clock: Clock, command: &Command) -> anyhow::Result<Ending> {
    match command {
        Command::Hash => hash()?,
        Command::Audit { last } => list(&Config::load(file)?, clock, *last).await?,
        Command::Logout => log_out(&Config::load(file)?).await?,
    }
    Ok(Ending::Done)
}

fn hash() -> anyhow::Result<()> {
    let password = if std::io::stdin().is_terminal() { asked()? } else { piped()? };
    if password.chars().count() < SHORTEST {
        return Err(Usage(format!("a password has {SHORTEST} letters or more")).into());
    }
    let hash = sessions::hash(&password).map_err(|error| anyhow!(error))?;
    Ok(say(&format!("{}\n", hash.as_str()))?)
}

fn asked() -> anyhow::Result<String> {
    let terminal = console::Term::stderr();
    let ask = |words: &str| {
        terminal.write_str(words)?;
        terminal.read_secure_line()
    };
    let password = ask("Password: ")?;
    if ask("Once more: ")? != password {
        return Err(Usage("these are two passwords".to_owned()).into());
    }
    Ok(password)
}

fn piped() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn list(config: &Config, clock: Clock, last: i64) -> anyhow::Result<()> {
    let now = clock.now();
    let app = App::open_read_only(config, clock).await?;
    let acts = audit::list(app.context(), now, last).await;
    app.close().await;
    let mut out = String::new();
    for act in acts? {
        let at = act.at.with_timezone(&config.zone).format("%Y-%m-%d %H:%M:%S");
        let outcome = act.outcome.as_deref().unwrap_or("not known how it ended");
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "{at}  {} from {}  {} {}: {outcome}",
            act.who, act.from, act.what, act.subject
        );
    }
    Ok(say(if out.is_empty() { "nothing was done at the desk\n" } else { &out })?)
}

async fn log_out(config: &Config) -> anyhow::Result<()> {
    let store = app::open_store_beside(config).await?;
    let closed = sessions::close_all(&store).await;
    store.close().await;
    Ok(say(&format!("{} sessions ended\n", closed?))?)
}
