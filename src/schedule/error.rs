//! Why a schedule cannot be one.

use thiserror::Error;

/// Why an expression or a zone was refused; each says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScheduleError {
    /// Longer than any sensible expression.
    #[error("the expression has {0} characters; at most {1} are read")]
    TooLong(usize, usize),
    /// An `@word` that is not known.
    #[error(
        "\"{0}\" is not known; use @hourly, @daily, @weekly, @monthly or @yearly, or write five fields: \"*/5 * * * *\" is every five minutes"
    )]
    Macro(String),
    /// Not five or six fields.
    #[error(
        "\"{0}\" has {1} fields; write five: minute hour day-of-month month day-of-week (\"30 7 * * 1-5\"), or six with seconds first"
    )]
    Fields(String, usize),
    /// A part of a field that cannot be read.
    #[error("{field} \"{part}\": {expected}")]
    Field {
        /// Which field.
        field: &'static str,
        /// The part of it that is wrong.
        part: String,
        /// What would be accepted.
        expected: String,
    },
    /// Right in form, but there is no such day.
    #[error("\"{0}\" never comes: no month it names has such a day")]
    Never(String),
    /// A zone within the expression.
    #[error(
        "\"{0}\" does not belong here: the zone of a schedule is site.zone, or its digest's own zone"
    )]
    ZoneWithin(String),
    /// Not in the IANA time zone database.
    #[error("expected an IANA name{}", meant.map_or(
        " such as Europe/Berlin, Asia/Shanghai or UTC".to_owned(), |name| format!("; write {name}")))]
    Zone {
        /// A name that is close to it.
        meant: Option<&'static str>,
    },
}
