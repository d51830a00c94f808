//! What search compares: words without regard to case, width and accents; pairs of characters where a script sets no words
//! apart, since two of them make a Chinese word often enough.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use super::likeness::is_unspaced;
use super::{Article, Edition, Summary};

/// Letters of a word that count.
const LONGEST: usize = 40;
/// A word of so many letters also finds longer ones that begin with it: "tide" finds "tides".
const OPEN: usize = 4;
/// Terms of a query that count.
const MOST_TERMS: usize = 24;
/// Different words of a text that count.
const MOST_WORDS: usize = 1000;

/// What somebody looks for. Nothing but letters and digits is left of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query(Vec<Term>);

/// A part of a [`Query`]; a text must have all of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// The word, or pair of characters.
    pub text: String,
    /// Whether what begins with it is found as well.
    pub is_open: bool,
}

/// A letter as it is compared, and the bytes of the text that it stands for.
struct Letter {
    folded: char,
    from: usize,
    to: usize,
}

/// Letters that stand together, all of scripts that set words apart, or none.
#[derive(Default)]
struct Run {
    letters: Vec<Letter>,
    is_unspaced: bool,
}

impl Query {
    /// Reads what somebody wrote; `None` where no letter or digit is in it.
    pub fn parse(text: &str) -> Option<Self> {
        let terms: BTreeSet<Term> = runs(text).iter().flat_map(Run::terms).collect();
        let terms: Vec<Term> = terms.into_iter().take(MOST_TERMS).collect();
        (!terms.is_empty()).then_some(Self(terms))
    }

    /// What a text must have.
    pub fn terms(&self) -> &[Term] {
        &self.0
    }

    /// Where `text` has any of it, in bytes and in order; what touches is one place.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for run in runs(text) {
            for place in run.pieces().filter(|piece| self.has(piece)).filter_map(bytes) {
                match found.last_mut().filter(|last| last.end >= place.start) {
                    Some(last) => last.end = last.end.max(place.end),
                    None => found.push(place),
                }
            }
        }
        found
    }

    fn has(&self, piece: &[Letter]) -> bool {
        let word = word(piece);
        self.0.iter().any(|term| word == term.text || term.is_open && word.starts_with(&term.text))
    }
}

impl Run {
    /// What of it can be found: pairs and the last character, or the whole word.
    fn pieces(&self) -> impl Iterator<Item = &[Letter]> {
        let length = self.letters.len();
        let (paired, rest) = if self.is_unspaced { (length, length - 1) } else { (0, 0) };
        self.letters[..paired].windows(2).chain([&self.letters[rest..]])
    }

    fn terms(&self) -> Vec<Term> {
        let term = |is_open: bool| move |piece| Term { text: word(piece), is_open };
        match self.letters.len() {
            // Every character begins a pair or ends a run.
            1 if self.is_unspaced => self.pieces().map(term(true)).collect(),
            _ if self.is_unspaced => self.letters.windows(2).map(term(false)).collect(),
            length => self.pieces().map(term(length >= OPEN)).collect(),
        }
    }
}

fn word(piece: &[Letter]) -> String {
    piece.iter().take(LONGEST).map(|letter| letter.folded).collect()
}

fn bytes(piece: &[Letter]) -> Option<Range<usize>> {
    Some(piece.first()?.from..piece.last()?.to)
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut run = Run::default();
    for (from, c) in text.char_indices() {
        let to = from + c.len_utf8();
        for folded in folded(c) {
            let is_unspaced = is_unspaced(folded);
            let is_letter = is_unspaced || folded.is_alphanumeric();
            if !run.letters.is_empty() && (!is_letter || run.is_unspaced != is_unspaced) {
                runs.push(std::mem::take(&mut run));
            }
            if is_letter {
                run.is_unspaced = is_unspaced;
                run.letters.push(Letter { folded, from, to });
            }
        }
    }
    if !run.letters.is_empty() {
        runs.push(run);
    }
    runs
}

/// Without case, width and accents.
fn folded(c: char) -> impl Iterator<Item = char> {
    let is_plain = c.is_ascii() || matches!(c, '\u{4E00}'..='\u{9FFF}');
    let plain = is_plain.then(|| c.to_ascii_lowercase());
    let other = (!is_plain).then_some(c).into_iter().nfkd();
    let other = other.filter(|c| !matches!(c, '\u{300}'..='\u{36F}')).nfkc();
    plain.into_iter().chain(other.flat_map(char::to_lowercase))
}

/// The words of `texts` as an index takes them: each once, with spaces between, letters and digits only.
fn words<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut words = BTreeSet::new();
    for text in texts {
        for run in runs(text) {
            words.extend(run.pieces().map(word));
        }
        if words.len() >= MOST_WORDS {
            break;
        }
    }
    words.into_iter().take(MOST_WORDS).collect::<Vec<_>>().join(" ")
}

impl Article {
    /// What search looks through besides the title: summaries, headings, tags.
    pub fn passages(&self) -> Vec<String> {
        let summary = self.summary.as_ref().map(Summary::text);
        let lead = self.own_lead().map(str::to_owned).filter(|lead| Some(lead) != summary.as_ref());
        let sections = self.sections.iter().flat_map(|section| {
            [section.heading.clone(), section.summary.as_ref().map(Summary::text)]
        });
        let tags = (!self.tags.is_empty()).then(|| self.tags.join(" · "));
        [summary, lead].into_iter().chain(sections).chain([tags]).flatten().collect()
    }

    /// The words by which search finds it.
    pub fn search_words(&self) -> String {
        let passages = self.passages();
        words(passages.iter().chain([&self.title]).map(String::as_str))
    }
}

impl Edition {
    /// What search looks through besides the subject: what its Briefs say.
    pub fn passages(&self) -> Vec<String> {
        let briefs = self.briefs();
        briefs
            .flat_map(|brief| [Some(brief.headline.clone()), brief.summary.clone()])
            .flatten()
            .collect()
    }

    /// The words by which search finds the Edition that was mailed as `subject`.
    pub fn search_words(&self, subject: &str) -> String {
        let passages = self.passages();
        words(passages.iter().map(String::as_str).chain([subject]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(query: &str, text: &str) -> bool {
        let words = words([text].into_iter());
        let words: Vec<&str> = words.split(' ').collect();
        let has = |term: &Term| {
            words.iter().any(|w| *w == term.text || term.is_open && w.starts_with(&term.text))
        };
        Query::parse(query).is_some_and(|query| query.terms().iter().all(has))
    }

    #[test]
    fn chinese_words_of_one_two_and_more_characters_are_found() {
        let text = "旧码头在冬天关了门。喝茶";
        for query in ["码头", "旧码头", "茶", "门", "冬", "旧 关了门"] {
            assert!(finds(query, text), "{query}");
        }
        for query in ["头在旧", "茶叶", "夏天", "码头 夏"] {
            assert!(!finds(query, text), "{query}");
        }
    }

    #[test]
    fn case_width_and_accents_make_no_difference_and_long_words_are_open() {
        let text = "ＲＵＳＴ 2026: Café im Über-Hafen, piers and tides, ガラス";
        for query in
            ["rust", "RUST", "cafe", "CAFÉ", "uber", "hafen tide", "２０２６", "ガラス", "ﾗｽ"]
        {
            assert!(finds(query, text), "{query}");
        }
        assert!(!finds("pie", text), "short words are whole words");
    }

    #[test]
    fn nothing_but_letters_and_digits_is_left_of_a_query() {
        for query in ["", " ", "\0", "\"'*()^:-+%_!?", "。，！"] {
            assert_eq!(Query::parse(query), None, "{query:?}");
        }
        let query = Query::parse("a\" OR b:NEAR(c)\0 ' -d* ^e").unwrap();
        let is_plain = |term: &Term| term.text.chars().all(char::is_alphanumeric);
        assert!(query.terms().iter().all(is_plain), "{query:?}");
        assert!(Query::parse(&"ab cd ".repeat(9000)).unwrap().terms().len() <= MOST_TERMS);
    }

    #[test]
    fn places_are_those_of_the_text_as_it_is_written() {
        let text = "The ＰＩＥＲ of 旧码头, cafe\u{301}s";
        let places = |query: &str| -> Vec<&str> {
            let query = Query::parse(query).unwrap();
            query.places(text).into_iter().map(|place| &text[place]).collect()
        };
        assert_eq!(places("pier"), ["ＰＩＥＲ"]);
        assert_eq!(places("旧码头"), ["旧码头"]);
        assert_eq!(places("码头 the"), ["The", "码头"]);
        assert_eq!(places("café"), ["cafe\u{301}s"]);
    }
}
