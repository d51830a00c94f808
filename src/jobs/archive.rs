//! Store → archive pages (RFC 5005 §4): what leaves a feed stays reachable. A page is written once it is full, and never
//! again; only a page whose file is gone is made anew, from what the store has.

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

/// Writes what pages of `feed` are due, and says how many there are.
pub(super) async fn archive(context: &Context, feed: &Feed, report: &mut Report) -> u32 {
    // A feed that drops articles by their age has no past.
    if feed.selection.max_age_days.is_some() {
        return 0;
    }
    match pages(context, feed).await {
        Ok(count) => count,
        Err((count, error)) => {
            report.fail(format!("archive of feed {}", feed.id), &error);
            count
        }
    }
}

/// How many pages stand, whether or not a further one failed.
async fn pages(context: &Context, feed: &Feed) -> Result<u32, (u32, ArchiveError)> {
    let (mut count, mut from) = (0, Mark::beginning());
    let known = known(context, feed).await.map_err(|error| (0, error.into()))?;
    for end in &known {
        let has_next = count as usize + 1 < known.len();
        let page = Page::Archive { number: count + 1, has_next };
        restore(context, feed, page, count + 1, (&from, end)).await.map_err(|e| (count, e))?;
        (count, from) = (count + 1, end.clone());
    }
    let mut next = full(context, feed, &from).await.map_err(|e| (count, e.into()))?;
    for _ in 0..MOST {
        let Some(articles) = next else { break };
        let end = articles.last().map_or(from, Mark::of);
        next = full(context, feed, &end).await.map_err(|e| (count, e.into()))?;
        let page = Page::Archive { number: count + 1, has_next: next.is_some() };
        write(context, feed, page, count + 1, &articles).await.map_err(|e| (count, e))?;
        add(context, feed, count + 1, &end).await.map_err(|e| (count, e.into()))?;
        (count, from) = (count + 1, end);
    }
    Ok(count)
}

async fn known(context: &Context, feed: &Feed) -> Result<Vec<Mark>, StoreError> {
    let mut lease = context.store.read().await?;
    archives::pages(&mut lease.conn(), &feed.id).await
}

/// The next page's articles, if there are enough of them.
async fn full(
    context: &Context,
    feed: &Feed,
    from: &Mark,
) -> Result<Option<Vec<StoredArticle>>, StoreError> {
    let settled = Mark::seen_by(context.clock.now() - SETTLING);
    let mut lease = context.store.read().await?;
    let conn = &mut lease.conn();
    let found = archives::between(conn, &feed.selection, from, &settled, feed.limit).await?;
    Ok((found.len() == feed.limit).then_some(found))
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
