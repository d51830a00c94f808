//! The list below a label: how far it reaches, and which of its links are entries.

use std::collections::HashSet;

use dom_query::{NodeId, NodeRef};
use url::Url;

use super::label::Label;
use crate::normalize::{dom, links, wording};

/// Levels to climb from a label to the element that has its list beside it.
const MAX_CLIMB: usize = 4;
/// Characters of prose outside links that an entry may have; more is the article.
const MAX_TEASER: usize = 320;
/// Characters that may stand between a label and its first entry.
const MAX_INTRODUCTION: usize = 120;
/// Entries a block may have; a longer one is an archive.
const MAX_ENTRIES: usize = 80;
/// Links looked at in a block: a title, a picture, a topic, an author and a counter for each entry.
const MAX_LINKS: usize = 5 * MAX_ENTRIES;

/// One entry: the links to one address and the part of the page around them that speaks of nothing else.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// Absent where the page's own address is unknown and the link is relative.
    pub url: Option<Url>,
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
        if base.is_some_and(|own| is_foreign(&entries, own)) {
            return None;
        }
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

/// A list that leads to other sites only is paid for, or a list of sources.
fn is_foreign(entries: &[Entry<'_>], own: &Url) -> bool {
    let is_other =
        |entry: &Entry<'_>| entry.url.as_ref().is_some_and(|url| !links::same_site(url, own));
    !entries.is_empty() && entries.iter().all(is_other)
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
    // The page's title is never below a list of other pages' titles.
    if part.has_name("h1") || !part.find(&["h1"]).is_empty() {
        return true;
    }
    let links = part.find(&["a"]).len() + usize::from(part.has_name("a"));
    let is_heading = dom::heading_level(&dom::name(part)).is_some();
    let too_long =
        longest_prose(part) > if seen_links || links > 0 { MAX_TEASER } else { MAX_INTRODUCTION };
    if links == 0 {
        return (is_heading && seen_links) || too_long;
    }
    too_long || prose(part) > MAX_TEASER * links
}

/// Characters of the longest run of text outside links that no border of a block interrupts.
fn longest_prose(node: &NodeRef<'_>) -> usize {
    let (mut longest, mut run, mut links) = (0, 0, 0_usize);
    dom::walk(node, |step| match step {
        dom::Step::Enter(name) if name == "a" => links += 1,
        dom::Step::Leave(name) if name == "a" => links -= 1,
        dom::Step::Enter(name) | dom::Step::Leave(name) if dom::is_block(&name) => run = 0,
        dom::Step::Text(text) if links == 0 => {
            run += dom::raw_text(&text).trim().chars().count();
            longest = longest.max(run);
        }
        _ => {}
    });
    longest
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
    let mut titled = Vec::new();
    for (key, url, anchors) in addresses(parts, base) {
        if let Some(title) = title(&anchors) {
            titled.push((key, url, title, anchors));
        }
    }
    titled.truncate(MAX_ENTRIES);
    let anchors: Vec<(NodeId, usize)> = titled
        .iter()
        .enumerate()
        .flat_map(|(at, entry)| entry.3.iter().map(move |a| (a.id, at)))
        .collect();
    let entries = titled.iter().enumerate().map(|(at, (_, url, title, own))| Entry {
        url: url.clone(),
        title: title.clone(),
        unit: unit(own[0], at, &anchors, parts),
    });
    entries.collect()
}

/// An address as written, as resolved, and the links to it.
type Address<'a> = (String, Option<Url>, Vec<NodeRef<'a>>);

/// The links of the parts, grouped by address in the order of the page.
fn addresses<'a>(parts: &[NodeRef<'a>], base: Option<&Url>) -> Vec<Address<'a>> {
    let mut groups: Vec<Address<'a>> = Vec::new();
    let anchors = parts
        .iter()
        .flat_map(|part| part.has_name("a").then_some(*part).into_iter().chain(part.find(&["a"])));
    for anchor in anchors.take(MAX_LINKS) {
        let Some((key, url)) = address(&anchor, base) else { continue };
        match groups.iter_mut().find(|group| group.0 == key) {
            Some(group) => group.2.push(anchor),
            None => groups.push((key, url, vec![anchor])),
        }
    }
    groups
}

/// Where a link leads, if it leads away from this page to another.
fn address(anchor: &NodeRef<'_>, base: Option<&Url>) -> Option<(String, Option<Url>)> {
    let href = anchor.attr("href")?.trim().to_owned();
    let opens = |href: &str| {
        !href.is_empty()
            && !href.starts_with('#')
            && !href.contains("javascript:")
            && !href.starts_with("mailto:")
    };
    let is_paid = anchor
        .attr("rel")
        .is_some_and(|rel| rel.split_whitespace().any(|word| word == "sponsored"));
    if !opens(&href) || is_paid {
        return None;
    }
    match links::absolute(&href, base) {
        Some(url) if base.is_some_and(|own| links::same_page(&url, own)) => None,
        Some(url) => Some((url.to_string(), Some(url))),
        None => base.is_none().then_some((href, None)),
    }
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
