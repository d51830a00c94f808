//! Blocks that are kept as one, headings among them: where they end, they become a block, or are taken apart into some.

use super::super::Hand;
use super::super::around::Whole;
use super::super::scan::Pieces;
use super::super::vocabulary::Kind;
use super::{Cutter, MAX_HEADING};
use crate::domain::{BlockKind, Section};
use crate::normalize::wording;

impl Cutter<'_> {
    pub(super) fn close_whole(&mut self, mut whole: Whole, name: &str) -> Option<()> {
        if whole.kind == Kind::Code {
            let text = self.text.trim_matches('\n').trim_end().to_owned();
            self.text.clear();
            self.end_tag(name);
            let html = std::mem::take(&mut self.html);
            if !text.is_empty() {
                self.push(BlockKind::Code, text, html);
            }
            return Some(());
        }
        whole.line(&self.take_text());
        if let Kind::Heading(level) = whole.kind {
            self.html.clear();
            let is_label = self.hand == Hand::Sender && wording::group(&whole.lines).is_some();
            if is_label || whole.lines.chars().count() > MAX_HEADING {
                return None;
            }
            if !whole.lines.is_empty() {
                self.sections.push(Section::headed(whole.lines, level, Vec::new()));
            }
            self.push_images(whole.images);
            return Some(());
        }
        self.end_tag(name);
        let html = std::mem::take(&mut self.html);
        if whole.is_taken_apart() {
            return self.take_apart(&html);
        }
        let kind = match whole.kind {
            Kind::Figure => BlockKind::Figure,
            _ if whole.lines.is_empty() => {
                self.push_images(whole.images);
                return Some(());
            }
            Kind::List => BlockKind::List,
            Kind::Quote => BlockKind::Quote,
            Kind::Table => BlockKind::Table,
            _ => return None,
        };
        let text = if kind == BlockKind::Figure { String::new() } else { whole.lines };
        self.push(kind, text, html);
        Some(())
    }

    /// Cuts what stands in the element `html`, which was written here.
    fn take_apart(&mut self, html: &str) -> Option<()> {
        if self.hand == Hand::Sender {
            return None;
        }
        let inside = &html[html.find('>')? + 1..html.rfind("</")?];
        let mut cutter = Cutter { is_apart: true, ..Cutter::new(self.hand, None) };
        for piece in Pieces::of(inside) {
            cutter.take(piece?)?;
        }
        cutter.flush();
        self.bold.has_line |= cutter.bold.has_line;
        let mut sections = cutter.sections.into_iter();
        let opening = sections.next().into_iter().flat_map(|section| section.blocks);
        opening.for_each(|block| self.push(block.kind, block.text, block.html));
        self.sections.extend(sections);
        cutter.open.is_empty().then_some(())
    }

    fn push_images(&mut self, images: Vec<String>) {
        for image in images {
            self.push(BlockKind::Figure, String::new(), image);
        }
    }

    /// Ends a line of a block that is kept whole; in a cell and a heading, where all is one line, a word.
    pub(super) fn end_line(&mut self) {
        match &self.whole {
            Some(Whole { kind: Kind::Code, .. }) | None => {}
            Some(Whole { kind: Kind::Table | Kind::Heading(_), .. }) => self.text.push(' '),
            Some(_) => {
                let line = self.take_text();
                self.whole.iter_mut().for_each(|whole| whole.line(&line));
            }
        }
    }

    pub(super) fn end_cell(&mut self, is_header: bool) {
        let text = self.take_text();
        if let Some(whole) = &mut self.whole {
            whole.cell(text, is_header);
        }
    }
}
