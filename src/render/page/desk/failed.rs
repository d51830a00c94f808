//! What was asked for was not done.

use serde::Serialize;

use super::super::super::{RenderError, guard};
use super::DeskFrame;

#[derive(Serialize)]
struct View<'a> {
    error: String,
    back: &'a str,
}

/// Writes the page that says why; `back` is where it was asked.
pub fn failed(desk: &DeskFrame<'_>, error: &str, back: &str) -> Result<String, RenderError> {
    desk.rendered("failed.html.j2", View { error: guard::line(error), back })
}
