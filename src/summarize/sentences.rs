//! Text → sentences: the `sentencex` crate, and the few cases it leaves open.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use sentencex::languages::Language as Rules;

use crate::domain::Language;
use crate::domain::bytes::{begin_other_space, find_byte, has_bytes};

/// Longest piece of text handed to the splitter at once; its search through quotation marks grows with the square.
const LONGEST_PIECE: usize = 8 * 1024;

/// A sentence end in text without capitals, where the crate waits for one: `… home. the next day`.
static LOWER_CASE_END: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"[.!?]+["')\]]*\s+"#).expect("the pattern is fixed and tested"));

/// Who speaks, between the two halves of a quotation: `他说，“`.
static SPEAKER_TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^，。！？,!?“”]{0,10}(?:说|道|问|答|称|表示|指出|认为)[，,：:。]")
        .expect("the pattern is fixed and tested")
});

/// Words before a full stop that do not end a sentence, in lower case.
const ABBREVIATIONS: [&str; 26] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "e.g", "i.e", "eg", "ie", "no",
    "inc", "ltd", "co", "corp", "fig", "al", "u.s", "u.k", "approx", "a.m", "p.m",
];

/// Finds the sentences of texts in one language.
pub(super) struct Splitter {
    rules: Box<dyn Rules>,
}

impl Splitter {
    /// For texts in `language`, which are taken to be English where it is not known.
    pub(super) fn of(language: Option<&Language>) -> Self {
        let code = language.map_or("en", Language::primary);
        Self { rules: sentencex::language_factory(code) }
    }

    /// The sentences of one paragraph, each on one line.
    pub(super) fn split<'t>(&self, text: &'t str) -> Vec<Cow<'t, str>> {
        self.split_known(text, is_one_line(text))
    }

    /// [`Self::split`] where it is known whether `text` [`is_one_line`].
    pub(super) fn split_known<'t>(&self, text: &'t str, is_one_line: bool) -> Vec<Cow<'t, str>> {
        let line = |text: &'t str| if is_one_line { text.trim().into() } else { one_line(text) };
        let mut sentences = Vec::new();
        for piece in pieces(text) {
            let lines = self.segments(piece).into_iter().map(|range| line(&piece[range]));
            sentences.extend(lines.filter(|sentence| !sentence.is_empty()));
        }
        sentences
    }

    fn segments(&self, text: &str) -> Vec<Range<usize>> {
        let mut end = 0;
        let ranges = self.rules.segment(text).into_iter().map(|segment| {
            let start = end;
            end += segment.len();
            start..end
        });
        let mut ranges: Vec<Range<usize>> =
            if find_byte(text, |byte| byte.is_ascii_uppercase()).is_some() {
                ranges.collect()
            } else {
                ranges.flat_map(|range| split_lower_case(text, range)).collect()
            };
        ranges.dedup_by(|after, before| {
            let is_one = belong_together(&text[before.clone()], &text[after.clone()]);
            before.end = if is_one { after.end } else { before.end };
            is_one
        });
        ranges
    }
}

/// Whether `text` ends as a finished sentence does, closing quotes and brackets set aside.
pub(super) fn is_finished(text: &str) -> bool {
    let closing =
        |c: char| matches!(c, '"' | '\'' | '”' | '’' | ')' | '）' | ']' | '」' | '』' | '》');
    text.trim_end_matches(closing)
        .ends_with(['.', '!', '?', '。', '！', '？', '…', '．', '｡', '।', '؟', ';', '；'])
}

/// `text` in pieces of bounded length, cut at white space or, in its absence, anywhere.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, tail) = rest.split_at(piece_end(rest));
        rest = tail;
        Some(piece)
    })
}

fn piece_end(text: &str) -> usize {
    if text.len() <= LONGEST_PIECE {
        return text.len();
    }
    let limit = text.floor_char_boundary(LONGEST_PIECE);
    let head = &text[..limit];
    let seam = head.rfind(['。', '！', '？']).or_else(|| head.rfind(". "));
    seam.map_or(limit, |at| at + head[at..].chars().next().map_or(1, char::len_utf8))
}

fn split_lower_case(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = range.start;
    for end in LOWER_CASE_END.find_iter(&text[range.clone()]) {
        let before = &text[start..range.start + end.start()];
        let is_of_word = |c: char| c == '.' || c == '_' || c.is_alphanumeric();
        let word = &before[before.trim_end_matches(is_of_word).len()..];
        let is_initial = word.chars().count() == 1 && !word.bytes().all(|b| b.is_ascii_digit());
        if !word.is_empty() && !is_initial && !ABBREVIATIONS.contains(&word) {
            ranges.push(start..range.start + end.end());
            start = range.start + end.end();
        }
    }
    ranges.push(start..range.end);
    ranges
}

/// `ASP.` + `NET`, `1.` + `Install`, `“好。”` + `他说，“走吧。”`.
fn belong_together(before: &str, after: &str) -> bool {
    let dotted_name =
        before.ends_with('.') && after.starts_with(|c: char| c.is_ascii_alphanumeric());
    let number = before.trim_end().trim_end_matches(['.', ')']);
    let numbered =
        !number.is_empty() && number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit());
    let resumed_quote = before.trim_end().ends_with('”') && SPEAKER_TAG.is_match(after);
    dotted_name || numbered || resumed_quote
}

/// White space collapsed; a line break between two Han characters is nothing, elsewhere a space.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if is_one_line(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let seam = (out.chars().next_back(), word.chars().next());
        if let (Some(before), Some(after)) = seam
            && !(super::terms::is_han(before) && super::terms::is_han(after))
        {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.into()
}

/// Whether there is nothing to collapse but at the ends, as in most texts. Not every such text is found to be one: a space
/// between characters beyond ASCII may be one between two Han characters.
#[expect(clippy::needless_bitwise_bool, reason = "many bytes at a time are told without branches")]
pub(super) fn is_one_line(text: &str) -> bool {
    !has_bytes(text, |a, b, c| {
        begin_other_space(a, b, c) | ((a >= 0x80) & (b == b' ') & (c >= 0x80))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_readers_of_the_language_expect() {
        let table: [(&str, &str, &[&str]); 10] = [
            ("zh", "雨停了。天晴了！走吗?走。", &["雨停了。", "天晴了！", "走吗?", "走。"]),
            (
                "zh",
                "他引用《你好。再见》一书。然后走了。",
                &["他引用《你好。再见》一书。", "然后走了。"],
            ),
            ("zh", "“好。”他说，“我们走吧。”她没动。", &["“好。”他说，“我们走吧。”", "她没动。"]),
            ("en", "Dr. Smith left. He was late.", &["Dr. Smith left.", "He was late."]),
            ("en", "It runs on ASP.NET today. Good.", &["It runs on ASP.NET today.", "Good."]),
            (
                "en",
                "1. Install the package. Then run it.",
                &["1. Install the package.", "Then run it."],
            ),
            (
                "en",
                "it rained. mr. smith left at 5 p.m. sharp. then it stopped.",
                &["it rained.", "mr. smith left at 5 p.m. sharp.", "then it stopped."],
            ),
            ("en", "A line\nbroken in two. Next.", &["A line broken in two.", "Next."]),
            ("zh", "一行\n断开。下一句。", &["一行断开。", "下一句。"]),
            ("zh", " 用 Rust 写 的。", &["用 Rust 写的。"]),
        ];
        for (language, text, expected) in table {
            let language = Language::parse(language);
            assert_eq!(Splitter::of(language.as_ref()).split(text), expected, "{text}");
        }
    }

    #[test]
    fn a_paragraph_of_any_length_and_kind_is_split_in_bounded_time() {
        let splitter = Splitter::of(Some(&Language::chinese()));
        for unit in ["“", "(", "a. ", "。", "1. ", "\u{0}", "😀", "字", "\"'`", "- x\n"] {
            let text = unit.repeat(200_000 / unit.len());
            let total: usize = splitter.split(&text).iter().map(|sentence| sentence.len()).sum();
            assert!(total <= text.len(), "{unit:?}");
        }
    }
}
