//! Atom 1.0 (RFC 4287): what a feed, an entry and a source are made of.

use std::collections::HashSet;

use super::atom_history::history;
use super::atom_links::{alternates, link, relation};
use super::atom_texts::{construct, content, is_textual, text};
use super::atom_values::{category, date, generator, id, image, person};
use super::check::Check;
use super::kinds::Kind;
use super::modules;
use super::names::Ns;
use super::rules::Rule;

/// Judges the document.
pub(super) fn document(check: &mut Check<'_, '_>) {
    let root = check.element(0);
    match root.ns {
        Ns::Atom => {}
        Ns::None => check.found(Rule::MissingNamespace, 0, "Atom's namespace is not declared"),
        _ => check.found(Rule::InvalidNamespace, 0, "the namespace is http://www.w3.org/2005/Atom"),
    }
    if !root.prefix.is_empty() {
        check.found(Rule::AvoidNamespacePrefix, 0, format!("prefix {}", root.prefix));
    }
    for (prefix, _) in &root.declared {
        if prefix == "atom" || prefix == "xhtml" {
            check.found(Rule::AvoidNamespacePrefix, 0, format!("prefix {prefix}"));
        }
    }
    match root.name {
        "feed" => feed(check, 0),
        _ => entry(check, 0, false),
    }
}

/// What may stand in `feed` and `source`, and whether it may repeat.
fn feed_child(name: &str) -> Option<bool> {
    Some(match name {
        "author" | "category" | "contributor" | "link" | "entry" => true,
        "generator" | "icon" | "id" | "logo" | "rights" | "subtitle" | "title" | "updated" => false,
        _ => return None,
    })
}

fn feed(check: &mut Check<'_, '_>, index: usize) {
    check.no_text(index);
    check.attributes(index, &["indexing:index"]);
    metadata(check, index, Rule::MissingElement);
    check.once(index, may_repeat(feed_child));
    let has_author = check.has(index, Ns::Atom, "author");
    let mut after_entry = false;
    for child in &check.element(index).children {
        let element = check.element(*child);
        let is_entry = element.ns == Ns::Atom && element.name == "entry";
        if after_entry && !is_entry && element.ns == Ns::Atom {
            check.found(Rule::MisplacedMetadata, *child, "it stands behind an entry");
        }
        after_entry |= is_entry;
        if is_entry {
            entry(check, *child, has_author);
        } else {
            feed_part(check, *child);
        }
    }
    self_link(check, index);
    alternates(check, index);
    history(check, index);
    distinct(check, index);
}

fn may_repeat(child: fn(&str) -> Option<bool>) -> impl Fn(Ns, &str) -> bool {
    move |ns, name| match ns {
        Ns::Atom => child(name).unwrap_or(true),
        _ => modules::kind(ns, name).is_none_or(|(_, may_repeat)| may_repeat),
    }
}

fn metadata(check: &mut Check<'_, '_>, index: usize, rule: Rule) {
    for name in ["title", "id", "updated"] {
        if !check.has(index, Ns::Atom, name) {
            check.found(rule, index, format!("there is no {name}"));
        }
    }
}

fn feed_part(check: &mut Check<'_, '_>, index: usize) {
    let element = check.element(index);
    if element.ns != Ns::Atom {
        return foreign(check, index);
    }
    match element.name {
        "author" | "contributor" => person(check, index),
        "category" => category(check, index),
        "generator" => generator(check, index),
        "icon" | "logo" => image(check, index),
        "id" => id(check, index),
        "link" => link(check, index),
        "rights" | "subtitle" | "title" => text(check, index),
        "updated" => date(check, index),
        _ => undefined(check, index),
    }
}

pub(super) fn undefined(check: &mut Check<'_, '_>, index: usize) {
    let name = check.name(index);
    check.found(Rule::UndefinedElement, index, format!("Atom has no <{name}> here"));
}

pub(super) fn foreign(check: &mut Check<'_, '_>, index: usize) {
    match check.element(index).ns {
        Ns::Xhtml if check.element(index).name == "div" => {
            check.found(Rule::MisplacedXhtmlContent, index, "XHTML belongs into content");
        }
        Ns::None | Ns::Xhtml => undefined(check, index),
        // It answers an entry.
        Ns::Trackback if check.element(check.element(index).parent).name == "feed" => {
            undefined(check, index);
        }
        _ => modules::element(check, index),
    }
}

fn entry_child(name: &str) -> Option<bool> {
    Some(match name {
        "author" | "category" | "contributor" | "link" => true,
        "content" | "id" | "published" | "rights" | "source" | "summary" | "title" | "updated" => {
            false
        }
        _ => return None,
    })
}

fn entry(check: &mut Check<'_, '_>, index: usize, feed_has_author: bool) {
    check.no_text(index);
    check.attributes(index, &["rdf:parseType"]);
    metadata(check, index, Rule::MissingElement);
    let source = check.children(index, Ns::Atom, "source").next();
    let mut places = std::iter::once(index).chain(source);
    if !feed_has_author && !places.any(|place| check.has(place, Ns::Atom, "author")) {
        check.found(Rule::MissingElement, index, "neither the entry nor the feed has an author");
    }
    check.once(index, may_repeat(entry_child));
    for child in &check.element(index).children {
        entry_part(check, *child);
    }
    alternates(check, index);
    has_content(check, index);
}

fn entry_part(check: &mut Check<'_, '_>, index: usize) {
    let element = check.element(index);
    if element.ns != Ns::Atom {
        return foreign(check, index);
    }
    match element.name {
        "content" => content(check, index),
        "summary" => text(check, index),
        "published" => date(check, index),
        "source" => source(check, index),
        "generator" | "icon" | "logo" | "subtitle" => undefined(check, index),
        _ => feed_part(check, index),
    }
}

/// §4.2.11: the metadata of the feed an entry was taken from.
fn source(check: &mut Check<'_, '_>, index: usize) {
    check.no_text(index);
    metadata(check, index, Rule::MissingSourceElement);
    check.once(index, may_repeat(feed_child));
    for child in &check.element(index).children {
        match check.element(*child).name {
            "entry" => undefined(check, *child),
            _ => feed_part(check, *child),
        }
    }
    alternates(check, index);
}

/// §4.1.2: content, or a page of its own with a summary.
fn has_content(check: &mut Check<'_, '_>, index: usize) {
    let has_summary = check.has(index, Ns::Atom, "summary");
    let Some(content) = check.children(index, Ns::Atom, "content").next() else {
        if !has_summary {
            check.found(Rule::MissingTextualContent, index, "neither content nor summary");
        }
        let mut links = check.children(index, Ns::Atom, "link");
        if !links.any(|link| relation(check.element(link).attribute("rel")) == "alternate") {
            check.found(Rule::MissingContentOrAlternate, index, "neither content nor a page");
        }
        return;
    };
    let element = check.element(content);
    let kind = element.attribute("type").unwrap_or_default();
    let is_binary = kind.contains('/') && !is_textual(kind);
    if !has_summary && (element.attribute("src").is_some() || is_binary) {
        check.found(Rule::MissingSummary, index, "the content is not text and there is no summary");
    }
}

fn self_link(check: &mut Check<'_, '_>, index: usize) {
    let mut links = check.children(index, Ns::Atom, "link");
    if !links.any(|link| relation(check.element(link).attribute("rel")) == "self") {
        check.found(Rule::MissingSelf, index, "no link with rel=\"self\"");
    }
}

/// §4.2.6: ids differ; §4.2.15: readers sort by `updated`.
fn distinct(check: &mut Check<'_, '_>, index: usize) {
    let entries: Vec<usize> = check.children(index, Ns::Atom, "entry").collect();
    let (mut ids, mut dates) = (HashSet::new(), HashSet::new());
    for entry in &entries {
        for (name, seen, rule) in [
            ("id", &mut ids, Rule::DuplicateEntries),
            ("updated", &mut dates, Rule::DuplicateUpdated),
        ] {
            let Some(child) = check.children(*entry, Ns::Atom, name).next() else { continue };
            let value = check.element(child).text.trim();
            if !value.is_empty() && !seen.insert(value) {
                check.found(rule, child, format!("another entry has \"{value}\""));
            }
        }
    }
    if entries.len() > 9 && check.count(Rule::DuplicateEntries) == entries.len() - 1 {
        check.forgive(Rule::DuplicateEntries);
        check.found(Rule::DuplicateIds, index, "every entry has the same id");
    }
}

/// Elements of Atom within RSS.
pub(super) fn extension(check: &mut Check<'_, '_>, index: usize) {
    match check.element(index).name {
        "summary" => text(check, index),
        "title" | "subtitle" | "rights" | "content" => {
            check.found(Rule::DuplicateDescriptionSemantics, index, "RSS has an element for it");
            construct(check, index);
        }
        "published" | "updated" => check.leaf(index, Kind::Rfc3339),
        "id" => check.leaf(index, Kind::Address),
        _ => feed_part(check, index),
    }
}
