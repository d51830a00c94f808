//! Chooses among candidates by how well each agrees with what most of them found.

use std::collections::{HashMap, HashSet};

use super::candidates::{Candidate, Found};

/// Weight of prose below which no candidate counts: a title and a menu have as much.
const MIN_WEIGHT: usize = 80;

/// The best candidate, if any found an article, the earlier one where two agree equally; and what was found of each.
pub(super) fn best(candidates: Vec<Candidate<'_>>) -> (Option<Candidate<'_>>, Vec<Found>) {
    let mut candidates: Vec<Candidate<'_>> =
        candidates.into_iter().filter(|c| c.weight() >= MIN_WEIGHT).collect();
    let agreed = agreed(&candidates);
    let found: Vec<Found> = candidates.iter().map(|c| c.found(agreement(c, &agreed))).collect();
    let better = |a: usize, b: usize| {
        if found[b].agreement > found[a].agreement + MARGIN { b } else { a }
    };
    let best = one_of_two(&candidates).or_else(|| (0..candidates.len()).reduce(better));
    (best.map(|at| candidates.swap_remove(at)), found)
}

/// What a script holds instead of what the page shows, where that is far less. A page with some prose must share part of it,
/// or name in its title what it is about: scripts also carry other articles.
pub(super) fn rescue<'a>(
    shown: Option<Candidate<'a>>,
    sent: Option<Candidate<'a>>,
    title: &str,
) -> Option<Candidate<'a>> {
    let Some(sent) = sent.filter(|sent| sent.weight() >= MIN_SENT) else { return shown };
    let Some(shown) = shown else { return Some(sent) };
    let is_shell = shown.weight() < MIN_SENT * 2;
    let is_far_more = sent.weight() > 2 * shown.weight();
    Some(if is_far_more && (is_shell || shown.shares(&sent) || sent.is_about(title)) {
        sent
    } else {
        shown
    })
}

/// Weight of prose in a script that is an article.
const MIN_SENT: usize = 250;

/// Two candidates have no majority. Scoring comes first; it loses parts of articles that page builders split into many
/// containers, and the first of several posts: then the other has more prose, this among it, and as little mixed with other
/// text. More of a mixture is the whole page.
fn one_of_two(candidates: &[Candidate<'_>]) -> Option<usize> {
    let [scored, other] = candidates else { return None };
    let other_is_fuller = other.weight() > scored.weight();
    let (fuller, less) = if other_is_fuller { (other, scored) } else { (scored, other) };
    // What scoring has more may be by others: it forgets the names of the boxes that it takes apart.
    if !other_is_fuller && fuller.weight() < 3 * less.weight() {
        return None;
    }
    let known: HashSet<u64> = fuller.runs.iter().map(|run| run.key).collect();
    let within: usize =
        less.runs.iter().filter(|run| known.contains(&run.key)).map(|run| run.weight).sum();
    if within * 10 < less.weight() * 7 {
        return None;
    }
    let is_as_pure = fuller.weight() * less.text * 100 >= less.weight() * fuller.text * 97;
    Some(usize::from(other_is_fuller == is_as_pure))
}

/// By how much a later candidate must agree better.
const MARGIN: f64 = 0.02;

/// The runs that more than half of the candidates hold.
fn agreed(candidates: &[Candidate<'_>]) -> HashMap<u64, usize> {
    let mut votes: HashMap<u64, (usize, usize)> = HashMap::new();
    for candidate in candidates {
        for (key, weight) in distinct(candidate) {
            let vote = votes.entry(key).or_default();
            *vote = (vote.0 + 1, vote.1.max(weight));
        }
    }
    votes
        .into_iter()
        .filter(|(_, (count, _))| count * 2 > candidates.len())
        .map(|(key, (_, weight))| (key, weight))
        .collect()
}

/// The harmonic mean of how much of the candidate is agreed upon and how much of that it has.
#[expect(clippy::cast_precision_loss, reason = "weights are far below 2^52")]
fn agreement(candidate: &Candidate<'_>, agreed: &HashMap<u64, usize>) -> f64 {
    let shared: usize = distinct(candidate)
        .iter()
        .map(|(key, weight)| agreed.get(key).map_or(0, |known| *known.min(weight)))
        .sum();
    let all = candidate.weight() + agreed.values().sum::<usize>();
    2.0 * shared as f64 / all.max(1) as f64
}

/// A run that stands in the page several times counts with all its weight, and as one.
fn distinct(candidate: &Candidate<'_>) -> HashMap<u64, usize> {
    let mut runs: HashMap<u64, usize> = HashMap::with_capacity(candidate.runs.len());
    for run in &candidate.runs {
        *runs.entry(run.key).or_default() += run.weight;
    }
    runs
}
