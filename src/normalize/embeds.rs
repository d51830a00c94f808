//! Media that a page plays in place, as links: what is played cannot go into feeds and mail, its address can.

use dom_query::{Document as Page, NodeRef};
use url::Url;

use super::{body, dom, links, sanitize};

/// What readers of feeds call a link to media that belongs to the text; the mark by which later passes know it.
pub(super) const MARK: &str = "rel=\"enclosure\"";

/// Elements that play something from elsewhere.
fn is_player(name: &str) -> bool {
    let of_amp = |name| {
        matches!(
            name,
            "iframe"
                | "video"
                | "audio"
                | "youtube"
                | "vimeo"
                | "dailymotion"
                | "twitter"
                | "instagram"
                | "facebook"
        )
    };
    matches!(name, "iframe" | "embed" | "object" | "video" | "audio")
        || name.strip_prefix("amp-").is_some_and(of_amp)
}
/// Elements of AMP that name what they show by a number in this attribute, and the address that it belongs to.
const NUMBERED: [(&str, &str, &str); 5] = [
    ("amp-youtube", "data-videoid", "https://www.youtube.com/watch?v="),
    ("amp-vimeo", "data-videoid", "https://vimeo.com/"),
    ("amp-dailymotion", "data-videoid", "https://www.dailymotion.com/video/"),
    ("amp-twitter", "data-tweetid", "https://twitter.com/i/status/"),
    ("amp-instagram", "data-shortcode", "https://www.instagram.com/p/"),
];
/// Attributes that hold its address, at once or when it scrolls into view.
const ADDRESSES: [&str; 5] = ["src", "data-src", "data", "data-lazy-src", "data-href"];
/// Pixels of the smallest player; what is smaller counts readers or shares.
const SMALLEST: f64 = 40.0;
/// Players of one page; more are a gallery or an attack.
const MAX_PLAYERS: usize = 100;
/// Boxes around a player that have nothing else in them.
const MAX_CLIMB: usize = 6;

/// Puts a paragraph with a link in the place of every player.
pub(super) fn link(page: &Page, base: Option<&Url>) {
    let mut known: Vec<Url> = Vec::new();
    let root = page.root();
    let players = root.descendants_it().filter(|node| dom::is_named(node, is_player));
    for player in &players.take(MAX_PLAYERS).collect::<Vec<_>>() {
        let Some(url) = address(player, base) else { continue };
        if is_unwanted(player, &url) || known.contains(&url) || !is_in_page(player) {
            continue;
        }
        let Some(place) = place(*player) else { continue };
        place.replace_with_html(paragraph(player, &url));
        known.push(url);
    }
}

fn paragraph(player: &NodeRef<'_>, url: &Url) -> String {
    let titled = ["title", "aria-label"].iter().find_map(|name| player.attr(name));
    let titled = titled.map(|title| dom::squeeze(&title)).filter(|title| !title.is_empty());
    let words = titled.or_else(|| url.host_str().map(str::to_owned)).unwrap_or_default();
    format!(
        "<p><a {MARK} href=\"{}\">{}</a></p>",
        sanitize::escape(url.as_str()),
        sanitize::escape(&words)
    )
}

/// The address that the player or a source in it gives.
fn address(player: &NodeRef<'_>, base: Option<&Url>) -> Option<Url> {
    let own = |node: &NodeRef<'_>| {
        ADDRESSES
            .iter()
            .find_map(|name| node.attr(name).and_then(|value| links::absolute(&value, base)))
    };
    let inner = || player.find(&["source"]).iter().chain(&player.find(&["embed"])).find_map(own);
    own(player).or_else(|| numbered(player)).or_else(inner)
}

fn numbered(player: &NodeRef<'_>) -> Option<Url> {
    let (_, attribute, place) = NUMBERED.iter().find(|(name, ..)| player.has_name(name))?;
    let number = player.attr(attribute)?;
    Url::parse(&format!("{place}{}", number.trim())).ok()
}

/// A player in a player went with the outer one.
fn is_in_page(player: &NodeRef<'_>) -> bool {
    dom::closest(*player, |node| node.has_name("body")).is_some()
}

/// Tiny, hidden, or called an advertisement, a form or a comment box by its names or its address.
fn is_unwanted(player: &NodeRef<'_>, url: &Url) -> bool {
    is_tiny(player)
        || dom::closest(*player, |node| is_hidden(node) || body::is_by_others(node)).is_some()
        || url.host_str().is_some_and(body::names_others)
        || url.path().split('/').any(body::names_others)
        || url.path_segments().is_some_and(|mut parts| parts.any(|part| part.contains("captcha")))
}

fn is_tiny(player: &NodeRef<'_>) -> bool {
    ["width", "height"].iter().any(|name| {
        let size = player
            .attr(name)
            .and_then(|value| value.trim().trim_end_matches("px").parse::<f64>().ok());
        size.is_some_and(|size| size < SMALLEST)
    })
}

fn is_hidden(node: &NodeRef<'_>) -> bool {
    let style = node.attr("style").map(|style| style.replace(' ', "").to_ascii_lowercase());
    node.has_attr("hidden")
        || node.has_name("noscript")
        || style.is_some_and(|style| {
            ["display:none", "visibility:hidden", "width:0", "height:0;", "height:0px"]
                .iter()
                .any(|hidden| style.contains(hidden) && !style.contains("padding"))
        })
}

/// The widest box that has nothing in it but the player: scoring drops boxes of links, and paragraphs stay.
fn place(player: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let mut place = player;
    for _ in 0..MAX_CLIMB {
        let parent = place.parent()?;
        let is_box =
            ["div", "p", "span", "figure", "center"].iter().any(|name| parent.has_name(name));
        let is_alone =
            parent.element_children().len() == 1 && dom::text(&parent) == dom::text(&player);
        if !is_box || !is_alone || !parent.find(&["img"]).is_empty() {
            break;
        }
        place = parent;
    }
    Some(place)
}
