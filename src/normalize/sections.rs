//! Cuts sanitised HTML into titled Sections of typed blocks. Both forms of a block, text and HTML, say the same.

use dom_query::{Document, NodeRef};

use super::dom;
use crate::domain::{Block, BlockKind, Section};

/// Longest heading in characters; what is longer is a paragraph in heading's clothes.
const MAX_HEADING: usize = 200;

/// Longest line in bold that heads a part; a Han character counts as two.
const MAX_BOLD: usize = 80;
/// The level of such a heading, which the page does not tell.
const BOLD_LEVEL: u8 = 3;

/// The sections of `html`, which holds no heading that is not the article's.
pub(super) fn split(html: &str) -> Vec<Section> {
    let fragment = Document::fragment(html);
    let has_headings = fragment
        .root()
        .descendants_it()
        .any(|node| dom::is_named(&node, |name| dom::heading_level(name) > Some(1)));
    let opening = vec![Section::opening(Vec::new())];
    // Where a page has headings, its bold lines are no more than bold.
    let mut cutter =
        Cutter { sections: opening, heads_by_bold: !has_headings, ..Cutter::default() };
    cutter.descend(&fragment.root());
    cutter.flush();
    cutter.sections.retain(|section| section.heading.is_some() || !section.blocks.is_empty());
    cutter.sections
}

#[derive(Default)]
struct Cutter {
    sections: Vec<Section>,
    /// Text and inline elements that no block encloses.
    inline: String,
    inline_text: String,
    /// Whether lines in bold are headings.
    heads_by_bold: bool,
}

impl Cutter {
    fn descend(&mut self, parent: &NodeRef<'_>) {
        for node in parent.children() {
            self.take(&node);
        }
    }

    fn take(&mut self, node: &NodeRef<'_>) {
        let name = dom::name(node);
        if let Some(level) = dom::heading_level(&name) {
            self.heading(node, level);
            return;
        }
        match &*name {
            "br" => self.line_break(),
            "hr" => self.flush(),
            "p" => self.paragraph(node),
            "ul" | "ol" | "dl" | "menu" | "dir" => self.list(node),
            "blockquote" => self.whole(node, BlockKind::Quote),
            "pre" => self.code(node),
            "table" => self.table(node),
            "figure" | "img" => self.figure(node),
            other if dom::is_block(other) => self.container(node),
            "" if node.is_text() => self.inline(node),
            // Inline elements around blocks, as old pages have them.
            _ if has_block_inside(node) => self.descend(node),
            _ => self.inline(node),
        }
    }

    fn container(&mut self, node: &NodeRef<'_>) {
        self.flush();
        self.descend(node);
        self.flush();
    }

    fn heading(&mut self, node: &NodeRef<'_>, level: u8) {
        self.flush();
        let text = dom::text(node);
        if text.is_empty() {
            return self.images_of(node);
        }
        if text.chars().count() > MAX_HEADING {
            return self.descend(node);
        }
        self.sections.push(Section::headed(text, level, Vec::new()));
        self.images_of(node);
    }

    fn paragraph(&mut self, node: &NodeRef<'_>) {
        self.flush();
        if self.heads_by_bold && is_bold_line(node) {
            return self.heading(node, BOLD_LEVEL);
        }
        if has_block_inside(node) || node.descendants_it().any(|inner| inner.has_name("br")) {
            self.descend(node);
            return self.flush();
        }
        self.inline(node);
        self.flush();
    }

    fn images_of(&mut self, node: &NodeRef<'_>) {
        for image in node.find(&["img"]) {
            self.push(BlockKind::Figure, String::new(), image.html().to_string());
        }
    }

    fn list(&mut self, node: &NodeRef<'_>) {
        self.flush();
        if node.descendants_it().any(|inner| {
            dom::heading_level(&dom::name(&inner)).is_some() || inner.has_name("table")
        }) {
            return self.container(node);
        }
        let text = lines_of(node);
        if text.is_empty() {
            return self.images_of(node);
        }
        self.push(BlockKind::List, text, node.html().to_string());
    }

    fn whole(&mut self, node: &NodeRef<'_>, kind: BlockKind) {
        self.flush();
        if node.descendants_it().any(|inner| dom::heading_level(&dom::name(&inner)).is_some()) {
            return self.container(node);
        }
        let text = lines_of(node);
        if text.is_empty() {
            self.images_of(node);
        } else {
            self.push(kind, text, node.html().to_string());
        }
    }

    fn code(&mut self, node: &NodeRef<'_>) {
        self.flush();
        let text = node.text().trim_matches('\n').trim_end().to_owned();
        if !text.is_empty() {
            self.push(BlockKind::Code, text, node.html().to_string());
        }
    }

    /// Tables that lay out a page are containers; those that hold data are blocks.
    fn table(&mut self, node: &NodeRef<'_>) {
        self.flush();
        if is_layout(node) {
            return self.container(node);
        }
        let rows: Vec<String> =
            node.find(&["tr"]).iter().map(row_text).filter(|row| !row.is_empty()).collect();
        if rows.is_empty() {
            self.images_of(node);
        } else {
            self.push(BlockKind::Table, rows.join("\n"), node.html().to_string());
        }
    }

    fn figure(&mut self, node: &NodeRef<'_>) {
        self.flush();
        let has_image = node.has_name("img") || !node.find(&["img"]).is_empty();
        if !has_image {
            // Code, tables and quotes also come as figures.
            return self.container(node);
        }
        self.push(BlockKind::Figure, String::new(), node.html().to_string());
    }

    /// Two breaks end a paragraph; one only ends a line, which old pages use for the same.
    fn line_break(&mut self) {
        self.flush();
    }

    fn inline(&mut self, node: &NodeRef<'_>) {
        let is_paragraph = node.has_name("p");
        let text = if node.is_text() { dom::raw_text(node) } else { inline_text(node) };
        if !node.is_text() && text.trim().is_empty() {
            return self.wordless(node, &text);
        }
        self.inline_text.push_str(&text);
        let html = if is_paragraph { node.inner_html() } else { node.html() };
        self.inline.push_str(&html);
    }

    /// An element without words: its pictures, the break or the space in it; one without those changes nothing.
    fn wordless(&mut self, node: &NodeRef<'_>, space: &str) {
        if node.descendants_it().any(|inner| inner.has_name("img") || inner.has_name("br")) {
            self.flush();
            self.images_of(node);
        } else if !space.is_empty() {
            self.inline_text.push(' ');
            self.inline.push(' ');
        }
    }

    fn flush(&mut self) {
        let html = std::mem::take(&mut self.inline);
        let text = dom::squeeze(&std::mem::take(&mut self.inline_text));
        if !text.is_empty() {
            self.push(BlockKind::Paragraph, text, format!("<p>{}</p>", html.trim()));
        }
    }

    fn push(&mut self, kind: BlockKind, text: String, html: String) {
        if let Some(section) = self.sections.last_mut() {
            section.blocks.push(Block { kind, text, html });
        }
    }
}

/// A short line all in bold that is no sentence: what pages without headings head their parts with.
fn is_bold_line(paragraph: &NodeRef<'_>) -> bool {
    let text = dom::text(paragraph);
    let length: usize = text.chars().map(|c| if c > '\u{2FFF}' { 2 } else { 1 }).sum();
    let is_sentence =
        text.ends_with(['.', ',', ';', ':', '。', '，', '；', '：', '”', '"', '»', ')', '）', '…']);
    if !(4..=MAX_BOLD).contains(&length) || is_sentence || !text.contains(char::is_alphabetic) {
        return false;
    }
    let bold = paragraph.find(&["b"]).into_iter().chain(paragraph.find(&["strong"]));
    bold.map(|part| dom::text(&part)).any(|part| part == text)
        && paragraph.find(&["a"]).is_empty()
        && paragraph.next_element_sibling().is_some_and(|next| is_plain_prose(&next))
}

/// Prose that a line may head.
fn is_plain_prose(node: &NodeRef<'_>) -> bool {
    let text = dom::text(node);
    let is_paragraph = ["p", "ul", "ol", "div"].iter().any(|name| node.has_name(name));
    is_paragraph
        && text.chars().count() > 60
        && node
            .find(&["b"])
            .iter()
            .chain(&node.find(&["strong"]))
            .all(|bold| dom::text(bold) != text)
}

fn inline_text(node: &NodeRef<'_>) -> String {
    let mut out = String::new();
    dom::walk(node, |step| {
        if let dom::Step::Text(text) = step {
            dom::with_text(&text, |text| out.push_str(text));
        }
    });
    out
}

fn lines_of(node: &NodeRef<'_>) -> String {
    dom::lines(node).join("\n")
}

fn row_text(row: &NodeRef<'_>) -> String {
    let cells: Vec<String> =
        row.element_children().iter().map(dom::text).filter(|text| !text.is_empty()).collect();
    cells.join(" | ")
}

/// Whether the element holds a block, or an image beside words: an image alone may stay in its link.
fn has_block_inside(node: &NodeRef<'_>) -> bool {
    let (mut has_image, mut has_block) = (false, false);
    for inner in node.descendants_it() {
        let name = dom::name(&inner);
        has_image |= &*name == "img";
        has_block |= dom::is_block(&name);
        if has_block {
            break;
        }
    }
    has_block || (has_image && !dom::text(node).is_empty())
}

/// A table of one row or one column, with tables inside, or with blocks of prose in its cells holds no data.
fn is_layout(table: &NodeRef<'_>) -> bool {
    if !table.find(&["table"]).is_empty()
        || !table.find(&["h2"]).is_empty()
        || !table.find(&["h1"]).is_empty()
    {
        return true;
    }
    let rows = table.find(&["tr"]);
    let columns = rows.iter().map(|row| row.element_children().len()).max().unwrap_or(0);
    let long_cell = table.find(&["td"]).iter().any(|cell| dom::text(cell).chars().count() > 600);
    rows.len() < 2 || columns < 2 || long_cell
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outline = Vec<(Option<String>, u8, Vec<(BlockKind, String)>)>;

    fn outline(html: &str) -> Outline {
        let cut = split(html).into_iter();
        cut.map(|s| (s.heading, s.level, s.blocks.into_iter().map(|b| (b.kind, b.text)).collect()))
            .collect()
    }

    #[test]
    fn headings_open_sections_and_what_precedes_them_is_the_opening_one() {
        let cut = outline(
            "<p>One</p><div><h2>Two <b>b</b></h2><p>three</p></div><h4>Four</h4><p>five</p>",
        );
        assert_eq!(cut[0], (None, 2, vec![(BlockKind::Paragraph, "One".into())]));
        assert_eq!(cut[1], (Some("Two b".into()), 2, vec![(BlockKind::Paragraph, "three".into())]));
        assert_eq!(cut[2].1, 4);
    }

    #[test]
    fn blocks_keep_their_kind_and_both_forms() {
        use BlockKind::{Code, Figure, List, Paragraph, Quote, Table};
        let cut = outline(concat!(
            "loose <i>text</i><br>next line<ul><li>a<li>b</ul><blockquote><p>q</p></blockquote><pre>x\n  y</pre>",
            "<table><tr><th>k<th>v<tr><td>1<td>2</table><figure><img src=i><figcaption>cap</figcaption></figure><p>p <img src=j></p>"
        ));
        let blocks: Vec<(BlockKind, &str)> =
            cut[0].2.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
        assert_eq!(
            blocks,
            [
                (Paragraph, "loose text"),
                (Paragraph, "next line"),
                (List, "a\nb"),
                (Quote, "q"),
                (Code, "x\n  y"),
                (Table, "k | v\n1 | 2"),
                (Figure, ""),
                (Paragraph, "p"),
                (Figure, ""),
            ]
        );
    }

    #[test]
    fn section_html_does_not_repeat_its_heading() {
        let cut = split("<h2>Head</h2><p>body <em>x</em></p>");
        assert_eq!(cut[0].html(), "<p>body <em>x</em></p>");
    }
}
