//! HTML: parsed once; the one tree serves metadata, related items and body, in this order.

use dom_query::{Document as Page, NodeRef};
use url::Url;

use super::dates::{self, Frame};
use super::draft::Draft;
use super::evidence::Looked;
use super::limits::{self, MAX_DEPTH, MAX_NODES, MAX_STEPS};
use super::metadata::{self, Declared};
use super::{
    NormalizeError, Settings, body, dom, footnotes, language, misread, related, scripts, shadow,
    tidy,
};
use crate::domain::{Document, Language, Section};

/// Reads a web page.
pub(super) fn read(document: &Document, settings: &Settings) -> Result<Draft, NormalizeError> {
    let text = misread::repaired(&document.text);
    let page = parse(&text)?;
    read_page(&page, &text, document, settings, Draft::default()).map(|(draft, _)| draft)
}

/// Whether the page in `document` says that it is one article and when that was published. The kind alone does not tell:
/// widespread themes call the index of a category an article (`og:type`), too, but give it no date.
pub fn says_article(document: &Document) -> Result<bool, NormalizeError> {
    limits::check_text(&document.text)?;
    let page = parse(&document.text)?;
    Ok(page.select(metadata::SAYS_ARTICLE).exists() && !Declared::read(&page).published.is_empty())
}

/// Reads a web page, keeping account of what was found and what was passed over.
pub(super) fn look(document: &Document, settings: &Settings) -> Result<Looked, NormalizeError> {
    let text = misread::repaired(&document.text);
    let page = parse(&text)?;
    let given = settings.overrides.read(&page, &text);
    let told = metadata::told(&page);
    let draft = Draft { account: Some(Vec::new()), ..Draft::default() };
    let (draft, frame) = read_page(&page, &text, document, settings, draft)?;
    let texts = draft.account.unwrap_or_default();
    Ok(Looked { told, given, frame, found: draft.candidates, texts })
}

fn read_page(
    page: &Page,
    text: &str,
    document: &Document,
    settings: &Settings,
    mut draft: Draft,
) -> Result<(Draft, Frame), NormalizeError> {
    let given = settings.overrides.read(page, text);
    let declared = Declared::read(page);
    let base = base_url(page, document);
    let base = base.as_ref();
    let scripts = scripts::inline(page);
    let unshown = body::Unshown::find(page, &scripts);
    draft.further_pages = body::further::find(page, base);
    tidy::tidy(page);
    draft.footnotes = footnotes::take(page);
    let spoken = declared.language.clone().or_else(|| language::of_page(page));
    let frame = frame(document, spoken.as_ref());
    related::take(page, &scripts, base, &frame, &mut draft);
    let lines = page.body().map(|body| dom::spaced_lines(&body)).unwrap_or_default();
    let seen = metadata::Sight { page, lines: &lines, declared: &declared, base };
    metadata::fill(&seen, &frame, &mut draft);
    match given.body() {
        Some(html) => body::fill_whole(&Page::from(html), base, &frame, &mut draft),
        None => body::fill(page, &unshown, base, &frame, &mut draft)?,
    }
    given.apply(&frame, &mut draft);
    metadata::fill_from_body(&seen, &mut draft);
    Ok((draft, frame))
}

/// Reads HTML that is all article, as Markdown gives it.
pub(super) fn read_fragment(html: &str, document: &Document) -> Result<Draft, NormalizeError> {
    let page = parse(html)?;
    let frame = frame(document, None);
    let base = document.url.clone();
    tidy::tidy(&page);
    let mut draft = Draft::default();
    related::take(&page, &[], base.as_ref(), &frame, &mut draft);
    body::fill_whole(&page, base.as_ref(), &frame, &mut draft);
    Ok(draft)
}

/// The draft of a fragment that was cut into sanitised sections without a parser, and has no related items.
pub(super) fn settle_fragment(sections: Vec<Section>, document: &Document) -> Draft {
    let mut draft = Draft::default();
    body::fill_cut(sections, document.url.as_ref(), &frame(document, None), &mut draft);
    draft
}

fn frame(document: &Document, language: Option<&Language>) -> Frame {
    Frame { now: document.fetched_at, month_first: dates::month_first_by_default(language) }
}

pub(super) fn parse(html: &str) -> Result<Page, NormalizeError> {
    limits::check_markup(html)?;
    let page = Page::from(html);
    if html.contains("shadowrootmode") {
        shadow::open(&page);
    }
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
pub(super) fn base_url(page: &Page, document: &Document) -> Option<Url> {
    let declared = dom::named(page, "base").into_iter().find_map(|base| base.attr("href"));
    let own = document.url.clone().or_else(|| {
        let shared = || page.select("meta[property='og:url']").attr("content");
        let claimed = metadata::claimed_address(page).or_else(|| Some(shared()?.to_string()));
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
