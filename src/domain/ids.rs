//! Identities as types of their own, so that one cannot stand where another is meant.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// Namespace of article ids; changing it would give every article of every installation a new id.
const ARTICLES: Uuid = Uuid::from_u128(0x6d0c_3f5e_8f4b_4a3e_9d55_2f1f_7c1a_0b6e);

/// How the names of Digests' own feeds begin; no other Feed's does.
pub const DIGEST_FEED: &str = "digest-";

/// An article's one id: the same in RSS, Atom, JSON and mail, on every run and every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArticleId(Uuid);

impl ArticleId {
    /// Derives the id from the source that owns the article and the key its identity rule found.
    pub fn derive(source: &SourceId, key: &str) -> Self {
        Self(Uuid::new_v5(&ARTICLES, format!("{}\n{key}", source.as_str()).as_bytes()))
    }

    /// The id of what this article's page points to, known by `title`.
    #[must_use]
    pub fn of_related(&self, title: &str) -> Self {
        Self(Uuid::new_v5(&self.0, title.as_bytes()))
    }

    /// The id as a URN (RFC 9562 §4), the form that feeds carry.
    pub fn urn(&self) -> String {
        self.0.urn().to_string()
    }

    /// The id in 16 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Reads what [`ArticleId::urn`] or [`fmt::Display`] wrote, or its bytes in hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::parse_str(text).ok().map(Self)
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// A name in the configuration that cannot become part of a file name, a URL and a header alike.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "\"{0}\" is not a name: use 1 to 64 lower-case letters, digits, '-' or '_', beginning with a letter or digit"
)]
pub struct InvalidName(pub String);

fn checked_name(text: &str) -> Result<String, InvalidName> {
    let fits = (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        && text.as_bytes()[0].is_ascii_alphanumeric();
    fits.then(|| text.to_owned()).ok_or_else(|| InvalidName(text.to_owned()))
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the name; see [`InvalidName`] for the rule.
            pub fn new(text: &str) -> Result<Self, InvalidName> {
                checked_name(text).map(Self)
            }

            /// The name as the operator wrote it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// The operator's name of a Source.
    SourceId
);
name!(
    /// The operator's name of a Feed; also its file name.
    FeedId
);
name!(
    /// The operator's name of a Digest.
    DigestId
);

macro_rules! derived_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Derives the id from what makes the thing unique, so that making it twice gives one row.
            pub fn derive(parts: &[&str]) -> Self {
                Self(Uuid::new_v5(&ARTICLES, parts.join("\n").as_bytes()))
            }

            /// Reads what [`fmt::Display`] wrote.
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::parse_str(text).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

derived_id!(
    /// One Edition of a Digest.
    EditionId
);
derived_id!(
    /// One Message; not the RFC 5322 Message-ID, which belongs to a Delivery.
    MessageId
);

impl EditionId {
    /// The id of the entry that the Edition is in the Digest's own feed.
    pub(super) fn as_article(self) -> ArticleId {
        ArticleId(self.0)
    }
}

impl DigestId {
    /// The name of the Digest's own feed.
    pub fn feed(&self) -> FeedId {
        FeedId(format!("{DIGEST_FEED}{}", self.0))
    }
}

impl MessageId {
    /// What names one Delivery of this Message in a Message-ID and in the address that its bounce comes to: the id, by which the
    /// Message is found, and `mark`, by which the reader is found among its rows.
    pub(super) fn token(self, mark: &str) -> String {
        format!("{}{mark}", self.0.simple())
    }

    /// The Message that a token names.
    pub fn of_token(token: &str) -> Option<Self> {
        let fits = token.len() == 48 && token.bytes().all(|b| b.is_ascii_hexdigit());
        if fits { Uuid::try_parse(&token[..32]).ok().map(Self) } else { None }
    }
}
