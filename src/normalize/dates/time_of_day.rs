//! The time of day and the zone that may follow a date.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone};
use regex::{Captures, Regex};

use crate::domain::Precision;

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:T|[\s,，|·•\-–—/]*)(?:[(（]?(?:星期|周)[一二三四五六日天][)）]?)?\s*(?:(?:at|um|à|alle|ore|kl\.?)\s+)?",
        r"(?P<half>上午|下午|晚上|凌晨|中午|早上|晚间|傍晚)?\s*",
        r"(?P<hour>\d{1,2})",
        r"(?:(?P<unit>时|点钟|点)(?:(?P<zhmin>\d{1,2})分?)?|[:：](?P<min>\d{2})(?:[:：](?P<sec>\d{2})(?:\.\d+)?)?)?",
        r"\s*(?P<ampm>[ap]\.?m\b\.?)?",
        r"\s*\(?(?P<zone>Z\b|UTC(?:[+-]\d{1,2})?|GMT(?:[+-]\d{1,2})?|E[SD]T\b|C[D]T\b|M[SD]T\b|P[SD]T\b|BST\b|CEST\b|CET\b|JST\b|HKT\b|SGT\b|AEST\b|AEDT\b|[+-]\d{2}:?\d{2})?\)?",
    ))
    .expect("the pattern is fixed and tested")
});

/// A time of day read behind a date.
#[derive(Debug)]
pub(super) struct Clock {
    /// `None` for an hour or minute that no day has.
    time: Option<NaiveTime>,
    offset: Option<FixedOffset>,
    precision: Precision,
    /// Bytes of text it took.
    pub length: usize,
}

/// Reads the time that begins `text`, if one does.
pub(super) fn read(text: &str) -> Option<Clock> {
    let found = TIME.captures(text)?;
    let minute = found.name("min").or(found.name("zhmin"));
    let is_time = minute.is_some() || found.name("unit").is_some() || found.name("ampm").is_some();
    if !is_time {
        return None;
    }
    let second = found.name("sec");
    let precision = match (minute, second) {
        (_, Some(_)) => Precision::Second,
        (Some(_), None) => Precision::Minute,
        (None, None) => Precision::Hour,
    };
    let number =
        |m: Option<regex::Match<'_>>| m.map_or(Some(0), |m| m.as_str().parse::<u32>().ok());
    let time = hour_of_day(&found)
        .and_then(|hour| NaiveTime::from_hms_opt(hour, number(minute)?, number(second)?));
    let offset = found.name("zone").and_then(|zone| offset_of(zone.as_str()));
    Some(Clock { time, offset, precision, length: found.get(0).map_or(0, |m| m.end()) })
}

fn hour_of_day(found: &Captures<'_>) -> Option<u32> {
    let hour: u32 = found["hour"].parse().ok()?;
    let afternoon = match (found.name("half").map(|m| m.as_str()), found.name("ampm")) {
        (Some("下午" | "晚上" | "晚间" | "傍晚"), _) => true,
        (Some("中午"), _) => hour < 3,
        (_, Some(mark)) => mark.as_str().to_ascii_lowercase().starts_with('p'),
        _ => false,
    };
    let twelve_hours = found.name("ampm").is_some();
    match hour {
        12 if twelve_hours && !afternoon => Some(0),
        1..=11 if afternoon => Some(hour + 12),
        _ => Some(hour),
    }
}

/// Hours east of UTC that a zone's abbreviation stands for. Those with several meanings (CST, IST) are left out.
fn offset_of(zone: &str) -> Option<FixedOffset> {
    let zone = zone.to_ascii_uppercase();
    let hours = match zone.as_str() {
        "Z" | "UTC" | "GMT" => 0,
        "BST" | "CET" => 1,
        "CEST" => 2,
        "HKT" | "SGT" => 8,
        "JST" => 9,
        "AEST" => 10,
        "AEDT" => 11,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => return numeric_offset(zone.trim_start_matches(|c: char| c.is_ascii_alphabetic())),
    };
    FixedOffset::east_opt(hours * 3600)
}

fn numeric_offset(text: &str) -> Option<FixedOffset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("-", rest) => (-1, rest.replace(':', "")),
        ("+", rest) => (1, rest.replace(':', "")),
        _ => return None,
    };
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) =
        if digits.len() > 2 { (number / 100, number % 100) } else { (number, 0) };
    FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))
}

/// `day` at `clock`, or its beginning; `None` where the clock shows an hour that no day has.
pub(super) fn at(
    day: NaiveDate,
    clock: Option<&Clock>,
    precision: Precision,
    offset: FixedOffset,
) -> Option<(DateTime<FixedOffset>, Precision)> {
    let Some(clock) = clock else {
        return Some((start_of(day, offset)?, precision));
    };
    let offset = clock.offset.unwrap_or(offset);
    let instant = offset.from_local_datetime(&day.and_time(clock.time?)).single()?;
    Some((instant, clock.precision))
}

/// Midnight at the beginning of `day`.
pub(super) fn start_of(day: NaiveDate, offset: FixedOffset) -> Option<DateTime<FixedOffset>> {
    offset.from_local_datetime(&day.and_time(NaiveTime::MIN)).single()
}
