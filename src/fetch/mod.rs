//! Source → Document: finding, reading and decoding what a source offers, within limits.

mod charset;
mod error;
mod files;
mod guard;
mod http;
mod patterns;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use tokio::io::AsyncReadExt as _;
use url::Url;

use crate::domain::{Document, MediaType, Note, Source, SourceKind, sha256_hex};
pub use error::FetchError;

/// How to fetch.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Names this installation and how to reach its operator.
    pub user_agent: String,
    /// Limit for one request from first to last byte.
    pub timeout: Duration,
    /// Limit for one document, decompressed.
    pub max_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: concat!("pressroom/", env!("CARGO_PKG_VERSION")).into(),
            timeout: Duration::from_secs(20),
            max_bytes: 10 * 1024 * 1024,
        }
    }
}

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
    /// A page.
    Page {
        /// Its address.
        url: Url,
        /// Whether its host may stand in a private network.
        allow_private: bool,
    },
    /// A feed, whatever its server calls it.
    Feed {
        /// Its address.
        url: Url,
        /// Whether its host may stand in a private network.
        allow_private: bool,
    },
}

impl Place {
    /// What the report calls it.
    pub fn reference(&self) -> &str {
        match self {
            Self::File { reference, .. } => reference,
            Self::Page { url, .. } | Self::Feed { url, .. } => url.as_str(),
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

/// A Document and what was wrong with its bytes without stopping it.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The document.
    pub document: Document,
    /// Named in the report.
    pub notes: Vec<Note>,
}

/// Fetches. One per process: it keeps connections.
#[derive(Debug)]
pub struct Fetcher {
    settings: Settings,
    public: OnceLock<reqwest::Client>,
    private: OnceLock<reqwest::Client>,
}

impl Fetcher {
    /// A fetcher; its HTTP clients are made when a page is first asked for.
    pub fn new(settings: Settings) -> Self {
        Self { settings, public: OnceLock::new(), private: OnceLock::new() }
    }

    /// What a source has to fetch right now.
    pub fn places(&self, source: &Source) -> Found {
        match &source.kind {
            SourceKind::Page { url, allow_private } => Found {
                places: vec![Place::Page { url: url.clone(), allow_private: *allow_private }],
                failures: Vec::new(),
            },
            SourceKind::Feed { url, allow_private, .. } => Found {
                places: vec![Place::Feed { url: url.clone(), allow_private: *allow_private }],
                failures: Vec::new(),
            },
            SourceKind::Files { patterns, root } => patterns::places(patterns, root),
        }
    }

    /// The documents in a directory and below it.
    pub fn directory(&self, path: &Path) -> Found {
        patterns::directory(path)
    }

    /// Fetches one place; `at` is the time of fetching, in the offset that its relative dates mean.
    pub async fn fetch(
        &self,
        place: &Place,
        at: DateTime<FixedOffset>,
    ) -> Result<Fetched, FetchError> {
        match place {
            Place::File { path, reference } => self.read(path, reference, at).await,
            Place::Page { url, allow_private } => self.get(url, *allow_private, at, false).await,
            Place::Feed { url, allow_private } => self.get(url, *allow_private, at, true).await,
        }
    }

    /// The bytes of one place as they are, whatever their type.
    pub async fn bytes(&self, place: &Place) -> Result<Vec<u8>, FetchError> {
        match place {
            Place::File { path, reference } => self.file(path, reference).await,
            Place::Page { url, allow_private } | Place::Feed { url, allow_private } => {
                Ok(self.response(url, *allow_private).await?.bytes)
            }
        }
    }

    async fn read(
        &self,
        path: &Path,
        reference: &str,
        at: DateTime<FixedOffset>,
    ) -> Result<Fetched, FetchError> {
        let bytes = self.file(path, reference).await?;
        document(&bytes, reference, None, at, None, files::media_type(path, &bytes))
    }

    async fn file(&self, path: &Path, reference: &str) -> Result<Vec<u8>, FetchError> {
        let failed = |source| FetchError::File { path: path.to_owned(), source };
        let limit = self.settings.max_bytes;
        // What a file says of its size is not what reading it gives: it may grow, or be a device.
        let file = tokio::fs::File::open(path).await.map_err(failed)?;
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes).await.map_err(failed)?;
        if bytes.len() > limit {
            return Err(FetchError::TooLarge { reference: reference.to_owned(), limit });
        }
        Ok(bytes)
    }

    async fn get(
        &self,
        url: &Url,
        allow_private: bool,
        at: DateTime<FixedOffset>,
        is_feed: bool,
    ) -> Result<Fetched, FetchError> {
        let page = self.response(url, allow_private).await?;
        let charset = page.charset.as_deref();
        // Feeds come as text/html, text/plain and worse; who asked for one knows better.
        let media_type = if is_feed { MediaType::Feed } else { http::media_type(&page, url)? };
        document(&page.bytes, url.as_str(), Some(page.url.clone()), at, charset, media_type)
    }

    async fn response(&self, url: &Url, allow_private: bool) -> Result<http::Fetched, FetchError> {
        guard::check(url, allow_private)?;
        http::get(self.client(allow_private)?, url, self.settings.max_bytes).await
    }

    fn client(&self, allow_private: bool) -> Result<&reqwest::Client, FetchError> {
        let cell = if allow_private { &self.private } else { &self.public };
        if cell.get().is_none() {
            // Two first callers may both build one; the second is dropped.
            let _ = cell.set(http::client(&self.settings, allow_private)?);
        }
        cell.get().ok_or_else(|| FetchError::Client("it was not kept".into()))
    }
}

fn document(
    bytes: &[u8],
    reference: &str,
    url: Option<Url>,
    fetched_at: DateTime<FixedOffset>,
    charset: Option<&str>,
    media_type: MediaType,
) -> Result<Fetched, FetchError> {
    let decoded = match media_type {
        MediaType::Feed => Ok(charset::decode_feed(bytes, charset)),
        _ => charset::decode(bytes, charset),
    };
    let decoded = decoded
        .map_err(|reason| FetchError::NotText { reference: reference.to_owned(), reason })?;
    let document = Document {
        reference: reference.to_owned(),
        url,
        fetched_at,
        media_type,
        text: decoded.text,
        digest: sha256_hex(bytes),
    };
    Ok(Fetched { document, notes: decoded.note.into_iter().collect() })
}
