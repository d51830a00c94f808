//! Dates in every form that feeds have → Moments, no finer than what was written.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone as _};

use super::super::dates::{self, Frame};
use crate::domain::{Moment, Precision};

/// Forms without a zone; the zone is then that of the reading.
const UNZONED: [&str; 6] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%a %b %e %H:%M:%S %Y",
    "%d %b %Y %H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%a, %d %b %Y %H:%M:%S",
];

/// Reads `text` as a feed's date.
pub(in crate::normalize) fn moment(text: &str, frame: &Frame) -> Option<Moment> {
    // The beginning of Unix time is what programs write that know no date.
    read(text.trim(), frame).filter(|moment| moment.instant.timestamp() != 0)
}

fn read(text: &str, frame: &Frame) -> Option<Moment> {
    let exact = zoned(text).or_else(|| unzoned(text, *frame.now.offset()));
    if let Some(instant) = exact {
        return Some(Moment {
            raw: text.to_owned(),
            instant,
            precision: Precision::Second,
            reference: None,
        });
    }
    if let Some(moment) = partial(text, *frame.now.offset()) {
        return Some(moment);
    }
    dates::machine(text, frame).and_then(Result::ok)
}

fn zoned(text: &str) -> Option<DateTime<FixedOffset>> {
    let direct = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    if let Ok(exact) = direct {
        return Some(exact);
    }
    // "2003-12-31T10:14:55+0100", "... 10:14 GMT", two-digit years, a wrong day of the week.
    let spaced = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let without_day = spaced.split_once(", ").map_or(spaced.as_str(), |(_, rest)| rest);
    let zone = without_day.rsplit(' ').next().unwrap_or_default();
    let named = without_day.strip_suffix(zone).map(|head| format!("{head}{}", offset(zone)));
    let candidates = [Some(without_day.to_owned()), named];
    let forms = [
        "%d %b %Y %H:%M:%S %z",
        "%d %b %y %H:%M:%S %z",
        "%d %b %Y %H:%M %z",
        "%Y-%m-%dT%H:%M:%S%.f%z",
        "%Y-%m-%d %H:%M:%S%.f %z",
        "%Y-%m-%dT%H:%M%z",
        "%d %B %Y %H:%M:%S %z",
        "%b %d %Y %H:%M:%S %z",
    ];
    candidates.iter().flatten().find_map(|candidate| {
        forms.iter().find_map(|form| DateTime::parse_from_str(candidate, form).ok())
    })
}

/// RFC 822 §5.1 and the names that people use beside it.
fn offset(zone: &str) -> &str {
    match zone.to_ascii_uppercase().as_str() {
        "GMT" | "UT" | "UTC" | "Z" => "+0000",
        "EST" | "CDT" => "-0500",
        "EDT" => "-0400",
        "CST" | "MDT" => "-0600",
        "MST" | "PDT" => "-0700",
        "PST" => "-0800",
        "CET" | "BST" => "+0100",
        "CEST" | "EET" => "+0200",
        "JST" | "KST" => "+0900",
        _ => zone,
    }
}

fn unzoned(text: &str, zone: FixedOffset) -> Option<DateTime<FixedOffset>> {
    let naive = UNZONED.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    zone.from_local_datetime(&naive).single()
}

/// W3C NOTE-datetime: a day, a month or a year, with or without its hyphens.
fn partial(text: &str, zone: FixedOffset) -> Option<Moment> {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    let (year, month, day, precision) = match parts[..] {
        [y] if y.len() == 4 && digits(y) => (y, "1", "1", Precision::Year),
        [y, m] if y.len() == 4 && m.len() == 2 && digits(y) && digits(m) => {
            (y, m, "1", Precision::Month)
        }
        [y, m, d] if y.len() == 4 && digits(y) && digits(m) && digits(d) => {
            (y, m, d, Precision::Day)
        }
        [all] if all.len() == 8 && digits(all) => {
            (&all[..4], &all[4..6], &all[6..], Precision::Day)
        }
        _ => return None,
    };
    let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    let instant = zone.from_local_datetime(&date.and_hms_opt(0, 0, 0)?).single()?;
    Some(Moment { raw: text.to_owned(), instant, precision, reference: None })
}
