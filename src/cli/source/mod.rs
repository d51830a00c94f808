//! `pressroom source`: how sources are doing, and what an operator may do about it.

mod list;
mod switch;

use clap::Subcommand;

use super::Ending;
use crate::clock::Clock;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show how every source is doing, the worst first
    List(list::Options),
    /// Stop reading a source; its feeds keep what they have
    Pause(switch::Options),
    /// Read a source again, also one that is broken or gone: what it brings now is what is usual
    Resume(switch::Options),
}

pub(super) async fn run(
    config: &Config,
    clock: Clock,
    command: &Command,
) -> anyhow::Result<Ending> {
    match command {
        Command::List(options) => list::run(config, clock, options).await,
        Command::Pause(options) => switch::pause(config, &clock, options).await,
        Command::Resume(options) => switch::resume(config, options).await,
    }
}
