//! What one visit to a Source brings, and what that says of the Source.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How a Source is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It answers, and is what it used to be. Nothing new is fine, too.
    Fine,
    /// It answers with less of an article than it used to: its layout has changed.
    Thin,
    /// It answers, with nothing where there used to be something.
    Empty,
    /// It does not answer as it should.
    Failing,
    /// It is gone for good.
    Gone,
}

impl Health {
    /// The word in the store and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Thin => "thin",
            Self::Empty => "empty",
            Self::Failing => "failing",
            Self::Gone => "gone",
        }
    }

    /// Reads what [`Health::as_str`] wrote.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Fine, Self::Thin, Self::Empty, Self::Failing, Self::Gone]
            .into_iter()
            .find(|health| health.as_str() == word)
    }

    /// Visits in a row that must say so before it is believed: one bad answer is an accident.
    pub(super) fn strikes(self) -> u32 {
        match self {
            Self::Fine | Self::Gone => 1,
            Self::Thin | Self::Empty => 2,
            Self::Failing => 3,
        }
    }
}

/// What came of one visit to a Source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All as it was.
    Unchanged,
    /// Something was read.
    Read {
        /// Articles found in it, known or not.
        found: u32,
        /// Of these, seen for the first time.
        fresh: u32,
        /// Of these, edited.
        changed: u32,
        /// How much of an article the new ones have: filled fields in a thousand.
        filled: Option<u32>,
    },
    /// Nothing could be read.
    Failed {
        /// Why.
        reason: String,
        /// How long the server wants to be left alone.
        retry_after: Option<TimeDelta>,
    },
    /// Its server says that it is gone for good.
    Gone,
}
