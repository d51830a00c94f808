//! The list below a label: how far it reaches, and which of its links are entries.

use std::collections::HashSet;

use dom_query::{NodeId, NodeRef};
use url::Url;

use super::label::Label;
use crate::normalize::{dom, links, wording};

/// Levels to climb from a label to the element that has its list beside it.
const MAX_CLIMB: usize = 4;
/// Characters of prose outside links that an entry may have; more is the article.
const MAX_TEASER: usize = 600;
/// Entries a block may have; a longer one is an archive.
const MAX_ENTRIES: usize = 80;

/// One entry: the links to one address and the part of the page around them that speaks of nothing else.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub url: Url,
    pub title: String,
    /// The element that holds this entry alone.
    pub unit: NodeRef<'a>,
}

/// The siblings that make up a block, and its entries.
#[derive(Debug)]
pub(super) struct Block<'a> {
    pub entries: Vec<Entry<'a>>,
    parts: Vec<NodeRef<'a>>,
}

impl Block<'_> {
    /// Takes the block and its label out of the page.
    pub fn cut(&self, label: &Label<'_>) {
        for part in &self.parts {
            part.remove_from_parent();
        }
        label.node.remove_from_parent();
    }
}

/// The block that `label` announces: beside it, or beside one of the elements around it.
pub(super) fn below<'a>(
    label: &Label<'a>,
    labels: &[Label<'a>],
    base: Option<&Url>,
) -> Option<Block<'a>> {
    let stops: HashSet<NodeId> = labels
        .iter()
        .filter(|other| other.node.id != label.node.id)
        .map(|other| other.node.id)
        .collect();
    let mut node = label.node;
    for _ in 0..=MAX_CLIMB {
        let parts = parts_after(node, &stops);
        let entries = entries(&parts, base);
        if !entries.is_empty() {
            return Some(Block { entries, parts });
        }
        node = node.parent().filter(|parent| parent.is_element() && !parent.has_name("body"))?;
        // An element that holds the article is not the frame of a list.
        if dom::heading_level(&dom::name(&node)).is_none() && prose(&node) > MAX_TEASER {
            return None;
        }
    }
    None
}

/// The siblings after `node` as far as they look like the rest of its block.
fn parts_after<'a>(node: NodeRef<'a>, stops: &HashSet<NodeId>) -> Vec<NodeRef<'a>> {
    let mut parts: Vec<NodeRef<'a>> = Vec::new();
    let mut seen_links = false;
    let mut next = node.next_sibling();
    while let Some(part) = next {
        next = part.next_sibling();
        if holds_stop(&part, stops) || ends_block(&part, seen_links) {
            break;
        }
        seen_links |= part.has_name("a") || !part.find(&["a"]).is_empty();
        parts.push(part);
    }
    parts
}

fn holds_stop(part: &NodeRef<'_>, stops: &HashSet<NodeId>) -> bool {
    stops.contains(&part.id) || part.descendants_it().any(|inner| stops.contains(&inner.id))
}

/// Prose, or a heading that is no entry's, ends a list.
fn ends_block(part: &NodeRef<'_>, seen_links: bool) -> bool {
    let has_link = part.has_name("a") || !part.find(&["a"]).is_empty();
    let is_heading = dom::heading_level(&dom::name(part)).is_some();
    if !has_link {
        let length = dom::text(part).chars().count();
        return (is_heading && seen_links) || length > MAX_TEASER || (length > 120 && !seen_links);
    }
    let entries = part.find(&["a"]).len().max(1);
    prose(part) > MAX_TEASER * entries.min(4)
}

/// Characters of text outside links.
fn prose(node: &NodeRef<'_>) -> usize {
    let mut count = 0;
    let mut depth = 0_usize;
    dom::walk(node, |step| match step {
        dom::Step::Enter(name) if name == "a" => depth += 1,
        dom::Step::Leave(name) if name == "a" => depth -= 1,
        dom::Step::Text(text) if depth == 0 => count += dom::raw_text(&text).trim().chars().count(),
        _ => {}
    });
    count
}

/// The entries of the parts: links grouped by address, each with the best title among them.
fn entries<'a>(parts: &[NodeRef<'a>], base: Option<&Url>) -> Vec<Entry<'a>> {
    let mut groups: Vec<(Url, Vec<NodeRef<'a>>)> = Vec::new();
    for part in parts {
        let own = part.has_name("a").then_some(*part);
        for anchor in own.into_iter().chain(part.find(&["a"])) {
            let Some(url) = anchor.attr("href").and_then(|href| links::absolute(&href, base))
            else {
                continue;
            };
            if base.is_some_and(|own| links::same_page(&url, own)) {
                continue;
            }
            match groups.iter_mut().find(|(known, _)| *known == url) {
                Some((_, anchors)) => anchors.push(anchor),
                None => groups.push((url, vec![anchor])),
            }
        }
    }
    let titled: Vec<(Url, String, Vec<NodeRef<'a>>)> = groups
        .into_iter()
        .filter_map(|(url, anchors)| Some((url, title(&anchors)?, anchors)))
        .take(MAX_ENTRIES)
        .collect();
    let anchors: Vec<(NodeId, usize)> = titled
        .iter()
        .enumerate()
        .flat_map(|(at, (_, _, anchors))| anchors.iter().map(move |a| (a.id, at)))
        .collect();
    let mut entries = Vec::new();
    for (at, (url, title, own)) in titled.iter().enumerate() {
        let unit = unit(own[0], at, &anchors, parts);
        entries.push(Entry { url: url.clone(), title: title.clone(), unit });
    }
    entries
}

/// The widest element around `anchor`, within the block, that holds no other entry's link.
fn unit<'a>(
    anchor: NodeRef<'a>,
    own: usize,
    anchors: &[(NodeId, usize)],
    parts: &[NodeRef<'a>],
) -> NodeRef<'a> {
    let others: HashSet<NodeId> =
        anchors.iter().filter(|(_, at)| *at != own).map(|(id, _)| *id).collect();
    let mut unit = anchor;
    while !parts.iter().any(|part| part.id == unit.id) {
        let Some(parent) = unit.parent() else { break };
        if parent.descendants_it().any(|inner| others.contains(&inner.id)) {
            break;
        }
        unit = parent;
    }
    unit
}

/// The title that the links to one address show: a heading's words, else the longest line; `None` where none is a title.
fn title(anchors: &[NodeRef<'_>]) -> Option<String> {
    let heading = anchors.iter().find_map(|anchor| heading_of(anchor));
    let longest = || {
        anchors
            .iter()
            .flat_map(|a| dom::lines(a))
            .filter(|text| is_title(text))
            .max_by_key(|t| t.chars().count())
    };
    heading.or_else(longest)
}

fn heading_of(anchor: &NodeRef<'_>) -> Option<String> {
    let inside =
        anchor.descendants_it().find(|node| dom::heading_level(&dom::name(node)).is_some());
    let around = || dom::closest(*anchor, |node| dom::heading_level(&dom::name(node)).is_some());
    let text = match inside {
        Some(heading) => dom::text(&heading),
        None => around().map(|_| dom::text(anchor))?,
    };
    (text.chars().count() >= 4 && !wording::is_more_link(&text)).then_some(text)
}

/// Words enough to be an article's title and not a topic's or a section's name.
fn is_title(text: &str) -> bool {
    let han = text.chars().filter(|c| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')).count();
    let words =
        text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    (han >= 6 || (words >= 3 && text.chars().count() >= 12)) && !wording::is_more_link(text)
}
