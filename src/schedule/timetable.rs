//! An expression in a zone → instants, with our own rule for the days on which clocks change.
//!
//! Time is walked in stretches of equal UTC offset. Within a stretch, wall-clock time and instants run alike, so the
//! expression is asked there only; what happens between two stretches is decided here:
//!
//! | | clocks jump ahead (gap) | clocks go back (overlap) |
//! |---|---|---|
//! | hour and minute both given | once, at the first instant after the gap | once, the first time |
//! | hour or minute is `*` or `*/n` | skipped with the hour that is missing | both times |

use chrono::{
    DateTime, FixedOffset, LocalResult, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _, Utc,
};
use chrono_tz::Tz;

use super::{Expression, ScheduleError};
use crate::domain::sha256_hex;

/// Zones have skipped or repeated up to a day (Samoa 2011); a change is looked for so far ahead.
const LARGEST_SHIFT: TimeDelta = TimeDelta::hours(26);

/// When something is due: an expression in a zone.
#[derive(Debug, Clone)]
pub struct Timetable {
    expression: Expression,
    zone: Tz,
    /// How long after its wall-clock time each instant comes.
    shift: TimeDelta,
}

/// What a change of the clocks does to a slot: for people who read a list of slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockChange {
    /// Its own time does not exist on this day: it comes at the first instant after the gap.
    Moved,
    /// The clocks jumped over slots between the one before and this one.
    AfterSkipped,
    /// Its time of day comes twice; this is the first.
    First,
    /// Its time of day comes twice; this is the second.
    Second,
}

/// Reads an IANA name.
pub fn zone(text: &str) -> Result<Tz, ScheduleError> {
    text.parse().map_err(|_| {
        let is_meant = |zone: &&Tz| {
            let (name, text) = (zone.name().to_ascii_lowercase(), text.to_ascii_lowercase());
            name == text || name.ends_with(&format!("/{}", text.replace(' ', "_")))
        };
        let meant = chrono_tz::TZ_VARIANTS.iter().find(is_meant).map(|zone| zone.name());
        ScheduleError::Zone { meant }
    })
}

impl Timetable {
    /// Reads both; `zone` is an IANA name.
    pub fn parse(expression: &str, zone: &str) -> Result<Self, ScheduleError> {
        let zone = self::zone(zone)?;
        Ok(Self { expression: Expression::parse(expression)?, zone, shift: TimeDelta::zero() })
    }

    /// This one, later by up to `most`: by a part of it that `name` alone decides, so that it is the same after every start.
    #[must_use]
    pub fn spread(&self, name: &str, most: TimeDelta) -> Self {
        let hash = u64::from_str_radix(&sha256_hex(name.as_bytes())[..15], 16).unwrap_or_default();
        let seconds = i64::try_from(hash).unwrap_or_default() % (most.num_seconds().max(0) + 1);
        Self { shift: TimeDelta::seconds(seconds), ..self.clone() }
    }

    /// What is right but hardly meant, in a sentence each.
    pub fn remarks(&self) -> &[String] {
        self.expression.remarks()
    }

    /// The zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The expression as it was written.
    pub fn expression(&self) -> &str {
        self.expression.as_str()
    }

    /// What a stored next instant depends on: it is derived anew only when this changes.
    pub fn fingerprint(&self) -> String {
        let shift = match self.shift.num_seconds() {
            0 => String::new(),
            seconds => format!(" +{seconds}s"),
        };
        format!("{} {}{shift}", self.expression.as_str(), self.zone)
    }

    /// The first instant after `after`; `None` only beyond the year 2100, where the cron crate ends.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = self.unshifted_after(after.checked_sub_signed(self.shift)?)?;
        next.checked_add_signed(self.shift)
    }

    fn unshifted_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut offset = self.offset_at(after);
        let mut wall = local(after, offset);
        let mut start = after;
        loop {
            let next = self.expression.next_wall(wall)?;
            let instant = instant_of(next, offset);
            // Two changes on the way there undo each other unseen: nothing matches until shortly before, so go on from there.
            let near = start + LARGEST_SHIFT;
            if instant > near + LARGEST_SHIFT && self.offset_at(near) == offset {
                start = instant - LARGEST_SHIFT;
                offset = self.offset_at(start);
                wall = local(start, offset);
                continue;
            }
            let Some(change) = self.change_between(start, instant, offset) else {
                if self.is_second_pass(next, instant) {
                    wall = next;
                    continue;
                }
                return Some(instant);
            };
            let new = self.offset_at(change);
            if self.expression.is_fixed_time() && next < local(change, new) && instant >= change {
                return Some(change);
            }
            // The new stretch includes its first instant, and matches are sought strictly after.
            wall = local(change, new) - TimeDelta::seconds(1);
            (start, offset) = (change, new);
        }
    }

    /// The last `most` instants from `first` on, up to `now`, in order; however long ago `first` was, the cost is that of a
    /// few times `most`.
    pub fn last_until(
        &self,
        first: DateTime<Utc>,
        now: DateTime<Utc>,
        most: usize,
    ) -> Vec<DateTime<Utc>> {
        let mut window = TimeDelta::hours(1);
        loop {
            let whole = now - first <= window;
            let from = if whole { first } else { now - window };
            let before = from - TimeDelta::seconds(1);
            let come = std::iter::successors(self.next_after(before), |at| self.next_after(*at));
            let mut come: Vec<DateTime<Utc>> = come.take_while(|at| *at <= now).collect();
            if whole || come.len() >= most {
                return come.split_off(come.len().saturating_sub(most));
            }
            window = window * 2;
        }
    }

    /// What a change of the clocks does to `slot`, one of this timetable's instants.
    pub fn clock_change(&self, slot: DateTime<Utc>) -> Option<ClockChange> {
        let slot = slot - self.shift;
        let wall = local(slot, self.offset_at(slot));
        match self.zone.from_local_datetime(&wall) {
            LocalResult::Ambiguous(first, _) if first.to_utc() == slot => {
                return Some(ClockChange::First);
            }
            LocalResult::Ambiguous(..) => return Some(ClockChange::Second),
            _ => {}
        }
        if self.expression.next_wall(wall - TimeDelta::seconds(1)) != Some(wall) {
            return Some(ClockChange::Moved);
        }
        self.comes_after_skipped(slot).then_some(ClockChange::AfterSkipped)
    }

    fn comes_after_skipped(&self, slot: DateTime<Utc>) -> bool {
        let before = slot - LARGEST_SHIFT;
        let old = self.offset_at(before);
        let Some(change) = self.change_between(before, slot, old) else { return false };
        let (from, to) = (local(change, old), local(change, self.offset_at(change)));
        let second = TimeDelta::seconds(1);
        let skipped = self.expression.next_wall(from - second).is_some_and(|wall| wall < to);
        skipped && self.unshifted_after(change - second) == Some(slot)
    }

    fn offset_at(&self, instant: DateTime<Utc>) -> FixedOffset {
        self.zone.offset_from_utc_datetime(&instant.naive_utc()).fix()
    }

    /// A fixed-time job takes the first of two equal wall-clock times.
    fn is_second_pass(&self, wall: NaiveDateTime, instant: DateTime<Utc>) -> bool {
        self.expression.is_fixed_time()
            && matches!(self.zone.from_local_datetime(&wall),
                LocalResult::Ambiguous(first, _) if first.to_utc() != instant)
    }

    /// The first instant of another offset in `(from, to]`, to the second; the stretch at `from` has `offset`.
    fn change_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        offset: FixedOffset,
    ) -> Option<DateTime<Utc>> {
        // A change soon after `from` may be undone before `to`, half a year later: look near first.
        let near = to.min(from + LARGEST_SHIFT);
        let far = [near, to].into_iter().find(|end| self.offset_at(*end) != offset)?;
        let (mut same, mut other) = (from.timestamp(), far.timestamp());
        while other - same > 1 {
            let middle = same + (other - same) / 2;
            let at = DateTime::from_timestamp(middle, 0)?;
            if self.offset_at(at) == offset { same = middle } else { other = middle }
        }
        DateTime::from_timestamp(other, 0)
    }
}

fn local(instant: DateTime<Utc>, offset: FixedOffset) -> NaiveDateTime {
    instant.with_timezone(&offset).naive_local()
}

fn instant_of(wall: NaiveDateTime, offset: FixedOffset) -> DateTime<Utc> {
    (wall - offset).and_utc()
}

#[cfg(test)]
mod tests {
    use super::ClockChange::{AfterSkipped, First, Moved, Second};
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    /// The next `count` slots after `from`, in the zone.
    fn slots(expression: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let timetable = Timetable::parse(expression, zone).unwrap();
        std::iter::successors(timetable.next_after(at(from)), |slot| timetable.next_after(*slot))
            .take(count)
            .map(|slot| slot.with_timezone(&timetable.zone()).format("%d %H:%M%:::z").to_string())
            .collect()
    }

    #[test]
    fn a_fixed_time_in_the_gap_comes_right_after_it() {
        let daily = slots("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", 4);
        assert_eq!(daily, ["28 02:30+01", "29 03:00+02", "30 02:30+02", "31 02:30+02"]);
        let two = slots("15,45 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2);
        assert_eq!(two, ["29 03:00+02", "30 02:15+02"], "several in one gap are one");
        let midnight = slots("0 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z", 2);
        assert_eq!(midnight, ["06 01:00-03", "07 00:00-03"]);
    }

    #[test]
    fn a_fixed_time_in_the_overlap_comes_once_the_first_time() {
        let daily = slots("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
        assert_eq!(daily, ["25 02:30+02", "26 02:30+01"]);
        let inside = slots("30 2 * * *", "Europe/Berlin", "2026-10-25T01:05:00Z", 1);
        assert_eq!(inside, ["26 02:30+01"], "begun within the repeated hour");
    }

    #[test]
    fn a_wildcard_skips_the_gap_and_runs_through_the_overlap() {
        let gap = slots("30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 3);
        assert_eq!(gap, ["29 01:30+01", "29 03:30+02", "29 04:30+02"]);
        let overlap = slots("*/30 2 * * *", "Europe/Berlin", "2026-10-24T23:59:00Z", 5);
        assert_eq!(
            overlap,
            ["25 02:00+02", "25 02:30+02", "25 02:00+01", "25 02:30+01", "26 02:00+01"]
        );
    }

    #[test]
    fn a_yearly_time_in_the_overlap_is_not_lost_to_the_changes_before_it() {
        let yearly = slots("30 1,2 7 11 *", "America/New_York", "2026-11-26T12:00:00Z", 3);
        assert_eq!(yearly, ["07 01:30-04", "07 02:30-05", "07 01:30-05"]);
    }

    #[test]
    fn the_second_pass_of_a_rare_wildcard_is_not_lost() {
        let inside = slots("* 2 25 10 *", "Europe/Berlin", "2026-10-25T00:59:30Z", 2);
        assert_eq!(inside, ["25 02:00+01", "25 02:01+01"], "not a year later");
    }

    /// Walks a daily job of `zone` over the dates from `first` on; each must have it exactly once.
    fn walk(zone: Tz, time: &str, first: &str, days: usize) {
        let timetable = Timetable::parse(&format!("{time} * * *"), zone.name()).unwrap();
        let date = |slot: DateTime<Utc>| slot.with_timezone(&zone).date_naive();
        let mut slot = timetable.next_after(at(first)).unwrap();
        for _ in 0..days {
            let next = timetable.next_after(slot).unwrap();
            assert!(next > slot, "{zone}: {next} is not after {slot}");
            assert_eq!(Some(date(next)), date(slot).succ_opt(), "{zone}");
            slot = next;
        }
    }

    #[test]
    fn every_date_has_a_daily_job_exactly_once_around_every_clock_change_of_every_zone() {
        let mut walked = 0;
        for zone in chrono_tz::TZ_VARIANTS {
            let utc = Timetable::parse("@daily", zone.name()).unwrap();
            let (mut from, end) = (at("2024-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"));
            while from < end {
                // Shorter than what lies between any two changes, that of Ramadan included.
                let to = from + TimeDelta::days(20);
                if let Some(change) = utc.change_between(from, to, utc.offset_at(from)) {
                    walk(zone, "30 2", &(change - TimeDelta::days(2)).to_rfc3339(), 4);
                    walk(zone, "0 0", &(change - TimeDelta::days(2)).to_rfc3339(), 4);
                    walked += 1;
                    from = change;
                } else {
                    from = to;
                }
            }
        }
        assert!(walked > 1000, "{walked} changes");
    }

    #[test]
    #[ignore = "long run, minutes without --release: all zones, 2024 to 2027, every day"]
    fn every_date_of_four_years_has_a_daily_job_exactly_once_in_every_zone() {
        for zone in chrono_tz::TZ_VARIANTS {
            walk(zone, "30 2", "2024-01-01T12:00:00Z", 1461);
        }
    }

    #[test]
    fn the_last_slots_are_found_however_long_ago_the_first_was() {
        let minutely = Timetable::parse("* * * * *", "UTC").unwrap();
        let now = at("2026-11-23T10:00:30Z");
        let last = minutely.last_until(at("1970-01-01T00:00:00Z"), now, 3);
        assert_eq!(last, ["09:58", "09:59", "10:00"].map(|t| at(&format!("2026-11-23T{t}:00Z"))));
        let two = minutely.last_until(at("2026-11-23T09:59:00Z"), now, 1000);
        assert_eq!(two.len(), 2, "the first is one of them");
        let yearly = Timetable::parse("@yearly", "UTC").unwrap();
        assert_eq!(yearly.last_until(at("2019-06-01T00:00:00Z"), now, 1000).len(), 7);
    }

    #[test]
    fn a_zone_that_does_not_exist_is_refused() {
        let error = Timetable::parse("@daily", "Europe/Bielefeld").unwrap_err();
        assert!(error.to_string().contains("expected an IANA name"), "{error}");
        for meant in ["shanghai", "asia/shanghai", "Shanghai"] {
            let error = zone(meant).unwrap_err().to_string();
            assert!(error.ends_with("expected an IANA name; write Asia/Shanghai"), "{error}");
        }
    }

    #[test]
    fn jitter_shifts_by_the_name_alone() {
        let daily = Timetable::parse("0 7 * * *", "Europe/Berlin").unwrap();
        let hour = TimeDelta::hours(1);
        let from = at("2026-10-24T12:00:00Z");
        let next = |name: &str| daily.spread(name, hour).next_after(from).unwrap();
        assert_eq!(next("digest/a/daily"), next("digest/a/daily"));
        let names: Vec<_> = (0..200).map(|n| next(&format!("source/{n}"))).collect();
        let plain = daily.next_after(from).unwrap();
        assert!(names.iter().all(|at| *at >= plain && *at <= plain + hour));
        assert!(names.iter().collect::<std::collections::HashSet<_>>().len() > 150, "spread out");
        assert_ne!(daily.spread("a", hour).fingerprint(), daily.fingerprint());
        assert_eq!(daily.spread("a", TimeDelta::zero()).fingerprint(), daily.fingerprint());
    }

    #[test]
    fn slots_that_a_clock_change_touches_say_so() {
        let marks = |expression: &str, from: &str, count: usize| -> Vec<Option<ClockChange>> {
            let timetable = Timetable::parse(expression, "Europe/Berlin").unwrap();
            std::iter::successors(timetable.next_after(at(from)), |slot| {
                timetable.next_after(*slot)
            })
            .take(count)
            .map(|slot| timetable.clock_change(slot))
            .collect()
        };
        let spring = "2026-03-28T12:00:00Z";
        assert_eq!(marks("30 2 * * *", spring, 2), [Some(Moved), None]);
        assert_eq!(marks("0 3 * * *", spring, 2), [None, None], "untouched");
        let hourly = marks("30 * * * *", "2026-03-29T00:00:00Z", 3);
        assert_eq!(hourly, [None, Some(AfterSkipped), None]);
        let autumn = "2026-10-24T12:00:00Z";
        assert_eq!(marks("30 2 * * *", autumn, 2), [Some(First), None]);
        let hourly = marks("30 * * * *", "2026-10-24T23:45:00Z", 3);
        assert_eq!(hourly, [Some(First), Some(Second), None]);
    }
}
