//! What a turn takes in, what becomes of it once it is written, and what the turn comes to by it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{Known, Note, Outcome, Quiet, Sketch, Source};
use crate::normalize::{NormalizeError, Normalized};
use crate::store::{StoreError, articles, kept};

/// A document that was read and is not written yet.
pub(in crate::jobs) struct Taken<A = Normalized> {
    pub reference: String,
    pub known: Known,
    pub articles: Vec<A>,
    /// Entries that are no articles, by their number.
    pub refused: Vec<(usize, NormalizeError)>,
    pub notes: Vec<Note>,
    /// Fingerprints of all entries, one after the other.
    pub entries: Vec<u8>,
    /// Entries that were passed over, since they are known.
    pub already: usize,
    pub quiet: Option<Quiet>,
    /// The document as it was fetched, where it is kept.
    pub kept: Option<kept::Packed>,
    /// Whether it belongs to what another document brings, and is not reported by itself.
    pub is_aside: bool,
}

/// An article that waits to be written, packed: many are written together, and each takes little room.
pub(in crate::jobs) struct Offered {
    pub article: articles::Packed,
    pub sketch: Option<Sketch>,
    /// Its filled fields in a thousand.
    filled: usize,
    /// Whether the filter of its source lets it in, should it be new.
    pub is_admitted: bool,
    pub notes: Vec<Note>,
}

impl Taken {
    /// Ready to be written, at `now`.
    pub(super) fn offer(
        self,
        source: &Source,
        now: DateTime<Utc>,
    ) -> Result<Taken<Offered>, StoreError> {
        let offer = |one| Offered::of(one, source, now);
        let articles = self.articles.into_iter().map(offer).collect::<Result<_, _>>()?;
        Ok(Taken {
            reference: self.reference,
            known: self.known,
            articles,
            refused: self.refused,
            notes: self.notes,
            entries: self.entries,
            already: self.already,
            quiet: self.quiet,
            kept: self.kept,
            is_aside: self.is_aside,
        })
    }
}

/// Bytes of the texts that wait to be written.
pub(in crate::jobs) fn weight(taken: &[Taken<Offered>]) -> usize {
    let articles = taken.iter().flat_map(|one| &one.articles).map(|one| one.article.size());
    let kept = taken.iter().filter_map(|one| one.kept.as_ref()).map(kept::Packed::size);
    articles.chain(kept).sum()
}

impl Offered {
    fn of(one: Normalized, source: &Source, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let Normalized { article, notes, .. } = one;
        Ok(Self {
            sketch: Sketch::of(article.pieces()),
            filled: article.filled(),
            is_admitted: source.intake.filter.refusal_at(&source.id, &article, now).is_none(),
            article: articles::Packed::of(&article)?,
            notes,
        })
    }
}

impl<A> Default for Taken<A> {
    fn default() -> Self {
        Self {
            reference: String::new(),
            known: Known::default(),
            articles: Vec::new(),
            refused: Vec::new(),
            notes: Vec::new(),
            entries: Vec::new(),
            already: 0,
            quiet: None,
            kept: None,
            is_aside: false,
        }
    }
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

    pub(in crate::jobs) fn fill(&mut self, article: &Offered) {
        self.filled.0 += article.filled;
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
