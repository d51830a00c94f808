//! Sessions of the desk: known by the hash of their token, and as long as the password is the one that opened them.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on};
use super::{StoreError, micros};
use crate::domain::{PasswordHash, Token};

const OPEN: &str =
    "INSERT INTO desk_session (token_hash, password, expires_at) VALUES ($1, $2, $3)";

const IS_OPEN: &str = "SELECT count(*) FROM desk_session \
    WHERE token_hash = $1 AND password = $2 AND expires_at > $3";

const CLOSE: &str = "DELETE FROM desk_session WHERE token_hash = $1";

const CLEAR: &str = "DELETE FROM desk_session WHERE expires_at <= $1 OR password <> $2";

const CLOSE_ALL: &str = "DELETE FROM desk_session";

/// Opens a session.
pub async fn open(
    conn: &mut Conn<'_>,
    token: &Token,
    password: &PasswordHash,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(OPEN)
        .bind(token.hash())
        .bind(password.fingerprint())
        .bind(micros(expires_at))
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}

/// Whether `token` is that of a session which is open under this password.
pub async fn is_open(
    conn: &mut Conn<'_>,
    token: &Token,
    password: &PasswordHash,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let count: i64 = on!(conn, x => sqlx::query_scalar(IS_OPEN)
        .bind(token.hash())
        .bind(password.fingerprint())
        .bind(micros(now))
        .fetch_one(x)
        .await)?;
    Ok(count > 0)
}

/// Ends a session.
pub async fn close(conn: &mut Conn<'_>, token: &Token) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(CLOSE).bind(token.hash()).execute(x).await.map(drop))?;
    Ok(())
}

/// Forgets sessions that are over: by time, or since the password is another.
pub async fn clear(
    conn: &mut Conn<'_>,
    password: &PasswordHash,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(CLEAR)
        .bind(micros(now))
        .bind(password.fingerprint())
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}

/// Ends all sessions; gives how many there were.
pub async fn close_all(conn: &mut Conn<'_>) -> Result<u64, StoreError> {
    Ok(on!(conn, x => sqlx::query(CLOSE_ALL).execute(x).await.map(|done| done.rows_affected()))?)
}
