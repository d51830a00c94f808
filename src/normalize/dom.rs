//! Reading a parsed tree: kinds of elements, text as a reader sees it, lines with the place they stand in.

use dom_query::{Document as Page, LocalName, NodeData, NodeRef, TreeNode};

use crate::domain::bytes::is_evenly_spaced;

/// The element's name in lower case; empty for texts and comments.
pub(super) fn name(node: &NodeRef<'_>) -> LocalName {
    node.qual_name_ref().map(|name| name.local.clone()).unwrap_or_default()
}

/// Whether `test` holds for the element's name; texts and comments have none.
pub(super) fn is_named(node: &NodeRef<'_>, test: impl Fn(&str) -> bool) -> bool {
    node.qual_name_ref().is_some_and(|name| test(&name.local))
}

/// Whether `test` holds for the name and the value of one of the element's attributes.
pub(super) fn has_attribute(node: &NodeRef<'_>, mut test: impl FnMut(&str, &str) -> bool) -> bool {
    let any = |tree_node: &TreeNode| {
        let element = tree_node.as_element();
        element.is_some_and(|e| e.attrs.iter().any(|a| test(&a.name.local, &a.value)))
    };
    node.query(any).unwrap_or_default()
}

/// The page's elements of that name, in its order; a selector, which may ask for more than a name, takes longer to compare.
pub(super) fn named<'a>(page: &'a Page, name: &str) -> Vec<NodeRef<'a>> {
    page.root().find(&[name])
}

/// The page's elements that have an attribute as it `may_be`, by its name and value. A selector looks at more, and takes
/// several times as long.
pub(super) fn having(page: &Page, may_be: impl Fn(&str, &str) -> bool) -> Vec<NodeRef<'_>> {
    let root = page.root();
    root.descendants_it().filter(|node| has_attribute(node, &may_be)).collect()
}

/// Whether one of the words of the element's `rel` is `word`.
pub(super) fn is_related(node: &NodeRef<'_>, word: &str) -> bool {
    let rel = node.attr("rel");
    rel.is_some_and(|rel| rel.split_whitespace().any(|own| own.eq_ignore_ascii_case(word)))
}

/// Elements that begin and end a line.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "option"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Elements whose text no reader sees, and readings above the line, which a line of text would say twice (HTML's ruby).
pub(super) fn is_unseen(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "head"
            | "svg"
            | "iframe"
            | "select"
            | "textarea"
            | "object"
            | "rt"
            | "rp"
    )
}

/// 1 to 6 for a heading element.
pub(super) fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => Some(digit - b'0'),
        _ => None,
    }
}

/// A step of a walk through the tree.
pub(super) enum Step<'a, 'n> {
    Enter(&'n str),
    Leave(&'n str),
    Text(NodeRef<'a>),
}

/// Walks what readers see of `root` without recursion, so that depth costs no stack.
pub(super) fn walk<'a>(root: &NodeRef<'a>, mut visit: impl FnMut(Step<'a, '_>)) {
    let mut open: Vec<(Option<NodeRef<'a>>, LocalName)> = Vec::new();
    let mut next = Some(*root);
    loop {
        if let Some(node) = next {
            if node.is_text() {
                visit(Step::Text(node));
                next = if open.is_empty() { None } else { node.next_sibling() };
                if open.is_empty() {
                    return;
                }
                continue;
            }
            let name = name(&node);
            if is_unseen(&name) || node.is_comment() {
                if open.is_empty() {
                    return;
                }
                next = node.next_sibling();
                continue;
            }
            visit(Step::Enter(&name));
            let sibling = if open.is_empty() { None } else { node.next_sibling() };
            open.push((sibling, name));
            next = node.first_child();
        } else {
            let Some((sibling, name)) = open.pop() else { return };
            visit(Step::Leave(&name));
            next = sibling;
            if open.is_empty() {
                return;
            }
        }
    }
}

/// What `read` makes of the characters of a text node; of none for another node.
pub(super) fn with_text<T: Default>(node: &NodeRef<'_>, read: impl FnOnce(&str) -> T) -> T {
    node.query(|tree_node| match &tree_node.data {
        NodeData::Text { contents } => read(contents),
        _ => read(""),
    })
    .unwrap_or_default()
}

/// The characters of a text node.
pub(super) fn raw_text(node: &NodeRef<'_>) -> String {
    with_text(node, str::to_owned)
}

/// White space as a reader sees it: one space between words, none at the ends.
pub(super) fn squeeze(text: &str) -> String {
    if is_evenly_spaced(text) {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    // What lies between is copied in one piece: most of it is squeezed already.
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        let is_lone = bytes[at] == b' '
            && at > from
            && bytes.get(at + 1).is_some_and(|next| !may_begin_blank(*next));
        if is_lone || !may_begin_blank(bytes[at]) {
            at += 1;
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        let after = at + c.len_utf8();
        if c.is_whitespace() {
            push_word(&mut out, &text[from..at]);
            from = after;
        }
        at = after;
    }
    push_word(&mut out, &text[from..]);
    out
}

/// The first bytes that white space has in UTF-8.
fn may_begin_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r' | 0xC2 | 0xE1..=0xE3)
}

fn push_word(out: &mut String, word: &str) {
    if !word.is_empty() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
}

/// The lines that a reader sees of `root`: text between the borders of blocks and line breaks.
pub(super) fn lines(root: &NodeRef<'_>) -> Vec<String> {
    split(root, |_| false)
}

/// Lines cut also where inline elements begin and end that hold a thing of their own, such as a date beside a title.
pub(super) fn pieces(root: &NodeRef<'_>) -> Vec<String> {
    split(root, is_holder)
}

/// Lines with a space where such elements meet, for pages that set them apart by style alone ("By" beside a name).
pub(super) fn spaced_lines(root: &NodeRef<'_>) -> Vec<String> {
    let (mut lines, mut current) = (Vec::new(), String::new());
    walk(root, |step| match step {
        Step::Text(node) => with_text(&node, |text| current.push_str(text)),
        Step::Enter(name) | Step::Leave(name) if name == "br" || is_block(name) => {
            flush(&mut current, &mut lines);
        }
        Step::Enter(name) | Step::Leave(name) if is_holder(name) => current.push(' '),
        _ => {}
    });
    flush(&mut current, &mut lines);
    lines
}

fn is_holder(name: &str) -> bool {
    matches!(name, "a" | "span" | "time" | "i" | "small" | "label" | "cite" | "font")
}

fn split(root: &NodeRef<'_>, is_border: impl Fn(&str) -> bool) -> Vec<String> {
    let (mut lines, mut current) = (Vec::new(), String::new());
    walk(root, |step| match step {
        Step::Text(node) => with_text(&node, |text| current.push_str(text)),
        Step::Enter(name) | Step::Leave(name)
            if name == "br" || is_block(name) || is_border(name) =>
        {
            flush(&mut current, &mut lines);
        }
        _ => {}
    });
    flush(&mut current, &mut lines);
    lines
}

fn flush(current: &mut String, lines: &mut Vec<String>) {
    let line = squeeze(current);
    current.clear();
    if !line.is_empty() {
        lines.push(line);
    }
}

/// The text of `root` on one line.
pub(super) fn text(root: &NodeRef<'_>) -> String {
    let mut out = String::new();
    walk(root, |step| match step {
        Step::Text(node) => with_text(&node, |text| out.push_str(text)),
        Step::Enter(name) | Step::Leave(name) if name == "br" || is_block(name) => out.push(' '),
        _ => {}
    });
    squeeze(&out)
}

/// The nearest ancestor, itself included, that passes `test`.
pub(super) fn closest<'a>(
    node: NodeRef<'a>,
    test: impl Fn(&NodeRef<'a>) -> bool,
) -> Option<NodeRef<'a>> {
    let mut current = Some(node);
    while let Some(node) = current {
        if test(&node) {
            return Some(node);
        }
        current = node.parent();
    }
    None
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::*;

    #[test]
    fn white_space_of_every_kind_is_squeezed() {
        for text in [
            "",
            " ",
            "a",
            " a ",
            "a b",
            "a  b",
            "a b ",
            "a \n\u{3000}b\u{A0}",
            "\u{2003}a b\u{85}c ",
            "中。 文\u{3000}。",
            "a \u{2019}b",
            "\u{200B} x",
            "a\tb c\u{B}d",
            "é è \u{A0}à",
            "\u{1680}a\u{202F}b\u{2028}c",
        ] {
            let words: Vec<&str> = text.split_whitespace().collect();
            assert_eq!(squeeze(text), words.join(" "), "{text:?}");
        }
    }

    #[test]
    fn lines_end_at_blocks_and_breaks_and_nothing_unseen_is_read() {
        let page = Document::from(
            "<div>One <b>two</b><br>three<p>four</p>five<script>six()</script></div><ul><li>seven<li>eight</ul>",
        );
        let read = lines(&page.root());
        assert_eq!(read, ["One two", "three", "four", "five", "seven", "eight"]);
    }

    #[test]
    fn a_walk_stays_within_its_root() {
        let page = Document::from("<p id=a>one</p><p>two</p>");
        let first = page.select("#a");
        assert_eq!(text(&first.nodes()[0]), "one");
    }
}
