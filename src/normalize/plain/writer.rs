//! Plain content, written anew in the one form that the sanitiser gives it.

use std::borrow::Cow;

use url::Url;

use super::vocabulary::{Fate, Kind, fate};
use super::{Hand, scan};
use crate::domain::bytes::find_byte;
use crate::normalize::sanitize;

/// Attributes of one element.
const MAX_ATTRIBUTES: usize = 32;

/// Writes character data in both forms.
pub(super) fn text(mut written: &str, html: &mut String, text: &mut String) -> Option<()> {
    while let Some(at) = find_byte(written, is_special) {
        let (before, rest) = written.split_at(at);
        html.push_str(before);
        text.push_str(before);
        let (c, length) = character(rest)?;
        text.push(c);
        push_escaped(c, html, false);
        written = &rest[length..];
    }
    html.push_str(written);
    text.push_str(written);
    Some(())
}

/// What is not the same in both forms, in UTF-8: 0xC2 begins a no-break space, and letters, which pass unchanged.
#[expect(clippy::needless_bitwise_bool, reason = "many bytes at a time are told without branches")]
fn is_special(byte: u8) -> bool {
    (byte == b'&') | (byte == b'>') | (byte == b'\r') | (byte == 0) | (byte == 0xC2)
}

/// The character at the beginning of `rest`, and its length there.
fn character(rest: &str) -> Option<(char, usize)> {
    let c = rest.chars().next()?;
    match c {
        '&' if rest[1..].starts_with(scan::is_space) => Some((c, 1)),
        '&' => scan::reference(rest),
        // HTML reads every kind of line end as one.
        '\r' => Some(('\n', if rest.starts_with("\r\n") { 2 } else { 1 })),
        '\0' => None,
        c => Some((c, c.len_utf8())),
    }
}

fn push_escaped(c: char, html: &mut String, in_attribute: bool) {
    match c {
        '&' => html.push_str("&amp;"),
        '\u{A0}' => html.push_str("&nbsp;"),
        '"' if in_attribute => html.push_str("&quot;"),
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        c => html.push(c),
    }
}

/// Writes the attributes that are kept.
pub(super) fn attributes(
    element: &str,
    kind: Kind,
    written: &str,
    (hand, base): (Hand, Option<&Url>),
    html: &mut String,
) -> Option<()> {
    for (name, value) in read(written)? {
        // The language of code, a picture: later passes look at them.
        let is_read = [("class", "lang"), ("style", "background-image")];
        let is_read = || is_read.iter().any(|(read, word)| name == *read && value.contains(word));
        if hand == Hand::Sender && is_read() {
            return None;
        }
        if fate(element, kind, name, hand)? == Fate::Kept
            && let Some(value) = sanitize::kept(element, name, &value, base)
        {
            attribute(name, &value, html);
        }
    }
    Some(())
}

/// Passes over the attributes of an element that is written without any.
pub(super) fn no_attributes(element: &str, kind: Kind, written: &str) -> Option<()> {
    let is_known = |name: &str| fate(element, kind, name, Hand::Sender).is_some();
    read(written)?.iter().all(|(name, _)| is_known(name)).then_some(())
}

/// Writes the attributes of a picture that has an address, and is large enough to be seen.
pub(super) fn image(
    written: &str,
    (hand, base): (Hand, Option<&Url>),
    html: &mut String,
) -> Option<()> {
    let mut has_address = false;
    for (name, value) in read(written)? {
        if fate("img", Kind::Image, name, hand)? == Fate::Dropped {
            continue;
        }
        let side = || value.trim().trim_end_matches("px").parse::<u32>();
        if matches!(name, "width" | "height") && side().is_ok_and(|side| side <= 1) {
            return None;
        }
        let value = sanitize::kept("img", name, &value, base)?;
        has_address |= name == "src";
        attribute(name, &value, html);
    }
    has_address.then_some(())
}

fn attribute(name: &str, value: &str, html: &mut String) {
    html.push(' ');
    html.push_str(name);
    html.push_str("=\"");
    value.chars().for_each(|c| push_escaped(c, html, true));
    html.push('"');
}

/// The attributes with their references resolved, each name once.
fn read(mut written: &str) -> Option<Vec<(&str, Cow<'_, str>)>> {
    let mut found: Vec<(&str, Cow<'_, str>)> = Vec::new();
    loop {
        written = written.trim_start_matches(scan::is_space);
        if written.is_empty() {
            return Some(found);
        }
        let (name, value, rest) = scan::attribute(written)?;
        if found.len() == MAX_ATTRIBUTES || found.iter().any(|(known, _)| *known == name) {
            return None;
        }
        found.push((name, resolved(value)?));
        written = rest;
    }
}

fn resolved(mut written: &str) -> Option<Cow<'_, str>> {
    let next = |text: &str| text.bytes().position(|b| matches!(b, b'&' | b'\r' | 0));
    if next(written).is_none() {
        return Some(written.into());
    }
    let mut value = String::with_capacity(written.len());
    while let Some(at) = next(written) {
        value.push_str(&written[..at]);
        let rest = &written[at..];
        let (c, length) = character(rest)?;
        value.push(c);
        written = &rest[length..];
    }
    value.push_str(written);
    Some(value.into())
}
