//! PostgreSQL: a database that any number of equal nodes share.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool};

use super::engine::{Db, Lease};
use super::migrations;
use super::{Server, StoreError};

/// How long work waits for a connection: a server that is away must not hold a daemon for the driver's usual 30 s.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(4);
/// Connections of one node; twelve nodes fit into a server's usual hundred.
const CONNECTIONS: u32 = 8;

/// What every connection is told: no statement and no forgotten transaction holds others up, and the locks of a node that
/// was killed while its query ran are let go.
const SESSION: [(&str, &str); 4] = [
    ("statement_timeout", "60s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "60s"),
    ("client_connection_check_interval", "2s"),
];

pub(super) async fn open(server: &Server) -> Result<Db, StoreError> {
    let failed = |source| StoreError::Open { place: server.to_string(), source };
    let plain = options(server).map_err(failed)?;
    migrate(&plain).await.map_err(|error| match error {
        StoreError::Migrate(sqlx::migrate::MigrateError::Execute(source)) => failed(source),
        other => other,
    })?;
    let pool = pool(plain.options(SESSION)).await.map_err(failed)?;
    Ok(Db::Postgres(pool))
}

/// Every transaction only reads.
pub(super) async fn open_read_only(server: &Server) -> Result<Db, StoreError> {
    let failed = |source| StoreError::Open { place: server.to_string(), source };
    let options = options(server).map_err(failed)?.options(SESSION);
    let pool =
        pool(options.options([("default_transaction_read_only", "on")])).await.map_err(failed)?;
    let mut lease = Lease::Postgres(pool.acquire().await?);
    migrations::check(&mut lease.conn(), &server.to_string()).await?;
    drop(lease);
    Ok(Db::Postgres(pool))
}

/// On a connection without time limits: an index over a large table takes as long as it takes. Nodes that start together
/// wait for one another.
async fn migrate(options: &PgConnectOptions) -> Result<(), StoreError> {
    let connect = PgConnection::connect_with(options);
    let connected = tokio::time::timeout(ACQUIRE_TIMEOUT, connect).await;
    let mut connection = connected
        .unwrap_or(Err(sqlx::Error::PoolTimedOut))
        .map_err(|source| StoreError::Migrate(sqlx::migrate::MigrateError::Execute(source)))?;
    migrations::all(false).run(&mut connection).await?;
    Ok(connection.close().await?)
}

async fn pool(options: PgConnectOptions) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
}

fn options(server: &Server) -> Result<PgConnectOptions, sqlx::Error> {
    let options = PgConnectOptions::from_url(&server.url)?.application_name("pressroom");
    Ok(match &server.password {
        Some(password) => options.password(password),
        None => options,
    })
}
