//! What an operator looks for in articles: words as people write them, or regular expressions.

use std::fmt;

use regex::Regex;

/// Characters beside which a word may begin or end: those of no word, and those of scripts that are written without
/// spaces, where nothing marks a word's end.
const EDGE: &str =
    r"[^\p{L}\p{M}\p{N}]|[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]";

/// Something to look for in a text. Compiled once, when it is written down.
#[derive(Debug, Clone)]
pub struct Wording(Regex);

/// Text that cannot be looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWording {
    /// A keyword without a letter.
    #[error("expected a word")]
    Empty,
    /// Not a pattern, and why.
    #[error("expected a regular expression; {0}")]
    Pattern(String),
}

impl Wording {
    /// The whole word or words `keyword`, in upper or lower case: "art" is not found in "start". What is written without
    /// spaces is found wherever it stands.
    pub fn keyword(keyword: &str) -> Result<Self, InvalidWording> {
        let parts: Vec<String> = keyword.split_whitespace().map(regex::escape).collect();
        if parts.is_empty() {
            return Err(InvalidWording::Empty);
        }
        let words = parts.join(r"\s+");
        // An edge that is no letter ("C++", ".NET") is its own end, and so is one of an unspaced script.
        let edge = |c: Option<char>, limit: &str| {
            let is_open = c.is_none_or(is_edge);
            if is_open { String::new() } else { format!("(?:{limit}|{EDGE})") }
        };
        let trimmed = keyword.trim();
        let (before, after) =
            (edge(trimmed.chars().next(), "^"), edge(trimmed.chars().next_back(), "$"));
        compiled(&format!("(?i){before}{words}{after}"))
    }

    /// The regular expression `pattern`, taken as it is.
    pub fn pattern(pattern: &str) -> Result<Self, InvalidWording> {
        compiled(pattern)
    }

    /// Whether `text` holds it.
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

fn is_edge(c: char) -> bool {
    let mut buffer = [0; 4];
    Regex::new(EDGE).is_ok_and(|edge| edge.is_match(c.encode_utf8(&mut buffer)))
}

fn compiled(pattern: &str) -> Result<Wording, InvalidWording> {
    Regex::new(pattern).map(Wording).map_err(|error| {
        // The reasons are many lines with a drawing; the last one says it.
        let last = error.to_string().lines().last().unwrap_or_default().to_owned();
        InvalidWording::Pattern(last)
    })
}

/// Two are the same when they are written the same.
impl PartialEq for Wording {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Wording {}

impl fmt::Display for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_is_a_whole_word_in_any_case_and_any_script() {
        let table = [
            ("art", "Modern Art, shown", true),
            ("art", "the start of it", false),
            ("art", "a cart", false),
            ("art", "art", true),
            ("灯塔", "老灯塔重亮了", true),
            ("rust", "他用Rust写的", true),
            ("C++", "written in c++17", true),
            ("éco", "ECO", false),
            ("ÉCO", "l'éco du jour", true),
            ("a.b", "axb", false),
            ("New  York", "in new\nyork today", true),
        ];
        for (keyword, text, expected) in table {
            let found = Wording::keyword(keyword).unwrap().is_in(text);
            assert_eq!(found, expected, "{keyword:?} in {text:?}");
        }
    }

    #[test]
    fn what_cannot_be_looked_for_is_refused_with_a_reason() {
        assert_eq!(Wording::keyword(" \t").unwrap_err(), InvalidWording::Empty);
        let error = Wording::pattern("ferr(y|ies").unwrap_err().to_string();
        assert_eq!(error, "expected a regular expression; error: unclosed group");
    }
}
