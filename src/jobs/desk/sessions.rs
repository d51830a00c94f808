//! Who sits at the desk: a password opens a session, time or another password ends it.

use chrono::TimeDelta;
use ring::rand::{SecureRandom as _, SystemRandom};
use thiserror::Error;

use super::super::Context;
use crate::domain::{PasswordHash, Token};
use crate::store::{Store, StoreError, sessions};

/// A day's work; whoever finds a browser open later must know the password.
pub const LASTS: TimeDelta = TimeDelta::hours(24);

/// Why nobody could sit down.
#[derive(Debug, Error)]
pub enum SessionError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system has no random numbers.
    #[error("the system gives no random numbers, which sessions are made of")]
    Random,
    /// The check of the password ended in a panic.
    #[error("checking the password broke off: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

/// Opens a session for whoever knows the password; `None` for whoever does not.
pub async fn open(
    context: &Context,
    password: &PasswordHash,
    given: String,
) -> Result<Option<Token>, SessionError> {
    let hash = password.clone();
    // Hashing takes tens of milliseconds, in which others shall be answered.
    if !tokio::task::spawn_blocking(move || hash.is_of(&given)).await? {
        return Ok(None);
    }
    let token = token()?;
    let now = context.clock.now();
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    sessions::clear(conn, password, now).await?;
    sessions::open(conn, &token, password, now + LASTS).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// Whether `token` is that of an open session.
pub async fn is_open(
    context: &Context,
    password: &PasswordHash,
    token: &Token,
) -> Result<bool, StoreError> {
    let mut lease = context.store.read().await?;
    sessions::is_open(&mut lease.conn(), token, password, context.clock.now()).await
}

/// Ends a session.
pub async fn close(context: &Context, token: &Token) -> Result<(), StoreError> {
    let mut tx = context.store.begin().await?;
    sessions::close(&mut tx.conn(), token).await?;
    tx.commit().await
}

/// Ends all sessions; gives how many there were.
pub async fn close_all(store: &Store) -> Result<u64, StoreError> {
    let mut tx = store.begin().await?;
    let closed = sessions::close_all(&mut tx.conn()).await?;
    tx.commit().await?;
    Ok(closed)
}

/// A word that nobody can guess.
pub fn token() -> Result<Token, SessionError> {
    let mut random = [0; 32];
    SystemRandom::new().fill(&mut random).map_err(|_| SessionError::Random)?;
    Ok(Token::new(&random))
}

/// Hashes a new password, for the configuration.
pub fn hash(password: &str) -> Result<PasswordHash, String> {
    let mut random = [0; 16];
    let made = SystemRandom::new().fill(&mut random);
    made.map_err(|_| SessionError::Random.to_string())?;
    PasswordHash::of(password, &random)
}
