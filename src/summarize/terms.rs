//! Text → terms and lengths: what ranking compares and what budgets count.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::stems::{is_stop_word, stem};
use crate::domain::bytes::{TOLD_AT_ONCE, opening_word};

/// Han characters that only join or point. A pair with one of them spans the seam between two words.
const PARTICLES: [char; 25] = [
    '的', '了', '是', '和', '与', '也', '而', '及', '或', '这', '那', '我', '你', '他', '她', '它',
    '们', '着', '吧', '吗', '呢', '啊', '把', '被', '之',
];

/// The first of the common Han characters, where [`PARTICLE`] begins.
const FIRST_HAN: usize = 0x4E00;

/// A bit for each common Han character, set for [`PARTICLES`]: they are asked for with every character of a text.
const PARTICLE: [u64; 328] = {
    let (mut table, mut at) = ([0; 328], 0);
    while at < PARTICLES.len() {
        let place = PARTICLES[at] as usize - FIRST_HAN;
        table[place / 64] |= 1 << (place % 64);
        at += 1;
    }
    table
};

fn is_particle(c: char) -> bool {
    let place = (c as usize).wrapping_sub(FIRST_HAN);
    PARTICLE.get(place / 64).is_some_and(|bits| bits >> (place % 64) & 1 == 1)
}

/// Letters after which a word counts once more: no language writes words so long, but some write without spaces.
const LONGEST_WORD: usize = 30;

/// Whether `c` is a Han character, or kana, which stands between Han characters and counts like them.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether `c` is part of a word that is written with letters or digits. Most characters are ASCII or Han.
fn is_letter(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { !is_han(c) && c.is_alphanumeric() }
}

/// Length of a text as budgets count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Size {
    /// Han characters.
    pub(super) han: usize,
    /// Words of any other script.
    pub(super) words: usize,
}

impl Size {
    /// Han characters and words together.
    pub(super) fn tokens(self) -> usize {
        self.han + self.words
    }
}

/// Counts the Han characters and other words of `text`.
pub(super) fn size(text: &str) -> Size {
    let mut count = TokenCount::default();
    text.chars().for_each(|c| count.push(c));
    Size { han: count.han, words: count.tokens - count.han }
}

/// A running count of Han characters and words.
#[derive(Default)]
pub(super) struct TokenCount {
    /// Both together.
    pub(super) tokens: usize,
    han: usize,
    letters: usize,
}

impl TokenCount {
    /// Counts one more character.
    pub(super) fn push(&mut self, c: char) {
        if is_letter(c) {
            self.tokens += usize::from(self.letters.is_multiple_of(LONGEST_WORD));
            self.letters += 1;
            return;
        }
        self.letters = 0;
        if is_han(c) {
            self.han += 1;
            self.tokens += 1;
        }
    }
}

/// Gives every distinct term a number, in order of first sight.
#[derive(Default)]
pub(super) struct Vocabulary {
    /// By both characters in one number.
    pairs: HashMap<u64, u32, RandomState>,
    stems: HashMap<String, u32, RandomState>,
    /// The term of every word of few ASCII letters, by its bytes in lower case; stop words have none.
    short: HashMap<u64, Option<u32>, RandomState>,
    /// That of every other word.
    words: HashMap<String, Option<u32>, RandomState>,
    /// The terms of the text that is being read, with how often each occurs.
    bag: Vec<(u32, u32)>,
    /// Where each term stands in `bag`, if there it is.
    places: Vec<u32>,
    /// Terms of title and headings: those below it.
    subject: u32,
}

/// Terms for which a thread keeps room.
const KEPT_ROOM: usize = 1 << 14;

thread_local! {
    /// One that was read into before: for texts of the same length it need not grow again.
    static ROOM: RefCell<Vocabulary> = RefCell::default();
}

impl Vocabulary {
    /// Lends an empty one.
    pub(super) fn lend<T>(read: impl FnOnce(&mut Self) -> T) -> T {
        let mut room = ROOM.take();
        let read = read(&mut room);
        if room.room() <= KEPT_ROOM {
            room.empty();
            ROOM.set(room);
        }
        read
    }

    fn room(&self) -> usize {
        let Self { pairs, stems, short, words, bag, places, .. } = self;
        let words = stems.capacity().max(short.capacity()).max(words.capacity());
        words.max(pairs.capacity()).max(bag.capacity()).max(places.capacity())
    }

    fn empty(&mut self) {
        self.pairs.clear();
        self.stems.clear();
        self.short.clear();
        self.words.clear();
        self.places.clear();
        self.subject = 0;
    }

    /// What was read so far was title and headings.
    pub(super) fn end_subject(&mut self) {
        self.subject = self.next();
    }

    /// The terms of `text`: pairs of neighbouring Han characters (two characters make a Chinese word often enough to do
    /// without a dictionary), particles aside, and stems of other words. And its length.
    pub(super) fn read(&mut self, text: &str) -> (Terms, Size) {
        self.bag.clear();
        let size = if text.is_ascii() { self.read_ascii(text) } else { self.read_any(text) };
        (Terms::of(&self.bag, self.subject), size)
    }

    fn read_any(&mut self, text: &str) -> Size {
        let mut size = Size::default();
        let mut word: Option<usize> = None;
        let mut letters = 0;
        let mut before: Option<char> = None;
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            if is_letter(c) {
                word.get_or_insert(at);
                letters += 1;
                before = None;
                continue;
            }
            if let Some(start) = word.take() {
                let term = self.word(&text[start..at]);
                self.count(term);
                size.words += usize::div_ceil(letters, LONGEST_WORD);
                letters = 0;
            }
            let is_han = is_han(c);
            size.han += usize::from(is_han);
            let han = (is_han && !is_particle(c)).then_some(c);
            if let (Some(first), Some(second)) = (before, han) {
                let pair = self.pair(first, second);
                self.count(Some(pair));
            }
            before = han;
        }
        size
    }

    fn read_ascii(&mut self, text: &str) -> Size {
        let mut size = Size::default();
        let mut at = 0;
        while at < text.len() {
            let (packed, mut letters) = opening_word(&text.as_bytes()[at..]);
            if letters == TOLD_AT_ONCE {
                let more = text[at + letters..].bytes().take_while(u8::is_ascii_alphanumeric);
                letters += more.count();
            }
            if letters > 0 {
                let term = self.ascii_word(&text[at..at + letters], packed);
                self.count(term);
                size.words += letters.div_ceil(LONGEST_WORD);
            }
            // What comes behind a word is none.
            at += letters + 1;
        }
        size
    }

    /// Counts a term of the text that is being read, if it is one.
    fn count(&mut self, term: Option<u32>) {
        let Some(term) = term else { return };
        let place = term as usize;
        if place >= self.places.len() {
            self.places.resize(place + 1, 0);
        }
        match self.bag.get_mut(self.places[place] as usize) {
            Some((known, times)) if *known == term => *times += 1,
            _ => {
                self.places[place] = u32::try_from(self.bag.len()).unwrap_or(u32::MAX);
                self.bag.push((term, 1));
            }
        }
    }

    fn pair(&mut self, first: char, second: char) -> u32 {
        let next = self.next();
        let pair = u64::from(u32::from(first)) << 32 | u64::from(u32::from(second));
        *self.pairs.entry(pair).or_insert(next)
    }

    fn word(&mut self, word: &str) -> Option<u32> {
        if word.is_ascii() {
            return self.ascii_word(word, opening_word(word.as_bytes()).0);
        }
        self.known_or_new(word.to_lowercase().into())
    }

    /// The term of `word`, whose [`opening_word`] is `packed`.
    fn ascii_word(&mut self, word: &str, packed: u64) -> Option<u32> {
        if word.len() > TOLD_AT_ONCE {
            let is_lower = !word.bytes().any(|byte| byte.is_ascii_uppercase());
            return self.known_or_new(if is_lower {
                word.into()
            } else {
                word.to_ascii_lowercase().into()
            });
        }
        if let Some(known) = self.short.get(&packed) {
            return *known;
        }
        let number = self.number(&word.to_ascii_lowercase());
        self.short.insert(packed, number);
        number
    }

    fn known_or_new(&mut self, word: Cow<'_, str>) -> Option<u32> {
        if let Some(known) = self.words.get(&*word) {
            return *known;
        }
        let number = self.number(&word);
        self.words.insert(word.into_owned(), number);
        number
    }

    /// The term of a word that is seen for the first time.
    fn number(&mut self, word: &str) -> Option<u32> {
        (!is_stop_word(word)).then(|| {
            let next = self.next();
            *self.stems.entry(stem(word).to_owned()).or_insert(next)
        })
    }

    fn next(&self) -> u32 {
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    /// How many distinct terms were seen.
    pub(super) fn len(&self) -> usize {
        self.pairs.len() + self.stems.len()
    }
}

/// The terms of a sentence.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Terms {
    /// Each once, with how often it occurs; those of title and headings come first.
    pub(super) bag: Vec<(u32, u32)>,
    /// How many of them are of title or headings.
    of_subject: usize,
    /// How many there are, repeated ones counted again.
    pub(super) len: usize,
}

impl Terms {
    /// Of a `bag`; terms below `subject` are of title or headings.
    pub(super) fn of(bag: &[(u32, u32)], subject: u32) -> Self {
        let mut bag = bag.to_vec();
        let (mut of_subject, mut len) = (0, 0);
        for at in 0..bag.len() {
            let (term, times) = bag[at];
            len += times as usize;
            if term < subject {
                bag.swap(at, of_subject);
                of_subject += 1;
            }
        }
        Self { bag, of_subject, len }
    }

    /// Those that title or headings have as well.
    pub(super) fn of_subject(&self) -> impl Iterator<Item = u32> {
        self.bag[..self.of_subject].iter().map(|(term, _)| *term)
    }

    /// How many of them `other` has as well.
    pub(super) fn shared_with(&self, other: &Self) -> usize {
        let has = |term: &u32| other.bag.iter().any(|(other, _)| other == term);
        self.bag.iter().filter(|(term, _)| has(term)).map(|(_, times)| *times as usize).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        let mut vocabulary = Vocabulary::default();
        vocabulary.read(a).0 == vocabulary.read(b).0
    }

    #[test]
    fn words_that_differ_in_ending_case_or_stop_words_are_one_term() {
        assert!(same("The clusters", "cluster"));
        assert!(same("Deploying", "deploys"));
        assert!(!same("cluster", "class"));
        assert!(same("it is the", ""));
    }

    #[test]
    fn terms_are_counted_in_each_text_anew_and_those_of_its_subject_come_first() {
        let mut vocabulary = Vocabulary::default();
        vocabulary.read("harbour");
        vocabulary.end_subject();
        for text in
            ["Ship after boat, ship in harbour: boat, ship.", "Ship—boat—harbour—ship—boat—ship."]
        {
            let (terms, _) = vocabulary.read(text);
            assert_eq!(terms.bag, [(0, 1), (2, 2), (1, 3)]);
            assert_eq!((terms.of_subject().collect(), terms.len), (vec![0], 6));
        }
    }

    #[test]
    fn chinese_terms_are_pairs_within_a_run() {
        let mut vocabulary = Vocabulary::default();
        assert_eq!(vocabulary.read("深度学习").0.len, 3);
        assert_eq!(vocabulary.read("深，度").0.len, 0);
        assert_eq!(vocabulary.read("用GPT写").0.len, 1);
        assert_eq!(vocabulary.read("灯塔的灯室").0.len, 2, "a particle parts words");
        let (rare, _) = vocabulary.read("𠮷野、𠮷野、𠮷家");
        assert_eq!((rare.len, rare.bag.len()), (3, 2), "beyond the characters in common use");
    }

    #[test]
    fn a_budget_counts_han_characters_and_words() {
        assert_eq!(size("OpenAI 的 GPT-4 来了。"), Size { han: 3, words: 3 });
        assert_eq!(size("").tokens(), 0);
    }

    #[test]
    fn what_is_read_for_its_terms_is_as_long_as_what_is_only_counted() {
        let long = "x".repeat(61);
        for text in
            ["", "It's 2 o'clock, Dr. Smith!", "OpenAI 的 GPT-4 来了。", "каждый день，かな", &long]
        {
            for text in [text.to_owned(), format!("{text} é {long}é")] {
                assert_eq!(Vocabulary::default().read(&text).1, size(&text), "{text}");
            }
        }
    }
}
