//! Dates as feeds write them: RFC 822 with RFC 2822's narrower form, RFC 3339, W3C's profile of ISO 8601.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use regex::Regex;

use super::Rule;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// RFC 2822 §3.3 as writers should write it.
static NARROW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? ([+-]?\d\d[03]0|UT|GMT|[ECMP][SD]T|Z)$",
    )
});
/// RFC 822 §5.1: two-digit years, any case, military zones, no zone at all.
static WIDE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:mon|tue|wed|thu|fri|sat|sun)\s*,\s*)?\d\d?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+\d\d(?:\d\d)?\s+\d\d:\d\d(?::\d\d)?\s+(?:[+-]\d{4}|ut|gmt|[ecmp][sd]t|[a-ik-z])?$",
    )
});
static QUOTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\\."));
static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\([^()]*\)"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant")
}

/// A date of RSS: what is wrong with it, if anything.
pub(super) fn rfc822(value: &str, now: Option<DateTime<Utc>>) -> Option<Rule> {
    if now.is_none() && is_ours(value) {
        return None;
    }
    let Some(parts) = NARROW.captures(value) else {
        let bare = without_comments(value);
        let wide = WIDE.is_match(bare.trim());
        return Some(if wide { Rule::ProblematicalRfc822Date } else { Rule::InvalidRfc2822Date });
    };
    let number = |index: usize| parts.get(index).and_then(|m| m.as_str().parse::<u32>().ok());
    let month = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(&parts[3])).unwrap_or(0);
    let year = parts[4].parse::<i32>().unwrap_or(0);
    let month = u32::try_from(month).unwrap_or(0) + 1;
    let Some(date) = NaiveDate::from_ymd_opt(year, month, number(2).unwrap_or(0)) else {
        return Some(Rule::InvalidRfc2822Date);
    };
    let day = DAYS[date.weekday().num_days_from_monday() as usize];
    if parts.get(1).is_some_and(|stated| !stated.as_str().eq_ignore_ascii_case(day)) {
        return Some(Rule::IncorrectDow);
    }
    // Without a zone name chrono knows, the day alone tells; it is enough for "not plausible".
    let instant = DateTime::parse_from_rfc2822(value).map_or_else(
        |_| date.and_hms_opt(0, 0, 0).map(|naive| naive.and_utc()),
        |exact| Some(exact.to_utc()),
    );
    implausible(instant, now)
}

/// RFC 822 §3.4.3: comments nest, and a backslash quotes.
fn without_comments(value: &str) -> String {
    let mut bare = QUOTED.replace_all(value, "").into_owned();
    while let std::borrow::Cow::Owned(next) = COMMENT.replace_all(&bare, " ") {
        bare = next;
    }
    bare
}

/// The form that feeds are mostly written in, told without a pattern: `Mon, 18 Nov 2024 09:30:00 +0100`.
fn is_ours(value: &str) -> bool {
    value.len() == 31
        && value.as_bytes()[12..16] > b"1990"[..]
        && DateTime::parse_from_rfc2822(value)
            .is_ok_and(|date| date.format("%a, %d %b %Y %H:%M:%S %z").to_string() == value)
}

fn implausible(instant: Option<DateTime<Utc>>, now: Option<DateTime<Utc>>) -> Option<Rule> {
    let instant = instant?;
    let too_late = now.is_some_and(|now| instant > now + TimeDelta::minutes(10));
    (instant.year() < 1990 || too_late).then_some(Rule::ImplausibleDate)
}

/// A date of Atom (RFC 4287 §3.3): capital T and Z, seconds, a zone.
pub(super) fn rfc3339(value: &str, now: Option<DateTime<Utc>>) -> Option<Rule> {
    let bytes = value.as_bytes();
    let has_shape = bytes.len() >= 20
        && b"0000-00-00T00:00:00".iter().zip(bytes).all(|(shape, b)| match shape {
            b'0' => b.is_ascii_digit(),
            other => other == b,
        })
        && zone_begins(&bytes[19..]);
    let parsed = has_shape.then(|| DateTime::parse_from_rfc3339(value).ok()).flatten();
    match parsed {
        Some(date) => implausible(Some(date.to_utc()), now),
        None => Some(Rule::InvalidRfc3339Date),
    }
}

fn zone_begins(rest: &[u8]) -> bool {
    let fraction = rest.iter().skip(1).take_while(|b| b.is_ascii_digit()).count();
    let rest = if rest.first() == Some(&b'.') { &rest[1 + fraction..] } else { rest };
    matches!(rest, b"Z" | [b'+' | b'-', _, _, b':', _, _])
}

/// W3C NOTE-datetime: a year, a month, a day, or a time with its zone.
pub(super) fn w3cdtf(value: &str, now: Option<DateTime<Utc>>) -> Option<Rule> {
    let wrong = Some(Rule::InvalidW3cdtfDate);
    let (date, time) = match value.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (value, None),
    };
    let parts: Vec<&str> = date.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|p| p.len()).collect();
    let fits = matches!(lengths[..], [4] | [4, 2] | [4, 2, 2])
        && parts.iter().all(|p| p.bytes().all(|b| b.is_ascii_digit()));
    if !fits {
        return wrong;
    }
    let number = |index: usize| parts.get(index).map_or(Some(1), |p| p.parse::<u32>().ok());
    let year = parts[0].parse().unwrap_or(0);
    let day = number(1).zip(number(2)).and_then(|(m, d)| NaiveDate::from_ymd_opt(year, m, d));
    let (Some(day), true) = (day, time.is_none() || parts.len() == 3) else { return wrong };
    if time.is_some_and(|time| !is_time_with_zone(time)) {
        return wrong;
    }
    implausible(day.and_hms_opt(0, 0, 0).map(|naive| naive.and_utc()), now)
}

fn is_time_with_zone(time: &str) -> bool {
    let Some(zone) = time.find(['Z', '+', '-']) else { return false };
    let (clock, zone) = time.split_at(zone);
    let with_seconds = if clock.len() == 5 { format!("{clock}:00") } else { clock.to_owned() };
    DateTime::parse_from_rfc3339(&format!("2000-01-01T{with_seconds}{zone}")).is_ok()
}
