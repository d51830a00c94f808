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
}
