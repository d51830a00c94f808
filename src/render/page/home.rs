//! The front page: each feed with its latest articles and how to subscribe.

use serde::Serialize;

use super::super::{Entry, RenderError, address, guard};
use super::feed::{ArticleView, FormatView, article_view, formats};
use super::{Frame, rendered};
use crate::domain::{Feed, INDEX};

/// A Feed and its latest articles.
#[derive(Debug)]
pub struct FeedCard<'a> {
    /// The Feed.
    pub feed: &'a Feed,
    /// Its latest articles.
    pub entries: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct View {
    feeds: Vec<CardView>,
    opml: String,
}

#[derive(Serialize)]
struct CardView {
    title: String,
    description: String,
    page: String,
    formats: Vec<FormatView>,
    articles: Vec<ArticleView>,
}

/// Writes the front page.
pub fn home(frame: &Frame<'_>, cards: &[FeedCard<'_>]) -> Result<String, RenderError> {
    let card = |card: &FeedCard<'_>| CardView {
        title: guard::line(&card.feed.title),
        description: guard::line(&card.feed.description),
        page: format!("{}feeds/{}", frame.base(), card.feed.id),
        formats: formats(card.feed, frame.site),
        articles: card.entries.iter().map(|entry| article_view(entry, frame)).collect(),
    };
    let opml = format!("{}feeds/{INDEX}", address::home(frame.site));
    rendered("home.html.j2", frame, View { feeds: cards.iter().map(card).collect(), opml })
}
