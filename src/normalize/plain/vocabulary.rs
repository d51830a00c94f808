//! The short list: elements and attributes that plain content has, and what becomes of each.

use super::Hand;
use crate::normalize::tidy;

/// What an element is for the cutter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Paragraph,
    Heading(u8),
    List,
    Item,
    Quote,
    Code,
    Figure,
    Caption,
    /// A box around blocks, or around everything.
    Box,
    /// A box with a name for what it is.
    Part,
    /// Around blocks or within a line, and left out; what stands in it stays.
    ClearBlock,
    ClearInline,
    /// Left out, and holds nothing.
    Nothing,
    Bold,
    Inline,
    Link,
    Image,
    Break,
    Rule,
    Table,
    /// Rows that belong together.
    Rows,
    Row,
    Cell,
}

impl Kind {
    /// The element `name`, if it is on the list. HTML has other rules for all others.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "p" => Self::Paragraph,
            "h1" => Self::Heading(1),
            "h2" => Self::Heading(2),
            "h3" => Self::Heading(3),
            "h4" => Self::Heading(4),
            "h5" => Self::Heading(5),
            "h6" => Self::Heading(6),
            "ul" | "ol" | "dl" => Self::List,
            "li" | "dt" | "dd" => Self::Item,
            "blockquote" => Self::Quote,
            "pre" => Self::Code,
            "figure" => Self::Figure,
            "figcaption" => Self::Caption,
            "div" | "center" => Self::Box,
            "article" | "aside" | "details" | "footer" | "header" | "hgroup" | "nav"
            | "summary" => Self::Part,
            "address" | "main" | "section" => Self::ClearBlock,
            "picture" => Self::ClearInline,
            "source" => Self::Nothing,
            "b" | "strong" => Self::Bold,
            "em" | "i" | "u" | "s" | "code" | "span" | "small" | "sub" | "sup" | "mark" | "del"
            | "ins" | "cite" | "q" | "kbd" | "abbr" | "dfn" | "samp" | "var" | "tt" | "strike" => {
                Self::Inline
            }
            "a" => Self::Link,
            "img" => Self::Image,
            "br" => Self::Break,
            "hr" => Self::Rule,
            "table" => Self::Table,
            "thead" | "tbody" | "tfoot" => Self::Rows,
            "tr" => Self::Row,
            "td" | "th" => Self::Cell,
            _ => return None,
        })
    }

    /// Whether it has no end tag.
    pub fn is_void(self) -> bool {
        matches!(self, Self::Image | Self::Break | Self::Rule | Self::Nothing)
    }

    /// Whether the sanitiser leaves it out.
    pub fn is_clear(self) -> bool {
        matches!(self, Self::ClearBlock | Self::ClearInline | Self::Nothing)
    }

    /// Whether it is on the list for what a parser wrote only.
    pub fn is_of_pages(self) -> bool {
        self.is_clear() || self == Self::Part
    }

    pub fn is_box(self) -> bool {
        matches!(self, Self::Box | Self::Part)
    }

    /// Whether it stands in an element of its own only.
    pub fn has_a_parent(self) -> bool {
        matches!(self, Self::Item | Self::Caption | Self::Rows | Self::Row | Self::Cell)
    }

    /// Whether it would end a paragraph that it begins in.
    pub fn is_block(self) -> bool {
        let is_line = self.is_inline() || matches!(self, Self::Image | Self::Break);
        !is_line && !matches!(self, Self::ClearInline | Self::Nothing)
    }

    /// Whether it stands within a line.
    pub fn is_inline(self) -> bool {
        matches!(self, Self::Bold | Self::Inline | Self::Link)
    }

    /// Whether words that stand directly in it would move out of it, or mean something else there.
    pub fn holds_no_words(self, hand: Hand) -> bool {
        match self {
            Self::Table | Self::Rows | Self::Row => true,
            Self::List | Self::Figure => hand == Hand::Sender,
            _ => false,
        }
    }

    /// Whether `child` may stand directly in it without closing it, moving out of it, or meaning something else there.
    pub fn admits(self, child: Self, hand: Hand) -> bool {
        self.admits_always(child) || hand == Hand::Parser && self.admits_of_parser(child)
    }

    /// What more it admits where nobody looks for further reading any longer: what a parser would leave in it.
    fn admits_of_parser(self, child: Self) -> bool {
        match self {
            Self::Heading(_) => matches!(child, Self::Link | Self::Break | Self::Image),
            Self::Code => matches!(child, Self::Link | Self::Break),
            Self::Paragraph => child == Self::ClearInline,
            Self::Box
            | Self::Part
            | Self::Quote
            | Self::List
            | Self::Item
            | Self::Cell
            | Self::Figure
            | Self::Caption => !child.has_a_parent() || matches!(child, Self::Item | Self::Caption),
            Self::Bold | Self::Inline | Self::Link => !child.has_a_parent(),
            _ => false,
        }
    }

    fn admits_always(self, child: Self) -> bool {
        match self {
            // A link between the paragraphs of a box may lead to further reading.
            Self::Box => !child.has_a_parent() && child != Self::Link && !child.is_of_pages(),
            // Rows without a body around them get one from a parser.
            Self::Table => child == Self::Rows,
            Self::Rows => child == Self::Row,
            Self::Row => child == Self::Cell,
            Self::Cell => {
                child.is_inline() || matches!(child, Self::Paragraph | Self::Break | Self::Image)
            }
            Self::Paragraph => child.is_inline() || matches!(child, Self::Break | Self::Image),
            Self::Heading(_) => matches!(child, Self::Bold | Self::Inline),
            Self::List => child == Self::Item,
            Self::Item => {
                child.is_inline() || matches!(child, Self::Break | Self::Image | Self::List)
            }
            Self::Quote => {
                matches!(child, Self::Paragraph | Self::List | Self::Break)
                    || child.is_inline() && child != Self::Link
            }
            Self::Code => matches!(child, Self::Bold | Self::Inline),
            Self::Figure => matches!(child, Self::Image | Self::Link | Self::Caption),
            Self::Link => matches!(child, Self::Bold | Self::Inline | Self::Image),
            Self::Caption | Self::Bold | Self::Inline => child.is_inline(),
            _ => false,
        }
    }
}

/// What becomes of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Written again.
    Kept,
    /// Left out: nothing that is read depends on it.
    Dropped,
}

/// The fate of attribute `name` of `element`, or nothing where it may change how the element is read.
pub(super) fn fate(element: &str, kind: Kind, name: &str, hand: Hand) -> Option<Fate> {
    match hand {
        Hand::Sender => fate_as_sent(element, kind, name),
        Hand::Parser => fate_as_parsed(element, kind, name),
    }
}

/// After a parser, an attribute that the sanitiser does not keep has no meaning any more.
fn fate_as_parsed(element: &str, kind: Kind, name: &str) -> Option<Fate> {
    match (kind, name) {
        (Kind::Code | Kind::Inline, "class") if matches!(element, "pre" | "code") => {
            Some(Fate::Kept)
        }
        (Kind::Cell, "align") => Some(Fate::Kept),
        // Seldom there, and kept by the sanitiser.
        (
            Kind::Image | Kind::Table | Kind::Rows | Kind::Row | Kind::Cell,
            "align" | "char" | "charoff",
        )
        | (Kind::Quote | Kind::Inline, "cite" | "datetime")
        | (Kind::Table, "summary")
        | (Kind::Cell, "headers" | "scope")
        | (Kind::Link, "hreflang") => None,
        _ => fate_as_sent(element, kind, name).or(Some(Fate::Dropped)),
    }
}

fn fate_as_sent(element: &str, kind: Kind, name: &str) -> Option<Fate> {
    match (kind, name) {
        // Boxes around code name its language.
        (_, "data-lang" | "data-language") => None,
        (Kind::Image, name) if tidy::may_name_image(name) => None,
        // Nothing of these is written.
        (Kind::Break | Kind::Rule, _) => Some(Fate::Dropped),
        (_, "title" | "lang")
        | (Kind::Link, "href" | "rel")
        | (Kind::Image, "src" | "alt" | "width" | "height")
        | (Kind::Cell, "colspan" | "rowspan" | "align") => Some(Fate::Kept),
        (Kind::List, "start") if element == "ol" => Some(Fate::Kept),
        (_, "class" | "style" | "id" | "target" | "dir")
        | (Kind::Image, "srcset" | "sizes" | "loading" | "decoding" | "fetchpriority" | "border")
        | (Kind::Box, "xmlns" | "align")
        | (Kind::Paragraph | Kind::Heading(_), "align")
        | (Kind::List, "start" | "type")
        | (Kind::Item, "value")
        | (Kind::Table, "border" | "cellpadding" | "cellspacing" | "width")
        | (Kind::Cell, "width" | "valign") => Some(Fate::Dropped),
        // Scripts are started by the first of them and read the second, screen readers the third; none is kept.
        (_, name) if name.starts_with("on") => Some(Fate::Dropped),
        (_, name) if name.starts_with("data-") || name.starts_with("aria-") => Some(Fate::Dropped),
        _ => None,
    }
}
