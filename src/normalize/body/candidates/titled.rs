//! The container around the title's heading: the article stands there, whatever else on the page is longer.

use dom_query::{Document as Page, NodeRef};

use crate::normalize::body::prose::Prose;
use crate::normalize::dom;
use crate::normalize::folding::fold;

/// Weight of prose below which a container is a teaser or a lead.
pub(in crate::normalize::body) const ENOUGH: usize = 250;
/// Weight of text that is more than a title and a date.
const SOME: usize = 100;

/// The narrowest element around the heading that says `title` and holds at least `enough` prose, and not more links.
pub(in crate::normalize::body) fn find<'a>(
    page: &'a Page,
    prose: &Prose,
    title: &str,
    enough: usize,
) -> Option<NodeRef<'a>> {
    let mut around = around(page, title);
    let found = around.find(|node| prose.weight(node) >= enough)?;
    let measure = prose.measure(&found);
    (measure.prose > measure.linked).then_some(found)
}

/// The narrowest one that holds some text, most of it outside links.
pub(in crate::normalize::body) fn text<'a>(
    page: &'a Page,
    prose: &Prose,
    title: &str,
) -> Option<NodeRef<'a>> {
    let found = around(page, title).find(|node| prose.measure(node).free >= SOME)?;
    let measure = prose.measure(&found);
    (measure.free > 2 * measure.linked).then_some(found)
}

/// The elements around the title's heading, the narrowest first.
fn around<'a>(page: &'a Page, title: &str) -> impl Iterator<Item = NodeRef<'a>> + use<'a> {
    let title = fold(title);
    let says = |name| {
        let is_it = |heading: &NodeRef<'_>| fold(&dom::text(heading)) == title;
        dom::named(page, name).into_iter().find(is_it)
    };
    // Lists of other articles repeat the title, in smaller headings.
    let heading = says("h1").or_else(|| says("h2"));
    std::iter::successors(heading.and_then(|heading| heading.parent()), NodeRef::parent)
}
