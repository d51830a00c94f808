//! The list below a label: how far it reaches.

use std::collections::HashSet;

use dom_query::{NodeId, NodeRef};
use url::Url;

use super::entry::{self, Entry};
use super::label::Label;
use crate::normalize::dom;

/// Levels to climb from a label to the element that has its list beside it.
const MAX_CLIMB: usize = 4;
/// Characters of prose outside links that an entry may have; more is the article.
pub(super) const MAX_TEASER: usize = 320;
/// Characters that may stand between a label and its first entry.
const MAX_INTRODUCTION: usize = 120;

/// The siblings that make up a block, and its entries.
#[derive(Debug)]
pub(super) struct Block<'a> {
    pub entries: Vec<Entry<'a>>,
    parts: Vec<NodeRef<'a>>,
}

/// Whose page it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'a> {
    /// What relative addresses count from.
    pub base: Option<&'a Url>,
    /// An address of the own site.
    pub own: Option<&'a Url>,
}

impl Block<'_> {
    /// What stands in its lists without a link that leads anywhere: the words of each, empty where there are none.
    pub fn unlinked(&self) -> Vec<String> {
        let items = self.parts.iter().flat_map(|part| part.find(&["li"]));
        let leads = |anchor: &NodeRef<'_>| {
            let href = anchor.attr("href").unwrap_or_default();
            !href.is_empty()
                && !href.starts_with('#')
                && !href.to_lowercase().starts_with("javascript:")
        };
        let unlinked = items.filter(|item| {
            let words = dom::text(item);
            let leading = item.find(&["a"]).iter().any(leads);
            item.find(&["li"]).is_empty() && (!leading || words.trim().is_empty())
        });
        unlinked.map(|item| dom::text(&item).trim().to_owned()).collect()
    }

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
    site: &Site<'_>,
) -> Option<Block<'a>> {
    let stops: HashSet<NodeId> = labels
        .iter()
        .filter(|other| other.node.id != label.node.id)
        .map(|other| other.node.id)
        .collect();
    let mut node = label.node;
    for _ in 0..=MAX_CLIMB {
        let parts = parts_after(node, &stops);
        let entries = entry::read(&parts, site.base);
        if site.own.is_some_and(|own| entry::is_foreign(&entries, own)) {
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

/// The siblings after `node` as far as they look like the rest of its block.
fn parts_after<'a>(node: NodeRef<'a>, stops: &HashSet<NodeId>) -> Vec<NodeRef<'a>> {
    let mut parts: Vec<NodeRef<'a>> = Vec::new();
    let mut seen_links = false;
    let mut next = node.next_sibling();
    while let Some(part) = next {
        next = part.next_sibling();
        if stops.contains(&part.id) || ends_block(&part, seen_links) {
            break;
        }
        if holds_stop(&part, stops) {
            parts.extend(parts_before_stop(part, stops));
            break;
        }
        seen_links |= part.has_name("a") || !part.find(&["a"]).is_empty();
        parts.push(part);
    }
    parts
}

/// What a part holds of the block before the next label, where both share one frame.
fn parts_before_stop<'a>(frame: NodeRef<'a>, stops: &HashSet<NodeId>) -> Vec<NodeRef<'a>> {
    let children = frame.children_it(false).filter(NodeRef::is_element);
    children.take_while(|part| !holds_stop(part, stops) && !ends_block(part, false)).collect()
}

fn holds_stop(part: &NodeRef<'_>, stops: &HashSet<NodeId>) -> bool {
    stops.contains(&part.id) || part.descendants_it().any(|inner| stops.contains(&inner.id))
}

/// Prose, or a heading that is no entry's, ends a list.
fn ends_block(part: &NodeRef<'_>, seen_links: bool) -> bool {
    // The page's title is never below a list of other pages' titles.
    let is_title = |heading: &NodeRef<'_>| dom::closest(*heading, |n| n.has_name("a")).is_none();
    if part.has_name("h1") || part.find(&["h1"]).iter().any(is_title) {
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
        dom::Step::Enter("a") => links += 1,
        dom::Step::Leave("a") => links -= 1,
        dom::Step::Enter(name) | dom::Step::Leave(name) if dom::is_block(name) => run = 0,
        dom::Step::Text(text) if links == 0 => {
            run += dom::with_text(&text, |text| text.trim().chars().count());
            longest = longest.max(run);
        }
        _ => {}
    });
    longest
}

/// Characters of text outside links.
pub(super) fn prose(node: &NodeRef<'_>) -> usize {
    let mut count = 0;
    let mut depth = 0_usize;
    dom::walk(node, |step| match step {
        dom::Step::Enter("a") => depth += 1,
        dom::Step::Leave("a") => depth -= 1,
        dom::Step::Text(text) if depth == 0 => {
            count += dom::with_text(&text, |text| text.trim().chars().count());
        }
        _ => {}
    });
    count
}
