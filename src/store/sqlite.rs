//! SQLite: one file, one process that writes, one writer in it, readers apart.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, SqliteConnection};

use super::engine::{Conn, Db, Lease, on};
use super::log::Log;
use super::{StoreError, migrations};

/// How long a statement waits for another writer before it fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Readers beside the one writer.
const READERS: u32 = 4;

/// What is left of a log that a long reader made grow, once the database has taken it in.
pub(super) const LOG_LIMIT: u64 = 32 * 1024 * 1024;

/// Opens the file, and looks whether it is whole where its last owner did not close it.
pub(super) async fn open(path: &Path, was_left: bool) -> Result<Db, StoreError> {
    let failed = |source| unopened(path, source);
    let is_new = !path.exists();
    let log = Log::of(path);
    let write = pool(1, writing(path).create_if_missing(true)).await.map_err(failed)?;
    if was_left && !is_new {
        tracing::warn!(path = %path.display(), "the store was not closed; looking whether it is whole");
        check_integrity(&mut Lease::Sqlite(write.acquire().await?).conn(), path).await?;
    }
    migrate(&write).await?;
    log.write_out().await.map_err(sqlx::Error::Io)?;
    let read = pool(READERS, options(path).read_only(true)).await.map_err(failed)?;
    Ok(Db::Sqlite { read, write, log })
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
    Ok(Db::Sqlite { write: read.clone(), read, log: Log::of(path) })
}

/// A file that nobody works on, without changing how it is kept.
pub(super) async fn open_as_it_is(path: &Path) -> Result<SqlitePool, StoreError> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    pool(1, options).await.map_err(|source| unopened(path, source))
}

/// A file may be too damaged to be opened at all, or be no database.
fn unopened(path: &Path, source: sqlx::Error) -> StoreError {
    let code = source.as_database_error().and_then(|reason| reason.code()?.parse::<i32>().ok());
    match code.unwrap_or_default() & 0xff {
        11 | 26 => StoreError::Damaged { path: path.to_owned(), finding: source.to_string() },
        _ => StoreError::Open { place: path.display().to_string(), source },
    }
}

/// Reads every page. What depends on an index alone can be made anew and is not looked at.
pub(super) async fn check_integrity(conn: &mut Conn<'_>, path: &Path) -> Result<(), StoreError> {
    let look = "PRAGMA quick_check(1)";
    let finding = match on!(conn, x => sqlx::query_scalar(look).fetch_one(x).await) {
        Ok(finding) => finding,
        Err(sqlx::Error::Database(reason)) => reason.to_string(),
        Err(other) => return Err(other.into()),
    };
    if finding == "ok" {
        return Ok(());
    }
    Err(StoreError::Damaged { path: path.to_owned(), finding })
}

/// A file that belongs to the one at `path`.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(suffix);
    name.into()
}

/// One may write, and waits for whoever is writing; the schema is as it was found.
pub(super) async fn open_beside(path: &Path) -> Result<Db, StoreError> {
    // It sees whether there is a store, of this version.
    let looked = open_read_only(path).await?;
    looked.close().await;
    let failed = |source| StoreError::Open { place: path.display().to_string(), source };
    let write = pool(1, writing(path)).await.map_err(failed)?;
    Ok(Db::Sqlite { read: write.clone(), write, log: Log::of(path) })
}

/// Runs the steps. What they sort may be more than memory holds.
async fn migrate(write: &SqlitePool) -> Result<(), StoreError> {
    sqlx::query("PRAGMA temp_store = FILE").execute(write).await?;
    migrations::all(true).run(write).await?;
    sqlx::query("PRAGMA temp_store = MEMORY").execute(write).await?;
    Ok(())
}

/// A statement of many rows keeps what each page was until it is done, a few hundred pages. In a file, which is the default
/// beyond 64 KB, that is as much writing as the change itself.
fn writing(path: &Path) -> SqliteConnectOptions {
    options(path).pragma("temp_store", "MEMORY")
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // A commit is written out by [`Log`], for all that wait at once.
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT)
        // Pages of 16 MB: those of indexes, which nearly every commit changes, are copied to their place once for many.
        .pragma("wal_autocheckpoint", "4000")
        .pragma("journal_size_limit", LOG_LIMIT.to_string())
        .foreign_keys(true)
}

async fn pool(connections: u32, options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(BUSY_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
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

#[cfg(test)]
mod tests {
    use super::*;

    async fn execute(conn: &mut Conn<'_>, sql: &'static str) -> Result<(), sqlx::Error> {
        on!(conn, x => sqlx::query(sql).execute(x).await.map(drop))
    }

    /// A row of some 18 KB.
    const FILL: &str = "INSERT INTO document (source, reference, digest, article, fetched_at) \
        VALUES ('s', hex(randomblob(8)), hex(randomblob(9000)), '', 0)";

    #[tokio::test]
    async fn a_log_that_a_long_reader_makes_grow_is_seen_and_shrinks_after_it() {
        async fn fill(db: &Db, rows: usize) {
            let mut tx = db.begin().await.unwrap();
            for _ in 0..rows {
                execute(&mut tx.conn(), FILL).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        let directory = tempfile::tempdir().unwrap();
        let db = open(&directory.path().join("press.db"), false).await.unwrap();
        let mut reader = db.read().await.unwrap();
        execute(&mut reader.conn(), "BEGIN").await.unwrap();
        execute(&mut reader.conn(), "SELECT count(*) FROM document").await.unwrap();
        for _ in 0..10 {
            fill(&db, 200).await;
        }
        assert!(db.log_bytes() > LOG_LIMIT, "{}", db.log_bytes());
        execute(&mut reader.conn(), "ROLLBACK").await.unwrap();
        drop(reader);
        // The first one is taken in with all before it, the second begins the log anew.
        fill(&db, 1).await;
        fill(&db, 1).await;
        assert!(db.log_bytes() <= LOG_LIMIT, "{}", db.log_bytes());
        db.close().await;
    }

    #[tokio::test]
    async fn a_full_disk_passes() {
        let directory = tempfile::tempdir().unwrap();
        let db = open(&directory.path().join("press.db"), false).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        execute(&mut tx.conn(), "PRAGMA max_page_count = 60").await.unwrap();
        let mut filled = Ok(());
        for _ in 0..200 {
            filled = execute(&mut tx.conn(), FILL).await;
            if filled.is_err() {
                break;
            }
        }
        assert!(matches!(StoreError::from(filled.unwrap_err()), StoreError::Full(_)));
        drop(tx);

        let mut tx = db.begin().await.expect("the writer works again");
        execute(&mut tx.conn(), "PRAGMA max_page_count = 1000").await.unwrap();
        execute(&mut tx.conn(), FILL).await.unwrap();
        tx.commit().await.unwrap();
    }
}
