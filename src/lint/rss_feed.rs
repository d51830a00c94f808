//! RSS 0.91 to 2.0 by the specification and the RSS Advisory Board's profile; RSS 1.0 as far as it is the same.

use std::collections::HashSet;

use super::check::{Check, Kind};
use super::names::Ns;
use super::rules::Rule;
use super::{addresses, atom_feed, modules, values};

/// The specification's address, by which a channel says that it follows the board's profile.
const BOARD: &str = "http://www.rssboard.org/rss-specification";

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
    let channels: Vec<usize> =
        root.children.iter().copied().filter(|c| check.element(*c).name == "channel").collect();
    if channels.is_empty() && root.name != "Channel" {
        check.found(Rule::MissingElement, 0, "there is no channel");
    }
    for child in root.children.iter().copied() {
        match check.element(child).name {
            "channel" => channel(check, child),
            "item" if check.element(child).ns == Ns::Rss1 => item(check, child, Ns::Rss1),
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

fn is_version_2(check: &Check<'_, '_>) -> bool {
    let root = check.element(0);
    root.name == "rss" && root.attribute("version").is_some_and(|v| v.starts_with("2."))
}

/// Reports an element that RSS does not have at this place.
fn undefined(check: &mut Check<'_, '_>, index: usize) {
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
    check.no_text(index);
    check.attributes(index, &["rdf:about", "indexing:index"]);
    check.once(index, |ns, name| match ns {
        Ns::None | Ns::Rss1 => matches!(name, "item" | "category"),
        Ns::Atom => matches!(name, "link" | "author" | "category" | "contributor"),
        _ => modules::kind(ns, name).is_none_or(|(_, may_repeat)| may_repeat),
    });
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
        "textInput" => text_input(check, index),
        "skipHours" => skip_hours(check, index),
        "skipDays" => skip_days(check, index),
        "item" => item(check, index, core),
        "items" if core != Ns::None => {}
        "blink" => check.found(Rule::NoBlink, index, "<blink>"),
        _ => undefined(check, index),
    }
    plain_attributes(check, index);
}

/// Core elements other than these have no attributes.
fn plain_attributes(check: &mut Check<'_, '_>, index: usize) {
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

fn extension(check: &mut Check<'_, '_>, index: usize) {
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

fn category(check: &mut Check<'_, '_>, index: usize) {
    check.leaf(index, Kind::PlainNonBlank);
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

fn image(check: &mut Check<'_, '_>, index: usize) {
    check.no_text(index);
    if check.element(index).attribute_in(Ns::Rdf, "resource").is_some() {
        return;
    }
    let core = check.element(index).ns;
    for (name, rule) in
        [("title", Rule::MissingTitle), ("url", Rule::MissingElement), ("link", Rule::MissingLink)]
    {
        if !check.has(index, core, name) {
            check.found(rule, index, format!("the image has no {name}"));
        }
    }
    check.once(index, |ns, _| ns != core);
    for child in check.element(index).children.iter().copied() {
        let element = check.element(child);
        match element.name {
            _ if element.ns != core => extension(check, child),
            "title" => same_as_channel(check, index, child, Rule::ImageTitleDoesntMatch),
            "link" => same_as_channel(check, index, child, Rule::ImageLinkDoesntMatch),
            "url" => image_url(check, child),
            "width" => size(check, child, 144, Rule::InvalidWidth),
            "height" => size(check, child, 400, Rule::InvalidHeight),
            "description" => check.leaf(child, Kind::Plain),
            _ => undefined(check, child),
        }
    }
}

/// RSS 2.0: "in practice the image title and link should have the same value as the channel's".
fn same_as_channel(check: &mut Check<'_, '_>, image: usize, child: usize, rule: Rule) {
    let element = check.element(child);
    let kind = if element.name == "link" { Kind::Address } else { Kind::PlainNonBlank };
    check.leaf(child, kind);
    let parent = check.element(image).parent;
    let own = check.children(parent, element.ns, element.name).next();
    if own.is_some_and(|own| check.element(own).text.trim() != element.text.trim()) {
        check.found(rule, child, "the channel has another");
    }
}

fn image_url(check: &mut Check<'_, '_>, index: usize) {
    check.leaf(index, Kind::Address);
    let path = check.element(index).text.trim().to_ascii_lowercase();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let wrong = name.rsplit_once('.').is_some_and(|(_, extension)| {
        ["svg", "ico", "bmp", "tif", "tiff", "webp", "swf"].contains(&extension)
    });
    if wrong {
        check.found(Rule::ImageUrlFormat, index, path.to_owned());
    }
}

fn size(check: &mut Check<'_, '_>, index: usize, most: i64, rule: Rule) {
    check.no_elements(index);
    let text = check.element(index).text.trim();
    if !values::integer(text).is_some_and(|n| (1..=most).contains(&n)) {
        check.found(rule, index, format!("\"{text}\", expected 1 to {most}"));
    }
}

fn text_input(check: &mut Check<'_, '_>, index: usize) {
    check.found(Rule::AvoidTextInput, index, "most readers ignore it");
    check.no_text(index);
    for (name, rule) in [
        ("title", Rule::MissingTitle),
        ("link", Rule::MissingLink),
        ("description", Rule::MissingDescription),
        ("name", Rule::MissingElement),
    ] {
        if !check.has(index, Ns::None, name) {
            check.found(rule, index, format!("the input has no {name}"));
        }
    }
    check.once(index, |ns, _| ns != Ns::None);
    for child in check.element(index).children.iter().copied() {
        let element = check.element(child);
        match element.name {
            _ if element.ns != Ns::None => extension(check, child),
            "title" => check.leaf(child, Kind::Plain),
            "description" => check.leaf(child, Kind::Text),
            "link" => check.leaf(child, Kind::Address),
            "name" => form_name(check, child),
            _ => undefined(check, child),
        }
    }
}

fn form_name(check: &mut Check<'_, '_>, index: usize) {
    check.no_elements(index);
    let name = check.element(index).text.trim();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        check.found(Rule::InvalidFormComponentName, index, format!("\"{name}\""));
    }
}

fn skip_hours(check: &mut Check<'_, '_>, index: usize) {
    let mut seen = HashSet::new();
    members(check, index, "hour", (24, Rule::NotEnoughHoursInTheDay), |check, child| {
        let text = check.element(child).text.trim();
        match values::integer(text) {
            Some(hour) if !seen.insert(hour % 24) => {
                check.found(Rule::DuplicateValue, child, format!("hour {hour} again"));
            }
            Some(24) => check.found(Rule::UseZeroForMidnight, child, "24"),
            Some(0..=23) => {}
            _ => check.found(Rule::InvalidHour, child, format!("\"{text}\", expected 0 to 23")),
        }
    });
}

fn skip_days(check: &mut Check<'_, '_>, index: usize) {
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let mut seen = HashSet::new();
    members(check, index, "day", (7, Rule::EightDaysAWeek), |check, child| {
        let text = check.element(child).text.trim();
        if !days.contains(&text) {
            check.found(Rule::InvalidDay, child, format!("\"{text}\""));
        } else if !seen.insert(text) {
            check.found(Rule::DuplicateValue, child, format!("{text} again"));
        }
    });
}

/// Elements that hold at most so many of one kind, and at least one.
fn members<'c, 'a>(
    check: &mut Check<'c, 'a>,
    index: usize,
    name: &str,
    (most, rule): (usize, Rule),
    mut each: impl FnMut(&mut Check<'c, 'a>, usize),
) {
    check.no_text(index);
    let children = &check.element(index).children;
    if !check.has(index, Ns::None, name) {
        check.found(Rule::MissingElement, index, format!("there is no {name}"));
    }
    if children.len() > most {
        check.found(rule, index, format!("more than {most}"));
    }
    for child in children {
        if check.element(*child).name == name {
            check.no_elements(*child);
            each(check, *child);
        } else {
            undefined(check, *child);
        }
    }
}

fn item(check: &mut Check<'_, '_>, index: usize, core: Ns) {
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
    atom_feed::xhtml(check, index);
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

fn guids(check: &mut Check<'_, '_>, channel: usize) {
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
    let channel = check.element(item).parent;
    let is_dated = check.has(channel, core, "lastBuildDate");
    if check.is_rss2 && check.has(item, Ns::Slash, "comments") && !is_dated {
        check.found(Rule::SlashDate, item, "slash:comments without lastBuildDate in the channel");
    }
}

fn doubled(check: &mut Check<'_, '_>, index: usize, pairs: &[(&str, Ns, &str)], rule: Rule) {
    for (core, ns, name) in pairs {
        let own = check.element(index).ns;
        if check.has(index, own, core) && check.has(index, *ns, name) {
            check.found(rule, index, format!("{core} and {}:{name}", ns.prefix()));
        }
    }
}
