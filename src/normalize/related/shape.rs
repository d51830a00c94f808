//! Further reading without a label, told by its shape and its place: a box with a linked headline between the paragraphs
//! of the article.

use dom_query::{Document as Page, NodeRef};

use super::block::{self, MAX_TEASER, Site};
use super::entry::{self, Entry};
use crate::normalize::{dom, links};

/// Characters of a paragraph that belongs to an article.
const PARAGRAPH: usize = 80;
/// Paragraphs that make a container the article's.
const PARAGRAPHS: usize = 3;
/// Entries of a box in the text; more is a list that the article itself gives.
const MAX_IN_BOX: usize = 4;

/// A box and what it leads to.
pub(super) struct Card<'a> {
    pub part: NodeRef<'a>,
    pub entries: Vec<Entry<'a>>,
}

/// The boxes between the paragraphs of the article.
pub(super) fn find<'a>(page: &'a Page, site: &Site<'_>) -> Vec<Card<'a>> {
    let Some(text) = container(page) else { return Vec::new() };
    let parts: Vec<NodeRef<'a>> = text.children_it(false).filter(NodeRef::is_element).collect();
    let first = parts.iter().position(holds_paragraph);
    let last = parts.iter().rposition(holds_paragraph);
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    parts[first..last].iter().filter_map(|part| card(*part, site)).collect()
}

/// The element that holds the most paragraphs among its children, directly or one level below.
fn container(page: &Page) -> Option<NodeRef<'_>> {
    let mut counts: Vec<(NodeRef<'_>, usize)> = Vec::new();
    for paragraph in dom::named(page, "p").iter().filter(|p| is_paragraph(p)) {
        let around = paragraph.parent().into_iter();
        let around = around.flat_map(|near| [Some(near), near.parent()]).flatten();
        for frame in around.filter(|frame| !frame.has_name("body")) {
            match counts.iter_mut().find(|(known, _)| known.id == frame.id) {
                Some((_, count)) => *count += 1,
                None => counts.push((frame, 1)),
            }
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().filter(|most| *most >= PARAGRAPHS)?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(frame, _)| frame)
}

fn is_paragraph(node: &NodeRef<'_>) -> bool {
    block::prose(node) >= PARAGRAPH
}

fn holds_paragraph(part: &NodeRef<'_>) -> bool {
    (part.has_name("p") && is_paragraph(part)) || part.find(&["p"]).iter().any(is_paragraph)
}

/// A part of the text that is nothing but links to other articles of the site, each with a heading or a picture.
fn card<'a>(part: NodeRef<'a>, site: &Site<'_>) -> Option<Card<'a>> {
    const OWN: [&str; 8] = ["p", "figure", "table", "blockquote", "ul", "ol", "pre", "form"];
    if OWN.iter().any(|name| part.has_name(name)) || block::prose(&part) > MAX_TEASER {
        return None;
    }
    let entries = entry::read(&[part], site.base);
    let is_teaser = |entry: &Entry<'_>| {
        let own = |own| entry.url.as_ref().is_none_or(|url| links::same_site(url, own));
        site.own.is_none_or(own) && is_shown_as_teaser(&entry.unit)
    };
    let fits = (1..=MAX_IN_BOX).contains(&entries.len()) && entries.iter().all(is_teaser);
    fits.then_some(Card { part, entries })
}

/// A headline beside a picture, or set as a heading.
fn is_shown_as_teaser(unit: &NodeRef<'_>) -> bool {
    let shows = |node: &NodeRef<'_>| {
        node.has_name("img")
            || node.has_name("picture")
            || dom::heading_level(&dom::name(node)).is_some()
            || node.attr("style").is_some_and(|style| style.contains("background-image"))
    };
    unit.descendants_it().any(|node| shows(&node))
}
