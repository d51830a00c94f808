//! What a page tells of its article besides the words: licence, reading time, counters.

use std::sync::LazyLock;

use dom_query::{Document as Page, NodeRef};
use regex::Regex;

use super::{counters, dom};
use crate::domain::Facts;

/// Latin words that people read in a minute, silently and for sense.
const WORDS_A_MINUTE: usize = 230;
/// Han characters and kana that they read in a minute.
const HAN_A_MINUTE: usize = 400;
/// Characters of a line that states one of these facts and nothing else.
const MAX_LINE: usize = 60;

static MINUTES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\W*(?:(?:est(?:imated|\.)?\s+)?read(?:ing)? time:?\s*)?(?:约|预计|大约)?\s*(\d{1,3})[\s-]*(?:min(?:ute)?s?\.?\s*(?:read(?:ing)?(?: time)?|to read)|分钟(?:阅读|读完)|min(?:uten)? lesezeit|min de (?:lecture|lectura|leitura))\W*$",
        r"|^(?:阅读时长|阅读时间|预计阅读(?:时间)?|reading time|read time)\s*[:：]?\s*约?\s*(\d{1,3})\s*(?:分钟|min(?:ute)?s?)\W*$",
    ))
    .expect("the pattern is fixed and tested")
});

/// The facts that a page states.
pub(super) fn stated(page: &Page, lines: &[String], title: Option<&str>) -> Facts {
    let mut facts = Facts { licence: licence(page), ..Facts::default() };
    // Bytes rule out most lines before characters are counted.
    let short = |line: &&String| line.len() <= 4 * MAX_LINE && line.chars().count() <= MAX_LINE;
    let counts = |line: &&String| line.contains(|c: char| c.is_ascii_digit());
    let mut numbered = lines.iter().filter(counts).filter(short);
    facts.reading_minutes = numbered.find_map(|line| minutes(line));
    // Counters far from the title belong to other articles.
    let at = title.and_then(|title| lines.iter().rposition(|line| line == title));
    for line in at.map_or(&[][..], |at| &lines[at..]).iter().take(8).filter(short) {
        if let Some(counts) = counters::within(line) {
            facts.views = facts.views.or(counts.views);
            facts.comments = facts.comments.or(counts.comments);
        }
    }
    facts
}

fn minutes(line: &str) -> Option<u32> {
    // Every way of saying it has one of these.
    if !["min", "Min", "MIN", "分钟"].iter().any(|word| line.contains(word)) {
        return None;
    }
    let found = MINUTES.captures(line)?;
    let number = found.get(1).or(found.get(2))?.as_str().parse().ok()?;
    (number > 0).then_some(number)
}

/// The page's own licence: `rel=license` is the web's word for it.
fn licence(page: &Page) -> Option<String> {
    let linked =
        |name| dom::named(page, name).into_iter().find(|it| dom::is_related(it, "license"));
    let address = linked("link").or_else(|| linked("a")).and_then(|link| link.attr("href"));
    let is_stated = |meta: &NodeRef<'_>| {
        meta.attr("name")
            .is_some_and(|name| ["dcterms.license", "dc.rights.license"].contains(&name.trim()))
    };
    let told = || dom::named(page, "meta").into_iter().find(is_stated)?.attr("content");
    let licence = address.or_else(told)?;
    Some(licence.trim().to_owned()).filter(|licence| !licence.is_empty())
}

/// Minutes that the text takes, words and Han characters each at their own pace; none for a text of a few lines.
pub(super) fn reading_minutes(text: &str) -> Option<u32> {
    let is_han = |c: char| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}');
    let han = text.chars().filter(|c| is_han(*c)).count();
    let words = text
        .split(|c: char| c.is_whitespace() || is_han(c))
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count();
    let seconds = han * 60 / HAN_A_MINUTE + words * 60 / WORDS_A_MINUTE;
    (seconds >= 20).then(|| u32::try_from((seconds + 30) / 60).unwrap_or(u32::MAX).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_characters_are_read_at_their_own_pace() {
        assert_eq!(reading_minutes(&"word ".repeat(690)), Some(3));
        assert_eq!(reading_minutes(&"河".repeat(1200)), Some(3));
        assert_eq!(reading_minutes("A few words only."), None);
    }

    #[test]
    fn stated_minutes_are_taken_and_sentences_about_minutes_are_not() {
        for (line, expected) in [
            ("5 min read", Some(5)),
            ("Reading time: 7 minutes", Some(7)),
            ("约 6 分钟阅读", Some(6)),
            ("阅读时长：4分钟", Some(4)),
            ("5 minutes later it rained", None),
            ("15 minutes", None),
        ] {
            assert_eq!(minutes(line), expected, "{line}");
        }
    }
}
