//! Atom's links (RFC 4287 §4.2.7), also within RSS.

use std::collections::HashSet;

use super::atom_history::HISTORY;
use super::check::Check;
use super::kinds::Kind;
use super::names::Ns;
use super::rules::Rule;
use super::{addresses, values};

/// IANA's registry as far as feeds use it; RFC 4287 §4.2.7.2 also takes any IRI.
const RELATIONS: [&str; 23] = [
    "alternate",
    "current",
    "describedby",
    "edit",
    "edit-media",
    "enclosure",
    "first",
    "hub",
    "last",
    "license",
    "next",
    "next-archive",
    "payment",
    "prev-archive",
    "previous",
    "related",
    "replies",
    "search",
    "self",
    "service",
    "up",
    "via",
    "terms-of-service",
];

pub(super) fn relation(rel: Option<&str>) -> &str {
    let rel = rel.unwrap_or("alternate");
    rel.strip_prefix("http://www.iana.org/assignments/relation/").unwrap_or(rel)
}

/// §4.1.1, §4.1.2: one alternate for each type and language.
pub(super) fn alternates(check: &mut Check<'_, '_>, index: usize) {
    let mut seen = HashSet::new();
    let links: Vec<usize> = check.children(index, Ns::Atom, "link").collect();
    for link in links {
        let element = check.element(link);
        if relation(element.attribute("rel")) != "alternate" {
            continue;
        }
        let key =
            (element.attribute("type").unwrap_or(""), element.attribute("hreflang").unwrap_or(""));
        if !seen.insert(key) {
            check.found(
                Rule::DuplicateAtomLink,
                link,
                "a second alternate of the same type and language",
            );
        }
    }
}

/// §4.2.7; also `atom:link` in RSS.
pub(super) fn link(check: &mut Check<'_, '_>, index: usize) {
    let known = [
        "type",
        "title",
        "rel",
        "href",
        "length",
        "hreflang",
        "rdf:type",
        "rdf:resource",
        "thr:count",
        "thr:updated",
    ];
    check.attributes(index, &known);
    let element = check.element(index);
    if !element.text.trim().is_empty() {
        check.found(Rule::AtomLinkNotEmpty, index, "a link has no text");
    }
    for name in ["rel", "type", "title", "hreflang"] {
        if element.attribute(name).is_some_and(|value| value.trim().is_empty()) {
            check.found(Rule::AttrNotBlank, index, format!("{name} is empty"));
        }
    }
    let rel = relation(element.attribute("rel"));
    link_rel(check, index, rel);
    link_type(check, index, rel);
    let kinds =
        [("title", Kind::Plain), ("length", Kind::NonNegative), ("hreflang", Kind::Language)];
    for (name, kind) in kinds {
        if let Some(value) = element.attribute(name).filter(|value| !value.is_empty()) {
            check.value(index, kind, value, name);
        }
    }
    // RFC 4685 §4.
    for (name, kind) in [("count", Kind::NonNegative), ("updated", Kind::Rfc3339)] {
        if let Some(value) = element.attribute_in(Ns::Thread, name) {
            check.value(index, kind, value, name);
        }
    }
    match element.attribute("href") {
        Some(href) => link_href(check, index, href, rel),
        None => check.found(Rule::MissingHref, index, "href is missing"),
    }
}

fn link_rel(check: &mut Check<'_, '_>, index: usize, rel: &str) {
    let is_iri = addresses::scheme(rel).is_some();
    if !RELATIONS.contains(&rel) && !is_iri {
        check.found(Rule::UnregisteredAtomLinkRel, index, format!("rel=\"{rel}\""));
    }
    let parent = check.element(check.element(index).parent);
    if HISTORY.contains(&rel) && parent.name == "entry" {
        check.found(Rule::FeedHistoryRelInEntry, index, format!("rel=\"{rel}\" in an entry"));
    }
}

fn link_type(check: &mut Check<'_, '_>, index: usize, rel: &str) {
    let Some(media_type) = check.element(index).attribute("type") else { return };
    let essence = media_type.split(';').next().unwrap_or_default();
    let feeds = ["application/atom+xml", "application/rss+xml", "application/rdf+xml"];
    if !values::is_media_type(media_type) {
        check.found(Rule::InvalidMimeType, index, format!("type=\"{media_type}\""));
    } else if rel == "self" && !feeds.contains(&essence) {
        check.found(Rule::SelfNotAtom, index, format!("type=\"{media_type}\""));
    }
}

fn link_href(check: &mut Check<'_, '_>, index: usize, href: &str, rel: &str) {
    check.value(index, Kind::IriReference, href, "href");
    let parent = check.element(check.element(index).parent);
    if rel != "self" || !matches!(parent.name, "feed" | "channel") {
        return;
    }
    if addresses::scheme(href).is_none() && base(check, index).is_none() {
        check.found(Rule::RelativeSelf, index, format!("href=\"{href}\""));
    } else if check.settings.url.as_deref().is_some_and(|url| url != href) {
        check.found(Rule::SelfDoesntMatchLocation, index, format!("href=\"{href}\""));
    }
}

/// The nearest `xml:base`.
fn base<'c>(check: &Check<'c, '_>, mut index: usize) -> Option<&'c str> {
    loop {
        let element = check.element(index);
        if let Some(base) = element.attribute_in(Ns::Xml, "base") {
            return Some(base);
        }
        if element.parent == index {
            return None;
        }
        index = element.parent;
    }
}
