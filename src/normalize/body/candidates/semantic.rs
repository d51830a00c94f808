//! The container that the page itself calls its article: microdata, `article`, `main`.

use dom_query::{Document as Page, NodeRef};

use crate::normalize::dom;

/// Containers by how surely they hold the article and nothing else.
const CONTAINERS: [&str; 5] =
    ["[itemprop=articleBody]", "article", "[role=article]", "main", "[role=main]"];
/// What is no part of an article wherever it stands.
const FOREIGN: &str = "nav, aside, footer, form, button, input, select, dialog, [hidden], [role=navigation], [role=complementary], [role=dialog], [aria-hidden=true]";
/// Containers of one kind that are weighed; pages wrap each teaser in an `article` too, but the article is among the first.
const MAX_CONTAINERS: usize = 60;
/// Characters below which a container is a teaser or a shell.
const ENOUGH: usize = 250;

/// The article as HTML.
pub(in crate::normalize::body) fn find(page: &Page) -> Option<String> {
    CONTAINERS.iter().find_map(|selector| {
        let nodes = page.select(selector);
        let best = nodes
            .nodes()
            .iter()
            .take(MAX_CONTAINERS)
            .map(|node| (prose(node), node))
            .max_by_key(|(prose, _)| *prose)?;
        (best.0 >= ENOUGH).then(|| without_foreign(best.1))
    })
}

/// Characters in paragraphs, which menus and teasers have few of.
fn prose(node: &NodeRef<'_>) -> usize {
    node.find(&["p"]).iter().map(|p| dom::text(p).chars().count()).sum()
}

fn without_foreign(node: &NodeRef<'_>) -> String {
    let part = node.to_fragment();
    part.select(FOREIGN).remove();
    part.html().to_string()
}
