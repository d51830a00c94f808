//! The shapes of single lines in flattened text: separators, bullets, prose, lists of short tokens.

use std::sync::LazyLock;

use regex::Regex;
use unicode_width::UnicodeWidthStr;

/// Columns of a line that may be a heading or a title; a Han character takes two.
pub(super) const MAX_TITLE_WIDTH: usize = 160;
/// Columns of a token that may be a topic: six Han characters and a sign between, or two Latin words.
const MAX_TOKEN_WIDTH: usize = 20;

/// A line of marks that only parts what stands above and below.
pub(super) fn is_separator(line: &str) -> bool {
    !line.is_empty()
        && line.chars().all(|c| c.is_whitespace() || "|｜│·•●○◆◇■□▪-–—―_*=~/\\>»›.…".contains(c))
}

/// The text behind a bullet or a number, if the line begins with one.
pub(super) fn list_item(line: &str) -> Option<&str> {
    static BULLET: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:[-*•●○▪◦‣·]\s+|\(?\d{1,2}[.)、]\s+|[（(]\d{1,2}[)）]\s*)(\S.*)$")
            .expect("the pattern is fixed and tested")
    });
    BULLET.captures(line).and_then(|found| found.get(1)).map(|m| m.as_str())
}

/// Whether the line closes as a sentence does. A question or an exclamation may be a title.
pub(super) fn ends_like_prose(line: &str) -> bool {
    let bare = line.trim_end_matches(['"', '”', '’', '\'', '」', '』', ')', '）', ']']);
    bare.ends_with(['。', '.', ';', '；', ',', '，', ':', '：', '、']) && !bare.ends_with("...")
}

/// Columns on a terminal.
pub(super) fn width(line: &str) -> usize {
    line.width()
}

/// How surely a line is a list of topics and not a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TagLikeness {
    /// It is prose, or too long.
    No,
    /// Its tokens are short, but a short title's are too.
    Maybe,
    /// Several short tokens in a script that writes titles without spaces, or parted by marks.
    Surely,
}

/// How much the line looks like a list of topics.
pub(super) fn tag_likeness(line: &str) -> TagLikeness {
    let marks = ['/', '#', ',', '，', '、'];
    let tokens: Vec<&str> = line
        .split(|c: char| c.is_whitespace() || marks.contains(&c))
        .filter(|t| !t.is_empty())
        .collect();
    let sentence = line
        .contains(['。', '!', '！', '?', '？', ':', '：', ';', '；', '|', '"', '“', '《', '【']);
    let short = tokens.iter().all(|token| token.width() <= MAX_TOKEN_WIDTH);
    let has_function_word =
        tokens.iter().any(|token| FUNCTION_WORDS.contains(&token.to_lowercase().as_str()));
    if tokens.is_empty()
        || tokens.len() > 8
        || sentence
        || !short
        || has_function_word
        || ends_like_prose(line)
    {
        return TagLikeness::No;
    }
    let han = |token: &str| token.chars().all(|c| matches!(c, '\u{4E00}'..='\u{9FFF}'));
    let spaced_han = tokens.iter().filter(|token| han(token)).count() >= 2;
    if spaced_han || line.contains('#') { TagLikeness::Surely } else { TagLikeness::Maybe }
}

/// English titles hardly ever do without one of these; lists of topics always do.
const FUNCTION_WORDS: [&str; 34] = [
    "a", "an", "the", "of", "to", "in", "on", "for", "with", "and", "or", "is", "are", "was",
    "how", "why", "what", "when", "who", "your", "you", "my", "our", "its", "from", "by", "at",
    "as", "into", "over", "after", "has", "have", "will",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_and_bullets_are_told_from_text() {
        for line in ["|", "｜", "---", "•", "* * *", "====", "·"] {
            assert!(is_separator(line), "{line}");
        }
        assert!(!is_separator("- one"));
        assert_eq!(list_item("- one two"), Some("one two"));
        assert_eq!(list_item("2) two"), Some("two"));
        assert_eq!(list_item("2024-05-06"), None);
        assert_eq!(list_item("3.5 metres"), None);
    }

    #[test]
    fn topics_are_told_from_titles() {
        for (line, likeness) in [
            ("机器学习/深度学习 人工智能 算法", TagLikeness::Surely),
            ("缓存 测试技术 C++", TagLikeness::Surely),
            ("API", TagLikeness::Maybe),
            ("Gardening, Soil", TagLikeness::Maybe),
            ("How to grow tomatoes", TagLikeness::No),
            ("没有等来一场雨,却等来了彩虹和一整个春天的花", TagLikeness::No),
            ("河水上涨了吗?", TagLikeness::No),
        ] {
            assert_eq!(tag_likeness(line), likeness, "{line}");
        }
    }
}
