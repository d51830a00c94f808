//! A passage that the page holds twice, word for word, once for each kind of screen or reader: the article says it once.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use super::ends::{is_prose, weight};
use crate::domain::{Block, BlockKind, Section};

/// Weight of a passage that no author repeats word for word; refrains and labels are shorter.
const LONG: usize = 100;

/// Drops what stands a second time in a row, as far as it is long and has prose. Lists and tables alone are repeated on
/// purpose: each product has the same features.
pub(super) fn drop(sections: &mut Vec<Section>) {
    let copies = copies(sections);
    let mut is_copy = copies.into_iter();
    sections.retain_mut(|section| {
        let heading_goes = section.heading.is_some() && is_copy.next().unwrap_or_default();
        section.blocks.retain(|_| !is_copy.next().unwrap_or_default());
        !(heading_goes && section.blocks.is_empty())
    });
}

/// For each heading and block in their order, whether it goes.
fn copies(sections: &[Section]) -> Vec<bool> {
    let (mut said, mut copies, mut run) =
        (HashSet::<_, RandomState>::default(), Vec::new(), Run::default());
    for section in sections {
        let heading = section.heading.as_deref().map(|text| (text, None));
        let blocks = section.blocks.iter().map(|block| (block.text.as_str(), Some(block)));
        for (text, block) in heading.into_iter().chain(blocks) {
            if block.is_none_or(has_words) && !said.insert(text) {
                run.add(text, block);
            } else {
                run.close(&mut copies);
                copies.push(false);
            }
        }
    }
    run.close(&mut copies);
    copies
}

/// Headings and blocks in a row that were all said before.
#[derive(Default)]
struct Run {
    length: usize,
    weight: usize,
    has_prose: bool,
}

impl Run {
    fn add(&mut self, text: &str, block: Option<&Block>) {
        let is_paragraph =
            |block: &Block| matches!(block.kind, BlockKind::Paragraph | BlockKind::Quote);
        self.length += 1;
        self.weight += weight(text);
        self.has_prose |= block.is_some_and(|block| is_paragraph(block) && is_prose(block));
    }

    fn close(&mut self, copies: &mut Vec<bool>) {
        let run = std::mem::take(self);
        copies.extend(std::iter::repeat_n(run.has_prose && run.weight >= LONG, run.length));
    }
}

/// Code is repeated with what was changed in it; pictures have no words.
fn has_words(block: &Block) -> bool {
    !matches!(block.kind, BlockKind::Code | BlockKind::Figure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_is_said_once_and_refrains_and_code_stay() {
        let block = |kind, text: &str| Block { kind, text: text.into(), html: String::new() };
        let prose = |text: &str| block(BlockKind::Paragraph, text);
        let long = "The pier was rebuilt after the storm of last winter, and nobody counted the planks; the mayor, who had paid for them, did not mind.";
        let code = block(BlockKind::Code, &"let pier = plank(1);\n".repeat(9));
        let mut sections = vec![
            Section::opening(vec![prose(long), prose("Oh, the pier!"), code.clone()]),
            Section::headed("The storm", 2, vec![prose("Oh, the pier!"), prose(&long.repeat(2))]),
            Section::headed("The storm", 2, vec![prose(&long.repeat(2))]),
            Section::headed("Again", 2, vec![prose(long), code]),
        ];
        drop(&mut sections);
        let kept: Vec<(Option<&str>, usize)> =
            sections.iter().map(|s| (s.heading.as_deref(), s.blocks.len())).collect();
        assert_eq!(kept, [(None, 3), (Some("The storm"), 2), (Some("Again"), 1)]);
    }
}
