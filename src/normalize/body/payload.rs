//! Articles that the server sent inside a script: an escaped HTML, Markdown or plain string that a script would put into an
//! empty container (hydration data of frameworks, a variable, JSON-LD's `articleBody`).

use std::iter::Peekable;
use std::str::Chars;

use dom_query::Document as Page;
use pulldown_cmark::{Options, Parser, html};

use super::prose::Prose;
use crate::normalize::sanitize;

/// Bytes of scripts that are read, and of one string at least and at most.
const MAX_SCRIPTS: usize = 6 << 20;
const MIN_STRING: usize = 300;
const MAX_STRING: usize = 2 << 20;
/// Strings in strings: data in JSON in a script, as frameworks stream it.
const MAX_NESTING: usize = 2;
/// Long strings that are parsed to see what they hold.
const MAX_TRIED: usize = 4;

/// The scripts of the page that may hold an article, read before they are removed.
pub(super) fn scripts(page: &Page) -> Vec<String> {
    let mut left = MAX_SCRIPTS;
    let elements = page.select("script:not([src])");
    let texts = elements.nodes().iter().map(|node| node.text().to_string());
    texts
        .filter(|text| text.len() >= MIN_STRING && may_hold_article(text))
        .take_while(|text| {
            let fits = text.len() <= left;
            left = left.saturating_sub(text.len());
            fits
        })
        .collect()
}

/// Paragraphs of HTML, however escaped; headings of Markdown; schema.org's name for the body.
fn may_hold_article(script: &str) -> bool {
    ["<p", "<br", "\\u003cp", "\\u003Cp", "\\x3cp", "\\x3Cp", "&lt;p", "\\n#", "articleBody"]
        .iter()
        .any(|mark| script.contains(mark))
}

/// The string with the most prose, as a page of its own.
pub(super) fn find(scripts: &[String]) -> Option<Page> {
    let mut found: Vec<String> = scripts.iter().flat_map(|script| articles(script, 0)).collect();
    found.sort_by_key(|html| std::cmp::Reverse(html.len()));
    let pages = found.into_iter().take(MAX_TRIED).map(Page::fragment);
    pages.max_by_key(|page| Prose::of(&page.root()).total())
}

/// The strings of a script that are articles, as HTML.
fn articles(script: &str, nesting: usize) -> Vec<String> {
    let mut found = Vec::new();
    for (before, literal) in strings(script) {
        let plain = unescape(literal);
        if let Some(html) = as_html(&plain, before) {
            found.push(html);
        } else if nesting < MAX_NESTING && may_hold_article(&plain) {
            found.extend(articles(&plain, nesting + 1));
        }
    }
    found
}

/// Long literals with what stands before them. One in plain quotes ends with its line at the latest, so that an apostrophe in a
/// comment spoils one line and not the script.
fn strings(script: &str) -> Vec<(&str, &str)> {
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
fn unescape(literal: &str) -> String {
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

/// HTML with several paragraphs, Markdown with headings, or the text of an `articleBody`.
fn as_html(text: &str, before: &str) -> Option<String> {
    if is_html(text) {
        return Some(text.to_owned());
    }
    if text.contains("&lt;p") {
        let plain = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&");
        return is_html(&plain).then_some(plain);
    }
    if is_markdown(text) {
        let mut out = String::new();
        html::push_html(
            &mut out,
            Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH),
        );
        return Some(out);
    }
    let key = before.trim_end().trim_end_matches(':').trim_end().trim_end_matches(['"', '\'']);
    key.ends_with("articleBody").then(|| paragraphs(text))
}

fn is_html(text: &str) -> bool {
    let start = text.trim_start();
    let count = |tag: &str| text.matches(tag).count();
    start.starts_with('<')
        && !start.starts_with("<!")
        && count("<p") + count("<br") + count("<h2") + count("<h3") >= 3
}

fn is_markdown(text: &str) -> bool {
    let headings = text.lines().filter(|line| {
        line.starts_with("# ") || line.starts_with("## ") || line.starts_with("### ")
    });
    headings.count() >= 2 && text.matches("\n\n").count() >= 3 && !text.contains("</")
}

fn paragraphs(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| ["<p>".to_owned(), sanitize::escape(line), "</p>".to_owned()]).collect()
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
