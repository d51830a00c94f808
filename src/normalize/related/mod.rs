//! Further reading in HTML: blocks found by the words above them and the repetition below, cut out and kept as data.

mod block;
mod item;
mod label;

use dom_query::Document as Page;
use url::Url;

use super::dates::Frame;
use super::draft::Draft;

/// Moves related items out of the page and into the draft.
pub(super) fn take(page: &Page, base: Option<&Url>, frame: &Frame, draft: &mut Draft) {
    let labels = label::find(page);
    for label in &labels {
        let Some(block) = block::below(label, &labels, base) else { continue };
        for entry in &block.entries {
            let number = draft.related.len() + 1;
            let (item, notes) = item::read(label.group, entry, frame);
            let known = draft.related.iter().any(|known| known.is_same_as(&item));
            if !known {
                draft.notes.extend(
                    notes.into_iter().map(|note| {
                        crate::domain::Note::new(format!("related item {number}"), note)
                    }),
                );
                draft.related.push(item);
            }
        }
        block.cut(label);
    }
}
