//! Candidate sentences → scores: place, centrality, cover of title and headings, length, and what speaks against.

use std::mem::swap;

use super::Preset;
use super::candidates::{Candidate, Ending};
use super::terms::Terms;

/// Weights, rounded from a fit on public summaries in Chinese and English. Place weighs less than the title, so that
/// the opening of an interview does not win over what it is about.
mod weight {
    pub(super) const PLACE: f64 = 0.8;
    pub(super) const CENTRALITY: f64 = 0.5;
    pub(super) const TITLE: f64 = 1.0;
    pub(super) const HEADINGS: f64 = 1.0;
    pub(super) const LENGTH: f64 = 0.3;
    pub(super) const SUBJECT: f64 = 0.4;
    pub(super) const LIST_ITEM: f64 = -0.5;
    pub(super) const QUESTION: f64 = -1.0;
    pub(super) const COLON: f64 = -0.5;
}

/// Okapi BM25's saturation of term frequency and its length correction, the usual values.
const K1: f64 = 1.2;
/// See [`K1`].
const B: f64 = 0.75;
/// Stands in for the weight of a term that half of the sentences or more have in common.
const COMMON_TERM: f64 = 0.25;
/// `PageRank`'s share of following an edge.
const DAMPING: f64 = 0.85;
/// Rounds after which ranks of so small a graph no longer change order.
const ROUNDS: usize = 40;
/// Ranks that move less than this in a round (they add up to 1) have found their order before.
const SETTLED: f64 = 1e-7;

/// What the sentences are held against.
pub(super) struct Subject<'a> {
    /// Terms of the title.
    pub(super) title: &'a [u32],
    /// Terms of the headings that matter here.
    pub(super) headings: &'a [u32],
    /// Number of distinct terms there are.
    pub(super) terms: usize,
}

/// A score for each of `candidates`; higher is better.
pub(super) fn scores(
    candidates: &[&Candidate<'_>],
    subject: &Subject<'_>,
    preset: Preset,
) -> Vec<f64> {
    let index = Index::of(candidates, subject.terms);
    let title = Cover::of(subject.title, &index);
    let headings = Cover::of(subject.headings, &index);
    let places = places(candidates);
    let central = percentiles(&centrality(candidates, &index));
    (0..candidates.len())
        .map(|i| {
            let place = if preset == Preset::Article { weight::PLACE * places[i] } else { 0.0 };
            place
                + weight::CENTRALITY * central[i]
                + weight::TITLE * title.share(&candidates[i].terms)
                + weight::HEADINGS * headings.share(&candidates[i].terms)
                + weight::LENGTH * readable_length(candidates[i])
                + manner(candidates[i])
        })
        .collect()
}

fn manner(candidate: &Candidate<'_>) -> f64 {
    let ending = match candidate.ending {
        Ending::Plain => 0.0,
        Ending::Question => weight::QUESTION,
        Ending::Colon => weight::COLON,
    };
    let item = if candidate.is_item { weight::LIST_ITEM } else { 0.0 };
    let subject = if candidate.names_subject { weight::SUBJECT } else { 0.0 };
    ending + item + subject
}

fn readable_length(candidate: &Candidate<'_>) -> f64 {
    (-candidate.length.ln().powi(2)).exp()
}

/// 0 for the first sentence, falling with the logarithm of those before. Only statements that a Summary may hold
/// count, however brief: a byline or a question in front does not make an opening less of one.
fn places(candidates: &[&Candidate<'_>]) -> Vec<f64> {
    let scale = (1.0 + count(candidates.len().max(8))).ln();
    let mut before: f64 = 0.0;
    candidates
        .iter()
        .map(|candidate| {
            let place = -(1.0 + before).ln() / scale;
            let opens = candidate.is_eligible && candidate.ending != Ending::Question;
            before += f64::from(u8::from(opens));
            place
        })
        .collect()
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Distinct terms of each sentence with their frequency, and in how many sentences each term occurs.
struct Index<'c> {
    bags: Vec<&'c [(u32, u32)]>,
    frequency: Vec<u32>,
}

impl<'c> Index<'c> {
    fn of(candidates: &[&'c Candidate<'_>], terms: usize) -> Self {
        let bags: Vec<&[(u32, u32)]> = candidates.iter().map(|c| c.terms.bag.as_slice()).collect();
        let mut frequency = vec![0; terms];
        for (term, _) in bags.iter().copied().flatten() {
            frequency[*term as usize] += 1;
        }
        Self { bags, frequency }
    }

    fn sentences(&self) -> f64 {
        count(self.bags.len())
    }
}

/// How much of a text's terms a sentence contains, rare terms counting more.
struct Cover {
    /// By term; 0 for one that is not of the text.
    weights: Vec<f64>,
    whole: f64,
}

impl Cover {
    fn of(terms: &[u32], index: &Index<'_>) -> Self {
        let highest = terms.iter().max().map_or(0, |term| *term as usize + 1);
        let mut weights = vec![0.0; highest];
        for term in terms {
            let frequency = index.frequency[*term as usize];
            if frequency > 0 {
                weights[*term as usize] = (1.0 + index.sentences() / f64::from(frequency)).ln();
            }
        }
        let whole = weights.iter().sum();
        Self { weights, whole }
    }

    fn share(&self, terms: &Terms) -> f64 {
        if self.whole == 0.0 {
            return 0.0;
        }
        let weights = terms.of_subject().filter_map(|term| self.weights.get(term as usize));
        weights.sum::<f64>() / self.whole
    }
}

/// `PageRank` over sentences, an edge weighing as much as one sentence answers the other's terms (BM25).
fn centrality(candidates: &[&Candidate<'_>], index: &Index<'_>) -> Vec<f64> {
    let n = candidates.len();
    let edges = similarities(candidates, index);
    let totals: Vec<f64> = edges.chunks_exact(n.max(1)).map(|row| row.iter().sum()).collect();
    let base = (1.0 - DAMPING) / count(n.max(1));
    let mut ranks = vec![1.0 / count(n.max(1)); n];
    let mut next = vec![base; n];
    for _ in 0..ROUNDS {
        next.fill(base);
        for (i, row) in edges.chunks_exact(n.max(1)).enumerate() {
            if totals[i] > 0.0 {
                let given = DAMPING * ranks[i] / totals[i];
                next.iter_mut().zip(row).for_each(|(rank, edge)| *rank += given * edge);
            }
        }
        let is_settled = ranks.iter().zip(&next).all(|(a, b)| (a - b).abs() < SETTLED);
        swap(&mut ranks, &mut next);
        if is_settled {
            break;
        }
    }
    ranks
}

/// Row i holds BM25(sentence i as the query, each other sentence as the document).
fn similarities(candidates: &[&Candidate<'_>], index: &Index<'_>) -> Vec<f64> {
    let n = candidates.len();
    let mut edges = vec![0.0; n * n];
    let mut all = vec![0.0; n];
    // A term of one sentence alone ties it to no other.
    for answers in Postings::of(candidates, index).by_term().filter(|answers| answers.len() > 1) {
        // Adding whole rows is faster than looking for the places of most.
        let is_common = 2 * answers.len() >= n;
        if is_common {
            all.fill(0.0);
            for (j, answer) in answers {
                all[*j] = *answer;
            }
        }
        for (i, _) in answers {
            let row = &mut edges[i * n..(i + 1) * n];
            if is_common {
                row.iter_mut().zip(&all).for_each(|(edge, answer)| *edge += answer);
            } else {
                for (j, answer) in answers {
                    row[*j] += answer;
                }
            }
        }
    }
    (0..n).for_each(|i| edges[i * n + i] = 0.0);
    edges
}

/// Which sentences hold each term, and how well they answer it, term by term.
struct Postings {
    answers: Vec<(usize, f64)>,
    /// Where those of each term end.
    ends: Vec<usize>,
}

impl Postings {
    fn of(candidates: &[&Candidate<'_>], index: &Index<'_>) -> Self {
        let lengths = candidates.iter().map(|c| count(c.terms.len));
        let mean = (lengths.sum::<f64>() / count(candidates.len().max(1))).max(1.0);
        let rarities: Vec<f64> =
            (0..=candidates.len()).map(|frequency| rarity(count(frequency), index)).collect();
        let mut postings = Self::empty(index);
        for (j, bag) in index.bags.iter().enumerate() {
            let damp = K1 * (1.0 - B + B * count(candidates[j].terms.len) / mean);
            for (term, times) in *bag {
                let frequency = index.frequency[*term as usize] as usize;
                let times = f64::from(*times);
                let answer = times * (K1 + 1.0) / (times + damp);
                postings.put(*term as usize, j, answer * rarities[frequency]);
            }
        }
        postings
    }

    /// With room for every answer; until those of a term are put, its end is its beginning.
    fn empty(index: &Index<'_>) -> Self {
        let mut end = 0;
        let begin = |frequency: &u32| {
            let begin = end;
            end += *frequency as usize;
            begin
        };
        let ends = index.frequency.iter().map(begin).collect();
        Self { answers: vec![(0, 0.0); end], ends }
    }

    fn put(&mut self, term: usize, j: usize, answer: f64) {
        self.answers[self.ends[term]] = (j, answer);
        self.ends[term] += 1;
    }

    fn by_term(&self) -> impl Iterator<Item = &[(usize, f64)]> {
        let mut begin = 0;
        self.ends.iter().map(move |end| &self.answers[std::mem::replace(&mut begin, *end)..*end])
    }
}

fn rarity(frequency: f64, index: &Index<'_>) -> f64 {
    let idf = (index.sentences() - frequency + 0.5).ln() - (frequency + 0.5).ln();
    if idf > 0.0 { idf } else { COMMON_TERM }
}

/// The share of values that each value exceeds, 0 to 1; equal values in order of their place.
fn percentiles(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]).then(b.cmp(a)));
    let last = count(values.len().saturating_sub(1).max(1));
    let mut out = vec![0.0; values.len()];
    for (rank, i) in order.into_iter().enumerate() {
        out[i] = count(rank) / last;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBJECT: Subject<'_> = Subject { title: &[1, 2], headings: &[3], terms: 10 };

    fn terms_of(terms: &[u32]) -> Terms {
        let bag: Vec<(u32, u32)> = terms.iter().map(|term| (*term, 1)).collect();
        Terms::of(&bag, 4)
    }

    fn candidate(terms: &[u32]) -> Candidate<'static> {
        Candidate {
            section: 0,
            index: 0,
            text: "".into(),
            tokens: 45,
            length: 1.0,
            terms: terms_of(terms),
            is_item: false,
            ending: Ending::Plain,
            names_subject: false,
            is_eligible: true,
        }
    }

    /// How much better the first of two otherwise equal sentences does.
    fn lead_of(first: &Candidate<'_>, second: &Candidate<'_>, preset: Preset) -> f64 {
        let scores = scores(&[first, second], &SUBJECT, preset);
        scores[0] - scores[1]
    }

    #[test]
    fn what_speaks_for_or_against_a_sentence_moves_its_score() {
        let plain = || candidate(&[5]);
        let even = lead_of(&plain(), &plain(), Preset::Section);
        let against = [
            Candidate { is_item: true, ..plain() },
            Candidate { ending: Ending::Question, ..plain() },
            Candidate { ending: Ending::Colon, ..plain() },
            Candidate { length: 0.2, ..plain() },
        ];
        for worse in against {
            assert!(lead_of(&worse, &plain(), Preset::Section) < even - 0.2);
        }
        let naming = Candidate { names_subject: true, ..plain() };
        for better in [candidate(&[5, 1]), candidate(&[5, 3]), naming] {
            assert!(lead_of(&better, &plain(), Preset::Section) > even + 0.2);
        }
    }

    #[test]
    fn rare_words_of_the_title_count_more_than_common_ones() {
        let sentences = [candidate(&[1]), candidate(&[2]), candidate(&[2, 4]), candidate(&[2, 6])];
        let candidates: Vec<&Candidate<'_>> = sentences.iter().collect();
        let index = Index::of(&candidates, 10);
        let title = Cover::of(&[1, 2, 9], &index);
        assert!(title.share(&candidates[0].terms) > title.share(&candidates[1].terms));
        assert!((title.share(&terms_of(&[1, 2])) - 1.0).abs() < 1e-9, "absent terms weigh nothing");
    }

    #[test]
    fn place_counts_in_articles_only_and_what_may_not_be_shown_takes_none() {
        let plain = || candidate(&[5]);
        let article = lead_of(&plain(), &plain(), Preset::Article);
        assert!(article > lead_of(&plain(), &plain(), Preset::Section) + 0.2);
        let brief = Candidate { length: 0.2, ..plain() };
        let byline = Candidate { is_eligible: false, ..plain() };
        let question = Candidate { ending: Ending::Question, ..plain() };
        let second_after = |first: &Candidate<'_>| places(&[first, &plain()])[1];
        assert!(second_after(&brief) < -0.2);
        assert!(second_after(&byline).abs() < 1e-9);
        assert!(second_after(&question).abs() < 1e-9);
    }

    #[test]
    fn the_sentence_that_others_speak_of_is_central() {
        let sentences = [
            candidate(&[4]),
            candidate(&[5, 6, 7]),
            candidate(&[5]),
            candidate(&[6]),
            candidate(&[7]),
        ];
        let candidates: Vec<&Candidate<'_>> = sentences.iter().collect();
        let ranks = centrality(&candidates, &Index::of(&candidates, 10));
        let best = (0..5).max_by(|a, b| ranks[*a].total_cmp(&ranks[*b]));
        assert_eq!(best, Some(1));
        assert_eq!(percentiles(&[3.0, 1.0, 2.0]), [1.0, 0.0, 0.5]);
        assert_eq!(percentiles(&[]), [0.0; 0]);
    }
}
