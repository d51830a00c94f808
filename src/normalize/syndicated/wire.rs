//! A feed as it came over the wire: its words, before they become the domain's.

use url::Url;

use crate::domain::{Note, Quiet};

/// Files, categories or authors of one entry that are taken; each is compared with all before it.
pub(super) const MAX_OF_A_KIND: usize = 500;

/// A text and whether it is markup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Markup {
    pub text: String,
    pub is_html: bool,
}

/// A file that an entry brings.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct File {
    pub url: Url,
    pub media_type: Option<String>,
    pub title: Option<String>,
}

/// One entry.
#[derive(Debug, Default, Hash)]
pub(super) struct Entry {
    pub id: Option<String>,
    /// The id as an address, where it may serve as one.
    pub id_address: Option<Url>,
    pub link: Option<Url>,
    pub title: Option<String>,
    pub content: Option<Markup>,
    pub summary: Option<Markup>,
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub categories: Vec<String>,
    pub files: Vec<File>,
    /// The feed it was taken from, as it says itself.
    pub origin: About,
    /// The first words or address in it, whatever they mean.
    pub other: Option<String>,
    pub language: Option<String>,
    /// What relative addresses in it count from.
    pub base: Option<Url>,
}

/// What a feed says of itself, or an entry of the feed it was taken from.
#[derive(Debug, Default, Hash)]
pub(super) struct About {
    pub title: Option<String>,
    pub id: Option<String>,
    /// The page it belongs to.
    pub link: Option<Url>,
    /// Where the feed itself is.
    pub feed: Option<Url>,
    pub updated: Option<String>,
    pub rights: Option<String>,
}

/// A feed.
#[derive(Debug, Default)]
pub(super) struct Channel {
    pub about: About,
    pub language: Option<String>,
    pub quiet: Quiet,
    pub entries: Vec<Entry>,
    pub notes: Vec<Note>,
}
