//! Why mail cannot be handed over at all; what happens to one message is a Verdict.

use std::path::PathBuf;

use thiserror::Error;

/// Why mail cannot be handed over at all.
#[derive(Debug, Error)]
pub enum MailError {
    /// The directory cannot be written.
    #[error("cannot write mail to {path}: {reason}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// No connection to the relay.
    #[error("cannot reach the mail server {server}: {reason}")]
    Connect {
        /// Host and port.
        server: String,
        /// What went wrong.
        reason: String,
    },
    /// The relay has other ideas of TLS or of who we are.
    #[error(
        "the mail server {server} refused us: {reason}; check [mail.smtp] tls, user and password"
    )]
    Refused {
        /// Host and port.
        server: String,
        /// Its words.
        reason: String,
    },
    /// The message cannot be written as a mail.
    #[error("a mail to {address} cannot be written: {reason}")]
    Unwritable {
        /// Whom it was for.
        address: String,
        /// Why.
        reason: String,
    },
}

impl MailError {
    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Connect { .. } | Self::Directory { .. })
    }
}
