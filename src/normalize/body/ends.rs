//! What stands before the first and after the last prose of a body: names, buttons and links of the page around it.

use crate::domain::{Block, BlockKind, Section};
use crate::normalize::embeds;

/// Characters of a line before the first prose that may belong to the page around it; a Han character counts as two.
const SHORT: usize = 50;

/// Trims both ends; a body without prose is left as it is.
pub(super) fn trim(sections: &mut Vec<Section>) {
    let prose = |section: &Section| section.blocks.iter().any(is_prose);
    let (Some(first), Some(last)) =
        (sections.iter().position(prose), sections.iter().rposition(prose))
    else {
        return;
    };
    for section in sections.iter_mut().skip(last + 1) {
        section.blocks.retain(|block| !is_mostly_links(block));
    }
    trim_tail(&mut sections[last]);
    sections.drain(..first).for_each(drop);
    trim_head(&mut sections[0]);
    let last = last - first;
    let mut at = 0;
    sections.retain(|section| {
        at += 1;
        at <= last + 1 || section.blocks.iter().any(|block| !block.text.is_empty())
    });
}

/// A salutation ("To all members:") ends with a colon and stays; pictures stay.
fn trim_head(section: &mut Section) {
    let first = section.blocks.iter().position(is_prose).unwrap_or(0);
    let mut at = 0;
    section.blocks.retain(|block| {
        at += 1;
        let is_media = block.kind == BlockKind::Figure || block.html.contains(embeds::MARK);
        at > first || is_media || !is_label(block)
    });
}

fn trim_tail(section: &mut Section) {
    let last = section.blocks.iter().rposition(is_prose).unwrap_or(0);
    let mut at = 0;
    section.blocks.retain(|block| {
        at += 1;
        at <= last + 1 || !is_mostly_links(block)
    });
}

fn is_label(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Paragraph | BlockKind::List)
        && is_short(&block.text)
        && !block.text.ends_with([':', '：', '.', '!', '?', '。', '！', '？', ',', '，'])
        || is_mostly_links(block)
}

pub(super) fn is_prose(block: &Block) -> bool {
    block.kind == BlockKind::Code
        || block.kind != BlockKind::Figure
            && !is_short(&block.text)
            && block
                .text
                .contains([',', '.', ';', '!', '?', '，', '。', '；', '！', '？', '、', '،', '।'])
            && !is_mostly_links(block)
}

/// Most of the words are links.
fn is_mostly_links(block: &Block) -> bool {
    if !block.html.contains("<a ")
        || block.html.contains(embeds::MARK)
        || block.kind == BlockKind::Figure
    {
        return false;
    }
    let links = block.html.split("<a").skip(1).filter(|rest| rest.starts_with([' ', '>']));
    let inside = links.filter_map(|link| link.split_once('>')?.1.split("</a>").next());
    inside.map(weight).sum::<usize>() * 10 >= weight(&block.text) * 7
}

pub(super) fn weight(text: &str) -> usize {
    weights(text).sum()
}

fn weights(text: &str) -> impl Iterator<Item = usize> {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| if c > '\u{2FFF}' { 2 } else { 1 })
}

/// Whether all of it weighs less; most texts are told by their beginning.
fn is_short(text: &str) -> bool {
    weights(text).take(SHORT).sum::<usize>() < SHORT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str, html: &str) -> Block {
        Block { kind: BlockKind::Paragraph, text: text.into(), html: html.into() }
    }

    #[test]
    fn labels_before_and_links_after_the_prose_go() {
        let prose =
            "The pier was rebuilt after the storm of last winter, and nobody counted the planks.";
        let mut sections = vec![
            Section::headed("Menu", 2, vec![block("Home", "<p>Home</p>")]),
            Section::opening(vec![
                block("Ann Lee", ""),
                block("Dear members:", ""),
                block(prose, ""),
                block("Harbour, 2 May", ""),
                block("More news", "<p><a href=/x>More news</a></p>"),
            ]),
        ];
        trim(&mut sections);
        let texts: Vec<&str> =
            sections.iter().flat_map(|s| &s.blocks).map(|b| b.text.as_str()).collect();
        assert_eq!(texts, ["Dear members:", prose, "Harbour, 2 May"]);
    }
}
