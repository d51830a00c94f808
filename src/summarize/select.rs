//! Scores → sentences: the best that fit, none twice, in document order.

use crate::domain::Sentence;

use super::candidates::Candidate;
use super::terms::{TokenCount, size};

/// Two sentences that share so many in ten of the smaller one's terms say the same thing.
const SAME_IN_TEN: usize = 7;

/// A sentence whose score is so far below the best one's adds length rather than content…
const WEAK: f64 = 0.8;
/// …and is left out once a Summary takes one part in so many of its room: less would look broken off.
const ENOUGH: usize = 3;

/// What a Summary may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Sentences at most.
    pub(super) sentences: usize,
    /// Han characters and words at most.
    pub(super) tokens: usize,
}

/// The best of `candidates` within `limits`; empty if none may be shown.
pub(super) fn select(
    candidates: &[&Candidate<'_>],
    scores: &[f64],
    limits: Limits,
) -> Vec<Sentence> {
    let order = by_score(candidates, scores);
    match order.first() {
        Some((best, _)) if limits.sentences > 0 && best.tokens > limits.tokens => {
            cut(best, limits.tokens)
        }
        _ => in_document_order(fill(&order, limits)),
    }
}

fn fill<'a, 't>(order: &[(&'a Candidate<'t>, f64)], limits: Limits) -> Vec<&'a Candidate<'t>> {
    let mut chosen: Vec<&Candidate<'_>> = Vec::new();
    let mut room = limits.tokens;
    let best = order.first().map_or(0.0, |(_, score)| *score);
    for (candidate, score) in order {
        let is_enough = limits.tokens - room >= limits.tokens / ENOUGH;
        if chosen.len() == limits.sentences || (is_enough && best - score > WEAK) {
            break;
        }
        if candidate.tokens <= room && !chosen.iter().any(|other| say_the_same(candidate, other)) {
            room -= candidate.tokens;
            chosen.push(candidate);
        }
    }
    chosen
}

/// Those that may be shown with their scores, the best first.
fn by_score<'a, 't>(
    candidates: &[&'a Candidate<'t>],
    scores: &[f64],
) -> Vec<(&'a Candidate<'t>, f64)> {
    let mut order: Vec<usize> =
        (0..candidates.len()).filter(|i| candidates[*i].is_eligible).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    order.into_iter().map(|i| (candidates[i], scores[i])).collect()
}

fn in_document_order(mut chosen: Vec<&Candidate<'_>>) -> Vec<Sentence> {
    chosen.sort_by_key(|candidate| (candidate.section, candidate.index));
    chosen.into_iter().map(Candidate::sentence).collect()
}

fn say_the_same(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    let (a_terms, b_terms) = (&a.terms, &b.terms);
    if a_terms.len == 0 || b_terms.len == 0 {
        return a.text == b.text;
    }
    let (smaller, larger) =
        if a_terms.len <= b_terms.len { (a_terms, b_terms) } else { (b_terms, a_terms) };
    smaller.shared_with(larger) * 10 >= smaller.len * SAME_IN_TEN
}

fn cut(candidate: &Candidate<'_>, tokens: usize) -> Vec<Sentence> {
    let text = cut_at_clause(&candidate.text, tokens);
    let sentence = Sentence { text, ..candidate.sentence() };
    if size(&sentence.text).tokens() == 0 { Vec::new() } else { vec![sentence] }
}

/// The opening clauses of `sentence` that fit into `tokens`, with an ellipsis; between words where no clause fits.
pub(super) fn cut_at_clause(sentence: &str, tokens: usize) -> String {
    let mut clause = Seam::default();
    let mut word = Seam::default();
    let mut count = TokenCount::default();
    for (at, c) in sentence.char_indices() {
        let seam = Seam { at, tokens: count.tokens };
        if is_clause_mark(c) {
            clause = seam;
        }
        count.push(c);
        if count.tokens > seam.tokens || !c.is_alphanumeric() {
            word = seam;
        }
        if count.tokens > tokens {
            break;
        }
    }
    let end = if clause.tokens * 4 >= tokens * 3 { clause.at } else { word.at };
    let kept = sentence[..end].trim_end_matches(|c: char| !c.is_alphanumeric() && !is_closing(c));
    format!("{kept}…")
}

#[derive(Default, Clone, Copy)]
struct Seam {
    at: usize,
    tokens: usize,
}

fn is_clause_mark(c: char) -> bool {
    matches!(c, '，' | '；' | '：' | '、' | '—' | '–' | ',' | ';' | ':' | '(' | '（')
}

fn is_closing(c: char) -> bool {
    matches!(c, ')' | '）' | '”' | '’' | '》' | '」' | '』' | ']' | '%')
}

#[cfg(test)]
mod tests {
    use super::super::candidates::Ending;
    use super::super::terms::Terms;
    use super::*;

    fn candidate(index: usize, tokens: usize) -> Candidate<'static> {
        Candidate {
            section: 0,
            index,
            text: format!("{index}").into(),
            tokens,
            length: 1.0,
            terms: Terms::default(),
            is_item: false,
            ending: Ending::Plain,
            names_subject: false,
            is_eligible: true,
        }
    }

    fn chosen(tokens: [usize; 3], scores: [f64; 3], limits: Limits) -> Vec<usize> {
        let all: Vec<Candidate<'_>> = tokens
            .into_iter()
            .enumerate()
            .map(|(index, tokens)| candidate(index, tokens))
            .collect();
        let candidates: Vec<&Candidate<'_>> = all.iter().collect();
        select(&candidates, &scores, limits).iter().map(|sentence| sentence.index).collect()
    }

    #[test]
    fn weak_sentences_only_join_a_summary_that_is_short_without_them() {
        let budget = Limits { sentences: usize::MAX, tokens: 90 };
        assert_eq!(chosen([30, 30, 30], [1.0, 2.0, 1.5], budget), [1, 2], "the first is weak");
        assert_eq!(chosen([30, 30, 30], [1.5, 2.0, 1.5], budget), [0, 1, 2], "none is weak");
        assert_eq!(chosen([30, 20, 50], [1.0, 2.0, 0.0], budget), [0, 1], "room for one more");
        let number = Limits { sentences: 3, tokens: usize::MAX };
        assert_eq!(
            chosen([30, 30, 30], [1.0, 2.0, 0.0], number),
            [0, 1, 2],
            "three were asked for"
        );
    }

    #[test]
    fn a_cut_falls_at_a_clause_or_else_between_words() {
        let table = [
            ("船在正午离开，岛上的人都来送行，没有人说话。", 16, "船在正午离开，岛上的人都来送行…"),
            ("船在正午离开，岛上的人都来送行，没有人说话。", 12, "船在正午离开，岛上的人都来…"),
            ("The ferry left at noon, and nobody spoke.", 6, "The ferry left at noon…"),
            ("Internationalisation matters everywhere.", 2, "Internationalisation matters…"),
            ("他说“好”，然后就走了很远很远的路。", 4, "他说“好”…"),
        ];
        for (sentence, tokens, expected) in table {
            assert_eq!(cut_at_clause(sentence, tokens), expected);
        }
    }

    #[test]
    fn a_cut_takes_time_in_proportion_to_what_it_keeps() {
        assert_eq!(cut_at_clause(&"，".repeat(200_000), 50), "…");
        assert_eq!(cut_at_clause(&"a".repeat(200_000), 1), format!("{}…", "a".repeat(30)));
    }
}
