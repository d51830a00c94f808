//! How alike two texts are: a sketch of a text, small enough to keep for every Article, made of its shingles.
//!
//! One-permutation `MinHash`: every shingle is hashed once and falls into one bin, each bin keeps its smallest hash, and the
//! share of equal bins is the share of shingles that both texts have.

use super::bytes::{TOLD_AT_ONCE, opening_word};

/// Bins of a sketch; the error of a likeness of one half is about 6 %.
const BINS: usize = 64;
/// Hashes by which alike sketches are looked up: texts that share 0.4 of their shingles share one of six in 95 % of cases.
const MARKS: usize = 6;
/// Words of a shingle: enough that two writers seldom choose the same.
const WORDS: usize = 4;
/// Characters of a shingle where words are not set apart; most Chinese words have two.
const CHARACTERS: usize = 6;
/// Words that are remembered.
const RING: usize = 8;
/// Shingles below which a text says too little to be told from others.
const FEWEST: usize = 40;
/// Likeness from which on two texts are one story. Edited copies of one report keep more than half of their shingles;
/// reports by two writers on one event share quotations and names, a tenth at most.
const SAME: f64 = 0.4;
/// A bin that no shingle fell into.
const EMPTY: u32 = u32::MAX;

/// What is kept of a text to tell whether another is nearly the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sketch([u32; BINS]);

impl Sketch {
    /// The sketch of a text given in pieces; `None` where it is too short.
    pub fn of<'t>(pieces: impl Iterator<Item = &'t str>) -> Option<Self> {
        let mut shingles = Shingles::default();
        for piece in pieces {
            shingles.read(piece);
        }
        (shingles.count >= FEWEST).then_some(Self(shingles.bins))
    }

    /// The share of shingles that both have, 0 to 1.
    pub fn likeness(&self, other: &Self) -> f64 {
        let pairs = || self.0.iter().zip(&other.0);
        let filled = pairs().filter(|(a, b)| **a != EMPTY || **b != EMPTY).count();
        let equal = pairs().filter(|(a, b)| **a != EMPTY && a == b).count();
        // Both are 64 at most.
        #[expect(clippy::cast_precision_loss, reason = "counts of bins")]
        let share = equal as f64 / filled.max(1) as f64;
        share
    }

    /// Whether both are of one story.
    pub fn is_same_story(&self, other: &Self) -> bool {
        self.likeness(other) >= SAME
    }

    /// Its smallest hashes: two sketches without a common one are not alike.
    pub fn marks(&self) -> Vec<i64> {
        let mut bins: Vec<(u32, usize)> =
            self.0.iter().copied().zip(0..).filter(|(hash, _)| *hash != EMPTY).collect();
        if bins.len() > MARKS {
            bins.select_nth_unstable(MARKS);
            bins.truncate(MARKS);
        }
        bins.sort_unstable();
        let mark =
            |(hash, bin): (u32, usize)| i64::from(hash) | i64::try_from(bin).unwrap_or(0) << 32;
        bins.into_iter().map(mark).collect()
    }

    /// What a glance tells of it.
    pub fn outline(&self) -> Outline {
        // A plane has a bit for each bin.
        const { assert!(u64::BITS as usize == BINS) }
        let plane = |bit: u32| {
            self.0.iter().fold(0, |plane: u64, hash| plane << 1 | u64::from(hash >> bit & 1))
        };
        Outline([plane(0), plane(1)])
    }

    /// As the store keeps it.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|hash| hash.to_le_bytes()).collect()
    }

    /// What [`Self::to_bytes`] gave, in hexadecimal digits.
    pub fn from_hex(digits: &str) -> Option<Self> {
        let (words, []) = digits.as_bytes().as_chunks::<8>() else { return None };
        let hash = |digits: &[u8; 8]| {
            // The digits tell the lowest byte first.
            let hash = u32::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
            Some(hash.swap_bytes())
        };
        let hashes: Option<Vec<u32>> = words.iter().map(hash).collect();
        hashes?.try_into().ok().map(Self)
    }
}

/// The last two bits of each bin: with them most of what shares a mark by chance is passed over without its sketch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outline([u64; 2]);

impl Outline {
    /// Whether the sketches may be of one story. Where two sketches are alike enough, so many of their bins are equal (or
    /// empty in both) and thus have equal bits; of others one in four has.
    pub fn may_be_same_story(&self, other: &Self) -> bool {
        let differs = (self.0[0] ^ other.0[0]) | (self.0[1] ^ other.0[1]);
        f64::from(differs.count_zeros()) >= SAME * f64::from(u64::BITS)
    }

    /// As the store keeps it: the lower and the higher bit of all bins.
    pub fn to_planes(self) -> [i64; 2] {
        self.0.map(u64::cast_signed)
    }

    /// What [`Self::to_planes`] gave.
    pub fn from_planes(planes: [i64; 2]) -> Self {
        Self(planes.map(i64::cast_unsigned))
    }
}

/// Reads a text word by word; what is between words makes no difference, and neither does case.
struct Shingles {
    bins: [u32; BINS],
    /// Hashes of the last words, the newest at `at - 1`; more of them than are needed, since a power of two is fast.
    last: [u64; RING],
    at: usize,
    /// The last words as the digits of a number, for each length of shingle: a word more costs the same for every length.
    rolling: [u64; 2],
    count: usize,
}

impl Default for Shingles {
    fn default() -> Self {
        Self { bins: [EMPTY; BINS], last: [0; RING], at: 0, rolling: [0; 2], count: 0 }
    }
}

/// FNV-1a: small, fast, and the same for ever, as what is stored must be.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

/// An odd number without a pattern, as the base of the rolling numbers.
const DIGIT: u64 = 0x9e37_79b9_7f4a_7c15;
/// Lengths of a shingle, of words and of characters, each with the weight of the digit that leaves.
const LENGTHS: [(usize, u64); 2] = [(WORDS, power(WORDS)), (CHARACTERS, power(CHARACTERS))];

const fn power(exponent: usize) -> u64 {
    let (mut power, mut left) = (1_u64, exponent);
    while left > 0 {
        power = power.wrapping_mul(DIGIT);
        left -= 1;
    }
    power
}

impl Shingles {
    fn read(&mut self, text: &str) {
        let (mut word, mut rest) = (None, text);
        while let Some(c) = rest.chars().next() {
            if c.is_ascii_alphanumeric() {
                let (letters, count) = opening_word(rest.as_bytes());
                word = Some(hashed_letters(word.unwrap_or(BASIS), letters, count));
                rest = &rest[count..];
                continue;
            }
            rest = &rest[c.len_utf8()..];
            if is_han(c) || !c.is_ascii() && c.is_alphanumeric() && is_unspaced(c) {
                self.end(&mut word);
                self.take(hashed(BASIS, c), 1);
            } else if c.is_ascii() || !c.is_alphanumeric() {
                if c != '\'' && c != '’' {
                    self.end(&mut word);
                }
            } else {
                word = Some(c.to_lowercase().fold(word.unwrap_or(BASIS), hashed));
            }
        }
        self.end(&mut word);
    }

    fn end(&mut self, word: &mut Option<u64>) {
        if let Some(hash) = word.take() {
            self.take(hash, 0);
        }
    }

    /// Takes the next word, and with it the shingle of the last words, of the `kind` that it is of.
    fn take(&mut self, word: u64, kind: usize) {
        let word = mixed(word);
        for (rolling, (length, gone)) in self.rolling.iter_mut().zip(LENGTHS) {
            let old = self.last[(self.at + RING - length) % RING];
            *rolling =
                rolling.wrapping_mul(DIGIT).wrapping_add(word).wrapping_sub(old.wrapping_mul(gone));
        }
        self.last[self.at % RING] = word;
        self.at += 1;
        if self.at < LENGTHS[kind].0 {
            return;
        }
        let hash = mixed(self.rolling[kind]);
        let (low, bin) = (hash.to_le_bytes(), usize::try_from(hash >> 58).unwrap_or(0));
        let low = u32::from_le_bytes([low[0], low[1], low[2], low[3]]);
        self.bins[bin] = self.bins[bin].min(low);
        self.count += 1;
    }
}

fn hashed(hash: u64, c: char) -> u64 {
    (hash ^ u64::from(u32::from(c))).wrapping_mul(PRIME)
}

/// [`hashed`] with the first `count` of `letters`. All are hashed: that takes no longer than to foresee how many.
fn hashed_letters(hash: u64, letters: u64, count: usize) -> u64 {
    let mut hashes = [hash; TOLD_AT_ONCE + 1];
    for (at, letter) in letters.to_le_bytes().into_iter().enumerate() {
        hashes[at + 1] = hashed(hashes[at], char::from(letter));
    }
    hashes[count]
}

/// Spreads every bit over all (the finisher of `SplitMix64`).
fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// The block of common Han characters, every one of which is a letter: most of a Chinese text needs no other look.
fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// Characters of scripts that do not set words apart.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{2FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIRE: &str = "The ferry that links the two shores of the sound will stop for the winter, the harbour office said on \
        Tuesday, after a survey of its hull found cracks along two of the frames. About four hundred people cross each day, \
        most of them pupils and nurses. The office will run three buses around the bay until spring, which takes an hour \
        longer. \"Nobody wanted this, and nobody can tell the hull to wait,\" said the harbour master, who has held the \
        post for nineteen years. Repairs are to begin in January at the yard in the next town and to cost two million, of \
        which the county pays half. A new ferry was ordered last year and is expected in three years at the earliest.";
    const EDITED: &str = "Winter stop for the sound ferry. The ferry that links the two shores of the sound will stop for the \
        winter, the harbour office said, after a survey of its hull found cracks along two of the frames. About four hundred \
        people cross each day, most of them pupils and nurses. The office will run three buses around the bay until spring. \
        \"Nobody wanted this, and nobody can tell the hull to wait,\" said the harbour master. Repairs are to begin in January \
        at the yard in the next town and to cost two million, of which the county pays half.";
    const OTHER: &str = "Pupils on the north shore will have to rise an hour earlier from next week. Their ferry has cracks in \
        its frames, and the buses that replace it go all around the bay. At the school of the island the head teacher is \
        moving the first lesson to nine. \"Nobody wanted this, and nobody can tell the hull to wait,\" the harbour master told \
        parents in the gymnasium on Tuesday evening, and was asked why a boat of that age had not been looked at before. The \
        county, which pays half of the two million that the repairs cost, wants to publish the survey. Nurses of the night \
        shift have asked for a boat of their own, and a fisherman has offered his.";

    fn sketch(text: &str) -> Sketch {
        Sketch::of([text].into_iter()).expect("the text is long enough")
    }

    #[test]
    fn an_edited_report_is_the_same_story_and_another_report_on_the_same_event_is_not() {
        let (wire, edited, other) = (sketch(WIRE), sketch(EDITED), sketch(OTHER));
        assert!(wire.is_same_story(&edited), "{}", wire.likeness(&edited));
        assert!(!wire.is_same_story(&other), "{}", wire.likeness(&other));
        assert!(wire.likeness(&other) < 0.2 && wire.likeness(&edited) > 0.5);
        assert!(wire.marks().iter().any(|mark| edited.marks().contains(mark)));
    }

    #[test]
    fn a_word_is_hashed_letter_by_letter_as_what_is_stored_was() {
        for word in [
            "a",
            "Ferry",
            "ferryman",
            "FerryMen9",
            "Constitutionally",
            "naïveté",
            "2ª",
            "x\u{212A}",
        ] {
            let mut shingles = Shingles::default();
            shingles.read(word);
            let letters = word.chars().flat_map(char::to_lowercase);
            assert_eq!(shingles.last[0], mixed(letters.fold(BASIS, hashed)), "{word}");
        }
    }

    #[test]
    fn outlines_pass_over_what_is_alike_by_chance_and_never_what_is_alike() {
        let (wire, edited, other) = (sketch(WIRE), sketch(EDITED), sketch(OTHER));
        assert!(wire.outline().may_be_same_story(&edited.outline()));
        assert!(!wire.outline().may_be_same_story(&other.outline()));
        assert_eq!(Outline::from_planes(wire.outline().to_planes()), wire.outline());
        // As unlike as one story can be: 26 of 64 bins are equal, no bit of the others is.
        let (whole, mut edge) = (Sketch([5; BINS]), Sketch([!5; BINS]));
        edge.0[..26].copy_from_slice(&[5; 26]);
        assert!(whole.is_same_story(&edge) && whole.outline().may_be_same_story(&edge.outline()));
        // A text so short that most bins are empty in both.
        let few = |n: u32| {
            let mut bins = [EMPTY; BINS];
            bins[..5].copy_from_slice(&[4, 8, n, n + 1, n + 2]);
            Sketch(bins)
        };
        assert!(few(12).is_same_story(&few(21)));
        assert!(few(12).outline().may_be_same_story(&few(21).outline()));
    }

    #[test]
    fn chinese_is_compared_by_characters() {
        let wire = "海峡两岸之间的渡轮今年冬天停航。港务处周二说，检查时发现船体有两处肋骨开裂。每天约有四百人过海，多数是学生和护士。港务处将在春天之前开三班公共汽车绕行海湾，路上多用一个小时。港务长说：“没有人愿意这样，也没有人能让船体等一等。”修理一月在邻镇的船厂开始，费用二百万，县里出一半。";
        let edited = "渡轮冬季停航。海峡两岸之间的渡轮今年冬天停航。港务处说，检查时发现船体有两处肋骨开裂。每天约有四百人过海，多数是学生和护士。港务处将在春天之前开三班公共汽车绕行海湾。修理一月在邻镇的船厂开始，费用二百万，县里出一半。";
        let other = "北岸的学生下周起要早起一个小时，因为载他们过海的船开裂了，改走的公共汽车要绕过整个海湾。岛上的学校把第一节课推到九点。周二晚上，港务长在体育馆里对家长们说明情况，有人问这么旧的船为什么没有早些检查。县里负担修理费用的一半，打算公布检查结果。夜班护士要求另派一条船。";
        let (wire, edited, other) = (sketch(wire), sketch(edited), sketch(other));
        assert!(wire.is_same_story(&edited), "{}", wire.likeness(&edited));
        assert!(wire.likeness(&other) < 0.1, "{}", wire.likeness(&other));
    }

    #[test]
    fn case_spacing_and_pieces_make_no_difference_and_short_texts_have_no_sketch() {
        let shouted = WIRE.to_uppercase().replace(' ', "\n ");
        assert_eq!(sketch(WIRE), sketch(&shouted));
        let halves = WIRE.split_once(". ").unwrap();
        assert_eq!(Sketch::of([halves.0, halves.1].into_iter()), Some(sketch(WIRE)));
        assert_eq!(Sketch::of(["The ferry stops for the winter."].into_iter()), None);
    }

    #[test]
    fn a_sketch_is_read_from_the_digits_of_its_bytes_and_from_no_others() {
        let bytes = sketch(WIRE).to_bytes();
        let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        let digits = digits.concat();
        assert_eq!(Sketch::from_hex(&digits), Some(sketch(WIRE)));
        assert_eq!(Sketch::from_hex(&digits.to_lowercase()), Some(sketch(WIRE)));
        for broken in [&digits[1..], &digits[8..], &digits.replace(&digits[..1], "G"), ""] {
            assert_eq!(Sketch::from_hex(broken), None);
        }
    }
}
