//! The time of day and its zone, as they stand behind a date or before a year.

use chrono::{Days, FixedOffset, NaiveDate, NaiveTime};
use regex::Captures;

use super::Written;
use crate::domain::Precision;

/// `9:30`, `09:30:00.5`, `pm 9:30`, `9:30 p.m.`; the parts have names.
pub(super) const TIME: &str = r"(?:(?P<before>[ap]m)\s*)?(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,]\d+)?)?(?:\s*(?P<after>[ap]\.?m\b\.?))?";
/// The same where a date in numbers stands before it: minutes may be missing, and colons too (ISO 8601, basic format).
pub(super) const SHORT: &str = r"(?:(?P<before>[ap]m)\s*)?(?P<hour>\d{1,2})(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?)?(?:\s*(?P<after>[ap]\.?m\b\.?))?";
/// `Z`, `GMT`, `+0100`, `GMT+1`, `+01:00 (CET)`.
pub(super) const ZONE: &str =
    r"\s*\(?(?P<name>[a-z]{1,5}\b)?\)?\s*(?P<offset>[+\-−]\d{1,2}(?::?\d{2})?)?";

/// `day` with the time and zone that `found` has.
pub(super) fn at(day: NaiveDate, found: &Captures<'_>) -> Option<Written> {
    let part = |name| found.name(name).map(|part| part.as_str());
    let number = |name| part(name).map_or(Some(0), |text| text.parse::<u32>().ok());
    let hour: u32 = part("hour")?.parse().ok()?;
    let is_afternoon = part("before").or(part("after")).map(|half| half.starts_with('p'));
    let hour = match (hour, is_afternoon) {
        (12, Some(false)) => 0,
        (hour @ 1..=11, Some(true)) => hour + 12,
        (hour, _) => hour,
    };
    // ISO 8601:2004 §4.2.3: 24:00 is the beginning of the next day. A leap second is shown as the one before it.
    let (day, hour) =
        if hour == 24 { (day.checked_add_days(Days::new(1))?, 0) } else { (day, hour) };
    let time = NaiveTime::from_hms_opt(hour, number("minute")?, number("second")?.min(59))?;
    let precision = match (part("minute"), part("second")) {
        (_, Some(_)) => Precision::Second,
        (Some(_), None) => Precision::Minute,
        (None, None) => Precision::Hour,
    };
    let zone = part("offset").and_then(offset).or_else(|| part("name").and_then(named));
    Some(Written { day, time: Some(time), zone, precision })
}

fn offset(text: &str) -> Option<FixedOffset> {
    let sign = if text.starts_with('+') { 1 } else { -1 };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    // "+5:30" and "+1" have one digit of hours.
    let (hours, minutes) = digits.split_at(2 - digits.len() % 2);
    let minutes: i32 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    FixedOffset::east_opt(sign * (hours.parse::<i32>().ok()? * 3600 + minutes * 60))
}

/// RFC 822 §5.1 and the names that people use beside it; IST, which has three meanings, is none.
fn named(name: &str) -> Option<FixedOffset> {
    let quarters = match name {
        "z" | "gmt" | "ut" | "utc" | "wet" => 0,
        "cet" | "bst" | "west" => 4,
        "cest" | "eet" | "sast" => 8,
        "eest" | "msk" | "trt" => 12,
        "ict" | "wib" => 28,
        "hkt" | "sgt" | "awst" | "pht" => 32,
        "jst" | "kst" => 36,
        "acst" => 38,
        "aest" => 40,
        "acdt" => 42,
        "aedt" => 44,
        "nzst" => 48,
        "nzdt" => 52,
        "ndt" => -10,
        "art" | "brt" | "adt" => -12,
        "nst" => -14,
        "edt" | "ast" => -16,
        "est" | "cdt" => -20,
        "cst" | "mdt" => -24,
        "mst" | "pdt" => -28,
        "pst" | "akdt" => -32,
        "akst" => -36,
        "hst" => -40,
        _ => return None,
    };
    FixedOffset::east_opt(quarters * 900)
}
