//! Text → tags and texts, whatever the damage. A `<` that begins no tag is text; what is cut off is dropped.

use std::borrow::Cow;

/// A piece of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::normalize) enum Token<'a> {
    /// `<name …>`; `empty` for `<name …/>`.
    Start { name: &'a str, attributes: &'a str, empty: bool },
    /// `</name>`.
    End { name: &'a str },
    /// Character data with references.
    Text(&'a str),
    /// A CDATA section's content.
    Cdata(&'a str),
}

/// Walks a document.
#[derive(Debug, Clone)]
pub(in crate::normalize) struct Tags<'a> {
    source: &'a str,
    at: usize,
    /// Where the last token began.
    began: usize,
    /// Whether its document type was met: it has one.
    has_type: bool,
    /// Whether the document ended inside of a tag or section.
    pub is_truncated: bool,
}

impl<'a> Tags<'a> {
    /// From the beginning of `source`.
    pub fn new(source: &'a str) -> Self {
        Self { source, at: 0, began: 0, has_type: false, is_truncated: false }
    }

    /// Where the next token begins, in bytes.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Where the last token began.
    pub fn token_at(&self) -> usize {
        self.began
    }

    /// Goes on at the byte `at`, where a token began.
    pub fn seek(&mut self, at: usize) {
        self.at = at;
    }

    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    /// Everything up to `end`, and past it; all that is left where it never comes.
    fn until(&mut self, skip: usize, end: &str) -> &'a str {
        let rest = &self.rest()[skip..];
        if let Some(length) = rest.find(end) {
            self.at += skip + length + end.len();
            return &rest[..length];
        }
        self.is_truncated = true;
        self.at = self.source.len();
        rest
    }

    /// `<!DOCTYPE … [ … ]>`: dropped whole, so that no entity it declares is ever expanded. What ends it may also stand in
    /// quotes and comments.
    fn skip_doctype(&mut self) {
        let rest = if self.has_type { "" } else { self.rest() };
        self.has_type = true;
        let (mut quote, mut depth, mut at) = (None, 0_usize, 2);
        while let Some(byte) = rest.as_bytes().get(at) {
            match (quote, byte) {
                (Some(open), byte) if open == byte => quote = None,
                // Only the values of entities hold markup; elsewhere the quote was never closed.
                (Some(_), b'<' | b'>') if depth == 0 => break,
                (None, b'<') if rest[at..].starts_with("<!--") => {
                    at += rest[at..].find("-->").map_or(rest.len() - at, |end| end + 2);
                }
                (None, b'<' | b'[') => depth += 1,
                (None, b']') => depth = depth.saturating_sub(1),
                (None, b'>') if depth == 0 => {
                    self.at += at + 1;
                    return;
                }
                // A declaration ends, the brackets around it do not.
                (None, b'>') if depth > 1 => depth -= 1,
                (None, b'"' | b'\'') => quote = Some(byte),
                _ => {}
            }
            at += 1;
        }
        // What looks like the end is it.
        self.until(0, ">");
    }

    fn tag(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        let Some(end) = tag_end(rest) else {
            self.is_truncated = true;
            self.at = self.source.len();
            return None;
        };
        self.at += end + 1;
        let inside = &rest[1..end];
        if let Some(name) = inside.strip_prefix('/') {
            return Some(Token::End { name: name.trim() });
        }
        let (inside, empty) = match inside.strip_suffix('/') {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        let split = inside.find(|c: char| c.is_whitespace()).unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(split);
        Some(Token::Start { name, attributes, empty })
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.rest();
            self.began = self.at;
            if rest.is_empty() {
                return None;
            }
            if !begins_markup(rest) {
                let end = next_markup(rest);
                self.at += end;
                return Some(Token::Text(&rest[..end]));
            }
            if rest.starts_with("<!--") {
                self.until(4, "-->");
            } else if rest.starts_with("<![CDATA[") {
                return Some(Token::Cdata(self.until(9, "]]>")));
            } else if rest.starts_with("<?") {
                self.until(2, ">");
            } else if rest.starts_with("<!") {
                self.skip_doctype();
            } else if let Some(token) = self.tag() {
                return Some(token);
            }
        }
    }
}

fn begins_markup(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    bytes.next() == Some(b'<')
        && match bytes.next() {
            Some(b'/') => bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_'),
            Some(b'!') => matches!(bytes.next(), Some(b'-' | b'[' | b'D' | b'd')),
            Some(b) => b.is_ascii_alphabetic() || matches!(b, b'?' | b'_'),
            None => false,
        }
}

fn next_markup(rest: &str) -> usize {
    let mut from = usize::from(rest.starts_with('<'));
    while let Some(at) = rest[from..].find('<') {
        if begins_markup(&rest[from + at..]) {
            return from + at;
        }
        from += at + 1;
    }
    rest.len()
}

/// Where the tag closes, outside of quoted values. A quote that never closes ends with the first `>`.
fn tag_end(tag: &str) -> Option<usize> {
    let bytes = tag.as_bytes();
    let first = tag.find('>')?;
    // Most tags have no quoted `>`: an even number of each quote before the first one says so.
    let (mut quote, mut at) = (None, 1);
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(open), b) if b == open => quote = None,
            // A value does not hold the beginning of another tag.
            (Some(_), b'<') => return Some(first),
            (None, b'>') => return Some(at),
            (None, b @ (b'"' | b'\'')) if bytes[..at].trim_ascii_end().ends_with(b"=") => {
                quote = Some(b);
            }
            _ => {}
        }
        at += 1;
    }
    Some(first)
}

/// The attributes of a start tag: names in lower case, values with their references resolved.
pub(in crate::normalize) fn attributes(mut rest: &str) -> Vec<(String, Cow<'_, str>)> {
    let mut found = Vec::new();
    while found.len() < super::limits::MAX_ATTRIBUTES {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let key = rest[..end].to_ascii_lowercase();
        let after = rest[end..].trim_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
            rest = &rest[end.max(1)..];
            continue;
        };
        let (value, after) = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        found.push((key, super::references::resolved(value)));
        rest = after;
    }
    found
}
