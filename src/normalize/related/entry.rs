//! Which links of a block are entries: one an address, with the words that are its title.

use std::collections::HashSet;

use dom_query::{Document as Page, NodeId, NodeRef};
use url::Url;

use crate::normalize::{dom, links, wording};

/// Entries a block may have; a longer one is an archive.
const MAX_ENTRIES: usize = 80;
/// Links looked at in a block: a title, a picture, a topic, an author and a counter for each entry.
const MAX_LINKS: usize = 5 * MAX_ENTRIES;

/// One entry: the links to one address and the part of the page around them that speaks of nothing else.
#[derive(Debug)]
pub(in crate::normalize) struct Entry<'a> {
    /// Absent where the page's own address is unknown and the link is relative.
    pub url: Option<Url>,
    pub title: String,
    /// The element that holds this entry alone.
    pub unit: NodeRef<'a>,
}

/// A list that leads to other sites for the most part is paid for, or a list of sources.
pub(super) fn is_foreign(entries: &[Entry<'_>], own: &Url) -> bool {
    let is_other = |entry: &&Entry<'_>| {
        entry.url.as_ref().is_some_and(|url| !links::same_site(url, own) || is_sent_on(url, own))
    };
    entries.iter().filter(is_other).count() * 2 > entries.len()
}

/// An address of the own site that counts a click and sends the reader to another site.
fn is_sent_on(url: &Url, own: &Url) -> bool {
    links::target(url).is_some_and(|target| !links::same_site(&target, own))
}

/// The entries of the parts: links grouped by address, each with the best title among them.
pub(super) fn read<'a>(parts: &[NodeRef<'a>], base: Option<&Url>) -> Vec<Entry<'a>> {
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

/// Links looked at to learn which site a page belongs to.
const MAX_SITE_LINKS: usize = 500;

/// The site that a page of unknown address links to most: its own.
pub(super) fn most_linked(page: &Page) -> Option<Url> {
    let mut sites: Vec<(Url, usize)> = Vec::new();
    for anchor in page.select("a[href]").nodes().iter().take(MAX_SITE_LINKS) {
        let Some((_, Some(url))) = address(anchor, None) else { continue };
        match sites.iter_mut().find(|(known, _)| links::same_site(known, &url)) {
            Some((_, count)) => *count += 1,
            None => sites.push((url, 1)),
        }
    }
    sites.into_iter().max_by_key(|(_, count)| *count).map(|(url, _)| url)
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
pub(in crate::normalize) fn address(
    anchor: &NodeRef<'_>,
    base: Option<&Url>,
) -> Option<(String, Option<Url>)> {
    let href = anchor.attr("href")?.trim().to_owned();
    let opens = |href: &str| {
        !href.is_empty()
            && !href.starts_with('#')
            && !href.contains("javascript:")
            && !href.starts_with("mailto:")
            && !href.contains("email-protection")
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
pub(in crate::normalize) fn title(anchors: &[NodeRef<'_>]) -> Option<String> {
    let heading = anchors.iter().find_map(|anchor| heading_of(anchor));
    let lines = || anchors.iter().flat_map(|a| dom::lines(a)).filter(|text| is_title(text));
    // A teaser inside the link is longer than the title, and ends as sentences do.
    let longest = |lines: &mut dyn Iterator<Item = String>| lines.max_by_key(|t| t.chars().count());
    // A heading of one word is the section's name.
    heading
        .clone()
        .filter(|heading| is_title(heading))
        .or_else(|| longest(&mut lines().filter(|line| !line.ends_with(['.', '。', '…']))))
        .or_else(|| longest(&mut lines()))
        .or(heading)
}

/// A kicker is often set apart by style alone.
fn spaced(node: &NodeRef<'_>) -> String {
    dom::spaced_lines(node).join(" ")
}

fn heading_of(anchor: &NodeRef<'_>) -> Option<String> {
    let inside =
        anchor.descendants_it().find(|node| dom::heading_level(&dom::name(node)).is_some());
    let around = || dom::closest(*anchor, |node| dom::heading_level(&dom::name(node)).is_some());
    let text = match inside {
        Some(heading) => spaced(&heading),
        None => around().map(|_| spaced(anchor))?,
    };
    (text.chars().count() >= 4 && !wording::is_more_link(&text)).then_some(text)
}

/// Words enough to be an article's title and not a topic's or a section's name.
pub(in crate::normalize) fn is_title(text: &str) -> bool {
    let han = text.chars().filter(|c| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')).count();
    let words =
        text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    (han >= 6 || (words >= 3 && text.chars().count() >= 12)) && !wording::is_more_link(text)
}
