//! The feed that an Article came with.

use serde::{Deserialize, Serialize};
use url::Url;

use super::Moment;

/// What a feed says of itself, kept with each Article that it brought: whoever republishes names it (RFC 4287 §4.2.11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Its title.
    pub title: String,
    /// Its lasting id, where its format has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The page it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Url>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<Url>,
    /// When it last changed, as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Moment>,
    /// The rights it states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<String>,
}
