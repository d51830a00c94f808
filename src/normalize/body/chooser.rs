//! Chooses among candidates by what they found.

use super::candidates::Candidate;

/// Characters below which no candidate counts: a title and a menu have as many.
const MIN_PROSE: usize = 80;

/// The best candidate, if any found an article.
pub(super) fn best(candidates: Vec<Candidate>) -> Option<Candidate> {
    let mut candidates: Vec<Candidate> =
        candidates.into_iter().filter(|c| c.prose() >= MIN_PROSE).collect();
    let scored = candidates.iter().position(|c| c.name == "readability");
    let semantic = candidates.iter().position(|c| c.name == "semantic");
    let chosen = match (scored, semantic) {
        // Scoring loses parts of articles that are split into many containers; then the page's own container has much more.
        (Some(a), Some(b)) if candidates[b].prose() * 2 > candidates[a].prose() * 3 => b,
        (Some(a), _) => a,
        (None, Some(b)) => b,
        (None, None) => return None,
    };
    Some(candidates.swap_remove(chosen))
}
