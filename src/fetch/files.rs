//! What kind of text a file holds.

use std::path::Path;

use crate::domain::MediaType;

/// What kind of text a file holds, by its name, else by how it begins.
pub(super) fn media_type(path: &Path, text: &str) -> MediaType {
    by_extension(path).unwrap_or_else(|| {
        let begins_with_tag = text.trim_start_matches('\u{FEFF}').trim_start().starts_with('<');
        if begins_with_tag { MediaType::Html } else { MediaType::Text }
    })
}

/// What kind of text a file of this name holds.
pub(super) fn by_extension(path: &Path) -> Option<MediaType> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "html" | "htm" | "xhtml" => Some(MediaType::Html),
        "md" | "markdown" => Some(MediaType::Markdown),
        "txt" | "text" => Some(MediaType::Text),
        _ => None,
    }
}
