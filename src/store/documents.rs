//! What was fetched from where, so that equal bytes need no work.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on};
use super::{StoreError, micros};
use crate::domain::{ArticleId, SourceId};

const IS_KNOWN: &str =
    "SELECT count(*) FROM document WHERE source = $1 AND reference = $2 AND digest = $3";

const UPSERT: &str = "INSERT INTO document (source, reference, digest, article, fetched_at) \
    VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (source, reference) DO UPDATE \
    SET digest = excluded.digest, article = excluded.article, fetched_at = excluded.fetched_at";

/// Whether these very bytes were taken in before.
pub async fn is_known(
    conn: &mut Conn<'_>,
    source: &SourceId,
    reference: &str,
    digest: &str,
) -> Result<bool, StoreError> {
    let count: i64 = on!(conn, x => sqlx::query_scalar(IS_KNOWN)
        .bind(source.as_str())
        .bind(reference)
        .bind(digest)
        .fetch_one(x)
        .await)?;
    Ok(count > 0)
}

/// Remembers the bytes from which `article` was made.
pub async fn remember(
    conn: &mut Conn<'_>,
    source: &SourceId,
    reference: &str,
    digest: &str,
    article: ArticleId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(UPSERT)
        .bind(source.as_str())
        .bind(reference)
        .bind(digest)
        .bind(article.to_string())
        .bind(micros(now))
        .execute(x)
        .await.map(drop))?;
    Ok(())
}
