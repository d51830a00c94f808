//! Text whose bytes were read with the wrong charset: Chinese bytes that became accented letters are read again.

use std::borrow::Cow;

use encoding_rs::{GBK, WINDOWS_1252};

/// Accented letters in a row that no language written in Latin letters has.
const RUN: usize = 8;
/// Such runs that leave no doubt.
const RUNS: usize = 4;

/// The text as it was meant.
pub(super) fn repaired(text: &str) -> Cow<'_, str> {
    if !is_misread(text) {
        return text.into();
    }
    let (bytes, _, has_other) = WINDOWS_1252.encode(text);
    let (meant, has_broken) = GBK.decode_without_bom_handling(&bytes);
    let is_chinese = |c: &char| matches!(c, '\u{4E00}'..='\u{9FFF}');
    let chinese = meant.chars().filter(is_chinese).count();
    let others = meant.chars().filter(|c| c.is_alphabetic() && !c.is_ascii() && !is_chinese(c));
    // A page may be cut in the middle of a character; more broken ones mean another charset.
    let broken = meant.chars().filter(|c| *c == '\u{FFFD}').count();
    let is_better = !has_other && (!has_broken || broken * 200 < chinese);
    if is_better && others.count() * 10 < chinese { meant.into_owned().into() } else { text.into() }
}

/// Whether most of what is not ASCII stands in long runs of the letters that bytes above 0xA0 become.
fn is_misread(text: &str) -> bool {
    // Most pages are told apart by a count that costs next to nothing.
    if leads(text.as_bytes()) < RUN * RUNS {
        return false;
    }
    let (mut run, mut runs) = (0, 0);
    let mut bytes = text.bytes();
    // In UTF-8 the letters from U+00A1 to U+00FF begin with C2 or C3, and what lies beyond U+2FFF with E3 or more.
    while let Some(byte) = bytes.next() {
        let is_letter = match byte {
            0xC2 => bytes.next() >= Some(0xA1),
            0xC3 => bytes.next().is_some(),
            0x80..=0xBF => continue,
            0xE3.. => return false,
            _ => false,
        };
        run = if is_letter { run + 1 } else { 0 };
        runs += usize::from(run == RUN);
        if runs == RUNS {
            return true;
        }
    }
    false
}

/// Bytes that begin a letter from U+00A0 to U+00FF; counted in parts so short that a byte holds the count.
fn leads(bytes: &[u8]) -> usize {
    let count = |part: &[u8]| part.iter().map(|byte| u8::from(byte & 0xFE == 0xC2)).sum::<u8>();
    bytes.chunks(usize::from(u8::MAX)).map(|part| usize::from(count(part))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_read_as_latin_is_read_again_and_french_is_left_alone() {
        let meant = "旧灯塔的新用途，海风把门吹开了。 <p>守塔的人没有回来</p>\n".repeat(20);
        let bytes = GBK.encode(&meant).0;
        let misread = WINDOWS_1252.decode_without_bom_handling(&bytes).0;
        assert_eq!(repaired(&misread), meant);
        let french = "L’été où l’élève zélée créée à Orléans a été âgée ".repeat(50);
        assert_eq!(repaired(&french), french);
    }
}
