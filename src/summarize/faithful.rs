//! Whether a summary that somebody else wrote keeps to its text: nothing in it that the text does not say. When in doubt it
//! does not: the sentences of the text stand ready in its place.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;

use super::stems::{is_stop_word, stem};
use super::terms::{is_han, size};

/// What a summary brings in that its text does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unfaithful {
    /// Nothing was said.
    #[error("it is empty")]
    Empty,
    /// More than was asked for.
    #[error("it has {0} words where {1} were asked for")]
    TooLong(usize, usize),
    /// A number.
    #[error("it brings in the number {0}")]
    Number(String),
    /// A name.
    #[error("it brings in the name {0}")]
    Name(String),
    /// An address.
    #[error("it brings in the link {0}")]
    Link(String),
    /// Markup, which no text part can show.
    #[error("it holds markup")]
    Markup,
}

static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:https?://|www\.|mailto:)\S+|\b[a-z0-9.-]+\.[a-z]{2,}\b(?:/\S*)?|\b\S+@\S+\b",
    )
    .expect("the pattern is fixed and tested")
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d+(?:[.,]\d+)*|[一二三四五六七八九十百千万亿两零〇]{2,}|[一二三四五六七八九两十][万亿千百]")
        .expect("the pattern is fixed and tested")
});
static WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[[\p{L}\p{M}\p{N}'’\-]&&[^\p{Han}\p{Hiragana}\p{Katakana}]]+")
        .expect("the pattern is fixed and tested")
});
static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"</?[a-zA-Z]|\*\*|```|^#|\]\(").expect("the pattern is fixed and tested")
});

/// What ends a sentence or a quotation rather than an address.
const CLOSING: [char; 10] = ['.', ',', ';', ':', '!', '?', ')', '"', '”', '。'];

/// Numbers that English writes as words; "one" is as often a pronoun.
const NUMBER_WORDS: &str = " two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen \
seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion \
trillion half double triple dozen ";

/// How much longer than asked for a summary may be; counting words is not what models are good at.
const SLACK: usize = 2;

/// Checks `summary` against the `text` it was made of, its heading and title included, and the length asked for.
pub fn check(summary: &str, text: &str, budget: usize) -> Result<(), Unfaithful> {
    // Full-width digits and letters are the same digits and letters.
    let (summary, text) = (folded(summary), folded(text));
    let tokens = size(&summary).tokens();
    if tokens == 0 {
        return Err(Unfaithful::Empty);
    }
    if tokens > budget * SLACK {
        return Err(Unfaithful::TooLong(tokens, budget));
    }
    if MARKUP.is_match(&summary) {
        return Err(Unfaithful::Markup);
    }
    let lower = text.to_lowercase();
    let mut links = LINK.find_iter(&summary).map(|m| m.as_str().trim_end_matches(CLOSING));
    if let Some(link) = links.find(|link| !lower.contains(&link.to_lowercase())) {
        return Err(Unfaithful::Link(link.to_owned()));
    }
    let known = Known::of(&text);
    if let Some(number) = numbers(&summary).find(|number| !known.has_number(number)) {
        return Err(Unfaithful::Number(number));
    }
    match foreign_word(&summary, &known).or_else(|| foreign_han(&summary, &text)) {
        Some(name) => Err(Unfaithful::Name(name)),
        None => Ok(()),
    }
}

fn folded(text: &str) -> String {
    text.nfkc().collect()
}

struct Known {
    numbers: HashSet<String>,
    words: HashSet<String>,
    stems: HashSet<String>,
}

impl Known {
    fn of(text: &str) -> Self {
        let words: HashSet<String> = words(text).map(|(_, word)| word.to_lowercase()).collect();
        let stems = words.iter().map(|word| stem(word).to_owned()).collect();
        Self { numbers: numbers(text).collect(), words, stems }
    }

    fn has_number(&self, number: &str) -> bool {
        self.numbers.contains(number)
    }
}

/// Numbers in digits, in Chinese characters, and in English words, each in one spelling.
fn numbers(text: &str) -> impl Iterator<Item = String> {
    let written = NUMBER.find_iter(text).map(|m| m.as_str().replace(',', ""));
    let spelled = words(text).map(|(_, word)| word.to_lowercase());
    written.chain(spelled.filter(|word| NUMBER_WORDS.contains(&format!(" {word} "))))
}

/// Words with the places at which they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    WORD.find_iter(text).map(|m| (m.start(), m.as_str().trim_matches(['\'', '’', '-'])))
}

/// A word in capitals that the text does not have. Where a sentence begins every word has one: there it is enough that the
/// text has another form of the word, or that it is one of those that every text has.
fn foreign_word(summary: &str, known: &Known) -> Option<String> {
    words(summary).find_map(|(at, word)| {
        let lower = word.to_lowercase();
        let base = lower.trim_end_matches("'s").trim_end_matches("’s");
        let has_capital = word.chars().any(char::is_uppercase);
        if !has_capital || known.words.contains(&lower) || known.words.contains(base) {
            return None;
        }
        let parts_known = base.contains('-') && base.split('-').all(|p| known.words.contains(p));
        let begins = begins_sentence(&summary[..at]);
        let is_plain = begins
            && word.chars().skip(1).all(|c| !c.is_uppercase())
            && (is_stop_word(&lower) || known.stems.contains(stem(&lower)));
        (!parts_known && !is_plain).then(|| word.to_owned())
    })
}

fn begins_sentence(before: &str) -> bool {
    let before = before.trim_end_matches(|c: char| c.is_whitespace() || "\"'“‘(（「『".contains(c));
    before.is_empty() || before.ends_with(['.', '!', '?', '。', '！', '？', ':', '：'])
}

/// Han characters of which every text is made; two of them side by side are no name.
const EVERYWHERE: &str = "的一是了和与及等人们在由被将把对为以于其这那有也都并而且或但则因所从到向自此后前中上下内外不可能会要说者个";

/// Han characters beside one another none of which stands in the text: names come so, other words seldom.
fn foreign_han(summary: &str, text: &str) -> Option<String> {
    let known: HashSet<char> = text.chars().chain(EVERYWHERE.chars()).collect();
    let mut run = String::new();
    for c in summary.chars().chain(['。']) {
        if is_han(c) && !known.contains(&c) {
            run.push(c);
        } else if run.chars().count() >= 2 {
            return Some(run);
        } else {
            run.clear();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "The harbour council of Port Ellen voted on Tuesday to buy two electric ferries for 3,500,000 pounds. \
        Researchers from the university measured the noise. See https://port.example/ferries for the plans.";
    const CHINESE: &str =
        "停用十一年的灯塔今年夏天重新亮了起来。林晓海和八位工程师完成了修复，花费12万元。";

    #[test]
    fn what_keeps_to_the_text_is_accepted() {
        for (summary, text) in [
            ("Port Ellen's council buys two electric ferries for 3500000 pounds.", ENGLISH),
            (
                "Councils measured the noise. The plans are at https://port.example/ferries.",
                ENGLISH,
            ),
            ("They voted on Tuesday.", ENGLISH),
            ("灯塔停用十一年后，由林晓海等人修复，花费１２万元。", CHINESE),
        ] {
            assert_eq!(check(summary, text, 40), Ok(()), "{summary}");
        }
    }

    #[test]
    fn what_it_brings_in_is_named() {
        let name = |n: &str| Unfaithful::Name(n.into());
        let number = |n: &str| Unfaithful::Number(n.into());
        let link = |n: &str| Unfaithful::Link(n.into());
        for (summary, text, expected) in [
            ("The council of Port Ellen buys 3 ferries.", ENGLISH, number("3")),
            ("The council buys three ferries.", ENGLISH, number("three")),
            ("The ferries cost 35 million pounds.", ENGLISH, number("35")),
            ("The council of Glasgow buys ferries.", ENGLISH, name("Glasgow")),
            ("Siemens builds the ferries.", ENGLISH, name("Siemens")),
            ("The ferries run on AI.", ENGLISH, name("AI")),
            ("See https://elsewhere.example/x.", ENGLISH, link("https://elsewhere.example/x")),
            ("Read more at ferries.example.com.", ENGLISH, link("ferries.example.com")),
            ("修复花费二十万元。", CHINESE, number("二十万")),
            ("张三丰完成了修复。", CHINESE, name("张三丰")),
            ("Google修复了灯塔。", CHINESE, name("Google")),
            ("**灯塔**亮了。", CHINESE, Unfaithful::Markup),
            (" \n", CHINESE, Unfaithful::Empty),
        ] {
            assert_eq!(check(summary, text, 40), Err(expected), "{summary}");
        }
        assert!(matches!(check(ENGLISH, ENGLISH, 5), Err(Unfaithful::TooLong(..))));
    }
}
