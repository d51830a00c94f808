//! Text → terms and lengths: what ranking compares and what budgets count.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use foldhash::fast::RandomState;

/// Words too common in English to tell one sentence from another.
const STOP_WORDS: &str = " a about above after again against all also am an and any are as at be because been before \
being below between both but by can could did do does doing down during each few for from further get had has have \
having he her here hers him his how i if in into is it its itself just let like may me might more most much must my no \
nor not now of off on once one only or other our out over own said same say says shall she should so some such than \
that the their them then there these they this those through to too under until up upon us use used using very via was \
we were what when where which while who whom why will with would you your s t re ve ll d m don isn doesn ";

/// Endings that are set aside, longest first, and the shortest stem that may remain.
const SUFFIXES: [(&str, usize); 12] = [
    ("ization", 4),
    ("ations", 4),
    ("ation", 4),
    ("ingly", 4),
    ("ings", 4),
    ("ing", 4),
    ("edly", 4),
    ("ies", 3),
    ("ed", 4),
    ("es", 4),
    ("ly", 4),
    ("s", 3),
];

/// Han characters that only join or point. A pair with one of them spans the seam between two words.
fn is_particle(c: char) -> bool {
    matches!(
        c,
        '的' | '了'
            | '是'
            | '和'
            | '与'
            | '也'
            | '而'
            | '及'
            | '或'
            | '这'
            | '那'
            | '我'
            | '你'
            | '他'
            | '她'
            | '它'
            | '们'
            | '着'
            | '吧'
            | '吗'
            | '呢'
            | '啊'
            | '把'
            | '被'
            | '之'
    )
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

/// Letters of a word that fits into a number.
const SHORT_WORD: usize = 16;

/// The letters and digits of ASCII in lower case; nothing else is part of a word.
const LETTER: [u8; 256] = {
    let (mut table, mut byte) = ([0; 256], 0_u8);
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            table[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// Gives every distinct term a number, in order of first sight.
#[derive(Default)]
pub(super) struct Vocabulary {
    /// By both characters in one number.
    pairs: HashMap<u64, u32, RandomState>,
    stems: HashMap<String, u32, RandomState>,
    /// The term of every word of few ASCII letters, by its bytes in lower case; stop words have none.
    short: HashMap<u128, Option<u32>, RandomState>,
    /// That of every other word.
    words: HashMap<String, Option<u32>, RandomState>,
    /// Room for the terms of one text.
    all: Vec<u32>,
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
        let Self { pairs, stems, short, words, all } = self;
        let words = stems.capacity().max(short.capacity()).max(words.capacity());
        words.max(pairs.capacity()).max(all.capacity())
    }

    fn empty(&mut self) {
        self.pairs.clear();
        self.stems.clear();
        self.short.clear();
        self.words.clear();
    }

    /// The terms of `text`: pairs of neighbouring Han characters (two characters make a Chinese word often enough to do
    /// without a dictionary), particles aside, and stems of other words. And its length.
    pub(super) fn read(&mut self, text: &str) -> (Terms, Size) {
        let mut all = std::mem::take(&mut self.all);
        all.clear();
        let size = if text.is_ascii() {
            self.read_ascii(text, &mut all)
        } else {
            self.read_any(text, &mut all)
        };
        let terms = Terms::of(&mut all);
        self.all = all;
        (terms, size)
    }

    fn read_any(&mut self, text: &str, all: &mut Vec<u32>) -> Size {
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
                all.extend(self.word(&text[start..at]));
                size.words += usize::div_ceil(letters, LONGEST_WORD);
                letters = 0;
            }
            let is_han = is_han(c);
            size.han += usize::from(is_han);
            let han = (is_han && !is_particle(c)).then_some(c);
            if let (Some(first), Some(second)) = (before, han) {
                all.push(self.pair(first, second));
            }
            before = han;
        }
        size
    }

    fn read_ascii(&mut self, text: &str, all: &mut Vec<u32>) -> Size {
        let mut size = Size::default();
        let (mut packed, mut letters) = (0, 0);
        for (at, byte) in text.bytes().chain([b' ']).enumerate() {
            let letter = LETTER[usize::from(byte)];
            if letter > 0 {
                packed = packed << 8 | u128::from(letter);
                letters += 1;
            } else if letters > 0 {
                all.extend(self.ascii_word(&text[at - letters..at], packed));
                size.words += letters.div_ceil(LONGEST_WORD);
                (packed, letters) = (0, 0);
            }
        }
        size
    }

    fn pair(&mut self, first: char, second: char) -> u32 {
        let next = self.next();
        let pair = u64::from(u32::from(first)) << 32 | u64::from(u32::from(second));
        *self.pairs.entry(pair).or_insert(next)
    }

    fn word(&mut self, word: &str) -> Option<u32> {
        if word.is_ascii() {
            let letters = word.bytes().map(|byte| u128::from(LETTER[usize::from(byte)]));
            return self.ascii_word(word, letters.fold(0, |packed, letter| packed << 8 | letter));
        }
        self.known_or_new(word.to_lowercase())
    }

    /// The term of `word`, whose last letters in lower case are `packed`.
    fn ascii_word(&mut self, word: &str, packed: u128) -> Option<u32> {
        if word.len() > SHORT_WORD {
            return self.known_or_new(word.to_ascii_lowercase());
        }
        if let Some(known) = self.short.get(&packed) {
            return *known;
        }
        let number = self.number(&word.to_ascii_lowercase());
        self.short.insert(packed, number);
        number
    }

    fn known_or_new(&mut self, word: String) -> Option<u32> {
        if let Some(known) = self.words.get(&word) {
            return *known;
        }
        let number = self.number(&word);
        self.words.insert(word, number);
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
    /// Each once, with how often it occurs; in order.
    pub(super) bag: Vec<(u32, u32)>,
    /// How many there are, repeated ones counted again.
    pub(super) len: usize,
}

impl Terms {
    /// Of `all` terms, repeated as often as they occur, which are put in order.
    pub(super) fn of(all: &mut [u32]) -> Self {
        all.sort_unstable();
        let mut bag: Vec<(u32, u32)> = Vec::with_capacity(all.len());
        for term in &*all {
            match bag.last_mut() {
                Some((last, times)) if last == term => *times += 1,
                _ => bag.push((*term, 1)),
            }
        }
        Self { bag, len: all.len() }
    }

    /// How many of them `other` has as well.
    pub(super) fn shared_with(&self, other: &Self) -> usize {
        let has = |term: &u32| other.bag.binary_search_by_key(term, |(other, _)| *other).is_ok();
        self.bag.iter().filter(|(term, _)| has(term)).map(|(_, times)| *times as usize).sum()
    }
}

/// Whether `word` is too common to mean anything.
pub(super) fn is_stop_word(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str, RandomState>> =
        LazyLock::new(|| STOP_WORDS.split_whitespace().collect());
    WORDS.contains(word)
}

/// `word` without its ending.
pub(super) fn stem(word: &str) -> &str {
    if !word.is_ascii() {
        return word;
    }
    for (suffix, shortest) in SUFFIXES {
        if let Some(stem) = word.strip_suffix(suffix)
            && stem.len() >= shortest
            && !stem.ends_with('s')
        {
            return stem;
        }
    }
    word
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
