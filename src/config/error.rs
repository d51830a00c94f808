//! What is wrong with a configuration, shown at the place.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why there is no configuration to work with.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {path}: {source}; name another with --config FILE")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write the configuration {path}: {source}; add the block by hand")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Something in it is wrong.
    #[error("{}", shown(.0))]
    Wrong(Vec<Problem>),
}

/// One thing that is wrong, with file, line, key, value, and what would be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// The line itself: it holds the key and the value.
    pub text: String,
    /// How many characters are meant.
    pub width: usize,
    /// What is wrong, and what would be accepted.
    pub message: String,
}

impl Problem {
    /// A problem with the bytes `span` of `content`.
    pub(super) fn at(file: &Path, content: &str, span: Range<usize>, message: String) -> Self {
        let start = span.start.min(content.len());
        let line_start = content[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = content[start..].find('\n').map_or(content.len(), |at| start + at);
        let end = span.end.clamp(start, line_end);
        Self {
            file: file.to_owned(),
            line: content[..start].matches('\n').count() + 1,
            column: content[line_start..start].chars().count() + 1,
            text: content[line_start..line_end].to_owned(),
            width: content[start..end].chars().count().max(1),
            message,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, text, message, .. } = self;
        let gutter = line.to_string().len();
        writeln!(f, "{}:{line}:{column}: {message}", self.file.display())?;
        writeln!(f, "{line} | {text}")?;
        let marks = "^".repeat(self.width);
        write!(f, "{:gutter$} | {:indent$}{marks}", "", "", indent = column - 1)
    }
}

/// The reader's words, where they speak of its own types, in those of the person who wrote the file.
pub(super) fn plain(message: &str) -> String {
    const WORDS: [(&str, &str); 8] = [
        (
            "invalid type: map, expected a sequence",
            "there may be several: write it in double brackets, such as [[source]]",
        ),
        ("expected a map", "expected a table, such as { daily = \"0 7 * * *\" }"),
        ("expected a sequence", "expected a list, such as [\"one\", \"two\"]"),
        ("expected usize", "expected a whole number, 0 or more"),
        ("expected u64", "expected a whole number, 0 or more"),
        ("expected u16", "expected a whole number from 0 to 65535"),
        ("expected i128", "expected a whole number"),
        ("as i128", "as a number"),
    ];
    let known = WORDS.iter().find(|(theirs, _)| message.contains(theirs));
    match (known, message.strip_prefix("missing field `")) {
        (Some((theirs, ours)), _) => message.replace(theirs, ours),
        (None, Some(rest)) => {
            let key = rest.trim_end_matches('`');
            format!("{key} is missing: add the key {key} = …, or the section [{key}]")
        }
        (None, None) => message.to_owned(),
    }
}

fn shown(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
}
