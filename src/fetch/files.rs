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

/// Whether a feed begins here. Zero bytes are passed over, so that UTF-16 is read as well.
pub(super) fn begins_like_feed(bytes: &[u8]) -> bool {
    let head: Vec<u8> =
        bytes.iter().take(4096).filter(|b| **b != 0).map(u8::to_ascii_lowercase).collect();
    let head = String::from_utf8_lossy(&head);
    let is_page = head.contains("<!doctype html") || head.contains("<html");
    let has_root = ["<rss", "<feed", "<rdf:rdf", "<atom:feed", "<channel", "<entry xmlns"];
    let is_json = head.contains("jsonfeed.org/version/");
    is_json || !is_page && has_root.iter().any(|root| head.contains(root))
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
