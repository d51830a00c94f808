//! What a person types and sees: one file a subcommand.

mod admin;
mod article_json;
mod backup;
mod check;
mod daemon;
mod delivery;
mod digest;
mod explain;
mod explain_feed;
mod input;
mod lint;
mod r#move;
mod normalize;
mod opml;
mod parallel;
mod preview;
mod replay;
mod restore;
mod run;
mod source;
mod subscriber;
mod summarize;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::app::UnknownName;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::jobs::stages;

/// How a command ended; design: 0 done, 1 something failed and is named, 2 configuration or command line wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Done,
    SomeFailed,
}

#[derive(Debug, Parser)]
#[command(
    name = "pressroom",
    version,
    about = "Turns web pages without a good feed into RSS, Atom and JSON feeds and mailed digests.",
    after_help = "Without a command, pressroom does one full pass (`pressroom run`)."
)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
struct Common {
    /// Configuration file
    #[arg(long, global = true, value_name = "FILE", default_value = "config/pressroom.toml")]
    config: PathBuf,
    /// How log lines are written
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
    /// Say less: errors only
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say more; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// One full pass: ingest, publish, compose what is due, deliver
    Run(run::Options),
    /// Work by schedule until SIGTERM
    Daemon(daemon::Options),
    /// Validate the configuration and show when each schedule comes next
    Check(check::Options),
    /// Turn documents into articles: one JSON object a line
    Normalize(normalize::Options),
    /// How sources are doing, and what to do about it
    #[command(subcommand)]
    Source(source::Command),
    /// Take subscriptions over from another reader
    #[command(subcommand)]
    Import(opml::Import),
    /// Hand subscriptions to another reader
    #[command(subcommand)]
    Export(opml::Export),
    /// Run today's rules over documents that were kept, and show what is different
    Replay(replay::Options),
    /// Judge feeds: what is wrong with them, and where that is written
    Lint(lint::Options),
    /// Show which rule found each field of a document, and what it beat
    Explain(explain::Options),
    /// Summarize a document, or normalized articles in bulk
    Summarize(summarize::Options),
    /// Write a digest's next mail to look at; sends and records nothing
    Preview(preview::Options),
    /// See what became of a digest's slots and editions, or send a mail to try
    Digest(digest::Options),
    /// See what mail is in doubt, failed or suppressed, and say what is to become of it
    Delivery(delivery::Options),
    /// See, ask, take in and forget who receives what
    Subscriber(subscriber::Options),
    /// The operator's desk: its password, its sessions, and what was done there
    #[command(subcommand)]
    Admin(admin::Command),
    /// Write the whole store into one file; the daemon may be at work
    Backup(backup::Options),
    /// Make a backup the store; what was there is set aside
    Restore(restore::Options),
    /// Carry the SQLite store over into a PostgreSQL database
    Move(r#move::Options),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    logging(&cli.common);
    let mut builder = match &cli.command {
        // One pass waits for servers and for the store; what takes the processor has threads of its own.
        None | Some(Command::Run(_)) => {
            stages::start();
            tokio::runtime::Builder::new_current_thread()
        }
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = match builder.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.into()),
    };
    let ended = runtime.block_on(dispatch(cli));
    // Work that cannot be interrupted, such as normalizing a page, is not waited for.
    runtime.shutdown_background();
    match ended {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::SomeFailed) => ExitCode::from(1),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => complain(&error),
    }
}

/// Whoever reads us had enough: `pressroom check | head`.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    kind == Some(std::io::ErrorKind::BrokenPipe)
}

/// Prints to standard output.
fn say(text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

async fn dispatch(cli: Cli) -> anyhow::Result<Ending> {
    let clock = Clock::System;
    let Common { config, quiet, .. } = cli.common;
    match cli.command {
        None => run::run(&Config::load(&config)?, clock, &run::Options::default(), quiet).await,
        Some(Command::Run(options)) => {
            run::run(&Config::load(&config)?, clock, &options, quiet).await
        }
        Some(Command::Daemon(options)) => Box::pin(daemon::run(&config, options, clock)).await,
        Some(Command::Check(options)) => check::run(&Config::load(&config)?, &clock, &options),
        Some(Command::Normalize(options)) => normalize::run(&clock, &options).await,
        Some(Command::Lint(options)) => lint::run(&clock, &options).await,
        Some(Command::Explain(options)) => explain::run(&config, &clock, &options).await,
        Some(Command::Summarize(options)) => summarize::run(&clock, &options).await,
        Some(Command::Source(command)) => source::run(&config, clock, &command).await,
        Some(Command::Import(what)) => opml::import(&config, &what),
        Some(Command::Export(what)) => opml::export(&Config::load(&config)?, &what),
        Some(Command::Replay(options)) => {
            replay::run(&Config::load(&config)?, clock, &options).await
        }
        Some(Command::Preview(options)) => {
            preview::run(&Config::load(&config)?, clock, &options).await
        }
        Some(Command::Delivery(options)) => {
            delivery::run(&Config::load(&config)?, clock, &options).await
        }
        Some(Command::Digest(options)) => {
            digest::run(&Config::load(&config)?, clock, &options).await
        }
        Some(Command::Subscriber(options)) => {
            subscriber::run(&Config::load(&config)?, clock, &options).await
        }
        Some(Command::Admin(command)) => admin::run(&config, clock, &command).await,
        Some(Command::Backup(options)) => backup::run(&Config::load(&config)?, &options).await,
        Some(Command::Restore(options)) => restore::run(&Config::load(&config)?, &options).await,
        Some(Command::Move(options)) => r#move::run(&Config::load(&config)?, &options).await,
    }
}

fn complain(error: &anyhow::Error) -> ExitCode {
    // Many errors quote their cause; only causes that say something new are added.
    let said = error.chain().map(ToString::to_string).reduce(|said, cause| {
        if said.contains(&cause) { said } else { format!("{said}: {cause}") }
    });
    eprintln!("error: {}", said.unwrap_or_default());
    let wrong_input = error.is::<ConfigError>() || error.is::<Usage>() || error.is::<UnknownName>();
    ExitCode::from(if wrong_input { 2 } else { 1 })
}

/// A command line that cannot be carried out.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

fn logging(common: &Common) {
    let level = match (common.quiet, common.verbose) {
        (true, _) => "error",
        (_, 0) => "pressroom=info,warn",
        (_, 1) => "pressroom=debug,info",
        (_, _) => "trace",
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(level))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match common.log_format {
        LogFormat::Text => builder.with_target(false).init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
}
