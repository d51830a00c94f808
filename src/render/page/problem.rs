//! What a visitor sees where a page cannot be shown.

use serde::Serialize;

use super::super::RenderError;
use super::{Frame, rendered, words};

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Nothing is at this address.
    NotFound,
    /// Our own fault.
    Internal,
}

#[derive(Serialize)]
struct View {
    title: &'static str,
    why: &'static str,
}

/// Writes the page that says so.
pub fn problem(frame: &Frame<'_>, problem: Problem) -> Result<String, RenderError> {
    let words = words::words(frame.locale);
    let (title, why) = match problem {
        Problem::NotFound => (words.not_found, words.not_found_why),
        Problem::Internal => (words.wrong, words.wrong_why),
    };
    rendered("problem.html.j2", frame, View { title, why })
}
