//! The lines of a flattened page with the blank space before each.

/// One line that is not blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Its words, without white space at either end; inside nothing is changed.
    pub text: &'a str,
    /// Blank lines before it.
    pub gap: usize,
}

/// The lines of `text` that are not blank.
pub(super) fn split(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut gap = 0;
    for line in text.lines() {
        let text =
            line.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\u{200B}');
        if text.is_empty() {
            gap += 1;
        } else {
            lines.push(Line { text, gap });
            gap = 0;
        }
    }
    lines
}
