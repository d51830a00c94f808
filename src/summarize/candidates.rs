//! Article → candidate sentences: where each stands, how long it is, and whether a Summary may hold it.

use crate::domain::{Article, Block, BlockKind, Section, Sentence, repeats};

use super::boilerplate::{is_boilerplate, without_list_mark};
use super::cues::names_subject;
use super::sentences::{is_finished, one_line, split};
use super::terms::{Size, Terms, Vocabulary, size};

/// Sentences ranked at most, of a Section as of an Article. Ranking compares every pair, so time grows with the
/// square; so many sentences are more than 15,000 Han characters, beyond which a summary need not reach.
pub(super) const MOST_RANKED: usize = 400;

/// Han characters and words of a sentence that reads well: one taken in at a glance, as descriptions of pages are.
const IDEAL_HAN: f64 = 35.0;
/// See [`IDEAL_HAN`].
const IDEAL_WORDS: f64 = 18.0;
/// Below this share of the ideal length a line without a full stop is rather a heading or a caption than a sentence.
const SHORT: f64 = 0.5;

/// How a sentence ends, as far as that speaks against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// As a statement does.
    Plain,
    /// With a question mark.
    Question,
    /// With a colon: what it announces comes after it.
    Colon,
}

impl Ending {
    fn of(text: &str) -> Self {
        let closing = ['"', '\'', '”', '’', ')', '）', ']', '」', '』'];
        match text.trim_end_matches(closing).chars().next_back() {
            Some('?' | '？' | '؟') => Self::Question,
            Some(':' | '：') => Self::Colon,
            _ => Self::Plain,
        }
    }
}

/// One sentence of the prose.
pub(super) struct Candidate {
    /// Its place and words.
    pub(super) sentence: Sentence,
    /// Han characters and words.
    pub(super) tokens: usize,
    /// Length as a share of the ideal one.
    pub(super) length: f64,
    /// Its terms.
    pub(super) terms: Terms,
    /// An item of a list.
    pub(super) is_item: bool,
    /// How it ends.
    pub(super) ending: Ending,
    /// Says what the text is about.
    pub(super) names_subject: bool,
    /// A Summary may hold it.
    pub(super) is_eligible: bool,
}

/// The prose of an Article, sentence by sentence.
pub(super) struct Prose {
    /// In document order.
    pub(super) candidates: Vec<Candidate>,
    /// All terms of the sentences, the title and the headings.
    pub(super) vocabulary: Vocabulary,
    /// Terms of the title.
    pub(super) title: Vec<u32>,
    /// Terms of each Section's heading.
    pub(super) headings: Vec<Vec<u32>>,
}

impl Prose {
    /// The candidates of the Section at `index`; they stand together.
    pub(super) fn of_section(&self, index: usize) -> &[Candidate] {
        let from = self.candidates.partition_point(|c| c.sentence.section < Some(index));
        let to = self.candidates.partition_point(|c| c.sentence.section <= Some(index));
        &self.candidates[from..to]
    }
}

/// Reads the sentences of `article`.
pub(super) fn prose(article: &Article) -> Prose {
    let mut vocabulary = Vocabulary::default();
    let title = vocabulary.terms(&article.title);
    let headings: Vec<Vec<u32>> = article
        .sections
        .iter()
        .map(|section| vocabulary.terms(section.heading.as_deref().unwrap_or_default()))
        .collect();
    let mut candidates = Vec::new();
    for (at, section) in article.sections.iter().enumerate() {
        section_candidates(article, at, section, &mut vocabulary, &mut candidates);
    }
    Prose { candidates, vocabulary, title, headings }
}

fn section_candidates(
    article: &Article,
    at: usize,
    section: &Section,
    vocabulary: &mut Vocabulary,
    out: &mut Vec<Candidate>,
) {
    let language = article.language.as_ref().map_or("en", |language| language.primary());
    let sentences = section.blocks.iter().flat_map(lines).flat_map(|line| {
        split(line.text, language).into_iter().map(move |text| (text, line.is_item))
    });
    for (index, (text, is_item)) in sentences.take(MOST_RANKED).enumerate() {
        let terms = Terms::of(vocabulary.terms(&text));
        let sentence = Sentence { section: Some(at), index, text };
        out.push(candidate(article, section, sentence, terms, is_item));
    }
}

fn candidate(
    article: &Article,
    section: &Section,
    sentence: Sentence,
    terms: Terms,
    is_item: bool,
) -> Candidate {
    let text = sentence.text.as_str();
    let size = size(text);
    let length = share_of_ideal(size);
    let is_short = length < SHORT;
    let ending = Ending::of(text);
    let is_about_page = is_boilerplate(text, size.tokens());
    let is_heading = is_same_words(&article.title, text)
        || section.heading.as_deref().is_some_and(|heading| is_same_words(heading, text));
    // A line without a full stop is a heading, a caption or half an item, unless it is as long as a sentence or has
    // clauses like one.
    let has_clauses = text.contains(['，', '；', ',', ';']);
    let is_fragment = !is_finished(text) && (is_item || (is_short && !has_clauses));
    Candidate {
        tokens: size.tokens(),
        length,
        is_item,
        ending,
        names_subject: names_subject(text),
        is_eligible: !is_about_page && !is_heading && !is_fragment && size.tokens() > 0,
        terms,
        sentence,
    }
}

/// [`repeats`] for sentences, most of which are longer than any heading.
fn is_same_words(heading: &str, sentence: &str) -> bool {
    sentence.len() <= 2 * heading.len() && repeats(heading, sentence)
}

fn share_of_ideal(size: Size) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
    let (han, words) = (size.han as f64, size.words as f64);
    // "+ 1" keeps the logarithm of the length defined.
    if han > words { (han + words + 1.0) / IDEAL_HAN } else { (han + words + 1.0) / IDEAL_WORDS }
}

struct Line<'a> {
    text: &'a str,
    is_item: bool,
}

/// A list line by line, other prose whole unless its lines carry list marks.
fn lines(block: &Block) -> Vec<Line<'_>> {
    match block.kind {
        BlockKind::Code | BlockKind::Table | BlockKind::Figure => Vec::new(),
        BlockKind::List => block.text.lines().map(item).collect(),
        BlockKind::Paragraph | BlockKind::Quote => {
            if block.text.lines().any(|line| without_list_mark(line).is_some()) {
                block.text.lines().map(marked).collect()
            } else {
                vec![Line { text: &block.text, is_item: false }]
            }
        }
    }
}

fn item(line: &str) -> Line<'_> {
    Line { text: without_list_mark(line).unwrap_or(line), is_item: true }
}

fn marked(line: &str) -> Line<'_> {
    match without_list_mark(line) {
        Some(text) => Line { text, is_item: true },
        None => Line { text: line, is_item: false },
    }
}

/// The sentences of the publisher's lead, which stands outside the Sections.
pub(super) fn lead_sentences(lead: &str, language: &str) -> Vec<Sentence> {
    let texts = split(&one_line(lead), language);
    texts
        .into_iter()
        .enumerate()
        .map(|(index, text)| Sentence { section: None, index, text })
        .collect()
}
