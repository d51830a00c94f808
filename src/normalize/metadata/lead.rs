//! The publisher's own introduction among the descriptions that a page declares.

use std::collections::HashSet;

use super::Declared;
use crate::domain::repeats;
use crate::normalize::draft::Draft;
use crate::normalize::wording;

/// Characters of a lead: less is a slogan, more is the article.
const LENGTH: std::ops::RangeInclusive<usize> = 20..=700;
/// Share of a lead's character pairs that its article has too; a description of the site has few.
const LIKENESS: f64 = 0.35;

/// The first description that introduces this article.
pub(super) fn choose(declared: &Declared, draft: &Draft) -> Option<String> {
    let body: String = draft
        .sections
        .iter()
        .flat_map(|s| &s.blocks)
        .map(|block| block.text.as_str())
        .collect::<Vec<_>>()
        .join(" ");
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
        && !is_cut_from(text, body)
        && likeness(text, body) >= LIKENESS
}

/// Whether it is the body's beginning, broken off inside a sentence to fit a field.
fn is_cut_from(text: &str, body: &str) -> bool {
    let bare = |s: &str| -> String { s.chars().filter(|c| c.is_alphanumeric()).take(60).collect() };
    let ends = text.ends_with(['.', '。', '!', '?', '！', '？', '"', '”', '」']);
    !ends && bare(body).starts_with(&bare(&text.chars().take(60).collect::<String>()))
}

fn likeness(text: &str, body: &str) -> f64 {
    let pairs = |s: &str| -> HashSet<(char, char)> {
        let chars: Vec<char> =
            s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        chars.windows(2).map(|pair| (pair[0], pair[1])).collect()
    };
    let (own, other) = (pairs(text), pairs(body));
    let shared = u32::try_from(own.intersection(&other).count()).unwrap_or(u32::MAX);
    let total = u32::try_from(own.len().max(1)).unwrap_or(u32::MAX);
    f64::from(shared) / f64::from(total)
}
