//! Word → stem, in English, and the words that are too common to be terms.

use std::collections::HashSet;
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
