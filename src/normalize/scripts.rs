//! Scripts of a page as text: which of them may hold content, and the long strings in them, rid of their escapes. They are read
//! only where what the page shows is not enough, long after they were taken out of it.

use std::iter::Peekable;
use std::str::Chars;

use dom_query::{Document as Page, NodeRef};

use super::dom;

/// Bytes of scripts that are read, and of one string at least and at most.
const MAX_SCRIPTS: usize = 6 << 20;
const MIN_STRING: usize = 300;
const MAX_STRING: usize = 2 << 20;
/// Strings in strings: data in JSON in a script, as frameworks stream it.
pub(super) const MAX_NESTING: usize = 2;

/// The scripts that stand in the page itself.
pub(super) fn inline(page: &Page) -> Vec<NodeRef<'_>> {
    let mut scripts = dom::named(page, "script");
    scripts.retain(|script| !script.has_attr("src"));
    scripts
}

/// The texts of those `scripts` that `may_hold` what is looked for.
pub(super) fn texts(scripts: &[NodeRef<'_>], may_hold: impl Fn(&str) -> bool) -> Vec<String> {
    let mut left = MAX_SCRIPTS;
    let texts = scripts.iter().map(|node| node.text().to_string());
    texts
        .filter(|text| text.len() >= MIN_STRING && may_hold(text))
        .take_while(|text| {
            let fits = text.len() <= left;
            left = left.saturating_sub(text.len());
            fits
        })
        .collect()
}

/// Long literals with what stands before them. One in plain quotes ends with its line at the latest, so that an apostrophe in a
/// comment spoils one line and not the script.
pub(super) fn strings(script: &str) -> Vec<(&str, &str)> {
    let (bytes, mut found, mut at) = (script.as_bytes(), Vec::new(), 0);
    while let Some(open) = bytes[at..].iter().position(|b| matches!(b, b'"' | b'\'' | b'`')) {
        let start = at + open + 1;
        let end = end_of_string(bytes, start);
        if (MIN_STRING..=MAX_STRING).contains(&(end - start)) {
            found.push((&script[..start - 1], &script[start..end]));
        }
        at = (end + 1).min(bytes.len());
    }
    found
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start - 1];
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if quote != b'`' => break,
            b if b == quote => break,
            _ => {}
        }
        at += 1;
    }
    at.min(bytes.len())
}

/// What the escapes of JavaScript and JSON stand for.
pub(super) fn unescape(literal: &str) -> String {
    let mut out = String::with_capacity(literal.len());
    let mut chars = literal.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r' | 'b' | 'f') | None => {}
            Some('x') => out.extend(char::from_u32(hex(&mut chars, 2))),
            Some('u') => out.push(utf_16(&mut chars)),
            Some(other) => out.push(other),
        }
    }
    out
}

fn hex(chars: &mut Peekable<Chars<'_>>, digits: usize) -> u32 {
    let mut value = 0;
    for _ in 0..digits {
        let Some(digit) = chars.next_if(char::is_ascii_hexdigit) else { break };
        value = value * 16 + digit.to_digit(16).unwrap_or(0);
    }
    value
}

/// A character beyond the first plane is written as two.
fn utf_16(chars: &mut Peekable<Chars<'_>>) -> char {
    let first = hex(chars, 4);
    if !(0xD800..0xDC00).contains(&first) {
        return char::from_u32(first).unwrap_or('\u{FFFD}');
    }
    let mut ahead = chars.clone();
    if ahead.next() != Some('\\') || ahead.next() != Some('u') {
        return '\u{FFFD}';
    }
    let second = hex(&mut ahead, 4);
    *chars = ahead;
    let low = second.wrapping_sub(0xDC00) & 0x3FF;
    char::from_u32(0x10000 + ((first - 0xD800) << 10) + low).unwrap_or('\u{FFFD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_scripts_are_read() {
        assert_eq!(
            unescape(r#"\u003cp\u003ea\n\"b\" \x3c \/ \ud83d\ude00 \\"#),
            "<p>a\n\"b\" < / 😀 \\"
        );
    }

    #[test]
    fn an_apostrophe_in_a_comment_does_not_hide_the_string_below() {
        let long = "x".repeat(MIN_STRING);
        let script = format!("// don't\nvar a = \"{long}\";");
        assert_eq!(strings(&script).len(), 1);
        assert_eq!(strings(&script)[0].1, long);
    }
}
