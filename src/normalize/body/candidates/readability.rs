//! Paragraph scoring with ancestors and siblings, by `dom_smoothie`.

use dom_query::{Document as Page, NodeRef};
use dom_smoothie::{Article, Config, ParsePolicy, Readability};
use url::Url;

/// The page reduced to the article, which [`node`] gives.
pub(in crate::normalize::body) fn find(page: &Page, base: Option<&Url>) -> Option<Page> {
    // The library keeps a copy of the page for a second try, which few pages need.
    let mut strict = reader(page, base)?;
    let found = strict.parse_with_policy(ParsePolicy::Strict);
    if found.is_ok_and(|article| is_enough(&article)) {
        return Some(strict.doc);
    }
    let mut patient = reader(page, base)?;
    patient.parse().ok().map(|_| patient.doc)
}

/// The element that the library makes of the article.
pub(in crate::normalize::body) fn node(page: &Page) -> Option<NodeRef<'_>> {
    page.select_single("#readability-page-1").nodes().first().copied()
}

fn reader(page: &Page, base: Option<&Url>) -> Option<Readability> {
    let config = Config { keep_classes: true, disable_json_ld: true, ..Config::default() };
    // It mutates what it is given, and other candidates need the page as it is.
    Readability::with_document(page.clone(), base.map(Url::as_str), Some(config)).ok()
}

/// What the library itself takes without another try.
fn is_enough(article: &Article) -> bool {
    let lengths = article.text_content.split_whitespace().map(|word| 1 + word.chars().count());
    let enough = Config::default().char_threshold;
    let reached = |sum: &mut usize, length| {
        *sum += length;
        Some(*sum)
    };
    // A space stands before every word but the first.
    lengths.scan(0, reached).any(|length| length > enough)
}
