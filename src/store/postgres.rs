//! PostgreSQL: a database that any number of equal nodes share.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection, PgPool};

use super::engine::{Db, Lease};
use super::migrations;
use super::{Server, StoreError};

/// How long work waits for a connection: a server that is away must not hold a daemon for the driver's usual 30 s.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(4);
/// Connections of one node; twelve nodes fit into a server's usual hundred.
const CONNECTIONS: u32 = 8;

/// What every session is told: no statement and no forgotten transaction holds others up, and the locks of a node that was
/// killed while its query ran are let go. Told by statements, since a pooler refuses them at the start of a connection.
const SESSION: &str = "SET statement_timeout = '60s'; SET lock_timeout = '5s'; \
    SET idle_in_transaction_session_timeout = '60s'; SET client_connection_check_interval = '2s'";
/// The same for one that only looks.
const LOOKING: &str = "SET statement_timeout = '60s'; SET lock_timeout = '5s'; \
    SET idle_in_transaction_session_timeout = '60s'; SET default_transaction_read_only = on";

/// `duplicate_prepared_statement` (PostgreSQL manual, appendix A): the name was given by another client of a pooler.
const PREPARED_BY_ANOTHER: &str = "42P05";

pub(super) async fn open(server: &Server) -> Result<Db, StoreError> {
    let failed = |source| StoreError::Open { place: server.to_string(), source };
    let plain = options(server).map_err(failed)?;
    refuse_pooler(&plain, server).await?;
    migrate(&plain).await.map_err(|error| match error {
        StoreError::Migrate(sqlx::migrate::MigrateError::Execute(source)) => failed(source),
        other => other,
    })?;
    let pool = pool(plain, SESSION).await.map_err(failed)?;
    Ok(Db::Postgres(pool))
}

/// Every transaction only reads.
pub(super) async fn open_read_only(server: &Server) -> Result<Db, StoreError> {
    let failed = |source| StoreError::Open { place: server.to_string(), source };
    let plain = options(server).map_err(failed)?;
    refuse_pooler(&plain, server).await?;
    let pool = pool(plain, LOOKING).await.map_err(failed)?;
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

/// A pooler that lends a session for one transaction only lends it with the statements that others have prepared in it: two
/// connections one after the other, each with a statement, show it before anything is written.
async fn refuse_pooler(options: &PgConnectOptions, server: &Server) -> Result<(), StoreError> {
    for _ in 0..2 {
        let prepared = async {
            let mut connection = PgConnection::connect_with(options).await?;
            sqlx::query("SELECT 1").execute(&mut connection).await?;
            connection.close().await
        };
        let prepared = tokio::time::timeout(ACQUIRE_TIMEOUT, prepared).await;
        prepared.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(|source| {
            let code = source.as_database_error().and_then(sqlx::error::DatabaseError::code);
            let place = server.to_string();
            if code.as_deref() == Some(PREPARED_BY_ANOTHER) {
                StoreError::Pooled { place }
            } else {
                StoreError::Open { place, source }
            }
        })?;
    }
    Ok(())
}

async fn pool(options: PgConnectOptions, told: &'static str) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(told).await.map(drop) })
        })
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
