//! Media RSS 1.5.1: what its elements say of files.

use super::check::Check;
use super::kinds::Kind;
use super::names::Ns;
use super::rules::Rule;
use super::{modules, values};

const CONTENT: [&str; 14] = [
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

pub(super) fn element(check: &mut Check<'_, '_>, index: usize) {
    match check.element(index).name {
        "content" => content(check, index),
        "group" => group(check, index),
        "thumbnail" | "player" => player(check, index),
        "title" | "description" => text(check, index),
        "text" => caption(check, index),
        "copyright" => kinds(check, index, &[("url", Kind::Address)]),
        "hash" => hash(check, index),
        "rating" => rating(check, index),
        "restriction" => restriction(check, index),
        _ => {}
    }
}

fn content(check: &mut Check<'_, '_>, index: usize) {
    check.attributes(index, &CONTENT);
    let numbers = [
        ("url", Kind::Address),
        ("fileSize", Kind::Positive),
        ("height", Kind::Positive),
        ("width", Kind::Positive),
        ("channels", Kind::NonNegative),
        ("isDefault", Kind::TrueFalse),
        ("lang", Kind::Language),
    ];
    kinds(check, index, &numbers);
    let element = check.element(index);
    if element.attribute("type").is_some_and(|value| !values::is_media_type(value)) {
        check.found(Rule::InvalidMimeAttribute, index, "type is no media type");
    }
    let mediums = ["image", "audio", "video", "document", "executable"];
    if element.attribute("medium").is_some_and(|medium| !mediums.contains(&medium)) {
        check.found(Rule::InvalidMediaMedium, index, "medium is none that Media RSS knows");
    }
    one_of(check, index, "expression", &["sample", "full", "nonstop"]);
    for name in ["bitrate", "duration", "framerate", "samplingrate"] {
        let is_number = |value: &str| value.starts_with(|c: char| c.is_ascii_digit());
        if element.attribute(name).is_some_and(|value| !is_number(value)) {
            check.found(Rule::InvalidFloat, index, format!("{name} is no number"));
        }
    }
    children(check, index);
}

fn group(check: &mut Check<'_, '_>, index: usize) {
    if check.children(index, Ns::Media, "content").count() < 2 {
        check.found(Rule::MediaGroupWithoutAlternatives, index, "a group of fewer than two");
    }
    children(check, index);
}

fn children(check: &mut Check<'_, '_>, index: usize) {
    for child in &check.element(index).children {
        modules::element(check, *child);
    }
}

fn player(check: &mut Check<'_, '_>, index: usize) {
    check.required(index, "url");
    let sizes = [("url", Kind::Address), ("height", Kind::Positive), ("width", Kind::Positive)];
    kinds(check, index, &sizes);
    time(check, index, "time");
}

/// Attributes that are there and not empty.
fn kinds(check: &mut Check<'_, '_>, index: usize, kinds: &[(&str, Kind)]) {
    for (name, kind) in kinds {
        if let Some(value) = check.element(index).attribute(name).filter(|v| !v.is_empty()) {
            check.value(index, *kind, value, name);
        }
    }
}

fn text(check: &mut Check<'_, '_>, index: usize) {
    let element = check.element(index);
    match element.attribute("type") {
        Some("html") => check.html(index, &element.text, false),
        Some("plain") | None => {
            check.plain(index, element.text.trim(), Rule::ContainsUndeclaredHtml, "");
        }
        Some(other) => check.found(Rule::InvalidMediaTextType, index, format!("type=\"{other}\"")),
    }
}

fn caption(check: &mut Check<'_, '_>, index: usize) {
    text(check, index);
    kinds(check, index, &[("lang", Kind::Language)]);
    time(check, index, "start");
    time(check, index, "end");
}

/// RFC 2326 §3.6, normal play time.
fn time(check: &mut Check<'_, '_>, index: usize, name: &str) {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_time = |value: &str| {
        let (whole, part) = value.split_once('.').unwrap_or((value, "0"));
        let is_clock = whole.split(':').count() == 3 && values::is_duration(whole);
        value == "now" || digits(part) && (digits(whole) || is_clock)
    };
    if let Some(value) = check.element(index).attribute(name).filter(|value| !is_time(value)) {
        check.found(Rule::InvalidMediaValue, index, format!("{name}=\"{value}\" is no time"));
    }
}

fn one_of(check: &mut Check<'_, '_>, index: usize, name: &str, known: &[&str]) {
    let value = check.element(index).attribute(name);
    if let Some(value) = value.filter(|value| !known.contains(value)) {
        let known = known.join(", ");
        check.found(Rule::InvalidMediaValue, index, format!("{name}=\"{value}\", known: {known}"));
    }
}

fn hash(check: &mut Check<'_, '_>, index: usize) {
    one_of(check, index, "algo", &["md5", "sha-1"]);
    let element = check.element(index);
    let length = if element.attribute("algo") == Some("sha-1") { 40 } else { 32 };
    let text = element.text.trim();
    if text.len() != length || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        let message = format!("\"{text}\", expected {length} hexadecimal digits");
        check.found(Rule::InvalidMediaValue, index, message);
    }
}

fn rating(check: &mut Check<'_, '_>, index: usize) {
    let element = check.element(index);
    let text = element.text.trim();
    let is_known = match element.attribute("scheme").unwrap_or("urn:simple") {
        "urn:simple" => ["adult", "nonadult"].contains(&text),
        "urn:mpaa" => ["g", "m", "nc-17", "pg", "pg-13", "r", "x"].contains(&text),
        "urn:v-chip" => [
            "14+", "18+", "c", "c8", "g", "pg", "tv-14", "tv-g", "tv-ma", "tv-pg", "tv-y", "tv-y7",
            "tv-y7-fv",
        ]
        .contains(&text),
        "urn:icra" => is_icra(text),
        scheme => return check.value(index, Kind::Address, scheme, "scheme"),
    };
    if !is_known {
        check.found(Rule::InvalidMediaValue, index, format!("the scheme has no \"{text}\""));
    }
}

/// ICRA 2005: `r (nz 1 vz 1 lb 1)`.
fn is_icra(text: &str) -> bool {
    let labels = text.strip_prefix("r (").and_then(|rest| rest.strip_suffix(')'));
    let words: Vec<&str> = labels.unwrap_or_default().split(' ').collect();
    words.len().is_multiple_of(2)
        && words.chunks(2).all(|pair| {
            let is_label = pair[0].len() == 2
                && pair[0].starts_with(['n', 's', 'v', 'l', 'o', 'c', 'x'])
                && pair[0].bytes().all(|b| b.is_ascii_lowercase());
            is_label && (pair[1] == "1" || pair[1] == "0" && pair[0].ends_with('z'))
        })
}

fn restriction(check: &mut Check<'_, '_>, index: usize) {
    check.required(index, "relationship");
    one_of(check, index, "relationship", &["allow", "deny"]);
    one_of(check, index, "type", &["country", "uri"]);
    let element = check.element(index);
    let text = element.text.trim();
    // ISO 3166-1 gives and withdraws codes; their shape stays.
    let is_country = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
    let fits = match element.attribute("type") {
        Some("country") => text.split_whitespace().all(is_country),
        Some("uri") => return check.value(index, Kind::Address, text, ""),
        Some(_) => true,
        None => matches!(text, "" | "all" | "none"),
    };
    if !fits {
        check.found(Rule::InvalidMediaValue, index, format!("\"{text}\""));
    }
}
