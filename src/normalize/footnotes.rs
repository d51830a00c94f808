//! Footnotes: a mark that can be read where the text calls the note, and the notes at the end. Links inside a page lead nowhere
//! in a feed.

use std::collections::HashMap;
use std::sync::LazyLock;

use dom_query::{Document as Page, NodeRef};
use regex::Regex;

use super::{dom, sanitize};

/// Notes of one page, and characters of one.
const MAX_NOTES: usize = 1_000;
/// Links that call them.
const MAX_CALLS: usize = 3_000;
const MAX_NOTE: usize = 3_000;
/// Characters of a link back to the text: an arrow, a number, 返回.
const BACK: usize = 4;

/// A note that stands elsewhere than the words it belongs to.
#[derive(Debug)]
pub(super) struct Footnote {
    /// Its mark in the text.
    mark: String,
    /// The mark and the note, not yet sanitised.
    html: String,
}

/// What calls a note: a number, a letter or a sign, bracketed or not.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\[(（〔【［]?\s*((?:注|註|note |fn ?)?(?:\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§¶]{1,3}|[一二三四五六七八九十]{1,3}|[①-⑳]))\s*[\])）〕】］]?$")
        .expect("the pattern is fixed and tested")
});

/// Makes marks of the links to notes, and takes the notes out of the page: HTML of each, in the order of their marks.
pub(super) fn take(page: &Page) -> Vec<Footnote> {
    let mut links = dom::named(page, "a");
    links.retain(|link| link.attr("href").is_some_and(|href| href.contains('#')));
    let called: Vec<_> =
        links.iter().filter_map(|link| Some((link, called(link)?))).take(MAX_CALLS).collect();
    if called.is_empty() {
        return Vec::new();
    }
    let named = named(page);
    let mut notes: Vec<(String, NodeRef<'_>)> = Vec::new();
    for (link, label) in called {
        let Some(note) = target(&named, link).filter(|_| notes.len() < MAX_NOTES) else { continue };
        mark(link, &label);
        if !notes.iter().any(|(_, known)| known.id == note.id) {
            notes.push((format!("[{label}]"), note));
        }
    }
    notes
        .into_iter()
        .map(|(mark, note)| {
            let mark = sanitize::escape(&mark);
            Footnote { html: cut(&note, &mark), mark }
        })
        .collect()
}

/// The label of a link that calls a note: raised, or called so by its role or class, or in brackets.
fn called(link: &NodeRef<'_>) -> Option<String> {
    let text = dom::text(link);
    let label = LABEL.captures(&text)?.get(1)?.as_str().trim().to_owned();
    let names = ["role", "class", "epub:type", "rel"].iter().filter_map(|name| link.attr(name));
    let is_named =
        names.into_iter().any(|value| value.contains("noteref") || value.contains("footnote"));
    let is_raised = raised(link).is_some() || !link.find(&["sup"]).is_empty();
    let is_back = link.attr("role").is_some_and(|role| role.contains("backlink"));
    (!is_back && (is_named || is_raised || text.starts_with(['[', '〔', '［', '【'])))
        .then_some(label)
}

fn raised<'a>(link: &NodeRef<'a>) -> Option<NodeRef<'a>> {
    dom::closest(*link, |node| node.has_name("sup")).filter(|sup| sup.find(&["a"]).len() == 1)
}

/// The elements that a link inside the page may lead to.
fn named(page: &Page) -> HashMap<String, NodeRef<'_>> {
    let mut named = HashMap::new();
    for node in page.select("[id], a[name]").nodes() {
        for name in ["id", "name"].iter().filter_map(|attribute| node.attr(attribute)) {
            named.entry(name.to_string()).or_insert(*node);
        }
    }
    named
}

/// Where the link leads: a list item or a paragraph that it does not stand in.
fn target<'a>(named: &HashMap<String, NodeRef<'a>>, link: &NodeRef<'a>) -> Option<NodeRef<'a>> {
    let href = link.attr("href")?;
    let place = named.get(href.rsplit_once('#')?.1)?;
    let block =
        |node: &NodeRef<'a>| ["li", "p", "dd", "div"].iter().any(|name| node.has_name(name));
    let note = dom::closest(*place, block)?;
    let length = dom::text(&note).chars().count();
    let is_around = dom::closest(*link, |node| node.id == note.id).is_some();
    (!is_around && (1..=MAX_NOTE).contains(&length)).then_some(note)
}

fn mark(link: &NodeRef<'_>, label: &str) {
    let mark = format!("<sup>[{}]</sup>", sanitize::escape(label));
    raised(link).unwrap_or(*link).replace_with_html(mark);
}

/// The note's HTML under its mark, without its way back and its own number; taken out of the page.
fn cut(note: &NodeRef<'_>, mark: &str) -> String {
    for link in note.find(&["a"]) {
        let leads_back = link.attr("href").is_some_and(|href| href.contains('#'));
        if leads_back && dom::text(&link).chars().count() <= BACK {
            link.remove_from_parent();
        }
    }
    let first = note.first_element_child().filter(|child| child.has_name("p"));
    first.unwrap_or(*note).prepend_html(format!("{mark} "));
    let html = note.inner_html().to_string();
    let list = note.parent();
    note.remove_from_parent();
    if let Some(list) = list.filter(|list| dom::text(list).is_empty()) {
        list.remove_from_parent();
    }
    html
}

/// The list of those notes that `text` calls.
pub(super) fn list(notes: &[Footnote], text: &str) -> Option<String> {
    let called = notes.iter().filter(|note| text.contains(&note.mark));
    let items: String = called.flat_map(|note| ["<li>", &note.html, "</li>"]).collect();
    (!items.is_empty()).then(|| format!("<ul>{items}</ul>"))
}
