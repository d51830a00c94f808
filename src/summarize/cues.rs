//! Sentences in which an author says what the text is about: "本文介绍…", "this post explains…", "we propose…".

use std::sync::LazyLock;

use regex::Regex;

use super::boilerplate::any_of;

/// Only phrases by which a text speaks of itself; "today" and "announce" were tried and speak of too much else.
pub(super) const PATTERN: &str = concat!(
    r"本文|本篇|这篇(?:文章|博客)",
    r"|\bthis (?:paper|(?:blog )?post|article|report|study|talk|tutorial)\b",
    r"|\bwe (?:propose|present|introduce|show|describe|announce|develop|demonstrate|study|investigate)\b",
);

static CUES: LazyLock<Regex> = LazyLock::new(|| any_of(&[PATTERN]));

/// Whether `sentence` says what the text is about.
pub(super) fn names_subject(sentence: &str) -> bool {
    CUES.is_match(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_speaks_of_its_own_text_is_told_from_others() {
        let table = [
            ("本文介绍一种新的灯塔透镜。", true),
            ("在这篇文章里，我们一起看看灯塔的历史。", true),
            ("In this blog post we look at lighthouses.", true),
            ("We propose a lens that needs no oil.", true),
            ("文本很长。", false),
            ("He nailed this poster to the door.", false),
            ("What we presented was a lens.", false),
        ];
        for (sentence, expected) in table {
            assert_eq!(names_subject(sentence), expected, "{sentence}");
        }
    }
}
