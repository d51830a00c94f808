//! One look at one source, from its first request to what is written: fetching, reading, settling against what is known.

use std::mem::take;

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::report::Noted;
use super::{Context, Report};
use crate::domain::{Article, ArticleId, Document, Known, MediaType, Note, Source};
use crate::fetch::{Answer, FetchError, Fetched, Place, Request};
use crate::normalize::{self, NormalizeError, Normalized, Settings};
use crate::store::articles::StoredArticle;
use crate::store::{Conn, StoreError, articles, documents};
use crate::summarize;

/// Documents that are written together: a directory of thousands is not held in memory.
const MANY: usize = 64;

/// Why one document of a source gave nothing.
#[derive(Debug, Error)]
pub(super) enum IngestError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(
        "{0} is gone for good, its server says; take the source out, or give it its new address"
    )]
    Gone(String),
    #[error(transparent)]
    Normalize(#[from] NormalizeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("normalizing it ended in a panic; please report this with the document: {0}")]
    Panic(String),
}

/// What one document holds.
#[derive(Default)]
struct Read {
    articles: Vec<Normalized>,
    /// Entries that are no articles, by their number.
    refused: Vec<(usize, NormalizeError)>,
    notes: Vec<Note>,
}

/// A document that was read and is not written yet.
struct Taken {
    reference: String,
    known: Known,
    read: Read,
}

/// What became of one article.
enum Settled {
    Unchanged,
    New(Vec<Note>),
    Changed(Vec<Note>),
}

/// One look at one source.
pub(super) struct Turn<'a> {
    context: &'a Context,
    source: &'a Source,
    taken: Vec<Taken>,
    /// What it has done so far.
    done: Report,
}

impl<'a> Turn<'a> {
    /// Begins.
    pub(super) fn new(context: &'a Context, source: &'a Source) -> Self {
        Self { context, source, taken: Vec::new(), done: Report::default() }
    }

    /// Fetches one place. What is known already is not given again.
    pub(super) async fn fetch(&self, place: &Place) -> Result<Answer, IngestError> {
        let Context { clock, zone, store, fetcher, .. } = self.context;
        let at = clock.now().with_timezone(zone).fixed_offset();
        let known = {
            let mut lease = store.read().await?;
            documents::known(&mut lease.conn(), &self.source.id, place.reference()).await?
        };
        let access = &self.source.access;
        Ok(fetcher.fetch(&Request { place, access, known: known.as_ref(), at }).await?)
    }

    /// Takes one fetched Document in: normalizes and summarizes it, to be written with the rest.
    pub(super) async fn take(&mut self, fetched: Fetched) -> Result<(), IngestError> {
        let Fetched { document, notes, told } = fetched;
        let settings = Settings {
            source: self.source.id.clone(),
            identity: self.source.identity_rule(),
            overrides: self.context.overrides.get(&self.source.id).cloned().unwrap_or_default(),
        };
        // A body may be megabytes; what is remembered of it is its name and its hash.
        let reference = document.reference.clone();
        let digest = document.digest.clone();
        let known = Known { digest, validators: told.validators, moved: told.moved };
        let mut read = read(document, settings).await?;
        read.notes.splice(0..0, notes);
        self.taken.push(Taken { reference, known, read });
        Ok(())
    }

    /// One document is as it was.
    pub(super) fn unchanged(&mut self) {
        self.done.unchanged_documents += 1;
    }

    /// The error of a place that its server says is gone.
    pub(super) fn gone(place: &Place) -> IngestError {
        IngestError::Gone(place.reference().to_owned())
    }

    /// Names a failure of the source, or of one of its documents.
    pub(super) fn fail(&mut self, reference: Option<&str>, error: &IngestError) {
        let what = self.what(reference);
        self.done.fail(what, error);
    }

    /// Writes what was taken in where it has become much.
    pub(super) async fn write_if_many(&mut self) {
        if self.taken.len() >= MANY {
            self.write().await;
        }
    }

    /// Writes the rest and adds what was done to `report`.
    pub(super) async fn finish(mut self, report: &mut Report) {
        self.write().await;
        report.add(self.done);
    }

    fn what(&self, reference: Option<&str>) -> String {
        match reference {
            Some(reference) => format!("source {}: {reference}", self.source.id),
            None => format!("source {}", self.source.id),
        }
    }

    async fn write(&mut self) {
        let taken = take(&mut self.taken);
        if taken.is_empty() {
            return;
        }
        match keep(self.context, self.source, taken).await {
            Ok(settled) => settled.into_iter().for_each(|document| self.record(document)),
            Err(error) => self.fail(None, &error.into()),
        }
    }

    fn record(&mut self, document: Written) {
        let what = self.what(Some(&document.reference));
        let done = &mut self.done;
        let is_unchanged = |settled: &Settled| matches!(settled, Settled::Unchanged);
        if document.settled.iter().all(is_unchanged) && document.refused.is_empty() {
            done.unchanged_documents += 1;
        }
        let mut notes = document.notes;
        for settled in document.settled {
            match settled {
                Settled::Unchanged => {}
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

/// Normalizing and summarizing are pure and take the processor: they run beside the async workers, and a panic there
/// ends this document only.
async fn read(document: Document, settings: Settings) -> Result<Read, IngestError> {
    let work = tokio::task::spawn_blocking(move || {
        let mut read = match document.media_type {
            MediaType::Feed => many(&document, &settings)?,
            _ => Read {
                articles: vec![normalize::normalize(&document, &settings)?],
                ..Read::default()
            },
        };
        read.articles.iter_mut().for_each(|one| summarize::summarize(&mut one.article));
        Ok::<_, NormalizeError>(read)
    });
    match work.await {
        Ok(result) => Ok(result?),
        Err(error) => Err(IngestError::Panic(error.to_string())),
    }
}

fn many(document: &Document, settings: &Settings) -> Result<Read, NormalizeError> {
    let feed = normalize::syndicated(document, settings)?;
    let mut read = Read { notes: feed.notes, ..Read::default() };
    for (index, entry) in feed.articles.into_iter().enumerate() {
        match entry {
            Ok(article) => read.articles.push(article),
            Err(error) => read.refused.push((index + 1, error)),
        }
    }
    Ok(read)
}

/// A document that was written, and what became of its articles.
struct Written {
    reference: String,
    settled: Vec<Settled>,
    refused: Vec<(usize, NormalizeError)>,
    notes: Vec<Note>,
}

/// Writes the articles and remembers the bytes they were made of, all or nothing.
async fn keep(
    context: &Context,
    source: &Source,
    taken: Vec<Taken>,
) -> Result<Vec<Written>, StoreError> {
    let now = context.clock.now();
    let mut written = Vec::with_capacity(taken.len());
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    for document in taken {
        written.push(keep_one(conn, source, document, now).await?);
    }
    tx.commit().await?;
    Ok(written)
}

async fn keep_one(
    conn: &mut Conn<'_>,
    source: &Source,
    document: Taken,
    now: DateTime<Utc>,
) -> Result<Written, StoreError> {
    let Taken { reference, known, read } = document;
    // A feed without entries is remembered as well: reading it again would find as little.
    let mut last = ArticleId::derive(&source.id, &reference);
    let mut settled = Vec::with_capacity(read.articles.len());
    for Normalized { article, notes, .. } in read.articles {
        last = article.id;
        let earlier = articles::get(conn, article.id).await?;
        let (stored, what) = settle(source, article, earlier.as_ref(), now, notes);
        if let Some(stored) = stored {
            articles::put(conn, &stored).await?;
        }
        settled.push(what);
    }
    documents::remember(conn, &source.id, &reference, &known, last, now).await?;
    Ok(Written { reference, settled, refused: read.refused, notes: read.notes })
}

/// What is to be written, if anything: relative times stay as first settled, and only an edit counts as a change.
fn settle(
    source: &Source,
    article: Article,
    earlier: Option<&StoredArticle>,
    now: DateTime<Utc>,
    notes: Vec<Note>,
) -> (Option<StoredArticle>, Settled) {
    let stored = |article, first_seen| StoredArticle {
        source: source.id.clone(),
        article,
        first_seen,
        changed: now,
    };
    let Some(earlier) = earlier else {
        return (Some(stored(article, now)), Settled::New(notes));
    };
    let article = article.pinned_to(&earlier.article);
    if article.fingerprint() == earlier.article.fingerprint() {
        return (None, Settled::Unchanged);
    }
    (Some(stored(article, earlier.first_seen)), Settled::Changed(notes))
}
