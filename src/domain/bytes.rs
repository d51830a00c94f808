//! Looks at a text many bytes at a time. What is wanted must be told without branches (`|`, not `||`): with them it is slow.

#![expect(clippy::needless_bitwise_bool, reason = "see above")]

/// Bytes that are looked at together.
const TOGETHER: usize = 32;
/// With the two that follow them.
const WINDOW: usize = TOGETHER + 2;

/// Where the first byte of `text` stands that `is_wanted`.
pub fn find_byte(text: &str, is_wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let has_none =
        |chunk: &&[u8; TOGETHER]| !chunk.iter().fold(false, |any, byte| any | is_wanted(*byte));
    let passed = TOGETHER * bytes.as_chunks().0.iter().take_while(has_none).count();
    let place = bytes[passed..].iter().position(|byte| is_wanted(*byte))?;
    Some(passed + place)
}

/// Whether three bytes in a row `are_wanted` anywhere in `text`. Behind its last byte stand letters.
pub fn has_bytes(text: &str, are_wanted: impl Fn(u8, u8, u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    (0..bytes.len()).step_by(TOGETHER).any(|at| {
        let rest = &bytes[at..];
        let mut last = [b'a'; WINDOW];
        let window = rest.first_chunk().unwrap_or_else(|| {
            last[..rest.len()].copy_from_slice(rest);
            &last
        });
        let mut found = [false; TOGETHER];
        for at in 0..TOGETHER {
            found[at] = are_wanted(window[at], window[at + 1], window[at + 2]);
        }
        found.iter().fold(false, |any, found| any | found)
    })
}

/// Whether all white space of `text` is single spaces. What stands at its ends is seen as well.
pub fn is_evenly_spaced(text: &str) -> bool {
    !text.starts_with(' ') && !text.ends_with(' ') && !has_bytes(text, begin_other_space)
}

/// Whether `a`, `b` and `c` begin white space that is not one space: two spaces, a control character, and the white space
/// beyond ASCII in UTF-8.
#[inline]
pub fn begin_other_space(a: u8, b: u8, c: u8) -> bool {
    let two = (a == 0xC2) & ((b == 0x85) | (b == 0xA0));
    let general = (b == 0x80) & ((c <= 0x8A) | (c == 0xA8) | (c == 0xA9) | (c == 0xAF));
    let three = ((a == 0xE1) & (b == 0x9A) & (c == 0x80))
        | ((a == 0xE2) & (general | ((b == 0x81) & (c == 0x9F))))
        | ((a == 0xE3) & (b == 0x80) & (c == 0x80));
    (a < b' ') | ((a == b' ') & (b == b' ')) | two | three
}

/// Letters of a word that are told at once: those that a number holds.
pub const TOLD_AT_ONCE: usize = 8;

/// The letters and digits of ASCII that `bytes` begin with, in lower case and as one number, the first lowest, and how many
/// they are, [`TOLD_AT_ONCE`] at most. Told byte by byte, each word would end where no processor expects it.
pub fn opening_word(bytes: &[u8]) -> (u64, usize) {
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; TOLD_AT_ONCE])
    }
    const HIGHEST: u64 = each(0x80);
    let mut first = [0; TOLD_AT_ONCE];
    match bytes.first_chunk() {
        Some(chunk) => first = *chunk,
        None => first[..bytes.len()].copy_from_slice(bytes),
    }
    let bytes = u64::from_le_bytes(first);
    // The highest bit of each byte is left free to tell what it is: nothing is carried into the next.
    let (low, is_ascii) = (bytes & !HIGHEST, !bytes & HIGHEST);
    let lower = low | each(b' ');
    let reach = |bytes: u64, least: u8| bytes + each(0x80 - least);
    let are_among = |bytes: u64, first: u8, last: u8| reach(bytes, first) & !reach(bytes, last + 1);
    let letters = (are_among(lower, b'a', b'z') | are_among(low, b'0', b'9')) & is_ascii;
    let bits = (!letters & HIGHEST).trailing_zeros() & !7;
    (lower & !u64::MAX.checked_shl(bits).unwrap_or(0), bits as usize / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_where_it_stands_first() {
        for length in 0..100 {
            let text = "é".repeat(length / 2) + &"x".repeat(length % 2);
            assert_eq!(find_byte(&text, |byte| byte == b'<'), None);
            assert_eq!(find_byte(&format!("{text}<b><"), |byte| byte == b'<'), Some(text.len()));
        }
    }

    #[test]
    fn every_white_space_that_is_not_one_space_is_seen_wherever_it_stands() {
        let blanks = (0..=0xFFFF).filter_map(char::from_u32).filter(|c| c.is_whitespace());
        for blank in blanks.map(String::from).chain(["  ".into()]) {
            for length in 0..100 {
                let text = format!("{}{blank}b c", "a".repeat(length));
                assert_eq!(is_evenly_spaced(&text), blank == " " && length > 0, "{text:?}");
            }
        }
        for text in ["", "a", "a b", "one — two… “three” 四、五。", "naïve\u{200B} Ĳ\u{2060}"]
        {
            assert!(is_evenly_spaced(text), "{text}");
        }
        assert!(!is_evenly_spaced("a "));
    }

    #[test]
    fn the_opening_word_is_told_in_lower_case_and_ends_before_what_is_no_letter() {
        for byte in 0..=u8::MAX {
            for length in 0..=TOLD_AT_ONCE {
                let bytes = [&b"Ab9zZ0aX"[..length], &[byte], b"b!"].concat();
                let word =
                    bytes.iter().take(TOLD_AT_ONCE).take_while(|b| b.is_ascii_alphanumeric());
                let word: Vec<u8> = word.map(u8::to_ascii_lowercase).collect();
                let (letters, count) = opening_word(&bytes);
                assert_eq!((&letters.to_le_bytes()[..count], count), (&word[..], word.len()));
                assert!(letters.to_le_bytes()[count..].iter().all(|letter| *letter == 0));
            }
        }
        assert_eq!(opening_word(b""), (0, 0));
    }
}
