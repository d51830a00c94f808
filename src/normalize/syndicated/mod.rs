//! Feeds of others: one Document → many Articles. Forgiving: recovery works on tags, and every repair is noted.
//!
//! | duty | file |
//! |---|---|
//! | text → tags and texts, whatever the damage; nothing recurses | `tags.rs` |
//! | character references, XML's, HTML's and the wrong ones | `references.rs` |
//! | namespaces as feeds really write them | `vocabulary.rs` |
//! | tags → channel and entries | `reader.rs`, `places.rs`, `element.rs`, `field.rs`, `kinds.rs`, `fields.rs`, `wire.rs` |
//! | what was mended | `mends.rs` |
//! | JSON Feed → the same | `json.rs` |
//! | dates in every form that feeds have | `dates/` |
//! | an entry → an Article with an identity | `entry.rs` |

pub(super) mod dates;
mod element;
mod entry;
mod field;
mod fields;
mod json;
mod json_mends;
mod kinds;
mod mends;
mod places;
mod reader;
pub(super) mod references;
pub(super) mod tags;
mod vocabulary;
mod wire;

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use url::Url;

use super::{NormalizeError, Normalized, Settings, limits};
use crate::domain::{ArticleId, Document, Fingerprint, Note, Quiet, fingerprint};
use wire::Channel;

/// What a feed says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChannelInfo {
    /// Its title.
    pub title: Option<String>,
    /// The page it belongs to.
    pub url: Option<Url>,
}

/// A feed, read. A feed without entries is read, too; one that cannot be read is an error.
#[derive(Debug)]
pub struct Syndicated {
    /// The feed itself.
    pub channel: ChannelInfo,
    /// When it wants to be left alone.
    pub quiet: Quiet,
    /// Its entries in their order; one that is no article says why.
    pub articles: Vec<Result<Normalized, NormalizeError>>,
    /// Where in the feed each of `articles` stands, counted from 1.
    pub numbers: Vec<usize>,
    /// What each of its entries is known by, with those that were passed over.
    pub entries: Vec<Fingerprint>,
    /// What was repaired.
    pub notes: Vec<Note>,
}

/// Reads the feed in `document`.
pub fn syndicated(document: &Document, settings: &Settings) -> Result<Syndicated, NormalizeError> {
    syndicated_but(&BTreeSet::new(), document, settings)
}

/// Reads the feed in `document`, but passes over the entries that are `known` before any work is done on them.
pub fn syndicated_but(
    known: &BTreeSet<Fingerprint>,
    document: &Document,
    settings: &Settings,
) -> Result<Syndicated, NormalizeError> {
    limits::check_text_length(&document.text)?;
    // The last line, not the plan: the reader has no known panic, the libraries behind its entries are many.
    catch_unwind(AssertUnwindSafe(|| read(known, document, settings)))
        .unwrap_or(Err(NormalizeError::Panicked))
}

fn read(
    known: &BTreeSet<Fingerprint>,
    document: &Document,
    settings: &Settings,
) -> Result<Syndicated, NormalizeError> {
    let channel = parse(&document.text, document.url.as_ref())?;
    let mut notes = channel.notes.clone();
    let mut articles = Vec::with_capacity(channel.entries.len());
    let mut places: HashMap<ArticleId, usize> = HashMap::new();
    let mut entries = Vec::with_capacity(channel.entries.len());
    let mut numbers = Vec::with_capacity(channel.entries.len());
    for (item, number) in channel.entries.iter().zip(1..) {
        // An entry without a language or an author has its channel's.
        entries.push(fingerprint(&(item, &channel.language, &channel.about.authors)));
        if entries.last().is_some_and(|entry| known.contains(entry)) {
            continue;
        }
        let article = entry::article(item, &channel, document, settings);
        let Ok(new) = &article else {
            articles.push(article);
            numbers.push(number);
            continue;
        };
        let title = &new.article.title;
        if let Some(place) = places.get(&new.article.id) {
            notes.push(Note::new("entry", format!("\"{title}\" stands twice")));
            keep_newer(&mut articles[*place], article);
        } else {
            places.insert(new.article.id, articles.len());
            articles.push(article);
            numbers.push(number);
        }
    }
    let info =
        ChannelInfo { title: channel.about.title, url: channel.about.link.map(|link| link.url) };
    Ok(Syndicated { channel: info, quiet: channel.quiet, articles, numbers, entries, notes })
}

/// Of two entries with one identity the one that says it is newer; else the first, since feeds begin with the newest.
fn keep_newer(
    kept: &mut Result<Normalized, NormalizeError>,
    other: Result<Normalized, NormalizeError>,
) {
    let time = |entry: &Result<Normalized, NormalizeError>| {
        let article = &entry.as_ref().ok()?.article;
        article.updated.as_ref().or(article.published.as_ref()).map(|moment| moment.instant)
    };
    if time(&other) > time(kept) {
        *kept = other;
    }
}

/// Text → channel and entries, in whichever format it is.
fn parse(text: &str, url: Option<&Url>) -> Result<Channel, NormalizeError> {
    let text = text.trim_start_matches('\u{FEFF}');
    if text.trim_start().starts_with('{') {
        return json::read(text, url);
    }
    reader::read(text, url)
}

#[cfg(test)]
mod field_tests;
#[cfg(test)]
mod tests;
