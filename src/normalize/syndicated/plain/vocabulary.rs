//! The short list: elements and attributes that plain content has, and what becomes of each.

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
    Bold,
    Inline,
    Link,
    Image,
    Break,
    Rule,
}

impl Kind {
    /// The element `name`, if it is on the list. HTML has other rules for all others.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "p" => Self::Paragraph,
            "h2" => Self::Heading(2),
            "h3" => Self::Heading(3),
            "h4" => Self::Heading(4),
            "h5" => Self::Heading(5),
            "h6" => Self::Heading(6),
            "ul" | "ol" => Self::List,
            "li" => Self::Item,
            "blockquote" => Self::Quote,
            "pre" => Self::Code,
            "figure" => Self::Figure,
            "figcaption" => Self::Caption,
            "div" => Self::Box,
            "b" | "strong" => Self::Bold,
            "em" | "i" | "u" | "s" | "code" | "span" | "small" | "sub" | "sup" | "mark" | "del"
            | "ins" | "cite" | "q" | "kbd" => Self::Inline,
            "a" => Self::Link,
            "img" => Self::Image,
            "br" => Self::Break,
            "hr" => Self::Rule,
            _ => return None,
        })
    }

    /// Whether it has no end tag.
    pub fn is_void(self) -> bool {
        matches!(self, Self::Image | Self::Break | Self::Rule)
    }

    /// Whether it stands within a line.
    pub fn is_inline(self) -> bool {
        matches!(self, Self::Bold | Self::Inline | Self::Link)
    }

    /// Whether `child` may stand directly in it without closing it, moving out of it, or meaning something else there.
    pub fn admits(self, child: Self) -> bool {
        match self {
            // A link between the paragraphs of a box may lead to further reading.
            Self::Box => !matches!(child, Self::Item | Self::Caption | Self::Link),
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
            Self::Image | Self::Break | Self::Rule => false,
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
pub(super) fn fate(element: &str, kind: Kind, name: &str) -> Option<Fate> {
    // The class of code names its language.
    if matches!(element, "pre" | "code") {
        return None;
    }
    match (kind, name) {
        (_, "title") | (Kind::Link, "href") | (Kind::Image, "src" | "alt" | "width" | "height") => {
            Some(Fate::Kept)
        }
        (_, "class" | "style" | "id" | "target")
        | (Kind::Image, "srcset" | "sizes" | "loading" | "decoding")
        | (Kind::Link, "rel")
        | (Kind::Box, "xmlns") => Some(Fate::Dropped),
        // Scripts are started by them, and none of either is kept.
        (_, name) if name.starts_with("on") => Some(Fate::Dropped),
        _ => None,
    }
}
