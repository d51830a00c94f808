//! Bytes → Unicode: byte order mark, then what HTTP says, then what the page says, then UTF-8, then a guess.

use std::borrow::Cow;
use std::string::FromUtf8Error;
use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use regex::bytes::Regex;

use crate::domain::Note;

/// WHATWG HTML §13.2.3.2: a declaration stands in the first 1024 bytes.
const DECLARATION_WITHIN: usize = 1024;
/// Broken characters in a thousand, above which a text is not in the charset it is said to be.
const BROKEN_PER_MILLE: usize = 10;

/// Well-formed characters beside each broken one that make a text UTF-8 with flaws: in another charset hardly any are.
const SOUND_PER_BROKEN: usize = 4;

static DECLARED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)<meta[^>]{0,200}charset\s*=\s*["']?([\w:.-]+)|<\?xml[^>]{0,200}encoding\s*=\s*["']([\w:.-]+)"#)
        .expect("the pattern is a constant")
});

/// Decoded text, and what had to be replaced in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    pub text: String,
    pub note: Option<Note>,
}

/// Decodes `bytes`; `http` is the charset of the Content-Type header. The error says what was tried.
pub(super) fn decode(bytes: &[u8], http: Option<&str>) -> Result<Decoded, String> {
    let encoding = declared(bytes, http).unwrap_or_else(|| guessed(bytes));
    let (text, used, broken) = encoding.decode(bytes);
    if !broken {
        return Ok(Decoded { text: text.into_owned(), note: None });
    }
    let replaced = text.matches('\u{FFFD}').count();
    let characters = text.chars().count().max(1);
    if replaced * 1000 > characters * BROKEN_PER_MILLE {
        return Err(format!(
            "{replaced} of {characters} characters are not {}; save it as UTF-8 or declare its charset",
            used.name()
        ));
    }
    let first = text.chars().take_while(|c| *c != '\u{FFFD}').count() + 1;
    let message = format!(
        "{replaced} broken {} characters replaced, the first is the {first}th",
        used.name()
    );
    let note = Note::new("charset", message);
    Ok(Decoded { text: text.into_owned(), note: Some(note) })
}

/// Decodes a feed: the same order, but a charset that is plainly wrong gives way to UTF-8, then to a guess; nothing is
/// refused, since the reader of feeds repairs more than broken characters.
pub(super) fn decode_feed(bytes: Vec<u8>, http: Option<&str>) -> Decoded {
    if let Some(text) = utf_32(&bytes) {
        let note = Note::new("charset", "read as UTF-32, which hardly any reader knows");
        return Decoded { text, note: Some(note) };
    }
    let bytes = match plain_feed(bytes, http) {
        Ok(text) => return Decoded { text, note: None },
        Err(bytes) => bytes,
    };
    let bytes = from_first_tag(&bytes);
    let stated = unmarked_utf16(bytes).or_else(|| declared(bytes, http));
    let inside = declared_inside(bytes);
    let candidates = [stated, inside, Some(UTF_8)].into_iter().flatten();
    let mut best: Option<(usize, Cow<'_, str>, &'static Encoding)> = None;
    // A guess reads all of it and comes last.
    for encoding in candidates.chain(std::iter::once_with(|| guessed(bytes))) {
        let (text, used, broken) = encoding.decode(bytes);
        let replaced = if broken { text.matches('\u{FFFD}').count() } else { 0 };
        // UTF-16 read as something else, or the other way round, leaves no tag.
        let has_tags = text.contains('<') || text.contains('{');
        let cost = if has_tags { replaced } else { usize::MAX };
        let is_flawed = used == UTF_8 && cost < usize::MAX && is_sound(&text, replaced);
        if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
            best = Some((cost, text, used));
        }
        // A guess would read any byte as something.
        if cost == 0 || is_flawed {
            break;
        }
    }
    let (cost, text, used) = best.unwrap_or((0, Cow::Borrowed(""), UTF_8));
    let other = stated.is_some_and(|stated| stated != used);
    let note = (cost > 0 || other).then(|| {
        let message = format!("read as {}, with {cost} broken characters", used.name());
        Note::new("charset", message)
    });
    Decoded { text: text.into_owned(), note }
}

/// The bytes themselves, uncopied, where they are UTF-8, begin as a feed does, and HTTP does not say that they are something
/// else: most are. What they say themselves is of no weight, since every charset that is read by it has the same ASCII.
fn plain_feed(bytes: Vec<u8>, http: Option<&str>) -> Result<String, Vec<u8>> {
    let stated = http.and_then(|label| Encoding::for_label(label.as_bytes()));
    let begins = matches!(bytes.first(), Some(b'<' | b'{')) && unmarked_utf16(&bytes).is_none();
    if begins && stated.is_none_or(|stated| stated == UTF_8) {
        return String::from_utf8(bytes).map_err(FromUtf8Error::into_bytes);
    }
    Err(bytes)
}

fn is_sound(text: &str, replaced: usize) -> bool {
    let beyond_ascii = text.chars().filter(|c| !c.is_ascii()).count();
    beyond_ascii - replaced > SOUND_PER_BROKEN * replaced
}

/// Feeds come with NULs, blanks and line ends before a byte order mark or declaration.
fn from_first_tag(bytes: &[u8]) -> &[u8] {
    if Encoding::for_bom(bytes).is_some() || unmarked_utf16(bytes).is_some() {
        return bytes;
    }
    let blank = bytes.iter().take_while(|b| b.is_ascii_whitespace()).count();
    &bytes[blank..]
}

/// XML 1.0 appendix F: a mark of four bytes, or three zeros beside the first `<`. No library reads it.
fn utf_32(bytes: &[u8]) -> Option<String> {
    let number: fn([u8; 4]) -> u32 = match bytes {
        [0, 0, 0xFE, 0xFF, ..] | [0, 0, 0, b'<', ..] => u32::from_be_bytes,
        [0xFF, 0xFE, 0, 0, ..] | [b'<', 0, 0, 0, ..] => u32::from_le_bytes,
        _ => return None,
    };
    let characters = bytes.chunks_exact(4).map(|four| {
        let four = [four[0], four[1], four[2], four[3]];
        char::from_u32(number(four)).unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    Some(characters.filter(|c| *c != '\u{FEFF}').collect())
}

/// XML 1.0 appendix F: the zeros around the first `<` tell.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0, b'<', 0, ..] => Some(UTF_16BE),
        [b'<', 0, _, 0, ..] => Some(UTF_16LE),
        _ => None,
    }
}

fn declared(bytes: &[u8], http: Option<&str>) -> Option<&'static Encoding> {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let stated = || http.and_then(|label| Encoding::for_label(label.as_bytes()));
    // A page saved anew as UTF-8 keeps its old declaration; prose in another charset is practically never valid UTF-8.
    let plainly_utf_8 =
        || (!bytes.is_ascii() && std::str::from_utf8(bytes).is_ok()).then_some(UTF_8);
    marked.or_else(stated).or_else(plainly_utf_8).or_else(|| declared_inside(bytes))
}

fn declared_inside(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARATION_WITHIN)];
    let found = DECLARED.captures(head)?;
    let label = found.get(1).or_else(|| found.get(2))?.as_bytes();
    // A declaration that we could read byte by byte cannot be true of UTF-16 (WHATWG HTML §13.2.3.2).
    let encoding = Encoding::for_label(label)?;
    Some(if encoding.is_ascii_compatible() { encoding } else { UTF_8 })
}

fn guessed(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], http: Option<&str>) -> String {
        decode(bytes, http).unwrap().text
    }

    #[test]
    fn chinese_is_read_in_every_charset_it_comes_in() {
        let said = "中文网页的编码各不相同，这一段话应当读得出来。";
        let (gbk, _, _) = encoding_rs::GBK.encode(said);
        let page = |label: &str| [format!("<meta charset={label}>").as_bytes(), &gbk].concat();
        assert_eq!(text(&gbk, Some("gb2312")), said, "by header");
        assert!(text(&page("gbk"), None).ends_with(said), "by the page");
        assert_eq!(text(&gbk, None), said, "by a guess");
        assert_eq!(text(said.as_bytes(), None), said, "UTF-8 needs no word");
        let marked = [b"\xEF\xBB\xBF", said.as_bytes()].concat();
        assert_eq!(text(&marked, Some("gbk")), said, "a mark wins over the header, and is gone");
    }

    #[test]
    fn a_page_saved_anew_as_utf_8_is_not_read_by_its_old_declaration() {
        let said = "<meta charset=gbk>码头在去年冬天关了门。";
        assert_eq!(text(said.as_bytes(), None), said);
    }

    #[test]
    fn one_broken_character_is_replaced_and_named() {
        let bytes =
            [b"good ".repeat(500).as_slice(), b"\xFF", b" good".repeat(500).as_slice()].concat();
        let decoded = decode(&bytes, Some("utf-8")).unwrap();
        let note = decoded.note.unwrap();
        assert!(note.message.contains("1 broken UTF-8"), "{note}");
        assert!(note.message.contains("the 2501th"), "{note}");
    }

    #[test]
    fn a_feed_in_utf_8_with_a_broken_byte_is_not_read_as_something_else() {
        let feed = "<rss><title>码头在去年冬天关了门</title></rss>".as_bytes();
        let broken = [&feed[..12], b"\xC3(", &feed[12..]].concat();
        let decoded = decode_feed(broken, None);
        assert!(decoded.text.contains("码头在去年冬天关了门"), "{}", decoded.text);
        let (french, ..) =
            encoding_rs::WINDOWS_1252.encode("<rss><title>L’été à la jetée</title></rss>");
        assert!(decode_feed(french.into(), Some("utf-8")).text.contains("L’été à la jetée"));
    }

    #[test]
    fn a_plain_feed_is_not_copied_and_others_are_read_as_what_they_are_said_to_be() {
        let read = |bytes: &[u8], http| {
            let bytes = bytes.to_vec();
            let place = bytes.as_ptr();
            let decoded = decode_feed(bytes, http);
            (decoded.text.as_ptr() == place, decoded.text)
        };
        let feed = "<rss>é</rss>";
        assert_eq!(read(feed.as_bytes(), None), (true, feed.into()));
        assert_eq!(read(feed.as_bytes(), Some("utf-8")), (true, feed.into()));
        assert_eq!(read(b"<rss>e</rss>", None), (true, "<rss>e</rss>".into()));
        assert_eq!(read(feed.as_bytes(), Some("iso-8859-1")).1, "<rss>Ã©</rss>");
        let latin = b"<?xml version='1.0' encoding='iso-8859-1'?><rss>e</rss>";
        assert_eq!(read(latin, None).1.as_bytes(), latin);
        assert_eq!(read(b"<rss>\xE9</rss>", Some("latin1")).1, feed);
        let two: Vec<u8> = "<rss/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&two, None).1, "<rss/>");
    }

    #[test]
    fn bytes_that_are_not_what_they_are_said_to_be_are_refused() {
        let error = decode(&[0xFF; 300], Some("utf-8")).unwrap_err();
        assert!(error.contains("300 of 300 characters are not UTF-8"), "{error}");
    }
}
