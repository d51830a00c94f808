//! What kind of text a file holds.

use std::path::Path;

use crate::domain::MediaType;

/// What kind of text a file holds, by its name, else by how it begins.
pub(super) fn media_type(path: &Path, bytes: &[u8]) -> MediaType {
    by_extension(path).unwrap_or_else(|| {
        if begins_like_feed(bytes) {
            return MediaType::Feed;
        }
        if begins_like_sitemap(bytes) {
            return MediaType::Sitemap;
        }
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(256)]).into_owned();
        let begins_with_tag = head.trim_start_matches('\u{FEFF}').trim_start().starts_with('<');
        if begins_with_tag { MediaType::Html } else { MediaType::Text }
    })
}

/// Bytes in which a feed must have begun, and tags before it: messages of a broken server, an envelope.
const FEED_WITHIN: usize = 65_536;
const TAGS_BEFORE: usize = 32;

/// Whether a feed begins here: its root stands among the first tags, with or without a prefix. Zero bytes are passed
/// over, so that UTF-16 is read as well.
pub(super) fn begins_like_feed(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(FEED_WITHIN)];
    let head: Vec<u8> = head.iter().filter(|b| **b != 0).map(u8::to_ascii_lowercase).collect();
    let head = String::from_utf8_lossy(&head);
    let beginning = head.char_indices().nth(4096).map_or(&*head, |(at, _)| &head[..at]);
    if beginning.contains("jsonfeed.org/version/") {
        return true;
    }
    let is_page = |name: &str| name == "html" || name == "!doctype html";
    let names: Vec<&str> = tag_names(&head).take(TAGS_BEFORE).collect();
    let root = names.iter().position(|name| is_feed_root(name));
    let page = names.iter().position(|name| is_page(name));
    root.is_some_and(|root| page.is_none_or(|page| root < page))
        // Entries without anything around them.
        || matches!(names.first(), Some(&("entry" | "item")))
}

fn is_feed_root(name: &str) -> bool {
    matches!(name.rsplit(':').next(), Some("rss" | "feed" | "rdf" | "channel"))
}

/// Names of the start tags; comments and instructions are none.
fn tag_names(head: &str) -> impl Iterator<Item = &str> {
    let mut rest = head;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[rest.find('<')? + 1..];
            if rest.starts_with("!--") {
                rest = rest.split_once("-->").map_or("", |(_, after)| after);
            } else if rest.starts_with("!doctype html") {
                return Some("!doctype html");
            } else if rest.starts_with(|c: char| c.is_alphabetic()) {
                let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<'));
                return Some(&rest[..end.unwrap_or(rest.len())]);
            }
        }
    })
}

/// Whether a sitemap begins here.
pub(super) fn begins_like_sitemap(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
    let root =
        |name: &str| head.contains(&format!("<{name}")) || head.contains(&format!(":{name}"));
    !head.contains("<html") && (root("urlset") || root("sitemapindex"))
}

/// What kind of text a file of this name holds.
pub(super) fn by_extension(path: &Path) -> Option<MediaType> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "html" | "htm" | "xhtml" => Some(MediaType::Html),
        "md" | "markdown" => Some(MediaType::Markdown),
        "txt" | "text" => Some(MediaType::Text),
        "rss" | "atom" | "rdf" => Some(MediaType::Feed),
        _ => None,
    }
}
