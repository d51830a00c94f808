//! Article → candidate sentences: where each stands, how long it is, and whether a Summary may hold it.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::domain::{Article, Block, BlockKind, Language, Section, Sentence, repeats};

use super::boilerplate::{self, begins_boilerplate, holds_boilerplate, without_list_mark};
use super::cues::{self, names_subject};
use super::sentences::{Splitter, is_finished, is_one_line, one_line};
use super::terms::{Size, Terms, Vocabulary};

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
pub(super) struct Candidate<'t> {
    /// The Section it stands in.
    pub(super) section: usize,
    /// Its place there.
    pub(super) index: usize,
    /// Its words.
    pub(super) text: Cow<'t, str>,
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

impl Candidate<'_> {
    /// As a Summary keeps it.
    pub(super) fn sentence(&self) -> Sentence {
        Sentence { section: Some(self.section), index: self.index, text: self.text.clone().into() }
    }
}

/// The prose of an Article, sentence by sentence.
pub(super) struct Prose<'t> {
    /// In document order.
    pub(super) candidates: Vec<Candidate<'t>>,
    /// Distinct terms of the sentences, the title and the headings.
    pub(super) terms: usize,
    /// Terms of the title.
    pub(super) title: Vec<u32>,
    /// Terms of each Section's heading.
    pub(super) headings: Vec<Vec<u32>>,
}

impl<'t> Prose<'t> {
    /// The candidates of the Section at `index`; they stand together.
    pub(super) fn of_section(&self, index: usize) -> &[Candidate<'t>] {
        let from = self.candidates.partition_point(|c| c.section < index);
        let to = self.candidates.partition_point(|c| c.section <= index);
        &self.candidates[from..to]
    }
}

/// Reads the sentences of `article`.
pub(super) fn prose(article: &Article) -> Prose<'_> {
    Vocabulary::lend(|vocabulary| prose_in(article, vocabulary))
}

fn prose_in<'t>(article: &'t Article, vocabulary: &mut Vocabulary) -> Prose<'t> {
    let mut terms = |text: &str| -> Vec<u32> {
        vocabulary.read(text).0.bag.into_iter().map(|(term, _)| term).collect()
    };
    let title = terms(&article.title);
    let headings = article.sections.iter().map(|section| section.heading.as_deref());
    let headings: Vec<Vec<u32>> = headings.map(|text| terms(text.unwrap_or_default())).collect();
    vocabulary.end_subject();
    let splitter = Splitter::of(article.language.as_ref());
    let mut candidates = Vec::new();
    for (at, section) in article.sections.iter().enumerate() {
        section_candidates(article, at, section, &splitter, vocabulary, &mut candidates);
    }
    Prose { candidates, terms: vocabulary.len(), title, headings }
}

fn section_candidates<'t>(
    article: &'t Article,
    at: usize,
    section: &'t Section,
    splitter: &Splitter,
    vocabulary: &mut Vocabulary,
    out: &mut Vec<Candidate<'t>>,
) {
    let sentences = section.blocks.iter().flat_map(lines).flat_map(|line| {
        let is_one_line = is_one_line(line.text);
        let is_plain = is_plain(line.text, is_one_line);
        let sentences = splitter.split_known(line.text, is_one_line).into_iter();
        sentences.map(move |text| (text, line.is_item, is_plain))
    });
    for (index, (text, is_item, is_plain)) in sentences.take(MOST_RANKED).enumerate() {
        let (terms, size) = vocabulary.read(&text);
        let length = share_of_ideal(size);
        let tokens = size.tokens();
        let is_eligible = tokens > 0
            && !begins_boilerplate(&text, tokens)
            && (is_plain || !holds_boilerplate(&text, tokens))
            && !is_title(article, section, &text)
            && !is_fragment(&text, is_item, length);
        out.push(Candidate {
            section: at,
            index,
            tokens,
            length,
            is_item,
            ending: Ending::of(&text),
            names_subject: !is_plain && names_subject(&text),
            is_eligible,
            terms,
            text,
        });
    }
}

/// Whether no sentence of `paragraph` can hold what is looked for inside of sentences: one look for many. Where it is not
/// on one line, a sentence has white space that its paragraph has not.
fn is_plain(paragraph: &str, is_one_line: bool) -> bool {
    static TELLING: LazyLock<Regex> = LazyLock::new(|| {
        let patterns = [boilerplate::ANYWHERE_PATTERNS, boilerplate::CALL_PATTERNS].concat();
        // Where a sentence ends is not where its paragraph does.
        let patterns = patterns.join("|").replace('$', "");
        boilerplate::any_of(&[&patterns, cues::PATTERN, boilerplate::BAR_PATTERN])
    });
    is_one_line && !TELLING.is_match(paragraph)
}

/// Whether `text` only repeats what stands above it.
fn is_title(article: &Article, section: &Section, text: &str) -> bool {
    is_same_words(&article.title, text)
        || section.heading.as_deref().is_some_and(|heading| is_same_words(heading, text))
}

/// Whether `text` is half of something. A line without a full stop is a heading, a caption or half an item, unless it is as
/// long as a sentence or has clauses like one.
fn is_fragment(text: &str, is_item: bool, length: f64) -> bool {
    let is_bare = || length < SHORT && !text.contains(['，', '；', ',', ';']);
    !is_finished(text) && (is_item || is_bare())
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
pub(super) fn lead_sentences(lead: &str, language: Option<&Language>) -> Vec<Sentence> {
    let lead = one_line(lead);
    let texts = Splitter::of(language).split(&lead).into_iter().enumerate();
    texts.map(|(index, text)| Sentence { section: None, index, text: text.into() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_is_plain_only_where_no_sentence_of_it_can_tell_of_the_page_or_of_itself() {
        let table = [
            ("The ferry left at noon. The island was quiet.", true),
            ("船在正午离开，岛上的人都来送行。", true),
            ("The ferry left. See https://example.org for more. It came back.", false),
            ("船走了，谢谢大家！然后它回来了。", false),
            ("扫码关注。船走了。", false),
            ("Trucks | Sedans | Vans | Bikes. It came back.", false),
            ("The ferry left. In this post we follow it.", false),
            // On one line it reads "click here".
            ("The ferry left. Click\nhere. It came back.", false),
            ("The ferry left. Click  here. It came back.", false),
        ];
        for (paragraph, expected) in table {
            assert_eq!(is_plain(paragraph, is_one_line(paragraph)), expected, "{paragraph}");
        }
    }
}
