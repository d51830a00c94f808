//! Markup → pieces, strictly: lower-case names from the list, quoted values, references that all of HTML agrees on.

use super::vocabulary::Kind;

/// A piece of plain content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Character data as written.
    Text(&'a str),
    /// A start tag with its attributes as written.
    Open { name: &'a str, kind: Kind, attributes: &'a str },
    /// An end tag.
    Close { name: &'a str },
}

/// Walks `rest`; a piece that is not plain is `None`, and the last.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    rest: &'a str,
    is_over: bool,
}

impl<'a> Pieces<'a> {
    pub fn of(html: &'a str) -> Self {
        Self { rest: html, is_over: false }
    }

    fn tag(&mut self) -> Option<Piece<'a>> {
        let end = tag_end(self.rest)?;
        let inside = &self.rest[1..end];
        self.rest = &self.rest[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            let name = name.trim_end_matches(is_space);
            return Kind::of(name).filter(|kind| !kind.is_void()).map(|_| Piece::Close { name });
        }
        let length = inside.find(|c: char| is_space(c) || c == '/').unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(length);
        let kind = Kind::of(name)?;
        let attributes = match attributes.strip_suffix('/') {
            Some(attributes) if kind.is_void() => attributes,
            // HTML does not close other elements that way.
            Some(_) => return None,
            None => attributes,
        };
        Some(Piece::Open { name, kind, attributes })
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Option<Piece<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(length) = unseen(self.rest) {
            self.rest = &self.rest[length..];
        }
        if self.rest.is_empty() || self.is_over {
            return None;
        }
        let piece = if self.rest.starts_with('<') {
            self.tag()
        } else {
            let end = self.rest.find('<').unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at(end);
            self.rest = rest;
            Some(Piece::Text(text))
        };
        self.is_over = piece.is_none();
        Some(piece)
    }
}

/// The length of what no reader sees at the beginning of `rest`: a comment, a script or a style sheet, where all agree on
/// where it ends.
fn unseen(rest: &str) -> Option<usize> {
    if let Some(inside) = rest.strip_prefix("<!--") {
        let length = inside.find("--")?;
        let is_plain = !inside.starts_with(['>', '-']) && inside[length..].starts_with("-->");
        return is_plain.then_some(length + "<!---->".len());
    }
    let end = ["</script>", "</style>"].into_iter().find(|end| {
        let name = &end[2..end.len() - 1];
        rest.strip_prefix('<')
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|after| after.starts_with(|c| is_space(c) || c == '>'))
    })?;
    let from = tag_end(rest)? + 1;
    // Formulas come as scripts, too.
    if rest[..from].contains("math") {
        return None;
    }
    let length = rest[from..].find("</")?;
    let is_plain =
        rest[from + length..].starts_with(end) && !rest[from..from + length].contains("<!--");
    is_plain.then_some(from + length + end.len())
}

pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\r')
}

/// Where the tag at the beginning of `rest` ends, outside of quoted values.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return Some(at),
            (None, b'<') => return None,
            _ => {}
        }
    }
    None
}

/// The next attribute of `rest`: its name, its value as written, and what follows. Nothing where it is not plain.
pub(super) fn attribute(rest: &str) -> Option<(&str, &str, &str)> {
    let (name, value) = rest.split_once('=')?;
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b':' | b'.' | b'@'));
    let quote = value.chars().next().filter(|c| is_name && matches!(c, '"' | '\''))?;
    let (value, after) = value[1..].split_once(quote)?;
    (after.is_empty() || after.starts_with(is_space)).then_some((name, value, after))
}

/// The character that the reference at the beginning of `rest`, which begins with `&`, stands for, and its length.
/// Nothing for those that HTML reads in its own ways.
pub(super) fn reference(rest: &str) -> Option<(char, usize)> {
    let end = rest.bytes().take(12).position(|b| b == b';')?;
    let c = match &rest[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{A0}',
        "hellip" => '…',
        "mdash" => '—',
        "ndash" => '–',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "middot" => '·',
        "copy" => '©',
        name => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            // Lower numbers are controls or mean windows-1252, noncharacters are for the parser to judge.
            char::from_u32(number)
                .filter(|c| !c.is_control() && number != 0xFEFF && (number & 0xFFFE) != 0xFFFE)?
        }
    };
    Some((c, end + 1))
}
