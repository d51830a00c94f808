//! HTML: parsed once; the one tree serves metadata, related items and body, in this order.

use dom_query::{Document as Page, NodeRef};
use url::Url;

use super::dates::{self, Frame};
use super::draft::Draft;
use super::limits::{self, MAX_DEPTH, MAX_NODES, MAX_STEPS};
use super::metadata::{self, Declared};
use super::{NormalizeError, body, misread, related, tidy};
use crate::domain::{Document, Language};

/// Reads a web page.
pub(super) fn read(document: &Document) -> Result<Draft, NormalizeError> {
    let page = parse(&misread::repaired(&document.text))?;
    let declared = Declared::read(&page);
    let base = base_url(&page, document);
    let frame = frame(document, declared.language.as_ref());
    let scripts = body::payload::scripts(&page);
    let further_pages = body::further::find(&page, base.as_ref());
    tidy::tidy(&page);
    let mut draft = Draft { further_pages, ..Draft::default() };
    related::take(&page, base.as_ref(), &frame, &mut draft);
    metadata::fill(&page, &declared, base.as_ref(), &frame, &mut draft);
    body::fill(&page, &scripts, base.as_ref(), &frame, &mut draft)?;
    metadata::fill_from_body(&declared, base.as_ref(), &mut draft);
    Ok(draft)
}

/// Reads HTML that is all article, as Markdown gives it.
pub(super) fn read_fragment(html: &str, document: &Document) -> Result<Draft, NormalizeError> {
    let page = parse(html)?;
    let frame = frame(document, None);
    let base = document.url.clone();
    tidy::tidy(&page);
    let mut draft = Draft::default();
    related::take(&page, base.as_ref(), &frame, &mut draft);
    body::fill_whole(&page, base.as_ref(), &frame, &mut draft);
    Ok(draft)
}

fn frame(document: &Document, language: Option<&Language>) -> Frame {
    Frame { now: document.fetched_at, month_first: dates::month_first_by_default(language) }
}

fn parse(html: &str) -> Result<Page, NormalizeError> {
    limits::check_markup(html)?;
    let page = Page::from(html);
    check_tree(&page.root())?;
    Ok(page)
}

/// Refuses a tree that would cost too much or overflow the stack of a library that recurses into it.
fn check_tree(root: &NodeRef<'_>) -> Result<(), NormalizeError> {
    let (mut nodes, mut depth, mut steps) = (0_usize, 0_usize, 0_usize);
    let mut current = root.first_child();
    while let Some(node) = current {
        nodes += 1;
        steps += depth;
        if nodes > MAX_NODES {
            return Err(NormalizeError::TooManyNodes { nodes, limit: MAX_NODES });
        }
        if steps > MAX_STEPS {
            return Err(NormalizeError::TooCostly { steps, limit: MAX_STEPS });
        }
        if depth > MAX_DEPTH {
            return Err(NormalizeError::TooDeep { depth, limit: MAX_DEPTH });
        }
        current =
            node.first_child().inspect(|_| depth += 1).or_else(|| next_after(node, &mut depth));
    }
    Ok(())
}

/// The next node in document order that is not inside `node`.
fn next_after<'a>(node: NodeRef<'a>, depth: &mut usize) -> Option<NodeRef<'a>> {
    let mut node = node;
    loop {
        if let Some(sibling) = node.next_sibling() {
            return Some(sibling);
        }
        node = node.parent()?;
        *depth = depth.checked_sub(1)?;
    }
}

/// What relative addresses count from: `base`, the address fetched, or the one the page claims.
fn base_url(page: &Page, document: &Document) -> Option<Url> {
    let declared = page.select("base[href]").attr("href");
    let own = document.url.clone().or_else(|| {
        let claimed = page
            .select("link[rel=canonical]")
            .attr("href")
            .or_else(|| page.select("meta[property='og:url']").attr("content"));
        claimed.and_then(|url| Url::parse(url.trim()).ok())
    });
    match (declared, own) {
        (Some(base), Some(own)) => own.join(base.trim()).ok().or(Some(own)),
        (Some(base), None) => Url::parse(base.trim()).ok(),
        (None, own) => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_thousand_nested_elements_end_in_a_named_error_on_a_small_stack() {
        let unclosed: String = "<p><a href=x>".repeat(16_000);
        let nested = format!("{}deep{}", "<div>".repeat(16_000), "</div>".repeat(16_000));
        let small = std::thread::Builder::new().stack_size(2 << 20);
        let errors = small
            .spawn(move || [unclosed, nested].map(|html| parse(&html).err().map(|e| e.kind())))
            .unwrap();
        let errors = errors.join().unwrap();
        assert_eq!(errors[1], Some("too_deep"));
        assert!(matches!(errors[0], None | Some("too_deep" | "too_many_nodes")));
    }

    #[test]
    fn a_tree_at_the_depth_limit_passes_and_one_above_it_does_not() {
        // html and body stand around it.
        let page = |depth: usize| Page::from("<div>".repeat(depth));
        assert!(check_tree(&page(MAX_DEPTH - 1).root()).is_ok());
        assert_eq!(check_tree(&page(MAX_DEPTH + 1).root()).unwrap_err().kind(), "too_deep");
    }
}
