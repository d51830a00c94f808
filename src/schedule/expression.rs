//! Cron expressions as people write them, computed on wall-clock time only.

use std::str::FromStr;

use chrono::{DateTime, Datelike as _, NaiveDateTime, Utc};

use super::ScheduleError;
use super::field::{DAY, Field, HOUR, MINUTE, MONTH, SECOND, WEEKDAY};

/// Lists longer than this are a mistake, and parsing them costs.
const LONGEST: usize = 256;
/// The last year that the cron crate knows.
const LAST_YEAR: i32 = 2100;

/// A checked cron expression. Knows nothing of zones.
#[derive(Debug, Clone)]
pub struct Expression {
    text: String,
    /// Any of these matching is a match: two where day of month and day of week are both restricted.
    alternatives: Vec<cron::Schedule>,
    fixed_time: bool,
    remarks: Vec<String>,
}

impl Expression {
    /// Reads five fields, six with leading seconds, or an `@word`.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        if text.len() > LONGEST {
            return Err(ScheduleError::TooLong(text.len(), LONGEST));
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        let spelled = match words.as_slice() {
            [word, ..] if word.starts_with('@') => spell_out(text.trim())?,
            [word, ..] if word.contains('=') => {
                return Err(ScheduleError::ZoneWithin((*word).to_owned()));
            }
            _ => words,
        };
        let (second, rest) = match spelled.as_slice() {
            [_, _, _, _, _] => ("0", spelled.as_slice()),
            [second, rest @ ..] if rest.len() == 5 => (*second, rest),
            other => return Err(ScheduleError::Fields(text.trim().to_owned(), other.len())),
        };
        Self::from_fields(text.trim(), second, rest)
    }

    fn from_fields(text: &str, second: &str, rest: &[&str]) -> Result<Self, ScheduleError> {
        let second = Field::parse(second, SECOND)?;
        let minute = Field::parse(rest[0], MINUTE)?;
        let hour = Field::parse(rest[1], HOUR)?;
        let day = Field::parse(rest[2], DAY)?;
        let month = Field::parse(rest[3], MONTH)?;
        let weekday = Field::parse(rest[4], WEEKDAY)?;
        let remarks = [(&second, SECOND), (&minute, MINUTE), (&hour, HOUR), (&month, MONTH)]
            .into_iter()
            .filter_map(|(field, kind)| field.uneven_step(kind))
            .collect();
        let time = format!(
            "{} {} {}",
            second.canonical(SECOND),
            minute.canonical(MINUTE),
            hour.canonical(HOUR)
        );
        let (month, day_words, weekday_words) =
            (month.canonical(MONTH), day.canonical(DAY), weekday.canonical(WEEKDAY));
        // crontab(5): if both day fields are restricted, either may match; a field that begins with a star is not restricted.
        let lines = if day.star || weekday.star {
            vec![format!("{time} {day_words} {month} {weekday_words}")]
        } else {
            vec![
                format!("{time} {day_words} {month} *"),
                format!("{time} * {month} {weekday_words}"),
            ]
        };
        let never = || ScheduleError::Never(text.to_owned());
        let alternatives: Vec<cron::Schedule> = lines
            .iter()
            .map(|line| cron::Schedule::from_str(line).map_err(|_| never()))
            .collect::<Result<_, _>>()?;
        let fixed_time = !minute.star && !hour.star;
        let expression = Self { text: text.to_owned(), alternatives, fixed_time, remarks };
        expression.next_wall(NaiveDateTime::default()).ok_or_else(never)?;
        Ok(expression)
    }

    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What is right but hardly meant, in a sentence each.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// Whether hour and minute are both given: such a job belongs to a day and must come once in it, whatever the clocks do.
    pub fn is_fixed_time(&self) -> bool {
        self.fixed_time
    }

    /// The first matching wall-clock time after `wall`.
    pub(super) fn next_wall(&self, wall: NaiveDateTime) -> Option<NaiveDateTime> {
        // The crate ends there, and near the end of time it panics.
        if wall.year() > LAST_YEAR {
            return None;
        }
        // The crate computes soundly in UTC; here UTC stands for "no zone".
        let base: DateTime<Utc> = wall.and_utc();
        self.alternatives
            .iter()
            .filter_map(|schedule| schedule.after(&base).next())
            .min()
            .map(|found| found.naive_utc())
    }
}

fn spell_out(word: &str) -> Result<Vec<&'static str>, ScheduleError> {
    let fields = match word {
        "@hourly" => "0 * * * *",
        "@daily" | "@midnight" => "0 0 * * *",
        "@weekly" => "0 0 * * 0",
        "@monthly" => "0 0 1 * *",
        "@yearly" | "@annually" => "0 0 1 1 *",
        _ => return Err(ScheduleError::Macro(word.to_owned())),
    };
    Ok(fields.split(' ').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first three matches after Thursday 1 January 2026.
    fn first(text: &str) -> Vec<String> {
        let expression = Expression::parse(text).unwrap();
        let mut wall = "2026-01-01T00:00:00".parse().unwrap();
        (0..3)
            .map(|_| {
                wall = expression.next_wall(wall).unwrap();
                wall.format("%a %d %b %Y %H:%M:%S").to_string()
            })
            .collect()
    }

    #[test]
    fn five_fields_mean_what_crontab_means() {
        assert_eq!(first("30 7 * * *")[0], "Thu 01 Jan 2026 07:30:00");
        assert_eq!(first("*/25 * * * *")[2], "Thu 01 Jan 2026 01:00:00");
        assert_eq!(first("15 10 5 7 *")[0], "Sun 05 Jul 2026 10:15:00");
    }

    #[test]
    fn days_of_the_week_are_counted_from_sunday_zero() {
        assert_eq!(first("0 9 * * 1")[0], "Mon 05 Jan 2026 09:00:00");
        assert_eq!(first("0 9 * * 0")[0], "Sun 04 Jan 2026 09:00:00");
        assert_eq!(first("0 9 * * 7")[0], "Sun 04 Jan 2026 09:00:00");
        assert_eq!(first("0 9 * * 5-7")[2], "Sun 04 Jan 2026 09:00:00");
        assert_eq!(first("0 9 * * 1-5")[1], "Fri 02 Jan 2026 09:00:00");
        assert_eq!(first("0 9 * * SAT-SUN")[1], "Sun 04 Jan 2026 09:00:00");
        assert_eq!(first("0 9 * * 0-7")[1], "Fri 02 Jan 2026 09:00:00");
        assert_eq!(first("0 9 * * 7,0")[1], "Sun 11 Jan 2026 09:00:00");
        assert_eq!(first("0 9 * * mon,THURSDAY")[1], "Mon 05 Jan 2026 09:00:00");
    }

    #[test]
    fn two_restricted_day_fields_are_ored_and_a_starred_one_is_anded() {
        assert_eq!(first("0 0 13 * FRI")[0], "Fri 02 Jan 2026 00:00:00");
        assert_eq!(first("0 0 */2 * MON")[0], "Mon 05 Jan 2026 00:00:00");
        assert_eq!(first("0 0 */2 * MON")[1], "Mon 19 Jan 2026 00:00:00");
    }

    #[test]
    fn six_fields_have_leading_seconds() {
        assert_eq!(first("*/20 0 0 * * *")[1], "Thu 01 Jan 2026 00:00:40");
    }

    #[test]
    fn words_stand_for_expressions() {
        assert_eq!(first("@weekly")[0], "Sun 04 Jan 2026 00:00:00");
        assert_eq!(first(" @daily ")[0], "Fri 02 Jan 2026 00:00:00");
        assert_eq!(first("@midnight")[0], "Fri 02 Jan 2026 00:00:00");
        assert_eq!(first("@hourly")[0], "Thu 01 Jan 2026 01:00:00");
        assert_eq!(first("@monthly")[0], "Sun 01 Feb 2026 00:00:00");
        assert_eq!(first("@yearly")[0], first("@annually")[0]);
    }

    #[test]
    fn leap_days_come_and_the_end_of_time_is_an_end() {
        assert_eq!(first("0 0 29 2 *")[1], "Sun 29 Feb 2032 00:00:00");
        let last = "2100-12-31T23:59:59".parse().unwrap();
        assert_eq!(Expression::parse("* * * * *").unwrap().next_wall(last), None);
        assert_eq!(Expression::parse("* * * * *").unwrap().next_wall(NaiveDateTime::MAX), None);
    }

    #[test]
    fn uneven_steps_are_remarked_upon() {
        let remarks = |text: &str| Expression::parse(text).unwrap().remarks().to_vec();
        assert_eq!(
            remarks("*/25 * * * *"),
            ["minute \"*/25\" is uneven: after 50 it begins again at 0, which is 10 later, not 25"]
        );
        assert!(remarks("0 */5 * * *")[0].starts_with("hour \"*/5\" is uneven: after 20"));
        for even in ["*/15 * * * *", "0 */6 * * *", "0 0 */2 * *", "0-50/25 * * * *", "0 0 1 */3 *"]
        {
            assert!(remarks(even).is_empty(), "{even}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_what_to_write() {
        for (text, words) in [
            ("0 9 * *", "has 4 fields"),
            ("", "has 0 fields"),
            ("61 * * * *", "minute \"61\": expected 0 to 59"),
            ("0 24 * * *", "hour \"24\": expected 0 to 23"),
            ("0 9 * * 8", "expected 0 to 7 or a name from SUN to SAT"),
            ("0 22-2 * * *", "write two: 22-23,0-2"),
            ("5/15 * * * *", "a step needs a range: 5-59/n"),
            ("*/0 * * * *", "the step is a number from 1 to 59"),
            ("*/90 * * * *", "the step is a number from 1 to 59"),
            ("0 0 30 2 *", "never comes"),
            ("0 0 31 4,6 *", "never comes"),
            ("@every 5m", "\"@every 5m\" is not known; use @hourly"),
            ("@reboot", "\"@reboot\" is not known"),
            ("0 9 L * *", "day of month \"L\": the last day of a month cannot be written"),
            ("0 9 LW * *", "cannot be written"),
            ("0 9 15W * *", "the nearest working day cannot be written"),
            ("0 9 * * FRI#2", "choose a day of the month, or the weekday of each week"),
            ("0 9 * * 5L", "the last weekday of a month cannot be written"),
            ("0 9 ? * MON", "\"?\" is written *"),
            ("H H * * *", "the hash of a name cannot be written; jitter_seconds"),
            ("0~30 9 * * *", "the hash of a name cannot be written"),
            ("CRON_TZ=Europe/Berlin 0 9 * * *", "the zone of a schedule is site.zone"),
            ("0 9 * * FRI-MON", "the range runs backwards; write two: 5-7,0-1"),
            ("0 9 * NOV-FEB *", "the range runs backwards; write two: 11-12,1-2"),
            (
                "*,* * * * *",
                "minute \"*,*\": a star beside others means every minute; write * alone",
            ),
            ("*,5 * * * *", "write * alone"),
            ("** * * * *", "minute \"**\""),
            ("+5 * * * *", "minute \"+5\""),
            ("0 9 * * monkey", "day of week \"monkey\""),
        ] {
            let error = Expression::parse(text).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
        assert!(Expression::parse(&"1,".repeat(400)).is_err());
    }
}
