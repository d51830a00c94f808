//! Pieces → Sections of blocks, as `sections.rs` cuts them from a tree.

use url::Url;

use super::around::{Boldness, Frame, Seen, Whole};
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
    base: Option<&'a Url>,
    sections: Vec<Section>,
    open: Vec<Frame<'a>>,
    /// The block being written, in both forms.
    html: String,
    text: String,
    whole: Option<Whole>,
    bold: Boldness,
    has_heading: bool,
    seen: Seen,
}

impl<'a> Cutter<'a> {
    pub fn new(base: Option<&'a Url>) -> Self {
        Self {
            base,
            sections: vec![Section::opening(Vec::new())],
            open: Vec::new(),
            html: String::new(),
            text: String::new(),
            whole: None,
            bold: Boldness::default(),
            has_heading: false,
            seen: Seen::default(),
        }
    }

    /// Takes the next piece; nothing where it is not plain after all.
    pub fn take(&mut self, piece: Piece<'a>) -> Option<()> {
        match piece {
            Piece::Text(written) => self.text(written),
            Piece::Open { name, kind, attributes } => {
                if !self.admits(kind) || self.open.len() > MAX_DEPTH {
                    return None;
                }
                self.open(name, kind, attributes)
            }
            Piece::Close { kind, name } => {
                let frame = self.open.pop().filter(|frame| frame.name == name)?;
                self.close(kind, &frame)
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

    fn parent(&self) -> Option<Kind> {
        self.open.last().map(|frame| frame.kind)
    }

    fn admits(&self, kind: Kind) -> bool {
        match self.parent() {
            Some(parent) => parent.admits(kind),
            None => !kind.has_a_parent(),
        }
    }

    fn text(&mut self, written: &str) -> Option<()> {
        let (html, text) = (self.html.len(), self.text.len());
        writer::text(written, &mut self.html, &mut self.text)?;
        let words = &self.text[text..];
        let holds_no_words = self.parent().is_some_and(Kind::holds_no_words);
        if holds_no_words && !words.bytes().all(|b| b.is_ascii_whitespace()) {
            return None;
        }
        if words.trim().is_empty() {
            return Some(());
        }
        let in_link = self.open.iter().any(|frame| frame.kind == Kind::Link);
        // "Read more" in a link is a button and announces nothing.
        let is_button = || in_link && wording::is_more_link(words);
        if words.len() <= MAX_LABEL && wording::group(words).is_some() && !is_button() {
            return None;
        }
        let code_begins = self.parent() == Some(Kind::Code) && self.html[..html].ends_with("<pre>");
        if code_begins && words.starts_with('\n') {
            return None;
        }
        if !in_link {
            self.seen.prose += words.len();
        }
        self.bold.words();
        let is_loose = self.whole.is_none();
        match self.open.last_mut() {
            // A link around a picture holds nothing else.
            Some(Frame { kind: Kind::Link, has_image: true, .. }) if is_loose => return None,
            _ => {}
        }
        self.open.iter_mut().for_each(|frame| frame.has_text = true);
        Some(())
    }

    fn open(&mut self, name: &'a str, kind: Kind, attributes: &'a str) -> Option<()> {
        let before = self.seen;
        self.seen.links += usize::from(kind == Kind::Link);
        self.seen.shown += usize::from(matches!(kind, Kind::Image | Kind::Heading(_)));
        match kind {
            Kind::Image => return self.image(attributes),
            Kind::Break => return self.line_break(attributes),
            Kind::Rule => {
                self.flush();
                return writer::no_attributes(name, kind, attributes);
            }
            Kind::Bold => self.bold.depth += 1,
            _ if !kind.is_inline() => self.open_block(kind),
            _ => {}
        }
        let from = self.html.len();
        self.html.push('<');
        self.html.push_str(name);
        writer::attributes(name, kind, attributes, self.base, &mut self.html)?;
        self.html.push('>');
        if matches!(kind, Kind::Box | Kind::Heading(_))
            || kind == Kind::Paragraph && self.whole.is_none()
        {
            self.html.truncate(from);
        }
        self.open.push(Frame { kind, name, from, has_text: false, has_image: false, before });
        Some(())
    }

    fn open_block(&mut self, kind: Kind) {
        if self.whole.is_some() {
            return self.end_line();
        }
        self.flush();
        (self.bold.inside, self.bold.outside) = (false, false);
        if !matches!(kind, Kind::Paragraph | Kind::Box) {
            self.whole = Some(Whole::new(kind, self.open.len()));
        }
    }

    /// In running text a picture is a block of its own, with or without the link around it.
    fn image(&mut self, attributes: &'a str) -> Option<()> {
        let mut image = String::from("<img");
        writer::image(attributes, self.base, &mut image)?;
        image.push('>');
        if let Some(whole) = &mut self.whole {
            whole.has_image = true;
            self.html.push_str(&image);
            return Some(());
        }
        if self.parent() == Some(Kind::Link) {
            let around = self.open.len().checked_sub(2).map(|at| self.open[at].kind);
            let link = self.open.last_mut()?;
            if link.has_text || !matches!(around, None | Some(Kind::Paragraph)) {
                return None;
            }
            link.has_image = true;
            self.html.truncate(link.from);
        }
        self.flush();
        self.push(BlockKind::Figure, String::new(), image);
        Some(())
    }

    fn line_break(&mut self, attributes: &str) -> Option<()> {
        writer::no_attributes("br", Kind::Break, attributes)?;
        if self.whole.is_some() {
            self.html.push_str("<br>");
            self.end_line();
            return Some(());
        }
        self.flush();
        self.parent().is_none_or(|parent| !parent.is_inline()).then_some(())
    }

    fn close(&mut self, kind: Kind, frame: &Frame<'a>) -> Option<()> {
        if self.whole.as_ref().is_some_and(|whole| whole.depth == self.open.len()) {
            let whole = self.whole.take()?;
            return self.close_whole(whole, frame.name);
        }
        match kind {
            Kind::Bold => self.bold.depth -= 1,
            Kind::Box | Kind::Table if self.seen.is_teaser_since(frame.before) => return None,
            _ => {}
        }
        if kind.is_inline() || self.whole.is_some() {
            if self.whole.is_none() && !frame.has_text {
                // What holds no words ends the line on the long way: an anchor where none has begun changes nothing, and a
                // picture's link is gone already.
                let has_line = !self.html[..frame.from.min(self.html.len())].trim().is_empty();
                return (!has_line).then(|| self.html.clear());
            }
            self.end_tag(frame.name);
            match kind {
                Kind::Cell => self.end_cell(frame.name == "th"),
                Kind::Row => self.whole.iter_mut().for_each(Whole::row),
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

    fn end_tag(&mut self, name: &str) {
        self.html.push_str("</");
        self.html.push_str(name);
        self.html.push('>');
    }

    fn close_whole(&mut self, mut whole: Whole, name: &str) -> Option<()> {
        if whole.kind == Kind::Code {
            let text = self.text.trim_matches('\n').trim_end().to_owned();
            self.text.clear();
            self.end_tag(name);
            let html = std::mem::take(&mut self.html);
            return (!text.is_empty()).then(|| self.push(BlockKind::Code, text, html));
        }
        whole.line(&self.take_text());
        if let Kind::Heading(level) = whole.kind {
            self.html.clear();
            let is_label = wording::group(&whole.lines).is_some();
            let is_short = (1..=MAX_HEADING).contains(&whole.lines.chars().count());
            self.has_heading |= level > 1;
            self.sections.push(Section::headed(whole.lines, level, Vec::new()));
            return (is_short && !is_label).then_some(());
        }
        self.end_tag(name);
        let html = std::mem::take(&mut self.html);
        let is_empty = whole.lines.is_empty();
        match whole.kind {
            Kind::Figure if whole.has_image => self.push(BlockKind::Figure, String::new(), html),
            Kind::List if !is_empty => self.push(BlockKind::List, whole.lines, html),
            Kind::Quote if !is_empty => self.push(BlockKind::Quote, whole.lines, html),
            Kind::Table if !is_empty && !whole.table.is_layout() => {
                self.push(BlockKind::Table, whole.lines, html);
            }
            _ => return None,
        }
        Some(())
    }

    /// Ends a line of a block that is kept whole; in a cell, where all is one line, a word.
    fn end_line(&mut self) {
        match &self.whole {
            Some(Whole { kind: Kind::Code, .. }) | None => {}
            Some(Whole { kind: Kind::Table, .. }) => self.text.push(' '),
            Some(_) => {
                let line = self.take_text();
                self.whole.iter_mut().for_each(|whole| whole.line(&line));
            }
        }
    }

    fn end_cell(&mut self, is_header: bool) {
        let text = self.take_text();
        if let Some(whole) = &mut self.whole {
            whole.cell(text, is_header);
        }
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
