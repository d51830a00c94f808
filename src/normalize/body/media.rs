//! The pictures that the body shows, as data.

use dom_query::Document as Page;
use url::Url;

use crate::domain::{BlockKind, Media, Section};
use crate::normalize::dom;

/// Every picture of the sections, each once, in order.
pub(super) fn of(sections: &[Section]) -> Vec<Media> {
    let mut media: Vec<Media> = Vec::new();
    let with_images = sections
        .iter()
        .flat_map(|section| &section.blocks)
        .filter(|block| block.html.contains("<img"));
    for block in with_images {
        let part = Page::fragment(block.html.as_str());
        for image in part.select("img[src]").nodes() {
            let Some(url) = image.attr("src").and_then(|src| Url::parse(&src).ok()) else {
                continue;
            };
            let alt = image.attr("alt").map(|alt| alt.trim().to_owned());
            let alt = alt
                .filter(|alt| !alt.is_empty())
                .or_else(|| (block.kind == BlockKind::Figure).then(|| caption(&part))?);
            if !media.iter().any(|known| known.url == url) {
                media.push(Media { media_type: media_type(&url), url, alt });
            }
        }
    }
    media
}

/// What the figure says of its picture, where the picture says nothing of itself.
fn caption(figure: &Page) -> Option<String> {
    let words = dom::text(&figure.root());
    (!words.is_empty()).then_some(words)
}

/// The type that the file name tells.
fn media_type(url: &Url) -> Option<String> {
    let name = url.path().rsplit('/').next()?;
    let kind = match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        _ => return None,
    };
    Some(kind.to_owned())
}
