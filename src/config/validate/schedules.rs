//! `[schedules]`, `[daemon]`, and `slots` wherever it stands: when what happens, by which process, and what is made up for.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use toml::Spanned;

use super::super::raw::{RawDaemon, RawSchedules, RawSlots, Text};
use super::super::{Daemon, Problem, Schedules, Supervisor};
use super::Check;
use crate::schedule::{self, Policy, Role, Timetable};

/// Work under way gets so long to end; what supervises the daemon must wait longer.
const GRACE_SECONDS: u64 = 30;
/// Longer than this, a supervisor takes it for hanging.
const LONGEST_GRACE: u64 = 3600;
/// A quiet hour, and not its first minute, when all the world begins something.
const MAINTAIN: &str = "17 4 * * *";
/// A day: schedules spread further would change their weekday.
const LONGEST_JITTER: u32 = 86_400;
/// A year.
const LONGEST_DEADLINE: u32 = 527_040;

impl Check<'_> {
    pub(super) fn zone(&mut self, text: &Text, key: &str) -> Option<Tz> {
        self.parsed(text, key, |text| schedule::zone(text).map_err(|error| error.to_string()))
    }

    pub(super) fn timetable(&mut self, text: &Text, key: &str, zone: Tz) -> Option<Timetable> {
        let timetable = self.parsed(text, key, |text| {
            Timetable::parse(text, zone.name()).map_err(|error| error.to_string())
        })?;
        for remark in timetable.remarks() {
            let message = format!("{key} = {:?}: {remark}", text.get_ref());
            self.remarks.push(Problem::at(self.file, self.content, text.span(), message));
        }
        Some(timetable)
    }

    pub(super) fn schedules(&mut self, raw: &RawSchedules, zone: Tz) -> Option<Schedules> {
        let policy = self.policy(&raw.slots, Policy::default(), "schedules.slots");
        let ingest = self.timetable(&raw.ingest, "schedules.ingest", zone);
        let publish = self.timetable(&raw.publish, "schedules.publish", zone);
        let deliver = self.timetable(&raw.deliver, "schedules.deliver", zone);
        let maintain = match &raw.maintain {
            Some(text) => self.timetable(text, "schedules.maintain", zone),
            None => Timetable::parse(MAINTAIN, zone.name()).ok(),
        };
        Some(Schedules {
            ingest: ingest?,
            publish: publish?,
            deliver: deliver?,
            maintain: maintain?,
            policy,
        })
    }

    /// What `raw` says of slots, and for the rest `usual`.
    pub(super) fn policy(&mut self, raw: &RawSlots, usual: Policy, key: &str) -> Policy {
        let deadline = format!("{key}.deadline_minutes");
        let deadline = self.number(raw.deadline_minutes.as_ref(), &deadline, 1, LONGEST_DEADLINE);
        let jitter = format!("{key}.jitter_seconds");
        let jitter = self.number(raw.jitter_seconds.as_ref(), &jitter, 0, LONGEST_JITTER);
        Policy {
            missed: raw.missed.unwrap_or(usual.missed),
            deadline: deadline.map(|m| TimeDelta::minutes(m.into())).or(usual.deadline),
            overlap: raw.overlap.unwrap_or(usual.overlap),
            jitter: jitter.map_or(usual.jitter, |s| TimeDelta::seconds(s.into())),
        }
    }

    pub(super) fn daemon(&mut self, raw: &RawDaemon) -> Daemon {
        let grace =
            self.number(raw.grace_seconds.as_ref(), "daemon.grace_seconds", 0, LONGEST_GRACE);
        Daemon {
            roles: self.roles(raw),
            is_rollout: false,
            grace: Duration::from_secs(grace.unwrap_or(GRACE_SECONDS)),
            supervisor: Supervisor::read(self.environment),
        }
    }

    fn roles(&mut self, raw: &RawDaemon) -> Vec<Role> {
        let Some(written) = &raw.roles else { return Role::ALL.to_vec() };
        if written.get_ref().is_empty() {
            self.problem(written.span(), "daemon.roles is empty: leave it out to do everything");
        }
        let roles = written.get_ref().iter();
        roles.filter_map(|text| self.parsed(text, "daemon.roles", Role::parse)).collect()
    }

    fn number<N: Copy + PartialOrd + std::fmt::Display>(
        &mut self,
        value: Option<&Spanned<N>>,
        key: &str,
        least: N,
        most: N,
    ) -> Option<N> {
        let value = value?;
        let number = *value.get_ref();
        if number < least || number > most {
            let message = format!("{key} = {number}: expected {least} to {most}");
            self.problem(value.span(), message);
        }
        Some(number)
    }
}

/// The shortest time between two slots, in minutes: what readers of the feeds are told to wait.
pub(super) fn interval(timetable: &Timetable) -> Option<u32> {
    // Any week would do; a fixed one keeps feeds the same from one start to the next.
    let begin = DateTime::from_timestamp(1_704_067_200, 0)?;
    let slots: Vec<_> =
        std::iter::successors(timetable.next_after(begin), |slot| timetable.next_after(*slot))
            .take(32)
            .collect();
    let gaps = slots.windows(2).map(|pair| (pair[1] - pair[0]).num_minutes());
    gaps.min().and_then(|minutes| u32::try_from(minutes.clamp(1, 7 * 1440)).ok())
}
