//! The links of a page whose words may be the title of an article, outside of menus, footers and side columns.

use std::collections::HashMap;

use dom_query::{Document as Page, NodeId, NodeRef};
use url::Url;

use crate::normalize::related::entry as related;
use crate::normalize::{dom, wording};

/// Links looked at; archives of two thousand articles have a few for each.
const MAX_ANCHORS: usize = 10_000;
/// Words in styles and ids of parts that hold no articles.
const ZONES: [&str; 22] = [
    "nav",
    "navbar",
    "menu",
    "breadcrumb",
    "breadcrumbs",
    "crumbs",
    "pagination",
    "pager",
    "paging",
    "pagenav",
    "sidebar",
    "widget",
    "footer",
    "tagcloud",
    "tags",
    "share",
    "social",
    "comments",
    "login",
    "cookie",
    "sponsor",
    "sponsored",
];

/// A link that may lead to an article.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'a> {
    pub url: Url,
    pub title: String,
    /// The first link to this address.
    pub anchor: NodeRef<'a>,
    /// Whether the title is set as a heading.
    pub is_heading: bool,
}

/// Every such link in the order of the page, one an address.
pub(super) fn find<'a>(page: &'a Page, base: Option<&Url>) -> Vec<Candidate<'a>> {
    let anchors: Vec<NodeRef<'a>> =
        page.select("a[href]").nodes().iter().take(MAX_ANCHORS).copied().collect();
    let zones = Zones::of(&anchors);
    let mut groups: Vec<(Url, Vec<NodeRef<'a>>)> = Vec::new();
    let mut places: HashMap<Url, usize> = HashMap::new();
    for anchor in anchors.into_iter().filter(|anchor| !zones.hold(anchor)) {
        let Some((_, Some(mut url))) = related::address(&anchor, base) else { continue };
        // Comments and parts of an article are not others.
        url.set_fragment(None);
        let at = *places.entry(url.clone()).or_insert_with(|| {
            groups.push((url, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(anchor);
    }
    groups.into_iter().filter_map(|(url, anchors)| candidate(url, &anchors)).collect()
}

fn candidate<'a>(url: Url, anchors: &[NodeRef<'a>]) -> Option<Candidate<'a>> {
    let title = related::title(anchors)?;
    let is_heading = anchors.iter().any(is_in_heading);
    let titled = anchors.iter().find(|anchor| dom::text(anchor).contains(&title));
    let fits = is_heading || related::is_title(&title);
    fits.then(|| Candidate { url, title, anchor: *titled.unwrap_or(&anchors[0]), is_heading })
}

fn is_in_heading(anchor: &NodeRef<'_>) -> bool {
    let is_heading = |node: &NodeRef<'_>| dom::heading_level(&dom::name(node)).is_some();
    dom::closest(*anchor, is_heading).is_some()
        || anchor.descendants_it().any(|node| is_heading(&node))
}

/// A link of few words that stands where titles stand.
pub(super) fn short<'a>(anchor: NodeRef<'a>, base: Option<&Url>) -> Option<Candidate<'a>> {
    let (_, url) = related::address(&anchor, base)?;
    let title = dom::spaced_lines(&anchor).join(" ");
    let fits =
        title.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !wording::is_more_link(&title);
    Some(Candidate { url: url?, title, anchor, is_heading: is_in_heading(&anchor) })
        .filter(|_| fits)
}

/// The parts of a page that are menus and the like. What holds most of the page's links is none, whatever it is called:
/// many pages name their frame after the column beside it.
struct Zones {
    links_below: HashMap<NodeId, usize>,
    all: usize,
}

impl Zones {
    fn of(anchors: &[NodeRef<'_>]) -> Self {
        let mut links_below = HashMap::new();
        for node in anchors.iter().flat_map(|anchor| anchor.ancestors_it(None)) {
            *links_below.entry(node.id).or_insert(0) += 1;
        }
        Self { links_below, all: anchors.len() }
    }

    fn hold(&self, anchor: &NodeRef<'_>) -> bool {
        anchor.ancestors_it(None).any(|node| {
            let links = self.links_below.get(&node.id).copied().unwrap_or(0);
            links * 2 <= self.all && is_zone(&node)
        })
    }
}

fn is_zone(node: &NodeRef<'_>) -> bool {
    if !node.is_element() {
        return false;
    }
    let role = node.attr("role");
    let is_named = dom::is_named(node, |name| matches!(name, "nav" | "aside" | "footer" | "form"))
        || role.is_some_and(|role| {
            matches!(&*role, "navigation" | "complementary" | "contentinfo" | "search" | "menu")
        });
    // The footer of an entry holds its topics; its header, the title.
    let in_entry = || {
        dom::closest(*node, |around| {
            dom::is_named(around, |name| matches!(name, "article" | "li" | "td"))
        })
        .is_some()
    };
    is_named && !(node.has_name("footer") && in_entry()) || is_styled_as_zone(node)
}

fn is_styled_as_zone(node: &NodeRef<'_>) -> bool {
    let words = |name: &str| node.attr(name).map(|value| value.to_lowercase()).unwrap_or_default();
    let styles = words("class") + " " + &words("id");
    // "post-navigation" is one; "nav-open" on a frame says what state it is in, and the count above sees to that.
    styles
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| ZONES.contains(&word) || word == "navigation")
}
