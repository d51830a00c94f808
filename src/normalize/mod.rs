//! Document → Article. Pure: no I/O, no async, no clock.

mod error;

use crate::domain::{Article, Document, IdentityRule, Note, SourceId};
pub use error::NormalizeError;

/// What the caller decides about an article: whose it is and what its id is made of.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The Source that owns the article.
    pub source: SourceId,
    /// What makes it the same article tomorrow.
    pub identity: IdentityRule,
}

/// An Article and what was wrong with its Document without stopping it.
#[derive(Debug, Clone)]
pub struct Normalized {
    /// The article; without summaries.
    pub article: Article,
    /// Named in the report.
    pub notes: Vec<Note>,
}

/// Normalizes one Document.
pub fn normalize(document: &Document, settings: &Settings) -> Result<Normalized, NormalizeError> {
    let _ = (document, settings);
    Err(NormalizeError::Empty)
}
