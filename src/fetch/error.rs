//! Why something could not be fetched.

use std::net::IpAddr;
use std::path::PathBuf;

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
        "{host} is {address}, an address in a private network; set allow_private = true for this source if that is meant"
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
    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Http { .. } => true,
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
            Self::TooLarge { .. } => "too_large",
            Self::MediaType { .. } => "media_type",
            Self::NotText { .. } => "not_text",
        }
    }
}
