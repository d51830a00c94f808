//! One line for people about an article or a link.

use crate::domain::{Article, Link, Locale, Moment};
use crate::normalize::{NormalizeError, Normalized};

/// Characters of a title that is shown.
const TITLE: usize = 80;

/// Entries as lines, those that are no articles with the reason.
pub(super) fn entries(entries: &[Result<Normalized, NormalizeError>]) -> Vec<String> {
    let line = |entry: &Result<Normalized, NormalizeError>| match entry {
        Ok(normalized) => article(&normalized.article),
        Err(error) => format!("no article: {error}"),
    };
    entries.iter().map(line).collect()
}

/// An article: when, what, how much.
pub(super) fn article(article: &Article) -> String {
    let characters = article.text().chars().count();
    let related = article.related.len();
    let day = date(article.published.as_ref());
    format!(
        "{day}  {}  ({characters} characters, {} sections, {related} related)",
        short(&article.title),
        article.sections.len()
    )
}

/// A link: when, what, where.
pub(super) fn link(link: &Link) -> String {
    let title = link.title.as_deref().map(short).unwrap_or_default();
    format!("{}  {title}  {}", date(link.published.as_ref()), link.url)
}

fn date(moment: Option<&Moment>) -> String {
    moment.map_or_else(|| "no date".to_owned(), |moment| moment.display(Locale::English))
}

pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(TITLE) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
