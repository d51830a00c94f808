//! What is taken in of a Source, and how far what it names is followed.

use super::Selection;

/// What is taken in of a Source, and how far what it names is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// Whether the articles that it names are fetched.
    pub follow: bool,
    /// Pages fetched so at one look.
    pub follow_limit: usize,
    /// Related items of one article that are fetched as articles; 0 keeps all of them as items.
    pub related_limit: usize,
    /// Further pages of one article that are joined to it.
    pub page_limit: usize,
    /// What belongs.
    pub filter: Selection,
    /// Whether its articles stand beside those of others that tell the same story.
    pub apart: bool,
}

impl Intake {
    /// Articles that are followed at one look: a host that is asked once a second is busy for as many seconds.
    pub const FOLLOW_LIMIT: usize = 20;
    /// Pages of one article.
    pub const PAGE_LIMIT: usize = 10;
}

impl Default for Intake {
    fn default() -> Self {
        Self {
            follow: false,
            follow_limit: Self::FOLLOW_LIMIT,
            related_limit: 0,
            page_limit: Self::PAGE_LIMIT,
            filter: Selection { reached: true, ..Selection::default() },
            apart: false,
        }
    }
}
