//! Dates in numbers with the year first, whole or in part; years, months and days may have their signs in East Asia.

use std::borrow::Cow;
use std::sync::LazyLock;

use chrono::{NaiveDate, Weekday};
use regex::Regex;

use super::{Written, clock};
use crate::domain::Precision;

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let day = r"^(?P<year>\d{4})(?:-?w(?P<week>\d\d)(?:-?(?P<weekday>[1-7]))?|-?(?P<ordinal>\d{3})|[-/.]?(?P<month>\d{1,2})(?:[-/.]?(?P<day>\d{1,2}))?)?";
    let pattern = format!(r"{day}(?:(?P<t>t)?\s*{}{})?$", clock::SHORT, clock::ZONE);
    Regex::new(&pattern).expect("the pattern is made of constants")
});

/// Days of the week in East Asia, some of whose names are signs of a date.
static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[(（].{1,3}[)）]|.요일|(?:星期|周|礼拜).|.曜日?")
        .expect("the pattern is a constant")
});

/// Reads `text` as such a date.
pub(super) fn read(text: &str) -> Option<Written> {
    let text = text.to_lowercase();
    let text = with_ascii_signs(&text);
    let found = DATE.captures(&text)?;
    let number = |name| found.name(name).and_then(|part| part.as_str().parse::<u32>().ok());
    let year = found["year"].parse().ok()?;
    let (day, precision) = match (number("week"), number("ordinal"), number("month")) {
        (Some(week), ..) => {
            let weekday = Weekday::try_from(u8::try_from(number("weekday").unwrap_or(1) - 1).ok()?);
            let precision =
                if number("weekday").is_some() { Precision::Day } else { Precision::Week };
            (NaiveDate::from_isoywd_opt(year, week, weekday.ok()?)?, precision)
        }
        (_, Some(ordinal), _) => (NaiveDate::from_yo_opt(year, ordinal)?, Precision::Day),
        (.., Some(month)) => {
            let day = number("day");
            let precision = if day.is_some() { Precision::Day } else { Precision::Month };
            (NaiveDate::from_ymd_opt(year, month, day.unwrap_or(1))?, precision)
        }
        _ => (NaiveDate::from_ymd_opt(year, 1, 1)?, Precision::Year),
    };
    // A number that stands behind a blank is no hour.
    let is_time = found.name("t").is_some() || found.name("minute").is_some();
    match (found.name("hour"), precision) {
        (None, _) => Some(Written { day, time: None, zone: None, precision }),
        (Some(_), Precision::Day) if is_time => clock::at(day, &found),
        _ => None,
    }
}

/// `2024년 11월 18일 오후 9:30` and `2024年11月18日 9時30分` as `2024-11-18 pm 9:30` and `2024-11-18 9:30`.
fn with_ascii_signs(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let text = WEEKDAY.replace_all(text, " ");
    let halves = [
        ("오전", "am "),
        ("오후", "pm "),
        ("午前", "am "),
        ("午後", "pm "),
        ("上午", "am "),
        ("下午", "pm "),
    ];
    let text = halves.iter().fold(text.into_owned(), |text, (from, to)| text.replace(from, to));
    for sign in text.chars() {
        match sign {
            '年' | '년' | '月' | '월' => out.push('-'),
            '日' | '号' | '일' | '秒' | '초' => out.push(' '),
            '時' | '时' | '시' | '点' | '分' | '분' => out.push(':'),
            // Blanks stand behind the signs as well.
            ' ' if out.ends_with(['-', ' ', ':']) => {}
            sign => out.push(sign),
        }
    }
    let length = out.trim_end_matches([' ', ':', '-']).len();
    out.truncate(length);
    out.into()
}
