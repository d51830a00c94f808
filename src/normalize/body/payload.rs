//! Articles that the server sent inside a script: an escaped HTML, Markdown or plain string that a script would put into an
//! empty container (hydration data of frameworks, a variable, JSON-LD's `articleBody`).

use dom_query::{Document as Page, NodeRef};
use pulldown_cmark::{Options, Parser, html};

use super::prose::Prose;
use crate::normalize::sanitize;
use crate::normalize::scripts::{self, MAX_NESTING};

/// Long strings that are parsed to see what they hold.
const MAX_TRIED: usize = 4;

/// Paragraphs of HTML, however escaped; headings of Markdown; schema.org's name for the body.
fn may_hold_article(script: &str) -> bool {
    ["<p", "<br", "\\u003cp", "\\u003Cp", "\\x3cp", "\\x3Cp", "&lt;p", "\\n#", "articleBody"]
        .iter()
        .any(|mark| script.contains(mark))
}

/// The string with the most prose, as a page of its own.
pub(super) fn find(scripts: &[NodeRef<'_>]) -> Option<Page> {
    let texts = scripts::texts(scripts, may_hold_article);
    let mut found: Vec<String> = texts.iter().flat_map(|script| articles(script, 0)).collect();
    found.sort_by_key(|html| std::cmp::Reverse(html.len()));
    let pages = found.into_iter().take(MAX_TRIED).map(Page::fragment);
    pages.max_by_key(|page| Prose::of(&page.root()).total())
}

/// The strings of a script that are articles, as HTML.
fn articles(script: &str, nesting: usize) -> Vec<String> {
    let mut found = Vec::new();
    for (before, literal) in scripts::strings(script) {
        let plain = scripts::unescape(literal);
        if let Some(html) = as_html(&plain, before) {
            found.push(html);
        } else if nesting < MAX_NESTING && may_hold_article(&plain) {
            found.extend(articles(&plain, nesting + 1));
        }
    }
    found
}

/// HTML with several paragraphs, Markdown with headings, or the text of an `articleBody`.
fn as_html(text: &str, before: &str) -> Option<String> {
    if is_html(text) {
        return Some(text.to_owned());
    }
    if text.contains("&lt;p") {
        let plain = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&");
        return is_html(&plain).then_some(plain);
    }
    if is_markdown(text) {
        let mut out = String::new();
        html::push_html(
            &mut out,
            Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH),
        );
        return Some(out);
    }
    let key = before.trim_end().trim_end_matches(':').trim_end().trim_end_matches(['"', '\'']);
    key.ends_with("articleBody").then(|| paragraphs(text))
}

fn is_html(text: &str) -> bool {
    let start = text.trim_start();
    let count = |tag: &str| text.matches(tag).count();
    start.starts_with('<')
        && !start.starts_with("<!")
        && count("<p") + count("<br") + count("<h2") + count("<h3") >= 3
}

fn is_markdown(text: &str) -> bool {
    let headings = text.lines().filter(|line| {
        line.starts_with("# ") || line.starts_with("## ") || line.starts_with("### ")
    });
    headings.count() >= 2 && text.matches("\n\n").count() >= 3 && !text.contains("</")
}

fn paragraphs(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| ["<p>".to_owned(), sanitize::escape(line), "</p>".to_owned()]).collect()
}
