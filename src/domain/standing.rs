//! How a Source is doing: what a visit says of its health, and when the next one may be.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Health, Outcome, Quiet, SourceId};

/// What the operator is told of a Source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Which.
    pub source: SourceId,
    /// How it is doing.
    pub health: Health,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What is wrong, if anything.
    pub reason: Option<String>,
}

/// Bounds of how often a Source without a schedule of its own is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The shortest time between two visits.
    pub min: TimeDelta,
    /// The longest.
    pub max: TimeDelta,
}

impl Default for Pace {
    fn default() -> Self {
        Self { min: TimeDelta::hours(1), max: TimeDelta::hours(24) }
    }
}

/// How a Source is doing, over all visits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// How it is doing.
    pub health: Health,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What the operator knows of.
    pub told: Health,
    /// Whether the operator has stopped it.
    pub paused: bool,
    /// Bad visits in a row.
    pub strikes: u32,
    /// Articles it usually has; 0 while unknown.
    pub found: u32,
    /// Filled fields in a thousand that its articles usually have; 0 while unknown.
    pub filled: u32,
    /// The last visit.
    pub visited_at: Option<DateTime<Utc>>,
    /// The last visit that brought something new.
    pub fresh_at: Option<DateTime<Utc>>,
    /// What is wrong, if anything.
    pub reason: Option<String>,
    /// What its feed says of when to come.
    pub quiet: Quiet,
    /// Our own rhythm.
    pub pace: TimeDelta,
    /// When our rhythm brings the next visit.
    pub next_at: DateTime<Utc>,
    /// No visit earlier, since its server asked so or it is broken.
    pub not_before: DateTime<Utc>,
}

/// The longest wait that a server or a break imposes, whatever the pace.
const LONGEST: TimeDelta = TimeDelta::hours(24);
/// Fields are said to be missing when fewer than six in ten of the usual ones are filled.
const THIN_OF_TEN: u32 = 6;

impl Standing {
    /// A Source that was never visited: due at once.
    pub fn new(pace: Pace, now: DateTime<Utc>) -> Self {
        Self {
            health: Health::Fine,
            since: now,
            told: Health::Fine,
            paused: false,
            strikes: 0,
            found: 0,
            filled: 0,
            visited_at: None,
            fresh_at: None,
            reason: None,
            quiet: Quiet::default(),
            pace: pace.min,
            next_at: now,
            not_before: now,
        }
    }

    /// Whether it may be visited at `now`; by its own rhythm only where it is `paced`.
    pub fn is_due(&self, paced: bool, now: DateTime<Utc>) -> bool {
        let stopped = self.paused || self.health == Health::Gone;
        !stopped && self.not_before <= now && (!paced || self.next_at <= now)
    }

    /// Whether the operator has to be told of a break or a recovery.
    pub fn is_news(&self) -> bool {
        (self.health == Health::Fine) != (self.told == Health::Fine)
    }

    /// What `outcome` looks like, compared with what is usual here. What does not look fine is not to be remembered: it is
    /// read again, and may look better.
    pub fn looks(&self, outcome: &Outcome) -> Health {
        match outcome {
            Outcome::Gone => Health::Gone,
            Outcome::Failed { .. } => Health::Failing,
            Outcome::Read { found: 0, .. } if self.found > 0 => Health::Empty,
            Outcome::Read { filled: Some(filled), .. }
                if filled * 10 < self.filled * THIN_OF_TEN =>
            {
                Health::Thin
            }
            Outcome::Read { .. } | Outcome::Unchanged => Health::Fine,
        }
    }

    /// How it stands after a visit at `now` that ended with `outcome`, and whose server let us come again after
    /// `fresh_for`.
    #[must_use]
    pub fn after(
        &self,
        id: &SourceId,
        outcome: &Outcome,
        fresh_for: Option<TimeDelta>,
        pace: Pace,
        now: DateTime<Utc>,
    ) -> Self {
        let looks = self.looks(outcome);
        let mut next = Self { visited_at: Some(now), ..self.clone() };
        if looks == Health::Fine {
            next.learn(outcome, now);
        } else {
            next.strike(looks, outcome, now);
        }
        next.pace = self.pace_after(outcome, pace);
        let wait = match outcome {
            Outcome::Failed { retry_after, .. } => {
                Self::backoff(id, next.strikes, *retry_after, pace)
            }
            _ => {
                fresh_for.unwrap_or_default().max(self.quiet.fresh_for()).min(LONGEST.max(pace.max))
            }
        };
        next.not_before = now + wait;
        next.next_at = self.quiet.first_from(now + next.pace.max(wait));
        next
    }

    fn learn(&mut self, outcome: &Outcome, now: DateTime<Utc>) {
        if self.health != Health::Fine {
            (self.health, self.since) = (Health::Fine, now);
        }
        (self.strikes, self.reason) = (0, None);
        if let Outcome::Read { found, fresh, filled, .. } = outcome {
            self.found = usual(self.found, *found);
            self.filled = filled.map_or(self.filled, |filled| usual(self.filled, filled));
            if *fresh > 0 {
                self.fresh_at = Some(now);
            }
        }
    }

    fn strike(&mut self, looks: Health, outcome: &Outcome, now: DateTime<Utc>) {
        self.strikes = self.strikes.saturating_add(1);
        self.reason = Some(match outcome {
            Outcome::Failed { reason, .. } => reason.clone(),
            Outcome::Gone => "its server says that it is gone for good".into(),
            Outcome::Read { found: 0, .. } => {
                format!("it has no article where there used to be {}", self.found)
            }
            Outcome::Read { filled, .. } => format!(
                "{} in a hundred fields of its articles are filled, where it used to be {}: its layout has changed",
                filled.unwrap_or_default() / 10,
                self.filled / 10
            ),
            Outcome::Unchanged => return,
        });
        let is_broken = self.health != Health::Fine;
        if looks != self.health && (is_broken || self.strikes >= looks.strikes()) {
            (self.health, self.since) = (looks, now);
        }
    }

    /// Twice as often after news, half as often again without; a failure says nothing about either.
    fn pace_after(&self, outcome: &Outcome, pace: Pace) -> TimeDelta {
        let wanted = match outcome {
            Outcome::Read { fresh, changed, .. } if fresh + changed > 0 => self.pace / 2,
            Outcome::Failed { .. } | Outcome::Gone => self.pace,
            _ => self.pace + self.pace / 2,
        };
        wanted.clamp(pace.min, pace.max)
    }

    /// Doubles with each failure, as long as the server asks if that is longer. Sources that fail together do not come
    /// again together, and each comes when it would after a restart, too.
    fn backoff(
        id: &SourceId,
        strikes: u32,
        retry_after: Option<TimeDelta>,
        pace: Pace,
    ) -> TimeDelta {
        let doubled = pace.min * 2_i32.pow(strikes.saturating_sub(1).min(10));
        let wait = doubled.min(LONGEST.max(pace.max));
        let asked = retry_after.unwrap_or_default();
        let share =
            id.as_str().bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte));
        let jitter = wait / 1000 * i32::try_from(share % 100).unwrap_or(0);
        asked.max(wait) + jitter
    }
}

/// A slow average, so that one odd visit does not become the rule; the first is taken at its word.
fn usual(before: u32, now: u32) -> u32 {
    if before == 0 { now } else { (before * 3 + now).div_ceil(4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONCE: TimeDelta = TimeDelta::hours(1);

    fn id() -> SourceId {
        SourceId::new("harbour").unwrap()
    }

    fn read(found: u32, fresh: u32, filled: u32) -> Outcome {
        Outcome::Read { found, fresh, changed: 0, filled: (fresh > 0).then_some(filled) }
    }

    fn failed() -> Outcome {
        Outcome::Failed { reason: "it answered 503".into(), retry_after: None }
    }

    /// The standing after each of `outcomes`, an hour apart.
    fn course(outcomes: &[Outcome]) -> Vec<Standing> {
        let mut now = DateTime::UNIX_EPOCH;
        let mut standing = Standing::new(Pace::default(), now);
        outcomes
            .iter()
            .map(|outcome| {
                now += ONCE;
                standing = standing.after(&id(), outcome, None, Pace::default(), now);
                standing.clone()
            })
            .collect()
    }

    fn health(outcomes: &[Outcome]) -> Vec<Health> {
        course(outcomes).into_iter().map(|standing| standing.health).collect()
    }

    #[test]
    fn nothing_new_is_fine_and_nothing_at_all_is_not() {
        use Health::{Empty, Fine};
        let quiet = [read(20, 20, 900), Outcome::Unchanged, read(20, 0, 0)];
        assert_eq!(health(&quiet), [Fine, Fine, Fine]);
        let emptied = [read(20, 20, 900), read(0, 0, 0), read(0, 0, 0), read(20, 1, 900)];
        assert_eq!(health(&emptied), [Fine, Fine, Empty, Fine], "one bad answer is an accident");
        assert_eq!(health(&[read(0, 0, 0), read(0, 0, 0)]), [Fine, Fine], "it never had anything");
    }

    #[test]
    fn a_layout_that_changes_shows_in_fields_that_are_no_longer_filled() {
        use Health::{Fine, Thin};
        let course = course(&[read(5, 5, 1000), read(5, 2, 700), read(5, 1, 300), read(5, 1, 300)]);
        let health: Vec<Health> = course.iter().map(|standing| standing.health).collect();
        assert_eq!(health, [Fine, Fine, Fine, Thin]);
        assert!(course[3].reason.as_deref().unwrap().starts_with("30 in a hundred fields"));
        assert_eq!(course[3].filled, 925, "what is thin does not become the rule");
    }

    #[test]
    fn a_source_breaks_once_and_recovers_once() {
        let course = course(&[failed(), failed(), failed(), failed(), read(1, 1, 500)]);
        let news: Vec<bool> = course.iter().map(Standing::is_news).collect();
        assert_eq!(news, [false, false, true, true, false], "nobody was told yet");
        let told = Standing { told: Health::Failing, ..course[3].clone() };
        let now = DateTime::UNIX_EPOCH;
        assert!(!told.is_news());
        assert!(told.after(&id(), &Outcome::Unchanged, None, Pace::default(), now).is_news());
    }

    #[test]
    fn failures_are_left_alone_longer_each_time_and_as_long_as_they_ask() {
        let now = DateTime::UNIX_EPOCH;
        let course = course(&[failed(), failed(), failed()]);
        let waits: Vec<i64> = course
            .iter()
            .zip(1..)
            .map(|(standing, hour)| (standing.not_before - now - ONCE * hour).num_minutes())
            .collect();
        let jitter = waits[0] - 60;
        assert!((0..6).contains(&jitter), "{waits:?}");
        assert!((120..132).contains(&waits[1]) && (240..264).contains(&waits[2]), "{waits:?}");
        let asked = Outcome::Failed {
            reason: "it answered 429".into(),
            retry_after: Some(TimeDelta::hours(5)),
        };
        let next =
            Standing::new(Pace::default(), now).after(&id(), &asked, None, Pace::default(), now);
        assert!(next.not_before >= now + TimeDelta::hours(5));
        assert!(!next.is_due(false, now + TimeDelta::hours(5) - TimeDelta::seconds(1)));
    }

    #[test]
    fn news_brings_us_sooner_and_silence_later_within_bounds() {
        let silent = course(&[Outcome::Unchanged, Outcome::Unchanged]);
        assert_eq!(silent[1].pace, TimeDelta::minutes(135));
        let long: Vec<Outcome> = vec![Outcome::Unchanged; 30];
        assert_eq!(course(&long)[29].pace, TimeDelta::hours(24));
        let busy = course(&[read(9, 1, 900), read(9, 1, 900)]);
        assert_eq!(busy[1].pace, TimeDelta::hours(1));
    }

    #[test]
    fn a_server_that_is_fresh_for_hours_is_not_asked_before() {
        let now = DateTime::UNIX_EPOCH;
        let fresh = Some(TimeDelta::hours(6));
        let next = Standing::new(Pace::default(), now);
        let next = next.after(&id(), &Outcome::Unchanged, fresh, Pace::default(), now);
        assert!(!next.is_due(false, now + TimeDelta::hours(5)));
        assert!(next.is_due(true, now + TimeDelta::hours(6)));
        let forever = Some(TimeDelta::days(365));
        let next = next.after(&id(), &Outcome::Unchanged, forever, Pace::default(), now);
        assert!(next.is_due(true, now + TimeDelta::hours(24)));
    }

    #[test]
    fn a_feed_is_read_when_it_says_and_not_in_its_quiet_hours() {
        let now = DateTime::UNIX_EPOCH;
        let quiet = Quiet { ttl: Some(120), hours: vec![2, 3], days: Vec::new() };
        let next = Standing { quiet, ..Standing::new(Pace::default(), now) };
        let next = next.after(&id(), &Outcome::Unchanged, None, Pace::default(), now);
        assert_eq!(next.not_before, now + TimeDelta::hours(2));
        assert_eq!(next.next_at, now + TimeDelta::hours(4));
    }

    #[test]
    fn what_is_gone_or_paused_is_never_due() {
        let now = DateTime::UNIX_EPOCH;
        let gone = course(&[Outcome::Gone]).remove(0);
        assert_eq!(gone.health, Health::Gone);
        assert!(!gone.is_due(false, now + TimeDelta::days(99)));
        let paused = Standing { paused: true, ..Standing::new(Pace::default(), now) };
        assert!(!paused.is_due(false, now));
    }
}
