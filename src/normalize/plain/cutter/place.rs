//! What may stand at the current place, and what ends there: the rules by which a parser would build the same tree.

use super::super::Hand;
use super::super::around::{Breaks, Frame};
use super::super::vocabulary::Kind;
use super::Cutter;

impl<'a> Cutter<'a> {
    /// The element around the current place, of those that are written.
    pub(super) fn parent(&self) -> Option<Kind> {
        self.open.iter().rev().map(|frame| frame.kind).find(|kind| !kind.is_clear())
    }

    pub(super) fn is_in(&self, kind: Kind) -> bool {
        self.open.iter().any(|frame| frame.kind == kind)
    }

    pub(super) fn admits(&self, kind: Kind) -> bool {
        if self.hand == Hand::Sender && kind.is_of_pages() {
            return false;
        }
        let parent = self.parent();
        let is_loose = parent.is_none_or(Kind::is_box);
        match kind {
            Kind::Nothing => return self.is_in(Kind::ClearInline),
            Kind::Rows | Kind::Row | Kind::Cell if is_loose => return self.is_apart,
            Kind::Item if !self.may_begin_item() => return false,
            Kind::Link if self.open.iter().any(|frame| frame.name == "a") => return false,
            _ => {}
        }
        let Some(parent) = parent else {
            return !kind.has_a_parent() || self.hand == Hand::Parser;
        };
        // Inline elements hold blocks where these leave them no paragraph to end.
        let ends = parent.is_inline() && kind.is_block();
        parent.admits(kind, self.hand)
            && !(ends && (self.whole.is_none() || self.is_in(Kind::Paragraph)))
    }

    /// An item ends one that is open, save in a list of its own.
    fn may_begin_item(&self) -> bool {
        let is_item = |frame: &&Frame<'_>| matches!(frame.name, "li" | "dt" | "dd");
        let around =
            self.open.iter().rev().find(|frame| frame.kind == Kind::List || is_item(frame));
        around.is_none_or(|frame| frame.kind == Kind::List)
    }

    /// A block ends the paragraph it stands in, and takes inline elements without words off from around it.
    pub(super) fn give_way(&mut self, block: Kind) -> Option<()> {
        if self.hand == Hand::Sender || self.whole.is_some() || !block.is_block() {
            return None;
        }
        let innermost = self.open.last_mut()?;
        if innermost.kind == Kind::Paragraph {
            // In old documents a table does not.
            if block == Kind::Table {
                return None;
            }
            innermost.kind = Kind::Box;
            self.bold.end_paragraph();
            self.flush();
            return Some(());
        }
        let outermost =
            self.inline().filter(|inline| !inline.has_text && inline.breaks == Breaks::None)?;
        let from = outermost.from;
        // The sanitiser leaves a clear one out before anything is cut.
        if block.is_clear() {
            return None;
        }
        self.html.truncate(from);
        let is_around = |frame: &&mut Frame<'_>| frame.kind.is_inline() || frame.kind.is_clear();
        for frame in self.open.iter_mut().rev().take_while(is_around) {
            self.bold.depth -= usize::from(frame.kind == Kind::Bold);
            frame.kind = Kind::ClearBlock;
        }
        Some(())
    }

    /// The outermost inline element around the current place: all of it is of one line, or a picture and nothing else.
    pub(super) fn inline(&mut self) -> Option<&mut Frame<'a>> {
        let is_around = |frame: &Frame<'_>| !(frame.kind.is_inline() || frame.kind.is_clear());
        let block = self.open.iter().rposition(is_around).map_or(0, |at| at + 1);
        self.open[block..].iter_mut().find(|frame| frame.kind.is_inline())
    }
}
