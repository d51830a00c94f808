//! Domain → bytes. Pure; templates are compiled in.

mod address;
mod atom;
mod content;
mod dates;
mod error;
mod guard;
mod history;
mod json_feed;
mod letter;
mod mail;
mod notice;
mod opml;
pub mod page;
mod rss;
mod templates;
mod wording;
mod wrap;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod samples;

use chrono::{DateTime, Utc};

use crate::domain::{Article, Feed, FeedFormat, Site};
pub use address::{archive_url, page_url, self_url};
pub use error::RenderError;
pub use history::Page;
pub use letter::{Letter, letter};
pub use mail::{Misprint, Press, Reading, Stationery};
pub use notice::notice;
pub use opml::{opml, subscriptions};

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

/// Writes a document of `feed` in `format`. Same input, same bytes.
pub fn feed(
    format: FeedFormat,
    feed: &Feed,
    site: &Site,
    entries: &[Entry<'_>],
    page: Page,
) -> Vec<u8> {
    match format {
        FeedFormat::Rss => rss::rss(feed, site, entries, page),
        FeedFormat::Atom => atom::atom(feed, site, entries, page),
        FeedFormat::Json => json_feed::json(feed, site, entries, page),
    }
}
