//! Numbers written as words: Chinese numerals of any everyday size, small English ones.

fn digit(c: char) -> Option<u32> {
    "〇一二三四五六七八九"
        .chars()
        .position(|d| d == c)
        .or(match c {
            '零' | '○' => Some(0),
            '两' => Some(2),
            _ => None,
        })
        .and_then(|d| u32::try_from(d).ok())
}

/// Whether `c` is a Chinese digit.
pub(super) fn is_digit(c: char) -> bool {
    c > '\u{24FF}' && (digit(c).is_some() || matches!(c, '十' | '百' | '半'))
}

/// Reads `27`, `二十七`, `一百零五` or, digit by digit, `二〇二四`.
pub(super) fn chinese(text: &str) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    if text.chars().count() > 1 && text.chars().all(|c| digit(c).is_some()) {
        return text.chars().try_fold(0_u32, |sum, c| sum.checked_mul(10)?.checked_add(digit(c)?));
    }
    let (mut total, mut pending) = (0, None);
    for c in text.chars() {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ => {
                pending = Some(digit(c)?);
                continue;
            }
        };
        // 十二 is twelve: a unit without a digit counts once.
        total += pending.take().unwrap_or(1) * unit;
    }
    Some(total + pending.unwrap_or(0))
}

/// Reads `3`, `a`, `an`, `one` … `twelve`.
pub(super) fn english(text: &str) -> Option<u32> {
    const WORDS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let word = text.to_ascii_lowercase();
    if matches!(word.as_str(), "a" | "an") {
        return Some(1);
    }
    let spelled = WORDS.iter().position(|w| *w == word).and_then(|at| u32::try_from(at + 1).ok());
    spelled.or_else(|| word.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_read_as_spoken_or_digit_by_digit() {
        for (text, number) in [
            ("七", 7),
            ("十", 10),
            ("十二", 12),
            ("二十七", 27),
            ("一百零五", 105),
            ("二〇二四", 2024),
            ("两", 2),
            ("30", 30),
        ] {
            assert_eq!(chinese(text), Some(number), "{text}");
        }
        assert_eq!(chinese("几"), None);
        assert_eq!(english("Two"), Some(2));
        assert_eq!(english("some"), None);
    }
}
