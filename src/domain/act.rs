//! What somebody did at the desk: when, who, what, to what, from where, and how it ended.

use chrono::{DateTime, Utc};

/// One write at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// Who, as the desk knows them: `operator`, or the name that the proxy gave.
    pub who: String,
    /// From which address.
    pub from: String,
    /// What, such as `pause source`.
    pub what: String,
    /// To what, such as a source's name; empty where there is only one.
    pub subject: String,
    /// How it ended; absent while it goes on, and for ever where the process ended first.
    pub outcome: Option<String>,
}
