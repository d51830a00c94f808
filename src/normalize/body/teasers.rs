//! Cards that lead to other articles from between the paragraphs: a linked heading with a teaser, and lines that are one link.

use dom_query::NodeRef;

use super::prose::{Measure, Prose};
use crate::normalize::dom;

/// Weight of the longest teaser.
const MAX_TEASER: usize = 320;
/// Weight of the shortest title that a line of one link can have; shorter ones are names and sources.
const MIN_TITLE: usize = 24;
/// The part of the prose that cards may have, as a divisor.
const MAX_SHARE: usize = 5;
/// Headings that are looked at; each costs a walk around it.
const MAX_HEADINGS: usize = 400;
/// Levels between a heading and its card.
const MAX_CLIMB: usize = 5;

/// Removes the cards.
pub(super) fn remove(body: &NodeRef<'_>, prose: &Prose) {
    let cards: Vec<NodeRef<'_>> = body
        .descendants_it()
        .filter(|node| dom::is_named(node, |name| dom::heading_level(name) > Some(1)))
        .take(MAX_HEADINGS)
        .filter_map(|heading| card(heading, prose))
        .collect();
    let weight: usize = cards.iter().map(|card| prose.weight(card)).sum();
    // A page made of such cards is about them.
    let cards = if weight * MAX_SHARE > prose.total() { Vec::new() } else { cards };
    let lines: Vec<NodeRef<'_>> =
        body.find(&["p"]).into_iter().filter(|p| is_one_link(p, prose.measure(p))).collect();
    for node in cards.into_iter().chain(lines) {
        node.remove_from_parent();
    }
}

/// The element around a linked heading that holds this heading, a teaser at most, and nothing else.
fn card<'a>(heading: NodeRef<'a>, prose: &Prose) -> Option<NodeRef<'a>> {
    if !leads_elsewhere(&heading, prose) {
        return None;
    }
    let mut widest =
        dom::closest(heading, |node| node.has_name("a")).filter(|link| fits(link, prose));
    let mut node = heading;
    for _ in 0..MAX_CLIMB {
        node = node.parent()?;
        if !fits(&node, prose) {
            break;
        }
        widest = Some(node);
    }
    widest
}

/// All its words are a link, and not to a place in this page.
fn leads_elsewhere(heading: &NodeRef<'_>, prose: &Prose) -> bool {
    let around = dom::closest(*heading, |node| node.has_name("a"));
    let inside = || {
        let measure = prose.measure(heading);
        let whole = measure.linked > 0 && measure.free * 4 <= measure.linked;
        heading.find(&["a"]).into_iter().next().filter(|_| whole)
    };
    let href = around.or_else(inside).and_then(|link| link.attr("href"));
    href.is_some_and(|href| !href.starts_with('#') && !href.is_empty())
}

fn fits(node: &NodeRef<'_>, prose: &Prose) -> bool {
    let is_page = ["body", "main", "article"].iter().any(|name| node.has_name(name))
        && node.find(&["p"]).len() > 2;
    let headings = || {
        let inner = node
            .descendants_it()
            .filter(|n| dom::is_named(n, |name| dom::heading_level(name).is_some()));
        inner.count()
    };
    let measure = prose.measure(node);
    !is_page && measure.free <= MAX_TEASER && headings() == 1 && node.find(&["h1"]).is_empty()
}

/// A paragraph that is one linked title, with a label before it at most ("Read also:").
fn is_one_link(paragraph: &NodeRef<'_>, measure: Measure) -> bool {
    measure.linked >= MIN_TITLE
        && measure.free <= 20
        && measure.free * 2 <= measure.linked
        && paragraph.find(&["a"]).len() == 1
        && paragraph.find(&["img"]).is_empty()
}

#[cfg(test)]
mod tests {
    use dom_query::Document as Page;

    use super::*;

    #[test]
    fn cards_and_linked_lines_go_and_headings_of_the_article_stay() {
        let page = Page::from(concat!(
            "<article><h2>Own <a href=#own>¶</a></h2><p>One. Two, three.</p><h2><a href=/self>A product with a link</a></h2><p>Four. Five.</p><p>Six.</p>",
            "<div><a href=/other><h3>A story about something else</h3><p>What it says in short.</p></a></div>",
            "<p>Read also: <a href=/more>The other story that nobody asked for</a></p><p><a href=/s>Reuters</a></p></article>"
        ));
        let body = page.body().unwrap();
        remove(&body, &Prose::of(&body));
        let text = page.text();
        for kept in ["Own", "A product with a link", "Six.", "Reuters"] {
            assert!(text.contains(kept), "{kept}");
        }
        for gone in ["something else", "in short", "nobody asked"] {
            assert!(!text.contains(gone), "{gone}");
        }
    }
}
