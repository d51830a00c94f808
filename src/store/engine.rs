//! One catalogue over two engines: connections, transactions, and the macro that runs a statement on either.
//!
//! Each statement is written once and run through [`on!`] on whichever engine the connection belongs to. Where the engines
//! must differ (the claim clause, the search index) a statement is a [`PerEngine`] pair.

use std::fmt::Write as _;

use sqlx::pool::PoolConnection;
use sqlx::{
    PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, Transaction, sqlite::SqlitePool,
};

use super::StoreError;
use super::log::Log;

/// An open database.
#[derive(Debug, Clone)]
pub(super) enum Db {
    /// One writer, since SQLite has one, and readers apart.
    Sqlite { read: SqlitePool, write: SqlitePool, log: Log },
    /// A pool on a server that others write to as well.
    Postgres(PgPool),
}

/// A transaction; dropped without [`Tx::commit`] it is rolled back.
#[derive(Debug)]
pub enum Tx {
    /// On the one writer, with the log file that it is in once it is committed.
    Sqlite(Transaction<'static, Sqlite>, Log),
    /// On a connection of its own.
    Postgres(Transaction<'static, Postgres>),
}

/// The right to write with one statement, which is a transaction of its own.
#[derive(Debug)]
pub struct Single {
    lease: Lease,
    /// The log file that a commit is in, on SQLite.
    log: Option<Log>,
}

/// A connection held for one unit of reading.
#[derive(Debug)]
pub enum Lease {
    /// From the readers.
    Sqlite(PoolConnection<Sqlite>),
    /// From the pool.
    Postgres(PoolConnection<Postgres>),
}

/// What the catalogue's functions take: equally good in and out of a transaction.
#[derive(Debug)]
pub enum Conn<'a> {
    /// A SQLite connection.
    Sqlite(&'a mut SqliteConnection),
    /// A PostgreSQL connection.
    Postgres(&'a mut PgConnection),
}

/// A statement that the engines need in different words.
#[derive(Debug, Clone, Copy)]
pub(super) struct PerEngine {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

/// Runs one statement on the engine that `$conn` belongs to. The engines answer `execute` with types of their own: it ends
/// in `.await.map(drop)`, or in `.await.map(|done| done.rows_affected())` where the number counts.
macro_rules! on {
    ($conn:expr, $x:ident => $run:expr) => {
        match $conn {
            $crate::store::engine::Conn::Sqlite(connection) => {
                let $x = &mut **connection;
                $run
            }
            $crate::store::engine::Conn::Postgres(connection) => {
                let $x = &mut **connection;
                $run
            }
        }
    };
}

/// A row type readable on every engine, without a derive.
macro_rules! row {
    ($visible:vis $name:ident { $($field:ident : $type:ty),* $(,)? }) => {
        $visible struct $name { $($visible $field: $type),* }
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

/// A statement that takes rows for its caller, so that no two nodes take the same and none waits for another: on
/// PostgreSQL the rows that `$rows` selects are locked, and those that somebody else has locked are passed over. SQLite
/// has one writer and needs no clause.
///
/// ```ignore
/// const CLAIM: PerEngine = claim!(
///     "WITH due AS MATERIALIZED (SELECT id FROM job WHERE due_at <= $1 AND lease_until < $1 ORDER BY due_at, id LIMIT $3",
///     ") UPDATE job SET lease_until = $2 WHERE id IN (SELECT id FROM due) RETURNING id, due_at"
/// );
/// let sql = CLAIM.text(conn);
/// let rows: Vec<JobRow> = on!(conn, x => sqlx::query_as(sql).bind(now).bind(until).bind(limit).fetch_all(x).await)?;
/// ```
///
/// RETURNING gives the rows in no order, and the UPDATE must be committed before the work begins.
macro_rules! claim {
    ($rows:literal, $rest:literal) => {
        $crate::store::engine::PerEngine {
            sqlite: concat!($rows, $rest),
            postgres: concat!($rows, " FOR UPDATE SKIP LOCKED", $rest),
        }
    };
}

pub(super) use {claim, on, row};

impl PerEngine {
    /// The words for the engine of `conn`.
    pub(super) fn text(self, conn: &Conn<'_>) -> &'static str {
        match conn {
            Conn::Sqlite(_) => self.sqlite,
            Conn::Postgres(_) => self.postgres,
        }
    }
}

/// Whether a statement of so many `rows`, where there may be `most`, is likely to come again just so. The drivers keep a hundred
/// statements ready on each connection: those of every other number of rows would take the room of all, and megabytes.
pub(super) fn recurs(rows: usize, most: usize) -> bool {
    rows == 1 || rows == most
}

/// A VALUES list of `rows` rows. Its values are the first that are bound; what else the statement takes is numbered on from
/// there. SQLite looks for each number among all others whenever a value is bound, so that there they have none; PostgreSQL
/// wants types, since it takes an untyped list for text.
pub(super) fn values(conn: &Conn<'_>, rows: usize, types: &[&str]) -> String {
    let mut text = String::with_capacity(rows * types.len() * 20);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { "), (" });
        for (column, sql_type) in types.iter().enumerate() {
            let comma = if column == 0 { "" } else { ", " };
            let number = 1 + row * types.len() + column;
            // Writing to a String cannot fail.
            let _ = match conn {
                Conn::Sqlite(_) => write!(text, "{comma}?"),
                Conn::Postgres(_) => write!(text, "{comma}CAST(${number} AS {sql_type})"),
            };
        }
    }
    text.push(')');
    text
}

impl Tx {
    /// The connection inside.
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(tx, _) => Conn::Sqlite(tx),
            Self::Postgres(tx) => Conn::Postgres(tx),
        }
    }

    /// Makes it last, even through a power cut.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx, log) => {
                // The writer is free for the next one from here on.
                tx.commit().await?;
                Ok(log.write_out().await.map_err(sqlx::Error::Io)?)
            }
            Self::Postgres(tx) => Ok(tx.commit().await?),
        }
    }

    /// Makes it last through a kill; through a power cut only with the next [`Tx::commit`]. For what can be fetched again.
    pub async fn commit_for_now(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx, _) => Ok(tx.commit().await?),
            Self::Postgres(tx) => Ok(tx.commit().await?),
        }
    }
}

impl Single {
    /// The connection inside.
    pub fn conn(&mut self) -> Conn<'_> {
        self.lease.conn()
    }

    /// What the statement did lasts from here on.
    pub async fn last(self) -> Result<(), StoreError> {
        // The writer is free for the next one.
        drop(self.lease);
        match self.log {
            Some(log) => Ok(log.write_out().await.map_err(sqlx::Error::Io)?),
            None => Ok(()),
        }
    }
}

impl Lease {
    /// The connection inside.
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(lease) => Conn::Sqlite(lease),
            Self::Postgres(lease) => Conn::Postgres(lease),
        }
    }
}

impl Db {
    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        match self {
            // A plain BEGIN that reads first and writes later is refused at once when another writer came between.
            Self::Sqlite { write, log, .. } => {
                Ok(Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?, log.clone()))
            }
            Self::Postgres(pool) => Ok(Tx::Postgres(pool.begin().await?)),
        }
    }

    pub(super) async fn single(&self) -> Result<Single, StoreError> {
        Ok(match self {
            Self::Sqlite { write, log, .. } => {
                Single { lease: Lease::Sqlite(write.acquire().await?), log: Some(log.clone()) }
            }
            Self::Postgres(pool) => {
                Single { lease: Lease::Postgres(pool.acquire().await?), log: None }
            }
        })
    }

    pub(super) async fn read(&self) -> Result<Lease, StoreError> {
        match self {
            Self::Sqlite { read, .. } => Ok(Lease::Sqlite(read.acquire().await?)),
            Self::Postgres(pool) => Ok(Lease::Postgres(pool.acquire().await?)),
        }
    }

    pub(super) fn log_bytes(&self) -> u64 {
        match self {
            Self::Sqlite { log, .. } => log.bytes(),
            Self::Postgres(_) => 0,
        }
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}
