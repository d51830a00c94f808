//! OPML 1.0 to 2.0: subscription lists.

use super::check::Check;
use super::kinds::Kind;
use super::markup;
use super::names::Ns;
use super::rules::Rule;

/// Judges the document.
pub(super) fn document(check: &mut Check<'_, '_>) {
    if check.element(0).name == "outlineDocument" {
        check.found(Rule::ObsoleteVersion, 0, "outlineDocument became opml");
    } else if let Some(version) = check.required(0, "version")
        && !["1.0", "1.1", "2.0"].contains(&version)
    {
        check.found(Rule::InvalidOpmlVersion, 0, format!("version \"{version}\""));
    }
    check.attributes(0, &["version"]);
    for name in ["head", "body"] {
        if !check.has(0, Ns::None, name) {
            check.found(Rule::MissingElement, 0, format!("there is no {name}"));
        }
    }
    for child in check.element(0).children.iter().copied() {
        match check.element(child).name {
            "head" => head(check, child),
            "body" => body(check, child),
            _ if check.element(child).ns == Ns::None => undefined(check, child),
            _ => {}
        }
    }
}

fn undefined(check: &mut Check<'_, '_>, index: usize) {
    let name = check.name(index);
    check.found(Rule::UndefinedElement, index, format!("OPML has no <{name}> here"));
}

fn head(check: &mut Check<'_, '_>, index: usize) {
    check.no_text(index);
    check.once(index, |ns, _| ns != Ns::None);
    for child in check.element(index).children.iter().copied() {
        let element = check.element(child);
        match element.name {
            _ if element.ns != Ns::None => {}
            "title" | "ownerName" => check.leaf(child, Kind::Html),
            "dateCreated" | "dateModified" => check.leaf(child, Kind::Rfc822),
            "ownerEmail" => check.leaf(child, Kind::Mail),
            "ownerId" | "docs" => check.leaf(child, Kind::Address),
            "expansionState" => expansion_state(check, child),
            "vertScrollState" | "windowTop" | "windowLeft" | "windowBottom" | "windowRight" => {
                check.leaf(child, Kind::Positive);
            }
            _ => undefined(check, child),
        }
    }
}

fn expansion_state(check: &mut Check<'_, '_>, index: usize) {
    let text = check.element(index).text.trim();
    let is_number = |part: &str| part.trim().bytes().all(|b| b.is_ascii_digit());
    if !text.split(',').all(is_number) {
        check.found(Rule::InvalidExpansionState, index, format!("\"{text}\""));
    }
}

fn body(check: &mut Check<'_, '_>, index: usize) {
    check.no_text(index);
    if !check.has(index, Ns::None, "outline") {
        check.found(Rule::MissingElement, index, "there is no outline");
    }
    let mut open: Vec<usize> = check.element(index).children.iter().rev().copied().collect();
    while let Some(child) = open.pop() {
        match check.element(child).name {
            "outline" => outline(check, child),
            _ if check.element(child).ns == Ns::None => undefined(check, child),
            _ => {}
        }
        open.extend(check.element(child).children.iter().rev());
    }
}

const ATTRIBUTES: [&str; 13] = [
    "category",
    "created",
    "description",
    "htmlUrl",
    "isBreakpoint",
    "isComment",
    "language",
    "text",
    "title",
    "type",
    "url",
    "version",
    "xmlUrl",
];

fn outline(check: &mut Check<'_, '_>, index: usize) {
    check.no_text(index);
    check.attributes(index, &ATTRIBUTES);
    if let Some(text) = check.required(index, "text") {
        flaws(check, index, text);
    }
    outline_type(check, index);
    let kinds = [
        ("created", Kind::Rfc822),
        ("htmlUrl", Kind::Address),
        ("url", Kind::Address),
        ("language", Kind::Language),
        ("isBreakpoint", Kind::TrueFalse),
        ("isComment", Kind::TrueFalse),
    ];
    for (name, kind) in kinds {
        if let Some(value) = check.element(index).attribute(name) {
            check.value(index, kind, value, name);
        }
    }
    let version = check.element(index).attribute("version");
    if version.is_some_and(|v| !["RSS", "RSS1", "RSS2", "scriptingNews"].contains(&v)) {
        check.found(Rule::InvalidOutlineVersion, index, "version is none that OPML names");
    }
}

fn flaws(check: &mut Check<'_, '_>, index: usize, text: &str) {
    for flaw in markup::flaws(text, false) {
        check.found(flaw.rule, index, flaw.what);
    }
}

fn outline_type(check: &mut Check<'_, '_>, index: usize) {
    let element = check.element(index);
    let lacks = |name: &str| element.attribute(name).is_none();
    match element.attribute("type").map(str::to_ascii_lowercase).as_deref() {
        Some("rss") => {
            if lacks("xmlUrl") {
                check.found(Rule::MissingXmlUrl, index, "a subscription has xmlUrl");
            }
            if lacks("title") {
                check.found(Rule::MissingTitleAttr, index, "a subscription has a title");
            }
        }
        Some("link") if lacks("url") => check.found(Rule::MissingUrlAttr, index, "a link has url"),
        Some("link") => {}
        Some(other) => {
            let is_old = check.element(0).attribute("version").is_some_and(|v| v.starts_with("1."));
            if is_old {
                check.found(Rule::InvalidOutlineType, index, format!("type=\"{other}\""));
            }
        }
        None => {
            let names = ["description", "htmlUrl", "language", "title", "version", "xmlUrl"];
            if names.iter().any(|name| element.attribute(name).is_some()) {
                check.found(Rule::MissingOutlineType, index, "a subscription says type=\"rss\"");
            }
        }
    }
}
