//! Who receives what.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on, row};
use super::{StoreError, micros};
use crate::domain::{DigestId, EmailAddress, Subscriber, SubscriberState};

row! { SubscriberRow { address: String, digest: String, state: String, choices: String } }

const PUT: &str = "INSERT INTO subscriber (address, digest, state, choices, changed_at) \
    VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (address, digest) DO UPDATE \
    SET state = excluded.state, choices = excluded.choices, changed_at = excluded.changed_at";

const OF_DIGEST: &str =
    "SELECT address, digest, state, choices FROM subscriber WHERE digest = $1 ORDER BY address";

const PAGE: &str = "SELECT address, digest, state, choices FROM subscriber \
    WHERE digest = $1 AND state = 'confirmed' AND address > $2 ORDER BY address LIMIT $3";

const PAGE_OF_ALL: &str = "SELECT address, digest, state, choices FROM subscriber \
    WHERE digest = $1 AND address > $2 ORDER BY address LIMIT $3";

const GET: &str =
    "SELECT address, digest, state, choices FROM subscriber WHERE digest = $1 AND address = $2";

const OF_ADDRESS: &str = "SELECT address, digest, state, choices FROM subscriber WHERE lower(address) = $1 ORDER BY digest";

const FIRST: &str = "SELECT address FROM subscriber WHERE digest = $1 LIMIT 1";

const LEAVE: &str = "UPDATE subscriber SET state = 'unsubscribed', changed_at = $1 \
    WHERE digest = $2 AND address = $3 AND state <> 'suppressed'";

/// The owner of the address leaves; a suppressed address stays suppressed.
pub async fn leave(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    address: &EmailAddress,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(LEAVE)
        .bind(micros(now))
        .bind(digest.as_str())
        .bind(address.as_str())
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}

/// Writes a Subscriber as it stands now.
pub async fn put(
    conn: &mut Conn<'_>,
    subscriber: &Subscriber,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let choices = serde_json::to_string(&subscriber.choices)
        .map_err(|e| StoreError::corrupt("subscriber", subscriber.digest.as_str(), &e))?;
    on!(conn, x => sqlx::query(PUT)
        .bind(subscriber.address.as_str())
        .bind(subscriber.digest.as_str())
        .bind(subscriber.state.as_str())
        .bind(choices)
        .bind(micros(now))
        .execute(x)
        .await.map(drop))?;
    Ok(())
}

/// The next `limit` confirmed Subscribers of a Digest after the address `after`, in the order of their addresses.
pub async fn page(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    after: &str,
    limit: i64,
) -> Result<Vec<Subscriber>, StoreError> {
    let rows: Vec<SubscriberRow> = on!(conn, x => sqlx::query_as(PAGE)
        .bind(digest.as_str())
        .bind(after)
        .bind(limit)
        .fetch_all(x)
        .await)?;
    rows.into_iter().map(SubscriberRow::read).collect()
}

/// The next `limit` Subscribers of a Digest after the address `after`, whatever their state.
pub async fn page_of_all(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    after: &str,
    limit: i64,
) -> Result<Vec<Subscriber>, StoreError> {
    let rows: Vec<SubscriberRow> = on!(conn, x => sqlx::query_as(PAGE_OF_ALL)
        .bind(digest.as_str())
        .bind(after)
        .bind(limit)
        .fetch_all(x)
        .await)?;
    rows.into_iter().map(SubscriberRow::read).collect()
}

/// The Subscriber of a Digest at this address.
pub async fn get(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    address: &EmailAddress,
) -> Result<Option<Subscriber>, StoreError> {
    let row: Option<SubscriberRow> = on!(conn, x => sqlx::query_as(GET)
        .bind(digest.as_str())
        .bind(address.as_str())
        .fetch_optional(x)
        .await)?;
    row.map(SubscriberRow::read).transpose()
}

/// All subscriptions of an address, however it is spelt.
pub async fn of_address(
    conn: &mut Conn<'_>,
    address: &EmailAddress,
) -> Result<Vec<Subscriber>, StoreError> {
    let rows: Vec<SubscriberRow> = on!(conn, x => sqlx::query_as(OF_ADDRESS)
        .bind(address.folded())
        .fetch_all(x)
        .await)?;
    rows.into_iter().map(SubscriberRow::read).collect()
}

/// Whether anybody ever asked for the Digest.
pub async fn has_any(conn: &mut Conn<'_>, digest: &DigestId) -> Result<bool, StoreError> {
    let first: Option<String> =
        on!(conn, x => sqlx::query_scalar(FIRST).bind(digest.as_str()).fetch_optional(x).await)?;
    Ok(first.is_some())
}

/// All Subscribers of a Digest, whatever their state.
pub async fn of_digest(
    conn: &mut Conn<'_>,
    digest: &DigestId,
) -> Result<Vec<Subscriber>, StoreError> {
    let rows: Vec<SubscriberRow> =
        on!(conn, x => sqlx::query_as(OF_DIGEST).bind(digest.as_str()).fetch_all(x).await)?;
    rows.into_iter().map(SubscriberRow::read).collect()
}

impl SubscriberRow {
    fn read(self) -> Result<Subscriber, StoreError> {
        // Not by its address, since errors are logged.
        let corrupt = |reason: String| StoreError::corrupt("subscriber", &self.digest, &reason);
        Ok(Subscriber {
            address: EmailAddress::new(&self.address).map_err(|e| corrupt(e.to_string()))?,
            digest: DigestId::new(&self.digest).map_err(|e| corrupt(e.to_string()))?,
            state: SubscriberState::parse(&self.state)
                .ok_or_else(|| corrupt(format!("no such state: {}", self.state)))?,
            choices: serde_json::from_str(&self.choices).map_err(|e| corrupt(e.to_string()))?,
        })
    }
}
