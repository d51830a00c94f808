//! What every wire format demands of text and addresses, and no crate ensures: XML 1.0 §2.2 characters, one-line
//! texts, web addresses. Markup was sanitised by normalize; here only its characters are looked at.

use std::borrow::Cow;
use std::fmt::Write as _;

use url::Url;
use uuid::Uuid;

/// Whether `c` may stand in a feed: the XML 1.0 §2.2 `Char` production without the characters that it discourages
/// (C1 controls and DEL, which validators report, and noncharacters, which mean nothing to anyone), and without the one that
/// says that something could not be read, which they report as well.
fn is_allowed(c: char) -> bool {
    match c {
        '\t' | '\n' => true,
        '\u{FDD0}'..='\u{FDEF}' | '\u{FFFD}' => false,
        _ => !c.is_control() && (u32::from(c) & 0xFFFE) != 0xFFFE,
    }
}

/// `text` without characters that may not stand in a document; lines and tabs stay.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_allowed) {
        return Cow::Borrowed(text);
    }
    // A carriage return or NEL (U+0085) is a line end of another system.
    let unified = text.replace("\r\n", "\n").replace(['\r', '\u{85}'], "\n");
    Cow::Owned(unified.chars().filter(|c| is_allowed(*c)).collect())
}

/// `text` on one line: titles, names, subjects. White space is collapsed.
pub(super) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Any control character may have stood for a break between words.
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let from = out.len();
        out.extend(word.chars().filter(|c| is_allowed(*c)));
        if from > 0 && out.len() > from {
            out.insert(from, ' ');
        }
    }
    out
}

/// [`line`], or nothing where nothing is left.
pub(super) fn some_line(text: &str) -> Option<String> {
    Some(line(text)).filter(|line| !line.is_empty())
}

/// [`some_line`] as it is, unless an end tag or a reference in it makes it look like markup; then [`words`].
pub(super) fn unmarked(text: &str) -> Option<String> {
    let line = some_line(text)?;
    // Numbers and old names need no semicolon to be read as references.
    let signs = |text: &str| text.matches('\u{FF06}').count();
    let has_reference =
        line.contains('&') && (line.contains(';') || signs(&without_tags(&line)) > signs(&line));
    let looks_like_markup = line.contains("</") || has_reference;
    if looks_like_markup { words(&line) } else { Some(line) }
}

/// [`some_line`] for fields that have no markup in any format: names, tags, titles of links. Tags are shown in other
/// brackets and references resolved, so that people see the words and no reader takes them for markup.
pub(super) fn words(text: &str) -> Option<String> {
    let mut plain = line(text);
    // Sources escape twice and three times; more often is nobody's name.
    for _ in 0..3 {
        if !plain.contains('&') {
            break;
        }
        plain = plain
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&apos;", "'")
            .replace("&nbsp;", " ")
            .replace("&amp;", "&");
    }
    // A reference may have stood for a space, and for nothing else.
    some_line(&without_tags(&plain))
}

/// Whether readers resolve `&name` even where the semicolon is missing, as HTML has it for its oldest names.
fn is_known(name: &str) -> bool {
    const NAMES: &str = "amp lt gt quot apos nbsp copy reg trade hellip mdash ndash lsquo rsquo ldquo rdquo laquo raquo \
        bull middot euro pound yen cent sect para deg times divide aacute agrave acirc auml aring aelig ccedil eacute \
        egrave ecirc euml iacute igrave icirc iuml ntilde oacute ograve ocirc ouml oslash szlig uacute ugrave ucirc uuml \
        yacute yuml Auml Ouml Uuml Eacute Agrave Aring";
    // What follows in another script ends the name.
    let end = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
    NAMES.split(' ').any(|known| known == &name[..end])
}

fn without_tags(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut opened = 0_usize;
    for (at, c) in line.char_indices() {
        let next = line[at + c.len_utf8()..].chars().next();
        match c {
            '<' if next
                .is_some_and(|n| n.is_ascii_alphabetic() || matches!(n, '/' | '!' | '?')) =>
            {
                opened += 1;
                out.push('\u{2039}');
            }
            '>' if opened > 0 => {
                opened -= 1;
                out.push('\u{203A}');
            }
            '&' if next.is_some_and(|n| matches!(n, '#' | '_') || n.is_alphanumeric()) => {
                // What follows could be read as a reference: "R&D" is shown with a wide sign only where it would be.
                let rest = &line[at + 1..];
                let name =
                    rest.split(|c: char| !(c.is_alphanumeric() || c == '#' || c == '_')).next();
                let is_reference = rest[name.unwrap_or_default().len()..].starts_with(';')
                    || name.is_some_and(|name| {
                        is_known(name) || !name.chars().all(char::is_alphabetic)
                    });
                out.push(if is_reference { '\u{FF06}' } else { '&' });
            }
            _ => out.push(c),
        }
    }
    out
}

/// An address that readers can follow: absolute, http or https, only characters of RFC 3986.
pub(super) fn link(url: &Url) -> Option<String> {
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    is_web.then(|| encoded(url.as_str()))
}

/// Whether `id`, which somebody else made and which must not be rewritten, is a URI that every checker passes.
pub(super) fn is_id(id: &str) -> bool {
    if let Some(uuid) = id.strip_prefix("urn:uuid:") {
        return Uuid::parse_str(uuid).is_ok_and(|read| read.to_string() == uuid);
    }
    if let Some(tag) = id.strip_prefix("tag:") {
        return is_tag(tag);
    }
    Url::parse(id).ok().and_then(|url| link(&url)).is_some_and(|written| written == id)
}

/// RFC 4151 §2.1: who, since when, and what.
fn is_tag(tag: &str) -> bool {
    let is_date = |date: &str| {
        let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let lengths: Vec<usize> = date.split('-').map(str::len).collect();
        date.split('-').all(is_number) && matches!(lengths[..], [4] | [4, 2] | [4, 2, 2])
    };
    let is_sign = |b: u8| b.is_ascii_alphanumeric() || b";/?:@&=+$.-_!~*'()%,".contains(&b);
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b);
    let parts = tag.split_once(',').and_then(|(who, rest)| Some((who, rest.split_once(':')?)));
    parts.is_some_and(|(who, (since, what))| {
        let name = who.split_once('@').map_or(who, |(_, host)| host);
        !name.is_empty() && name.bytes().all(is_name) && is_date(since) && what.bytes().all(is_sign)
    })
}

/// The URL standard leaves some characters alone that RFC 3986 §2 does not allow in a URI.
fn encoded(url: &str) -> String {
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at);
    let fragment = url.find('#').unwrap_or(url.len());
    let is_hex = |at: usize| url.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    let mut out = String::with_capacity(url.len());
    for (at, byte) in url.bytes().enumerate() {
        // §2.1: a percent sign stands before two digits or not at all.
        let is_plain = match byte {
            b'%' => is_hex(at + 1) && is_hex(at + 2),
            // §3.2.2 and §3.5: brackets are for hosts, and there is one fragment.
            b'[' | b']' => at < path,
            b'#' => at == fragment,
            _ => true,
        };
        let is_known = byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
        if is_plain && is_known {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A media type as RFC 2045 §5.1 writes it, `type/subtype` without parameters; nothing for what pages call one and is none.
pub(super) fn media_type(text: &str) -> Option<String> {
    let name = text.split(';').next().unwrap_or_default().trim();
    let (kind, subtype) = name.split_once('/')?;
    let is_token = |part: &str| {
        let is_sign = |b: u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b);
        !part.is_empty() && part.bytes().all(is_sign)
    };
    (is_token(kind) && is_token(subtype)).then(|| name.to_ascii_lowercase())
}

/// `text` as character data of HTML, safe between tags and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_xml_forbids_or_discourages_are_removed() {
        let table = [
            ("a\u{0}b\u{7}c\u{b}d\u{1f}", "abcd"),
            ("a\u{FFFE}b\u{FFFF}c\u{1FFFE}d\u{FDD0}", "abcd"),
            ("a\u{7f}b\u{80}c\u{9f}", "abc"),
            ("a\r\nb\rc\u{85}d", "a\nb\nc\nd"),
            ("a\u{FFFD}😀\u{202E}字\t\n", "a😀\u{202E}字\t\n"),
        ];
        for (given, expected) in table {
            assert_eq!(text(given), expected, "{given:?}");
        }
    }

    #[test]
    fn one_line_texts_hold_no_break_of_any_kind() {
        assert_eq!(line(" a\r\nBcc: x@y.z\u{2028}b\u{0}c\t d\u{FFFE} "), "a Bcc: x@y.z b c d");
        assert_eq!(line("\u{FFFE} a"), "a");
        assert_eq!(some_line("\u{0}\n\u{FFFF}"), None);
    }

    #[test]
    fn names_and_tags_hold_no_markup_and_keep_their_words() {
        for (given, expected) in [
            ("<b>Ann</b>", "\u{2039}b\u{203A}Ann\u{2039}/b\u{203A}"),
            ("A &amp;amp; B", "A & B"),
            ("R&D字", "R&D字"),
            ("&copy 2024", "\u{FF06}copy 2024"),
            ("&lt字", "\u{FF06}lt字"),
            ("Q&2", "Q\u{FF06}2"),
            ("&字;", "\u{FF06}字;"),
            ("R&D", "R&D"),
            ("1 < 2 > 0", "1 < 2 > 0"),
            ("x &#8212; y", "x \u{FF06}#8212; y"),
        ] {
            assert_eq!(words(given).as_deref(), Some(expected), "{given}");
        }
    }

    #[test]
    fn a_name_of_nothing_but_escaped_spaces_is_no_name() {
        assert_eq!(words("&nbsp;\u{85}"), None);
        assert_eq!(words(" Ann&nbsp;Lee "), Some("Ann Lee".into()));
    }

    #[test]
    fn a_media_type_is_one_by_the_standard_or_is_left_out() {
        assert_eq!(media_type("Audio/MPEG; q=\"x"), Some("audio/mpeg".into()));
        for wrong in ["", "mp3", "a/b/c", "audio/", "audio/m peg", "音/频"] {
            assert_eq!(media_type(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ids_of_others_are_taken_where_checkers_pass_them() {
        for id in [
            "urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6",
            "tag:blogger.com,1999:blog-6112936277054198647",
            "tag:ann@example.org,2024-11-18:/a?b=c",
            "https://example.org/feed",
        ] {
            assert!(is_id(id), "{id}");
        }
        for id in [
            "urn:uuid:60A76C80-D399-11D9-B93C-0003939E0AF6",
            "urn:uuid:x",
            "tag:example.org:1",
            "tag:Example.org,24:1",
            "HTTP://example.org/feed",
            "https://example.org",
            "17",
            "",
        ] {
            assert!(!is_id(id), "{id}");
        }
    }

    #[test]
    fn only_web_addresses_pass_and_only_in_characters_of_the_standard() {
        let read = |text: &str| link(&Url::parse(text).unwrap());
        assert_eq!(
            read("https://例え.jp/路径?q=字#片").as_deref(),
            Some("https://xn--r8jz45g.jp/%E8%B7%AF%E5%BE%84?q=%E5%AD%97#%E7%89%87")
        );
        assert_eq!(
            read("https://example.org/a|b?c=^{d}").as_deref(),
            Some("https://example.org/a%7Cb?c=%5E%7Bd%7D")
        );
        assert_eq!(
            read("https://[2001:db8::1]/50%/[a]#b#c").as_deref(),
            Some("https://[2001:db8::1]/50%25/%5Ba%5D#b%23c")
        );
        assert_eq!(read("javascript:alert(1)"), None);
        assert_eq!(read("mailto:ann@example.org"), None);
        assert_eq!(read("file:///etc/passwd"), None);
    }
}
