//! `pressroom check`: the configuration is right, and this is when what happens.

use std::fmt::Write as _;

use clap::Args;

use super::run::count;
use super::{Ending, say};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::schedule::{ClockChange, Planned};

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
    for remark in &config.remarks {
        // Writing to a String cannot fail.
        let _ = write!(out, "\nIs this meant? {remark}\n");
    }
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
        let local = slot.with_timezone(&timetable.zone()).format("%a %Y-%m-%d %H:%M:%S %:z");
        let mark = timetable.clock_change(slot).map(mark).unwrap_or_default();
        let _ = writeln!(out, "  {local}{mark}");
    }
    out
}

fn mark(change: ClockChange) -> &'static str {
    match change {
        ClockChange::Moved => "  (clocks go ahead: its own time does not exist on this day)",
        ClockChange::AfterSkipped => "  (clocks go ahead: slots in the missing hour do not exist)",
        ClockChange::First => "  (clocks go back: the first of two such times)",
        ClockChange::Second => "  (clocks go back: the second of two such times)",
    }
}
