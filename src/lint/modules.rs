//! Elements of the modules that feeds extend themselves with.

use super::check::{Check, Kind};
use super::names::Ns;
use super::rules::Rule;

/// What an extension element may hold and whether it may repeat; `None` where its module has no such element.
pub(super) fn kind(ns: Ns, name: &str) -> Option<(Kind, bool)> {
    use Kind::{
        Address, Anything, Duration, Html, Language, NonNegative, Plain, Positive, Rfc3339, Text,
        W3c,
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
        (Ns::Itunes, "duration") => (Duration, false),
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
        ) => (Anything, true),
        (
            Ns::Dc | Ns::Content | Ns::Syndication | Ns::Slash | Ns::Wfw | Ns::History | Ns::Media,
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
        (Ns::Media, "content") => media_content(check, index),
        (Ns::Media, "group") => media_group(check, index),
        (Ns::Media, "thumbnail" | "player") => media_player(check, index),
        (Ns::Media, "title" | "description" | "text") => media_text(check, index),
        _ => {}
    }
}

fn update_period(check: &mut Check<'_, '_>, index: usize) {
    let text = check.element(index).text.trim();
    if !["hourly", "daily", "weekly", "monthly", "yearly"].contains(&text) {
        check.found(Rule::InvalidUpdatePeriod, index, format!("\"{text}\""));
    }
}

fn media_content(check: &mut Check<'_, '_>, index: usize) {
    let known = [
        "bitrate",
        "channels",
        "duration",
        "expression",
        "fileSize",
        "framerate",
        "height",
        "isDefault",
        "lang",
        "medium",
        "samplingrate",
        "type",
        "url",
        "width",
    ];
    check.attributes(index, &known);
    let kinds = [
        ("url", Kind::Address),
        ("fileSize", Kind::Positive),
        ("height", Kind::Positive),
        ("width", Kind::Positive),
        ("channels", Kind::NonNegative),
        ("isDefault", Kind::TrueFalse),
        ("lang", Kind::Language),
    ];
    attribute_kinds(check, index, &kinds);
    let element = check.element(index);
    if element.attribute("type").is_some_and(|value| !super::values::is_media_type(value)) {
        check.found(Rule::InvalidMimeAttribute, index, "type is no media type");
    }
    let mediums = ["image", "audio", "video", "document", "executable"];
    if element.attribute("medium").is_some_and(|medium| !mediums.contains(&medium)) {
        check.found(Rule::InvalidMediaMedium, index, "medium is none that Media RSS knows");
    }
    for name in ["bitrate", "duration", "framerate", "samplingrate"] {
        let is_number = |value: &str| value.starts_with(|c: char| c.is_ascii_digit());
        if element.attribute(name).is_some_and(|value| !is_number(value)) {
            check.found(Rule::InvalidFloat, index, format!("{name} is no number"));
        }
    }
    children(check, index);
}

fn media_group(check: &mut Check<'_, '_>, index: usize) {
    if check.children(index, Ns::Media, "content").count() < 2 {
        check.found(Rule::MediaGroupWithoutAlternatives, index, "a group of fewer than two");
    }
    children(check, index);
}

fn children(check: &mut Check<'_, '_>, index: usize) {
    for child in &check.element(index).children {
        element(check, *child);
    }
}

fn media_player(check: &mut Check<'_, '_>, index: usize) {
    check.required(index, "url");
    let kinds = [("url", Kind::Address), ("height", Kind::Positive), ("width", Kind::Positive)];
    attribute_kinds(check, index, &kinds);
}

fn attribute_kinds(check: &mut Check<'_, '_>, index: usize, kinds: &[(&str, Kind)]) {
    for (name, kind) in kinds {
        if let Some(value) = check.element(index).attribute(name).filter(|v| !v.is_empty()) {
            check.value(index, *kind, value, name);
        }
    }
}

fn media_text(check: &mut Check<'_, '_>, index: usize) {
    let element = check.element(index);
    match element.attribute("type") {
        Some("html") => check.html(index, &element.text, false),
        Some("plain") | None => {
            check.plain(index, element.text.trim(), Rule::ContainsUndeclaredHtml, "");
        }
        Some(other) => check.found(Rule::InvalidMediaTextType, index, format!("type=\"{other}\"")),
    }
}
