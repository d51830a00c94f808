//! Why a schedule cannot be one.

use thiserror::Error;

/// Why an expression or a zone was refused; each says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScheduleError {
    /// Longer than any sensible expression.
    #[error("the expression has {0} characters; at most {1} are read")]
    TooLong(usize, usize),
    /// An `@word` that is not known.
    #[error("\"{0}\" is not known; use @hourly, @daily, @weekly, @monthly or @yearly")]
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
    /// Not in the IANA time zone database.
    #[error(
        "\"{0}\" is not a time zone; write an IANA name such as Europe/Berlin, Asia/Shanghai or UTC"
    )]
    Zone(String),
}
