//! Counts of reads and comments as pages show them: bare, grouped, shortened (1.2万, 3.4k), with or without words.

use std::sync::LazyLock;

use regex::Regex;

/// What a line of counters said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counters {
    pub views: Option<u64>,
    pub comments: Option<u64>,
    /// Whether some number stood there that nothing explains.
    pub unexplained: bool,
}

const NUMBER: &str = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?";

static BARE: LazyLock<Regex> = LazyLock::new(|| {
    fixed(&format!(r"(?i)^(?:{NUMBER})\s?[万亿km]?\+?(?:\s+(?:{NUMBER})\s?[万亿km]?\+?){{0,2}}$"))
});
static ONE: LazyLock<Regex> = LazyLock::new(|| fixed(&format!(r"(?i)({NUMBER})\s?([万亿km]?)\+?")));
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    let number = format!(r"(?:{NUMBER})\s?[万亿km]?\+?");
    fixed(&format!(
        r"(?i)(?:(?P<after>{number})\s?(?:次|人|条|个)?\s?(?P<word1>阅读量?|浏览量?|点击量?|播放量?|围观|读过|views?|reads?|评论|回复|comments?|replies)|(?P<word2>阅读量?|阅读数|浏览量?|浏览次数|点击量?|点击数|播放量?|views?|reads?|评论数?|回复数?|comments?|replies)\s?[:：(（]?\s?(?P<before>{number})\s?(?:次|人|条)?[)）]?)"
    ))
});

fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is fixed and tested")
}

/// Reads `text` if it is counters and nothing else.
pub(super) fn whole(text: &str) -> Option<Counters> {
    let text = text.trim();
    if text.is_empty() || text.len() > 80 {
        return None;
    }
    if BARE.is_match(text) { Some(bare(text)) } else { labelled(text) }
}

/// Reads `text` if it is counters with the words that say what they count; in markup a bare number may count anything.
pub(super) fn labelled(text: &str) -> Option<Counters> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    let rest = LABELLED.replace_all(text, "");
    let only_labelled = rest
        .chars()
        .all(|c| c.is_whitespace() || c.is_ascii_punctuation() || "·•｜，、".contains(c));
    (only_labelled && LABELLED.is_match(text)).then(|| by_labels(text))
}

/// Whether `text` is one number and nothing else.
pub(super) fn is_number(text: &str) -> bool {
    ONE.find(text.trim()).is_some_and(|found| found.len() == text.trim().len())
}

/// The counters with words that a line near the title holds beside other things.
pub(super) fn within(line: &str) -> Option<Counters> {
    LABELLED.is_match(line).then(|| by_labels(line))
}

/// Two bare numbers are reads and comments, as pages order them; of three only the first is certain.
fn bare(text: &str) -> Counters {
    let numbers: Vec<u64> = ONE.captures_iter(text).filter_map(|c| scaled(&c[1], &c[2])).collect();
    match numbers.as_slice() {
        [views, comments] => {
            Counters { views: Some(*views), comments: Some(*comments), unexplained: false }
        }
        [views] => Counters { views: Some(*views), comments: None, unexplained: false },
        [views, ..] => Counters { views: Some(*views), comments: None, unexplained: true },
        [] => Counters { unexplained: true, ..Counters::default() },
    }
}

fn by_labels(text: &str) -> Counters {
    let mut counters = Counters::default();
    for found in LABELLED.captures_iter(text) {
        let word =
            found.name("word1").or(found.name("word2")).map_or("", |m| m.as_str()).to_lowercase();
        let number = found.name("after").or(found.name("before")).and_then(|m| count(m.as_str()));
        if ["评", "回", "comm", "repl"].iter().any(|start| word.starts_with(start)) {
            counters.comments = counters.comments.or(number);
        } else {
            counters.views = counters.views.or(number);
        }
    }
    counters
}

/// The number that begins `text`.
fn count(text: &str) -> Option<u64> {
    let found = ONE.captures(text)?;
    scaled(&found[1], &found[2])
}

fn scaled(number: &str, unit: &str) -> Option<u64> {
    let scale: u64 = match unit.to_lowercase().as_str() {
        "万" => 10_000,
        "亿" => 100_000_000,
        "k" => 1_000,
        "m" => 1_000_000,
        _ => 1,
    };
    let number = number.replace(',', "");
    // Decimals are scaled digit by digit: 1.2万 is 12,000 exactly, which floating point would not promise.
    let (whole, part) = number.split_once('.').unwrap_or((&number, ""));
    let mut total = whole.parse::<u64>().ok()?.checked_mul(scale)?;
    let mut place = scale;
    for digit in part.bytes() {
        place /= 10;
        total = total.checked_add(u64::from(digit - b'0') * place)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(views: Option<u64>, comments: Option<u64>) -> Counters {
        Counters { views, comments, unexplained: false }
    }

    #[test]
    fn counters_are_read_bare_shortened_and_labelled() {
        for (text, views, comments) in [
            ("39 0", Some(39), Some(0)),
            ("51", Some(51), None),
            ("1.2万 3", Some(12_000), Some(3)),
            ("3.4k", Some(3_400), None),
            ("1,234 56", Some(1_234), Some(56)),
            ("阅读 1.2万 · 评论 3", Some(12_000), Some(3)),
            ("39 views, 2 comments", Some(39), Some(2)),
            ("Comments (7)", None, Some(7)),
            ("120次浏览", Some(120), None),
        ] {
            assert_eq!(whole(text), Some(counters(views, comments)), "{text}");
        }
    }

    #[test]
    fn of_three_bare_numbers_only_the_first_is_certain() {
        assert_eq!(
            whole("9 8 7"),
            Some(Counters { views: Some(9), comments: None, unexplained: true })
        );
    }

    #[test]
    fn words_with_numbers_are_no_counters() {
        for text in ["GPT-4", "7 tips for tomatoes", "2024-05-06", "top 10", "1 2 3 4"] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
