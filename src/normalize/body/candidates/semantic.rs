//! The container that the page itself calls its article: microdata, `article`, `main`.

use dom_query::{Document as Page, NodeRef};

use crate::normalize::body::prose::Prose;

/// Containers by how surely they hold the article and nothing else.
const CONTAINERS: [&str; 5] =
    ["[itemprop=articleBody]", "article", "[role=article]", "main", "[role=main]"];
/// Containers of one kind that are weighed; pages wrap each teaser in an `article` too, but the article is among the first.
const MAX_CONTAINERS: usize = 60;
/// Weight of prose below which a container is a teaser or a shell.
const ENOUGH: usize = 250;

/// The element, if the page names one.
pub(in crate::normalize::body) fn find<'a>(page: &'a Page, prose: &Prose) -> Option<NodeRef<'a>> {
    CONTAINERS.iter().find_map(|selector| {
        let nodes = page.select(selector);
        let heaviest =
            nodes.nodes().iter().take(MAX_CONTAINERS).max_by_key(|node| prose.weight(node))?;
        (prose.weight(heaviest) >= ENOUGH).then_some(*heaviest)
    })
}
