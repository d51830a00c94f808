//! Store → archive pages (RFC 5005 §4): what leaves a feed stays reachable. A page is written once it is full, and never
//! again; only a page whose file is gone is made anew, from what the store has. What fills no page yet is in the feed.

use chrono::TimeDelta;
use thiserror::Error;

use super::publish::{Refused, entries_of, judge, related};
use super::{Context, Report};
use crate::domain::{Feed, FeedFormat};
use crate::publish::PublishError;
use crate::render::{self, Page};
use crate::store::StoreError;
use crate::store::archives::{self, Mark};
use crate::store::articles::StoredArticle;

/// Pages made in one run; a store that was filled before its feed was is archived over several.
const MOST: usize = 50;

/// What was taken in just now may have neighbours that another node has not committed yet.
const SETTLING: TimeDelta = TimeDelta::minutes(10);

/// Why a page is missing.
#[derive(Debug, Error)]
enum ArchiveError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Publish(#[from] PublishError),
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// How far the archive of a feed has come.
#[derive(Default)]
pub(super) struct Archived {
    /// Pages that stand.
    pub pages: u32,
    /// What came in since and fills no page yet: it is in the feed, however old its date.
    pub rest: Vec<StoredArticle>,
}

/// Writes what pages of `feed` are due.
pub(super) async fn archive(context: &Context, feed: &Feed, report: &mut Report) -> Archived {
    let mut archived = Archived::default();
    // A feed that drops articles by their age has no past.
    if feed.selection.max_age_days.is_none()
        && let Err(error) = pages(context, feed, &mut archived).await
    {
        report.fail(format!("archive of feed {}", feed.id), &error);
    }
    archived
}

/// Says as it goes how far it has come, whether or not a further page fails.
async fn pages(
    context: &Context,
    feed: &Feed,
    archived: &mut Archived,
) -> Result<(), ArchiveError> {
    let mut from = Mark::beginning();
    let known = known(context, feed).await?;
    for end in &known {
        let number = archived.pages + 1;
        let page = Page::Archive { number, has_next: (number as usize) < known.len() };
        restore(context, feed, page, number, (&from, end)).await?;
        (archived.pages, from) = (number, end.clone());
    }
    archived.rest = next(context, feed, &from).await?;
    for _ in 0..MOST {
        if archived.rest.len() < feed.limit {
            break;
        }
        let end = archived.rest.last().map_or(from, Mark::of);
        let following = next(context, feed, &end).await?;
        let number = archived.pages + 1;
        let page = Page::Archive { number, has_next: following.len() == feed.limit };
        write(context, feed, page, number, &archived.rest).await?;
        add(context, feed, number, &end).await?;
        (*archived, from) = (Archived { pages: number, rest: following }, end);
    }
    Ok(())
}

async fn known(context: &Context, feed: &Feed) -> Result<Vec<Mark>, StoreError> {
    let mut lease = context.store.read().await?;
    archives::pages(&mut lease.conn(), &feed.id).await
}

/// The next page's articles, as many as there are of them.
async fn next(
    context: &Context,
    feed: &Feed,
    from: &Mark,
) -> Result<Vec<StoredArticle>, StoreError> {
    let settled = Mark::seen_by(context.clock.now() - SETTLING);
    let mut lease = context.store.read().await?;
    let conn = &mut lease.conn();
    archives::between(conn, &feed.selection, from, &settled, feed.limit).await
}

async fn add(context: &Context, feed: &Feed, number: u32, end: &Mark) -> Result<(), StoreError> {
    let mut tx = context.store.begin().await?;
    archives::add(&mut tx.conn(), &feed.id, number, end).await?;
    tx.commit().await
}

/// Makes the files of a known page that are not there: another node made it, or the directory is new.
async fn restore(
    context: &Context,
    feed: &Feed,
    page: Page,
    number: u32,
    (from, to): (&Mark, &Mark),
) -> Result<(), ArchiveError> {
    let is_there = |format: &FeedFormat| context.publisher.has(&feed.archive_name(*format, number));
    if feed.formats.iter().all(is_there) {
        return Ok(());
    }
    let articles = {
        let mut lease = context.store.read().await?;
        let conn = &mut lease.conn();
        archives::between(conn, &feed.selection, from, to, usize::MAX).await?
    };
    write(context, feed, page, number, &articles).await
}

async fn write(
    context: &Context,
    feed: &Feed,
    page: Page,
    number: u32,
    articles: &[StoredArticle],
) -> Result<(), ArchiveError> {
    // Within a page, too, the newest comes first.
    let newest: Vec<StoredArticle> = articles.iter().rev().cloned().collect();
    let related = if feed.with_related { related(&newest) } else { Vec::new() };
    let entries = entries_of(&newest, &related);
    for format in &feed.formats {
        let url = render::archive_url(feed, *format, number, &context.site);
        let bytes = render::feed(*format, feed, &context.site, &entries, page);
        judge(context, url, &bytes)?;
        context.publisher.publish_once(&feed.archive_name(*format, number), bytes).await?;
    }
    Ok(())
}
