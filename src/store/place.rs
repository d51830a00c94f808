//! Where a store is, in a form that may be shown: a password is never part of it.

use std::fmt;
use std::path::PathBuf;

use url::Url;

/// Where a store is.
#[derive(Debug, Clone)]
pub enum Place {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL database.
    Server(Server),
}

/// A PostgreSQL database.
#[derive(Clone)]
pub struct Server {
    /// `postgres://user@host/database`, without a password.
    pub url: Url,
    /// The password, where one is needed.
    pub password: Option<String>,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

impl fmt::Debug for Server {
    // The password stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self})")
    }
}
