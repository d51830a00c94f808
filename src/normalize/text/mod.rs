//! A page flattened to plain text: its lines → title, metadata, sections, related items.

mod header;
mod lines;
mod outline;
mod records;
mod related;
mod shapes;

use super::dates::Frame;
use super::draft::Draft;
use crate::domain::Document;

/// Reads a flattened page.
pub(super) fn read(document: &Document) -> Draft {
    // The language is not known yet; only `5/6/2024` in an unlabelled English line would depend on it.
    let frame = Frame { now: document.fetched_at, month_first: true };
    let mut draft = Draft::default();
    let lines = lines::split(&document.text);
    let body = related::take(&lines, &frame, &mut draft);
    let body = header::take(body, &frame, &mut draft);
    draft.sections = outline::sections(&body);
    draft
}
