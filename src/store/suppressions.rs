//! Addresses that get no mail, and why.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on, row};
use super::{StoreError, instant, micros};
use crate::domain::{EmailAddress, Suppression, SuppressionReason};

row! { SuppressionRow { address: String, reason: String, detail: String, since: i64 } }

const PUT: &str = "INSERT INTO suppression (address, reason, detail, since) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (address) DO NOTHING";

const PUT_STATE: &str =
    "UPDATE subscriber SET state = 'suppressed', changed_at = $1 WHERE address IN ($2, $3)";

const CLEAR: &str = "DELETE FROM suppression WHERE address = $1";

const FORGET_BOUNCES: &str = "DELETE FROM bounce WHERE address = $1";

const CLEAR_STATE: &str = "UPDATE subscriber SET state = 'unsubscribed', changed_at = $1 \
    WHERE address IN ($2, $3) AND state = 'suppressed'";

const ALL: &str = "SELECT address, reason, detail, since FROM suppression ORDER BY since, address";

const GET: &str =
    "SELECT address, reason, detail, since FROM suppression WHERE address = $1 OR address = $2";

/// Suppresses an address: for every Digest, until the operator clears it. `false` where it was already.
pub async fn put(
    conn: &mut Conn<'_>,
    address: &EmailAddress,
    reason: SuppressionReason,
    detail: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let added = on!(conn, x => sqlx::query(PUT)
        .bind(address.folded())
        .bind(reason.as_str())
        .bind(detail)
        .bind(micros(now))
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    on!(conn, x => sqlx::query(PUT_STATE)
        .bind(micros(now))
        .bind(address.as_str())
        .bind(address.folded())
        .execute(x)
        .await
        .map(drop))?;
    Ok(added == 1)
}

/// Lets an address be written to again and forgets what came back from it; `false` where it was not suppressed. Its
/// subscriptions are ended: they begin anew when their owner confirms.
pub async fn clear(
    conn: &mut Conn<'_>,
    address: &EmailAddress,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let folded = address.folded();
    let cleared = on!(conn, x => sqlx::query(CLEAR)
        .bind(&folded)
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    on!(conn, x => sqlx::query(FORGET_BOUNCES).bind(&folded).execute(x).await.map(drop))?;
    on!(conn, x => sqlx::query(CLEAR_STATE)
        .bind(micros(now))
        .bind(address.as_str())
        .bind(&folded)
        .execute(x)
        .await
        .map(drop))?;
    Ok(cleared == 1)
}

/// Why this address gets no mail, if so. `fingerprint` is what is kept of an address that was erased
/// ([`ReaderKey::fingerprint`](crate::domain::ReaderKey::fingerprint)).
pub async fn get(
    conn: &mut Conn<'_>,
    address: &EmailAddress,
    fingerprint: &str,
) -> Result<Option<Suppression>, StoreError> {
    let row: Option<SuppressionRow> = on!(conn, x => sqlx::query_as(GET)
        .bind(address.folded())
        .bind(fingerprint)
        .fetch_optional(x)
        .await)?;
    row.map(SuppressionRow::read).transpose()
}

/// All of them, the oldest first.
pub async fn all(conn: &mut Conn<'_>) -> Result<Vec<Suppression>, StoreError> {
    let rows: Vec<SuppressionRow> = on!(conn, x => sqlx::query_as(ALL).fetch_all(x).await)?;
    rows.into_iter().map(SuppressionRow::read).collect()
}

impl SuppressionRow {
    fn read(self) -> Result<Suppression, StoreError> {
        let reason = SuppressionReason::parse(&self.reason)
            .ok_or_else(|| StoreError::corrupt("suppression", &self.address, &"no such reason"))?;
        let since = instant(self.since, "suppression", &self.address)?;
        Ok(Suppression { address: self.address, reason, detail: self.detail, since })
    }
}
