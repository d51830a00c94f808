//! Source → Document: finding, reading and decoding what a source offers, politely and within limits.
//!
//! | duty | file |
//! |---|---|
//! | what a source has to fetch | `place.rs`, `patterns.rs` |
//! | one request over HTTP: redirects, validators, limits | `http.rs` |
//! | a body, unpacked piece by piece | `unpack.rs` |
//! | which addresses may be reached, and who says what they are | `guard.rs`, `names.rs` |
//! | how long an answer holds, when to come again | `freshness.rs` |
//! | robots.txt | `robots.rs` |
//! | bytes → Unicode; what kind of text it is | `charset.rs`, `files.rs` |

mod charset;
mod error;
mod files;
mod freshness;
mod guard;
mod http;
mod names;
mod patterns;
mod place;
mod robots;
mod unpack;

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use tokio::io::AsyncReadExt as _;
use url::Url;

use crate::domain::{
    Access, Document, Known, MediaType, Note, Source, Validators, fingerprint_hex,
};
pub use error::FetchError;
pub use names::Names;
pub use place::{Expects, Found, Place};
pub use robots::allows;

/// How to fetch, and what one fetch may cost.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Names this installation and how to reach its operator.
    pub user_agent: String,
    /// Limit for one document from first to last byte, redirects included.
    pub timeout: Duration,
    /// Limit for one document, as it comes and unpacked.
    pub max_bytes: usize,
    /// Limit for what stands before a body.
    pub max_header_bytes: usize,
    /// How many times its size a body may unpack to.
    pub max_ratio: usize,
    /// How many redirects are followed.
    pub max_redirects: usize,
    /// What all requests go through; nothing unless given, whatever the environment says.
    pub proxy: Option<Url>,
    /// Who says where a host is.
    pub names: Names,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: concat!("pressroom/", env!("CARGO_PKG_VERSION")).into(),
            timeout: Duration::from_secs(20),
            max_bytes: 10 * 1024 * 1024,
            max_header_bytes: 64 * 1024,
            max_ratio: 200,
            max_redirects: 5,
            proxy: None,
            names: Names::System,
        }
    }
}

/// One thing to fetch, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What.
    pub place: &'a Place,
    /// How its source may be reached.
    pub access: &'a Access,
    /// What was taken in from there before: it is not given again.
    pub known: Option<&'a Known>,
    /// The time of fetching, in the offset that relative dates mean.
    pub at: DateTime<FixedOffset>,
}

/// What came of a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A document.
    Document(Box<Fetched>),
    /// What is known already.
    NotModified(Told),
    /// It is gone, and will not come back (RFC 9110 §15.5.11).
    Gone,
}

impl Answer {
    /// What came from `place`, of which nothing was known.
    pub fn document(self, place: &Place) -> Result<Fetched, FetchError> {
        match self {
            Self::Document(fetched) => Ok(*fetched),
            // A server that says "not modified" then has lost its way.
            Self::NotModified(_) => Err(FetchError::status(place.reference(), 304)),
            Self::Gone => Err(FetchError::status(place.reference(), 410)),
        }
    }
}

/// A Document and what was wrong with its bytes without stopping it.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The document.
    pub document: Document,
    /// Named in the report.
    pub notes: Vec<Note>,
    /// What its server said of it.
    pub told: Told,
}

/// What a server says of a document beside its body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// What it calls this state of it.
    pub validators: Validators,
    /// Where it went for good.
    pub moved: Option<Url>,
    /// How long it need not be asked again.
    pub fresh_for: Option<Duration>,
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
        place::of(source)
    }

    /// The documents in a directory and below it.
    pub fn directory(&self, path: &Path) -> Found {
        patterns::directory(path)
    }

    /// Fetches what `request` asks for.
    pub async fn fetch(&self, request: &Request<'_>) -> Result<Answer, FetchError> {
        match request.place {
            Place::File { path, reference } => {
                let bytes = self.file(path, reference).await?;
                let digest = fingerprint_hex(&bytes);
                if request.known.is_some_and(|known| known.digest == digest) {
                    return Ok(Answer::NotModified(Told::default()));
                }
                let media_type = files::media_type(path, &bytes);
                let body = Body { bytes, digest, url: None, charset: None, media_type };
                Ok(Answer::Document(Box::new(body.decoded(request, Told::default())?)))
            }
            Place::Web { url, expects } => self.web(url, *expects, request).await,
        }
    }

    /// Fetches a document of which nothing is known.
    pub async fn document(
        &self,
        place: &Place,
        access: &Access,
        at: DateTime<FixedOffset>,
    ) -> Result<Fetched, FetchError> {
        let answer = self.fetch(&Request { place, access, known: None, at }).await?;
        answer.document(place)
    }

    /// The bytes of one place as they are, whatever their type.
    pub async fn bytes(&self, place: &Place, access: &Access) -> Result<Vec<u8>, FetchError> {
        match place {
            Place::File { path, reference } => self.file(path, reference).await,
            Place::Web { url, .. } => {
                let exchange = self.exchange(access)?;
                Ok(exchange.get(url, None).await?.bytes)
            }
        }
    }

    /// What robots.txt of the host of `url` says to us: rules for [`allows`], short enough to keep.
    pub async fn robots(&self, url: &Url, access: &Access) -> Result<String, FetchError> {
        robots::fetch(&self.exchange(access)?, url).await
    }

    async fn web(
        &self,
        url: &Url,
        expects: Expects,
        request: &Request<'_>,
    ) -> Result<Answer, FetchError> {
        let exchange = self.exchange(request.access)?;
        let page = exchange.get(url, request.known).await?;
        match page.status {
            304 if request.known.is_some() => {
                return Ok(Answer::NotModified(page.told(request.at)));
            }
            410 => return Ok(Answer::Gone),
            200..300 => {}
            _ => return Err(page.refusal(url, request.at)),
        }
        let told = page.told(request.at);
        let digest = fingerprint_hex(&page.bytes);
        if request.known.is_some_and(|known| known.digest == digest) {
            return Ok(Answer::NotModified(told));
        }
        let media_type = match expects {
            // Feeds come as text/html, text/plain and worse; who asked for one knows better.
            Expects::Feed => MediaType::Feed,
            Expects::Sitemap => MediaType::Sitemap,
            Expects::Page => http::media_type(&page, url)?,
        };
        let (charset, mut bytes) = (page.charset(), page.bytes);
        if expects == Expects::Sitemap {
            bytes = exchange.unpacked(bytes, url)?;
        }
        let url = Some(page.url);
        let body = Body { bytes, digest, url, charset, media_type };
        Ok(Answer::Document(Box::new(body.decoded(request, told)?)))
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

    fn exchange<'a>(&'a self, access: &'a Access) -> Result<http::Exchange<'a>, FetchError> {
        let cell = if access.allow_private { &self.private } else { &self.public };
        if cell.get().is_none() {
            // Two first callers may both build one; the second is dropped.
            let _ = cell.set(http::client(&self.settings, access.allow_private)?);
        }
        let client = cell.get().ok_or_else(|| FetchError::Client("it was not kept".into()))?;
        Ok(http::Exchange { client, settings: &self.settings, access })
    }
}

/// A body on its way to a Document.
struct Body {
    bytes: Vec<u8>,
    digest: String,
    url: Option<Url>,
    charset: Option<String>,
    media_type: MediaType,
}

impl Body {
    fn decoded(self, request: &Request<'_>, told: Told) -> Result<Fetched, FetchError> {
        let reference = request.place.reference().to_owned();
        let charset = self.charset.as_deref();
        let decoded = match self.media_type {
            MediaType::Feed => Ok(charset::decode_feed(self.bytes, charset)),
            _ => charset::decode(&self.bytes, charset),
        };
        let decoded = decoded
            .map_err(|reason| FetchError::NotText { reference: reference.clone(), reason })?;
        let document = Document {
            reference,
            url: self.url,
            fetched_at: request.at,
            media_type: self.media_type,
            text: decoded.text,
            digest: self.digest,
        };
        Ok(Fetched { document, notes: decoded.note.into_iter().collect(), told })
    }
}
