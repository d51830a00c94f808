//! Source → Documents → Articles → store.

use chrono::Utc;

use super::report::Noted;
use super::{Context, Report};
use crate::domain::{Article, Document, Note, Source};
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

/// What became of one document.
enum Taken {
    Unchanged,
    New(Vec<Note>),
    Changed(Vec<Note>),
}

/// What a source has to fetch; a failure is named in the report.
pub fn places(context: &Context, source: &Source, report: &mut Report) -> Vec<Place> {
    report.sources += 1;
    context.fetcher.places(source).unwrap_or_else(|error| {
        report.fail(format!("source {}", source.id), &error);
        Vec::new()
    })
}

/// Takes in one place of `source`.
pub async fn ingest(context: &Context, source: &Source, place: &Place, report: &mut Report) {
    let what = format!("source {}: {}", source.id, place.reference());
    match take(context, source, place).await {
        Ok(Taken::Unchanged) => report.unchanged_documents += 1,
        Ok(Taken::New(notes)) => {
            report.new_articles += 1;
            note(report, &what, notes);
        }
        Ok(Taken::Changed(notes)) => {
            report.changed_articles += 1;
            note(report, &what, notes);
        }
        Err(error) => report.fail(what, &error),
    }
}

fn note(report: &mut Report, what: &str, notes: Vec<Note>) {
    report.notes.extend(notes.into_iter().map(|note| Noted { what: what.to_owned(), note }));
}

async fn take(context: &Context, source: &Source, place: &Place) -> Result<Taken, IngestError> {
    let at = context.clock.now().with_timezone(&context.zone).fixed_offset();
    let mut fetched = context.fetcher.fetch(place, at).await?;
    let document = &fetched.document;
    let known = {
        let mut lease = context.store.read().await?;
        let conn = &mut lease.conn();
        documents::is_known(conn, &source.id, &document.reference, &document.digest).await?
    };
    if known {
        return Ok(Taken::Unchanged);
    }
    let settings = Settings {
        source: source.id.clone(),
        identity: source.identity_rule(),
        overrides: context.overrides.get(&source.id).cloned().unwrap_or_default(),
    };
    let normalized = normalized(fetched.document.clone(), settings).await?;
    fetched.notes.extend(normalized.notes);
    keep(context, source, &fetched.document, normalized.article, fetched.notes).await
}

/// Normalizing and summarizing are pure and take the processor: they run beside the async workers, and a panic there
/// ends this document only.
async fn normalized(document: Document, settings: Settings) -> Result<Normalized, IngestError> {
    let work = tokio::task::spawn_blocking(move || {
        let mut normalized = normalize::normalize(&document, &settings)?;
        summarize::summarize(&mut normalized.article);
        Ok::<_, NormalizeError>(normalized)
    });
    match work.await {
        Ok(result) => Ok(result?),
        Err(error) => Err(IngestError::Panic(error.to_string())),
    }
}

/// Writes the article and remembers the bytes it was made of, both or neither.
async fn keep(
    context: &Context,
    source: &Source,
    document: &Document,
    article: Article,
    notes: Vec<Note>,
) -> Result<Taken, IngestError> {
    let now = context.clock.now();
    let id = article.id;
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    let earlier = articles::get(conn, id).await?;
    let (stored, taken) = settle(source, article, earlier.as_ref(), now, notes);
    if let Some(stored) = stored {
        articles::put(conn, &stored).await?;
    }
    documents::remember(conn, &source.id, &document.reference, &document.digest, id, now).await?;
    tx.commit().await?;
    Ok(taken)
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
