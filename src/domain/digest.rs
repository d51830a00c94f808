//! A recurring mail: what it selects, how often it goes out, and in which words.

use super::{DigestId, Language, Locale, Selection};

/// How often a Digest goes out to those who chose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cadence {
    /// The operator's name for it: `daily`, `weekly` …
    pub name: String,
    /// Name of its schedule, unique in the installation.
    pub schedule: String,
}

/// A recurring mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The operator's name for it.
    pub id: DigestId,
    /// Its title, which heads the mail.
    pub title: String,
    /// The language of its own words.
    pub language: Language,
    /// What it takes.
    pub selection: Selection,
    /// How often it goes out.
    pub cadences: Vec<Cadence>,
    /// At most so many Articles in one Edition, the newest.
    pub limit: usize,
}

impl Digest {
    /// The locale of its headings and notes.
    pub fn locale(&self) -> Locale {
        Locale::of(&self.language)
    }
}
