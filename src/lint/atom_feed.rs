//! Atom 1.0 (RFC 4287), with feed history (RFC 5005).

use std::collections::HashSet;
use std::fmt::Write as _;

use super::check::{Check, Kind};
use super::names::Ns;
use super::rules::Rule;
use super::{addresses, markup, modules, values};

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

/// RFC 5005: relations between the documents of one feed.
const HISTORY: [&str; 7] =
    ["current", "first", "last", "next", "next-archive", "prev-archive", "previous"];

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
        _ => entry(check, 0, 0),
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
    let mut after_entry = false;
    for child in &check.element(index).children {
        let element = check.element(*child);
        let is_entry = element.ns == Ns::Atom && element.name == "entry";
        if after_entry && !is_entry && element.ns == Ns::Atom {
            check.found(Rule::MisplacedMetadata, *child, "it stands behind an entry");
        }
        after_entry |= is_entry;
        if is_entry {
            entry(check, *child, index);
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

fn undefined(check: &mut Check<'_, '_>, index: usize) {
    let name = check.name(index);
    check.found(Rule::UndefinedElement, index, format!("Atom has no <{name}> here"));
}

fn foreign(check: &mut Check<'_, '_>, index: usize) {
    match check.element(index).ns {
        Ns::Xhtml if check.element(index).name == "div" => {
            check.found(Rule::MisplacedXhtmlContent, index, "XHTML belongs into content");
        }
        Ns::None | Ns::Xhtml => undefined(check, index),
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

fn entry(check: &mut Check<'_, '_>, index: usize, feed: usize) {
    check.no_text(index);
    check.attributes(index, &["rdf:parseType"]);
    metadata(check, index, Rule::MissingElement);
    let source = check.children(index, Ns::Atom, "source").next();
    let has_author = [Some(index), Some(feed), source].into_iter().flatten();
    if !has_author.into_iter().any(|place| check.has(place, Ns::Atom, "author")) {
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

fn is_textual(media_type: &str) -> bool {
    media_type.ends_with("+xml") || media_type.ends_with("/xml") || media_type.starts_with("text/")
}

fn relation(rel: Option<&str>) -> &str {
    let rel = rel.unwrap_or("alternate");
    rel.strip_prefix("http://www.iana.org/assignments/relation/").unwrap_or(rel)
}

/// §4.1.1, §4.1.2: one alternate for each type and language.
fn alternates(check: &mut Check<'_, '_>, index: usize) {
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

fn self_link(check: &mut Check<'_, '_>, index: usize) {
    let mut links = check.children(index, Ns::Atom, "link");
    if !links.any(|link| relation(check.element(link).attribute("rel")) == "self") {
        check.found(Rule::MissingSelf, index, "no link with rel=\"self\"");
    }
}

/// RFC 5005: complete feeds point nowhere, archives point to their feed.
fn history(check: &mut Check<'_, '_>, index: usize) {
    let links: Vec<(usize, &str, &str)> = check
        .children(index, Ns::Atom, "link")
        .map(|link| (link, check.element(link)))
        .map(|(at, e)| (at, relation(e.attribute("rel")), e.attribute("href").unwrap_or("")))
        .collect();
    let own = |href: &str| {
        links.iter().any(|(_, rel, other)| *rel == "self" && *other == href)
            || check.settings.url.as_deref() == Some(href)
    };
    let has = |wanted: &str| links.iter().any(|(_, rel, _)| *rel == wanted);
    let is_complete = check.has(index, Ns::History, "complete");
    let mut found = Vec::new();
    for (at, rel, href) in links.iter().filter(|(_, rel, _)| HISTORY.contains(rel)) {
        match *rel {
            "current" if is_complete && !own(href) => {
                found.push((Rule::CurrentNotSelfInCompleteFeed, *at));
            }
            "current" => {}
            _ if is_complete => found.push((Rule::FeedRelInCompleteFeed, *at)),
            "first" if own(href) && has("previous") => found.push((Rule::LinkPastEnd, *at)),
            "last" if own(href) && has("next") => found.push((Rule::LinkPastEnd, *at)),
            _ => {}
        }
    }
    if check.has(index, Ns::History, "archive") && !is_complete {
        if !has("prev-archive") && !has("next-archive") {
            found.push((Rule::ArchiveIncomplete, index));
        }
        if !has("current") {
            found.push((Rule::MissingCurrentInArchive, index));
        }
    }
    for (rule, at) in found {
        check.found(rule, at, "links of the feed's history");
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

fn person(check: &mut Check<'_, '_>, index: usize) {
    check.no_text(index);
    check.attributes(index, &["rdf:parseType"]);
    if !check.has(index, Ns::Atom, "name") {
        check.found(Rule::MissingElement, index, "a person has a name");
    }
    check.once(index, |ns, _| ns != Ns::Atom);
    for child in check.element(index).children.iter().copied() {
        let element = check.element(child);
        match (element.ns, element.name) {
            (Ns::Atom, "name") => name(check, child),
            (Ns::Atom, "email") => email(check, child),
            (Ns::Atom, "uri") => person_uri(check, child),
            (Ns::Atom | Ns::None, _) => undefined(check, child),
            _ => foreign(check, child),
        }
    }
}

fn name(check: &mut Check<'_, '_>, index: usize) {
    check.attributes(index, &[]);
    check.leaf(index, Kind::PlainNonBlank);
    let text = check.element(index).text.trim();
    let inside = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    if inside.is_some_and(|(address, _)| addresses::is_mail(address)) {
        check.found(Rule::ContainsEmail, index, format!("\"{text}\""));
    }
}

fn email(check: &mut Check<'_, '_>, index: usize) {
    check.no_elements(index);
    let text = check.element(index).text.trim();
    if !addresses::is_mail(text) {
        check.found(Rule::InvalidAddrSpec, index, format!("\"{text}\""));
    }
}

fn person_uri(check: &mut Check<'_, '_>, index: usize) {
    unspaced(check, index);
    if check.element(index).text.trim().is_empty() {
        return check.found(Rule::NotBlank, index, "uri is empty");
    }
    check.leaf(index, Kind::IriReference);
}

/// §3.3, §4.2.6: white space around these values is part of them.
fn unspaced(check: &mut Check<'_, '_>, index: usize) {
    let text = &check.element(index).text;
    if text.trim() != text {
        check.found(Rule::UnexpectedWhitespace, index, "white space around the value");
    }
}

fn category(check: &mut Check<'_, '_>, index: usize) {
    check.attributes(index, &["term", "scheme", "label"]);
    check.no_elements(index);
    if check.required(index, "term") == Some("") {
        check.found(Rule::NotBlank, index, "term is empty");
    }
    let element = check.element(index);
    if let Some(scheme) = element.attribute("scheme") {
        check.value(index, Kind::Iri, scheme, "scheme");
    }
    if let Some(label) = element.attribute("label") {
        check.value(index, Kind::Plain, label, "label");
    }
}

fn generator(check: &mut Check<'_, '_>, index: usize) {
    check.attributes(index, &["uri", "version"]);
    check.leaf(index, Kind::PlainNonBlank);
    if let Some(uri) = check.element(index).attribute("uri") {
        check.value(index, Kind::IriReference, uri, "uri");
    }
}

fn image(check: &mut Check<'_, '_>, index: usize) {
    check.attributes(index, &[]);
    unspaced(check, index);
    if check.element(index).text.trim().is_empty() {
        return check.found(Rule::NotBlank, index, "it is empty");
    }
    check.leaf(index, Kind::Reference);
}

fn id(check: &mut Check<'_, '_>, index: usize) {
    check.attributes(index, &[]);
    unspaced(check, index);
    check.no_elements(index);
    let value = check.element(index).text.trim();
    if value.is_empty() {
        check.found(Rule::NotBlank, index, "id is empty");
    }
    if let Some(rule) = addresses::uri(value, addresses::Form::Absolute, true) {
        check.found(rule, index, format!("\"{value}\""));
    } else if !addresses::is_canonical(value) {
        check.found(Rule::NonCanonicalUri, index, format!("\"{value}\""));
    }
}

fn date(check: &mut Check<'_, '_>, index: usize) {
    check.attributes(index, &[]);
    unspaced(check, index);
    check.leaf(index, Kind::Rfc3339);
}

/// §4.2.7; also `atom:link` in RSS.
fn link(check: &mut Check<'_, '_>, index: usize) {
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
        "thr:when",
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

/// §3.1: text constructs.
fn text(check: &mut Check<'_, '_>, index: usize) {
    check.attributes(index, &["type"]);
    let element = check.element(index);
    match element.attribute("type") {
        Some(media) if media.contains('/') => {
            check.found(Rule::InvalidTextType, index, format!("type=\"{media}\""));
        }
        Some("") => check.found(Rule::AttrNotBlank, index, "type is empty"),
        Some(other) if !["text", "html", "xhtml"].contains(&other) => {
            check.found(Rule::InvalidMimeType, index, format!("type=\"{other}\""));
        }
        _ => {}
    }
    construct(check, index);
}

/// §4.1.3: content.
fn content(check: &mut Check<'_, '_>, index: usize) {
    check.attributes(index, &["type", "src"]);
    let element = check.element(index);
    let kind = element.attribute("type");
    if let Some(src) = element.attribute("src") {
        check.value(index, Kind::IriReference, src, "src");
        if kind.is_none() {
            check.found(Rule::MissingTypeAttr, index, "content elsewhere names its type");
        }
    }
    match kind {
        Some("text" | "html" | "xhtml") if element.attribute("src").is_none() => {}
        Some("") => check.found(Rule::AttrNotBlank, index, "type is empty"),
        Some(media) if !values::is_media_type(media) || media.starts_with("multipart/") => {
            check.found(Rule::InvalidMimeType, index, format!("type=\"{media}\""));
        }
        _ => {}
    }
    construct(check, index);
}

fn construct(check: &mut Check<'_, '_>, index: usize) {
    let element = check.element(index);
    let is_remote = element.attribute("src").is_some();
    let kind = element.attribute("type").unwrap_or(if is_remote { "" } else { "text" });
    if element.attribute("mode") == Some("escaped") {
        check.found(Rule::NotEscaped, index, "mode=\"escaped\"");
    }
    match kind {
        "xhtml" => return xhtml_construct(check, index),
        "html" | "text/html" => html_construct(check, index, kind),
        "application/xhtml+xml" => whole_document(check, index),
        _ if kind.contains('/') && !is_textual(kind) => base64(check, index),
        _ if is_textual(kind) => {}
        _ => check.plain(index, &element.text, Rule::ContainsUndeclaredHtml, ""),
    }
    if !is_textual(kind) || kind.starts_with("text/") {
        embedded(check, index);
    }
    if element.text.is_empty() && element.children.is_empty() && !is_remote {
        check.found(Rule::NotBlank, index, "it is empty");
    }
}

fn embedded(check: &mut Check<'_, '_>, index: usize) {
    for child in &check.element(index).children {
        let name = check.name(*child);
        let message = format!("<{name}> in a text; escape it or declare it");
        check.found(Rule::UndefinedElement, *child, message);
    }
}

fn html_construct(check: &mut Check<'_, '_>, index: usize, kind: &str) {
    let text = &check.element(index).text;
    check.html(index, text, false);
    let is_remote = check.element(index).attribute("src").is_some();
    if kind == "text/html" && !text.contains("<html") && !is_remote {
        check.found(Rule::HtmlFragment, index, "a fragment; type=\"html\" is meant");
    }
}

fn whole_document(check: &mut Check<'_, '_>, index: usize) {
    let first = check.element(index).children.first().copied();
    if first.is_some_and(|first| check.element(first).name != "html") {
        check.found(Rule::HtmlFragment, index, "a fragment; type=\"xhtml\" is meant");
    }
}

fn base64(check: &mut Check<'_, '_>, index: usize) {
    let text = &check.element(index).text;
    let digits = text.bytes().filter(|b| !b.is_ascii_whitespace());
    let is_base64 = digits.clone().count() % 4 == 0
        && digits.clone().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    if !is_base64 {
        check.found(Rule::NotBase64, index, "neither text nor base64");
    }
}

/// §3.1.1.3: exactly one `div`.
fn xhtml_construct(check: &mut Check<'_, '_>, index: usize) {
    let element = check.element(index);
    let is_div = |child: &usize| {
        check.element(*child).ns == Ns::Xhtml && check.element(*child).name == "div"
    };
    let first = element.children.first();
    if !element.text.trim().is_empty() || first.is_none_or(|first| !is_div(first)) {
        check.found(Rule::MissingXhtmlDiv, index, "XHTML stands in one div");
    }
    if first.is_some_and(|first| check.element(*first).ns != Ns::Xhtml) {
        check.found(Rule::NotHtml, index, "elements that are not in the namespace of XHTML");
    }
    if markup::in_plain(&element.text, false).is_some() {
        check.found(Rule::NotInline, index, "escaped markup");
    }
    xhtml(check, index);
}

/// XHTML within a feed.
pub(super) fn xhtml(check: &mut Check<'_, '_>, index: usize) {
    let mut open = check.element(index).children.clone();
    while let Some(child) = open.pop() {
        let element = check.element(child);
        match element.ns {
            Ns::Xhtml => xhtml_element(check, child),
            Ns::Svg | Ns::MathMl => embedded_vocabulary(check, child),
            Ns::None => check.found(Rule::MissingNamespace, child, format!("<{}>", element.name)),
            Ns::Atom | Ns::Dc | Ns::Content | Ns::Media | Ns::Itunes => undefined(check, child),
            _ => {}
        }
        open.extend(&element.children);
    }
}

fn xhtml_element(check: &mut Check<'_, '_>, index: usize) {
    let element = check.element(index);
    let attributes: String =
        element.attributes.iter().filter(|a| a.ns == Ns::None).fold(String::new(), |mut out, a| {
            let value = a.value.replace('"', "'");
            // Writing to a String cannot fail.
            let _ = write!(out, " {}=\"{value}\"", a.name);
            out
        });
    if markup::is_html(element.name) {
        check.html(index, &format!("<{}{attributes}>", element.name), false);
    } else {
        check.found(Rule::NotHtml, index, format!("<{}> is no element of XHTML", element.name));
    }
    if markup::in_plain(&element.text, false).is_some_and(|sign| sign.starts_with('<')) {
        check.found(Rule::NotInline, index, "escaped markup");
    }
}

/// SVG and `MathML`: what runs or reaches outside is removed by readers.
fn embedded_vocabulary(check: &mut Check<'_, '_>, index: usize) {
    let element = check.element(index);
    if ["script", "foreignObject", "iframe", "image", "handler", "style"].contains(&element.name) {
        check.found(Rule::SecurityRisk, index, format!("<{}>", element.name));
    }
    let runs = |name: &str| name.starts_with("on") || matches!(name, "filter" | "mask");
    if let Some(bad) = element.attributes.iter().find(|a| a.ns == Ns::None && runs(a.name)) {
        check.found(Rule::SecurityRiskAttr, index, bad.name.to_owned());
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
