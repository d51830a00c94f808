//! What came back from addresses, so that repeated trouble can be told from a single one.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on};
use super::{StoreError, micros};
use crate::domain::EmailAddress;

const PUT: &str = "INSERT INTO bounce (address, mail_id, kind, detail, at) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (address, mail_id, kind) DO NOTHING";

const COUNT: &str = "SELECT count(*) FROM bounce WHERE address = $1 AND kind = $2 AND at >= $3";

/// Records what came back for a Delivery; the same a second time changes nothing and gives `false`.
pub async fn put(
    conn: &mut Conn<'_>,
    address: &EmailAddress,
    mail_id: &str,
    kind: &str,
    detail: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let added = on!(conn, x => sqlx::query(PUT)
        .bind(address.folded())
        .bind(mail_id)
        .bind(kind)
        .bind(detail)
        .bind(micros(now))
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

/// How many Deliveries to `address` came back in this way since then.
pub async fn count(
    conn: &mut Conn<'_>,
    address: &EmailAddress,
    kind: &str,
    since: DateTime<Utc>,
) -> Result<i64, StoreError> {
    Ok(on!(conn, x => sqlx::query_scalar(COUNT)
        .bind(address.folded())
        .bind(kind)
        .bind(micros(since))
        .fetch_one(x)
        .await)?)
}
