//! Files of a source: which there are, and what kind of text each holds.

use std::path::{Path, PathBuf};

use super::{FetchError, Place};
use crate::domain::MediaType;

/// The files that `patterns` match, each once, in order of their paths; references are relative to `root`.
pub(super) fn places(patterns: &[PathBuf], root: &Path) -> Result<Vec<Place>, FetchError> {
    let mut found = Vec::new();
    for pattern in patterns {
        let matches = matching(pattern)?;
        if matches.is_empty() {
            return Err(FetchError::NothingMatches { pattern: pattern.clone() });
        }
        found.extend(matches);
    }
    found.sort();
    found.dedup();
    Ok(found
        .into_iter()
        .map(|path| {
            let reference = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            Place::File { path, reference }
        })
        .collect())
}

fn matching(pattern: &Path) -> Result<Vec<PathBuf>, FetchError> {
    let wrong = |reason: String| FetchError::Pattern { pattern: pattern.to_owned(), reason };
    let directory = pattern.is_dir();
    let pattern = if directory { pattern.join("**/*") } else { pattern.to_owned() };
    let text = pattern.to_str().ok_or_else(|| wrong("it is not UTF-8".into()))?;
    let mut paths = Vec::new();
    for entry in glob::glob(text).map_err(|e| wrong(e.to_string()))? {
        let path = entry.map_err(|error| FetchError::File {
            path: error.path().to_owned(),
            source: error.into(),
        })?;
        // A directory is read for the kinds it is known to hold; a file named outright is always meant.
        if path.is_file() && (!directory || by_extension(&path).is_some()) {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// What kind of text a file holds, by its name, else by how it begins.
pub(super) fn media_type(path: &Path, bytes: &[u8]) -> MediaType {
    by_extension(path).unwrap_or_else(|| {
        if begins_like_feed(bytes) {
            return MediaType::Feed;
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

fn by_extension(path: &Path) -> Option<MediaType> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "html" | "htm" | "xhtml" => Some(MediaType::Html),
        "md" | "markdown" => Some(MediaType::Markdown),
        "txt" | "text" => Some(MediaType::Text),
        "rss" | "atom" | "rdf" => Some(MediaType::Feed),
        _ => None,
    }
}
