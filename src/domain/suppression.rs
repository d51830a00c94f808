//! An address that gets no mail, and why: people who did not want it, and mailboxes that are no more.

use chrono::{DateTime, Utc};

/// Why an address gets no mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuppressionReason {
    /// There is no such mailbox.
    HardBounce,
    /// Mail came back again and again.
    SoftBounces,
    /// The reader called it spam.
    Complaint,
    /// The operator said so.
    Operator,
}

impl SuppressionReason {
    /// The word in the store and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HardBounce => "hard bounce",
            Self::SoftBounces => "soft bounces",
            Self::Complaint => "complaint",
            Self::Operator => "operator",
        }
    }

    /// Reads what [`SuppressionReason::as_str`] wrote.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::HardBounce, Self::SoftBounces, Self::Complaint, Self::Operator]
            .into_iter()
            .find(|reason| reason.as_str() == word)
    }
}

/// An address that gets no mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The address in lower case, or a hash of one that was erased.
    pub address: String,
    /// Why.
    pub reason: SuppressionReason,
    /// In whose words.
    pub detail: String,
    /// Since when.
    pub since: DateTime<Utc>,
}
