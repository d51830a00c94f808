//! Section → Summary. Pure and deterministic: sentences of the body, chosen by rule, whole and in document order.
//!
//! `candidates` reads the sentences, `ranking` scores them, `select` takes the best that fit.

mod boilerplate;
mod candidates;
mod cues;
mod faithful;
mod ranking;
mod select;
mod sentences;
mod stems;
mod terms;

use crate::domain::{Article, BlockKind, Language, Origin, Section, Sentence, Summary};
use candidates::{Candidate, MOST_RANKED, Prose, lead_sentences, prose};
use ranking::{Subject, scores};
use select::{Limits, cut_at_clause, select};
use sentences::Splitter;
use terms::size;

pub use faithful::{Unfaithful, check};

/// A Section's Summary in the mail: two sentences carry one thought, and more would be reading, not leafing through.
const SECTION_LIMITS: Limits = Limits { sentences: 2, tokens: 80 };
/// An Article's Summary in the mail: what it is about and why it matters, above the summaries of its Sections.
const ARTICLE_LIMITS: Limits = Limits { sentences: 3, tokens: 100 };
/// A publisher's lead longer than this is the article itself; its opening sentences stand for it.
const LEAD_LIMITS: Limits = Limits { sentences: 6, tokens: 240 };

/// Sections summarized at most: nobody leafs through more, and each costs a look at all terms of the Article.
const MOST_SECTIONS: usize = 200;

/// Which sentences count as good: the opening ones of a written article, or the central ones of any passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Early sentences weigh more.
    Article,
    /// Place does not count.
    Section,
}

/// How long a Summary may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// At most so many sentences.
    Sentences(usize),
    /// At most so many Han characters and Latin words.
    Budget(usize),
}

impl Length {
    fn limits(self) -> Limits {
        match self {
            Self::Sentences(sentences) => Limits { sentences, tokens: usize::MAX },
            Self::Budget(tokens) => Limits { sentences: usize::MAX, tokens },
        }
    }
}

/// Fills the Summary of every Section and of the Article; the publisher's own lead wins over ours.
///
/// Where the Article's Summary is ours, Sections choose other sentences if they have any worth showing: both are read
/// one after the other.
pub fn summarize(article: &mut Article) {
    let prose = prose(article);
    let own = publishers_summary(article);
    let whole = own.or_else(|| summary(whole_article(&prose, Preset::Article, ARTICLE_LIMITS)));
    let taken = whole.as_ref().map_or(&[][..], |summary| &summary.sentences);
    let sections = sections(article, &prose, SECTION_LIMITS, taken);
    for (section, summary) in article.sections.iter_mut().zip(sections) {
        section.summary = summary;
    }
    article.summary = whole;
}

/// A Summary of the whole body by `preset`, from its own sentences.
pub fn article_summary(article: &Article, preset: Preset, length: Length) -> Option<Summary> {
    summary(whole_article(&prose(article), preset, length.limits()))
}

/// A Summary of each Section, from its own sentences.
pub fn section_summaries(article: &Article, length: Length) -> Vec<Option<Summary>> {
    sections(article, &prose(article), length.limits(), &[])
}

/// The text of `section` that a summary may be made of: its prose, without code, tables and figures.
pub fn prose_of(section: &Section) -> String {
    let is_prose = |kind| !matches!(kind, BlockKind::Code | BlockKind::Table | BlockKind::Figure);
    let blocks = section.blocks.iter().filter(|block| is_prose(block.kind));
    blocks
        .map(|block| block.text.trim())
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// What a model said of the Section at `index`, sentence by sentence.
pub fn by_model(text: &str, language: Option<&Language>, index: usize) -> Option<Summary> {
    let texts = Splitter::of(language).split(text).into_iter().enumerate();
    let sentences =
        texts.map(|(at, text)| Sentence { section: Some(index), index: at, text: text.into() });
    let sentences: Vec<Sentence> = sentences.collect();
    (!sentences.is_empty()).then_some(Summary { origin: Origin::Model, sentences })
}

fn sections(
    article: &Article,
    prose: &Prose<'_>,
    limits: Limits,
    taken: &[Sentence],
) -> Vec<Option<Summary>> {
    let summaries = (0..article.sections.len().min(MOST_SECTIONS))
        .map(|index| summary(one_section(prose, index, limits, taken)));
    let none = std::iter::repeat_n(None, article.sections.len().saturating_sub(MOST_SECTIONS));
    summaries.chain(none).collect()
}

fn summary(sentences: Vec<Sentence>) -> Option<Summary> {
    (!sentences.is_empty()).then_some(Summary { origin: Origin::Extracted, sentences })
}

fn publishers_summary(article: &Article) -> Option<Summary> {
    let all = lead_sentences(article.own_lead()?, article.language.as_ref());
    let mut room = LEAD_LIMITS.tokens;
    let mut kept: Vec<Sentence> = Vec::new();
    for sentence in all.iter().take(LEAD_LIMITS.sentences) {
        let tokens = size(&sentence.text).tokens();
        if tokens > room {
            break;
        }
        room -= tokens;
        kept.push(sentence.clone());
    }
    if let (true, Some(first)) = (kept.is_empty(), all.into_iter().next()) {
        kept.push(Sentence { text: cut_at_clause(&first.text, LEAD_LIMITS.tokens), ..first });
    }
    Some(Summary { origin: Origin::Publisher, sentences: kept })
}

fn whole_article(prose: &Prose<'_>, preset: Preset, limits: Limits) -> Vec<Sentence> {
    let candidates: Vec<&Candidate<'_>> = prose.candidates.iter().take(MOST_RANKED).collect();
    let headings = prose.headings.concat();
    choose(prose, &candidates, &headings, preset, limits)
}

fn one_section(
    prose: &Prose<'_>,
    index: usize,
    limits: Limits,
    taken: &[Sentence],
) -> Vec<Sentence> {
    let all: Vec<&Candidate<'_>> = prose.of_section(index).iter().collect();
    let is_taken = |candidate: &Candidate<'_>| taken.iter().any(|s| s.text == candidate.text);
    let fresh: Vec<&Candidate<'_>> = all.iter().copied().filter(|c| !is_taken(c)).collect();
    let headings = prose.headings.get(index).map_or(&[][..], Vec::as_slice);
    let chosen = choose(prose, &fresh, headings, Preset::Section, limits);
    if chosen.is_empty() && fresh.len() < all.len() {
        return choose(prose, &all, headings, Preset::Section, limits);
    }
    chosen
}

fn choose(
    prose: &Prose<'_>,
    candidates: &[&Candidate<'_>],
    headings: &[u32],
    preset: Preset,
    limits: Limits,
) -> Vec<Sentence> {
    let subject = Subject { title: &prose.title, headings, terms: prose.terms };
    let scores = scores(candidates, &subject, preset);
    select(candidates, &scores, limits)
}
