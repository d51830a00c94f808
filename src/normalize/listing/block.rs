//! Repeated parts of a page: for each candidate the widest element that speaks of it alone, grouped by where these stand.

use std::collections::{HashMap, HashSet};

use dom_query::{LocalName, NodeId, NodeRef};
use url::Url;

use super::candidate::{self, Candidate};
use crate::normalize::dom;

/// Siblings that may belong to an entry which is not in one element: a date, a teaser, a row of counters.
const MAX_PARTS: usize = 5;

/// One article of a list.
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    /// What leads to it; `None` where a rule of the operator's has to find it.
    pub link: Option<Candidate<'a>>,
    /// The elements that speak of it: one, or a row and those below it.
    pub parts: Vec<NodeRef<'a>>,
}

impl<'a> Entry<'a> {
    /// The entry in an element that the operator named: its first link with words enough, else its first.
    pub fn of_unit(unit: NodeRef<'a>, base: Option<&Url>) -> Self {
        let anchors = unit.find(&["a"]).into_iter().chain(unit.has_name("a").then_some(unit));
        let mut links: Vec<_> =
            anchors.filter_map(|anchor| candidate::short(anchor, base)).collect();
        links.sort_by_key(|link| (!link.is_heading, std::cmp::Reverse(link.title.chars().count())));
        Self { link: links.into_iter().next(), parts: vec![unit] }
    }
}

/// Entries that stand in the same way.
#[derive(Debug)]
pub(super) struct Block<'a> {
    pub entries: Vec<Entry<'a>>,
}

/// Which candidate an element speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    One(usize),
    Many,
}

/// The blocks of the page in its order; a link that stands alone is a block of one.
pub(super) fn find<'a>(candidates: &[Candidate<'a>]) -> Vec<Block<'a>> {
    let holds = holdings(candidates);
    let units: Vec<NodeRef<'a>> =
        candidates.iter().enumerate().map(|(at, link)| unit(link.anchor, at, &holds)).collect();
    let taken: HashSet<NodeId> = units.iter().map(|unit| unit.id).collect();
    let mut blocks: Vec<Block<'a>> = Vec::new();
    let mut places: HashMap<(NodeId, LocalName), usize> = HashMap::new();
    for (link, unit) in candidates.iter().zip(&units) {
        let Some(parent) = unit.parent() else { continue };
        let at = *places.entry((parent.id, dom::name(unit))).or_insert_with(|| {
            blocks.push(Block { entries: Vec::new() });
            blocks.len() - 1
        });
        blocks[at].entries.push(Entry { link: Some(link.clone()), parts: vec![*unit] });
    }
    for block in &mut blocks {
        extend(block, &taken, &holds);
    }
    merged(blocks)
}

fn holdings(candidates: &[Candidate<'_>]) -> HashMap<NodeId, Holds> {
    let mut holds = HashMap::new();
    for (at, link) in candidates.iter().enumerate() {
        let around = std::iter::once(link.anchor).chain(link.anchor.ancestors_it(None));
        for node in around {
            holds
                .entry(node.id)
                .and_modify(|known| {
                    if *known != Holds::One(at) {
                        *known = Holds::Many;
                    }
                })
                .or_insert(Holds::One(at));
        }
    }
    holds
}

fn unit<'a>(anchor: NodeRef<'a>, at: usize, holds: &HashMap<NodeId, Holds>) -> NodeRef<'a> {
    let mut unit = anchor;
    while let Some(parent) = unit.parent() {
        let is_own = holds.get(&parent.id) == Some(&Holds::One(at));
        if !is_own || !parent.is_element() || parent.has_name("body") {
            break;
        }
        unit = parent;
    }
    unit
}

/// Gives entries the siblings that follow them, where most entries of the block have some: a heading and the paragraph
/// below it, a row and the row of its counters.
fn extend<'a>(block: &mut Block<'a>, taken: &HashSet<NodeId>, holds: &HashMap<NodeId, Holds>) {
    let followers: Vec<Vec<NodeRef<'a>>> =
        block.entries.iter().map(|entry| after(entry.parts[0], taken, holds)).collect();
    let Some((last, others)) = followers.split_last() else { return };
    let with_some = others.iter().filter(|parts| !parts.is_empty()).count();
    if others.is_empty() || with_some * 2 < others.len() {
        return;
    }
    // After the last entry comes the rest of the page.
    let most = others.iter().map(Vec::len).max().unwrap_or(0);
    let last: Vec<NodeRef<'a>> = last.iter().take(most).copied().collect();
    for (entry, parts) in block.entries.iter_mut().zip(others.iter().chain([&last])) {
        entry.parts.extend(parts);
    }
}

/// The element siblings after `node` up to the next one that has a candidate.
fn after<'a>(
    node: NodeRef<'a>,
    taken: &HashSet<NodeId>,
    holds: &HashMap<NodeId, Holds>,
) -> Vec<NodeRef<'a>> {
    std::iter::successors(node.next_element_sibling(), NodeRef::next_element_sibling)
        .take_while(|next| !taken.contains(&next.id) && !holds.contains_key(&next.id))
        .take(MAX_PARTS)
        .collect()
}

/// Blocks that stand in the same way in different frames are one: the rows of a grid, the columns of a front page.
fn merged(blocks: Vec<Block<'_>>) -> Vec<Block<'_>> {
    let mut merged: Vec<Block<'_>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for block in blocks {
        let at = *places.entry(path(&block.entries[0].parts[0])).or_insert_with(|| {
            merged.push(Block { entries: Vec::new() });
            merged.len() - 1
        });
        merged[at].entries.extend(block.entries);
    }
    merged
}

/// The names of the elements around `node`, with the styles of the nearest two frames.
fn path(node: &NodeRef<'_>) -> String {
    let mut path = dom::name(node).to_string();
    for (depth, around) in node.ancestors_it(None).filter(NodeRef::is_element).enumerate() {
        path.push('<');
        path.push_str(&dom::name(&around));
        if depth < 2 {
            let styles = around.attr("class").unwrap_or_default().to_lowercase();
            path.extend(styles.chars().filter(|c| !c.is_ascii_digit()));
        }
    }
    path
}

/// Entries for the siblings of `block`'s units that no candidate was found in: their titles are short, and their links
/// stand where those of the others do.
pub(super) fn fill<'a>(block: &mut Block<'a>, base: Option<&Url>) {
    let mut found: Vec<Entry<'a>> = Vec::new();
    let Some(wanted) = usual_path(block) else { return };
    let mut frames = HashSet::new();
    let known: HashSet<NodeId> =
        block.entries.iter().flat_map(|e| &e.parts).map(|part| part.id).collect();
    for entry in &block.entries {
        let unit = entry.parts[0];
        let Some(parent) = unit.parent().filter(|parent| frames.insert(parent.id)) else {
            continue;
        };
        let name = dom::name(&unit);
        let others = parent.children_it(false).filter(|node| node.has_name(&name));
        for other in others.filter(|node| !known.contains(&node.id)) {
            let anchors = other.find(&["a"]).into_iter();
            let standing = anchors.filter(|anchor| inner_path(anchor, &other) == wanted);
            let mut links = standing.filter_map(|anchor| candidate::short(anchor, base));
            if let Some(link) = links.next() {
                found.push(Entry { link: Some(link), parts: vec![other] });
            }
        }
    }
    block.entries.extend(found);
}

fn usual_path(block: &Block<'_>) -> Option<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for entry in &block.entries {
        let link = entry.link.as_ref()?;
        *counts.entry(inner_path(&link.anchor, &entry.parts[0])).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    let usual = counts.into_iter().filter(|(_, count)| *count == most);
    // Where the unit is the link itself there is no place in it; its siblings may be anything.
    usual.map(|(path, _)| path).min().filter(|path| !path.is_empty() && most >= 3)
}

fn inner_path(anchor: &NodeRef<'_>, unit: &NodeRef<'_>) -> String {
    let mut path = String::new();
    let mut node = *anchor;
    while node.id != unit.id {
        path.push_str(&dom::name(&node));
        path.push('<');
        let Some(parent) = node.parent() else { break };
        node = parent;
    }
    path
}
