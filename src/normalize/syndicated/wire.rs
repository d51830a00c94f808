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

/// The page that something is about; of several the one that is named so most plainly, and of those the first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Link {
    pub url: Url,
    pub rank: Rank,
}

/// How plainly a link says that it is the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Rank {
    /// The same in a form that browsers do not show.
    OtherForm,
    /// It says nothing else.
    Untyped,
    /// RSS's `link`; Atom's `alternate` in HTML.
    Plain,
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
    pub link: Option<Link>,
    pub title: Option<String>,
    /// What extensions call it.
    pub other_title: Option<String>,
    pub content: Option<Markup>,
    pub summary: Option<Markup>,
    pub authors: Vec<String>,
    /// The first that can be read counts.
    pub published: Vec<String>,
    /// When it was written, which may have been long before.
    pub created: Option<String>,
    pub updated: Option<String>,
    pub categories: Vec<String>,
    pub files: Vec<File>,
    /// The feed it was taken from, as it says itself.
    pub origin: About,
    /// The first words or address in it, whatever they mean.
    pub other: Option<String>,
    pub language: Option<String>,
    /// What relative addresses in it count from, where it says so.
    pub base: Option<Url>,
}

/// What a feed says of itself, or an entry of the feed it was taken from.
#[derive(Debug, Default, Hash)]
pub(super) struct About {
    pub title: Option<String>,
    pub id: Option<String>,
    /// The page it belongs to.
    pub link: Option<Link>,
    /// Who wrote what says nothing of its authors.
    pub authors: Vec<String>,
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
