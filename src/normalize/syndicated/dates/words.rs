//! Dates with the month's name: `Mon, 18 Nov 2024 09:30:00 GMT` and all that people and programs make of it.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::{Written, clock, months};
use crate::domain::Precision;

static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!("{}{}", clock::TIME, clock::ZONE))
        .expect("the pattern is made of constants")
});

/// Longer lines are no date.
const LONGEST: usize = 80;

/// Reads `text` as such a date: around the time stand a month's name, and one or two numbers.
pub(super) fn read(text: &str) -> Option<Written> {
    if text.len() > LONGEST {
        return None;
    }
    let text = text.to_lowercase();
    let clock = CLOCK.captures(&text);
    let (from, to) = clock
        .as_ref()
        .and_then(|found| found.get(0))
        .map_or((text.len(), text.len()), |m| (m.start(), m.end()));
    let rest = format!("{} {}", &text[..from], &text[to..]);
    // French and Spanish Tuesdays begin as March does, and stand before the month.
    let words = rest.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let month = words.filter_map(months::number).next_back()?;
    let numbers: Vec<&str> =
        rest.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).collect();
    let (day, year) = match numbers[..] {
        [year] if year.len() == 4 => (None, year),
        [year, day] if year.len() == 4 && day.len() <= 2 => (Some(day), year),
        [day, year] if day.len() <= 2 => (Some(day), year),
        _ => return None,
    };
    let date =
        NaiveDate::from_ymd_opt(full(year)?, month, day.map_or(Some(1), |day| day.parse().ok())?)?;
    match (&clock, day) {
        (Some(found), Some(_)) => clock::at(date, found),
        (_, day) => {
            let precision = if day.is_some() { Precision::Day } else { Precision::Month };
            Some(Written { day: date, time: None, zone: None, precision })
        }
    }
}

/// RFC 2822 §4.3: years of two and three digits.
fn full(year: &str) -> Option<i32> {
    let number: i32 = year.parse().ok()?;
    match (year.len(), number) {
        (2, 0..50) => Some(2000 + number),
        (2 | 3, _) => Some(1900 + number),
        (4, _) => Some(number),
        _ => None,
    }
}
