//! Character references: XML's, HTML's by name whether declared or not, and the numbers of windows-1252.

use std::borrow::Cow;

use super::mends::Mends;

/// `text` with its references resolved once; a bare ampersand stays one, characters that XML forbids go.
pub(in crate::normalize) fn resolved(text: &str) -> Cow<'_, str> {
    if !text.contains('&') && !text.bytes().any(|b| b < 0x20 && !b.is_ascii_whitespace()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    resolve_into(&mut out, text, &mut Mends::default());
    Cow::Owned(out)
}

/// Appends `text`, resolved, to `out`.
pub(super) fn resolve_into(out: &mut String, text: &str, mends: &mut Mends) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        push_legal(out, &rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.bytes().take(32).position(|b| !(b.is_ascii_alphanumeric() || b == b'#'));
        let end = end.unwrap_or(rest.len().min(32));
        let (name, after) = rest.split_at(end);
        let closed = after.starts_with(';');
        if let Some(resolved) = one(name).filter(|_| closed || name.starts_with('#')) {
            mends.references += usize::from(!is_of_xml(name));
            out.push_str(&resolved);
            rest = after.strip_prefix(';').unwrap_or(after);
        } else {
            mends.ampersands += 1;
            out.push('&');
        }
    }
    push_legal(out, rest);
}

/// XML 1.0 §4.6, and references by number.
fn is_of_xml(name: &str) -> bool {
    matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") || name.starts_with('#')
}

fn push_legal(out: &mut String, text: &str) {
    if text.bytes().any(|b| b < 0x20 && !b.is_ascii_whitespace()) {
        out.extend(text.chars().filter(|c| !c.is_ascii_control() || c.is_ascii_whitespace()));
    } else {
        out.push_str(text);
    }
}

/// What `&name;` stands for.
fn one(name: &str) -> Option<Cow<'static, str>> {
    let simple = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{A0}",
        _ => "",
    };
    if !simple.is_empty() {
        return Some(Cow::Borrowed(simple));
    }
    if let Some(digits) = name.strip_prefix('#') {
        return number(digits).map(|c| Cow::Owned(c.to_string()));
    }
    named(name).map(Cow::Owned)
}

/// HTML Living Standard §13.2.5.80: 128 to 159 mean windows-1252.
fn number(digits: &str) -> Option<char> {
    let hexadecimal = digits.strip_prefix(['x', 'X']);
    let number = match hexadecimal {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    if let Ok(byte @ 0x80..=0x9F) = u8::try_from(number) {
        // WINDOWS_1252 maps every one of these bytes to one character.
        return encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next();
    }
    char::from_u32(number).filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
}

/// HTML's names. The HTML parser has the table of 2,231; asking it is slow, and rare.
fn named(name: &str) -> Option<String> {
    if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let reference = format!("&{name};");
    let page = dom_query::Document::fragment(reference.as_str());
    let text = page.root().text().to_string();
    (text != reference && !text.is_empty()).then_some(text)
}
