//! Editions as they were decided, their web copies, and how far each has been handed to the outbox.

use chrono::{DateTime, TimeDelta, Utc};

use super::engine::{Conn, on, row};
use super::{StoreError, instant, micros, search};
use crate::domain::{DigestId, Edition, EditionId, parse_edition_name};

const INSERT: &str = "INSERT INTO edition \
    (id, digest, cadence, slot, composed_at, body, web, subject, briefs, fanned_to, is_complete) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0) ON CONFLICT (digest, cadence, slot) DO NOTHING";

const AT: &str = "SELECT id, body, web, fanned_to, is_complete FROM edition \
    WHERE digest = $1 AND cadence = $2 AND slot >= $3 AND slot < $4 ORDER BY slot LIMIT 1";

const LAST: &str = "SELECT composed_at FROM edition \
    WHERE digest = $1 AND cadence = $2 AND composed_at <= $3 ORDER BY composed_at DESC LIMIT 1";

const LIST: &str = "SELECT cadence, slot, subject, briefs FROM edition \
    WHERE digest = $1 AND slot < $2 AND web <> '' ORDER BY slot DESC, cadence LIMIT $3";

const LATEST: &str = "SELECT id, body, web, subject, composed_at FROM edition \
    WHERE digest = $1 AND web <> '' ORDER BY slot DESC, cadence LIMIT $2";

const BY_ID: &str =
    "SELECT id, body, web, subject, composed_at FROM edition WHERE id = $1 AND web <> ''";

const ADVANCE: &str = "UPDATE edition SET fanned_to = $2, is_complete = $3 WHERE id = $1";

row! { EditionRow { id: String, body: String, web: String, fanned_to: String, is_complete: i64 } }

row! { ListRow { cadence: String, slot: i64, subject: String, briefs: i64 } }

row! { CopyRow { id: String, body: String, web: String, subject: String, composed_at: i64 } }

/// An Edition as everybody may read it.
#[derive(Debug, Clone, PartialEq)]
pub struct WebCopy {
    /// The Edition.
    pub edition: Edition,
    /// What its mail was called.
    pub subject: String,
    /// What stands in the body of its page.
    pub web: String,
    /// When it was composed.
    pub composed: DateTime<Utc>,
}

/// An Edition and what only the store knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEdition {
    /// The Edition.
    pub edition: Edition,
    /// Its web copy: what stands in the body of its page.
    pub web: String,
    /// The last address that has a Delivery; the order is that of [`super::subscribers::page`].
    pub fanned_to: String,
    /// Whether every reader has a Delivery.
    pub is_complete: bool,
}

/// A line of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEdition {
    /// The cadence.
    pub cadence: String,
    /// When it was due.
    pub slot: DateTime<Utc>,
    /// What its mail was called.
    pub subject: String,
    /// How many articles it holds.
    pub briefs: usize,
}

/// Records the Edition with its web copy; `false` where this slot has one already, and then nothing is changed.
pub async fn insert(
    conn: &mut Conn<'_>,
    edition: &Edition,
    subject: &str,
    web: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let id = edition.id.to_string();
    let body = serde_json::to_string(edition)
        .map_err(|reason| StoreError::corrupt("edition", &id, &reason))?;
    let briefs = i64::try_from(edition.briefs().count()).unwrap_or(i64::MAX);
    let inserted = on!(conn, x => sqlx::query(INSERT)
        .bind(id)
        .bind(edition.digest.as_str())
        .bind(&edition.cadence)
        .bind(micros(edition.slot))
        .bind(micros(now))
        .bind(body)
        .bind(web)
        .bind(subject)
        .bind(briefs)
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    let is_new = inserted == 1;
    if is_new && !web.is_empty() {
        search::put(conn, vec![search::Searchable::edition(edition, subject)]).await?;
    }
    Ok(is_new)
}

/// The Edition of a digest's cadence for the slot at `at`.
pub async fn at(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    cadence: &str,
    at: DateTime<Utc>,
) -> Result<Option<StoredEdition>, StoreError> {
    between(conn, digest, cadence, at, at + TimeDelta::microseconds(1)).await
}

/// The Edition whose web copy stands under `name`; see [`Edition::name`].
pub async fn named(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    name: &str,
) -> Result<Option<StoredEdition>, StoreError> {
    match parse_edition_name(name) {
        Some((slot, cadence)) => {
            between(conn, digest, cadence, slot, slot + TimeDelta::seconds(1)).await
        }
        None => Ok(None),
    }
}

/// The first Edition of a digest's cadence whose slot lies in `from..until`.
pub async fn between(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    cadence: &str,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<StoredEdition>, StoreError> {
    let row: Option<EditionRow> = on!(conn, x => sqlx::query_as(AT)
        .bind(digest.as_str())
        .bind(cadence)
        .bind(micros(from))
        .bind(micros(until))
        .fetch_optional(x)
        .await)?;
    row.map(EditionRow::read).transpose()
}

/// When the cadence's last Edition until `now` was composed.
pub async fn last_composed(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    cadence: &str,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let at: Option<i64> = on!(conn, x => sqlx::query_scalar(LAST)
        .bind(digest.as_str())
        .bind(cadence)
        .bind(micros(now))
        .fetch_optional(x)
        .await)?;
    at.map(|at| instant(at, "edition", digest.as_str())).transpose()
}

/// Editions of the digest that have a web copy and were due before `before`, the newest first, at most `limit`.
pub async fn list(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<ListedEdition>, StoreError> {
    let rows: Vec<ListRow> = on!(conn, x => sqlx::query_as(LIST)
        .bind(digest.as_str())
        .bind(micros(before))
        .bind(limit)
        .fetch_all(x)
        .await)?;
    let read = |row: ListRow| {
        Ok(ListedEdition {
            slot: instant(row.slot, "edition", digest.as_str())?,
            cadence: row.cadence,
            subject: row.subject,
            briefs: usize::try_from(row.briefs).unwrap_or(0),
        })
    };
    rows.into_iter().map(read).collect()
}

/// The newest `limit` web copies of the digest.
pub async fn latest(
    conn: &mut Conn<'_>,
    digest: &DigestId,
    limit: i64,
) -> Result<Vec<WebCopy>, StoreError> {
    let rows: Vec<CopyRow> = on!(conn, x => sqlx::query_as(LATEST)
        .bind(digest.as_str())
        .bind(limit)
        .fetch_all(x)
        .await)?;
    rows.into_iter().map(CopyRow::read).collect()
}

/// The web copy of an Edition.
pub async fn web_copy(conn: &mut Conn<'_>, id: EditionId) -> Result<Option<WebCopy>, StoreError> {
    let row: Option<CopyRow> =
        on!(conn, x => sqlx::query_as(BY_ID).bind(id.to_string()).fetch_optional(x).await)?;
    row.map(CopyRow::read).transpose()
}

/// Says how far the Edition has been handed to the outbox.
pub async fn advance(
    conn: &mut Conn<'_>,
    id: EditionId,
    fanned_to: &str,
    is_complete: bool,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(ADVANCE)
        .bind(id.to_string())
        .bind(fanned_to)
        .bind(i64::from(is_complete))
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}

impl CopyRow {
    fn read(self) -> Result<WebCopy, StoreError> {
        let edition = serde_json::from_str(&self.body)
            .map_err(|reason| StoreError::corrupt("edition", &self.id, &reason))?;
        let composed = instant(self.composed_at, "edition", &self.id)?;
        Ok(WebCopy { edition, subject: self.subject, web: self.web, composed })
    }
}

impl EditionRow {
    fn read(self) -> Result<StoredEdition, StoreError> {
        let edition = serde_json::from_str(&self.body)
            .map_err(|reason| StoreError::corrupt("edition", &self.id, &reason))?;
        let is_complete = self.is_complete != 0;
        Ok(StoredEdition { edition, web: self.web, fanned_to: self.fanned_to, is_complete })
    }
}
