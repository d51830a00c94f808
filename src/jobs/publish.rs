//! Store → Feed → files. What has an error is not published; the last good file stays.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use thiserror::Error;
use url::Url;

use super::archive::Archived;
use super::report::PublishedFile;
use super::{Context, Report, archive};
use crate::domain::{Article, ArticleId, Digest, Feed, FeedFormat, INDEX, Site, Source};
use crate::lint::{self, Finding, Level};
use crate::publish::Outcome;
use crate::render::{self, Entry, Page};
use crate::store::StoreError;
use crate::store::articles::{self, StoredArticle};
use crate::store::editions::{self, WebCopy};

/// Where `feed` is reached in `format`.
pub fn address(feed: &Feed, format: FeedFormat, site: &Site) -> String {
    render::self_url(feed, format, site)
}

/// Publishes one feed in all its formats.
pub async fn publish(context: &Context, feed: &Feed, report: &mut Report) {
    // First what the feed will point to.
    let Archived { pages, rest } = archive::archive(context, feed, report).await;
    let articles = match selected(context, feed, rest).await {
        Ok(articles) => articles,
        Err(error) => return report.fail(format!("feed {}", feed.id), &error),
    };
    let related = if feed.with_related { related(&articles) } else { Vec::new() };
    let page = Page::Current { archives: pages };
    write(context, feed, &entries_of(&articles, &related), page, report).await;
}

/// Publishes a digest's own feed: its newest Editions.
pub async fn publish_digest(context: &Context, digest: &Digest, report: &mut Report) {
    let feed = digest.feed();
    let copies = match copies(context, digest, feed.limit).await {
        Ok(copies) => copies,
        Err(error) => return report.fail(format!("feed {}", feed.id), &error),
    };
    let entry = |(composed, article)| Entry { article, first_seen: composed, changed: composed };
    let entries: Vec<Entry<'_>> =
        copies.iter().map(|(at, article)| entry((*at, article))).collect();
    write(context, &feed, &entries, Page::ONLY, report).await;
}

async fn copies(
    context: &Context,
    digest: &Digest,
    limit: usize,
) -> Result<Vec<(DateTime<Utc>, Article)>, StoreError> {
    let mut lease = context.store.read().await?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let copies = editions::latest(&mut lease.conn(), &digest.id, limit).await?;
    let article = |copy: WebCopy| {
        let url = Url::parse(&render::page_url(&copy.edition.path(), &context.site)).ok();
        let article = copy.edition.as_article(&copy.subject, &copy.web, url, &digest.language);
        (copy.composed, article)
    };
    Ok(copies.into_iter().map(article).collect())
}

/// The newest, with `late`, what no archive page has yet.
async fn selected(
    context: &Context,
    feed: &Feed,
    late: Vec<StoredArticle>,
) -> Result<Vec<StoredArticle>, StoreError> {
    let mut lease = context.store.read().await?;
    let now = context.clock.now();
    articles::newest_and(&mut lease.conn(), &feed.selection, now, feed.limit, late).await
}

/// The articles and what they point to, as entries.
pub(super) fn entries_of<'a>(
    articles: &'a [StoredArticle],
    related: &'a [(usize, Article)],
) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'_>> = Vec::with_capacity(articles.len() + related.len());
    let mut related = related.iter().peekable();
    for (index, stored) in articles.iter().enumerate() {
        let entry =
            |article| Entry { article, first_seen: stored.first_seen, changed: stored.changed };
        entries.push(entry(&stored.article));
        while let Some((_, article)) = related.next_if(|(of, _)| *of == index) {
            entries.push(entry(article));
        }
    }
    entries
}

async fn write(
    context: &Context,
    feed: &Feed,
    entries: &[Entry<'_>],
    page: Page,
    report: &mut Report,
) {
    let mut changed = Vec::new();
    for format in &feed.formats {
        let name = feed.file_name(*format);
        let bytes = render::feed(*format, feed, &context.site, entries, page);
        let url = render::self_url(feed, *format, &context.site);
        if let Err(refused) = judge(context, url, &bytes) {
            report.fail(format!("feed {name}"), &refused);
            continue;
        }
        match context.publisher.publish(&name, bytes).await {
            Ok(outcome) => {
                if outcome == Outcome::Written {
                    changed.push(render::self_url(feed, *format, &context.site));
                }
                let path = context.publisher.directory().join(&name);
                report.files.push(PublishedFile { path, entries: entries.len(), outcome });
            }
            Err(error) => report.fail(format!("feed {name}"), &error),
        }
    }
    if let Err(error) = context.publisher.announce(&changed).await {
        report.fail(format!("feed {}", feed.id), &error);
    }
}

/// Related items as articles, each with the place of the one that points to it; what two point to is there once.
pub(super) fn related(articles: &[StoredArticle]) -> Vec<(usize, Article)> {
    let mut seen: HashSet<ArticleId> = articles.iter().map(|stored| stored.article.id).collect();
    let mut urls: HashSet<Url> =
        articles.iter().filter_map(|stored| stored.article.link().cloned()).collect();
    let mut found = Vec::new();
    for (index, stored) in articles.iter().enumerate() {
        for item in &stored.article.related {
            let article = item.as_article(&stored.article);
            let is_new_place = article.url.clone().is_none_or(|url| urls.insert(url));
            if is_new_place && seen.insert(article.id) {
                found.push((index, article));
            }
        }
    }
    found
}

/// The feeds that are read, as a subscription list.
pub fn subscriptions(sources: &[Source], site: &Site) -> Vec<u8> {
    render::subscriptions(sources, site)
}

/// Publishes the list of all feeds.
pub async fn publish_index(context: &Context, report: &mut Report) {
    let bytes = render::opml(&context.feeds, &context.site);
    let findings = lint::lint(&bytes, &lint::Settings::default());
    if let Some(error) = findings.iter().find(|finding| finding.level == Level::Error) {
        return report.fail(format!("list {INDEX}"), error);
    }
    if let Err(error) = context.publisher.publish(INDEX, bytes).await {
        report.fail(format!("list {INDEX}"), &error);
    }
}

/// Why a feed was not published.
#[derive(Debug, Error)]
#[error("not published, the last good file stays: {first} ({count} in all)")]
pub(super) struct Refused {
    first: Finding,
    count: usize,
}

/// Whether every reader will accept `bytes`, served at `url`.
pub(super) fn judge(context: &Context, url: String, bytes: &[u8]) -> Result<(), Refused> {
    let settings = lint::Settings { now: Some(context.clock.now()), url: Some(url) };
    let findings = lint::lint(bytes, &settings);
    let errors = findings.into_iter().filter(|finding| finding.level == Level::Error);
    let errors: Vec<Finding> = errors.collect();
    let count = errors.len();
    errors.into_iter().next().map_or(Ok(()), |first| Err(Refused { first, count }))
}
