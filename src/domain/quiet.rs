//! When a feed itself wants to be left alone: `ttl`, `skipHours` and `skipDays` of RSS 2.0.

use chrono::{DateTime, Datelike as _, TimeDelta, Timelike as _, Utc, Weekday};
use serde::{Deserialize, Serialize};

/// When a feed wants to be left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quiet {
    /// Minutes that it may be kept without asking again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u32>,
    /// Hours of the day, in UTC, in which nothing is published.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<u32>,
    /// Days on which nothing is published.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Weekday>,
}

impl Quiet {
    /// How long it may be kept.
    pub fn fresh_for(&self) -> TimeDelta {
        TimeDelta::minutes(self.ttl.unwrap_or(0).into())
    }

    /// `at`, or the first full hour after it that is not to be skipped.
    pub fn first_from(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let is_open = |at: &DateTime<Utc>| {
            !self.hours.contains(&at.hour()) && !self.days.contains(&at.weekday())
        };
        let into = TimeDelta::minutes(at.minute().into()) + TimeDelta::seconds(at.second().into());
        let hour = at - into - TimeDelta::nanoseconds(at.nanosecond().into());
        let later = (1..=7 * 24).map(|hours| hour + TimeDelta::hours(hours));
        // A feed that skips everything means nothing by it.
        std::iter::once(at).chain(later).find(is_open).unwrap_or(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn hours_and_days_to_skip_are_skipped() {
        let quiet = Quiet { ttl: None, hours: vec![0, 1, 2, 23], days: vec![Weekday::Sun] };
        assert_eq!(quiet.first_from(at("2026-11-24T12:34:56Z")), at("2026-11-24T12:34:56Z"));
        assert_eq!(quiet.first_from(at("2026-11-24T23:10:00Z")), at("2026-11-25T03:00:00Z"));
        assert_eq!(quiet.first_from(at("2026-11-28T23:10:00Z")), at("2026-11-30T03:00:00Z"));
        let all = Quiet { hours: (0..24).collect(), ..Quiet::default() };
        assert_eq!(all.first_from(at("2026-11-24T12:00:00Z")), at("2026-11-24T12:00:00Z"));
    }
}
