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

/// Zones have skipped or repeated up to a day (Samoa 2011); a change is looked for so far ahead.
const LARGEST_SHIFT: TimeDelta = TimeDelta::hours(26);

/// When something is due: an expression in a zone.
#[derive(Debug, Clone)]
pub struct Timetable {
    expression: Expression,
    zone: Tz,
}

impl Timetable {
    /// Reads both; `zone` is an IANA name.
    pub fn parse(expression: &str, zone: &str) -> Result<Self, ScheduleError> {
        let zone = zone.parse().map_err(|_| ScheduleError::Zone(zone.to_owned()))?;
        Ok(Self { expression: Expression::parse(expression)?, zone })
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
        format!("{} {}", self.expression.as_str(), self.zone)
    }

    /// The first instant after `after`; `None` only beyond the year 2100, where the cron crate ends.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut offset = self.offset_at(after);
        let mut wall = local(after, offset);
        let mut start = after;
        loop {
            let next = self.expression.next_wall(wall)?;
            let instant = instant_of(next, offset);
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

    /// Whether a clock change moved, doubled or nearly hid `slot`: for people who read a list of slots.
    pub fn is_touched_by_clock_change(&self, slot: DateTime<Utc>) -> bool {
        let day = TimeDelta::hours(3);
        self.offset_at(slot - day) != self.offset_at(slot + day)
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
    use chrono::Datelike as _;

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
    fn the_second_pass_of_a_rare_wildcard_is_not_lost() {
        let inside = slots("* 2 25 10 *", "Europe/Berlin", "2026-10-25T00:59:30Z", 2);
        assert_eq!(inside, ["25 02:00+01", "25 02:01+01"], "not a year later");
    }

    #[test]
    fn every_date_has_a_daily_job_exactly_once() {
        for zone in [
            "Europe/Berlin",
            "America/New_York",
            "America/Santiago",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Asia/Shanghai",
            "Africa/Casablanca",
            "Asia/Tehran",
            "Antarctica/Troll",
        ] {
            let timetable = Timetable::parse("30 2 * * *", zone).unwrap();
            let mut slot = timetable.next_after(at("2024-01-02T12:00:00Z")).unwrap();
            let mut day = slot.with_timezone(&timetable.zone()).date_naive();
            while day.year() < 2028 {
                let next = timetable.next_after(slot).unwrap();
                assert!(next > slot, "{zone}: {next} is not after {slot}");
                day = day.succ_opt().unwrap();
                assert_eq!(next.with_timezone(&timetable.zone()).date_naive(), day, "{zone}");
                slot = next;
            }
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
        assert!(error.to_string().contains("IANA name"), "{error}");
    }
}
