//! What a turn takes in, what becomes of it once it is written, and what the turn comes to by it.

use chrono::TimeDelta;

use crate::domain::{Article, Known, Note, Outcome, Quiet};
use crate::normalize::{NormalizeError, Normalized};
use crate::store::kept::Packed;

/// A document that was read and is not written yet.
#[derive(Default)]
pub(in crate::jobs) struct Taken {
    pub reference: String,
    pub known: Known,
    pub articles: Vec<Normalized>,
    /// Entries that are no articles, by their number.
    pub refused: Vec<(usize, NormalizeError)>,
    pub notes: Vec<Note>,
    /// Fingerprints of all entries, one after the other.
    pub entries: Vec<u8>,
    /// Entries that were passed over, since they are known.
    pub already: usize,
    pub quiet: Option<Quiet>,
    /// The document as it was fetched, where it is kept.
    pub kept: Option<Packed>,
    /// Whether it belongs to what another document brings, and is not reported by itself.
    pub is_aside: bool,
}

/// A document that was written, and what became of its articles.
pub(in crate::jobs) struct Written {
    pub reference: String,
    pub settled: Vec<Settled>,
    pub refused: Vec<(usize, NormalizeError)>,
    pub notes: Vec<Note>,
    pub is_aside: bool,
}

/// What became of one article.
pub(in crate::jobs) enum Settled {
    Unchanged,
    /// The filter of its source does not let it in.
    Filtered,
    New(Vec<Note>),
    Changed(Vec<Note>),
}

/// What a turn has come to so far.
#[derive(Debug, Clone, Default)]
pub(in crate::jobs) struct Tally {
    pub found: usize,
    fresh: usize,
    changed: usize,
    /// Documents taken in, and such as are known.
    pub(super) taken: usize,
    pub(super) unchanged: usize,
    /// Filled fields in a thousand, of so many articles together.
    filled: (usize, usize),
    pub(super) failed: Option<(String, Option<TimeDelta>)>,
    pub(super) is_gone: bool,
    pub fresh_for: Option<TimeDelta>,
}

impl Tally {
    pub(in crate::jobs) fn count(&mut self, settled: &Settled) {
        match settled {
            Settled::Unchanged | Settled::Filtered => {}
            Settled::New(_) => self.fresh += 1,
            Settled::Changed(_) => self.changed += 1,
        }
    }

    pub(in crate::jobs) fn fill(&mut self, article: &Article) {
        self.filled.0 += article.filled();
        self.filled.1 += 1;
    }

    pub(in crate::jobs) fn outcome(&self) -> Outcome {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (sum, articles) = self.filled;
        match &self.failed {
            _ if self.is_gone => Outcome::Gone,
            _ if self.taken > 0 => Outcome::Read {
                found: number(self.found),
                fresh: number(self.fresh),
                changed: number(self.changed),
                filled: sum.checked_div(articles).map(number),
            },
            Some((reason, retry_after)) if self.unchanged == 0 => {
                Outcome::Failed { reason: reason.clone(), retry_after: *retry_after }
            }
            _ => Outcome::Unchanged,
        }
    }
}
