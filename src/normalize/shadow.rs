//! Declarative shadow trees: a browser shows what stands in such a template as part of its host; other templates it never shows.

use dom_query::Document as Page;

/// Trees within trees that are opened; pages have two or three.
const MAX_NESTING: usize = 8;

/// Puts the content of every shadow tree where its template stands, before what the host holds besides.
pub(super) fn open(page: &Page) {
    for _ in 0..MAX_NESTING {
        let templates = page.select("template[shadowrootmode]");
        if templates.is_empty() {
            return;
        }
        for template in templates.nodes() {
            // What is in a template is no child of it; it shows in what is written of the whole.
            template.remove_all_attrs();
            let whole = template.html();
            let inner =
                whole.strip_prefix("<template>").and_then(|s| s.strip_suffix("</template>"));
            template.replace_with_html(inner.unwrap_or_default());
        }
    }
}
