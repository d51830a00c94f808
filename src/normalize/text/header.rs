//! What stands above and below the prose of a flattened page: title, labelled lead, byline, source, dates, topics.

use super::lines::Line;
use crate::domain::{Moment, Note};
use crate::normalize::dates::{Frame, Reading};
use crate::normalize::draft::Draft;
use crate::normalize::labelled::{self, Field};
use crate::normalize::wording;

/// Lines below the title that may be metadata; further down a colon belongs to prose.
const HEAD_LINES: usize = 10;
/// Lines at the end that may be metadata.
const TAIL_LINES: usize = 4;

/// Moves title and metadata lines into the draft; what is left is the body.
pub(super) fn take<'a>(lines: Vec<Line<'a>>, frame: &Frame, draft: &mut Draft) -> Vec<Line<'a>> {
    let mut lines = lines.into_iter();
    let Some(title) = lines.next() else { return Vec::new() };
    draft.title = Some(title.text.to_owned());
    let rest: Vec<Line<'a>> = lines.collect();
    let count = rest.len();
    let mut body = Vec::with_capacity(count);
    let mut at = 0;
    while at < count {
        let line = rest[at];
        at += 1;
        if at <= HEAD_LINES
            && draft.lead.is_none()
            && let Some(lead) = wording::labelled_lead(line.text)
        {
            // A label alone introduces the line below it.
            let below = rest.get(at).filter(|_| lead.is_empty());
            at += usize::from(below.is_some());
            draft.lead = below
                .map_or(Some(lead), |next| Some(next.text))
                .filter(|l| !l.is_empty())
                .map(str::to_owned);
            continue;
        }
        let is_edge = at <= HEAD_LINES || at + TAIL_LINES > count;
        match is_edge.then(|| labelled::line(line.text, frame)).flatten() {
            Some(fields) => fields.into_iter().for_each(|field| keep(field, draft)),
            None => body.push(line),
        }
    }
    body
}

fn keep(field: Field, draft: &mut Draft) {
    match field {
        Field::Author(names) if draft.authors.is_empty() => draft.authors = names,
        Field::Source(name) => draft.attribution = draft.attribution.take().or(Some(name)),
        Field::Published(reading) => {
            draft.published =
                settle(draft.published.take(), reading, "published", &mut draft.notes);
        }
        Field::Updated(reading) => {
            draft.updated = settle(draft.updated.take(), reading, "updated", &mut draft.notes);
        }
        Field::Tags(tags) if draft.tags.is_empty() => draft.tags = tags,
        _ => {}
    }
}

fn settle(
    known: Option<Moment>,
    reading: Reading,
    place: &str,
    notes: &mut Vec<Note>,
) -> Option<Moment> {
    match reading {
        Ok(moment) => known.or(Some(moment)),
        Err(impossible) => {
            notes.push(Note::new(
                place,
                format!("the date \"{}\" does not exist; none is kept", impossible.raw),
            ));
            known
        }
    }
}
