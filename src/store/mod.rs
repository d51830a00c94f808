//! The only SQL: one catalogue of statements, a file a noun, over connections that may belong to a transaction or not.
//!
//! A job opens a [`Tx`], calls the catalogue's functions on its connection, and commits; what belongs together is written
//! together. Reading without writing takes a [`Lease`].

mod engine;
mod error;
mod merged;

pub mod articles;
pub mod documents;
pub mod editions;
pub mod outbox;
pub mod schedules;
pub mod subscribers;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use engine::{Conn, Lease, Tx};
pub use error::StoreError;

/// An open store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    db: engine::Db,
    /// Held as long as this process may write.
    lock: Option<Arc<File>>,
}

impl Store {
    /// Opens the SQLite file at `path`, making and migrating it as needed, for this process alone.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let lock = engine::lock(path)?;
        Ok(Self { db: engine::Db::open(path).await?, lock: Some(Arc::new(lock)) })
    }

    /// Opens an existing SQLite file for looking only, beside whoever writes to it.
    pub async fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        Ok(Self { db: engine::Db::open_read_only(path).await?, lock: None })
    }

    /// Begins a transaction on the one writer.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.db.begin().await
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Lease, StoreError> {
        self.db.read().await
    }

    /// Waits for running statements, closes, and lets another process write.
    pub async fn close(&self) {
        self.db.close().await;
        if let Some(lock) = &self.lock {
            // The file's last handle would release it as well; clones of this store may live longer.
            let _ = lock.unlock();
        }
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
