//! Source → Documents → Articles → store.

use chrono::Utc;

use super::report::Noted;
use super::{Context, Report};
use crate::domain::{Article, ArticleId, Document, MediaType, Note, Source};
use crate::fetch::{FetchError, Place};
use crate::normalize::{self, NormalizeError, Normalized, Settings};
use crate::store::articles::StoredArticle;
use crate::store::{StoreError, articles, documents};
use crate::summarize;
use thiserror::Error;

/// Why one document of a source gave nothing.
#[derive(Debug, Error)]
enum IngestError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Normalize(#[from] NormalizeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("normalizing it ended in a panic; please report this with the document: {0}")]
    Panic(String),
}

/// What became of one article.
enum Taken {
    Unchanged,
    New(Vec<Note>),
    Changed(Vec<Note>),
}

/// What one place brought.
#[derive(Default)]
struct Brought {
    taken: Vec<Taken>,
    /// Entries that are no articles, by their number.
    refused: Vec<(usize, NormalizeError)>,
    notes: Vec<Note>,
}

/// What a source has to fetch; what cannot be found is named in the report.
pub fn places(context: &Context, source: &Source, report: &mut Report) -> Vec<Place> {
    report.sources += 1;
    let found = context.fetcher.places(source);
    for failure in found.failures {
        report.fail(format!("source {}", source.id), &failure);
    }
    found.places
}

/// Takes in one place of `source`.
pub async fn ingest(context: &Context, source: &Source, place: &Place, report: &mut Report) {
    let what = format!("source {}: {}", source.id, place.reference());
    match take(context, source, place).await {
        Ok(brought) => record(report, &what, brought),
        Err(error) => report.fail(what, &error),
    }
}

fn record(report: &mut Report, what: &str, brought: Brought) {
    let is_unchanged = |taken: &Taken| matches!(taken, Taken::Unchanged);
    if brought.taken.iter().all(is_unchanged) && brought.refused.is_empty() {
        report.unchanged_documents += 1;
    }
    note(report, what, brought.notes);
    for taken in brought.taken {
        match taken {
            Taken::Unchanged => {}
            Taken::New(notes) => {
                report.new_articles += 1;
                note(report, what, notes);
            }
            Taken::Changed(notes) => {
                report.changed_articles += 1;
                note(report, what, notes);
            }
        }
    }
    for (number, error) in brought.refused {
        report.fail(format!("{what}: entry {number}"), &error);
    }
}

fn note(report: &mut Report, what: &str, notes: Vec<Note>) {
    report.notes.extend(notes.into_iter().map(|note| Noted { what: what.to_owned(), note }));
}

async fn take(context: &Context, source: &Source, place: &Place) -> Result<Brought, IngestError> {
    let at = context.clock.now().with_timezone(&context.zone).fixed_offset();
    let fetched = context.fetcher.fetch(place, at).await?;
    let document = fetched.document;
    let known = {
        let mut lease = context.store.read().await?;
        let conn = &mut lease.conn();
        documents::is_known(conn, &source.id, &document.reference, &document.digest).await?
    };
    if known {
        return Ok(Brought::default());
    }
    let settings = Settings {
        source: source.id.clone(),
        identity: source.identity_rule(),
        overrides: context.overrides.get(&source.id).cloned().unwrap_or_default(),
    };
    // A body may be megabytes; what is remembered of it is its name and its hash.
    let (reference, digest) = (document.reference.clone(), document.digest.clone());
    let mut read = read(document, settings).await?;
    read.notes.splice(0..0, fetched.notes);
    keep(context, source, &reference, &digest, read).await
}

/// What one document holds.
#[derive(Default)]
struct Read {
    articles: Vec<Normalized>,
    refused: Vec<(usize, NormalizeError)>,
    notes: Vec<Note>,
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

/// Writes the articles and remembers the bytes they were made of, all or nothing.
async fn keep(
    context: &Context,
    source: &Source,
    reference: &str,
    digest: &str,
    read: Read,
) -> Result<Brought, IngestError> {
    let now = context.clock.now();
    let mut brought = Brought { notes: read.notes, refused: read.refused, ..Brought::default() };
    // A feed without entries is remembered as well: reading it again would find as little.
    let mut last = ArticleId::derive(&source.id, reference);
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    for Normalized { article, notes, .. } in read.articles {
        last = article.id;
        let earlier = articles::get(conn, article.id).await?;
        let (stored, taken) = settle(source, article, earlier.as_ref(), now, notes);
        if let Some(stored) = stored {
            articles::put(conn, &stored).await?;
        }
        brought.taken.push(taken);
    }
    documents::remember(conn, &source.id, reference, digest, last, now).await?;
    tx.commit().await?;
    Ok(brought)
}

/// What is to be written, if anything: relative times stay as first settled, and only an edit counts as a change.
fn settle(
    source: &Source,
    article: Article,
    earlier: Option<&StoredArticle>,
    now: chrono::DateTime<Utc>,
    notes: Vec<Note>,
) -> (Option<StoredArticle>, Taken) {
    let stored = |article, first_seen| StoredArticle {
        source: source.id.clone(),
        article,
        first_seen,
        changed: now,
    };
    let Some(earlier) = earlier else {
        return (Some(stored(article, now)), Taken::New(notes));
    };
    let article = article.pinned_to(&earlier.article);
    if article.fingerprint() == earlier.article.fingerprint() {
        return (None, Taken::Unchanged);
    }
    (Some(stored(article, earlier.first_seen)), Taken::Changed(notes))
}
