//! The narrowest element that holds nearly all prose of the page, whatever it is called: old tables and page builders included.

use dom_query::NodeRef;

use crate::normalize::body::prose::Prose;

/// Percent of the page's prose that the element must hold; sidebars and comments have the rest.
const SHARE: usize = 70;

/// The element, if the page has prose.
pub(in crate::normalize::body) fn find<'a>(
    body: &NodeRef<'a>,
    prose: &Prose,
) -> Option<NodeRef<'a>> {
    let enough = (prose.total() * SHARE).div_ceil(100);
    if enough == 0 {
        return None;
    }
    let mut narrowest = *body;
    loop {
        let children = narrowest.element_children();
        // A paragraph is never the article: short ones have nearly all their prose in one.
        let holds = |child: &NodeRef<'_>| prose.weight(child) >= enough && !child.has_name("p");
        match children.into_iter().find(holds) {
            Some(child) => narrowest = child,
            None => return Some(narrowest),
        }
    }
}
