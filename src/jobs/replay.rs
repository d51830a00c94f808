//! Today's rules over Documents as they were fetched: what would be different field by field, and, if wanted, made so. Ids
//! and the time of first sight never change.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, FixedOffset, Utc};
use serde_json::Value;
use url::Url;

use super::stages::beside;
use super::turn::IngestError;
use super::{Context, Report};
use crate::domain::{Article, ArticleId, Document, MediaType, Sketch, Source, SourceKind};
use crate::normalize::{self, NormalizeError, Normalized, Settings};
use crate::store::articles::StoredArticle;
use crate::store::{Conn, StoreError, articles, documents, kept, stories};
use crate::summarize;

/// An article that today's rules make differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub id: ArticleId,
    /// Its title, as it is stored; as it would be for one that is not.
    pub title: String,
    /// Whether yesterday's rules made no article of it.
    pub is_new: bool,
    /// What is different.
    pub fields: Vec<FieldDifference>,
}

/// A field of an article before and after; absent where the article has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDifference {
    /// Its name, as `normalize` prints it.
    pub field: String,
    /// As it is stored.
    pub before: Option<String>,
    /// As it would be.
    pub after: Option<String>,
}

/// Runs today's rules over what was kept of `source`; what they make differently is stored where `apply` says so.
pub async fn replay(
    context: &Context,
    source: &Source,
    apply: bool,
    report: &mut Report,
) -> Result<Vec<Difference>, StoreError> {
    let references = {
        let mut lease = context.store.read().await?;
        kept::references(&mut lease.conn(), &source.id).await?
    };
    let made = read(context, source, references, report).await?;
    settle(context, source, made, apply).await
}

/// Runs today's rules over the documents that were fetched last, `most` of them, and stores nothing.
pub async fn replay_last(
    context: &Context,
    source: &Source,
    most: i64,
    report: &mut Report,
) -> Result<Vec<Difference>, StoreError> {
    let last = {
        let mut lease = context.store.read().await?;
        kept::last(&mut lease.conn(), &source.id, most).await?
    };
    // Later ones take the place of earlier ones.
    let references = last.into_iter().rev().map(|(reference, _)| reference).collect();
    let made = read(context, source, references, report).await?;
    settle(context, source, made, false).await
}

async fn read(
    context: &Context,
    source: &Source,
    references: Vec<String>,
    report: &mut Report,
) -> Result<Vec<Made>, StoreError> {
    let mut read = Read::default();
    report.sources += 1;
    for reference in references {
        let versions = {
            let mut lease = context.store.read().await?;
            kept::versions(&mut lease.conn(), &source.id, &reference).await?
        };
        for document in versions {
            if let Err(error) = read.document(context, source, document).await {
                report.fail(format!("source {}: {reference}", source.id), &error);
            }
        }
    }
    Ok(read.articles(source))
}

/// What was read of the documents; later ones take the place of earlier ones.
#[derive(Default)]
struct Read {
    entries: BTreeMap<ArticleId, Made>,
    pages: BTreeMap<String, (Normalized, DateTime<FixedOffset>)>,
}

/// An article as today's rules make it.
struct Made {
    article: Article,
    /// The document that it is, where it is one by itself.
    reference: Option<String>,
    fetched_at: DateTime<FixedOffset>,
}

impl Read {
    async fn document(
        &mut self,
        context: &Context,
        source: &Source,
        document: Document,
    ) -> Result<(), IngestError> {
        let is_index = matches!(source.kind, SourceKind::Listing { .. })
            && source.kind.url().is_some_and(|url| url.as_str() == document.reference);
        if is_index || document.media_type == MediaType::Sitemap {
            return Ok(());
        }
        let is_feed = document.media_type == MediaType::Feed;
        let settings = Settings {
            source: source.id.clone(),
            identity: source.identity_of(&document),
            overrides: context.overrides.get(&source.id).cloned().unwrap_or_default(),
        };
        let (reference, fetched_at) = (document.reference.clone(), document.fetched_at);
        let made = beside(move || -> Result<Vec<Normalized>, NormalizeError> {
            if is_feed {
                let feed = normalize::syndicated(&document, &settings)?;
                return Ok(feed.articles.into_iter().filter_map(Result::ok).collect());
            }
            Ok(vec![normalize::normalize(&document, &settings)?])
        });
        for one in made.await? {
            if is_feed {
                let article = one.article;
                self.entries.insert(article.id, Made { article, reference: None, fetched_at });
            } else {
                self.pages.insert(reference.clone(), (one, fetched_at));
            }
        }
        Ok(())
    }

    /// The articles: entries with the text of their pages, pages with those that go on where they end.
    fn articles(mut self, source: &Source) -> Vec<Made> {
        let further: HashSet<String> = self
            .pages
            .values()
            .flat_map(|(page, _)| page.further_pages.iter().map(Url::to_string))
            .collect();
        let texts: HashMap<String, Article> =
            self.pages.iter().map(|(url, (page, _))| (url.clone(), page.article.clone())).collect();
        let mut made: Vec<Made> = std::mem::take(&mut self.entries).into_values().collect();
        for entry in &mut made {
            let page = entry.article.link().and_then(|url| texts.get(url.as_str()));
            if let Some(page) = page.filter(|page| page.text().len() > entry.article.text().len()) {
                entry.article.take_text_of(page.clone());
            }
        }
        // What was fetched for a feed is the text of its entries and nothing of its own.
        if !matches!(source.kind, SourceKind::Feed { .. }) {
            let firsts = self.pages.into_iter().filter(|(url, _)| !further.contains(url));
            made.extend(firsts.map(|(reference, (mut page, fetched_at))| {
                for url in &page.further_pages {
                    if let Some(next) = texts.get(url.as_str()) {
                        page.article.join(next.clone());
                    }
                }
                Made { article: page.article, reference: Some(reference), fetched_at }
            }));
        }
        for one in &mut made {
            summarize::summarize(&mut one.article);
        }
        made
    }
}

async fn settle(
    context: &Context,
    source: &Source,
    made: Vec<Made>,
    apply: bool,
) -> Result<Vec<Difference>, StoreError> {
    let mut differences = Vec::new();
    let mut adopted = Vec::new();
    let mut lease = context.store.read().await?;
    for one in made {
        let (difference, stored) =
            compare(&mut lease.conn(), source, one, context.clock.now()).await?;
        differences.extend(difference);
        adopted.extend(stored);
    }
    drop(lease);
    if apply && !adopted.is_empty() {
        adopt(context, source, &adopted).await?;
    }
    Ok(differences)
}

async fn adopt(
    context: &Context,
    source: &Source,
    adopted: &[StoredArticle],
) -> Result<(), StoreError> {
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    articles::put_all(conn, adopted).await?;
    let sketches = adopted.iter().filter_map(|stored| {
        Some((source.id.clone(), stored.article.id, Sketch::of(stored.article.pieces())?))
    });
    let now = context.clock.now();
    stories::sketched(conn, &sketches.collect::<Vec<_>>(), now).await?;
    tx.commit().await?;
    stories::settle_all(&context.store, now).await
}

/// What is different about one article, and what would be stored.
async fn compare(
    conn: &mut Conn<'_>,
    source: &Source,
    made: Made,
    now: DateTime<Utc>,
) -> Result<(Option<Difference>, Option<StoredArticle>), StoreError> {
    let Made { mut article, reference, fetched_at } = made;
    // A page keeps the id that it has, whatever address it now calls its own.
    if let Some(reference) = reference
        && let Some(known) = documents::article(conn, &source.id, &reference).await?
    {
        article.id = known;
    }
    let Some(earlier) = articles::get(conn, article.id).await? else {
        if source.intake.filter.refusal_at(&source.id, &article, now).is_some() {
            return Ok((None, None));
        }
        let difference = Difference {
            id: article.id,
            title: article.title.clone(),
            is_new: true,
            fields: Vec::new(),
        };
        let first_seen = fetched_at.to_utc();
        let stored =
            StoredArticle { source: source.id.clone(), article, first_seen, changed: first_seen };
        return Ok((Some(difference), Some(stored)));
    };
    let mut article = article.pinned_to(&earlier.article);
    // What the index said of it, or what led to it, is not in the document.
    article.facts.reached_from = earlier.article.facts.reached_from;
    article.published = article.published.or_else(|| earlier.article.published.clone());
    article.facts.provenance.clone_from(&earlier.article.facts.provenance);
    let fields = differences(&earlier.article, &article);
    if fields.is_empty() {
        return Ok((None, None));
    }
    let title = earlier.article.title.clone();
    let difference = Difference { id: article.id, title, is_new: false, fields };
    Ok((Some(difference), Some(StoredArticle { article, ..earlier })))
}

/// The fields in which two states of one article differ.
fn differences(before: &Article, after: &Article) -> Vec<FieldDifference> {
    let (before, after) = (fields(before), fields(after));
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        if old != new {
            found.push(FieldDifference {
                field: name.clone(),
                before: old.map(shown),
                after: new.map(shown),
            });
        }
    }
    found
}

/// The fields by name, the body as its text.
fn fields(article: &Article) -> BTreeMap<String, Value> {
    let value = serde_json::to_value(article).unwrap_or_default();
    let Value::Object(object) = value else { return BTreeMap::new() };
    let mut fields: BTreeMap<String, Value> = object.into_iter().collect();
    fields.insert("text".into(), Value::String(article.text()));
    fields
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
