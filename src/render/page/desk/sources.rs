//! All sources, the worst first, a page of them at a time.

use serde::Serialize;

use super::super::super::RenderError;
use super::DeskFrame;
use super::overview::{SourceLine, SourceView};

#[derive(Serialize)]
struct View {
    sources: Vec<SourceView>,
    older: Option<usize>,
    newer: Option<usize>,
    total: usize,
}

/// Writes the list from the source at `from`, `on_page` of them.
pub fn sources(
    desk: &DeskFrame<'_>,
    all: &[SourceLine],
    from: usize,
    on_page: usize,
) -> Result<String, RenderError> {
    let shown = all.iter().skip(from).take(on_page);
    let view = View {
        sources: shown.map(|line| SourceView::of(desk, line)).collect(),
        older: (from + on_page < all.len()).then_some(from + on_page),
        newer: (from > 0).then_some(from.saturating_sub(on_page)),
        total: all.len(),
    };
    desk.rendered("sources.html.j2", view)
}
