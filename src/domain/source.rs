//! Where content comes from, and what makes an article of it the same article tomorrow.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

use super::SourceId;

/// How a Source is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// One article page.
    Page {
        /// Its address.
        url: Url,
        /// Whether its host may stand in a private network.
        allow_private: bool,
    },
    /// A feed that others publish.
    Feed {
        /// Its address.
        url: Url,
        /// Whether its host may stand in a private network.
        allow_private: bool,
        /// How its entries are told apart.
        identity: IdentityRule,
    },
    /// Files matching patterns: HTML, plain text or Markdown.
    Files {
        /// Patterns, directories or files, relative to `root` unless absolute.
        patterns: Vec<String>,
        /// Directory that references are relative to, so that moving it changes no id; absolute, without links.
        root: PathBuf,
    },
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
}

impl Source {
    /// The rule by which this kind of Source tells its articles apart.
    pub fn identity_rule(&self) -> IdentityRule {
        match self.kind {
            SourceKind::Page { .. } => IdentityRule::Source,
            SourceKind::Feed { identity, .. } => identity,
            SourceKind::Files { .. } => IdentityRule::Path,
        }
    }
}
