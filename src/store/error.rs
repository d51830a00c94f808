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
    #[error("there is no store at {place} yet; `pressroom run` makes it")]
    Missing {
        /// The database.
        place: String,
    },
    /// The database cannot be opened.
    #[error("cannot open the store {place}: {source}")]
    Open {
        /// The database.
        place: String,
        /// The engine's reason.
        source: sqlx::Error,
    },
    /// Between us and the database stands something that gives each transaction another session.
    #[error(
        "cannot keep a session at {place}: a pooler in transaction mode stands before the database; give the database's \
        own address, or set the pooler to session mode (PgBouncer: pool_mode = session)"
    )]
    Pooled {
        /// The database.
        place: String,
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
    /// A newer program wrote it.
    #[error(
        "a newer pressroom wrote this store (its schema has step {version}, which this one does not know); run that \
        version, or restore a backup from before it"
    )]
    Newer {
        /// The step of its schema that is not known here.
        version: i64,
    },
    /// An older program wrote it, and it may not be changed now.
    #[error(
        "an older pressroom wrote the store {place}; `pressroom run` or the daemon brings it up to date"
    )]
    Older {
        /// The database.
        place: String,
    },
    /// The schema cannot be brought up to date.
    #[error("cannot bring the store up to date: {0}; nothing was changed by the step that failed")]
    Migrate(sqlx::migrate::MigrateError),
    /// The file is damaged.
    #[error(
        "the store {path} is damaged ({finding}); put a backup in its place with `pressroom restore FILE`, \
        which keeps the damaged file"
    )]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What was found first.
        finding: String,
    },
    /// A file that is there is not written over.
    #[error("{path} is there already and is not written over; choose another name")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Rows are carried into an empty store only.
    #[error("the target is not empty: its table {table} has rows; nothing was carried over")]
    NotEmpty {
        /// The first table that has some.
        table: String,
    },
    /// Somebody else holds what a statement needs.
    #[error("the store is busy: {0}")]
    Busy(sqlx::Error),
    /// The database server is away, or the connection to it broke.
    #[error("the database cannot be reached: {0}")]
    Lost(sqlx::Error),
    /// No space is left.
    #[error("no space is left for the store: {0}; free some, nothing needs to be restarted")]
    Full(sqlx::Error),
    /// A row of this key is there already.
    #[error("the store has this row already: {0}")]
    Duplicate(sqlx::Error),
    /// A statement failed.
    #[error("the store refused: {0}")]
    Sql(sqlx::Error),
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
    /// Whether the same work may well succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Lost(_) | Self::Full(_))
    }

    /// A row that cannot be read back.
    pub(super) fn corrupt(table: &'static str, key: &str, reason: &dyn std::fmt::Display) -> Self {
        Self::Corrupt { table, key: key.to_owned(), reason: reason.to_string() }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(version) => Self::Newer { version },
            other => Self::Migrate(other),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let class = match &error {
            sqlx::Error::Io(reason) if reason.kind() == std::io::ErrorKind::StorageFull => {
                Self::Full
            }
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => Self::Lost,
            sqlx::Error::Database(reason) if reason.is_unique_violation() => Self::Duplicate,
            sqlx::Error::Database(reason) => {
                reason.code().map_or(Self::Sql as _, |code| by_code(&code))
            }
            _ => Self::Sql,
        };
        class(error)
    }
}

/// PostgreSQL speaks in five characters, SQLite in decimal numbers whose lower byte is the kind.
fn by_code(code: &str) -> fn(sqlx::Error) -> StoreError {
    if code.len() == 5 {
        return match code {
            // Serialization, deadlock, lock and statement timeouts.
            "40001" | "40P01" | "55P03" | "57014" => StoreError::Busy,
            "53100" => StoreError::Full,
            _ if ["08", "53", "57P"].iter().any(|class| code.starts_with(class)) => {
                StoreError::Lost
            }
            _ => StoreError::Sql,
        };
    }
    match code.parse().unwrap_or(0) & 0xff {
        5 | 6 => StoreError::Busy,
        13 => StoreError::Full,
        _ => StoreError::Sql,
    }
}
