//! Makes a parsed page plain before anything looks for the article in it: no scripts, real image addresses, no pixels.

use dom_query::{Document, NodeRef};

use super::{dom, formulas};

/// Attributes in which pages keep an image's address until it scrolls into view.
const LAZY: [&str; 12] = [
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-actualsrc",
    "data-lazyload",
    "data-original-src",
    "data-url",
    "data-echo",
    "data-hi-res-src",
    "data-src-large",
    "data-full-src",
    "data-image",
];
/// The last stands beside an address that counts.
const LAZY_SETS: [&str; 3] = ["data-srcset", "data-lazy-srcset", "srcset"];

/// Whether an image's attribute may hold another address than its own.
pub(super) fn may_name_image(attribute: &str) -> bool {
    LAZY.contains(&attribute) || LAZY_SETS[..2].contains(&attribute)
}

/// What the page is made of, as far as it is changed here.
#[derive(Default)]
struct Found<'a> {
    noscripts: Vec<NodeRef<'a>>,
    formulas: Vec<NodeRef<'a>>,
    code: Vec<NodeRef<'a>>,
    /// What no reader sees and nothing of which is kept.
    unseen: Vec<NodeRef<'a>>,
    images: Vec<NodeRef<'a>>,
    hidden: Vec<NodeRef<'a>>,
}

impl<'a> Found<'a> {
    fn sort(&mut self, node: NodeRef<'a>) {
        if node.is_comment() {
            return self.unseen.push(node);
        }
        if dom::has_attribute(&node, |name, _| matches!(name, "hidden" | "aria-hidden")) {
            self.hidden.push(node);
        }
        match &*dom::name(&node) {
            "noscript" => {
                self.noscripts.push(node);
                self.unseen.push(node);
            }
            "script" => {
                self.formulas.push(node);
                self.unseen.push(node);
            }
            "math" | "annotation" | "annotation-xml" => self.formulas.push(node),
            "pre" | "xmp" | "listing" => self.code.push(node),
            "style" | "template" | "link" | "svg" | "select" | "textarea" | "canvas" => {
                self.unseen.push(node);
            }
            "img" | "amp-img" => self.images.push(node),
            _ => {}
        }
    }
}

/// Tidies the page in place.
pub(super) fn tidy(page: &Document) {
    let mut found = Found::default();
    page.root().descendants_it().for_each(|node| found.sort(node));
    found.noscripts.iter().for_each(unwrap_image);
    found.hidden.iter().for_each(show_what_a_script_would);
    formulas::write(&found.formulas);
    // Old names of the same.
    let old = found.code.iter().filter(|node| !node.has_name("pre"));
    old.for_each(|node| node.rename("pre"));
    found.code.iter().for_each(name_language);
    found.unseen.iter().for_each(NodeRef::remove_from_parent);
    found.images.iter().for_each(resolve_image);
}

/// An image that only readers without scripts get stands in for the empty one before it.
fn unwrap_image(noscript: &NodeRef<'_>) {
    let images = noscript.find(&["img"]);
    if let [image] = images.as_slice()
        && dom::text(image).is_empty()
        && dom::closest(*noscript, |node| node.has_name("body")).is_some()
    {
        let placeholder = noscript.prev_element_sibling().filter(|node| node.has_name("img"));
        noscript.insert_before(image);
        if let Some(placeholder) = placeholder {
            placeholder.remove_from_parent();
        }
    }
}

/// The language that a box around code names is written on the code, where it outlives the box.
fn name_language(code: &NodeRef<'_>) {
    let around = std::iter::successors(Some(*code), NodeRef::parent).take(3);
    let inner = code.first_element_child().filter(|child| child.has_name("code"));
    if let Some(language) = inner.into_iter().chain(around).find_map(|node| language(&node)) {
        code.set_attr("class", &format!("language-{language}"));
    }
}

/// What the element's class or data attributes say of the language of code.
fn language(node: &NodeRef<'_>) -> Option<String> {
    let class = node.attr("class").unwrap_or_default();
    let mut classes = class.split_whitespace();
    let named = classes
        .find_map(|name| name.strip_prefix("language-").or_else(|| name.strip_prefix("lang-")))
        .map(str::to_owned);
    let data = || ["data-lang", "data-language"].iter().find_map(|name| node.attr(name));
    let language = named.or_else(|| data().map(|value| value.to_lowercase()))?;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '+' | '#' | '-' | '_' | '.');
    (!language.is_empty() && language.chars().all(is_name)).then_some(language)
}

/// Prose that waits for a script: parts streamed in hidden containers (`S:` and a number, as React writes them), and paid
/// articles, whose parts schema.org asks to call `paywall` and which are in the page for those who may read them.
fn show_what_a_script_would(node: &NodeRef<'_>) {
    let is_streamed =
        node.has_name("div") && node.attr("id").is_some_and(|id| id.starts_with("S:"));
    if is_streamed || node.has_name("p") || node.has_class("paywall") {
        node.remove_attr("hidden");
        node.remove_attr("aria-hidden");
    }
}

fn resolve_image(image: &NodeRef<'_>) {
    if is_pixel(image) {
        image.remove_from_parent();
        return;
    }
    image.rename("img");
    let source = image.attr("src").map(|src| src.to_string()).unwrap_or_default();
    let is_placeholder = source.is_empty() || source.starts_with("data:");
    let lazy = LAZY
        .iter()
        .find_map(|name| image.attr(name).map(|v| v.to_string()).filter(|v| looks_like_address(v)));
    let from_set =
        || LAZY_SETS.iter().find_map(|name| image.attr(name).and_then(|set| largest(&set)));
    if let Some(address) = lazy.or_else(|| if is_placeholder { from_set() } else { None }) {
        image.set_attr("src", &address);
    } else if is_placeholder {
        image.remove_from_parent();
    }
}

/// An image of one pixel or none is there to count readers.
fn is_pixel(image: &NodeRef<'_>) -> bool {
    let side = |name: &str| {
        image.attr(name).and_then(|v| v.trim().trim_end_matches("px").parse::<u32>().ok())
    };
    side("width").is_some_and(|w| w <= 1) || side("height").is_some_and(|h| h <= 1)
}

fn looks_like_address(value: &str) -> bool {
    let value = value.trim();
    !value.is_empty()
        && !value.starts_with("data:")
        && !value.starts_with(['{', '['])
        && value.contains(['/', '.'])
}

/// The candidate of a `srcset` with the largest descriptor.
fn largest(set: &str) -> Option<String> {
    let candidates = set.split(", ").filter_map(|candidate| {
        let mut parts = candidate.split_whitespace();
        let address = parts.next()?.trim_end_matches(',');
        let size = parts
            .next()
            .and_then(|d| d.trim_end_matches(['w', 'x', ',']).parse::<f64>().ok())
            .unwrap_or(1.0);
        looks_like_address(address).then(|| (address.to_owned(), size))
    });
    candidates.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(address, _)| address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lazy_images_get_their_real_address_and_pixels_go() {
        let page = Document::from(concat!(
            r#"<img src="data:image/gif;base64,R0" data-src="/a.jpg"><img src="data:x" srcset="/s.jpg 300w, /l.jpg 900w">"#,
            r#"<img src="/p.gif" width="1" height="1"><img src="/plain.jpg" srcset="/x.jpg 2x">"#,
            r#"<img src="data:x"><noscript><img src="/n.jpg"></noscript><script>x()</script><!-- c -->"#
        ));
        tidy(&page);
        let sources: Vec<String> =
            page.select("img").iter().map(|image| image.attr_or("src", "").to_string()).collect();
        assert_eq!(sources, ["/a.jpg", "/l.jpg", "/plain.jpg", "/n.jpg"]);
        assert!(!page.html().contains("<!--") && !page.html().contains("x()"));
    }
}
