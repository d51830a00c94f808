//! Feeds: all of them, and one with what lint finds in its files.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::super::{RenderError, guard};
use super::overview::{FeedLine, FeedView};
use super::{DeskFrame, times};
use crate::domain::Feed;

/// One file of a feed.
#[derive(Debug, Clone)]
pub struct FeedFile {
    /// Its name.
    pub name: String,
    /// Where readers find it.
    pub address: String,
    /// When it changed last; absent where there is none.
    pub published: Option<DateTime<Utc>>,
    /// Its length.
    pub bytes: usize,
    /// What lint finds in it.
    pub findings: Vec<String>,
}

#[derive(Serialize)]
struct ListView<'a> {
    feeds: Vec<FeedView<'a>>,
}

#[derive(Serialize)]
struct View<'a> {
    name: &'a str,
    title: String,
    files: Vec<FileView<'a>>,
}

#[derive(Serialize)]
struct FileView<'a> {
    name: &'a str,
    address: String,
    published: Option<times::Time>,
    bytes: usize,
    findings: Vec<String>,
}

/// Writes the list.
pub fn feeds(desk: &DeskFrame<'_>, all: &[FeedLine]) -> Result<String, RenderError> {
    let feeds = all.iter().map(|line| FeedView::of(desk, line)).collect();
    desk.rendered("feeds.html.j2", ListView { feeds })
}

/// Writes the page of one.
pub fn feed(desk: &DeskFrame<'_>, feed: &Feed, files: &[FeedFile]) -> Result<String, RenderError> {
    let files = files.iter().map(|file| FileView::of(desk, file)).collect();
    let (name, title) = (feed.id.as_str(), guard::line(&feed.title));
    desk.rendered("desk_feed.html.j2", View { name, title, files })
}

impl<'a> FileView<'a> {
    fn of(desk: &DeskFrame<'_>, file: &'a FeedFile) -> Self {
        Self {
            name: &file.name,
            address: guard::line(&file.address),
            published: file.published.map(|at| desk.time(at)),
            bytes: file.bytes,
            findings: file.findings.iter().map(|finding| guard::line(finding)).collect(),
        }
    }
}
