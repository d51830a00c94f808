//! `pressroom check`: the configuration is right, and this is when what happens.

use std::fmt::Write as _;

use clap::Args;

use super::run::count;
use super::{Ending, say};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::schedule::Planned;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Show so many slots of each schedule
    #[arg(long, value_name = "N", default_value_t = 1)]
    next: usize,
}

pub(super) fn run(config: &Config, clock: &Clock, options: &Options) -> anyhow::Result<Ending> {
    let mut out = format!(
        "{} is right: {}, {}, {}.\n",
        config.file.display(),
        count(config.sources.len(), "source"),
        count(config.feeds.len(), "feed"),
        count(config.digests.len(), "digest")
    );
    for planned in app::plans(config) {
        out.push_str(&shown(&planned, clock, options.next));
    }
    say(&out)?;
    Ok(Ending::Done)
}

fn shown(planned: &Planned, clock: &Clock, count: usize) -> String {
    let Planned { name, timetable, .. } = planned;
    let mut out = format!("\n{name}  {}  {}\n", timetable.expression(), timetable.zone());
    let slots = std::iter::successors(timetable.next_after(clock.now()), |slot| {
        timetable.next_after(*slot)
    });
    for slot in slots.take(count) {
        let local = slot.with_timezone(&timetable.zone());
        let mark =
            if timetable.is_touched_by_clock_change(slot) { "  (clocks change)" } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {}{mark}", local.format("%a %Y-%m-%d %H:%M:%S %:z"));
    }
    out
}
