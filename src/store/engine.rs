//! The database engine behind the catalogue: opening, transactions, migrations.
//!
//! Each statement is written once and run through [`on!`] on whichever engine the connection belongs to. PostgreSQL joins
//! as a second arm of these enums and of the macro; the catalogue does not change.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{
    AssertSqlSafe, Connection as _, SqlSafeStr, Sqlite, SqliteConnection, Transaction,
    pool::PoolConnection,
};

use super::StoreError;

/// How long a statement waits for another writer before it fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Readers beside the one writer.
const READERS: u32 = 4;

/// Numbered, never edited: a change of the schema is a new file.
const MIGRATIONS: [(i64, &str, &str); 1] = [(1, "init", include_str!("migrations/0001_init.sql"))];

/// An open database.
#[derive(Debug, Clone)]
pub(super) enum Db {
    /// One writer, since SQLite has one, and readers apart.
    Sqlite { read: SqlitePool, write: SqlitePool },
}

/// A transaction; dropped without [`Tx::commit`] it is rolled back.
#[derive(Debug)]
pub enum Tx {
    /// On the one writer.
    Sqlite(Transaction<'static, Sqlite>),
}

/// A connection held for one unit of reading.
#[derive(Debug)]
pub enum Lease {
    /// From the readers.
    Sqlite(PoolConnection<Sqlite>),
}

/// What the catalogue's functions take: equally good in and out of a transaction.
#[derive(Debug)]
pub enum Conn<'a> {
    /// A SQLite connection.
    Sqlite(&'a mut SqliteConnection),
}

/// Runs one statement on the engine that `$conn` belongs to.
macro_rules! on {
    ($conn:expr, $x:ident => $run:expr) => {
        match $conn {
            $crate::store::engine::Conn::Sqlite(connection) => {
                let $x = &mut **connection;
                $run
            }
        }
    };
}

/// A row type readable on every engine, without a derive.
macro_rules! row {
    ($name:ident { $($field:ident : $type:ty),* $(,)? }) => {
        struct $name { $($field: $type),* }
        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            for<'a> &'a str: sqlx::ColumnIndex<R>,
            $($type: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>),*
        {
            fn from_row(row: &'r R) -> sqlx::Result<Self> {
                Ok($name { $($field: row.try_get(stringify!($field))?),* })
            }
        }
    };
}

pub(super) use {on, row};

impl Tx {
    /// The connection inside.
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(tx) => Conn::Sqlite(tx),
        }
    }

    /// Makes it last.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => Ok(tx.commit().await?),
        }
    }
}

impl Lease {
    /// The connection inside.
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(lease) => Conn::Sqlite(lease),
        }
    }
}

impl Db {
    pub(super) async fn open(path: &Path) -> Result<Self, StoreError> {
        let write = pool(path, 1, options(path).create_if_missing(true)).await?;
        migrator().run(&write).await?;
        let read = pool(path, READERS, options(path).read_only(true)).await?;
        Ok(Self::Sqlite { read, write })
    }

    /// Both sides read: a write is refused by the engine.
    pub(super) async fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let read = pool(path, READERS, options(path).read_only(true)).await.map_err(|error| {
            StoreError::Unreadable { path: path.to_owned(), reason: error.to_string() }
        })?;
        Ok(Self::Sqlite { write: read.clone(), read })
    }

    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        match self {
            // A plain BEGIN that reads first and writes later is refused at once when another writer came between.
            Self::Sqlite { write, .. } => {
                Ok(Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?))
            }
        }
    }

    pub(super) async fn read(&self) -> Result<Lease, StoreError> {
        match self {
            Self::Sqlite { read, .. } => Ok(Lease::Sqlite(read.acquire().await?)),
        }
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
        }
    }
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

async fn pool(
    path: &Path,
    connections: u32,
    options: SqliteConnectOptions,
) -> Result<SqlitePool, StoreError> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(BUSY_TIMEOUT)
        // The ping costs a thread switch per statement, and SQLite has no network to lose.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(is_at_rest(connection)))
        .connect_with(options)
        .await
        .map_err(|source| StoreError::Open { path: path.to_owned(), source })
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

fn migrator() -> Migrator {
    let migrations = MIGRATIONS.map(|(version, name, text)| {
        let sql = AssertSqlSafe(text.replace("BYTEA", "BLOB")).into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.into())
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

    async fn execute(conn: &mut Conn<'_>, sql: &'static str) -> Result<(), sqlx::Error> {
        on!(conn, x => sqlx::query(sql).execute(x).await.map(|_| ()))
    }

    #[tokio::test]
    async fn a_full_disk_passes() {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(&directory.path().join("press.db")).await.unwrap();
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
        assert!(filled.unwrap_err().to_string().contains("full"), "the disk of the test is full");
        drop(tx);

        let mut tx = db.begin().await.expect("the writer works again");
        execute(&mut tx.conn(), "PRAGMA max_page_count = 1000").await.unwrap();
        execute(&mut tx.conn(), fill).await.unwrap();
        tx.commit().await.unwrap();
    }
}
