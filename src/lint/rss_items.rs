//! RSS: items.

use std::collections::HashSet;

use super::check::Check;
use super::kinds::Kind;
use super::names::Ns;
use super::rss_feed::{category, doubled, extension, is_version_2, plain_attributes, undefined};
use super::rules::Rule;
use super::{addresses, atom_feed, atom_texts, modules, values};

pub(super) fn item(check: &mut Check<'_, '_>, index: usize, core: Ns) {
    check.no_text(index);
    let (title, description) =
        (check.has(index, core, "title"), check.has(index, core, "description"));
    if core == Ns::None && !title && !description {
        check.found(Rule::ItemMustContainTitleOrDescription, index, "the item has neither");
    }
    if core == Ns::Rss1 {
        for name in ["title", "link"] {
            if !check.has(index, core, name) {
                check.found(Rule::MissingElement, index, format!("the item has no {name}"));
            }
        }
    }
    if is_version_2(check) && !check.has(index, core, "guid") {
        check.found(Rule::MissingGuid, index, "the item has no guid");
    }
    check.once(index, |ns, name| match ns {
        Ns::None | Ns::Rss1 => matches!(name, "category" | "enclosure"),
        Ns::Atom => matches!(name, "link" | "author" | "category" | "contributor" | "content"),
        Ns::Dc if name == "date" => true,
        _ => modules::kind(ns, name).is_none_or(|(_, may_repeat)| may_repeat),
    });
    for child in &check.element(index).children {
        item_child(check, *child, core);
    }
    item_order(check, index, core);
}

fn item_child(check: &mut Check<'_, '_>, index: usize, core: Ns) {
    let element = check.element(index);
    match element.ns {
        Ns::Atom => return atom_feed::extension(check, index),
        Ns::Xhtml if element.name == "body" => return xhtml_body(check, index),
        ns if ns != core => return extension(check, index),
        _ => {}
    }
    match element.name {
        "title" => check.leaf(index, Kind::PlainNonBlank),
        "link" | "comments" => check.leaf(index, Kind::Address),
        "description" => description(check, index),
        "author" => check.leaf(index, Kind::Contact),
        "category" => category(check, index),
        "pubDate" => check.leaf(index, Kind::Rfc822),
        "guid" => guid(check, index),
        "enclosure" => enclosure(check, index),
        "source" => source(check, index),
        _ => undefined(check, index),
    }
    plain_attributes(check, index);
}

fn description(check: &mut Check<'_, '_>, index: usize) {
    let is_091 = check.element(0).attribute("version") == Some("0.91");
    check.leaf(index, if is_091 { Kind::Plain } else { Kind::Html });
}

fn xhtml_body(check: &mut Check<'_, '_>, index: usize) {
    if check.is_rss2 {
        check.found(Rule::DuplicateDescriptionSemantics, index, "beside description");
    }
    atom_texts::xhtml(check, index);
}

fn source(check: &mut Check<'_, '_>, index: usize) {
    check.leaf(index, Kind::Plain);
    if let Some(url) = check.required(index, "url") {
        check.value(index, Kind::Address, url, "url");
    }
}

fn enclosure(check: &mut Check<'_, '_>, index: usize) {
    check.no_elements(index);
    let is_second = {
        let parent = check.element(index).parent;
        check.children(parent, Ns::None, "enclosure").next() != Some(index)
    };
    if is_second {
        check.found(Rule::DuplicateEnclosure, index, "a second enclosure");
    }
    match check.required(index, "length").map(values::integer) {
        Some(Some(-1)) => check.found(Rule::UseZeroForUnknown, index, "length -1"),
        Some(Some(length)) if length < 0 => {
            check.found(Rule::InvalidNonNegativeInteger, index, format!("length {length}"));
        }
        Some(None) => check.found(Rule::InvalidIntegerAttribute, index, "length is no number"),
        _ => {}
    }
    if check.required(index, "type").is_some_and(|value| !values::is_media_type(value)) {
        check.found(Rule::InvalidMimeAttribute, index, "type is no media type");
    }
    if let Some(url) = check.required(index, "url").filter(|url| !addresses::is_http(url)) {
        check.found(Rule::InvalidUrlAttribute, index, format!("url=\"{url}\""));
    }
}

fn guid(check: &mut Check<'_, '_>, index: usize) {
    check.no_elements(index);
    let element = check.element(index);
    let value = element.text.trim();
    if value.is_empty() {
        check.found(Rule::NotBlank, index, "guid is empty");
    }
    let is_link = match element.attribute("isPermaLink") {
        None | Some("true") => true,
        Some("false") => false,
        Some(other) => {
            check.found(Rule::InvalidBooleanAttribute, index, format!("isPermaLink=\"{other}\""));
            false
        }
    };
    let lower = value.to_ascii_lowercase();
    if is_link && (lower.starts_with("tag:") || lower.starts_with("urn:uuid:")) {
        check.found(Rule::InvalidPermalink, index, format!("\"{value}\" is no address"));
    } else if is_link && let Some(rule) = permalink(value) {
        check.found(rule, index, format!("\"{value}\" is no address; say isPermaLink=\"false\""));
    } else if !is_link
        && value.len() < 9
        && value.bytes().all(|b| b.is_ascii_digit())
        && !value.is_empty()
    {
        check.found(Rule::NotSufficientlyUnique, index, format!("\"{value}\""));
    }
}

fn permalink(value: &str) -> Option<Rule> {
    use addresses::Form;
    match addresses::uri(value, Form::Absolute, false) {
        Some(Rule::InvalidFullLink | Rule::InvalidLink) => Some(Rule::InvalidHttpGuid),
        other => other,
    }
}

pub(super) fn guids(check: &mut Check<'_, '_>, channel: usize) {
    let mut seen = HashSet::new();
    let items: Vec<usize> = check.children(channel, Ns::None, "item").collect();
    for item in items {
        let Some(guid) = check.children(item, Ns::None, "guid").next() else { continue };
        let value = check.element(guid).text.trim();
        if !value.is_empty() && !seen.insert(value) {
            check.found(Rule::DuplicateValue, guid, format!("another item has \"{value}\""));
        }
    }
}

fn item_order(check: &mut Check<'_, '_>, item: usize, core: Ns) {
    let pairs = [
        ("author", Ns::Dc, "creator"),
        ("category", Ns::Dc, "subject"),
        ("pubDate", Ns::Dc, "date"),
        ("source", Ns::Dc, "source"),
        ("guid", Ns::Atom, "id"),
        ("pubDate", Ns::Atom, "published"),
    ];
    doubled(check, item, &pairs, Rule::DuplicateItemSemantics);
    let both =
        check.has(item, Ns::CreativeCommons, "license") && check.has(item, Ns::Cc, "license");
    if both {
        check.found(Rule::DuplicateItemSemantics, item, "two vocabularies for the licence");
    }
    let names: Vec<_> = check.element(item).children.iter().map(|c| check.element(*c)).collect();
    let description = names.iter().position(|e| e.ns == core && e.name == "description");
    let content = names.iter().position(|e| e.ns == Ns::Content && e.name == "encoded");
    if check.is_rss2 && content.is_some_and(|content| description.is_none_or(|d| d > content)) {
        check.found(Rule::NeedDescriptionBeforeContent, item, "content:encoded stands first");
    }
    if check.is_rss2 && !check.is_dated && check.has(item, Ns::Slash, "comments") {
        check.found(Rule::SlashDate, item, "slash:comments without lastBuildDate in the channel");
    }
}
