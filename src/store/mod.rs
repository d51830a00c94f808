//! The only SQL: one catalogue of statements, a file a noun, over connections that may belong to a transaction or not.
//!
//! A job opens a [`Tx`], calls the catalogue's functions on its connection, and commits; what belongs together is written
//! together. Reading without writing takes a [`Lease`].

mod engine;
mod error;
mod lock;
mod log;
mod marks;
mod merged;
mod migrations;
mod packing;
mod place;
mod postgres;
mod reserve;
mod sqlite;

pub mod answers;
pub mod archives;
pub mod articles;
pub mod audit;
pub mod backup;
pub mod bounces;
pub mod claims;
pub mod confirmations;
pub mod documents;
pub mod editions;
pub mod erasure;
pub mod figures;
pub mod hosts;
pub mod kept;
pub mod memory;
pub mod nodes;
pub mod outbox;
pub mod reader_feeds;
pub mod retention;
pub mod schedules;
pub mod search;
pub mod secrets;
pub mod sessions;
pub mod standings;
pub mod stories;
pub mod subscribers;
pub mod suppressions;
pub mod transfer;
pub mod visits;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use engine::{Conn, Lease, Single, Tx};
pub use error::StoreError;
pub use place::{Place, Server};

/// An open store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    db: engine::Db,
    /// Held as long as this process may write.
    lock: Option<Arc<lock::Lock>>,
    reserve: Option<reserve::Reserve>,
}

impl Store {
    /// Opens the database, making and migrating it as needed. A SQLite file belongs to this process alone from here on; a
    /// PostgreSQL database is shared.
    pub async fn open(place: &Place) -> Result<Self, StoreError> {
        match place {
            Place::File(path) => {
                let lock = lock::Lock::take(path)?;
                let db = sqlite::open(path, lock.was_left).await?;
                let reserve = Some(reserve::Reserve::of(path));
                Ok(Self { db, lock: Some(Arc::new(lock)), reserve })
            }
            Place::Server(server) => {
                Ok(Self { db: postgres::open(server).await?, lock: None, reserve: None })
            }
        }
    }

    /// Opens an existing database for looking only, beside whoever writes to it.
    pub async fn open_read_only(place: &Place) -> Result<Self, StoreError> {
        let db = match place {
            Place::File(path) => sqlite::open_read_only(path).await?,
            Place::Server(server) => postgres::open_read_only(server).await?,
        };
        Ok(Self { db, lock: None, reserve: None })
    }

    /// Whether no other process can write to it while this one does.
    pub fn is_ours_alone(&self) -> bool {
        self.lock.is_some()
    }

    /// Opens an existing database for a small change beside whoever works with it.
    pub async fn open_beside(place: &Place) -> Result<Self, StoreError> {
        let db = match place {
            Place::File(path) => sqlite::open_beside(path).await?,
            Place::Server(server) => postgres::open(server).await?,
        };
        Ok(Self { db, lock: None, reserve: None })
    }

    /// Begins a transaction; on SQLite there is one at a time.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.db.begin().await
    }

    /// A connection for one statement that writes: it needs no transaction around it, and a round trip instead of three.
    pub async fn single(&self) -> Result<Single, StoreError> {
        self.db.single().await
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Lease, StoreError> {
        self.db.read().await
    }

    /// Bytes of SQLite's log, which grows as long as somebody reads in one transaction; 0 with PostgreSQL.
    pub fn log_bytes(&self) -> u64 {
        self.db.log_bytes()
    }

    /// Waits for running statements, closes, and lets another process write.
    pub async fn close(&self) {
        self.db.close().await;
        if let Some(lock) = &self.lock {
            lock.release();
        }
    }

    /// Sets space aside against a full disk, where it is the store that keeps it; `false` where there is too little.
    pub async fn keep_reserve(&self) -> bool {
        let Some(reserve) = self.reserve.clone() else { return true };
        tokio::task::spawn_blocking(move || reserve.keep()).await.unwrap_or(false)
    }

    /// Gives that space back; `false` where there is none.
    pub fn give_up_reserve(&self) -> bool {
        self.reserve.as_ref().is_some_and(reserve::Reserve::give_up)
    }
}

/// An instant as the store keeps it.
fn micros(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_micros()
}

/// An instant from the store.
fn instant(micros: i64, table: &'static str, key: &str) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| StoreError::corrupt(table, key, &format!("{micros} is no time")))
}
