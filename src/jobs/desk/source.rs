//! One source as the desk shows it: its history, what was fetched last, what became of it, and which rule found what.

use super::super::Context;
use super::overview;
use crate::domain::{Document, MediaType, Source, Standing};
use crate::normalize::{self, Explanation, NormalizeError, Settings};
use crate::render::page::desk::{Beaten, DocumentLine, Explained, Fetched, SourcePage, Visit};
use crate::store::{Conn, StoreError, articles, documents, kept, standings, visits};

/// Visits and documents that are shown.
const SHOWN: i64 = 30;
/// Characters of a document that are shown; the rest is in the browser's own view of the address.
const SOURCE_TEXT: usize = 20_000;

/// Every source with how it is doing and what it brought, the worst first.
pub async fn list(
    context: &Context,
) -> Result<Vec<crate::render::page::desk::SourceLine>, StoreError> {
    let all = super::super::health::list(context).await?;
    let all = all.into_iter().map(|(source, standing)| (source.id, standing)).collect();
    let mut lease = context.store.read().await?;
    overview::lines(&mut lease.conn(), all, context.clock.now()).await
}

/// All of `source`, with the document that `reference` names, else the one that was fetched last.
pub async fn look(
    context: &Context,
    source: &Source,
    reference: Option<&str>,
) -> Result<SourcePage, StoreError> {
    let now = context.clock.now();
    let mut lease = context.store.read().await?;
    let conn = &mut lease.conn();
    let stood = standings::get(conn, &source.id).await?;
    let standing =
        stood.map_or_else(|| Standing::new(context.manners.pace, now), |stood| stood.standing);
    let line = overview::lines(conn, vec![(source.id.clone(), standing)], now).await?;
    let visits = visits::of(conn, &source.id, SHOWN).await?.into_iter().map(visit).collect();
    let documents = kept::last(conn, &source.id, SHOWN).await?;
    let wanted = reference.or_else(|| documents.first().map(|(reference, _)| reference.as_str()));
    let fetched = match wanted {
        Some(reference) => fetched(context, conn, source, reference).await?,
        None => None,
    };
    let documents = documents.into_iter().map(|(reference, at)| DocumentLine { reference, at });
    Ok(SourcePage {
        source: source.clone(),
        line: line.into_iter().next().expect("one source has one line"),
        visits,
        documents: documents.collect(),
        fetched,
    })
}

async fn fetched(
    context: &Context,
    conn: &mut Conn<'_>,
    source: &Source,
    reference: &str,
) -> Result<Option<Fetched>, StoreError> {
    let Some(document) = kept::versions(conn, &source.id, reference).await?.pop() else {
        return Ok(None);
    };
    let id = documents::article(conn, &source.id, reference).await?;
    let article = match id {
        Some(id) => articles::get(conn, id).await?.map(|stored| stored.article),
        None => None,
    };
    let (text, length) = (cut(&document.text), document.text.chars().count());
    let (reference, at) = (document.reference.clone(), document.fetched_at.to_utc());
    let media_type = document.media_type.as_str();
    let (explained, problem) = match explained(context, source, document).await {
        Ok(explained) => (explained, None),
        Err(problem) => (Vec::new(), Some(problem)),
    };
    Ok(Some(Fetched { reference, at, media_type, text, length, article, explained, problem }))
}

fn cut(text: &str) -> String {
    text.chars().take(SOURCE_TEXT).collect()
}

/// Which rule found each field of a page; feeds and indexes hold many articles, and none of them is explained here.
async fn explained(
    context: &Context,
    source: &Source,
    document: Document,
) -> Result<Vec<Explained>, String> {
    if matches!(document.media_type, MediaType::Feed | MediaType::Sitemap) {
        return Ok(Vec::new());
    }
    let settings = Settings {
        source: source.id.clone(),
        identity: source.identity_of(&document),
        overrides: context.overrides.get(&source.id).cloned().unwrap_or_default(),
    };
    let made = tokio::task::spawn_blocking(move || normalize::explain(&document, &settings));
    let made: Result<Explanation, NormalizeError> = made.await.map_err(|e| e.to_string())?;
    Ok(made.map_err(|error| error.to_string())?.fields.into_iter().map(line).collect())
}

fn line(explained: normalize::Explained) -> Explained {
    let beaten = explained.beaten.into_iter();
    Explained {
        field: explained.field,
        value: explained.value,
        place: explained.place,
        beaten: beaten.map(|other| Beaten { place: other.place, value: other.value }).collect(),
    }
}

fn visit(visit: visits::Visit) -> Visit {
    let visits::Visit { at, outcome, found, fresh, changed, reason } = visit;
    Visit { at, outcome, found, fresh, changed, reason }
}
