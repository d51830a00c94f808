//! `pressroom check`: the configuration is right, and this is when what happens.

use clap::Args;

use super::Ending;
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

#[expect(clippy::unnecessary_wraps, reason = "all commands end alike")]
pub(super) fn run(config: &Config, clock: &Clock, options: &Options) -> anyhow::Result<Ending> {
    println!(
        "{} is right: {} sources, {} feeds, {} digests.",
        config.file.display(),
        config.sources.len(),
        config.feeds.len(),
        config.digests.len()
    );
    for planned in app::plans(config) {
        show(&planned, clock, options.next);
    }
    Ok(Ending::Done)
}

fn show(planned: &Planned, clock: &Clock, count: usize) {
    let Planned { name, timetable, .. } = planned;
    println!("\n{name}  {}  {}", timetable.expression(), timetable.zone());
    let slots = std::iter::successors(timetable.next_after(clock.now()), |slot| {
        timetable.next_after(*slot)
    });
    for slot in slots.take(count) {
        let local = slot.with_timezone(&timetable.zone());
        let mark =
            if timetable.is_touched_by_clock_change(slot) { "  (clocks change)" } else { "" };
        println!("  {}{mark}", local.format("%a %Y-%m-%d %H:%M:%S %:z"));
    }
}
