//! Store → Feed → files. What has an error is not published; the last good file stays.

use super::report::PublishedFile;
use super::{Context, Report};
use crate::domain::{Feed, FeedFormat};
use crate::lint::{self, Finding, Level};
use crate::render::{self, Entry};
use crate::store::StoreError;
use crate::store::articles::{self, StoredArticle};
use thiserror::Error;

/// Publishes one feed in all its formats.
pub async fn publish(context: &Context, feed: &Feed, report: &mut Report) {
    match selected(context, feed).await {
        Ok(articles) => write(context, feed, &articles, report).await,
        Err(error) => report.fail(format!("feed {}", feed.id), &error),
    }
}

async fn selected(context: &Context, feed: &Feed) -> Result<Vec<StoredArticle>, StoreError> {
    let mut lease = context.store.read().await?;
    articles::newest(&mut lease.conn(), &feed.selection, feed.limit, |_| true).await
}

async fn write(context: &Context, feed: &Feed, articles: &[StoredArticle], report: &mut Report) {
    let entries: Vec<Entry<'_>> = articles
        .iter()
        .map(|stored| Entry {
            article: &stored.article,
            first_seen: stored.first_seen,
            changed: stored.changed,
        })
        .collect();
    for format in &feed.formats {
        let name = feed.file_name(*format);
        let bytes = render::feed(*format, feed, &context.site, &entries);
        if let Err(refused) = judge(context, feed, *format, &bytes) {
            report.fail(format!("feed {name}"), &refused);
            continue;
        }
        match context.publisher.publish(&name, bytes).await {
            Ok(outcome) => report.files.push(PublishedFile {
                path: context.publisher.directory().join(&name),
                entries: entries.len(),
                outcome,
            }),
            Err(error) => report.fail(format!("feed {name}"), &error),
        }
    }
}

/// Why a feed was not published.
#[derive(Debug, Error)]
#[error("not published, the last good file stays: {first} ({count} in all)")]
struct Refused {
    first: Finding,
    count: usize,
}

/// Whether every reader will accept `bytes`.
fn judge(context: &Context, feed: &Feed, format: FeedFormat, bytes: &[u8]) -> Result<(), Refused> {
    let url = Some(render::self_url(feed, format, &context.site));
    let settings = lint::Settings { now: Some(context.clock.now()), url };
    let findings = lint::lint(bytes, &settings);
    let errors = findings.into_iter().filter(|finding| finding.level == Level::Error);
    let errors: Vec<Finding> = errors.collect();
    let count = errors.len();
    errors.into_iter().next().map_or(Ok(()), |first| Err(Refused { first, count }))
}
