//! Formulas as their TeX: what draws them, in glyphs, in `MathML` and again for screen readers, says them several times.

use dom_query::NodeRef;

use super::{dom, sanitize};

/// Formulas of one page; the rest stays as it was drawn.
const MAX_FORMULAS: usize = 5_000;
/// Elements around a formula that draw it.
const MAX_CLIMB: usize = 6;

/// Puts TeX as code in the place of every formula that has it, among the scripts, `math` and annotations of a page.
pub(super) fn write(elements: &[NodeRef<'_>]) {
    let named = |name: &'static str| elements.iter().filter(move |n| n.has_name(name));
    let is_tex = |script: &&NodeRef<'_>| {
        dom::has_attribute(script, |name, value| name == "type" && value.starts_with("math/tex"))
    };
    for script in named("script").filter(is_tex).take(MAX_FORMULAS) {
        remove_drawn(script);
        put(script, &script.text());
    }
    for math in named("math").take(MAX_FORMULAS) {
        if let Some(tex) = tex(math) {
            put(&drawing(*math), &tex);
        }
    }
    // Notes of a formula in another notation than its own would be read beside it.
    named("annotation").chain(named("annotation-xml")).for_each(NodeRef::remove_from_parent);
}

fn put(place: &NodeRef<'_>, tex: &str) {
    let tex = dom::squeeze(tex);
    if !tex.is_empty() {
        place.replace_with_html(format!(
            "<code class=\"language-tex\">{}</code>",
            sanitize::escape(&tex)
        ));
    }
}

/// What the formula was written in.
fn tex(math: &NodeRef<'_>) -> Option<String> {
    let annotations = math.find(&["annotation"]);
    let written = annotations.iter().find(|node| {
        node.attr("encoding").is_some_and(|encoding| encoding.to_ascii_lowercase().contains("tex"))
    });
    let tex = written.map(|node| node.text().to_string());
    tex.or_else(|| math.attr("alttext").map(|text| text.to_string()))
        .filter(|tex| !tex.trim().is_empty())
}

/// The outermost element that only draws this formula: its names are those of the libraries, or say what it is.
fn drawing(math: NodeRef<'_>) -> NodeRef<'_> {
    let mut drawing = math;
    for _ in 0..MAX_CLIMB {
        let Some(parent) = drawing.parent() else { break };
        let is_around = parent.has_name("span") && dom::text(&parent) == dom::text(&drawing);
        if !(is_around || draws(&parent)) || parent.find(&["math"]).len() > 1 {
            break;
        }
        drawing = parent;
    }
    drawing
}

fn draws(node: &NodeRef<'_>) -> bool {
    let is_named = node.attr("class").is_some_and(|class| {
        let class = class.to_ascii_lowercase();
        ["katex", "mathjax", "mathml", "math"]
            .iter()
            .any(|name| class.split([' ', '-', '_']).any(|part| part == *name))
    });
    dom::is_named(node, |name| name.starts_with("mjx-") || (name == "span" && is_named))
}

/// `MathJax` draws before the script that holds the formula.
fn remove_drawn(script: &NodeRef<'_>) {
    while let Some(drawn) = script.prev_element_sibling().filter(|node| {
        node.attr("class").is_some_and(|class| class.contains("MathJax"))
            && node.next_sibling().is_some_and(|next| next.id == script.id)
    }) {
        drawn.remove_from_parent();
    }
}
