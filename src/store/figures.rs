//! What an operator watches, in queries that are cheap enough to be asked every few seconds.

use chrono::{DateTime, Utc};

use super::engine::{Conn, PerEngine, on, row};
use super::{StoreError, instant, micros};

row! { CountRow { word: String, number: i64 } }
row! { StandingRow { source: String, state: String } }
row! { LateRow { name: String, next_at: i64 } }

const LATE: &str = "SELECT name, next_at FROM schedule WHERE next_at < $1 ORDER BY next_at";

const SLOTS: &str = "SELECT decision AS word, count(*) AS number FROM slot WHERE decided_at >= $1 GROUP BY decision";

// What was sent is by far the most, and nobody is alarmed by it. Each of the others has an index of its own.
const DELIVERIES: &str = "SELECT state AS word, count(*) AS number FROM delivery WHERE state IN ('new', 'deferred') GROUP BY state \
    UNION ALL SELECT state, count(*) FROM delivery WHERE state IN ('sending', 'unknown') GROUP BY state \
    UNION ALL SELECT state, count(*) FROM delivery WHERE state = 'failed' GROUP BY state";

const OLDEST: &str = "SELECT min(not_before) FROM delivery WHERE state IN ('new', 'deferred')";

const UNWELL: &str = "SELECT source, state FROM standing WHERE state <> 'fine'";

const ARTICLES: &str = "SELECT count(*) FROM article";

const SIZE: PerEngine = PerEngine {
    sqlite: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    postgres: "SELECT pg_database_size(current_database())",
};

const OLDEST_SNAPSHOT: PerEngine = PerEngine {
    sqlite: "SELECT CAST(0 AS REAL)",
    // Of other users' sessions the server shows nothing to a user who is not in pg_read_all_stats.
    postgres: "SELECT CAST(coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) AS DOUBLE PRECISION) \
        FROM pg_stat_activity WHERE datname = current_database() AND backend_xmin IS NOT NULL AND pid <> pg_backend_pid()",
};

/// Seconds since the oldest transaction began that PostgreSQL keeps dead rows for; 0 with SQLite.
pub async fn oldest_snapshot(conn: &mut Conn<'_>) -> Result<f64, StoreError> {
    let text = OLDEST_SNAPSHOT.text(conn);
    Ok(on!(conn, x => sqlx::query_scalar(text).fetch_one(x).await)?)
}

/// Bytes of the database.
pub async fn size(conn: &mut Conn<'_>) -> Result<i64, StoreError> {
    let text = SIZE.text(conn);
    Ok(on!(conn, x => sqlx::query_scalar(text).fetch_one(x).await)?)
}

/// Schedules with a slot from before `since` that nobody has decided, the latest first, and when that slot was.
pub async fn late(
    conn: &mut Conn<'_>,
    since: DateTime<Utc>,
) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
    let rows: Vec<LateRow> =
        on!(conn, x => sqlx::query_as(LATE).bind(micros(since)).fetch_all(x).await)?;
    rows.into_iter()
        .map(|LateRow { name, next_at }| {
            let at = instant(next_at, "schedule", &name)?;
            Ok((name, at))
        })
        .collect()
}

/// What was decided about slots since an instant, and how often.
pub async fn slots(
    conn: &mut Conn<'_>,
    since: DateTime<Utc>,
) -> Result<Vec<(String, i64)>, StoreError> {
    let rows: Vec<CountRow> =
        on!(conn, x => sqlx::query_as(SLOTS).bind(micros(since)).fetch_all(x).await)?;
    Ok(rows.into_iter().map(|row| (row.word, row.number)).collect())
}

/// Deliveries that are not sent, by state.
pub async fn deliveries(conn: &mut Conn<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    let rows: Vec<CountRow> = on!(conn, x => sqlx::query_as(DELIVERIES).fetch_all(x).await)?;
    Ok(rows.into_iter().map(|row| (row.word, row.number)).collect())
}

/// Since when the delivery that waits longest might have been tried.
pub async fn oldest_delivery(conn: &mut Conn<'_>) -> Result<Option<DateTime<Utc>>, StoreError> {
    let oldest: Option<i64> = on!(conn, x => sqlx::query_scalar(OLDEST).fetch_one(x).await)?;
    oldest.map(|at| instant(at, "delivery", "the oldest")).transpose()
}

/// Sources that are not as they should be, and how they are.
pub async fn unwell(conn: &mut Conn<'_>) -> Result<Vec<(String, String)>, StoreError> {
    let rows: Vec<StandingRow> = on!(conn, x => sqlx::query_as(UNWELL).fetch_all(x).await)?;
    Ok(rows.into_iter().map(|row| (row.source, row.state)).collect())
}

/// Articles there are.
pub async fn articles(conn: &mut Conn<'_>) -> Result<i64, StoreError> {
    Ok(on!(conn, x => sqlx::query_scalar(ARTICLES).fetch_one(x).await)?)
}

/// Asks the engine for nothing at all.
pub async fn answers(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    let _: i64 = on!(conn, x => sqlx::query_scalar("SELECT CAST(1 AS BIGINT)").fetch_one(x).await)?;
    Ok(())
}
