//! Which Articles an Edition holds, and which it does not, and why.

use std::cmp::Reverse;
use std::collections::HashSet;

use chrono::{DateTime, Utc};
use url::Url;

use crate::domain::{
    ArticleId, Cadence, Digest, LeftOut, OVERLAP, OtherReport, Reason, SourceId, Why, Window,
};
use crate::store::articles::{self, Changed, StoredArticle};
use crate::store::memory::{self, Fate, Memory, Remembered};
use crate::store::{Conn, StoreError, editions};

/// Articles that an Edition names as left out; a source that brings thousands at once is not to fill every Edition's row.
const MOST_NAMED: usize = 1000;

/// An Article that was chosen.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) stored: StoredArticle,
    pub(super) weight: i64,
    pub(super) why: Why,
    pub(super) also: Vec<OtherReport>,
}

/// What was decided.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) window: Window,
    /// In reading order.
    pub(super) chosen: Vec<Chosen>,
    pub(super) left_out: Vec<LeftOut>,
    /// How many Articles waited: those that were chosen, and those for which there was no room.
    pub(super) waited: usize,
    pub(super) remembered: Vec<Remembered>,
}

/// What has to be known of an Article to decide about it; bodies are read again for the few that are chosen.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) id: ArticleId,
    pub(super) source: SourceId,
    pub(super) title: String,
    pub(super) attribution: Option<String>,
    pub(super) url: Option<Url>,
    pub(super) place: Option<String>,
    pub(super) weight: i64,
    pub(super) why: Why,
    pub(super) appeared: DateTime<Utc>,
    pub(super) first_seen: DateTime<Utc>,
    pub(super) changed: DateTime<Utc>,
}

/// Decides at `now`; `forgetful`: as if the cadence had had nothing.
pub(super) async fn choose(
    conn: &mut Conn<'_>,
    digest: &Digest,
    cadence: &Cadence,
    now: DateTime<Utc>,
    forgetful: bool,
) -> Result<Choice, StoreError> {
    let since = if forgetful {
        None
    } else {
        editions::last_composed(conn, &digest.id, &cadence.name, now).await?
    };
    let memory = Memory { digest: &digest.id, cadence: &cadence.name, now };
    let window = Window { since, until: now };
    let mut judge = Judge { digest, memory, window, forgetful, left_out: Vec::new() };
    let mut candidates = judge.candidates(conn).await?;
    candidates.sort_by_key(|c| (Reverse(c.weight), Reverse(c.appeared), c.id));
    let (stories, also) = judge.stories(conn, candidates).await?;
    let (chosen, rest) = stories.split_at(stories.len().min(digest.limit));
    judge.left_out.extend(rest.iter().map(|c| (c.clone(), Reason::OverLimit)));
    let remembered = remembered(chosen, &judge.left_out, now);
    Ok(Choice {
        window,
        chosen: judge.read(conn, chosen, also).await?,
        left_out: judge.left_out.iter().take(MOST_NAMED).map(left_out).collect(),
        waited: stories.len(),
        remembered,
    })
}

/// Decides about one Article after the other.
pub(super) struct Judge<'a> {
    pub(super) digest: &'a Digest,
    pub(super) memory: Memory<'a>,
    pub(super) window: Window,
    /// Whether what the cadence has had does not count.
    pub(super) forgetful: bool,
    pub(super) left_out: Vec<(Candidate, Reason)>,
}

impl Judge<'_> {
    /// What came in or was edited within the window and is not known to the cadence. The first Edition, which has no
    /// window behind it, takes the newest there is besides.
    async fn candidates(&self, conn: &mut Conn<'_>) -> Result<Vec<Candidate>, StoreError> {
        let Window { since, until } = self.window;
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        if since.is_none() {
            let (selection, limit) = (&self.digest.selection, self.digest.limit);
            let known = |stored: &StoredArticle| stored.first_seen <= until;
            for stored in articles::newest(conn, selection, until, limit, known).await? {
                seen.insert(stored.article.id);
                found.push(self.candidate(&stored, Why::New));
            }
        }
        let from = since.unwrap_or(until) - OVERLAP;
        let mut changed = Changed::between(from, until);
        loop {
            let page = changed.next(conn).await?;
            if page.is_empty() {
                return Ok(found);
            }
            for stored in page.iter().filter(|stored| self.admits(stored)) {
                let why = self.why(conn, stored, from).await?;
                if let Some(why) = why.filter(|_| seen.insert(stored.article.id)) {
                    found.push(self.candidate(stored, why));
                }
            }
        }
    }

    fn admits(&self, stored: &StoredArticle) -> bool {
        let selection = &self.digest.selection;
        let is_young =
            selection.oldest(self.window.until).is_none_or(|oldest| stored.appeared() >= oldest);
        is_young && selection.admits(&stored.source, &stored.article)
    }

    /// Why the Article may be in the Edition; `None` where it may not.
    async fn why(
        &self,
        conn: &mut Conn<'_>,
        stored: &StoredArticle,
        from: DateTime<Utc>,
    ) -> Result<Option<Why>, StoreError> {
        let known = if self.forgetful {
            None
        } else {
            memory::of_article(conn, self.memory, stored.article.id).await?
        };
        Ok(match known {
            None => (stored.first_seen > from).then_some(Why::New),
            Some((Fate::LeftOut, _)) => None,
            Some((Fate::Chosen, then)) => {
                (self.digest.include_updates && stored.changed > then).then_some(Why::Updated)
            }
        })
    }

    fn candidate(&self, stored: &StoredArticle, why: Why) -> Candidate {
        let article = &stored.article;
        Candidate {
            id: article.id,
            source: stored.source.clone(),
            title: article.title.clone(),
            attribution: article.attribution.clone(),
            url: article.link().cloned(),
            place: article.place(),
            weight: self.digest.weights.of(&stored.source, article),
            why,
            appeared: stored.appeared(),
            first_seen: stored.first_seen,
            changed: stored.changed,
        }
    }
}

fn left_out((candidate, reason): &(Candidate, Reason)) -> LeftOut {
    LeftOut {
        article: candidate.id,
        headline: candidate.title.clone(),
        url: candidate.url.clone(),
        reason: reason.clone(),
    }
}

/// What the cadence must remember: all that it has had, and of the rest what the next window will see once more.
fn remembered(
    chosen: &[Candidate],
    left_out: &[(Candidate, Reason)],
    now: DateTime<Utc>,
) -> Vec<Remembered> {
    let memory = |candidate: &Candidate, fate: Fate| Remembered {
        article: candidate.id,
        fate,
        changed: candidate.changed,
        place: candidate.place.clone(),
    };
    let late = left_out.iter().filter(|(c, _)| c.first_seen > now - OVERLAP);
    chosen
        .iter()
        .map(|c| memory(c, Fate::Chosen))
        .chain(late.filter(|(c, _)| c.why == Why::New).map(|(c, _)| memory(c, Fate::LeftOut)))
        .collect()
}
