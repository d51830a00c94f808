//! What had to be mended while a feed was read, counted, and said in the end.

use crate::domain::Note;

/// Counts of what a strict reader would have stopped at.
#[derive(Debug, Default)]
pub(super) struct Mends {
    /// Ampersands that begin no reference.
    pub ampersands: usize,
    /// References that HTML knows and XML does not.
    pub references: usize,
    /// Elements without an end tag.
    pub unclosed: usize,
    /// End tags of nothing.
    pub unopened: usize,
}

impl Mends {
    /// A note for each kind.
    pub fn notes(&self) -> impl Iterator<Item = Note> {
        let kinds = [
            (self.ampersands, "bare ampersands, taken as such"),
            (self.references, "references that XML does not know, read as HTML does"),
            (self.unclosed, "elements without an end, ended at the next that cannot stand in them"),
            (self.unopened, "end tags of nothing, passed over"),
        ];
        let found = kinds.into_iter().filter(|(count, _)| *count > 0);
        found.map(|(count, what)| Note::new("feed", format!("{what}: {count}")))
    }
}
