//! One instant at which a schedule is due, and what was decided about it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One instant at which a schedule is due.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The schedule's name, such as `digest/morning/daily`.
    pub schedule: String,
    /// The instant.
    pub at: DateTime<Utc>,
}

/// What became of a Slot; every Slot gets exactly one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Its work was begun; found after a crash, it is taken up again.
    Begun,
    /// Its work was done.
    Run,
    /// Nothing was done, for this reason.
    Skipped(String),
}
