//! The headings that announce further reading.

use dom_query::{Document as Page, NodeRef};

use crate::domain::RelatedGroup;
use crate::normalize::{dom, wording};

/// A heading and the group it announces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label<'a> {
    pub group: RelatedGroup,
    /// The outermost element whose only text is the label; a text node where the label begins a line of more.
    pub node: NodeRef<'a>,
}

/// Labels looked at; each costs a walk around it, and a page that says "related" more often is made to cost.
const MAX_LABELS: usize = 60;
/// Nodes in a heading that is a label.
const MAX_NODES: usize = 40;
/// Longest text node that can be a label, in bytes; keeps prose away from the patterns.
const MAX_BYTES: usize = 200;

/// Every label of the page in document order.
pub(super) fn find(page: &Page) -> Vec<Label<'_>> {
    let Some(body) = page.body() else { return Vec::new() };
    let mut labels: Vec<Label<'_>> = Vec::new();
    for (node, is_in_heading) in texts(&body) {
        if let Some(label) = label_at(node, is_in_heading)
            && !labels.iter().any(|known| known.node.id == label.node.id)
        {
            labels.push(label);
        }
        if labels.len() == MAX_LABELS {
            break;
        }
    }
    labels
}

/// The texts that a reader sees, and whether each stands in a heading.
fn texts<'a>(body: &NodeRef<'a>) -> Vec<(NodeRef<'a>, bool)> {
    let (mut texts, mut headings) = (Vec::new(), 0_usize);
    dom::walk(body, |step| match step {
        dom::Step::Text(node) => texts.push((node, headings > 0)),
        dom::Step::Enter(name) => headings += usize::from(dom::heading_level(name).is_some()),
        dom::Step::Leave(name) => headings -= usize::from(dom::heading_level(name).is_some()),
    });
    texts
}

fn label_at(node: NodeRef<'_>, is_in_heading: bool) -> Option<Label<'_>> {
    // Outside of headings a text says all by itself, and few say anything.
    let fits = |text: &str| {
        text.len() <= MAX_BYTES
            && text.contains(char::is_alphabetic)
            && (is_in_heading || wording::group(text).is_some())
    };
    let own = dom::with_text(&node, |text| fits(text).then(|| text.to_owned()))?;
    // The words may be split among inline elements of one heading.
    let heading = is_in_heading
        .then(|| dom::closest(node, |n| dom::heading_level(&dom::name(n)).is_some()))
        .flatten();
    // An unclosed heading holds the rest of the page, and each text in it would read all of it.
    let heading = heading.filter(|heading| heading.descendants_it().nth(MAX_NODES).is_none());
    let whole = heading.map(|heading| (heading, dom::text(&heading)));
    let (start, words) = match &whole {
        Some((heading, words)) => (*heading, words.as_str()),
        None => (node, own.as_str()),
    };
    let group = wording::group(words)?;
    // "Read more" in a link is a button and announces nothing.
    if wording::is_more_link(words) && dom::closest(node, |n| n.has_name("a")).is_some() {
        return None;
    }
    let label = Label { group, node: outermost(start, words) };
    (!is_in_menu(&label.node) && !is_in_page_footer(&label.node)).then_some(label)
}

/// The outermost element around `start` that has no other text.
fn outermost<'a>(start: NodeRef<'a>, words: &str) -> NodeRef<'a> {
    let words = dom::squeeze(words);
    let mut node = start;
    while let Some(parent) = node.parent() {
        if !parent.is_element() || parent.has_name("body") || dom::text(&parent) != words {
            break;
        }
        node = parent;
    }
    node
}

/// A menu also says "Latest" and "热门"; there the words are an entry among others.
fn is_in_menu(node: &NodeRef<'_>) -> bool {
    let in_link = dom::closest(*node, |n| n.has_name("a")).is_some()
        || node.has_name("li") && !node.find(&["a"]).is_empty();
    let in_navigation = dom::closest(*node, |n| {
        n.has_name("nav") || n.attr("role").as_deref() == Some("navigation")
    })
    .is_some();
    in_link && in_navigation
}

/// The page's footer leads to the site's own pages; that of an article may lead to further ones.
fn is_in_page_footer(node: &NodeRef<'_>) -> bool {
    let footer = dom::closest(*node, |n| n.has_name("footer"));
    footer.is_some_and(|footer| {
        dom::closest(footer, |n| n.has_name("article") || n.has_name("main")).is_none()
    })
}
