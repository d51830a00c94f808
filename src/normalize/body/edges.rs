//! The first and last blocks of a body: the title again, byline, source and lead move into the draft.

use crate::domain::{Block, BlockKind, Section};
use crate::normalize::dates::Frame;
use crate::normalize::draft::Draft;
use crate::normalize::folding::fold;
use crate::normalize::labelled::{self, Field};
use crate::normalize::signatures;
use crate::normalize::wording;

/// Blocks at the beginning that may be metadata.
const HEAD: usize = 6;
/// Blocks at the end that may be.
const TAIL: usize = 4;
/// Paragraphs at either end that may be signed.
const SIGNED: usize = 3;
/// Characters at the end of a paragraph that may be a signature.
const SIGNATURE: usize = 40;

/// Takes metadata off both edges of the body.
pub(super) fn take(frame: &Frame, draft: &mut Draft) {
    drop_title(draft);
    take_lead(draft);
    let mut sections = std::mem::take(&mut draft.sections);
    let total: usize = sections.iter().map(|section| section.blocks.len()).sum();
    let mut index = 0;
    for section in &mut sections {
        section.blocks.retain(|block| {
            let is_edge = index < HEAD || index + TAIL >= total;
            index += 1;
            let fields =
                if is_edge && is_line(block) { labelled::line(&block.text, frame) } else { None };
            fields.is_none_or(|fields| {
                for field in fields {
                    keep(field, draft);
                }
                false
            })
        });
    }
    sections.retain(|section| section.heading.is_some() || !section.blocks.is_empty());
    draft.sections = sections;
    if draft.authors.is_empty() {
        draft.authors = signed(&draft.sections);
    }
}

/// Chinese reporters sign the first or the last paragraphs.
fn signed(sections: &[Section]) -> Vec<String> {
    let texts: Vec<&str> = sections
        .iter()
        .flat_map(|section| &section.blocks)
        .map(|block| block.text.as_str())
        .collect();
    let edges = texts.iter().take(SIGNED).chain(texts.iter().rev().take(SIGNED));
    edges
        .map(|text| signatures::reporters(tail(text)))
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

/// The end of a text, where it is signed.
fn tail(text: &str) -> &str {
    let start = text.char_indices().rev().nth(SIGNATURE - 1).map_or(0, |(at, _)| at);
    &text[start..]
}

fn is_line(block: &Block) -> bool {
    block.kind == BlockKind::Paragraph && !block.text.contains('\n')
}

/// The heading that is the title, and a first line that repeats it.
fn drop_title(draft: &mut Draft) {
    let Some(title) = draft.title.as_deref().map(fold) else { return };
    for section in draft.sections.iter_mut().take(2) {
        if section
            .heading
            .as_deref()
            .is_some_and(|heading| is_title(heading, &title, section.level))
        {
            section.heading = None;
            section.level = 2;
        }
        if section.blocks.first().is_some_and(|block| is_line(block) && fold(&block.text) == title)
        {
            section.blocks.remove(0);
        }
    }
    join_openings(&mut draft.sections);
}

/// A first-level heading may bring a kicker along.
fn is_title(heading: &str, title: &str, level: u8) -> bool {
    let heading = fold(heading);
    let close = heading.len() < title.len() * 2 && title.len() < heading.len() * 2;
    heading == title
        || (level == 1 && close && (heading.contains(title) || title.contains(&heading)))
}

/// What stood before the title and what stood under it are one opening.
fn join_openings(sections: &mut Vec<Section>) {
    if let [first, second, ..] = sections.as_mut_slice()
        && first.heading.is_none()
        && second.heading.is_none()
    {
        let blocks = std::mem::take(&mut second.blocks);
        first.blocks.extend(blocks);
        sections.remove(1);
    }
}

/// A labelled lead is the publisher's introduction and not the first paragraph.
fn take_lead(draft: &mut Draft) {
    let Some(section) = draft.sections.first_mut() else { return };
    let found = section
        .blocks
        .iter()
        .take(HEAD)
        .position(|block| wording::labelled_lead(&block.text).is_some());
    let Some(at) = found else { return };
    let lead = wording::labelled_lead(&section.blocks[at].text).unwrap_or_default().to_owned();
    let below = lead
        .is_empty()
        .then(|| section.blocks.get(at + 1).map(|block| block.text.clone()))
        .flatten();
    let taken = 1 + usize::from(below.is_some());
    let lead = below.unwrap_or(lead);
    if lead.is_empty() || section.blocks.len() + draft.sections.len() <= taken + 1 {
        return;
    }
    let Some(section) = draft.sections.first_mut() else { return };
    section.blocks.drain(at..at + taken);
    draft.lead = draft.lead.take().or(Some(lead));
}

fn keep(field: Field, draft: &mut Draft) {
    match field {
        Field::Author(names) if draft.authors.is_empty() => draft.authors = names,
        Field::Source(name) => draft.attribution = draft.attribution.take().or(Some(name)),
        Field::Published(Ok(moment)) => draft.published = draft.published.take().or(Some(moment)),
        Field::Updated(Ok(moment)) => draft.updated = draft.updated.take().or(Some(moment)),
        Field::Tags(tags) if draft.tags.is_empty() => draft.tags = tags,
        _ => {}
    }
}
