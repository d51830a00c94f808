//! A feed as it came over the wire: its words, before they become the domain's.

use url::Url;

use crate::domain::Note;

/// A text and whether it is markup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Markup {
    pub text: String,
    pub is_html: bool,
}

/// A file that an entry brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    pub url: Url,
    pub media_type: Option<String>,
    pub title: Option<String>,
}

/// One entry.
#[derive(Debug, Default)]
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
    /// The feed it was taken from.
    pub source: Option<String>,
    pub language: Option<String>,
    /// What relative addresses in it count from.
    pub base: Option<Url>,
}

/// A feed.
#[derive(Debug, Default)]
pub(super) struct Channel {
    pub title: Option<String>,
    pub link: Option<Url>,
    pub language: Option<String>,
    pub entries: Vec<Entry>,
    pub notes: Vec<Note>,
}
