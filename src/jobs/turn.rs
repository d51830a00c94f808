//! One look at one source, from its first request to what is written: fetching, reading, settling against what is known.

mod follow;
mod known;
mod reading;
mod taken;

use std::collections::{BTreeSet, HashSet};
use std::mem::take;
use std::sync::Arc;

use chrono::TimeDelta;
use thiserror::Error;
use url::Url;

use super::hosts::{self, Asked};
use super::ledger::{Ledger, Page};
use super::report::Noted;
use super::stages::beside;
use super::{Context, Report};
use crate::domain::{Document, Fingerprint, Known, MediaType, Source, Standing};
use crate::fetch::{Answer, FetchError, Fetched, Found, Place, Request, Told};
use crate::normalize::{NormalizeError, Settings};
use crate::store::kept::Packed;
use crate::store::standings::Stood;
use crate::store::{StoreError, documents};

pub(super) use taken::{Offered, Settled, Taken, Tally, Written, weight};

/// Documents that are written together: a directory of thousands is not held in memory.
const MANY: usize = 64;

/// Why one document of a source gave nothing.
#[derive(Debug, Error)]
pub enum IngestError {
    /// It was not fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It will not come back.
    #[error(
        "{0} is gone for good, its server says; take the source out, or give it its new address"
    )]
    Gone(String),
    /// Somebody else holds the lease on its host.
    #[error(
        "another pressroom is reading from {0}; it is free when that one is done, or five minutes after it was killed"
    )]
    Elsewhere(String),
    /// It is no article.
    #[error(transparent)]
    Normalize(#[from] NormalizeError),
    /// What it brought, or the lease, was not stored.
    #[error("{0}")]
    Store(Arc<StoreError>),
    /// A fault of ours.
    #[error("normalizing it ended in a panic; please report this with the document: {0}")]
    Panic(String),
}

impl IngestError {
    /// Whether trying again later may help.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Fetch(error) => error.is_transient(),
            Self::Elsewhere(_) | Self::Store(_) => true,
            Self::Gone(_) | Self::Normalize(_) | Self::Panic(_) => false,
        }
    }
}

impl From<StoreError> for IngestError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

/// One look at one source.
pub(super) struct Turn {
    context: Arc<Context>,
    source: Arc<Source>,
    ledger: Ledger,
    stood: Stood,
    asked: Vec<Asked>,
    taken: Vec<Taken<Offered>>,
    /// What is remembered anew of a document that is as it was.
    renewed: Option<Known>,
    /// What it has followed.
    followed: HashSet<Url>,
    tally: Tally,
    /// What it has done so far.
    done: Report,
}

impl Turn {
    /// Begins with how the source stood.
    pub(super) fn new(
        context: Arc<Context>,
        source: Arc<Source>,
        ledger: Ledger,
        stood: Stood,
    ) -> Self {
        let done = Report { sources: 1, ..Report::default() };
        let (asked, taken, followed) = (Vec::new(), Vec::new(), HashSet::new());
        Self {
            context,
            source,
            ledger,
            stood,
            asked,
            taken,
            renewed: None,
            followed,
            tally: Tally::default(),
            done,
        }
    }

    /// Fetches one place, as soon as its host may be asked. What is known already is not given again.
    pub(super) async fn fetch(&mut self, place: &Place) -> Result<Answer, IngestError> {
        let is_main = self.is_main(place.reference());
        let known = if is_main { self.stood.known.clone() } else { self.known(place).await? };
        let at = self.context.clock.now().with_timezone(&self.context.zone).fixed_offset();
        let access = &self.source.access;
        let request = Request { place, access, known: known.as_ref(), at };
        let mut answered = hosts::ask(self.context.asker(), &request).await;
        if known.as_ref().is_some_and(|known| known.moved.is_some()) && is_lost(&answered) {
            // Where it had moved to it is no more: the address that is configured may know better.
            answered = hosts::ask(self.context.asker(), &Request { known: None, ..request }).await;
        }
        let (answer, asked) = answered?;
        self.asked.extend(asked);
        if is_main {
            self.heed(&answer);
        }
        Ok(answer)
    }

    /// Whether the place is what the source is, not what it leads to.
    fn is_main(&self, reference: &str) -> bool {
        self.source.kind.url().is_some_and(|url| url.as_str() == reference)
    }

    async fn known(&self, place: &Place) -> Result<Option<Known>, StoreError> {
        let mut lease = self.context.store.read().await?;
        documents::known(&mut lease.conn(), &self.source.id, place.reference()).await
    }

    /// How long the server of the source lets us wait, and what it calls by another name or keeps in another place.
    fn heed(&mut self, answer: &Answer) {
        let told = match answer {
            Answer::Document(fetched) => &fetched.told,
            Answer::NotModified(told) => {
                let known = self.stood.known.as_ref();
                self.renewed =
                    known.and_then(|known| known.renewed(&told.validators, told.moved.as_ref()));
                told
            }
            Answer::Gone => return,
        };
        self.tally.fresh_for = told.fresh_for.and_then(|fresh| TimeDelta::from_std(fresh).ok());
    }

    /// Takes one fetched Document in, and what it leads to.
    pub(super) async fn take(&mut self, fetched: Fetched) -> Result<(), IngestError> {
        // What may follow is large, and most documents lead nowhere.
        Box::pin(follow::take_in(self, fetched)).await
    }

    /// Normalizes and summarizes what a Document holds.
    async fn read(&mut self, fetched: Fetched) -> Result<Taken, IngestError> {
        let Fetched { document, notes, told } = fetched;
        let settings = Settings {
            source: self.source.id.clone(),
            identity: self.source.identity_of(&document),
            overrides: self.rules(),
        };
        let before = self.entries(&document).await?;
        // A body may be megabytes; what is remembered of it is its name and its hash.
        let reference = document.reference.clone();
        let Told { validators, moved, .. } = told;
        let known = Known { digest: document.digest.clone(), validators, moved };
        let keeps = self.keeps();
        let mut taken = reading::read(document, before, settings, keeps).await?;
        taken.notes.splice(0..0, notes);
        if let Some(quiet) = taken.quiet.take() {
            self.stood.standing.quiet = quiet;
        }
        Ok(Taken { reference, known, ..taken })
    }

    /// Hands on what was read, to be written with the rest.
    async fn push(&mut self, taken: Taken) {
        let reference = taken.reference.clone();
        let (source, now) = (Arc::clone(&self.source), self.context.clock.now());
        match beside(move || taken.offer(&source, now)).await {
            Ok(taken) => {
                self.tally.taken += 1;
                self.taken.push(taken);
                self.write_if_many().await;
            }
            Err(error) => self.fail(Some(&reference), &error),
        }
    }

    /// Whether documents are kept as they were fetched; files are there anyway.
    fn keeps(&self) -> bool {
        self.source.kind.url().is_some() && self.context.keep_documents > TimeDelta::zero()
    }

    fn kept(&self, document: &Document) -> Option<Packed> {
        self.keeps().then(|| Packed::of(document))
    }

    /// What the entries of a feed were known by when it was last read. What is new or looks broken is read whole.
    async fn entries(&self, document: &Document) -> Result<BTreeSet<Fingerprint>, StoreError> {
        let is_whole = self.stood.standing.strikes > 0;
        let is_new = self.is_main(&document.reference) && self.stood.known.is_none();
        if document.media_type != MediaType::Feed || is_whole || is_new {
            return Ok(BTreeSet::new());
        }
        let mut lease = self.context.store.read().await?;
        let (id, reference) = (&self.source.id, &document.reference);
        let bytes = documents::entries(&mut lease.conn(), id, reference).await?;
        Ok(bytes.chunks_exact(16).filter_map(|entry| entry.try_into().ok()).collect())
    }

    /// Whether the process is to end: what was taken in is written, the rest is left.
    pub(super) fn is_to_end(&mut self) -> bool {
        self.done.broken_off |= self.context.halt.is_asked();
        self.done.broken_off
    }

    /// Bytes of the texts that it has to write.
    pub(super) fn weight(&self) -> usize {
        weight(&self.taken)
    }

    /// What the source has to fetch.
    pub(super) fn places(&self) -> Found {
        self.context.fetcher.places(&self.source)
    }

    /// One document is as it was.
    pub(super) fn unchanged(&mut self) {
        self.tally.unchanged += 1;
        self.done.unchanged_documents += 1;
    }

    /// The source itself is gone.
    pub(super) fn gone(&mut self, place: &Place) -> IngestError {
        self.tally.is_gone = self.is_main(place.reference());
        IngestError::Gone(place.reference().to_owned())
    }

    /// Names a failure of the source, or of one of its documents.
    pub(super) fn fail(&mut self, reference: Option<&str>, error: &IngestError) {
        let retry_after = match error {
            IngestError::Fetch(error) => error.retry_after(),
            _ => None,
        };
        let retry_after = retry_after.and_then(|wait| TimeDelta::from_std(wait).ok());
        let said = error.to_string();
        // Most errors begin with the address, which need not be read twice.
        let what = self.what(reference.filter(|reference| !said.starts_with(reference)));
        self.done.fail(what, error);
        self.tally.failed.get_or_insert((said, retry_after));
    }

    async fn write_if_many(&mut self) {
        if self.taken.len() >= MANY {
            self.write(None).await;
        }
    }

    /// Writes the rest, and how the source stands now; says what was done.
    pub(super) async fn finish(mut self) -> Report {
        let standing = self.stood.standing.clone();
        self.write(Some(standing)).await;
        self.done
    }

    fn what(&self, reference: Option<&str>) -> String {
        match reference {
            Some(reference) => format!("source {}: {reference}", self.source.id),
            None => format!("source {}", self.source.id),
        }
    }

    async fn write(&mut self, closes: Option<Standing>) {
        let page = Page {
            source: Arc::clone(&self.source),
            asked: take(&mut self.asked),
            taken: take(&mut self.taken),
            renewed: self.renewed.take(),
            tally: self.tally.clone(),
            closes,
        };
        match self.ledger.write(page).await {
            Ok((written, tally)) => {
                self.tally = tally;
                for document in written {
                    self.record(document);
                }
            }
            Err(error) => self.fail(None, &error),
        }
    }

    fn record(&mut self, document: Written) {
        let what = self.what(Some(&document.reference));
        let done = &mut self.done;
        let is_unchanged = |settled: &Settled| matches!(settled, Settled::Unchanged);
        let is_unchanged = document.settled.iter().all(is_unchanged) && document.refused.is_empty();
        if is_unchanged && !document.is_aside {
            done.unchanged_documents += 1;
        }
        let mut notes = document.notes;
        for settled in document.settled {
            match settled {
                Settled::Unchanged => {}
                Settled::Filtered => done.filtered_articles += 1,
                Settled::New(more) => {
                    done.new_articles += 1;
                    notes.extend(more);
                }
                Settled::Changed(more) => {
                    done.changed_articles += 1;
                    notes.extend(more);
                }
            }
        }
        done.notes.extend(notes.into_iter().map(|note| Noted { what: what.clone(), note }));
        for (number, error) in document.refused {
            done.fail(format!("{what}: entry {number}"), &error);
        }
    }
}

/// Whether there is no document, and none to be expected.
fn is_lost<T>(answered: &Result<(Answer, T), IngestError>) -> bool {
    match answered {
        Ok((answer, _)) => matches!(answer, Answer::Gone),
        Err(IngestError::Fetch(error)) => !error.is_transient(),
        Err(_) => false,
    }
}
