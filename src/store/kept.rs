//! Documents as they were fetched, packed, the last of each day: what new rules can be run over.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};
use sqlx::QueryBuilder;
use url::Url;

use super::engine::{Conn, on, recurs, row};
use super::packing::{pack, unpack};
use super::{StoreError, instant, micros};
use crate::domain::{Document, MediaType, SourceId};

row! { KeptRow {
    reference: String, digest: String, url: Option<String>, media_type: String, fetched_at: i64, zone: i64, body: Vec<u8>,
} }

const INSERT: &str = "INSERT INTO kept_document \
    (source, reference, day, digest, url, media_type, fetched_at, zone, body) ";
const OVER: &str = " ON CONFLICT (source, reference, day) DO UPDATE \
    SET digest = excluded.digest, url = excluded.url, media_type = excluded.media_type, \
        fetched_at = excluded.fetched_at, zone = excluded.zone, body = excluded.body";
const REFERENCES: &str = "SELECT reference FROM kept_document WHERE source = $1 \
    GROUP BY reference ORDER BY min(fetched_at), reference";
const LAST: &str = "SELECT reference, max(fetched_at) AS at FROM kept_document WHERE source = $1 \
    GROUP BY reference ORDER BY max(fetched_at) DESC, reference LIMIT $2";
const VERSIONS: &str = "SELECT reference, digest, url, media_type, fetched_at, zone, body FROM kept_document \
    WHERE source = $1 AND reference = $2 ORDER BY fetched_at";

row! { LastRow { reference: String, at: i64 } }

/// Rows written by one statement.
const ROWS: usize = 50;

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

    /// The day of UTC on which it was fetched, counted from the first of 1970.
    fn day(&self) -> i64 {
        self.fetched_at.timestamp().div_euclid(86_400)
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        self.body.len()
    }
}

/// Keeps documents, each of its source; of one and the same day the last stays.
pub async fn put(conn: &mut Conn<'_>, kept: Vec<(SourceId, Packed)>) -> Result<(), StoreError> {
    // One statement cannot write one row twice.
    let mut last = BTreeMap::new();
    for (source, packed) in kept {
        last.insert((source, packed.reference.clone(), packed.day()), packed);
    }
    let mut rows = last.into_iter().peekable();
    while rows.peek().is_some() {
        let count = rows.len().min(ROWS);
        let rows = rows.by_ref().take(ROWS);
        on!(conn, x => {
            let mut query = QueryBuilder::new(INSERT);
            query.push_values(rows, |mut row, ((source, reference, day), packed)| {
                row.push_bind(String::from(source))
                    .push_bind(reference)
                    .push_bind(day)
                    .push_bind(packed.digest)
                    .push_bind(packed.url.map(String::from))
                    .push_bind(packed.media_type.as_str())
                    .push_bind(micros(packed.fetched_at.to_utc()))
                    .push_bind(i64::from(packed.fetched_at.offset().local_minus_utc()))
                    .push_bind(packed.body);
            });
            query.push(OVER);
            query.build().persistent(recurs(count, ROWS)).execute(x).await.map(drop)
        })?;
    }
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
