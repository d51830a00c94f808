//! Times on the desk: to the minute in the site's zone, and how far from now.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::DeskFrame;
use crate::domain::Locale;

/// An instant for machines, for people, and as a distance.
#[derive(Debug, Serialize)]
pub(super) struct Time {
    datetime: String,
    shown: String,
    distance: String,
}

impl Time {
    pub(super) fn of(at: DateTime<Utc>, desk: &DeskFrame<'_>) -> Self {
        Self {
            datetime: at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            shown: clock(at, desk.zone),
            distance: distance(at - desk.now, desk.frame.locale),
        }
    }
}

/// To the minute.
pub(super) fn clock(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// In one unit, the largest that fits.
fn distance(from_now: TimeDelta, locale: Locale) -> String {
    let seconds = from_now.num_seconds().abs();
    let (number, english, chinese) = match seconds {
        0..60 => {
            return match locale {
                Locale::English => "now".to_owned(),
                Locale::Chinese => "现在".to_owned(),
            };
        }
        60..3600 => (seconds / 60, "min", "分钟"),
        3600..172_800 => (seconds / 3600, "h", "小时"),
        _ => (seconds / 86_400, "days", "天"),
    };
    match (locale, from_now > TimeDelta::zero()) {
        (Locale::English, true) => format!("in {number} {english}"),
        (Locale::English, false) => format!("{number} {english} ago"),
        (Locale::Chinese, true) => format!("{number} {chinese}后"),
        (Locale::Chinese, false) => format!("{number} {chinese}前"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_told_in_the_largest_unit_that_fits() {
        for (seconds, english, chinese) in [
            (20, "now", "现在"),
            (-300, "5 min ago", "5 分钟前"),
            (7300, "in 2 h", "2 小时后"),
            (-86_400, "24 h ago", "24 小时前"),
            (-1_000_000, "11 days ago", "11 天前"),
        ] {
            let time = TimeDelta::seconds(seconds);
            assert_eq!(distance(time, Locale::English), english);
            assert_eq!(distance(time, Locale::Chinese), chinese);
        }
    }
}
