//! Pictures with their captions become figures, however the page wrote them: a caption is not the article's prose.

use dom_query::NodeRef;

use super::prose::{Measure, Prose};
use crate::normalize::dom;

/// Weight of the longest caption with its credit.
const MAX_CAPTION: usize = 420;
/// Nodes that such a box has at most: a link, a picture with its sources, a caption and a credit.
const MAX_NODES: usize = 60;
/// Levels between a picture and the box that holds it with its caption.
const MAX_CLIMB: usize = 6;

/// Makes a `figure` of every box that holds a picture, a caption, and nothing else.
pub(super) fn frame(body: &NodeRef<'_>, prose: &Prose) {
    let images = body.find(&["img"]);
    if images.is_empty() {
        return;
    }
    // A page of one picture and one sentence is that sentence.
    let longest = MAX_CAPTION.min(prose.total() / 8);
    for image in images {
        if let Some(frame) = around(image, prose, longest) {
            frame.rename("figure");
        }
    }
}

/// The widest box that fits.
fn around<'a>(image: NodeRef<'a>, prose: &Prose, longest: usize) -> Option<NodeRef<'a>> {
    let mut found = None;
    let mut node = image.parent()?;
    for _ in 0..MAX_CLIMB {
        let name = dom::name(&node);
        if &*name == "figure" || !fits(&node, &name, prose.measure(&node), longest) {
            break;
        }
        if matches!(&*name, "div" | "center" | "section" | "table" | "dl") {
            found = Some(node);
        }
        node = node.parent()?;
    }
    found.filter(|frame| prose.measure(frame).free > 0)
}

fn fits(node: &NodeRef<'_>, name: &str, measure: Measure, longest: usize) -> bool {
    let text = measure.free + measure.linked;
    let is_box = matches!(
        name,
        "div"
            | "span"
            | "a"
            | "center"
            | "picture"
            | "section"
            | "p"
            | "table"
            | "tbody"
            | "tr"
            | "td"
            | "dl"
            | "dt"
            | "dd"
            | "strong"
            | "b"
            | "em"
            | "font"
    );
    is_box
        && text <= longest
        && node.descendants_it().take(MAX_NODES + 1).count() <= MAX_NODES
        && node.find(&["p"]).len() <= 2
        && !node.descendants_it().any(|inner| {
            let name = dom::name(&inner);
            dom::heading_level(&name).is_some() || matches!(&*name, "li" | "pre" | "blockquote")
        })
}

#[cfg(test)]
mod tests {
    use dom_query::Document as Page;

    use super::*;

    #[test]
    fn a_box_of_a_picture_and_a_line_is_a_figure_and_one_with_prose_is_not() {
        let prose =
            "The pier was rebuilt after the storm of last winter, and nobody counted the planks. ";
        let page = Page::from(format!(
            "<div id=all><p>{0}</p><div id=box><a href=/x><img src=/i.jpg></a><div>The pier, today. Photo: Ann</div></div><div id=text><img src=/j.jpg><p>{0}</p></div></div>",
            prose.repeat(8)
        ));
        let body = page.body().unwrap();
        frame(&body, &Prose::of(&body));
        assert!(page.select("#box").nodes()[0].has_name("figure"));
        assert!(page.select("#text").nodes()[0].has_name("div"));
    }
}
