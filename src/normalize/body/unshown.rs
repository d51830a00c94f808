//! What the server sent and a browser does not show as it is: scripts that carry the text, the form for readers without
//! scripts, and the one for paper. Noted before the page is tidied, read where what is shown is poor.

use dom_query::{Document as Page, NodeRef};

use super::candidates::{self, Candidate};
use super::{chooser, payload};
use crate::normalize::dom;

/// Paragraphs that make a form of the article; one or two ask for scripts to be turned on.
const MIN_PARAGRAPHS: usize = 3;

/// What may hold the article unseen.
#[derive(Debug)]
pub(in crate::normalize) struct Unshown<'a> {
    scripts: &'a [NodeRef<'a>],
    /// What the page says to readers without scripts.
    plain: Vec<NodeRef<'a>>,
    /// What it shows on paper alone.
    printed: Vec<NodeRef<'a>>,
}

impl<'a> Unshown<'a> {
    /// Finds it in a page that nothing has been removed from, and takes the form for paper out: it says the article twice.
    pub fn find(page: &'a Page, scripts: &'a [NodeRef<'a>]) -> Self {
        let plain = page.body().map(|body| body.find(&["noscript"])).unwrap_or_default();
        let printed: Vec<NodeRef<'a>> = page
            .body()
            .map(|body| body.descendants_it().filter(is_for_paper).collect())
            .unwrap_or_default();
        printed.iter().for_each(NodeRef::remove_from_parent);
        Self { scripts, plain, printed }
    }

    /// The pages made of it, with the way that each was found.
    pub(super) fn pages(&self) -> Vec<(&'static str, Page)> {
        let sent = payload::find(self.scripts).map(|page| ("payload", page));
        let form = |name, forms| Some((name, Page::fragment(longest(forms)?)));
        let others = [form("noscript", &self.plain), form("print", &self.printed)];
        sent.into_iter().chain(others.into_iter().flatten()).collect()
    }
}

/// The candidates of `pages`.
pub(super) fn candidates<'a>(pages: &'a [(&'static str, Page)]) -> Vec<Candidate<'a>> {
    pages.iter().map(|(way, page)| candidates::whole(way, page)).collect()
}

/// What is shown, unless something unshown is far more.
pub(super) fn rescue<'a>(
    shown: Option<Candidate<'a>>,
    unshown: Vec<Candidate<'a>>,
    title: &str,
) -> Option<Candidate<'a>> {
    unshown.into_iter().fold(shown, |best, sent| chooser::rescue(best, Some(sent), title))
}

/// Names by which the common style sheets show an element on paper alone.
const PAPER_ALONE: [&str; 7] = [
    "print-only",
    "only-print",
    "printonly",
    "show-for-print",
    "visible-print",
    "visible-print-block",
    "visible-print-inline-block",
];
/// Names by which they hide one from the screen until something shows it.
const HIDDEN: [&str; 4] = ["hidden", "hide", "d-none", "visually-hidden"];

/// An element for paper alone: called so, or hidden and named after printing. A shown one is the article with a button to print.
fn is_for_paper(node: &NodeRef<'_>) -> bool {
    // Few elements are called so, and every element is asked.
    if !dom::has_attribute(node, |name, value| {
        matches!(name, "class" | "id") && (value.contains("rint") || value.contains("RINT"))
    }) {
        return false;
    }
    let value = |name| node.attr(name).unwrap_or_default().to_ascii_lowercase();
    let (class, id) = (value("class"), value("id"));
    let mut words = class.split_whitespace();
    if words.clone().any(|word| PAPER_ALONE.contains(&word)) {
        return true;
    }
    let keeps_off = |word: &str| word.contains("no") || word.contains("hid");
    let is_named = |word: &str| word.contains("print") && !keeps_off(word);
    // What is hidden from some screens alone is called so with a colon.
    let is_called_hidden = !class.contains(':') && words.clone().any(|word| HIDDEN.contains(&word));
    let is_hidden = is_called_hidden
        || node.has_attr("hidden")
        || value("style").replace(' ', "").contains("display:none");
    is_hidden && (is_named(&id) || words.any(is_named))
}

/// The longest form that is made of paragraphs.
fn longest(forms: &[NodeRef<'_>]) -> Option<String> {
    let longest = forms.iter().filter(|form| is_article(form));
    longest.map(|form| form.inner_html().to_string()).max_by_key(String::len)
}

/// Paragraphs that do not begin by asking for scripts.
fn is_article(form: &NodeRef<'_>) -> bool {
    let paragraphs = form.find(&["p"]);
    let asks = |text: &str| {
        let text = text.to_lowercase();
        ["javascript", "脚本", "腳本"].iter().any(|word| text.contains(word))
    };
    paragraphs.len() >= MIN_PARAGRAPHS && !paragraphs.first().is_some_and(|p| asks(&dom::text(p)))
}
