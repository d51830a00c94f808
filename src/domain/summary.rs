//! Short text of a Section or a whole Article that knows which sentences it was made of.

use serde::{Deserialize, Serialize};

/// Who wrote a Summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The page's own lead or abstract.
    Publisher,
    /// Sentences of the body, chosen by rule.
    Extracted,
    /// Written by a model, and found to say nothing that the Section does not; its sentences are its own.
    Model,
}

/// One sentence of a Summary and the place it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Index of the Section in the Article; `None` for the publisher's lead, which stands outside the sections.
    pub section: Option<usize>,
    /// Index of the sentence within that Section, counted over its prose.
    pub index: usize,
    /// The sentence.
    pub text: String,
}

/// Whole sentences in document order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Who wrote it.
    pub origin: Origin,
    /// Its sentences; never empty.
    pub sentences: Vec<Sentence>,
}

impl Summary {
    /// The summary as running text; Chinese and Japanese sentences follow one another without a space.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for sentence in &self.sentences {
            if !out.is_empty() && !joins_unspaced(&out, &sentence.text) {
                out.push(' ');
            }
            out.push_str(&sentence.text);
        }
        out
    }
}

/// A full-width character on one side of the seam, and no ASCII on the other: quotation marks are neither.
fn joins_unspaced(before: &str, after: &str) -> bool {
    let wide = |c: char| matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}');
    let seam = [before.chars().next_back(), after.chars().next()];
    seam.iter().flatten().any(|c| wide(*c)) && !seam.iter().flatten().any(char::is_ascii)
}

/// Whether `text` says no more than `title`: equal once case, spaces and punctuation are set aside.
///
/// A publisher's summary that only repeats the title is no summary, and showing both says the same thing twice.
pub fn repeats(title: &str, text: &str) -> bool {
    // Letter by letter: most texts differ in the first.
    bare(text).next().is_none() || bare(text).eq(bare(title))
}

fn bare(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(sentences: &[&str]) -> Summary {
        Summary {
            origin: Origin::Extracted,
            sentences: sentences
                .iter()
                .enumerate()
                .map(|(index, text)| Sentence { section: Some(0), index, text: (*text).into() })
                .collect(),
        }
    }

    #[test]
    fn sentences_are_joined_as_their_script_wants() {
        assert_eq!(summary(&["雨停了。", "天晴了。"]).text(), "雨停了。天晴了。");
        assert_eq!(summary(&["It rained.", "It stopped."]).text(), "It rained. It stopped.");
        assert_eq!(summary(&["他说:“好。”", "天晴了。"]).text(), "他说:“好。”天晴了。");
        assert_eq!(summary(&["He said “yes.”", "“Why?”"]).text(), "He said “yes.” “Why?”");
        assert_eq!(summary(&["雨停了。", "Then it stopped."]).text(), "雨停了。 Then it stopped.");
    }

    #[test]
    fn a_lead_that_repeats_the_title_is_recognised() {
        assert!(repeats("对人类?对微软?", "对人类？ 对微软？"));
        assert!(!repeats("对人类?", "对人类有何影响?"));
    }
}
