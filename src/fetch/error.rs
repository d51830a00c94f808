//! Why something could not be fetched.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

/// Why something could not be fetched.
#[derive(Debug, Error)]
pub enum FetchError {
    /// A pattern of a `files` source cannot be read as one.
    #[error("\"{pattern}\" is not a file pattern: {reason}")]
    Pattern {
        /// The pattern.
        pattern: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A pattern matches nothing.
    #[error(
        "no file matches {pattern}; check the path, which is relative to the configuration file"
    )]
    NothingMatches {
        /// The pattern.
        pattern: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The client could not be set up.
    #[error("cannot set up HTTPS: {0}")]
    Client(String),
    /// Neither http nor https.
    #[error("{url} is neither http nor https; only those are fetched")]
    Scheme {
        /// The address.
        url: String,
    },
    /// The host stands in a private network.
    #[error(
        "{host} is {address}, an address in a private network; set allow_private = true for this source (by hand: --allow-private) if that is meant"
    )]
    Private {
        /// The host's name.
        host: String,
        /// What it resolves to.
        address: IpAddr,
    },
    /// The server answered with an error.
    #[error("{url} answered {status}")]
    Status {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// It took too long.
    #[error(
        "{url} was not there after {limit:?}, the limit for one document (fetch.timeout_seconds)"
    )]
    Timeout {
        /// The address.
        url: String,
        /// The limit.
        limit: Duration,
    },
    /// It sends us from place to place.
    #[error("{url} redirects more than {limit} times (fetch.max_redirects)")]
    Redirects {
        /// The address.
        url: String,
        /// The limit.
        limit: usize,
    },
    /// Too much before the body.
    #[error("{url} sends more than {limit} bytes of headers (fetch.max_header_bytes)")]
    Headers {
        /// The address.
        url: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// A small body that becomes a large one.
    #[error("{url} unpacks to more than {limit} times its size (fetch.max_ratio)")]
    Ratio {
        /// The address.
        url: String,
        /// The limit.
        limit: usize,
    },
    /// Packed in a way that was not asked for.
    #[error("{url} is packed with {encoding}; gzip and br were asked for")]
    Encoding {
        /// The address.
        url: String,
        /// The Content-Encoding.
        encoding: String,
    },
    /// Packed, but not whole.
    #[error("{url} cannot be unpacked: it is not {encoding}, or was cut short")]
    Damaged {
        /// The address.
        url: String,
        /// The Content-Encoding.
        encoding: &'static str,
    },
    /// The host does not want it read.
    #[error(
        "{url} is closed to us by its host's robots.txt; ask its owner, then set ignore_robots = true for this source (by hand: --ignore-robots)"
    )]
    Disallowed {
        /// The address.
        url: String,
    },
    /// Nobody says whether it may be read.
    #[error("{url} cannot be asked whether the host may be read: {reason}")]
    RobotsUnreachable {
        /// The address of robots.txt.
        url: String,
        /// Why.
        reason: String,
    },
    /// Connecting, TLS, time-out, redirects: the client's words.
    #[error("{url} cannot be fetched: {reason}")]
    Http {
        /// The address.
        url: String,
        /// The reason, innermost last.
        reason: String,
    },
    /// More than the limit.
    #[error("{reference} has more than {limit} bytes, the limit for one document")]
    TooLarge {
        /// Path or address.
        reference: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// Not something an article can be made of.
    #[error("{reference} is {media_type}; expected HTML, plain text, Markdown or a feed")]
    MediaType {
        /// Path or address.
        reference: String,
        /// What it is.
        media_type: String,
    },
    /// The bytes are no text in any charset that was declared or can be guessed.
    #[error("{reference} is not text: {reason}")]
    NotText {
        /// Path or address.
        reference: String,
        /// What was tried.
        reason: String,
    },
}

impl FetchError {
    /// An answer that is no document.
    pub(super) fn status(url: &str, status: u16) -> Self {
        Self::Status { url: url.to_owned(), status, retry_after: None }
    }

    /// How long the server wants to be left alone, if it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Http { .. }
            | Self::Timeout { .. }
            | Self::Damaged { .. }
            | Self::RobotsUnreachable { .. } => true,
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }

    /// The stable word for machine-readable output.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Pattern { .. } => "pattern",
            Self::NothingMatches { .. } => "nothing_matches",
            Self::File { .. } => "file",
            Self::Client(_) => "client",
            Self::Scheme { .. } => "scheme",
            Self::Private { .. } => "private_address",
            Self::Status { .. } => "http_status",
            Self::Http { .. } => "http",
            Self::Timeout { .. } => "timeout",
            Self::Redirects { .. } => "redirects",
            Self::Headers { .. } => "headers",
            Self::Ratio { .. } => "ratio",
            Self::Encoding { .. } => "encoding",
            Self::Damaged { .. } => "damaged",
            Self::Disallowed { .. } => "disallowed",
            Self::RobotsUnreachable { .. } => "robots_unreachable",
            Self::TooLarge { .. } => "too_large",
            Self::MediaType { .. } => "media_type",
            Self::NotText { .. } => "not_text",
        }
    }
}
