//! What was fetched from where, so that equal bytes need no work and a server need not send them again.

use chrono::{DateTime, Utc};
use url::Url;

use super::engine::{Conn, on, row};
use super::{StoreError, micros};
use crate::domain::{ArticleId, Known, SourceId, Validators};

row! { KnownRow {
    digest: String, etag: Option<String>, last_modified: Option<String>, moved: Option<String>,
} }

const KNOWN: &str = "SELECT digest, etag, last_modified, moved FROM document \
    WHERE source = $1 AND reference = $2";

const UPSERT: &str = "INSERT INTO document \
    (source, reference, digest, article, fetched_at, etag, last_modified, moved) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
    ON CONFLICT (source, reference) DO UPDATE \
    SET digest = excluded.digest, article = excluded.article, fetched_at = excluded.fetched_at, \
        etag = excluded.etag, last_modified = excluded.last_modified, moved = excluded.moved";

/// What is remembered of a document.
pub async fn known(
    conn: &mut Conn<'_>,
    source: &SourceId,
    reference: &str,
) -> Result<Option<Known>, StoreError> {
    let row: Option<KnownRow> = on!(conn, x => sqlx::query_as(KNOWN)
        .bind(source.as_str())
        .bind(reference)
        .fetch_optional(x)
        .await)?;
    Ok(row.map(KnownRow::read))
}

/// Remembers a document from which `article` was made.
pub async fn remember(
    conn: &mut Conn<'_>,
    source: &SourceId,
    reference: &str,
    known: &Known,
    article: ArticleId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Known { digest, validators, moved } = known;
    on!(conn, x => sqlx::query(UPSERT)
        .bind(source.as_str())
        .bind(reference)
        .bind(digest)
        .bind(article.to_string())
        .bind(micros(now))
        .bind(validators.etag.as_deref())
        .bind(validators.last_modified.as_deref())
        .bind(moved.as_ref().map(Url::as_str))
        .execute(x)
        .await.map(drop))?;
    Ok(())
}

impl KnownRow {
    fn read(self) -> Known {
        let validators = Validators { etag: self.etag, last_modified: self.last_modified };
        // An address that cannot be read is one that is not remembered: the configured one is asked.
        let moved = self.moved.and_then(|moved| Url::parse(&moved).ok());
        Known { digest: self.digest, validators, moved }
    }
}
