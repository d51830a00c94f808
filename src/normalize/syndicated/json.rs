//! JSON Feed 1.0 and 1.1 → the wire form that all feeds share.

use serde_json::Value;
use url::Url;

use super::wire::{About, Channel, Entry, File, Link, Markup, Rank};
use super::{NormalizeError, field, json_mends};
use crate::domain::{Note, Quiet};

/// Reads a feed in JSON.
pub(super) fn read(text: &str, base: Option<&Url>) -> Result<Channel, NormalizeError> {
    let (feed, notes) = parsed(text).ok_or(NormalizeError::NoFeed)?;
    let items = feed.get("items").and_then(Value::as_array).ok_or(NormalizeError::NoFeed)?;
    let page = address(&feed, "home_page_url", base);
    let own = address(&feed, "feed_url", base);
    let base = base.or(page.as_ref()).or(own.as_ref());
    let entries = items.iter().map(|item| entry(item, base)).collect();
    Ok(Channel {
        about: About {
            title: string(&feed, "title"),
            link: page.map(plain),
            feed: own,
            authors: authors(&feed),
            ..About::default()
        },
        language: string(&feed, "language"),
        quiet: Quiet::default(),
        entries,
        notes,
    })
}

/// As it is, else mended.
fn parsed(text: &str) -> Option<(Value, Vec<Note>)> {
    if let Ok(whole) = serde_json::from_str(text) {
        return Some((whole, Vec::new()));
    }
    let mended = serde_json::from_str(&json_mends::mended(text)).ok()?;
    let what = "its JSON was mended: raw characters in strings, stray commas, or a missing end";
    Some((mended, vec![Note::new("feed", what)]))
}

fn plain(url: Url) -> Link {
    Link { url, rank: Rank::Plain }
}

fn string(value: &Value, name: &str) -> Option<String> {
    let text = value.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn address(value: &Value, name: &str, base: Option<&Url>) -> Option<Url> {
    let text = string(value, name)?;
    field::address(&text, base)
}

fn entry(item: &Value, base: Option<&Url>) -> Entry {
    let html = string(item, "content_html").map(|text| Markup { text, is_html: true });
    let text = string(item, "content_text").map(|text| Markup { text, is_html: false });
    Entry {
        // Version 1 says "string", and that numbers shall be read as such.
        id: string(item, "id")
            .or_else(|| item.get("id").filter(|id| id.is_number()).map(Value::to_string)),
        // "Ideally, the id is the full URL of the resource."
        id_address: string(item, "id").and_then(|id| Url::parse(&id).ok()),
        link: address(item, "url", base).or_else(|| address(item, "external_url", base)).map(plain),
        title: string(item, "title"),
        content: html.or(text),
        summary: string(item, "summary").map(|text| Markup { text, is_html: false }),
        authors: authors(item),
        published: string(item, "date_published").into_iter().collect(),
        updated: string(item, "date_modified"),
        categories: list(item, "tags").filter_map(Value::as_str).map(str::to_owned).collect(),
        files: files(item, base),
        language: string(item, "language"),
        ..Entry::default()
    }
}

fn list<'v>(item: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    item.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn authors(item: &Value) -> Vec<String> {
    let single = item.get("author").into_iter();
    single.chain(list(item, "authors")).filter_map(|author| string(author, "name")).collect()
}

fn files(item: &Value, base: Option<&Url>) -> Vec<File> {
    let image = address(item, "image", base).map(|url| File { url, media_type: None, title: None });
    let attached = list(item, "attachments").filter_map(|attachment| {
        let url = address(attachment, "url", base)?;
        Some(File {
            url,
            media_type: string(attachment, "mime_type"),
            title: string(attachment, "title"),
        })
    });
    image.into_iter().chain(attached).collect()
}
