//! The secret behind links and Message-IDs: made at the first start, the same ever after.

use ring::rand::{SecureRandom as _, SystemRandom};
use thiserror::Error;

use crate::domain::ReaderKey;
use crate::store::{Store, StoreError, secrets};

/// The name it is kept under.
const NAME: &str = "links";

/// Why there is no secret.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system has no random numbers.
    #[error("the system gives no random numbers, which links in mail are made with")]
    Random,
    /// What is kept is of another length.
    #[error("the secret of links in the store is damaged; restore a backup")]
    Damaged,
}

/// The installation's key, made if it is not there.
pub async fn key(store: &Store) -> Result<ReaderKey, SecretError> {
    if let Some(key) = kept(store).await? {
        return Ok(key);
    }
    let mut tx = store.begin().await?;
    secrets::keep(&mut tx.conn(), NAME, &random()?).await?;
    tx.commit().await?;
    // Another node may have been first.
    kept(store).await?.ok_or(SecretError::Damaged)
}

/// The installation's key for looking: where there is none yet, one for the moment, with which nothing is sent.
pub async fn key_for_looking(store: &Store) -> Result<ReaderKey, SecretError> {
    match kept(store).await {
        Ok(Some(key)) => Ok(key),
        _ => Ok(ReaderKey::new(&random()?)),
    }
}

async fn kept(store: &Store) -> Result<Option<ReaderKey>, SecretError> {
    let mut lease = store.read().await?;
    let Some(secret) = secrets::get(&mut lease.conn(), NAME).await? else { return Ok(None) };
    let secret = secret.as_slice().try_into().map_err(|_| SecretError::Damaged)?;
    Ok(Some(ReaderKey::new(secret)))
}

fn random() -> Result<[u8; ReaderKey::LENGTH], SecretError> {
    let mut secret = [0; ReaderKey::LENGTH];
    SystemRandom::new().fill(&mut secret).map_err(|_| SecretError::Random)?;
    Ok(secret)
}
