//! The publisher's own introduction among the descriptions that a page declares.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use super::Declared;
use crate::domain::repeats;
use crate::normalize::draft::Draft;
use crate::normalize::wording;

/// Characters of a lead: less is a slogan, more is the article.
const LENGTH: std::ops::RangeInclusive<usize> = 20..=700;
/// Characters of the body that a lead is compared with.
const BEGINNING: usize = 3_000;
/// Share of a lead's character pairs that its article has too; a description of the site has few.
const LIKENESS: f64 = 0.35;

/// The first description that introduces this article.
pub(super) fn choose(declared: &Declared, draft: &Draft) -> Option<String> {
    let texts = draft.sections.iter().flat_map(|section| &section.blocks);
    let chars = texts.flat_map(|block| block.text.chars().chain([' ']));
    // What introduces an article tells of its beginning.
    let body: String = chars.take(BEGINNING).collect();
    let title = draft.title.clone().unwrap_or_default();
    declared
        .descriptions
        .iter()
        .map(|text| wording::labelled_lead(text).filter(|l| !l.is_empty()).unwrap_or(text))
        .find(|text| is_lead(text, &title, &body))
        .map(str::to_owned)
}

fn is_lead(text: &str, title: &str, body: &str) -> bool {
    let cut_off = text.ends_with("...")
        || text.ends_with('…')
        || text.ends_with("[&hellip;]")
        || text.ends_with("[…]");
    LENGTH.contains(&text.chars().count())
        && !cut_off
        && !repeats(title, text)
        && !is_title_with_words(text, title)
        && !is_cut_from(text, body)
        && is_like(text, body)
}

/// The title with keywords or the site's name behind it, and no sentence.
fn is_title_with_words(text: &str, title: &str) -> bool {
    let ends = text.ends_with(['.', '。', '!', '?', '！', '？', '"', '”', '…']);
    !ends && text.len() < 2 * title.len() && text.starts_with(title)
}

/// Whether it is the body's beginning, broken off inside a sentence to fit a field.
fn is_cut_from(text: &str, body: &str) -> bool {
    let bare = |s: &str| -> String { s.chars().filter(|c| c.is_alphanumeric()).take(60).collect() };
    let ends = text.ends_with(['.', '。', '!', '?', '！', '？', '"', '”', '」']);
    !ends && bare(body).starts_with(&bare(&text.chars().take(60).collect::<String>()))
}

fn is_like(text: &str, body: &str) -> bool {
    let mut missing: HashSet<(char, char), RandomState> = pairs(text).collect();
    let count = |set: usize| f64::from(u32::try_from(set).unwrap_or(u32::MAX));
    let (all, mut shared) = (count(missing.len().max(1)), 0.0);
    // Few leads take more than the body's first lines to tell.
    pairs(body).any(|pair| {
        shared += if missing.remove(&pair) { 1.0 } else { 0.0 };
        shared / all >= LIKENESS
    })
}

/// Letters and digits beside one another, in lower case.
fn pairs(text: &str) -> impl Iterator<Item = (char, char)> {
    let chars = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    chars.clone().zip(chars.skip(1))
}
