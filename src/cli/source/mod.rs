//! `pressroom source`: how sources are doing, and what an operator may do about it.

mod add;
mod list;
mod look;
mod place;
mod show;
mod switch;
mod test;

use std::path::Path;

use clap::Subcommand;

use super::Ending;
use crate::clock::Clock;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Look at an address, say how it is best read, and add it to the configuration
    Add(add::Options),
    /// Show every step for one source or address; nothing is stored
    Test(test::Options),
    /// Say where a field of its pages stands, and see what is different then
    Place(place::Options),
    /// Show how every source is doing, the worst first
    List(list::Options),
    /// Stop reading a source; its feeds keep what they have
    Pause(switch::Options),
    /// Read a source again, also one that is broken or gone: what it brings now is what is usual
    Resume(switch::Options),
}

pub(super) async fn run(file: &Path, clock: Clock, command: &Command) -> anyhow::Result<Ending> {
    match command {
        Command::Add(options) => add::run(file, &clock, options).await,
        Command::Test(options) => test::run(file, &clock, options).await,
        Command::Place(options) => place::run(file, clock, options).await,
        Command::List(options) => list::run(&Config::load(file)?, clock, options).await,
        Command::Pause(options) => switch::pause(&Config::load(file)?, &clock, options).await,
        Command::Resume(options) => switch::resume(&Config::load(file)?, options).await,
    }
}
