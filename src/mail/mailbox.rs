//! A mailbox that bounces come into, wherever it is: what nobody read yet, one letter after the other.

use std::fmt;

use super::imap::{self, Imap};
use super::maildir::{self, Maildir};
use super::{MailError, tls};

/// Bytes beyond this are not looked into: a bounce says in its first lines what it is about.
pub const LONGEST_LETTER: u32 = 1024 * 1024;

/// Where bounces come in.
#[derive(Debug, Clone)]
pub enum Mailbox {
    /// A directory on this machine.
    Maildir(Maildir),
    /// A mailbox on a server.
    Imap(Imap),
}

/// One reading of what is new.
#[derive(Debug)]
pub struct Round(Kind);

#[derive(Debug)]
enum Kind {
    Maildir(maildir::Round),
    Imap(Box<imap::Round>),
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Maildir(maildir) => write!(f, "{}", maildir.path().display()),
            Self::Imap(imap) => write!(f, "{} on {}", imap.mailbox, imap.server()),
        }
    }
}

impl Mailbox {
    /// Whether it can be used at all.
    pub fn check(&self) -> Result<(), MailError> {
        match self {
            Self::Maildir(_) => Ok(()),
            Self::Imap(imap) => tls::check_authority(&imap.server(), imap.authority.as_deref()),
        }
    }

    /// Begins to read at most `limit` letters that nobody read yet.
    pub async fn round(&self, limit: usize) -> Result<Round, MailError> {
        let kind = match self {
            Self::Maildir(maildir) => maildir.round(limit).map(Kind::Maildir),
            Self::Imap(imap) => imap.round(limit).await.map(|round| Kind::Imap(Box::new(round))),
        };
        kind.map(Round).map_err(|reason| self.unread(reason))
    }

    fn unread(&self, reason: String) -> MailError {
        MailError::Mailbox { mailbox: self.to_string(), reason }
    }

    /// The next letter of `round`.
    pub async fn next(&self, round: &mut Round) -> Result<Option<Vec<u8>>, MailError> {
        let next = match &mut round.0 {
            Kind::Maildir(round) => round.next(),
            Kind::Imap(round) => round.next().await,
        };
        next.map_err(|reason| self.unread(reason))
    }

    /// The letter that [`Self::next`] gave was dealt with, and is kept for the operator as one that was read.
    pub async fn done(&self, round: &mut Round) -> Result<(), MailError> {
        let done = match &mut round.0 {
            Kind::Maildir(round) => round.done(),
            Kind::Imap(round) => round.done().await,
        };
        done.map_err(|reason| self.unread(reason))
    }
}

impl Round {
    /// Nothing more is wanted of it.
    pub async fn end(self) {
        if let Kind::Imap(round) = self.0 {
            round.end().await;
        }
    }
}
