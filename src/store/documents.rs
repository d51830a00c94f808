//! What was fetched from where, so that equal bytes need no work and a server need not send them again.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use url::Url;

use super::engine::{Conn, on, recurs, row};
use super::{StoreError, instant, micros};
use crate::domain::{ArticleId, Known, SourceId, Validators};

/// A document to remember.
#[derive(Debug, Clone)]
pub struct Remembered {
    /// Whose it is.
    pub source: SourceId,
    /// What the source calls it.
    pub reference: String,
    /// What is remembered of it.
    pub known: Known,
    /// The last article that was made of it.
    pub article: ArticleId,
    /// Fingerprints of its entries, one after the other, where it is a feed.
    pub entries: Vec<u8>,
}

row! { KnownRow {
    digest: String, etag: Option<String>, last_modified: Option<String>, moved: Option<String>,
} }

const FETCHED_AT: &str = "SELECT fetched_at FROM document WHERE source = $1 AND reference = $2";

const ARTICLE: &str = "SELECT article FROM document WHERE source = $1 AND reference = $2";

const KNOWN: &str = "SELECT digest, etag, last_modified, moved FROM document \
    WHERE source = $1 AND reference = $2";

const ENTRIES: &str = "SELECT entries FROM document WHERE source = $1 AND reference = $2";

const INSERT: &str = "INSERT INTO document \
    (source, reference, digest, article, fetched_at, etag, last_modified, moved, entries) ";

const OVER: &str = " ON CONFLICT (source, reference) DO UPDATE \
    SET digest = excluded.digest, article = excluded.article, fetched_at = excluded.fetched_at, \
        etag = excluded.etag, last_modified = excluded.last_modified, moved = excluded.moved, entries = excluded.entries";

const RENEW: &str = "UPDATE document SET etag = $3, last_modified = $4, moved = $5 \
    WHERE source = $1 AND reference = $2";

/// Rows written by one statement.
const ROWS: usize = 50;

/// When a document was last taken in.
pub async fn fetched_at(
    conn: &mut Conn<'_>,
    source: &SourceId,
    reference: &str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let found: Option<i64> = on!(conn, x => sqlx::query_scalar(FETCHED_AT)
        .bind(source.as_str())
        .bind(reference)
        .fetch_optional(x)
        .await)?;
    found.map(|at| instant(at, "document", reference)).transpose()
}

/// The last article that was made of a document.
pub async fn article(
    conn: &mut Conn<'_>,
    source: &SourceId,
    reference: &str,
) -> Result<Option<ArticleId>, StoreError> {
    let found: Option<String> = on!(conn, x => sqlx::query_scalar(ARTICLE)
        .bind(source.as_str())
        .bind(reference)
        .fetch_optional(x)
        .await)?;
    Ok(found.as_deref().and_then(ArticleId::parse))
}

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

/// Fingerprints of the entries that the document had, one after the other.
pub async fn entries(
    conn: &mut Conn<'_>,
    source: &SourceId,
    reference: &str,
) -> Result<Vec<u8>, StoreError> {
    let found: Option<Option<Vec<u8>>> = on!(conn, x => sqlx::query_scalar(ENTRIES)
        .bind(source.as_str())
        .bind(reference)
        .fetch_optional(x)
        .await)?;
    Ok(found.flatten().unwrap_or_default())
}

/// Remembers documents, each there once.
pub async fn remember(
    conn: &mut Conn<'_>,
    documents: &[Remembered],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for documents in documents.chunks(ROWS) {
        on!(conn, x => {
            let mut query = QueryBuilder::new(INSERT);
            query.push_values(documents, |mut row, document| {
                let Known { digest, validators, moved } = &document.known;
                row.push_bind(document.source.as_str())
                    .push_bind(&document.reference)
                    .push_bind(digest)
                    .push_bind(document.article.to_string())
                    .push_bind(micros(now))
                    .push_bind(validators.etag.as_deref())
                    .push_bind(validators.last_modified.as_deref())
                    .push_bind(moved.as_ref().map(Url::as_str))
                    .push_bind(document.entries.as_slice());
            });
            query.push(OVER);
            query.build().persistent(recurs(documents.len(), ROWS)).execute(x).await.map(drop)
        })?;
    }
    Ok(())
}

/// Remembers what is `known` now of a document that is as it was.
pub async fn renew(
    conn: &mut Conn<'_>,
    source: &SourceId,
    reference: &str,
    known: &Known,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(RENEW)
        .bind(source.as_str())
        .bind(reference)
        .bind(known.validators.etag.as_deref())
        .bind(known.validators.last_modified.as_deref())
        .bind(known.moved.as_ref().map(Url::as_str))
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}

impl KnownRow {
    fn read(self) -> Known {
        let validators = Validators { etag: self.etag, last_modified: self.last_modified };
        read_known(self.digest, validators, self.moved.as_deref())
    }
}

/// What is remembered, from its columns.
pub(super) fn read_known(digest: String, validators: Validators, moved: Option<&str>) -> Known {
    // An address that cannot be read is one that is not remembered: the configured one is asked.
    Known { digest, validators, moved: moved.and_then(|moved| Url::parse(moved).ok()) }
}
