//! Further reading in HTML: blocks found by the words above them and the repetition below, cut out and kept as data; where the
//! page shows none, lists in its scripts.

mod block;
pub(super) mod entry;
pub(super) mod item;
mod label;
mod record;
mod sent;
mod shape;

use dom_query::{Document as Page, NodeRef};
use url::Url;

use super::dates::Frame;
use super::draft::Draft;
use crate::domain::{Note, RelatedGroup, RelatedItem};
use block::Site;
use entry::Entry;

/// Moves related items out of the page, or else out of its `scripts`, into the draft.
pub(super) fn take(
    page: &Page,
    scripts: &[NodeRef<'_>],
    base: Option<&Url>,
    frame: &Frame,
    draft: &mut Draft,
) {
    let most_linked = if base.is_none() { entry::most_linked(page) } else { None };
    let site = Site { base, own: base.or(most_linked.as_ref()) };
    let labels = label::find(page);
    for label in &labels {
        let Some(block) = block::below(label, &labels, &site) else { continue };
        add(label.group, &block.entries, base, frame, draft);
        note_unlinked(&block, draft);
        block.cut(label);
    }
    for card in shape::find(page, &site) {
        add(RelatedGroup::Related, &card.entries, base, frame, draft);
        card.part.remove_from_parent();
    }
    if draft.related.is_empty() {
        for item in sent::items(scripts, site.own, base, frame) {
            keep(item, draft);
        }
    }
}

fn add(
    group: RelatedGroup,
    entries: &[Entry<'_>],
    base: Option<&Url>,
    frame: &Frame,
    draft: &mut Draft,
) {
    for entry in entries {
        let number = draft.related.len() + 1;
        let (item, notes) = item::read(group, entry, base, frame);
        if keep(item, draft) {
            let place = format!("related item {number}");
            draft.notes.extend(notes.into_iter().map(|note| Note::new(place.clone(), note)));
        }
    }
}

/// Whether the item was new; a second mention completes the first.
fn keep(item: RelatedItem, draft: &mut Draft) -> bool {
    if let Some(known) = draft.related.iter_mut().find(|known| known.is_same_as(&item)) {
        complete(known, item);
        return false;
    }
    draft.related.push(item);
    true
}

/// Characters of words in a list that may be a title and no more.
const TITLE: std::ops::RangeInclusive<usize> = 8..=160;

/// Names what stands in a list of entries and is none: a list holds more than items, so that words without an address are
/// not taken for one.
fn note_unlinked(block: &block::Block<'_>, draft: &mut Draft) {
    for words in block.unlinked() {
        let place = format!("related items, after {}", draft.related.len());
        if words.is_empty() {
            draft.notes.push(Note::new(place, "an item has no title and was left out"));
        } else if TITLE.contains(&words.chars().count()) {
            let message = format!("\"{words}\" has no address and was left out");
            draft.notes.push(Note::new(place, message));
        }
    }
}

/// What a second mention of an item adds to the first.
fn complete(known: &mut RelatedItem, again: RelatedItem) {
    known.summary = known.summary.take().or(again.summary);
    known.published = known.published.take().or(again.published);
    known.views = known.views.or(again.views);
    known.comments = known.comments.or(again.comments);
    known.image = known.image.take().or(again.image);
    if known.tags.is_empty() {
        known.tags = again.tags;
    }
}
