//! What can go wrong in the store.

use std::path::PathBuf;

use thiserror::Error;

/// What can go wrong in the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The directory of the database cannot be made or written.
    #[error(
        "cannot open the store {path}: {source}; check that the directory exists and may be written"
    )]
    Directory {
        /// The database file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Another process writes to the same store.
    #[error(
        "the store {path} is in use by another pressroom; stop it, or wait for it to finish, and try again"
    )]
    InUse {
        /// The database file.
        path: PathBuf,
    },
    /// There is none to look into.
    #[error("there is no store at {path} yet; `pressroom run` makes it")]
    Missing {
        /// The database file.
        path: PathBuf,
    },
    /// The database cannot be opened.
    #[error("cannot open the store {path}: {source}")]
    Open {
        /// The database file.
        path: PathBuf,
        /// The engine's reason.
        source: sqlx::Error,
    },
    /// It cannot be looked into.
    #[error(
        "{reason}; to look into the store, SQLite must be able to write beside it: run this as the user who owns it"
    )]
    Unreadable {
        /// The database file.
        path: PathBuf,
        /// The engine's reason.
        reason: String,
    },
    /// The schema cannot be brought up to date.
    #[error(
        "cannot bring the store up to date: {0}; if a newer pressroom wrote it, run that version, or restore a backup"
    )]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("the store refused: {0}")]
    Sql(#[from] sqlx::Error),
    /// A stored row cannot be read back.
    #[error("the store holds a {table} row ({key}) that cannot be read: {reason}")]
    Corrupt {
        /// Where.
        table: &'static str,
        /// Which row.
        key: String,
        /// Why.
        reason: String,
    },
}

impl StoreError {
    /// A row that cannot be read back.
    pub(super) fn corrupt(table: &'static str, key: &str, reason: &dyn std::fmt::Display) -> Self {
        Self::Corrupt { table, key: key.to_owned(), reason: reason.to_string() }
    }
}
