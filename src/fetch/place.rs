//! What a source has to fetch.

use std::path::PathBuf;

use url::Url;

use super::{FetchError, patterns};
use crate::domain::{Source, SourceKind};

/// One thing to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file.
    File {
        /// Where it is.
        path: PathBuf,
        /// What the report and the identity call it.
        reference: String,
    },
    /// Something on the web.
    Web {
        /// Its address.
        url: Url,
        /// What it should be.
        expects: Expects,
    },
}

/// What a place should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
    /// A page, or what its server says it is.
    Page,
    /// A feed, whatever its server calls it.
    Feed,
    /// A sitemap, whatever its server calls it; it may be a packed file.
    Sitemap,
}

impl Place {
    /// A page.
    pub fn page(url: &Url) -> Self {
        Self::Web { url: url.clone(), expects: Expects::Page }
    }

    /// A feed.
    pub fn feed(url: &Url) -> Self {
        Self::Web { url: url.clone(), expects: Expects::Feed }
    }

    /// A sitemap.
    pub fn sitemap(url: &Url) -> Self {
        Self::Web { url: url.clone(), expects: Expects::Sitemap }
    }

    /// What the report calls it.
    pub fn reference(&self) -> &str {
        match self {
            Self::File { reference, .. } => reference,
            Self::Web { url, .. } => url.as_str(),
        }
    }
}

/// What a source has to fetch, and what of it could not be found or read.
#[derive(Debug, Default)]
pub struct Found {
    /// What can be fetched.
    pub places: Vec<Place>,
    /// What cannot; it stops nothing else.
    pub failures: Vec<FetchError>,
}

/// What `source` has to fetch.
pub(super) fn of(source: &Source) -> Found {
    let one = |place| Found { places: vec![place], failures: Vec::new() };
    match &source.kind {
        SourceKind::Page { url } | SourceKind::Listing { url } => one(Place::page(url)),
        SourceKind::Sitemap { url } => one(Place::sitemap(url)),
        SourceKind::Feed { url, .. } => one(Place::feed(url)),
        SourceKind::Files { patterns, root } => patterns::places(patterns, root),
    }
}
