//! The container that the page itself calls its article: microdata, `article`, `main`.

use dom_query::{Document as Page, NodeRef};

use crate::normalize::body::prose::Prose;
use crate::normalize::dom;

/// Containers by how surely they hold the article and nothing else: an attribute with its value, or the element of that name.
const CONTAINERS: [(Option<&str>, &str); 5] = [
    (Some("itemprop"), "articleBody"),
    (None, "article"),
    (Some("role"), "article"),
    (None, "main"),
    (Some("role"), "main"),
];
/// Containers of one kind that are weighed; pages wrap each teaser in an `article` too, but the article is among the first.
const MAX_CONTAINERS: usize = 60;
/// Weight of prose below which a container is a teaser or a shell.
const ENOUGH: usize = 250;

/// The element, if the page names one.
pub(in crate::normalize::body) fn find<'a>(page: &'a Page, prose: &Prose) -> Option<NodeRef<'a>> {
    CONTAINERS.iter().find_map(|(attribute, name)| {
        let nodes = match attribute {
            Some(attribute) => dom::having(page, |own, value| own == *attribute && value == *name),
            None => dom::named(page, name),
        };
        let some = nodes.into_iter().take(MAX_CONTAINERS);
        some.max_by_key(|node| prose.weight(node)).filter(|node| prose.weight(node) >= ENOUGH)
    })
}
