//! Paragraph scoring with ancestors and siblings, by `dom_smoothie`.

use dom_query::Document as Page;
use dom_smoothie::{Config, Readability};
use url::Url;

/// The article as HTML.
pub(in crate::normalize::body) fn find(page: &Page, base: Option<&Url>) -> Option<String> {
    let config = Config { keep_classes: true, disable_json_ld: true, ..Config::default() };
    // It mutates what it is given, and other candidates need the page as it is.
    let mut reader =
        Readability::with_document(page.clone(), base.map(Url::as_str), Some(config)).ok()?;
    reader.parse().ok().map(|article| article.content.to_string())
}
