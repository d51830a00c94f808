//! Dates in every form that feeds have → Moments, no finer than what was written.
//!
//! | form | file |
//! |---|---|
//! | the year first: W3C NOTE-datetime and the rest of ISO 8601, and as it is written in East Asia | `numbers.rs` |
//! | a month by its name: RFC 822, its misspellings, other languages | `words.rs`, `months.rs` |
//! | the time of day and its zone | `clock.rs` |

mod clock;
mod months;
mod numbers;
mod words;

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, NaiveTime, TimeZone as _};

use super::super::dates::{self, Frame};
use crate::domain::{Moment, Precision};

/// What was written: a day, maybe with a time, maybe with a zone.
#[derive(Debug)]
struct Written {
    day: NaiveDate,
    time: Option<NaiveTime>,
    zone: Option<FixedOffset>,
    precision: Precision,
}

/// Reads `text` as a feed's date.
pub(in crate::normalize) fn moment(text: &str, frame: &Frame) -> Option<Moment> {
    let text = text.trim();
    let moment = exact(text)
        .or_else(|| written(text, frame))
        .or_else(|| dates::machine(text, frame).and_then(Result::ok))?;
    // What programs write that know no date: the beginnings of Unix time, of .NET's, of OLE's and of SQL Server's.
    let is_date = moment.instant.timestamp() != 0 && moment.instant.year() > 1900;
    is_date.then_some(moment)
}

/// RFC 3339 and RFC 2822 to the letter, and seconds since 1970.
fn exact(text: &str) -> Option<Moment> {
    let direct = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    let instant = direct.ok().or_else(|| {
        let is_count = matches!(text.len(), 10 | 13) && text.bytes().all(|b| b.is_ascii_digit());
        let count = text.parse().ok().filter(|_| is_count)?;
        let instant = match text.len() {
            10 => DateTime::from_timestamp(count, 0),
            _ => DateTime::from_timestamp_millis(count),
        };
        instant.map(|instant| instant.fixed_offset())
    })?;
    Some(Moment { raw: text.to_owned(), instant, precision: Precision::Second, reference: None })
}

fn written(text: &str, frame: &Frame) -> Option<Moment> {
    let Written { day, time, zone, precision } =
        numbers::read(text).or_else(|| words::read(text))?;
    let local = day.and_time(time.unwrap_or_default());
    let zone = zone.unwrap_or(*frame.now.offset());
    let instant = zone.from_local_datetime(&local).single()?;
    Some(Moment { raw: text.to_owned(), instant, precision, reference: None })
}
