//! Atom's persons, categories, ids and dates (RFC 4287 §3.2, §3.3, §4.2).

use super::addresses;
use super::atom_feed::{foreign, undefined};
use super::check::Check;
use super::kinds::Kind;
use super::names::Ns;
use super::rules::Rule;

pub(super) fn person(check: &mut Check<'_, '_>, index: usize) {
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

pub(super) fn category(check: &mut Check<'_, '_>, index: usize) {
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

pub(super) fn generator(check: &mut Check<'_, '_>, index: usize) {
    check.attributes(index, &["uri", "version"]);
    check.leaf(index, Kind::PlainNonBlank);
    if let Some(uri) = check.element(index).attribute("uri") {
        check.value(index, Kind::IriReference, uri, "uri");
    }
}

pub(super) fn image(check: &mut Check<'_, '_>, index: usize) {
    check.attributes(index, &[]);
    unspaced(check, index);
    if check.element(index).text.trim().is_empty() {
        return check.found(Rule::NotBlank, index, "it is empty");
    }
    check.leaf(index, Kind::Reference);
}

pub(super) fn id(check: &mut Check<'_, '_>, index: usize) {
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

pub(super) fn date(check: &mut Check<'_, '_>, index: usize) {
    check.attributes(index, &[]);
    unspaced(check, index);
    check.leaf(index, Kind::Rfc3339);
}
