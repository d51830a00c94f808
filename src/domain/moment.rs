//! A time as a page gave it, resolved once, with the precision it really has.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use super::Locale;

/// How exactly a page stated a time. Ordered from fine to coarse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Hour, minute and second were given.
    Second,
    /// Hour and minute were given.
    Minute,
    /// "3 hours ago".
    Hour,
    /// A calendar day.
    Day,
    /// "2 weeks ago".
    Week,
    /// "May 2024", "1月前".
    Month,
    /// "2023".
    Year,
}

/// A time as the page gave it. A date is never invented: where the page has none there is no Moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The words on the page.
    pub raw: String,
    /// The beginning of the stated second, day, month …, in the offset the page gave or the one it was fetched in.
    pub instant: DateTime<FixedOffset>,
    /// How much of `instant` the page really said.
    pub precision: Precision,
    /// What a relative time ("27天前") was counted from: the first fetch. `None` for an absolute time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<DateTime<FixedOffset>>,
}

impl Moment {
    /// Whether the page counted back from the time of reading.
    pub fn is_relative(&self) -> bool {
        self.reference.is_some()
    }

    /// Whether it names at least a calendar day, which is what a feed's date element promises its readers.
    pub fn is_exact_enough_for_feeds(&self) -> bool {
        self.precision <= Precision::Day
    }

    /// This Moment, or the one known from an earlier fetch where both count back from the time of reading: a relative
    /// time was settled at first sight and never moves again.
    #[must_use]
    pub fn pinned_to(self, earlier: Option<&Moment>) -> Moment {
        match earlier {
            Some(known) if self.is_relative() => known.clone(),
            _ => self,
        }
    }

    /// The time for human eyes, no finer than it is known.
    pub fn display(&self, locale: Locale) -> String {
        let pattern = match (self.precision, locale) {
            (Precision::Second | Precision::Minute, Locale::English) => "%-d %B %Y, %H:%M",
            (Precision::Second | Precision::Minute, Locale::Chinese) => "%Y年%-m月%-d日 %H:%M",
            (Precision::Hour, Locale::English) => "%-d %B %Y, about %H:00",
            (Precision::Hour, Locale::Chinese) => "%Y年%-m月%-d日 %-H时前后",
            (Precision::Day, Locale::English) => "%-d %B %Y",
            (Precision::Day, Locale::Chinese) => "%Y年%-m月%-d日",
            (Precision::Week, Locale::English) => "week of %-d %B %Y",
            (Precision::Week, Locale::Chinese) => "%Y年%-m月%-d日前后一周",
            (Precision::Month, Locale::English) => "%B %Y",
            (Precision::Month, Locale::Chinese) => "%Y年%-m月",
            (Precision::Year, Locale::English) => "%Y",
            (Precision::Year, Locale::Chinese) => "%Y年",
        };
        self.instant.format(pattern).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339(text).unwrap()
    }

    fn relative(raw: &str, day: &str, read: &str) -> Moment {
        Moment {
            raw: raw.into(),
            instant: at(day),
            precision: Precision::Day,
            reference: Some(at(read)),
        }
    }

    #[test]
    fn a_relative_moment_never_moves_on_a_later_fetch() {
        let first = relative("27天前", "2024-10-24T00:00:00+08:00", "2024-11-20T08:00:00+08:00");
        let later = relative("28天前", "2024-10-24T00:00:00+08:00", "2024-11-21T08:00:00+08:00");
        assert_eq!(later.pinned_to(Some(&first)), first);
    }

    #[test]
    fn a_date_that_the_page_states_outright_replaces_a_counted_one() {
        let first = relative("27天前", "2024-10-24T00:00:00+08:00", "2024-11-20T08:00:00+08:00");
        let stated = Moment {
            raw: "2024-10-25".into(),
            instant: at("2024-10-25T00:00:00+08:00"),
            precision: Precision::Day,
            reference: None,
        };
        assert_eq!(stated.clone().pinned_to(Some(&first)), stated);
    }

    #[test]
    fn coarse_moments_are_shown_as_coarse() {
        let mut moment =
            relative("1月前", "2024-10-01T00:00:00+08:00", "2024-11-20T08:00:00+08:00");
        moment.precision = Precision::Month;
        assert_eq!(moment.display(Locale::Chinese), "2024年10月");
        assert_eq!(moment.display(Locale::English), "October 2024");
        assert!(!moment.is_exact_enough_for_feeds());
    }
}
