//! Feeds of single readers, known by a hash of the name that their owners have.

use super::StoreError;
use super::engine::{Conn, on, row};
use crate::domain::{DigestId, EmailAddress};

row! { OwnerRow { digest: String, address: String } }

const PUT: &str = "INSERT INTO reader_feed (token_hash, digest, address) VALUES ($1, $2, $3) \
    ON CONFLICT (digest, address) DO UPDATE SET token_hash = excluded.token_hash";

const END: &str = "DELETE FROM reader_feed WHERE digest = $1 AND address = $2";

const OWNER: &str = "SELECT digest, address FROM reader_feed WHERE token_hash = $1";

const HAS_ONE: &str = "SELECT count(*) FROM reader_feed WHERE digest = $1 AND address = $2";

/// Gives the reader a feed under the name with this hash; one that there was ends.
pub async fn put(
    conn: &mut Conn<'_>,
    hash: &str,
    digest: &DigestId,
    address: &EmailAddress,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(PUT)
        .bind(hash)
        .bind(digest.as_str())
        .bind(address.as_str())
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}

/// Ends the reader's feed.
pub async fn end(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    address: &EmailAddress,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(END)
        .bind(digest.as_str())
        .bind(address.as_str())
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}

/// Whose feed has a name with this hash.
pub async fn owner(
    conn: &mut Conn<'_>,
    hash: &str,
) -> Result<Option<(DigestId, EmailAddress)>, StoreError> {
    let row: Option<OwnerRow> =
        on!(conn, x => sqlx::query_as(OWNER).bind(hash).fetch_optional(x).await)?;
    let Some(row) = row else { return Ok(None) };
    let corrupt = |reason: String| StoreError::corrupt("reader's feed", &row.digest, &reason);
    let digest = DigestId::new(&row.digest).map_err(|e| corrupt(e.to_string()))?;
    let address = EmailAddress::new(&row.address).map_err(|e| corrupt(e.to_string()))?;
    Ok(Some((digest, address)))
}

/// Whether the reader has one.
pub async fn has_one(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    address: &EmailAddress,
) -> Result<bool, StoreError> {
    let count: i64 = on!(conn, x => sqlx::query_scalar(HAS_ONE)
        .bind(digest.as_str())
        .bind(address.as_str())
        .fetch_one(x)
        .await)?;
    Ok(count > 0)
}
