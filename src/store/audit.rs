//! What was done at the desk.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on, row};
use super::{StoreError, instant, micros};
use crate::domain::Act;

row! { ActRow {
    at: i64, who: String, from_host: String, what: String, subject: String, outcome: Option<String>,
} }

const BEGIN: &str = "INSERT INTO audit (id, at, who, from_host, what, subject, outcome) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

const END: &str = "UPDATE audit SET outcome = $2 WHERE id = $1";

const LIST: &str = "SELECT at, who, from_host, what, subject, outcome FROM audit \
    WHERE at < $1 ORDER BY at DESC, id DESC LIMIT $2";

const FORGET: &str = "DELETE FROM audit WHERE at < $1";

/// Writes down, under a new `id`, that `act` is about to be done.
pub async fn begin(conn: &mut Conn<'_>, id: &str, act: &Act) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(BEGIN)
        .bind(id)
        .bind(micros(act.at))
        .bind(&act.who)
        .bind(&act.from)
        .bind(&act.what)
        .bind(&act.subject)
        .bind(&act.outcome)
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}

/// Writes down how it ended.
pub async fn end(conn: &mut Conn<'_>, id: &str, outcome: &str) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(END).bind(id).bind(outcome).execute(x).await.map(drop))?;
    Ok(())
}

/// The last acts before `before`, the newest first.
pub async fn list(
    conn: &mut Conn<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Act>, StoreError> {
    let rows: Vec<ActRow> =
        on!(conn, x => sqlx::query_as(LIST).bind(micros(before)).bind(limit).fetch_all(x).await)?;
    rows.into_iter().map(ActRow::read).collect()
}

/// Forgets what was done before `before`.
pub async fn forget(conn: &mut Conn<'_>, before: DateTime<Utc>) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(FORGET).bind(micros(before)).execute(x).await.map(drop))?;
    Ok(())
}

impl ActRow {
    fn read(self) -> Result<Act, StoreError> {
        Ok(Act {
            at: instant(self.at, "audit", &self.what)?,
            who: self.who,
            from: self.from_host,
            what: self.what,
            subject: self.subject,
            outcome: self.outcome,
        })
    }
}
