//! `/digests/NAME` and its Editions: what was mailed, for everybody to read.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::Response;
use chrono::{DateTime, TimeDelta, Utc};

use super::pages::{PageError, frame, shown};
use super::routes::Web;
use super::visitor::{Visitor, asked};
use crate::domain::{DigestId, Locale};
use crate::jobs::ZonedDigest;
use crate::render::page::{self, ListedEdition};
use crate::store::editions;

/// Editions on one page of an archive.
const ON_PAGE: i64 = 50;

/// `/digests/NAME`
pub(super) async fn archive(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    visitor: Visitor,
) -> Response<Body> {
    let path = format!("digests/{name}");
    // Editions due before this second of 1970 UTC.
    let before = asked(&query.unwrap_or_default(), "before").and_then(|at| at.parse().ok());
    let path = before.map_or_else(|| path.clone(), |before: i64| format!("{path}?before={before}"));
    shown(&web, &visitor, &path, archive_page(&web, visitor.locale, &name, &path, before)).await
}

async fn archive_page(
    web: &Web,
    locale: Locale,
    name: &str,
    path: &str,
    before: Option<i64>,
) -> Result<String, PageError> {
    let zoned = digest(web, name)?;
    let end = web.context.clock.now() + TimeDelta::seconds(1);
    let before = before.and_then(|at| DateTime::from_timestamp(at, 0)).unwrap_or(end);
    let mut lease = web.context.store.read().await?;
    let list = editions::list(&mut lease.conn(), &zoned.digest.id, before, ON_PAGE).await?;
    let is_full = i64::try_from(list.len()).is_ok_and(|count| count == ON_PAGE);
    let older = list.last().filter(|_| is_full);
    let older = older.map(|last| format!("before={}", last.slot.timestamp()));
    let listed: Vec<ListedEdition<'_>> = list.iter().map(listed).collect();
    let frame = frame(web, locale, path);
    Ok(page::archive(&frame, &zoned.digest, zoned.zone, &listed, older.as_deref())?)
}

/// `/digests/NAME/EDITION`
pub(super) async fn edition(
    State(web): State<Arc<Web>>,
    Path((name, edition)): Path<(String, String)>,
    visitor: Visitor,
) -> Response<Body> {
    let path = format!("digests/{name}/{edition}");
    let page = edition_page(&web, visitor.locale, &name, &edition, &path);
    shown(&web, &visitor, &path, page).await
}

async fn edition_page(
    web: &Web,
    locale: Locale,
    name: &str,
    edition: &str,
    path: &str,
) -> Result<String, PageError> {
    let zoned = digest(web, name)?;
    let id = &zoned.digest.id;
    let mut lease = web.context.store.read().await?;
    let conn = &mut lease.conn();
    let stored = editions::named(conn, id, edition).await?;
    let stored = stored.filter(|stored| !stored.web.is_empty()).ok_or(PageError::NotFound)?;
    let slot = stored.edition.slot;
    let own = editions::list(conn, id, slot + TimeDelta::microseconds(1), 2).await?;
    let newer = newer(editions::list(conn, id, web.context.clock.now(), ON_PAGE).await?, slot);
    let older = own.iter().find(|listed| listed.slot < slot).map(listed);
    let subject = own.iter().find(|listed| listed.slot == slot).map_or("", |l| l.subject.as_str());
    let neighbours = (older.as_ref(), newer.as_ref().map(listed));
    let neighbours = (neighbours.0, neighbours.1.as_ref());
    let frame = frame(web, locale, path);
    Ok(page::edition(&frame, &zoned.digest, zoned.zone, &stored.web, subject, neighbours)?)
}

/// The one that came next, as far as the newest page of the archive reaches.
fn newer(
    list: Vec<editions::ListedEdition>,
    slot: DateTime<Utc>,
) -> Option<editions::ListedEdition> {
    list.into_iter().rev().find(|listed| listed.slot > slot)
}

pub(super) fn digest<'w>(web: &'w Web, name: &str) -> Result<&'w ZonedDigest, PageError> {
    let id = DigestId::new(name).map_err(|_| PageError::NotFound)?;
    let digests = &web.context.digests;
    digests.iter().find(|zoned| zoned.digest.id == id).ok_or(PageError::NotFound)
}

fn listed(stored: &editions::ListedEdition) -> ListedEdition<'_> {
    ListedEdition {
        cadence: &stored.cadence,
        slot: stored.slot,
        subject: &stored.subject,
        briefs: stored.briefs,
    }
}
