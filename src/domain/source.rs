//! Where content comes from, and what makes an article of it the same article tomorrow.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::{Origin, Url};

use super::{Document, Intake, MediaType, SourceId};

/// How a Source is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// One article page.
    Page {
        /// Its address.
        url: Url,
    },
    /// A feed that others publish.
    Feed {
        /// Its address.
        url: Url,
        /// How its entries are told apart.
        identity: IdentityRule,
    },
    /// An index page, which names articles.
    Listing {
        /// Its address.
        url: Url,
    },
    /// A sitemap, or a list of such.
    Sitemap {
        /// Its address.
        url: Url,
    },
    /// Files matching patterns: HTML, plain text or Markdown.
    Files {
        /// Patterns, directories or files, relative to `root` unless absolute.
        patterns: Vec<String>,
        /// Directory that references are relative to, so that moving it changes no id; absolute, without links.
        root: PathBuf,
    },
}

impl SourceKind {
    /// The address that it is read from, where it has one.
    pub fn url(&self) -> Option<&Url> {
        match self {
            Self::Page { url }
            | Self::Feed { url, .. }
            | Self::Listing { url }
            | Self::Sitemap { url } => Some(url),
            Self::Files { .. } => None,
        }
    }
}

/// What an article's id is made of, besides its Source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentityRule {
    /// The Source has one article; its address and title may change.
    Source,
    /// The path within the Source's directory.
    Path,
    /// The canonical address, else the one fetched.
    Url,
    /// What an entry of a feed calls itself: its guid, else its link, else title and text.
    Entry,
    /// The title of an entry: for feeds whose guids and links change at every reading.
    Title,
    /// Title and text: for documents that have no place of their own.
    Content,
}

/// Where content comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The operator's name for it; part of every article id, so renaming it makes new articles.
    pub id: SourceId,
    /// How it is read.
    pub kind: SourceKind,
    /// How it may be reached.
    pub access: Access,
    /// What is taken in of it.
    pub intake: Intake,
    /// How much of its articles pages may show.
    pub republish: Republish,
    /// Whether search engines are asked to leave the pages of its articles out.
    pub noindex: bool,
    /// Whether it is read in a rhythm that follows what it brings; else at every slot of its schedule.
    pub is_paced: bool,
}

/// How much of a Source's articles our own pages may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Republish {
    /// The whole text: it is the operator's own, or its licence allows it.
    Full,
    /// Titles and summaries, and a link to the original.
    Summary,
}

/// How a Source may be reached, where that differs from any stranger's page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Whether its hosts may stand in a private network.
    pub allow_private: bool,
    /// Whether it is read whatever robots.txt says: its owner agreed.
    pub ignore_robots: bool,
    /// What opens it.
    pub credentials: Option<Credentials>,
}

/// What opens a Source: sent to the Source's own scheme, host and port, and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Where they may be sent.
    pub origin: Origin,
    /// The secret.
    pub secret: Secret,
}

/// How a server is told who we are.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// User and password (RFC 7617).
    Basic(String, String),
    /// A token (RFC 6750).
    Bearer(String),
}

impl fmt::Debug for Credentials {
    // The secret stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials(for {})", self.origin.ascii_serialization())
    }
}

impl Source {
    /// The rule for what `document` holds: pages that the Source only leads to are told apart by their addresses.
    pub fn identity_of(&self, document: &Document) -> IdentityRule {
        let is_own = self.kind.url().is_none_or(|url| url.as_str() == document.reference);
        if is_own || document.media_type == MediaType::Feed {
            self.identity_rule()
        } else {
            IdentityRule::Url
        }
    }

    /// The rule by which this kind of Source tells its articles apart.
    pub fn identity_rule(&self) -> IdentityRule {
        match self.kind {
            SourceKind::Page { .. } => IdentityRule::Source,
            SourceKind::Feed { identity, .. } => identity,
            SourceKind::Listing { .. } | SourceKind::Sitemap { .. } => IdentityRule::Url,
            SourceKind::Files { .. } => IdentityRule::Path,
        }
    }
}
