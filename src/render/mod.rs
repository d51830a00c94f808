//! Domain → bytes. Pure; templates are compiled in.

mod error;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::domain::{Article, Digest, Edition, Feed, FeedFormat, Site};
pub use error::RenderError;

/// An Article and what the store remembers of it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The Article.
    pub article: &'a Article,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// When its content last changed; equal to `first_seen` until it does.
    pub changed: DateTime<Utc>,
}

/// A mail's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line without control characters.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The plain-text part, saying the same.
    pub text: String,
}

/// Writes `feed` in `format`. Same input, same bytes.
pub fn feed(format: FeedFormat, feed: &Feed, site: &Site, entries: &[Entry<'_>]) -> Vec<u8> {
    let _ = (format, feed, site, entries);
    Vec::new()
}

/// Writes `edition` as a mail, with dates in `zone`.
pub fn digest(
    edition: &Edition,
    digest: &Digest,
    site: &Site,
    zone: Tz,
) -> Result<Rendered, RenderError> {
    let _ = (edition, digest, site, zone);
    Ok(Rendered { subject: String::new(), html: String::new(), text: String::new() })
}
