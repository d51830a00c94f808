//! Atom's text constructs and content (RFC 4287 §3.1, §4.1.3): plain, HTML, XHTML and other media.

use std::fmt::Write as _;

use super::atom_feed::undefined;
use super::check::Check;
use super::kinds::Kind;
use super::names::Ns;
use super::rules::Rule;
use super::{markup, values};

pub(super) fn is_textual(media_type: &str) -> bool {
    media_type.ends_with("+xml") || media_type.ends_with("/xml") || media_type.starts_with("text/")
}

/// §3.1: text constructs.
pub(super) fn text(check: &mut Check<'_, '_>, index: usize) {
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
pub(super) fn content(check: &mut Check<'_, '_>, index: usize) {
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

pub(super) fn construct(check: &mut Check<'_, '_>, index: usize) {
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
        // §4.1.3.3: what is XML has one root and no text beside it.
        _ if kind.ends_with("xml") && !element.children.is_empty() => check.no_text(index),
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
    let is_prefixed =
        first.is_some_and(|first| is_div(first) && !check.element(*first).prefix.is_empty());
    if !element.text.trim().is_empty() || first.is_none_or(|first| !is_div(first)) {
        check.found(Rule::MissingXhtmlDiv, index, "XHTML stands in one div");
    }
    if is_prefixed {
        check.found(Rule::AvoidNamespacePrefix, index, "readers expect XHTML unprefixed");
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
            Ns::Atom | Ns::AppPub | Ns::Dc | Ns::Content | Ns::Media | Ns::Itunes => {
                undefined(check, child);
            }
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
