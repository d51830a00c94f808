//! Documents as they were fetched, packed, the last of each day: what new rules can be run over.

use chrono::{DateTime, FixedOffset, Utc};
use url::Url;

use super::engine::{Conn, on, row};
use super::packing::{pack, unpack};
use super::{StoreError, instant, micros};
use crate::domain::{Document, MediaType, SourceId};

row! { KeptRow {
    reference: String, digest: String, url: Option<String>, media_type: String, fetched_at: i64, zone: i64, body: Vec<u8>,
} }

const PUT: &str = "INSERT INTO kept_document (source, reference, day, digest, url, media_type, fetched_at, zone, body) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (source, reference, day) DO UPDATE \
    SET digest = excluded.digest, url = excluded.url, media_type = excluded.media_type, \
        fetched_at = excluded.fetched_at, zone = excluded.zone, body = excluded.body";
const REFERENCES: &str = "SELECT reference FROM kept_document WHERE source = $1 \
    GROUP BY reference ORDER BY min(fetched_at), reference";
const LAST: &str = "SELECT reference, max(fetched_at) AS at FROM kept_document WHERE source = $1 \
    GROUP BY reference ORDER BY max(fetched_at) DESC, reference LIMIT $2";
const VERSIONS: &str = "SELECT reference, digest, url, media_type, fetched_at, zone, body FROM kept_document \
    WHERE source = $1 AND reference = $2 ORDER BY fetched_at";

row! { LastRow { reference: String, at: i64 } }

/// A Document, packed for keeping. Packing takes the processor and no store.
#[derive(Debug, Clone)]
pub struct Packed {
    reference: String,
    digest: String,
    url: Option<Url>,
    media_type: MediaType,
    fetched_at: DateTime<FixedOffset>,
    body: Vec<u8>,
}

impl Packed {
    /// Packs `document`.
    pub fn of(document: &Document) -> Self {
        Self {
            reference: document.reference.clone(),
            digest: document.digest.clone(),
            url: document.url.clone(),
            media_type: document.media_type,
            fetched_at: document.fetched_at,
            body: pack(&document.text),
        }
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        self.body.len()
    }
}

/// Keeps a document of `source`; one of the same day gives way.
pub async fn put(conn: &mut Conn<'_>, source: &SourceId, packed: Packed) -> Result<(), StoreError> {
    let fetched_at = packed.fetched_at.to_utc();
    on!(conn, x => sqlx::query(PUT)
        .bind(source.as_str())
        .bind(&packed.reference)
        .bind(fetched_at.timestamp().div_euclid(86_400))
        .bind(&packed.digest)
        .bind(packed.url.as_ref().map(Url::as_str))
        .bind(packed.media_type.as_str())
        .bind(micros(fetched_at))
        .bind(i64::from(packed.fetched_at.offset().local_minus_utc()))
        .bind(packed.body)
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}

/// What the kept documents of `source` are called, the oldest first.
pub async fn references(conn: &mut Conn<'_>, source: &SourceId) -> Result<Vec<String>, StoreError> {
    Ok(on!(conn, x => sqlx::query_scalar(REFERENCES)
        .bind(source.as_str())
        .fetch_all(x)
        .await)?)
}

/// The documents of `source` that were fetched last, the newest first, and when that was.
pub async fn last(
    conn: &mut Conn<'_>,
    source: &SourceId,
    limit: i64,
) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
    let rows: Vec<LastRow> = on!(conn, x => sqlx::query_as(LAST)
        .bind(source.as_str())
        .bind(limit)
        .fetch_all(x)
        .await)?;
    let read = |LastRow { reference, at }: LastRow| {
        let at = instant(at, "kept_document", &reference)?;
        Ok((reference, at))
    };
    rows.into_iter().map(read).collect()
}

/// Every kept state of one document, the oldest first.
pub async fn versions(
    conn: &mut Conn<'_>,
    source: &SourceId,
    reference: &str,
) -> Result<Vec<Document>, StoreError> {
    let rows: Vec<KeptRow> = on!(conn, x => sqlx::query_as(VERSIONS)
        .bind(source.as_str())
        .bind(reference)
        .fetch_all(x)
        .await)?;
    rows.into_iter().map(KeptRow::read).collect()
}

impl KeptRow {
    fn read(self) -> Result<Document, StoreError> {
        let corrupt = |reason: &dyn std::fmt::Display| {
            StoreError::corrupt("kept_document", &self.reference, reason)
        };
        let text = unpack(&self.body).map_err(|reason| corrupt(&reason))?;
        let zone = i32::try_from(self.zone).ok().and_then(FixedOffset::east_opt);
        let zone = zone.ok_or_else(|| corrupt(&"its zone is none"))?;
        let fetched_at = instant(self.fetched_at, "kept_document", &self.reference)?;
        let media_type = MediaType::parse(&self.media_type);
        Ok(Document {
            media_type: media_type.ok_or_else(|| corrupt(&"its media type is none"))?,
            url: self.url.as_deref().and_then(|url| Url::parse(url).ok()),
            fetched_at: fetched_at.with_timezone(&zone),
            reference: self.reference,
            digest: self.digest,
            text,
        })
    }
}
