//! What one Document may cost; checked before anything expensive or recursive sees it.

use super::NormalizeError;

/// The largest article pages measured have 1.5 MB; ten times that is no article, and parsing takes tens of bytes of
/// memory for each byte of page.
pub(super) const MAX_BYTES: usize = 16 << 20;
/// Real pages stay below 100; old ones with unclosed `font` elements reach a few hundred. Libraries that walk the tree
/// recursively must fit this into a 2 MiB thread stack.
pub(super) const MAX_DEPTH: usize = 512;
/// Open tags counted before parsing: the parser's work is quadratic in depth, so a page this deep is not parsed at all.
/// Far above [`MAX_DEPTH`], since the count knows nothing of tags that close themselves.
const MAX_OPEN_TAGS: usize = 4 * MAX_DEPTH;
/// Elements, texts and comments; large news pages have 20,000.
pub(super) const MAX_NODES: usize = 400_000;
/// Steps from each node up to the root, which stand for time: every judgement of an element looks at what is below it.
/// Large news pages have half a million.
pub(super) const MAX_STEPS: usize = 12_000_000;
/// Attributes of one tag; the parser compares each with all before it, so a million would take hours.
pub(super) const MAX_ATTRIBUTES: usize = 2_000;
/// How much of a text tells whether it is one.
const EXAMINED: usize = 8_192;

/// Refuses what is empty, too large, or no text.
pub(super) fn check_text(text: &str) -> Result<(), NormalizeError> {
    check_text_length(text)?;
    if text.chars().all(|c| c.is_whitespace() || c == '\u{FEFF}') {
        return Err(NormalizeError::Empty);
    }
    check_binary(text)
}

/// Refuses what is too large.
pub(super) fn check_text_length(text: &str) -> Result<(), NormalizeError> {
    if text.len() > MAX_BYTES {
        return Err(NormalizeError::TooLarge { bytes: text.len(), limit: MAX_BYTES });
    }
    Ok(())
}

/// One control character in fifty is more than a stray byte; U+FFFD stands for bytes that no charset could read.
fn check_binary(text: &str) -> Result<(), NormalizeError> {
    let is_control = |c: char| (c.is_control() && !c.is_whitespace()) || c == '\u{FFFD}';
    let examined = text.chars().take(EXAMINED).count();
    let mut controls = text.chars().take(EXAMINED).enumerate().filter(|(_, c)| is_control(*c));
    let Some((first, _)) = controls.next() else { return Ok(()) };
    let controls = 1 + controls.count();
    if controls * 50 > examined {
        return Err(NormalizeError::NotText { controls, examined, first });
    }
    Ok(())
}

/// Refuses markup whose tags alone show that parsing it would not end soon.
pub(super) fn check_markup(html: &str) -> Result<(), NormalizeError> {
    let (mut at, mut open, mut deepest) = (0, 0_usize, 0);
    while let Some(next) = html[at..].find('<') {
        at += next + 1;
        let tag = Tag::read(&html.as_bytes()[at..]);
        if tag.attributes > MAX_ATTRIBUTES {
            return Err(NormalizeError::TooManyAttributes {
                attributes: tag.attributes,
                limit: MAX_ATTRIBUTES,
            });
        }
        match tag.kind {
            TagKind::Open => open += 1,
            TagKind::Close => open = open.saturating_sub(1),
            TagKind::Raw(end) => at = skip_past(html, at, end),
            TagKind::Other => {}
        }
        deepest = deepest.max(open);
        if deepest > MAX_OPEN_TAGS {
            return Err(NormalizeError::TooDeep { depth: deepest, limit: MAX_DEPTH });
        }
    }
    Ok(())
}

/// Elements that must be closed and so add depth where they are not; `p`, `li`, `td` and the like close themselves.
fn is_nesting(name: &[u8]) -> bool {
    matches!(
        name,
        b"div"
            | b"span"
            | b"section"
            | b"article"
            | b"main"
            | b"aside"
            | b"nav"
            | b"header"
            | b"footer"
            | b"blockquote"
            | b"ul"
            | b"ol"
            | b"dl"
            | b"table"
            | b"form"
            | b"fieldset"
            | b"figure"
            | b"center"
            | b"font"
            | b"b"
            | b"i"
            | b"u"
            | b"em"
            | b"strong"
            | b"small"
            | b"big"
            | b"sub"
            | b"sup"
            | b"code"
            | b"pre"
            | b"del"
            | b"ins"
            | b"label"
            | b"object"
            | b"svg"
            | b"template"
            | b"details"
            | b"math"
    )
}

/// How elements end whose text the parser does not read as tags.
const RAW: [&str; 3] = ["</script", "</style", "</textarea"];

/// Bytes of a name that are looked at; no name that counts has as many.
const LONGEST_NAME: usize = 12;

enum TagKind {
    Open,
    Close,
    /// Text that the parser does not read as tags, up to the given end.
    Raw(&'static str),
    Other,
}

struct Tag {
    kind: TagKind,
    attributes: usize,
}

impl Tag {
    fn read(rest: &[u8]) -> Self {
        if rest.starts_with(b"!--") {
            return Self { kind: TagKind::Raw("-->"), attributes: 0 };
        }
        let closes = rest.first() == Some(&b'/');
        let rest = &rest[usize::from(closes)..];
        let mut name = [0; LONGEST_NAME];
        let mut length = 0;
        for (lower, letter) in
            name.iter_mut().zip(rest.iter().take_while(|b| b.is_ascii_alphanumeric()))
        {
            *lower = letter.to_ascii_lowercase();
            length += 1;
        }
        let name = &name[..length];
        let raw = RAW.iter().find(|end| !closes && name == &end.as_bytes()[2..]);
        let kind = match raw {
            Some(end) => TagKind::Raw(end),
            None if !is_nesting(name) => TagKind::Other,
            None if closes => TagKind::Close,
            None => TagKind::Open,
        };
        let attributes = if closes || name.is_empty() { 0 } else { count_attributes(rest) };
        Self { kind, attributes }
    }
}

/// White space before a name, outside quotes, up to the tag's end; an upper bound is enough.
fn count_attributes(rest: &[u8]) -> usize {
    // Nearly every tag ends at the first bracket and is too short for so many.
    if ends_soon(rest) {
        return 0;
    }
    let (mut quote, mut count, mut before) = (None, 0, b' ');
    for &b in rest {
        match quote {
            Some(q) if b == q => quote = None,
            None if b == b'>' => break,
            None if (b == b'"' || b == b'\'') && before == b'=' => quote = Some(b),
            None if !b.is_ascii_whitespace() && before.is_ascii_whitespace() => count += 1,
            Some(_) | None => {}
        }
        before = b;
    }
    count
}

/// Whether the first bracket is near and no quote is open there.
fn ends_soon(rest: &[u8]) -> bool {
    let near = &rest[..rest.len().min(MAX_ATTRIBUTES)];
    let Some(end) = near.iter().position(|b| *b == b'>') else { return false };
    let is_closed = |quote| near[..end].iter().fold(true, |closed, b| closed ^ (*b == quote));
    is_closed(b'"') && is_closed(b'\'')
}

/// The place after the next `end`, in letters of either case; all ends begin with a sign that is rare in what they end.
fn skip_past(html: &str, from: usize, end: &str) -> usize {
    let (mut at, first) = (from, end.as_bytes()[0]);
    while let Some(next) = html[at..].find(char::from(first)) {
        at += next;
        let is_end = |rest: &[u8]| rest.eq_ignore_ascii_case(end.as_bytes());
        if html.as_bytes().get(at..at + end.len()).is_some_and(is_end) {
            return at + end.len();
        }
        at += 1;
    }
    html.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_binary_and_oversized_documents_are_named() {
        assert_eq!(check_text(" \n\u{feff}").unwrap_err().kind(), "empty");
        assert_eq!(check_text("PK\u{3}\u{4}\0\0\0\0\u{8}\0\0\0").unwrap_err().kind(), "not_text");
        assert_eq!(check_text(&"\u{FFFD}x".repeat(99)).unwrap_err().kind(), "not_text");
        assert_eq!(check_text(&"a".repeat(MAX_BYTES + 1)).unwrap_err().kind(), "too_large");
        assert!(
            check_text(&format!("{}\u{0}", "a readable line\n".repeat(20))).is_ok(),
            "one stray NUL"
        );
    }

    #[test]
    fn deep_markup_is_refused_before_it_is_parsed() {
        assert_eq!(check_markup(&"<div>".repeat(16_000)).unwrap_err().kind(), "too_deep");
        assert!(check_markup(&"<div></div>".repeat(16_000)).is_ok());
        let script = format!("<script>{}</script>", "'<div>'+".repeat(16_000));
        assert!(check_markup(&script).is_ok());
    }

    #[test]
    fn a_tag_with_a_million_attributes_is_refused() {
        let tag = format!("<p {}>", "a=1 ".repeat(1_000_000));
        assert_eq!(check_markup(&tag).unwrap_err().kind(), "too_many_attributes");
        assert!(check_markup(&format!("<p title=\"{}\">", "many words ".repeat(5_000))).is_ok());
    }
}
