//! What people come to read: the front page, a feed as a page, one article.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;

use super::pages::{self, PageError, frame, shown};
use super::routes::Web;
use super::visitor::Visitor;
use super::{feeds, reader_feed};
use crate::domain::{ArticleId, Feed, Locale, Republish};
use crate::jobs::Context;
use crate::render::Entry;
use crate::render::page::{self, FeedCard, Terms};
use crate::store::articles::{self, StoredArticle};
use crate::store::{Conn, StoreError, stories};

/// Articles of a Feed on the front page.
const ON_HOME: usize = 5;
/// Articles on a Feed's own page.
const ON_FEED: usize = 50;

/// `/`
pub(super) async fn home(State(web): State<Arc<Web>>, visitor: Visitor) -> Response<Body> {
    shown(&web, &visitor, "", home_page(&web, visitor.locale)).await
}

async fn home_page(web: &Web, locale: Locale) -> Result<String, PageError> {
    let context = &web.context;
    let mut lease = context.store.read().await?;
    let mut lists = Vec::new();
    for feed in &context.feeds {
        lists.push(latest(web, &mut lease.conn(), feed, ON_HOME).await?);
    }
    let cards: Vec<FeedCard<'_>> = context
        .feeds
        .iter()
        .zip(&lists)
        .map(|(feed, list)| FeedCard { feed, entries: entries(list) })
        .collect();
    let digests = context.digests.iter().map(|zoned| &zoned.digest);
    Ok(page::home(&frame(web, locale, ""), &cards, digests)?)
}

/// `/feeds/NAME`: a published file, or the page of a feed.
pub(super) async fn feed(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    visitor: Visitor,
) -> Response<Body> {
    let page = visitor.wants_a_page().then(|| people_page(&web.context, &name)).flatten();
    if let Some(page) = page {
        return pages::elsewhere(&web, &page);
    }
    if let Some(answer) = feeds::feed(&web.files, &name, &visitor.headers).await {
        return answer;
    }
    if let Some(archive) = digest_page(&web.context, &name) {
        return pages::elsewhere(&web, &archive);
    }
    if let Some(answer) = reader_feed::feed(&web, &name, &visitor).await {
        return answer;
    }
    let path = format!("feeds/{name}");
    shown(&web, &visitor, &path, feed_page(&web, visitor.locale, &name, &path)).await
}

/// The page that shows people what the file `name` of a feed tells programs.
fn people_page(context: &Context, name: &str) -> Option<String> {
    let is_of = |feed: &Feed| feed.formats.iter().any(|format| feed.file_name(*format) == name);
    let feed = context.feeds.iter().find(|feed| is_of(feed));
    let digest = context.digests.iter().map(|zoned| zoned.digest.feed()).find(is_of);
    match (feed, digest) {
        (Some(feed), _) => Some(format!("feeds/{}", feed.id)),
        (None, Some(own)) => digest_page(context, own.id.as_str()),
        (None, None) => None,
    }
}

/// The archive of the digest whose own feed has this name.
fn digest_page(context: &Context, name: &str) -> Option<String> {
    let mut digests = context.digests.iter().map(|zoned| &zoned.digest.id);
    digests.find(|id| id.feed().as_str() == name).map(|id| format!("digests/{id}"))
}

async fn feed_page(web: &Web, locale: Locale, name: &str, path: &str) -> Result<String, PageError> {
    let context = &web.context;
    let feed = context.feeds.iter().find(|feed| feed.id.as_str() == name);
    let feed = feed.ok_or(PageError::NotFound)?;
    let mut lease = context.store.read().await?;
    let list = latest(web, &mut lease.conn(), feed, feed.limit.min(ON_FEED)).await?;
    Ok(page::feed(&frame(web, locale, path), feed, &entries(&list))?)
}

/// `/articles/ID`
pub(super) async fn article(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Response<Body> {
    let path = format!("articles/{id}");
    shown(&web, &visitor, &path, article_page(&web, visitor.locale, &id, &path)).await
}

async fn article_page(
    web: &Web,
    locale: Locale,
    id: &str,
    path: &str,
) -> Result<String, PageError> {
    let context = &web.context;
    let id = ArticleId::parse(id).ok_or(PageError::NotFound)?;
    let mut lease = context.store.read().await?;
    let conn = &mut lease.conn();
    let stored = articles::get(conn, id).await?.ok_or(PageError::NotFound)?;
    let source = context.sources.iter().find(|source| source.id == stored.source);
    // What a source that is no longer configured brought is nobody's to republish.
    let terms = Terms {
        republish: source.map_or(Republish::Summary, |source| source.republish),
        noindex: source.is_none_or(|source| source.noindex),
    };
    let elsewhere = stories::also_reported_by(conn, &stored.source, id, &[]).await?;
    Ok(page::article(&frame(web, locale, path), &entry(&stored), terms, &elsewhere)?)
}

async fn latest(
    web: &Web,
    conn: &mut Conn<'_>,
    feed: &Feed,
    limit: usize,
) -> Result<Vec<StoredArticle>, StoreError> {
    articles::newest(conn, &feed.selection, web.context.clock.now(), limit, |_| true).await
}

fn entries(list: &[StoredArticle]) -> Vec<Entry<'_>> {
    list.iter().map(entry).collect()
}

pub(super) fn entry(stored: &StoredArticle) -> Entry<'_> {
    Entry { article: &stored.article, first_seen: stored.first_seen, changed: stored.changed }
}
