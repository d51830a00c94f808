//! The front page: each feed with its latest articles and how to subscribe.

use serde::Serialize;

use super::super::{Entry, RenderError, address, guard};
use super::feed::{ArticleView, FormatView, article_view, formats};
use super::{Frame, rendered};
use crate::domain::{Digest, Feed, INDEX};

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
    digests: Vec<DigestView>,
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

#[derive(Serialize)]
struct DigestView {
    title: String,
    page: String,
    subscribe: String,
}

/// Writes the front page.
pub fn home<'d>(
    frame: &Frame<'_>,
    cards: &[FeedCard<'_>],
    digests: impl Iterator<Item = &'d Digest>,
) -> Result<String, RenderError> {
    let card = |card: &FeedCard<'_>| CardView {
        title: guard::line(&card.feed.title),
        description: guard::line(&card.feed.description),
        page: format!("{}feeds/{}", frame.base(), card.feed.id),
        formats: formats(card.feed, frame.site),
        articles: card.entries.iter().map(|entry| article_view(entry, frame)).collect(),
    };
    let digest = |digest: &Digest| DigestView {
        title: guard::line(&digest.title),
        page: format!("{}digests/{}", frame.base(), digest.id),
        subscribe: format!("{}digests/{}/subscribe", frame.base(), digest.id),
    };
    let opml = format!("{}feeds/{INDEX}", address::home(frame.site));
    let feeds = cards.iter().map(card).collect();
    rendered("home.html.j2", frame, View { feeds, digests: digests.map(digest).collect(), opml })
}
