//! Articles of several sources in one list, each once. Identity needs no look: an id is in the store once.
//!
//! An address, and a story, belongs to the source that had it first, so that a reader who has its article does not get the
//! other's as well when that comes later. Within one source the identity rule decides alone: a feed of notes may point many
//! entries at one page.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::articles::StoredArticle;
use crate::domain::{ArticleId, SourceId};

/// A list that grows from the newest article to the oldest.
#[derive(Debug, Default)]
pub(super) struct Merged {
    articles: Vec<Listed>,
    owners: HashMap<Claim, Owner>,
}

/// An article and what it claims.
#[derive(Debug)]
struct Listed {
    stored: StoredArticle,
    claims: Vec<Claim>,
}

/// What one source has before the others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Claim {
    Address(String),
    Story(String),
}

/// Whose a claim is.
#[derive(Debug)]
struct Owner {
    source: SourceId,
    first_seen: DateTime<Utc>,
    /// Whether nobody has said no to an article at this address.
    is_wanted: bool,
}

impl Owner {
    fn of(stored: &StoredArticle, is_wanted: bool) -> Self {
        Self { source: stored.source.clone(), first_seen: stored.first_seen, is_wanted }
    }

    /// Whether it had the address first; by name where both came in at once.
    fn is_before(&self, other: &Owner) -> bool {
        let key = |owner: &Owner| (owner.first_seen, owner.source.as_str().to_owned());
        key(self) < key(other)
    }
}

impl Merged {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.articles.len()
    }

    /// Whether the article is in it.
    pub(super) fn has(&self, id: ArticleId) -> bool {
        self.articles.iter().any(|listed| listed.stored.article.id == id)
    }

    /// The list.
    pub(super) fn articles(self) -> Vec<StoredArticle> {
        self.articles.into_iter().map(|listed| listed.stored).collect()
    }

    /// Takes the next older article. One that is not wanted keeps others from its address and its story: who had it has
    /// had them.
    pub(super) fn take(&mut self, stored: StoredArticle, story: Option<String>, is_wanted: bool) {
        let address = stored.article.place().map(Claim::Address);
        let claims: Vec<Claim> = address.into_iter().chain(story.map(Claim::Story)).collect();
        let mut is_kept = is_wanted;
        for claim in &claims {
            is_kept &= self.settle(claim, Owner::of(&stored, is_wanted));
        }
        if is_kept {
            self.articles.push(Listed { stored, claims });
        }
    }

    /// Settles whose `claim` is; whether the article that came as `new` is to be kept.
    fn settle(&mut self, claim: &Claim, mut new: Owner) -> bool {
        let Some(known) = self.owners.get_mut(claim) else {
            let is_kept = new.is_wanted;
            self.owners.insert(claim.clone(), new);
            return is_kept;
        };
        if known.source == new.source {
            known.first_seen = known.first_seen.min(new.first_seen);
            return new.is_wanted;
        }
        let is_wanted = known.is_wanted && new.is_wanted;
        let is_new_owner = new.is_before(known);
        if is_new_owner || !is_wanted {
            self.articles.retain(|other| !other.claims.contains(claim));
        }
        new.is_wanted = is_wanted;
        known.is_wanted = is_wanted;
        if is_new_owner {
            *known = new;
        }
        is_new_owner && is_wanted
    }
}
