//! RSS 0.9x to 2.0 and RDF: what a document and a channel are made of.

use super::check::Check;
use super::kinds::Kind;
use super::names::Ns;
use super::rss_items::{guids, item};
use super::rss_parts::{image, skip_days, skip_hours, text_input};
use super::rules::Rule;
use super::{atom_feed, modules, values};

/// The specification's address, by which a channel says that it follows the board's profile.
const BOARD: &str = "http://www.rssboard.org/rss-specification";

/// The namespace of what RSS was before its version 1.0.
const RSS_090: &str = "http://my.netscape.com/rdf/simple/0.9/";

/// Judges the document.
pub(super) fn document(check: &mut Check<'_, '_>) {
    let root = check.element(0);
    if root.name == "rss" {
        check.is_rss2 = true;
        version(check);
        doctype(check);
        if root.ns != Ns::None {
            check.found(Rule::InvalidNamespace, 0, "RSS elements are in no namespace");
        }
        check.attributes(0, &["version"]);
    }
    check.no_text(0);
    let mut children = root.children.iter().map(|child| check.element(*child));
    // RDF is open: what is not in RSS's namespace is no channel of RSS.
    let is_rdf = root.ns == Ns::Rdf;
    let has_channel =
        children.any(|child| child.name == "channel" && (!is_rdf || child.ns == Ns::Rss1));
    if !has_channel && root.name != "Channel" {
        check.found(Rule::MissingElement, 0, "there is no channel");
    }
    for child in root.children.iter().copied() {
        match check.element(child).name {
            "channel" => channel(check, child),
            "item" if check.element(child).ns == Ns::Rss1 => item(check, child, Ns::Rss1),
            "image" if check.element(child).ns == Ns::Rss1 => image(check, child),
            "textinput" if check.element(child).ns == Ns::Rss1 => text_input(check, child),
            "access_restriction" | "image" | "textinput" => {}
            _ if check.element(child).ns == Ns::None => undefined(check, child),
            _ => {}
        }
    }
    check.once(0, |ns, name| ns != Ns::None || name != "channel");
}

fn version(check: &mut Check<'_, '_>) {
    let known = ["0.90", "0.91", "0.92", "0.93", "0.94", "1.0", "2.0", "2.00", "2.0.1"];
    match check.required(0, "version") {
        Some(version) if !known.contains(&version) => {
            check.found(Rule::InvalidRssVersion, 0, format!("version \"{version}\""));
        }
        _ => {}
    }
}

fn doctype(check: &mut Check<'_, '_>) {
    let is_netscape = |doctype: &String| doctype.contains("Netscape Communications//DTD RSS 0.91");
    if check.tree.doctype.as_ref().is_some_and(|d| d.contains("PUBLIC") && !is_netscape(d)) {
        check.found(Rule::InvalidDoctype, 0, "a document type that no reader knows");
    }
}

pub(super) fn is_version_2(check: &Check<'_, '_>) -> bool {
    let root = check.element(0);
    root.name == "rss" && root.attribute("version").is_some_and(|v| v.starts_with("2."))
}

/// Reports an element that RSS does not have at this place.
pub(super) fn undefined(check: &mut Check<'_, '_>, index: usize) {
    let name = check.name(index);
    check.found(Rule::UndefinedElement, index, format!("RSS has no <{name}> here"));
}

fn channel(check: &mut Check<'_, '_>, index: usize) {
    let core = check.element(index).ns;
    for (name, rule) in [
        ("title", Rule::MissingTitle),
        ("link", Rule::MissingLink),
        ("description", Rule::MissingDescription),
    ] {
        if !check.has(index, core, name) {
            check.found(rule, index, format!("the channel has no {name}"));
        }
    }
    // RSS 0.90 has no list of its items.
    let is_090 = || check.element(0).declared.iter().any(|(_, uri)| uri == RSS_090);
    if core == Ns::Rss1 && !is_090() && !check.has(index, core, "items") {
        check.found(Rule::MissingElement, index, "the channel has no items");
    }
    check.no_text(index);
    check.attributes(index, &["rdf:about", "indexing:index"]);
    check.once(index, |ns, name| match ns {
        Ns::None | Ns::Rss1 => matches!(name, "item" | "category"),
        Ns::Atom => matches!(name, "link" | "author" | "category" | "contributor"),
        _ => modules::kind(ns, name).is_none_or(|(_, may_repeat)| may_repeat),
    });
    check.is_dated = check.has(index, core, "lastBuildDate");
    for child in &check.element(index).children {
        channel_child(check, *child, core);
    }
    self_link(check, index);
    misplaced_items(check, index);
    same_meaning(check, index);
    guids(check, index);
    let docs = check.children(index, core, "docs").next();
    if docs.is_some_and(|docs| check.element(docs).text.trim() == BOARD) {
        // The board's profile leaves attributes of other namespaces alone.
        check.forgive(Rule::UseOfExtensionAttr);
    }
}

fn channel_child(check: &mut Check<'_, '_>, index: usize, core: Ns) {
    let element = check.element(index);
    if element.ns == Ns::Atom {
        return atom_feed::extension(check, index);
    }
    if element.ns != core {
        return extension(check, index);
    }
    match element.name {
        "items" if core != Ns::None => items(check, index),
        // RSS 1.0 §5.3 has these five and modules for the rest; items stand beside the channel.
        name if core == Ns::Rss1
            && !["title", "link", "description", "image", "textinput"].contains(&name) =>
        {
            undefined(check, index);
        }
        "title" => check.leaf(index, Kind::PlainNonBlank),
        "description" | "copyright" => check.leaf(index, Kind::Plain),
        "link" | "docs" => check.leaf(index, Kind::Address),
        "language" => check.leaf(index, Kind::Language),
        "managingEditor" | "webMaster" => check.leaf(index, Kind::Contact),
        "pubDate" | "lastBuildDate" => check.leaf(index, Kind::Rfc822),
        "category" => category(check, index),
        "generator" | "rating" => check.leaf(index, Kind::Text),
        "ttl" => ttl(check, index),
        "cloud" => cloud(check, index),
        "image" => image(check, index),
        "textInput" | "textinput" => text_input(check, index),
        "skipHours" => skip_hours(check, index),
        "skipDays" => skip_days(check, index),
        "item" => item(check, index, core),
        "blink" => check.found(Rule::NoBlink, index, "<blink>"),
        _ => undefined(check, index),
    }
    plain_attributes(check, index);
}

/// Core elements other than these have no attributes.
pub(super) fn plain_attributes(check: &mut Check<'_, '_>, index: usize) {
    let known: &[&str] = match check.element(index).name {
        "category" => &["domain"],
        "cloud" => &["domain", "path", "registerProcedure", "protocol", "port"],
        "guid" => &["isPermaLink"],
        "enclosure" => &["url", "length", "type"],
        "source" => &["url"],
        "item" | "image" | "textinput" | "textInput" | "items" => {
            &["rdf:about", "rdf:resource", "rdf:parseType"]
        }
        _ => &[],
    };
    check.attributes(index, known);
}

pub(super) fn extension(check: &mut Check<'_, '_>, index: usize) {
    if check.element(index).ns == Ns::None {
        return undefined(check, index);
    }
    modules::element(check, index);
    within_extension(check, index);
}

/// RSS 2.0, "Extending RSS": what stands in an extension is in a namespace, too.
fn within_extension(check: &mut Check<'_, '_>, index: usize) {
    if check.element(index).ns != Ns::Unknown || !check.is_rss2 {
        return;
    }
    for child in &check.element(index).children {
        if check.element(*child).ns == Ns::None {
            let name = check.name(*child);
            check.found(Rule::NotInANamespace, *child, format!("<{name}>"));
        }
    }
}

pub(super) fn category(check: &mut Check<'_, '_>, index: usize) {
    check.leaf(index, Kind::PlainNonBlank);
}

/// RSS 1.0 §5.3.5: a sequence that names each item.
fn items(check: &mut Check<'_, '_>, index: usize) {
    for sequence in &check.element(index).children {
        for item in check.children(*sequence, Ns::Rdf, "li") {
            // The older form without a prefix is still RDF.
            check.attributes(item, &["rdf:resource", "resource"]);
        }
    }
}

fn ttl(check: &mut Check<'_, '_>, index: usize) {
    if check.element(index).text.trim().is_empty() {
        check.found(Rule::NotBlank, index, "ttl is empty");
    }
    check.leaf(index, Kind::Positive);
}

fn cloud(check: &mut Check<'_, '_>, index: usize) {
    for name in ["domain", "path", "registerProcedure", "protocol"] {
        check.required(index, name);
    }
    let port = check.required(index, "port");
    if port.is_some_and(|port| values::integer(port).is_none_or(|n| n <= 0)) {
        check.found(Rule::InvalidIntegerAttribute, index, "port is no whole number");
    }
}

fn self_link(check: &mut Check<'_, '_>, channel: usize) {
    let links: Vec<usize> = check.children(channel, Ns::Atom, "link").collect();
    let is_self = |link: &usize| check.element(*link).attribute("rel") == Some("self");
    let is_missing = !links.iter().any(is_self);
    if is_missing && check.element(0).attribute("version") == Some("2.0") {
        check.found(Rule::MissingAtomSelfLink, channel, "no atom:link with rel=\"self\"");
    }
}

fn misplaced_items(check: &mut Check<'_, '_>, channel: usize) {
    let children = &check.element(channel).children;
    let is_item = |index: &usize| {
        check.element(*index).name == "item" && check.element(*index).ns == Ns::None
    };
    let last = children
        .iter()
        .rposition(|c| !is_item(c) && matches!(check.element(*c).ns, Ns::None | Ns::Atom));
    let first = children.iter().position(is_item);
    if let (Some(first), Some(last)) = (first, last)
        && first < last
    {
        check.found(
            Rule::MisplacedItem,
            children[first],
            "the channel says more after its first item",
        );
    }
}

/// Extensions that say what a core element beside them says.
fn same_meaning(check: &mut Check<'_, '_>, channel: usize) {
    let pairs = [
        ("managingEditor", Ns::Dc, "creator"),
        ("category", Ns::Dc, "subject"),
        ("pubDate", Ns::Dc, "date"),
        ("language", Ns::Dc, "language"),
        ("copyright", Ns::Dc, "rights"),
        ("webMaster", Ns::Dc, "publisher"),
        ("generator", Ns::Admin, "generatorAgent"),
        ("lastBuildDate", Ns::DcTerms, "modified"),
    ];
    doubled(check, channel, &pairs, Rule::DuplicateSemantics);
    let both =
        check.has(channel, Ns::CreativeCommons, "license") && check.has(channel, Ns::Cc, "license");
    if both {
        check.found(Rule::DuplicateSemantics, channel, "two vocabularies for the licence");
    }
}

pub(super) fn doubled(
    check: &mut Check<'_, '_>,
    index: usize,
    pairs: &[(&str, Ns, &str)],
    rule: Rule,
) {
    for (core, ns, name) in pairs {
        let own = check.element(index).ns;
        if check.has(index, own, core) && check.has(index, *ns, name) {
            check.found(rule, index, format!("{core} and {}:{name}", ns.prefix()));
        }
    }
}
