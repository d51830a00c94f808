//! What an address is asked to confirm by mail: a token that only the mail bears, good for one thing, once, for some days.

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use super::{Choices, DigestId, EmailAddress, sha256_hex};

/// How long a mail waits to be answered.
const VALID: TimeDelta = TimeDelta::days(3);

/// What is to be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To receive a Digest.
    Subscribe,
    /// To see and to erase all that is kept of the address: digests get forwarded, so the link in them is not enough.
    Erase,
}

impl Purpose {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Erase => "erase",
        }
    }

    /// Reads what [`Purpose::as_str`] wrote.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Subscribe, Self::Erase].into_iter().find(|purpose| purpose.as_str() == word)
    }
}

/// The secret of one link: shown to its reader, kept by nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    // It stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

impl Token {
    /// The token of 32 random bytes.
    pub fn new(random: &[u8; 32]) -> Self {
        use base64::Engine as _;
        Self(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random))
    }

    /// A token as somebody sent it.
    pub fn read(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The word in the link.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the store knows it by. A hash is looked up, so that no comparison takes longer the nearer a guess comes.
    pub fn hash(&self) -> String {
        sha256_hex(self.0.as_bytes())
    }
}

/// A link that waits to be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// What for.
    pub purpose: Purpose,
    /// The Digest.
    pub digest: DigestId,
    /// Whom the mail went to.
    pub address: EmailAddress,
    /// What was chosen in the form.
    pub choices: Choices,
    /// When it is worth nothing any more.
    pub expires_at: DateTime<Utc>,
}

impl Confirmation {
    /// One that is asked for at `now`.
    pub fn new(
        purpose: Purpose,
        digest: DigestId,
        address: EmailAddress,
        choices: Choices,
        now: DateTime<Utc>,
    ) -> Self {
        Self { purpose, digest, address, choices, expires_at: now + VALID }
    }
}

/// A link that is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this link was used already, or it is older than {} days; ask for a new one", VALID.num_days())]
pub struct Spent;
