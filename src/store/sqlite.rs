//! SQLite: one file, one process that writes, one writer in it, readers apart.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, SqliteConnection};

use super::StoreError;
use super::engine::{Db, Lease};
use super::migrations;

/// How long a statement waits for another writer before it fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Readers beside the one writer.
const READERS: u32 = 4;

pub(super) async fn open(path: &Path) -> Result<Db, StoreError> {
    let failed = |source| StoreError::Open { place: path.display().to_string(), source };
    let write = pool(1, options(path).create_if_missing(true)).await.map_err(failed)?;
    migrations::all(true).run(&write).await?;
    let read = pool(READERS, options(path).read_only(true)).await.map_err(failed)?;
    Ok(Db::Sqlite { read, write })
}

/// Both sides read: a write is refused by the engine.
pub(super) async fn open_read_only(path: &Path) -> Result<Db, StoreError> {
    if !path.exists() {
        return Err(StoreError::Missing { place: path.display().to_string() });
    }
    let read = pool(READERS, options(path).read_only(true)).await.map_err(|error| {
        StoreError::Unreadable { path: path.to_owned(), reason: error.to_string() }
    })?;
    let mut lease = Lease::Sqlite(read.acquire().await?);
    migrations::check(&mut lease.conn(), &path.display().to_string()).await?;
    drop(lease);
    Ok(Db::Sqlite { write: read.clone(), read })
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: what the outbox commits before DATA must survive a power cut.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
}

async fn pool(connections: u32, options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(BUSY_TIMEOUT)
        // The ping costs a thread switch per statement, and SQLite has no network to lose.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(is_at_rest(connection)))
        .connect_with(options)
        .await
}

/// Whether a connection may be lent again. A full disk makes SQLite end a transaction by itself; the driver, which was not
/// told, would refuse every later one on that connection. It is closed, and another is opened.
async fn is_at_rest(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // The rollback of a dropped transaction stands in the queue until the next command.
    if connection.is_in_transaction() {
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// Takes the store for this process: SQLite has one writer, and what is `sending` must be this process's own.
pub(super) fn lock(path: &Path) -> Result<File, StoreError> {
    let failed = |source| StoreError::Directory { path: path.to_owned(), source };
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(failed)?;
    }
    let mut lock_path = PathBuf::from(path).into_os_string();
    lock_path.push(".lock");
    let file = File::create(PathBuf::from(lock_path)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Conn;
    use crate::store::engine::on;

    async fn execute(conn: &mut Conn<'_>, sql: &'static str) -> Result<(), sqlx::Error> {
        on!(conn, x => sqlx::query(sql).execute(x).await.map(|_| ()))
    }

    #[tokio::test]
    async fn a_full_disk_passes() {
        let directory = tempfile::tempdir().unwrap();
        let db = open(&directory.path().join("press.db")).await.unwrap();
        let fill = "INSERT INTO document (source, reference, digest, article, fetched_at) \
            VALUES ('s', hex(randomblob(8)), hex(randomblob(9000)), '', 0)";
        let mut tx = db.begin().await.unwrap();
        execute(&mut tx.conn(), "PRAGMA max_page_count = 60").await.unwrap();
        let mut filled = Ok(());
        for _ in 0..200 {
            filled = execute(&mut tx.conn(), fill).await;
            if filled.is_err() {
                break;
            }
        }
        assert!(matches!(StoreError::from(filled.unwrap_err()), StoreError::Full(_)));
        drop(tx);

        let mut tx = db.begin().await.expect("the writer works again");
        execute(&mut tx.conn(), "PRAGMA max_page_count = 1000").await.unwrap();
        execute(&mut tx.conn(), fill).await.unwrap();
        tx.commit().await.unwrap();
    }
}
