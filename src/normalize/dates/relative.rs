//! Dates counted back from the time of reading, settled to the start of the unit they name.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, TimeDelta, Timelike};
use regex::{Captures, Regex};

use super::time_of_day::{self, start_of};
use super::{Found, Frame, Impossible, Scope, numerals};
use crate::domain::{Moment, Precision};

type Instant = DateTime<FixedOffset>;

static CHINESE_AGO: LazyLock<Regex> = LazyLock::new(|| {
    fixed(concat!(
        r"(?P<count>半|\d{1,3}|[一二两三四五六七八九十百零〇]{1,5})\s*",
        r"(?P<unit>秒钟|秒|分钟|个小时|小时|个?钟头|天|日|周|个?星期|个?礼拜|个?月|年)\s*(?:之前|以前|前)",
    ))
});
static ENGLISH_AGO: LazyLock<Regex> = LazyLock::new(|| {
    fixed(concat!(
        r"(?i)\b(?:(?P<half>half)\s+)?(?P<count>an?|\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s*",
        r"(?P<unit>seconds?|secs?|s|minutes?|mins?|hours?|hrs?|hr|h|days?|d|weeks?|wks?|w|months?|mos?|years?|yrs?|y)\.?\s+ago\b",
    ))
});
static CHINESE_WORD: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?P<word>刚刚|刚才|大前天|今天|今日|昨天|昨日|前天|前日|上个?(?:周|星期)(?P<weekday>[一二三四五六日天])?|本周(?P<this>[一二三四五六日天])?|上个?月|去年|前年)",
    )
});
static ENGLISH_WORD: LazyLock<Regex> =
    LazyLock::new(|| fixed(r"(?i)\b(?P<word>just now|today|yesterday|last (?:week|month|year))\b"));

/// Whether a word stands in `text` that may name a day without a number.
pub(super) fn is_named(text: &str) -> bool {
    CHINESE_WORD.is_match(text) || ENGLISH_WORD.is_match(text) || ENGLISH_AGO.is_match(text)
}

fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is fixed and tested")
}

/// The first relative date in `text`. Bare words such as "today" count only where they stand alone or bring a time.
pub(super) fn find(text: &str, frame: &Frame, scope: Scope) -> Option<Found> {
    let ago = first(&CHINESE_AGO, text, frame, chinese_ago)
        .or_else(|| first(&ENGLISH_AGO, text, frame, english_ago));
    ago.or_else(|| word(&CHINESE_WORD, text, frame, scope))
        .or_else(|| word(&ENGLISH_WORD, text, frame, scope))
}

fn first(
    pattern: &Regex,
    text: &str,
    frame: &Frame,
    read: fn(&Captures<'_>, Instant) -> Option<(Instant, Precision)>,
) -> Option<Found> {
    pattern.captures_iter(text).find_map(|captures| {
        let whole = captures.get(0)?;
        // A longer number was cut at the front: 2024年前 is no count of years.
        if text[..whole.start()].ends_with(|c: char| c.is_ascii_digit() || c == '.') {
            return None;
        }
        let settled = read(&captures, frame.now)?;
        Some(found(whole.start(), whole.end(), whole.as_str(), Some(settled), frame))
    })
}

fn word(pattern: &Regex, text: &str, frame: &Frame, scope: Scope) -> Option<Found> {
    let captures = pattern.captures(text)?;
    let whole = captures.get(0)?;
    let (day, precision) = named(&captures, frame.now)?;
    let clock =
        (precision == Precision::Day).then(|| time_of_day::read(&text[whole.end()..])).flatten();
    if clock.is_none() && scope == Scope::Prose {
        return None;
    }
    let end = clock.as_ref().map_or(whole.end(), |clock| whole.end() + clock.length);
    let settled = if precision == Precision::Minute {
        floor(frame.now, precision).map(|instant| (instant, precision))
    } else {
        time_of_day::at(day, clock.as_ref(), precision, *frame.now.offset())
    };
    Some(found(whole.start(), end, &text[whole.start()..end], settled, frame))
}

fn found(
    start: usize,
    end: usize,
    raw: &str,
    settled: Option<(Instant, Precision)>,
    frame: &Frame,
) -> Found {
    let reading = settled
        .map(|(instant, precision)| Moment {
            raw: raw.to_owned(),
            instant,
            precision,
            reference: Some(frame.now),
        })
        .ok_or_else(|| Impossible { raw: raw.to_owned() });
    Found { start, end, reading }
}

fn chinese_ago(captures: &Captures<'_>, now: Instant) -> Option<(Instant, Precision)> {
    let unit = captures["unit"].trim_start_matches('个');
    let precision = match unit {
        "秒" | "秒钟" => Precision::Second,
        "分钟" => Precision::Minute,
        "小时" | "钟头" => Precision::Hour,
        "天" | "日" => Precision::Day,
        "周" | "星期" | "礼拜" => Precision::Week,
        "月" => Precision::Month,
        _ => Precision::Year,
    };
    if &captures["count"] == "半" {
        return half(now, precision);
    }
    settle(now, numerals::chinese(&captures["count"])?, precision)
}

fn english_ago(captures: &Captures<'_>, now: Instant) -> Option<(Instant, Precision)> {
    let unit = captures["unit"].to_ascii_lowercase();
    let precision = match unit.as_str() {
        u if u.starts_with("mo") => Precision::Month,
        u if u.starts_with('s') => Precision::Second,
        u if u.starts_with('m') => Precision::Minute,
        u if u.starts_with('h') => Precision::Hour,
        u if u.starts_with('d') => Precision::Day,
        u if u.starts_with('w') => Precision::Week,
        _ => Precision::Year,
    };
    if captures.name("half").is_some() {
        return half(now, precision);
    }
    settle(now, numerals::english(&captures["count"])?, precision)
}

/// Half a unit ago, no finer than the unit below it.
fn half(now: Instant, unit: Precision) -> Option<(Instant, Precision)> {
    let (instant, precision) = match unit {
        Precision::Hour => (now - TimeDelta::minutes(30), Precision::Hour),
        Precision::Day => (now - TimeDelta::hours(12), Precision::Hour),
        Precision::Month => (now - TimeDelta::days(15), Precision::Week),
        Precision::Year => (now.checked_sub_months(Months::new(6))?, Precision::Month),
        _ => (now, unit),
    };
    Some((floor(instant, precision)?, precision))
}

fn settle(now: Instant, count: u32, precision: Precision) -> Option<(Instant, Precision)> {
    let many = i64::from(count);
    let instant = match precision {
        Precision::Second => now.checked_sub_signed(TimeDelta::seconds(many)),
        Precision::Minute => now.checked_sub_signed(TimeDelta::minutes(many)),
        Precision::Hour => now.checked_sub_signed(TimeDelta::hours(many)),
        Precision::Day => now.checked_sub_days(Days::new(many.unsigned_abs())),
        Precision::Week => now.checked_sub_days(Days::new(many.unsigned_abs() * 7)),
        Precision::Month => now.checked_sub_months(Months::new(count)),
        Precision::Year => now.checked_sub_months(Months::new(count.checked_mul(12)?)),
    }?;
    Some((floor(instant, precision)?, precision))
}

/// The beginning of the second, minute … year that `instant` lies in; weeks begin on Monday (ISO 8601).
fn floor(instant: Instant, precision: Precision) -> Option<Instant> {
    let day = instant.date_naive();
    let whole = instant.with_nanosecond(0)?;
    match precision {
        Precision::Second => Some(whole),
        Precision::Minute => whole.with_second(0),
        Precision::Hour => whole.with_second(0)?.with_minute(0),
        Precision::Day => start_of(day, *instant.offset()),
        Precision::Week => start_of(monday(day)?, *instant.offset()),
        Precision::Month => start_of(day.with_day(1)?, *instant.offset()),
        Precision::Year => start_of(day.with_day(1)?.with_month(1)?, *instant.offset()),
    }
}

fn monday(day: NaiveDate) -> Option<NaiveDate> {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))
}

/// The day that a word names, with the precision of the word.
fn named(captures: &Captures<'_>, now: Instant) -> Option<(NaiveDate, Precision)> {
    let today = now.date_naive();
    let back = |days| today.checked_sub_days(Days::new(days));
    let month = |back: u32| today.with_day(1)?.checked_sub_months(Months::new(back));
    let year = |back: i32| NaiveDate::from_ymd_opt(today.year() - back, 1, 1);
    let word = captures["word"].to_lowercase();
    let weekday = captures.name("weekday").or(captures.name("this"));
    let week_start = |weeks: u64| monday(today)?.checked_sub_days(Days::new(7 * weeks));
    let weeks = u64::from(!word.starts_with("本周"));
    Some(match word.as_str() {
        "刚刚" | "刚才" | "just now" => (today, Precision::Minute),
        "今天" | "今日" | "today" => (today, Precision::Day),
        "昨天" | "昨日" | "yesterday" => (back(1)?, Precision::Day),
        "前天" | "前日" => (back(2)?, Precision::Day),
        "大前天" => (back(3)?, Precision::Day),
        "last month" => (month(1)?, Precision::Month),
        w if w.ends_with('月') => (month(1)?, Precision::Month),
        "去年" | "last year" => (year(1)?, Precision::Year),
        "前年" => (year(2)?, Precision::Year),
        _ => match weekday {
            Some(name) => {
                let days =
                    "一二三四五六日".find(name.as_str()).map_or(6, |at| at / '一'.len_utf8());
                (
                    week_start(weeks)?.checked_add_days(Days::new(u64::try_from(days).ok()?))?,
                    Precision::Day,
                )
            }
            None => (week_start(weeks)?, Precision::Week),
        },
    })
}
