//! The pictures that the body shows and the players that it links, as data.

use std::borrow::Cow;

use dom_query::{Document as Page, NodeRef};
use url::Url;

use crate::domain::{Block, BlockKind, Media, Section};
use crate::normalize::syndicated::tags::{self, Tags, Token};
use crate::normalize::{dom, embeds};

/// Every picture and player of the sections, each once, in order.
pub(super) fn of(sections: &[Section]) -> Vec<Media> {
    let mut media: Vec<Media> = Vec::new();
    let with_media = sections
        .iter()
        .flat_map(|section| &section.blocks)
        .filter(|block| block.html.contains("<img") || block.html.contains(embeds::MARK));
    for block in with_media {
        let has_player = block.html.contains(embeds::MARK);
        let found = if has_player { parsed(block) } else { pictures(block) };
        for found in found {
            if !media.iter().any(|known| known.url == found.url) {
                media.push(found);
            }
        }
    }
    media
}

fn parsed(block: &Block) -> Vec<Media> {
    let part = Page::fragment(block.html.as_str());
    let found = part.select("img[src], a[rel=enclosure][href]");
    found.nodes().iter().filter_map(|node| read(node, || caption(block, &part))).collect()
}

/// The same where pictures are all there is: in what the sanitiser wrote, tags say it without a parser.
fn pictures(block: &Block) -> Vec<Media> {
    let images = Tags::new(&block.html).filter_map(|token| match token {
        Token::Start { name: "img", attributes, .. } => Some(tags::attributes(attributes)),
        _ => None,
    });
    let picture = |attributes: Vec<(String, Cow<'_, str>)>| {
        let value = |name| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        let url = Url::parse(value("src")?).ok()?;
        let alt = value("alt").map(|alt| alt.trim().to_owned()).filter(|alt| !alt.is_empty());
        let has_frame = block.kind == BlockKind::Figure && !block.html.starts_with("<img");
        let framed = || caption(block, &Page::fragment(block.html.as_str()));
        let alt = alt.or_else(|| has_frame.then(framed).flatten());
        Some(Media { media_type: media_type(&url), url, alt })
    };
    images.filter_map(picture).collect()
}

/// A picture with the words that stand for it, or a link to a player.
fn read(node: &NodeRef<'_>, caption: impl Fn() -> Option<String>) -> Option<Media> {
    let is_image = node.has_name("img");
    let url = Url::parse(&node.attr(if is_image { "src" } else { "href" })?).ok()?;
    let words = if is_image {
        node.attr("alt").map(|alt| alt.trim().to_owned())
    } else {
        // A link without words of its own shows its host, which says nothing of the media.
        Some(dom::text(node)).filter(|words| Some(words.as_str()) != url.host_str())
    };
    let alt = words.filter(|words| !words.is_empty());
    let alt = if is_image { alt.or_else(caption) } else { alt };
    Some(Media { media_type: media_type(&url), url, alt })
}

/// What the figure says of its picture, where the picture says nothing of itself.
fn caption(block: &Block, figure: &Page) -> Option<String> {
    let words = dom::text(&figure.root());
    (block.kind == BlockKind::Figure && !words.is_empty()).then_some(words)
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
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" | "oga" => "audio/ogg",
        "wav" => "audio/wav",
        _ => return None,
    };
    Some(kind.to_owned())
}
