//! What the server sent and a browser does not show as it is: scripts that carry the text, and the form for readers without
//! scripts. Read before the page is tidied, searched where what is shown is poor.

use dom_query::{Document as Page, NodeRef};

use super::candidates::{self, Candidate};
use super::{chooser, payload};
use crate::normalize::dom;

/// Paragraphs that make a form of the article; one or two ask for scripts to be turned on.
const MIN_PARAGRAPHS: usize = 3;

/// What may hold the article unseen.
#[derive(Debug, Default)]
pub(in crate::normalize) struct Unshown {
    scripts: Vec<String>,
    /// HTML for readers without scripts.
    plain: Option<String>,
}

impl Unshown {
    /// Reads it off a page that nothing has been removed from.
    pub fn read(page: &Page) -> Self {
        Self { scripts: payload::scripts(page), plain: plain(page) }
    }

    /// The pages made of it, with the way that each was found.
    pub(super) fn pages(&self) -> Vec<(&'static str, Page)> {
        let sent = payload::find(&self.scripts).map(|page| ("payload", page));
        let plain = self.plain.as_deref().map(|html| ("noscript", Page::fragment(html)));
        sent.into_iter().chain(plain).collect()
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
) -> Option<Candidate<'a>> {
    unshown.into_iter().fold(shown, |best, sent| chooser::rescue(best, Some(sent)))
}

/// The longest form for readers without scripts that is made of paragraphs.
fn plain(page: &Page) -> Option<String> {
    let forms = page.select("body noscript");
    let longest = forms.nodes().iter().filter(|form| is_article(form));
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
