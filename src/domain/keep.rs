//! How long things are kept once nothing waits for them.

use chrono::TimeDelta;

/// How long things are kept once nothing waits for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Articles after their last change; absent means for ever.
    pub articles: Option<TimeDelta>,
    /// Documents as they were fetched.
    pub documents: TimeDelta,
    /// Decisions about slots.
    pub slots: TimeDelta,
    /// Editions.
    pub editions: TimeDelta,
    /// Messages with their Deliveries.
    pub messages: TimeDelta,
}
