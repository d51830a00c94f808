//! Editions as they were decided, and what each cadence has had.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on};
use super::{StoreError, micros};
use crate::domain::{ArticleId, DigestId, Edition};

const INSERT: &str = "INSERT INTO edition (id, digest, cadence, slot, composed_at, body) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (digest, cadence, slot) DO NOTHING";

const REMEMBER: &str = "INSERT INTO edition_article (digest, cadence, article, edition) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (digest, cadence, article) DO NOTHING";

const HAD: &str = "SELECT article FROM edition_article WHERE digest = $1 AND cadence = $2";

const COUNT: &str = "SELECT count(*) FROM edition WHERE digest = $1 AND cadence = $2";

/// Records the Edition with what it holds; `false` where this slot has one already, and then nothing is changed.
pub async fn insert(
    conn: &mut Conn<'_>,
    edition: &Edition,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let id = edition.id.to_string();
    let body = serde_json::to_string(edition)
        .map_err(|reason| StoreError::corrupt("edition", &id, &reason))?;
    let inserted = on!(conn, x => sqlx::query(INSERT)
        .bind(&id)
        .bind(edition.digest.as_str())
        .bind(&edition.cadence)
        .bind(micros(edition.slot))
        .bind(micros(now))
        .bind(body)
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    if inserted == 0 {
        return Ok(false);
    }
    for brief in edition.briefs() {
        on!(conn, x => sqlx::query(REMEMBER)
            .bind(edition.digest.as_str())
            .bind(&edition.cadence)
            .bind(brief.article.to_string())
            .bind(&id)
            .execute(x)
            .await.map(drop))?;
    }
    Ok(true)
}

/// Ids of the articles that the cadence has had.
pub async fn had(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    cadence: &str,
) -> Result<Vec<ArticleId>, StoreError> {
    let ids: Vec<String> = on!(conn, x => sqlx::query_scalar(HAD)
        .bind(digest.as_str())
        .bind(cadence)
        .fetch_all(x)
        .await)?;
    ids.iter()
        .map(|id| {
            ArticleId::parse(id)
                .ok_or_else(|| StoreError::corrupt("edition_article", id, &"no article id"))
        })
        .collect()
}

/// How many Editions the cadence has had.
pub async fn count(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    cadence: &str,
) -> Result<i64, StoreError> {
    Ok(on!(conn, x => sqlx::query_scalar(COUNT)
        .bind(digest.as_str())
        .bind(cadence)
        .fetch_one(x)
        .await)?)
}
