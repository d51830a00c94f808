//! Who works on a shared store, and by which definitions.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on};
use super::{StoreError, micros};

const SEEN: &str = "INSERT INTO node (id, definitions, seen_at) VALUES ($1, $2, $3) \
    ON CONFLICT (id) DO UPDATE SET definitions = excluded.definitions, seen_at = excluded.seen_at";

const LIVING: &str = "SELECT id, definitions FROM node WHERE seen_at > $1 ORDER BY id";

const GONE: &str = "DELETE FROM node WHERE id = $1 OR seen_at <= $2";

/// Says that the node lives and works by these definitions.
pub async fn seen(
    conn: &mut Conn<'_>,
    id: &str,
    definitions: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(SEEN)
        .bind(id)
        .bind(definitions)
        .bind(micros(now))
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}

/// Nodes that were seen after `since`, each with its definitions.
pub async fn living(
    conn: &mut Conn<'_>,
    since: DateTime<Utc>,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(on!(conn, x => sqlx::query_as(LIVING).bind(micros(since)).fetch_all(x).await)?)
}

/// Forgets the node, and those that were not seen after `since`.
pub async fn gone(conn: &mut Conn<'_>, id: &str, since: DateTime<Utc>) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(GONE).bind(id).bind(micros(since)).execute(x).await.map(drop))?;
    Ok(())
}
