//! People's names out of the words that pages wrap them in.

use std::sync::LazyLock;

use regex::Regex;

/// Longest name in characters; longer ones are sentences or lists that could not be split.
const MAX_NAME: usize = 60;

fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is fixed and tested")
}

static BYLINE: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?i)^\s*(?:(?:written|posted|reported|story|words|published|reviewed|text)?\s*by[:\s]\s*|von\s+|par\s+|文\s*[/|｜:：丨]\s*|(?:作者|撰文|记者|撰稿)\s*[/|｜:：丨]\s*)(.+)$",
    )
});
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?i)\s*(?:[,，、;；/&|｜•·\n\t]|\band\b|\bund\b|\bet\b|\bwith\b|\s和\s|\s与\s|\s{2,}|\u{3000})\s*",
    )
});
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    fixed(concat!(
        r"(?i)^(?:(?:senior|staff|chief|contributing|guest|associate|political|health|science|business|sports?|technology|foreign|freelance|digital|deputy|managing|executive|lead|news|special|media|data|investigative)\s+)*",
        r"(?:writers?|editors?|reporters?|correspondents?|contributors?|columnists?|journalists?|authors?|producers?|photographers?|ph\.?d\.?|m\.?d\.?|jr\.?|sr\.?|redakteur(?:in)?|redaktion)(?:\s.*)?$",
    ))
});
static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?i)\s*(?:[(（\[【<].*|\s[-–—]\s.*|\bfor\s.+|\bis an?\s.+|\bon\s+(?:\w+day|\w+ \d).*|(?:published|updated|posted)\b.*|\d{4}.*|(?:整理|编译|报道|摄影?|摄影报道|编辑)$)$",
    )
});

/// The names in a line that begins like a byline ("By …", "作者：…", "文/…"). Prose may begin so too ("By day it …"), hence
/// every part must be written as names are.
pub(super) fn byline(line: &str) -> Vec<String> {
    if line.chars().count() > 120 {
        return Vec::new();
    }
    let names = BYLINE.captures(line).map(|found| names(&found[1])).unwrap_or_default();
    if names.iter().all(|name| is_written_as_name(name)) { names } else { Vec::new() }
}

/// Words with capitals, save the particles of family names; scripts without capitals pass.
fn is_written_as_name(name: &str) -> bool {
    const PARTICLES: [&str; 18] = [
        "de", "del", "della", "der", "den", "van", "von", "vom", "zu", "la", "le", "du", "da",
        "dos", "di", "bin", "al", "y",
    ];
    name.split_whitespace()
        .all(|word| PARTICLES.contains(&word) || !word.starts_with(char::is_lowercase))
}

/// The names in a value that is known to hold authors.
pub(super) fn names(value: &str) -> Vec<String> {
    let value =
        BYLINE.captures(value).map_or_else(|| value.to_owned(), |found| found[1].to_owned());
    let mut names = Vec::new();
    for part in BETWEEN.split(&value) {
        if let Some(name) = name(part)
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

fn name(part: &str) -> Option<String> {
    let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
    let part = part.strip_prefix("By ").or_else(|| part.strip_prefix("by ")).unwrap_or(&part);
    let bare = TAIL.replace(part, "");
    let bare = bare.trim_matches(|c: char| c.is_whitespace() || "\"“”'：:。，,.@*-–—#".contains(c));
    (is_name(bare) && !ROLE.is_match(bare)).then(|| bare.to_owned())
}

fn is_name(text: &str) -> bool {
    let length = text.chars().count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let many_words = text.split_whitespace().count() > 6;
    (2..=MAX_NAME).contains(&length)
        && text.chars().any(char::is_alphabetic)
        && digits * 3 < length
        && !many_words
        && !text.contains("://")
        && !text.contains("www.")
        && !is_placeholder(text)
}

/// Accounts that publish without a person.
fn is_placeholder(text: &str) -> bool {
    matches!(
        text.to_lowercase().as_str(),
        "admin"
            | "administrator"
            | "staff"
            | "editor"
            | "editorial"
            | "unknown"
            | "anonymous"
            | "guest"
            | "null"
            | "undefined"
            | "author"
            | "webmaster"
            | "佚名"
            | "未知"
            | "不详"
            | "匿名"
            | "管理员"
            | "原创"
            | "转载"
            | "本站"
            | "小编"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_give_bare_names_in_order() {
        for (line, expected) in [
            ("By Jane Doe", vec!["Jane Doe"]),
            ("By Jane Doe and John Roe, Staff Writers", vec!["Jane Doe", "John Roe"]),
            ("Written by: Jane Doe, Ph.D.", vec!["Jane Doe"]),
            ("By Jane Doe for the Lantern", vec!["Jane Doe"]),
            ("作者：张三 李四", vec!["张三 李四"]),
            ("作者：张三、李四", vec!["张三", "李四"]),
            ("文/张三", vec!["张三"]),
            ("文｜张三（实习生）", vec!["张三"]),
            ("Bystanders saw it", vec![]),
            ("By day it blows up the valley and by night it falls", vec![]),
            ("By Ludwig van der Meer", vec!["Ludwig van der Meer"]),
            ("文化是一种力量", vec![]),
            ("By admin", vec![]),
        ] {
            assert_eq!(byline(line), expected, "{line}");
        }
    }
}
