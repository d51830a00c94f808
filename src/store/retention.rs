//! What is old enough is taken out, a few rows a transaction, so that nobody waits for it.

use chrono::{DateTime, TimeDelta, Utc};

use super::engine::{Conn, on};
use super::{Store, StoreError, micros, search};

/// Rows of one transaction.
const ROWS: i64 = 500;

/// What retention is counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Articles whose last change is old; feeds lose them, and they never come in again.
    Articles,
    /// Decisions about slots, except the last of each schedule.
    Slots,
    /// Editions, except the last of each cadence.
    Editions,
    /// Deliveries that came to their end, and Messages that nothing waits for any more.
    Messages,
    /// Documents that are kept for replay.
    Documents,
}

// What is in doubt or waits stays, however old; `$1` is the instant before which things are old, `$2` a number of rows.

const RETIRE: &str = "INSERT INTO retired_article (id, retired_at) \
    SELECT id, $3 FROM article WHERE changed < $1 ORDER BY changed, id LIMIT $2 \
    ON CONFLICT (id) DO NOTHING";
const ARTICLES: &str = "DELETE FROM article WHERE changed < $1 \
    AND id IN (SELECT id FROM retired_article WHERE retired_at = $2)";

const SLOTS: &str = "DELETE FROM slot WHERE (schedule, at) IN (SELECT schedule, at FROM slot \
    WHERE at < $1 AND decision <> 'begun' \
    AND at < (SELECT max(later.at) FROM slot later WHERE later.schedule = slot.schedule) LIMIT $2)";

const EDITIONS: &str = "DELETE FROM edition WHERE id IN (SELECT id FROM edition \
    WHERE composed_at < $1 AND slot < (SELECT max(later.slot) FROM edition later \
    WHERE later.digest = edition.digest AND later.cadence = edition.cadence) LIMIT $2)";

const DELIVERIES: &str = "DELETE FROM delivery WHERE (message, address) IN \
    (SELECT message, address FROM delivery WHERE changed_at < $1 AND state IN ('sent', 'failed') LIMIT $2)";
const MESSAGES: &str = "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE created_at < $1 \
    AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.message = message.id) LIMIT $2)";

const DOCUMENTS: &str = "DELETE FROM kept_document WHERE (source, reference, day) IN \
    (SELECT source, reference, day FROM kept_document WHERE fetched_at < $1 LIMIT $2)";

// What a cadence had counts as long as it could come up again.
const HAD: &str = "DELETE FROM edition_article \
    WHERE article IN (SELECT id FROM retired_article WHERE retired_at = $1)";
const TOLD: &str = "DELETE FROM story \
    WHERE article IN (SELECT id FROM retired_article WHERE retired_at = $1)";

/// Takes out what is `kind` and older than `time`, in small transactions: others write in between, and one of many rows would
/// be held in memory. How many rows.
pub async fn take_out(
    store: &Store,
    kind: Kind,
    time: TimeDelta,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut all = 0;
    loop {
        let mut tx = store.begin().await?;
        let rows = some_of(&mut tx.conn(), kind, now - time, now).await?;
        tx.commit().await?;
        if rows == 0 {
            return Ok(all);
        }
        all += rows;
    }
}

/// Some of it; 0 rows when there are no more.
async fn some_of(
    conn: &mut Conn<'_>,
    kind: Kind,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let before = micros(before);
    match kind {
        Kind::Articles => retire(conn, before, micros(now)).await,
        Kind::Slots => some(conn, SLOTS, before, ROWS).await,
        Kind::Editions => {
            let editions = some(conn, EDITIONS, before, ROWS).await?;
            search::forget_editions(conn).await?;
            Ok(editions)
        }
        Kind::Messages => {
            let deliveries = some(conn, DELIVERIES, before, ROWS).await?;
            Ok(deliveries + some(conn, MESSAGES, before, ROWS).await?)
        }
        Kind::Documents => some(conn, DOCUMENTS, before, ROWS).await,
    }
}

async fn retire(conn: &mut Conn<'_>, before: i64, now: i64) -> Result<u64, StoreError> {
    on!(conn, x => sqlx::query(RETIRE)
        .bind(before).bind(ROWS).bind(now).execute(x).await.map(drop))?;
    let articles = some(conn, ARTICLES, before, now).await?;
    search::forget_retired(conn, now).await?;
    for rest in [HAD, TOLD] {
        on!(conn, x => sqlx::query(rest).bind(now).execute(x).await.map(drop))?;
    }
    Ok(articles)
}

async fn some(
    conn: &mut Conn<'_>,
    sql: &'static str,
    first: i64,
    second: i64,
) -> Result<u64, StoreError> {
    Ok(on!(conn, x => sqlx::query(sql)
        .bind(first)
        .bind(second)
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?)
}
