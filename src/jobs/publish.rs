//! Store → Feed → files.

use super::report::PublishedFile;
use super::{Context, Report};
use crate::domain::Feed;
use crate::render::{self, Entry};
use crate::store::StoreError;
use crate::store::articles::{self, StoredArticle};

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
