//! Pieces → Sections of blocks, as `sections.rs` cuts them from a tree.

mod place;
mod whole;

use url::Url;

use super::Hand;
use super::around::{Boldness, Breaks, Frame, Seen, Whole};
use super::scan::Piece;
use super::vocabulary::Kind;
use super::writer;
use crate::domain::{Block, BlockKind, Section};
use crate::normalize::{dom, wording};

/// Elements within elements; what is deeper is not plain.
const MAX_DEPTH: usize = 32;
/// Longest heading in characters, and longest text in bytes that may announce further reading: as on the long way.
const MAX_HEADING: usize = 200;
const MAX_LABEL: usize = 200;

/// What is cut so far.
pub(super) struct Cutter<'a> {
    hand: Hand,
    base: Option<&'a Url>,
    sections: Vec<Section>,
    open: Vec<Frame<'a>>,
    /// The block being written, in both forms.
    html: String,
    text: String,
    whole: Option<Whole>,
    bold: Boldness,
    has_heading: bool,
    /// Whether this cuts the inside of a block that was taken apart.
    is_apart: bool,
    seen: Seen,
}

impl<'a> Cutter<'a> {
    pub fn new(hand: Hand, base: Option<&'a Url>) -> Self {
        Self {
            hand,
            base,
            sections: vec![Section::opening(Vec::new())],
            open: Vec::new(),
            html: String::new(),
            text: String::new(),
            whole: None,
            bold: Boldness::default(),
            has_heading: false,
            is_apart: false,
            seen: Seen::default(),
        }
    }

    /// Takes the next piece; nothing where it is not plain after all.
    pub fn take(&mut self, piece: Piece<'a>) -> Option<()> {
        match piece {
            Piece::Text(written) => self.text(written),
            Piece::Open { name, kind, attributes } => {
                if !self.admits(kind) {
                    self.give_way(kind)?;
                    self.admits(kind).then_some(())?;
                }
                (self.open.len() <= MAX_DEPTH).then_some(())?;
                self.open(name, kind, attributes)
            }
            Piece::Close { name } => {
                let frame = self.open.pop().filter(|frame| frame.name == name)?;
                self.close(&frame)
            }
        }
    }

    /// The sections, if all was in order.
    pub fn finish(mut self) -> Option<Vec<Section>> {
        // Where content has headings, its bold lines are no more than bold.
        if !self.open.is_empty() || self.bold.has_line && !self.has_heading {
            return None;
        }
        self.flush();
        self.sections.retain(|section| section.heading.is_some() || !section.blocks.is_empty());
        Some(self.sections)
    }

    fn text(&mut self, written: &str) -> Option<()> {
        let (html, text) = (self.html.len(), self.text.len());
        writer::text(written, &mut self.html, &mut self.text)?;
        let words = &self.text[text..];
        let holds_no_words = self.parent().is_some_and(|parent| parent.holds_no_words(self.hand));
        if holds_no_words && !words.bytes().all(|b| b.is_ascii_whitespace()) {
            return None;
        }
        if words.trim().is_empty() {
            return Some(());
        }
        let in_link = self.is_in(Kind::Link);
        // "Read more" in a link is a button and announces nothing.
        let is_button = || in_link && wording::is_more_link(words);
        let may_announce = self.hand == Hand::Sender && words.len() <= MAX_LABEL;
        if may_announce && wording::group(words).is_some() && !is_button() {
            return None;
        }
        // A parser reads no line end there.
        if words.starts_with('\n') && ends_with_tag(&self.html[..html], "<pre") {
            return None;
        }
        if !in_link {
            self.seen.prose += words.len();
        }
        self.bold.words();
        // What stands around a picture or a break holds nothing else.
        let is_loose = self.whole.is_none();
        if is_loose && self.inline().is_some_and(|it| it.has_image || it.breaks == Breaks::Before) {
            return None;
        }
        self.open.iter_mut().for_each(|frame| frame.has_text = true);
        Some(())
    }

    fn open(&mut self, name: &'a str, kind: Kind, attributes: &'a str) -> Option<()> {
        let before = self.seen;
        self.seen.links += usize::from(kind == Kind::Link);
        self.seen.shown += usize::from(matches!(kind, Kind::Image | Kind::Heading(_)));
        self.has_heading |= matches!(kind, Kind::Heading(2..));
        // What has lost its list, its figure or its table is a box.
        let is_lost = self.whole.is_none() && kind.has_a_parent();
        let kind = if is_lost { Kind::Part } else { kind };
        if let Some(whole) = &mut self.whole {
            whole.hold(kind);
        }
        match kind {
            Kind::Nothing => return Some(()),
            Kind::Image => return self.image(attributes),
            Kind::Break => return self.line_break(attributes),
            Kind::Rule => return self.rule(attributes),
            Kind::Bold => self.bold.depth += 1,
            _ if !kind.is_inline() && !kind.is_clear() => self.open_block(kind),
            _ => {}
        }
        let from = self.html.len();
        if !kind.is_clear() {
            self.html.push('<');
            self.html.push_str(name);
            writer::attributes(name, kind, attributes, (self.hand, self.base), &mut self.html)?;
            self.html.push('>');
        }
        // What a section has of its own is cut away from around it.
        let is_cut = match &self.whole {
            Some(whole) => matches!(whole.kind, Kind::Heading(_)),
            None => kind.is_box() || kind == Kind::Paragraph,
        };
        if is_cut {
            self.html.truncate(from);
        }
        self.open.push(Frame::new(kind, name, from, before));
        Some(())
    }

    fn open_block(&mut self, kind: Kind) {
        if self.whole.is_some() {
            return self.end_line();
        }
        self.flush();
        (self.bold.inside, self.bold.outside) = (false, false);
        if !kind.is_box() && kind != Kind::Paragraph {
            self.whole = Some(Whole::new(kind, self.open.len()));
        }
    }

    /// In running text a picture is a block of its own, with or without the link around it.
    fn image(&mut self, attributes: &'a str) -> Option<()> {
        let mut image = String::from("<img");
        writer::image(attributes, (self.hand, self.base), &mut image)?;
        image.push('>');
        if let Some(whole) = &mut self.whole {
            self.html.push_str(&image);
            whole.images.push(image);
            return Some(());
        }
        if let Some(inline) = self.inline() {
            if inline.has_text {
                return None;
            }
            inline.has_image = true;
            let from = inline.from;
            self.html.truncate(from);
        }
        self.flush();
        self.push(BlockKind::Figure, String::new(), image);
        Some(())
    }

    fn rule(&mut self, attributes: &str) -> Option<()> {
        if self.whole.is_none() {
            self.flush();
            return writer::no_attributes("hr", Kind::Rule, attributes);
        }
        self.html.push_str("<hr>");
        self.end_line();
        // Some of its attributes would be kept.
        attributes.trim().is_empty().then_some(())
    }

    fn line_break(&mut self, attributes: &str) -> Option<()> {
        writer::no_attributes("br", Kind::Break, attributes)?;
        if self.whole.is_some() {
            self.html.push_str("<br>");
            self.end_line();
            return Some(());
        }
        let Some(inline) = self.inline() else {
            self.flush();
            return Some(());
        };
        // Within a line it is kept, and is no space.
        let has_image = inline.has_image;
        let inlines = self.open.iter_mut().filter(|frame| frame.kind.is_inline());
        inlines.for_each(Frame::has_broken);
        self.html.push_str("<br>");
        (!has_image).then_some(())
    }

    fn close(&mut self, frame: &Frame<'a>) -> Option<()> {
        if self.whole.as_ref().is_some_and(|whole| whole.depth == self.open.len()) {
            let whole = self.whole.take()?;
            return self.close_whole(whole, frame.name);
        }
        let kind = frame.kind;
        match kind {
            Kind::Bold => self.bold.depth -= 1,
            Kind::ClearBlock | Kind::ClearInline => return Some(()),
            Kind::Box | Kind::Table
                if self.hand == Hand::Sender && self.seen.is_teaser_since(frame.before) =>
            {
                return None;
            }
            _ => {}
        }
        if kind.is_inline() || self.whole.is_some() {
            if self.whole.is_none() && !frame.has_text {
                self.close_empty(frame);
                return Some(());
            }
            self.end_tag(frame.name);
            let is_own = self.whole.as_ref().is_some_and(|whole| whole.kind == Kind::Table);
            match kind {
                Kind::Cell if is_own => self.end_cell(frame.name == "th"),
                Kind::Row if is_own => self.whole.iter_mut().for_each(Whole::row),
                kind if !kind.is_inline() => self.end_line(),
                _ => {}
            }
            return Some(());
        }
        if kind == Kind::Paragraph {
            self.bold.end_paragraph();
        }
        self.flush();
        Some(())
    }

    /// What holds no words changes nothing, but for the space in it; what stood around a picture is gone already.
    fn close_empty(&mut self, frame: &Frame<'a>) {
        let around = self.inline().map(|inline| inline.has_text);
        if frame.breaks != Breaks::None && around == Some(true) {
            self.end_tag(frame.name);
        } else if frame.from < self.html.len() {
            let has_space = !self.html.ends_with('>');
            self.html.truncate(frame.from);
            if has_space {
                self.html.push(' ');
            }
        }
        if frame.breaks != Breaks::None && around.is_none() {
            self.flush();
        }
    }

    fn end_tag(&mut self, name: &str) {
        self.html.push_str("</");
        self.html.push_str(name);
        self.html.push('>');
    }

    fn take_text(&mut self) -> String {
        let text = dom::squeeze(&self.text);
        self.text.clear();
        text
    }

    /// Ends a paragraph.
    fn flush(&mut self) {
        let text = self.take_text();
        if !text.is_empty() {
            let html = ["<p>", self.html.trim(), "</p>"].concat();
            self.push(BlockKind::Paragraph, text, html);
        }
        self.html.clear();
    }

    fn push(&mut self, kind: BlockKind, text: String, html: String) {
        if let Some(section) = self.sections.last_mut() {
            section.blocks.push(Block { kind, text, html });
        }
    }
}

/// Whether `html` ends with the start tag that begins so.
fn ends_with_tag(html: &str, begin: &str) -> bool {
    let tag = html.rfind(begin).map(|at| &html[at..]);
    tag.is_some_and(|tag| tag.find('>') == Some(tag.len() - 1))
}
