//! What becomes of slots that came while nothing ran, or while their schedule's work was under way.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use crate::domain::Decision;

/// A slot found later than this was missed; less is the loop's own waiting and a store that was busy.
const ON_TIME: TimeDelta = TimeDelta::minutes(1);

/// Which of the missed slots are run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Missed {
    /// None.
    Skip,
    /// The last.
    #[default]
    Last,
    /// Each, one after the other.
    All,
}

/// What becomes of a slot while the work of the one before it goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Overlap {
    /// It is skipped.
    #[default]
    Forbid,
    /// It waits for its turn.
    Queue,
}

/// How a schedule's slots are decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// Which of the missed slots are run.
    pub missed: Missed,
    /// A missed slot older than this is not run, if there is a limit.
    pub deadline: Option<TimeDelta>,
    /// What becomes of a slot while the work of the one before it goes on.
    pub overlap: Overlap,
    /// Schedules are spread over so long, each by its name.
    pub jitter: TimeDelta,
}

impl Policy {
    /// Decides about `instants`: slots of one schedule that have come by `now`, in order; `busy` says that its work is under way.
    pub(super) fn decide(
        &self,
        instants: &[DateTime<Utc>],
        now: DateTime<Utc>,
        busy: bool,
    ) -> Vec<Decision> {
        let last = instants.len().saturating_sub(1);
        let decision = |(index, at): (usize, &DateTime<Utc>)| match self.objection(
            now - *at,
            index == last,
            busy,
        ) {
            Some(reason) => Decision::Skipped(reason),
            None => Decision::Begun,
        };
        instants.iter().enumerate().map(decision).collect()
    }

    /// Why a slot that comes `late` is not run.
    fn objection(&self, late: TimeDelta, is_last: bool, busy: bool) -> Option<String> {
        let was_missed = late > ON_TIME;
        if was_missed && self.missed == Missed::Skip {
            return Some("missed: nothing ran when it came".into());
        }
        if !is_last && self.missed != Missed::All {
            return Some("missed: a later slot of the same schedule has come too".into());
        }
        if let Some(deadline) = self.deadline
            && was_missed
            && late > deadline
        {
            let (late, deadline) = (late.num_minutes(), deadline.num_minutes());
            return Some(format!("missed: {late} minutes late, and the deadline is {deadline}"));
        }
        let waits_for_nobody = busy && self.overlap == Overlap::Forbid;
        waits_for_nobody.then(|| "the run before it is not over".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is decided about slots that come so many minutes late, as letters: r for run, s for skipped.
    fn decided(policy: Policy, minutes_late: &[i64], busy: bool) -> String {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        let instants: Vec<_> =
            minutes_late.iter().map(|late| now - TimeDelta::minutes(*late)).collect();
        let letter = |decision: &Decision| if *decision == Decision::Begun { 'r' } else { 's' };
        policy.decide(&instants, now, busy).iter().map(letter).collect()
    }

    #[test]
    fn each_policy_runs_what_it_says() {
        let of = |missed| Policy { missed, ..Policy::default() };
        for (missed, long_absence, and_one_on_time) in [
            (Missed::Skip, "ssss", "sssr"),
            (Missed::Last, "sssr", "sssr"),
            (Missed::All, "rrrr", "rrrr"),
        ] {
            assert_eq!(decided(of(missed), &[240, 180, 120, 60], false), long_absence);
            assert_eq!(decided(of(missed), &[180, 120, 60, 0], false), and_one_on_time);
        }
    }

    #[test]
    fn what_is_beyond_the_deadline_is_not_run() {
        let deadline = Some(TimeDelta::minutes(90));
        let all = Policy { missed: Missed::All, deadline, ..Policy::default() };
        assert_eq!(decided(all, &[120, 91, 90, 0], false), "ssrr");
        let last = Policy { deadline, ..Policy::default() };
        assert_eq!(decided(last, &[180, 120], false), "ss");
        assert_eq!(decided(last, &[0], false), "r");
        let short = Policy { deadline: Some(TimeDelta::zero()), ..Policy::default() };
        assert_eq!(
            decided(short, &[1], false),
            "r",
            "no deadline is shorter than the loop's own wait"
        );
    }

    #[test]
    fn work_under_way_forbids_or_queues() {
        assert_eq!(decided(Policy::default(), &[0], true), "s");
        let queue = Policy { overlap: Overlap::Queue, ..Policy::default() };
        assert_eq!(decided(queue, &[0], true), "r");
    }
}
