//! Document → what is taken of it: the stages, which take the processor, beside the async workers.

use std::collections::BTreeSet;

use super::{IngestError, Taken};
use crate::domain::{Document, Fingerprint, MediaType};
use crate::jobs::stages::beside;
use crate::normalize::{self, NormalizeError, Settings};
use crate::store::kept::Packed;
use crate::summarize;

/// Normalizes and summarizes; whatever else takes the processor is done here as well.
pub(super) async fn read(
    document: Document,
    before: BTreeSet<Fingerprint>,
    settings: Settings,
    keeps: bool,
) -> Result<Taken, IngestError> {
    let work = move || -> Result<Taken, NormalizeError> {
        let mut taken = match document.media_type {
            MediaType::Feed => many(&before, &document, &settings)?,
            _ => Taken {
                articles: vec![normalize::normalize(&document, &settings)?],
                ..Taken::default()
            },
        };
        taken.articles.iter_mut().for_each(|one| summarize::summarize(&mut one.article));
        taken.kept = keeps.then(|| Packed::of(&document));
        Ok(taken)
    };
    beside(work).await
}

fn many(
    before: &BTreeSet<Fingerprint>,
    document: &Document,
    settings: &Settings,
) -> Result<Taken, NormalizeError> {
    let feed = normalize::syndicated_but(before, document, settings)?;
    let already = feed.entries.iter().filter(|entry| before.contains(*entry)).count();
    let mut taken = Taken {
        notes: feed.notes,
        entries: feed.entries.concat(),
        already,
        quiet: Some(feed.quiet),
        ..Taken::default()
    };
    for (number, entry) in feed.numbers.into_iter().zip(feed.articles) {
        match entry {
            Ok(article) => taken.articles.push(article),
            Err(error) => taken.refused.push((number, error)),
        }
    }
    Ok(taken)
}
