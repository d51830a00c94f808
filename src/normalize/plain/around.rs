//! What stands around and before the current place: all that a cutter without a tree knows of it.

use super::vocabulary::Kind;

/// Bytes of words outside of links with which a box may still be further reading: as on the long way, were each character
/// as long as it can be.
const MAX_TEASER: usize = 4 * 320;
/// Characters of a cell that holds data: as on the long way.
const MAX_CELL: usize = 600;

/// An element around the current place.
pub(super) struct Frame<'a> {
    pub kind: Kind,
    pub name: &'a str,
    /// Where its start tag stands in the HTML being written.
    pub from: usize,
    pub has_text: bool,
    pub has_image: bool,
    pub breaks: Breaks,
    pub before: Seen,
}

impl<'a> Frame<'a> {
    pub fn new(kind: Kind, name: &'a str, from: usize, before: Seen) -> Self {
        let (has_text, has_image, breaks) = Default::default();
        Self { kind, name, from, has_text, has_image, breaks, before }
    }

    /// Takes note of a break in it.
    pub fn has_broken(&mut self) {
        if self.breaks == Breaks::None {
            self.breaks = if self.has_text { Breaks::After } else { Breaks::Before };
        }
    }
}

/// The breaks of an inline element, by the first of them.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Breaks {
    #[default]
    None,
    /// It stands before any word.
    Before,
    /// It stands after some.
    After,
}

/// What has been met so far, in all.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    /// Bytes of words outside of links.
    pub prose: usize,
    pub links: usize,
    /// Pictures and headings.
    pub shown: usize,
}

impl Seen {
    /// Whether what came after `before` may be further reading: little but links that are shown as teasers.
    pub fn is_teaser_since(self, before: Self) -> bool {
        self.links > before.links
            && self.shown > before.shown
            && self.prose - before.prose <= MAX_TEASER
    }
}

/// A block that is kept as one: a list, a quotation, code, a figure, a heading.
pub(super) struct Whole {
    pub kind: Kind,
    /// Elements around it.
    pub depth: usize,
    pub lines: String,
    pub images: Vec<String>,
    /// Whether it holds what it cannot be kept whole with.
    pub is_apart: bool,
    pub table: Table,
}

impl Whole {
    pub fn new(kind: Kind, depth: usize) -> Self {
        let (lines, images, table) = Default::default();
        Self { kind, depth, lines, images, is_apart: false, table }
    }

    /// Takes note of an element in it, as the long way looks for it: headings and tables take what is around them apart.
    pub fn hold(&mut self, inner: Kind) {
        self.is_apart |= match self.kind {
            Kind::List => matches!(inner, Kind::Heading(_) | Kind::Table),
            Kind::Quote => matches!(inner, Kind::Heading(_)),
            Kind::Table => matches!(inner, Kind::Heading(..=2) | Kind::Table),
            _ => false,
        };
    }

    /// Whether it is no block but holds some. Rows that lay out a page are cut, and figures without a picture.
    pub fn is_taken_apart(&self) -> bool {
        let is_empty_frame = self.kind == Kind::Figure && self.images.is_empty();
        self.is_apart || is_empty_frame || self.kind == Kind::Table && self.table.is_layout()
    }

    /// Ends a line of it.
    pub fn line(&mut self, line: &str) {
        if !line.is_empty() {
            if !self.lines.is_empty() {
                self.lines.push('\n');
            }
            self.lines.push_str(line);
        }
    }

    /// Ends a cell of the row.
    pub fn cell(&mut self, text: String, is_header: bool) {
        self.table.row += 1;
        self.table.columns = self.table.columns.max(self.table.row);
        self.table.has_prose |= !is_header && text.chars().count() > MAX_CELL;
        if !text.is_empty() {
            self.table.cells.push(text);
        }
    }

    /// Ends a row.
    pub fn row(&mut self) {
        let cells = std::mem::take(&mut self.table.cells);
        self.table.row = 0;
        self.table.rows += 1;
        self.line(&cells.join(" | "));
    }
}

/// What a table has shown so far.
#[derive(Default)]
pub(super) struct Table {
    /// The texts of the cells of the row, without the empty ones; and all of its cells.
    cells: Vec<String>,
    row: usize,
    columns: usize,
    rows: usize,
    has_prose: bool,
}

impl Table {
    /// One row or column, or prose in a cell: such a table lays out a page.
    pub fn is_layout(&self) -> bool {
        self.rows < 2 || self.columns < 2 || self.has_prose
    }
}

/// Which words are bold: a paragraph that is so throughout may be a heading.
#[derive(Default)]
pub(super) struct Boldness {
    /// Bold elements around the current place.
    pub depth: usize,
    /// Whether the paragraph has words in them, and outside.
    pub inside: bool,
    pub outside: bool,
    /// Whether there was such a paragraph.
    pub has_line: bool,
}

impl Boldness {
    pub fn words(&mut self) {
        self.inside |= self.depth > 0;
        self.outside |= self.depth == 0;
    }

    pub fn end_paragraph(&mut self) {
        self.has_line |= self.inside && !self.outside;
    }
}
