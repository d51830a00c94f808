//! Each story once: told by the source that had it first, with the names of those who report it too.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::choose::{Candidate, Chosen, Judge};
use crate::domain::{ArticleId, OtherReport, Reason, SourceId, Why};
use crate::store::memory::{self, Fate};
use crate::store::{Conn, StoreError, articles, stories};

impl Judge<'_> {
    /// Each story once, told by the source that had it first; and who else reports it, by the Article that tells it.
    pub(super) async fn stories(
        &mut self,
        conn: &mut Conn<'_>,
        candidates: Vec<Candidate>,
    ) -> Result<(Vec<Candidate>, HashMap<ArticleId, Vec<OtherReport>>), StoreError> {
        let mut claims = Vec::with_capacity(candidates.len());
        for candidate in &candidates {
            claims.push(self.claims(conn, candidate).await?);
        }
        let first = first_of_each_claim(candidates.iter().zip(&claims));
        let mut also: HashMap<ArticleId, Vec<OtherReport>> = HashMap::new();
        let mut stories = Vec::new();
        for (candidate, claims) in candidates.into_iter().zip(claims) {
            let mut owners = claims.iter().filter_map(|claim| first.get(claim));
            // Within one source the identity rule decides alone: a feed of notes may point many entries at one page.
            match owners.find(|owner| owner.source != candidate.source) {
                Some(owner) => {
                    also.entry(owner.id).or_default().push(other_report(&candidate));
                    self.left_out.push((candidate, Reason::SameStory(owner.id)));
                }
                None if self.has_had(conn, &candidate).await? => {
                    self.left_out.push((candidate, Reason::StoryHad));
                }
                None => stories.push(candidate),
            }
        }
        Ok((stories, also))
    }

    /// What only one source of an Edition may have: the candidate's address, and its story.
    async fn claims(
        &self,
        conn: &mut Conn<'_>,
        candidate: &Candidate,
    ) -> Result<Vec<Claim>, StoreError> {
        let mut claims: Vec<Claim> = candidate.place.iter().cloned().map(Claim::Place).collect();
        if !self.digest.selection.apart.contains(&candidate.source) {
            claims.extend(stories::of(conn, candidate.id).await?.map(Claim::Story));
        }
        Ok(claims)
    }

    /// Whether the cadence has had the candidate's story, or what stands at its address, from another source.
    async fn has_had(
        &self,
        conn: &mut Conn<'_>,
        candidate: &Candidate,
    ) -> Result<bool, StoreError> {
        if self.forgetful || candidate.why == Why::Updated {
            return Ok(false);
        }
        if let Some(place) = &candidate.place
            && let Some(had) = memory::of_place(conn, self.memory, place).await?
            && let Some(stored) = articles::get(conn, had).await?
            && stored.source != candidate.source
        {
            return Ok(true);
        }
        for report in self.reports(conn, candidate).await? {
            let known = memory::of_article(conn, self.memory, report.article).await?;
            if matches!(known, Some((Fate::Chosen, _))) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn reports(
        &self,
        conn: &mut Conn<'_>,
        candidate: &Candidate,
    ) -> Result<Vec<OtherReport>, StoreError> {
        let apart = &self.digest.selection.apart;
        stories::also_reported_by(conn, &candidate.source, candidate.id, apart).await
    }

    /// The Articles of `candidates`, each with who else reports it, in this Edition's window or outside it.
    pub(super) async fn read(
        &self,
        conn: &mut Conn<'_>,
        candidates: &[Candidate],
        mut also: HashMap<ArticleId, Vec<OtherReport>>,
    ) -> Result<Vec<Chosen>, StoreError> {
        let mut chosen = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            // Gone in between: retention took it.
            let Some(stored) = articles::get(conn, candidate.id).await? else { continue };
            let mut reports = also.remove(&candidate.id).unwrap_or_default();
            for report in self.reports(conn, candidate).await? {
                if !reports.iter().any(|known| known.source == report.source) {
                    reports.push(report);
                }
            }
            let (weight, why) = (candidate.weight, candidate.why);
            chosen.push(Chosen { stored, weight, why, also: reports });
        }
        Ok(chosen)
    }
}

/// What only one source of an Edition may have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Claim {
    /// An address.
    Place(String),
    /// A story.
    Story(String),
}

#[derive(Clone)]
struct Owner {
    id: ArticleId,
    source: SourceId,
    first_seen: DateTime<Utc>,
}

/// Who had each first; by name where several brought it at once.
fn first_of_each_claim<'c>(
    candidates: impl Iterator<Item = (&'c Candidate, &'c Vec<Claim>)>,
) -> HashMap<Claim, Owner> {
    let mut owners: HashMap<Claim, Owner> = HashMap::new();
    for (candidate, claims) in candidates {
        let own = Owner {
            id: candidate.id,
            source: candidate.source.clone(),
            first_seen: candidate.first_seen,
        };
        for claim in claims {
            let owner = owners.entry(claim.clone()).or_insert_with(|| own.clone());
            if (own.first_seen, &own.source) < (owner.first_seen, &owner.source) {
                *owner = own.clone();
            }
        }
    }
    owners
}

fn other_report(candidate: &Candidate) -> OtherReport {
    OtherReport {
        article: candidate.id,
        source: candidate.source.clone(),
        title: candidate.title.clone(),
        attribution: candidate.attribution.clone(),
        url: candidate.url.clone(),
    }
}
