//! Declarative shadow trees: a browser shows what stands in such a template as part of its host; other templates it never shows.

use dom_query::Document as Page;

/// Trees within trees that are opened; pages have two or three.
const MAX_NESTING: usize = 8;

/// Puts the content of every shadow tree where its template stands, before what the host holds besides.
pub(super) fn open(page: &Page) {
    for _ in 0..MAX_NESTING {
        let templates = page.select("template[shadowrootmode], template[shadowroot]");
        if templates.is_empty() {
            return;
        }
        for template in templates.nodes() {
            template.replace_with_html(template.inner_html());
        }
    }
}
