//! Why mail cannot be handed over at all; what happens to one message is a Verdict.

use std::path::PathBuf;

use thiserror::Error;

/// Why mail cannot be handed over at all.
#[derive(Debug, Clone, Error)]
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
        "the mail server {server} refused us: {reason}; check tls, user, password and ca_file of this relay"
    )]
    Refused {
        /// Host and port.
        server: String,
        /// Its words.
        reason: String,
    },
    /// The relay takes nothing from us, whoever it is for.
    #[error(
        "the mail server {server} takes nothing: {reason}; what waits goes on waiting, and `pressroom delivery list` shows it"
    )]
    Troubled {
        /// Host and port.
        server: String,
        /// Its words, without addresses.
        reason: String,
    },
    /// Mail that came back cannot be read.
    #[error("cannot read {mailbox}: {reason}")]
    Mailbox {
        /// Which, in words.
        mailbox: String,
        /// What went wrong.
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
    /// A key for signatures cannot be used.
    #[error("the DKIM key of selector {selector}: {reason}")]
    Key {
        /// Which.
        selector: String,
        /// Why, and what would be accepted.
        reason: String,
    },
    /// A certificate authority's file cannot be used.
    #[error("ca_file of the mail server {server}: {reason}")]
    Authority {
        /// Host and port.
        server: String,
        /// Why.
        reason: String,
    },
}

impl MailError {
    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. }
                | Self::Directory { .. }
                | Self::Mailbox { .. }
                | Self::Troubled { .. }
        )
    }
}
