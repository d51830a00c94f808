//! Links that wait to be followed, known by the hash of their token.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on, row};
use super::{StoreError, instant, micros};
use crate::domain::{Confirmation, DigestId, EmailAddress, Purpose, Token};

row! { ConfirmationRow {
    purpose: String, digest: String, address: String, choices: String, expires_at: i64,
} }

const PUT: &str = "INSERT INTO confirmation (token_hash, purpose, digest, address, choices, expires_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";

const GET: &str = "SELECT purpose, digest, address, choices, expires_at FROM confirmation \
    WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3";

const SPEND: &str = "DELETE FROM confirmation WHERE token_hash = $1";

const CLEAR: &str = "DELETE FROM confirmation WHERE expires_at <= $1";

const CLEAR_DAYS: &str = "DELETE FROM letter_day WHERE day < $1";

const TODAY: &str = "INSERT INTO letter_day (address, purpose, day) VALUES ($1, $2, $3) \
    ON CONFLICT (address, purpose, day) DO NOTHING";

const SECONDS_A_DAY: i64 = 86_400;

/// Keeps a link under the hash of its token.
pub async fn put(
    conn: &mut Conn<'_>,
    token: &Token,
    confirmation: &Confirmation,
) -> Result<(), StoreError> {
    let (digest, address) = (confirmation.digest.as_str(), confirmation.address.as_str());
    let choices = serde_json::to_string(&confirmation.choices)
        .map_err(|e| StoreError::corrupt("confirmation", digest, &e))?;
    on!(conn, x => sqlx::query(PUT)
        .bind(token.hash())
        .bind(confirmation.purpose.as_str())
        .bind(digest)
        .bind(address)
        .bind(choices)
        .bind(micros(confirmation.expires_at))
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}

/// What the token stands for, if it was made for `purpose` and its time is not over.
pub async fn get(
    conn: &mut Conn<'_>,
    token: &Token,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<Confirmation>, StoreError> {
    let row: Option<ConfirmationRow> = on!(conn, x => sqlx::query_as(GET)
        .bind(token.hash())
        .bind(purpose.as_str())
        .bind(micros(now))
        .fetch_optional(x)
        .await)?;
    row.map(ConfirmationRow::read).transpose()
}

/// Makes the token worthless; `false` where it was.
pub async fn spend(conn: &mut Conn<'_>, token: &Token) -> Result<bool, StoreError> {
    let spent = on!(conn, x => sqlx::query(SPEND)
        .bind(token.hash())
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(spent == 1)
}

/// Takes the one letter for `purpose` that `address` may get on the day of `now`; `false` where it had it.
pub async fn take_day(
    conn: &mut Conn<'_>,
    address: &EmailAddress,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let taken = on!(conn, x => sqlx::query(TODAY)
        .bind(address.folded())
        .bind(purpose.as_str())
        .bind(now.timestamp().div_euclid(SECONDS_A_DAY))
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(taken == 1)
}

/// Forgets what is over at `now`.
pub async fn clear(conn: &mut Conn<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(CLEAR).bind(micros(now)).execute(x).await.map(drop))?;
    let today = now.timestamp().div_euclid(SECONDS_A_DAY);
    on!(conn, x => sqlx::query(CLEAR_DAYS).bind(today).execute(x).await.map(drop))?;
    Ok(())
}

impl ConfirmationRow {
    fn read(self) -> Result<Confirmation, StoreError> {
        // Not by its address, since errors are logged.
        let corrupt = |reason: String| StoreError::corrupt("confirmation", &self.digest, &reason);
        Ok(Confirmation {
            purpose: Purpose::parse(&self.purpose)
                .ok_or_else(|| corrupt("no such purpose".into()))?,
            digest: DigestId::new(&self.digest).map_err(|e| corrupt(e.to_string()))?,
            address: EmailAddress::new(&self.address).map_err(|e| corrupt(e.to_string()))?,
            choices: serde_json::from_str(&self.choices).map_err(|e| corrupt(e.to_string()))?,
            expires_at: instant(self.expires_at, "confirmation", &self.digest)?,
        })
    }
}
