//! What a pass did, for people and for the exit code: counts, and every failure by name.

use std::collections::HashMap;
use std::path::PathBuf;

use super::compose::Answers;
use crate::domain::{DeliveryState, Note};
use crate::publish::Outcome;

/// Something that failed; the rest went on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What it was: `source samples: page.html`, `feed all`, `digest morning`.
    pub what: String,
    /// Why, and what to do.
    pub reason: String,
}

/// Something that was wrong without stopping its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Which document.
    pub what: String,
    /// What.
    pub note: Note,
}

/// One feed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedFile {
    /// Where it stands.
    pub path: PathBuf,
    /// How many articles it holds.
    pub entries: usize,
    /// Whether its bytes are new.
    pub outcome: Outcome,
}

/// What became of one digest's cadence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// Digest and cadence.
    pub what: String,
    /// What became of it.
    pub outcome: Composition,
}

/// What became of an Edition that was due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Composition {
    /// Composed and put into the outbox.
    Edition {
        /// Articles in it.
        briefs: usize,
        /// Articles of its window that are not.
        left_out: usize,
        /// Addresses it goes to.
        deliveries: usize,
        /// What a model said of its Sections, where one is asked.
        answers: Answers,
    },
    /// Not yet: these schedules of sources are not over.
    Waiting(Vec<String>),
    /// Not composed, for this reason.
    Skipped(String),
}

/// One delivery that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Which message to whom; for the operator's eyes, never for the log.
    pub what: String,
    /// Where it stands now.
    pub state: DeliveryState,
    /// What the server said, or the file.
    pub response: String,
}

/// Deliveries shown one by one in a report; a list may have a million.
const MOST_SHOWN: usize = 100;

/// Deliveries that were tried: all of them counted, the first ones by name, and of those that were not sent more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deliveries {
    counts: HashMap<DeliveryState, usize>,
    shown: Vec<Delivered>,
}

impl Deliveries {
    /// One more.
    pub fn push(&mut self, delivered: Delivered) {
        *self.counts.entry(delivered.state).or_default() += 1;
        let sent = delivered.state == DeliveryState::Sent;
        let most = if sent { MOST_SHOWN } else { 2 * MOST_SHOWN };
        if self.shown.len() < most {
            self.shown.push(delivered);
        }
    }

    /// Those of another run.
    pub fn add(&mut self, other: Self) {
        for (state, count) in other.counts {
            *self.counts.entry(state).or_default() += count;
        }
        self.shown.extend(other.shown);
    }

    /// How many stand in `state` now.
    pub fn count(&self, state: DeliveryState) -> usize {
        self.counts.get(&state).copied().unwrap_or_default()
    }

    /// How many there were.
    pub fn total(&self) -> usize {
        self.counts.values().sum()
    }

    /// Those that are shown one by one.
    pub fn shown(&self) -> &[Delivered] {
        &self.shown
    }
}

/// What a pass did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Sources read.
    pub sources: usize,
    /// Articles seen for the first time.
    pub new_articles: usize,
    /// Articles whose content changed.
    pub changed_articles: usize,
    /// Articles that the filter of their source does not let in.
    pub filtered_articles: usize,
    /// Documents that brought nothing new.
    pub unchanged_documents: usize,
    /// Feed files.
    pub files: Vec<PublishedFile>,
    /// Digests that were due.
    pub composed: Vec<Composed>,
    /// Deliveries that were tried.
    pub delivered: Deliveries,
    /// Mails that came back.
    pub returned: usize,
    /// Addresses that get no more mail for it.
    pub suppressed: usize,
    /// What was wrong without stopping anything.
    pub notes: Vec<Noted>,
    /// Whether the end was asked for before all was done.
    pub broken_off: bool,
    /// What failed.
    pub failures: Vec<Failure>,
}

impl Report {
    /// Names a failure.
    pub fn fail(&mut self, what: impl Into<String>, reason: &dyn std::fmt::Display) {
        self.failures.push(Failure { what: what.into(), reason: reason.to_string() });
    }

    /// Adds what `other` says.
    pub fn add(&mut self, other: Self) {
        self.sources += other.sources;
        self.broken_off |= other.broken_off;
        self.new_articles += other.new_articles;
        self.changed_articles += other.changed_articles;
        self.filtered_articles += other.filtered_articles;
        self.unchanged_documents += other.unchanged_documents;
        self.files.extend(other.files);
        self.composed.extend(other.composed);
        self.delivered.add(other.delivered);
        self.returned += other.returned;
        self.suppressed += other.suppressed;
        self.notes.extend(other.notes);
        self.failures.extend(other.failures);
    }

    /// Feed files whose bytes are new.
    pub fn files_written(&self) -> usize {
        self.files.iter().filter(|file| file.outcome == Outcome::Written).count()
    }

    /// Deliveries that stand in `state` now.
    pub fn count(&self, state: DeliveryState) -> usize {
        self.delivered.count(state)
    }

    /// Whether there was nothing to do, and nothing went wrong either.
    pub fn did_nothing(&self) -> bool {
        let articles = self.new_articles + self.changed_articles;
        let outcomes = self.files_written() + self.delivered.total() + self.composed.len();
        articles + outcomes + self.returned + self.notes.len() + self.failures.len() == 0
    }

    /// Whether everything that was tried was done.
    pub fn is_clean(&self) -> bool {
        self.failures.is_empty() && self.count(DeliveryState::Sent) == self.delivered.total()
    }
}
