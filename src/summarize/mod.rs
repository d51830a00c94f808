//! Section → Summary. Pure and deterministic.

use crate::domain::{Article, Summary};

/// Which sentences count as good: the opening ones of a written article, or the central ones of any passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Early sentences weigh more.
    Article,
    /// Place does not count.
    Section,
}

/// How long a Summary may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// At most so many sentences.
    Sentences(usize),
    /// At most so many Han characters and Latin words.
    Budget(usize),
}

/// Fills the Summary of every Section and of the Article; the publisher's own lead wins over ours.
pub fn summarize(article: &mut Article) {
    let _ = article;
}

/// A Summary of the whole body by `preset`, from its own sentences.
pub fn article_summary(article: &Article, preset: Preset, length: Length) -> Option<Summary> {
    let _ = (article, preset, length);
    None
}

/// A Summary of the Section at `index`, from its own sentences.
pub fn section_summary(article: &Article, index: usize, length: Length) -> Option<Summary> {
    let _ = (article, index, length);
    None
}
