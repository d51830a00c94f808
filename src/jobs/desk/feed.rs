//! One feed as the desk shows it: what stands published, and what lint has to say about it.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::super::Context;
use crate::domain::{Feed, FeedFormat};
use crate::lint::{self, Finding};
use crate::render;
use crate::render::page::desk::{FeedFile, FeedLine};

/// Findings that are shown of one file.
const SHOWN: usize = 50;

/// What stands published of each feed. Reads files: not for the threads that answer.
pub fn lines(context: &Context) -> Vec<FeedLine> {
    context.feeds.iter().map(|feed| line(context, feed)).collect()
}

/// What stands published of one feed. Reads files, as [`lines`] does.
pub fn files(context: &Context, feed: &Feed) -> Vec<FeedFile> {
    let one = |format: &FeedFormat| {
        let name = feed.file_name(*format);
        let address = render::self_url(feed, *format, &context.site);
        let Some((at, bytes, findings)) = found(context, feed, *format) else {
            return FeedFile { name, address, published: None, bytes: 0, findings: Vec::new() };
        };
        let findings = findings.iter().take(SHOWN).map(ToString::to_string).collect();
        FeedFile { name, address, published: Some(at), bytes, findings }
    };
    feed.formats.iter().map(one).collect()
}

fn line(context: &Context, feed: &Feed) -> FeedLine {
    let (name, title) = (feed.id.to_string(), feed.title.clone());
    let mut line = FeedLine { name, title, published: None, findings: 0 };
    for (at, _, findings) in feed.formats.iter().filter_map(|f| found(context, feed, *f)) {
        line.findings += findings.len();
        line.published = line.published.max(Some(at));
    }
    line
}

/// When a file changed last, how long it is, and what lint finds in it.
fn found(
    context: &Context,
    feed: &Feed,
    format: FeedFormat,
) -> Option<(DateTime<Utc>, usize, Vec<Finding>)> {
    let path = context.publisher.directory().join(feed.file_name(format));
    let (at, bytes) = read(&path)?;
    let url = render::self_url(feed, format, &context.site);
    let settings = lint::Settings { now: Some(context.clock.now()), url: Some(url) };
    Some((at, bytes.len(), lint::lint(&bytes, &settings)))
}

fn read(path: &Path) -> Option<(DateTime<Utc>, Vec<u8>)> {
    let modified = std::fs::metadata(path).ok()?.modified().ok()?;
    Some((modified.into(), std::fs::read(path).ok()?))
}
