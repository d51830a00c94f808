//! What we publish: a selection of Articles in some formats.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{FeedId, Language, Selection};

/// A wire format of a Feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedFormat {
    /// RSS 2.0.
    Rss,
    /// Atom 1.0 (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl FeedFormat {
    /// All formats, in the order they are written.
    pub const ALL: [FeedFormat; 3] = [Self::Rss, Self::Atom, Self::Json];

    /// The file name's ending.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Rss => "rss",
            Self::Atom => "atom",
            Self::Json => "json",
        }
    }

    /// The registered media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml",
            Self::Atom => "application/atom+xml",
            Self::Json => "application/feed+json",
        }
    }
}

/// The publisher, as feeds and mail name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its name.
    pub title: String,
    /// Where links to feeds and pages point; without a path of its own it ends in `/`.
    pub public_url: Url,
    /// The `WebSub` hub that is told of changes and that readers may subscribe at.
    pub hub: Option<Url>,
}

/// What we publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The operator's name for it; also the file name.
    pub id: FeedId,
    /// Its title.
    pub title: String,
    /// One sentence on what it holds.
    pub description: String,
    /// Its language, where it has one.
    pub language: Option<Language>,
    /// What it takes.
    pub selection: Selection,
    /// How it is written.
    pub formats: Vec<FeedFormat>,
    /// At most so many Articles, the newest.
    pub limit: usize,
    /// Whether the related items of its Articles are entries of their own as well.
    pub with_related: bool,
    /// Minutes between two writings: what readers are told to wait.
    pub interval: Option<u32>,
}

/// The name of the list of all feeds.
pub const INDEX: &str = "index.opml";

impl Feed {
    /// The name of its archive page `number`, counted from 1 (RFC 5005 §4).
    pub fn archive_name(&self, format: FeedFormat, number: u32) -> String {
        format!("{}-archive-{number}.{}", self.id, format.extension())
    }

    /// The name of its file in `format`.
    pub fn file_name(&self, format: FeedFormat) -> String {
        format!("{}.{}", self.id, format.extension())
    }
}
