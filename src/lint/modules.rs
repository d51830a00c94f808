//! Elements of the modules that feeds extend themselves with.

use super::check::Check;
use super::kinds::Kind;
use super::names::Ns;
use super::rules::Rule;
use super::{media, podcast};

/// What an extension element may hold and whether it may repeat; `None` where its module has no such element.
pub(super) fn kind(ns: Ns, name: &str) -> Option<(Kind, bool)> {
    use Kind::{
        Address, Anything, Html, Language, NonNegative, Plain, Positive, Rfc3339, Text, W3c,
    };
    Some(match (ns, name) {
        (Ns::Dc, "title" | "description" | "type" | "format" | "source") => (Text, false),
        (
            Ns::Dc,
            "creator" | "subject" | "publisher" | "contributor" | "identifier" | "relation"
            | "coverage",
        )
        | (Ns::Slash, "section" | "department") => (Text, true),
        (Ns::Dc, "language") => (Language, false),
        (Ns::Dc, "rights") => (Plain, false),
        (Ns::Dc, "date") | (Ns::DcTerms, "created" | "issued" | "modified") => (W3c, false),
        (Ns::Content, "encoded") => (Html, false),
        (Ns::Slash, "comments") | (Ns::Thread, "total") => (NonNegative, false),
        (Ns::Wfw, "comment" | "commentRss" | "commentRSS") => (Address, false),
        (Ns::CreativeCommons, "license") => (Address, true),
        (Ns::Itunes, name) => podcast::kind(name),
        (Ns::AppPub, "edited") => (Rfc3339, false),
        (Ns::DcTerms, "extent") => (Positive, false),
        (Ns::Content, "items")
        | (Ns::Syndication, "updatePeriod" | "updateFrequency" | "updateBase")
        | (Ns::Slash, "hit_parade")
        | (Ns::History, "complete" | "archive" | "incremental")
        | (Ns::Media, "title" | "description" | "copyright" | "adult") => (Anything, false),
        (
            Ns::Media,
            "keywords" | "credit" | "text" | "hash" | "rating" | "restriction" | "category"
            | "thumbnail" | "player" | "content" | "group",
        )
        | (Ns::Thread, "in-reply-to") => (Anything, true),
        (
            Ns::Dc
            | Ns::Content
            | Ns::Syndication
            | Ns::Slash
            | Ns::Wfw
            | Ns::History
            | Ns::Media
            | Ns::Thread,
            _,
        ) => return None,
        _ => (Anything, true),
    })
}

/// Judges an extension element by its own module.
pub(super) fn element(check: &mut Check<'_, '_>, index: usize) {
    let element = check.element(index);
    if let Some((kind, _)) = kind(element.ns, element.name) {
        check.leaf(index, kind);
    } else {
        let name = check.name(index);
        check.found(Rule::UndefinedElement, index, format!("the module has no <{name}>"));
    }
    match (element.ns, element.name) {
        (Ns::Syndication, "updatePeriod") => update_period(check, index),
        (Ns::Syndication, "updateFrequency") => {
            check.value(index, Kind::Positive, element.text.trim(), "");
        }
        (Ns::Syndication, "updateBase") => check.value(index, Kind::W3c, element.text.trim(), ""),
        (Ns::Slash, "hit_parade") => hit_parade(check, index),
        (Ns::Geo, "lat" | "latitude") => degrees(check, index, 90.0),
        (Ns::Geo, "long" | "longitude") => degrees(check, index, 180.0),
        (Ns::Thread, "in-reply-to") => in_reply_to(check, index),
        (Ns::Trackback, "ping" | "about") => trackback(check, index),
        (Ns::Media, _) => media::element(check, index),
        (Ns::Itunes, _) => podcast::element(check, index),
        _ => {}
    }
}

fn update_period(check: &mut Check<'_, '_>, index: usize) {
    let text = check.element(index).text.trim();
    if !["hourly", "daily", "weekly", "monthly", "yearly"].contains(&text) {
        check.found(Rule::InvalidUpdatePeriod, index, format!("\"{text}\""));
    }
}

fn hit_parade(check: &mut Check<'_, '_>, index: usize) {
    let text = check.element(index).text.trim();
    if !text.split(',').all(|number| number.trim().parse::<u64>().is_ok()) {
        check.found(Rule::InvalidHitParade, index, format!("\"{text}\""));
    }
}

fn degrees(check: &mut Check<'_, '_>, index: usize, most: f64) {
    let text = check.element(index).text.trim();
    if !text.parse::<f64>().is_ok_and(|degrees| (-most..=most).contains(&degrees)) {
        check.found(Rule::InvalidCoordinate, index, format!("\"{text}\", expected ±{most}"));
    }
}

/// RFC 4685 §3.
fn in_reply_to(check: &mut Check<'_, '_>, index: usize) {
    check.required(index, "ref");
    let kinds = [
        ("ref", Kind::Iri),
        ("href", Kind::IriReference),
        ("source", Kind::IriReference),
        ("type", Kind::MediaType),
    ];
    for (name, kind) in kinds {
        if let Some(value) = check.element(index).attribute(name) {
            check.value(index, kind, value, name);
        }
    }
}

/// In RSS 2.0 the address is the text, in RDF a reference.
fn trackback(check: &mut Check<'_, '_>, index: usize) {
    if check.is_rss2 {
        check.attributes(index, &[]);
        return check.leaf(index, Kind::Address);
    }
    let is_rdf = check.element(0).ns == Ns::Rdf;
    if is_rdf && check.element(index).attribute_in(Ns::Rdf, "resource").is_none() {
        check.found(Rule::MissingAttribute, index, "attribute rdf:resource is missing");
    }
}
