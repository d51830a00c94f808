//! Links in the middle of a paragraph: what an article refers to, not what a list names.

use std::collections::HashMap;

use dom_query::{NodeId, NodeRef};

use super::block::{Block, Entry};
use crate::normalize::dom;

/// A paragraph has at least so many times the characters of a link that it refers to.
const TIMES: usize = 3;
/// Characters before a link that are more than the day and the writer of an entry.
const MORE_THAN_BYLINE: usize = 40;

/// What is known of a page's paragraphs; each is read once, whatever number of links it has.
#[derive(Default)]
pub(super) struct Paragraphs(HashMap<NodeId, Paragraph>);

struct Paragraph {
    characters: usize,
    /// Characters before each of its links.
    before: HashMap<NodeId, usize>,
}

impl Paragraphs {
    /// What of `block` is no reference, if anything.
    pub fn without_references<'a>(&mut self, mut block: Block<'a>) -> Option<Block<'a>> {
        block.entries.retain(|entry| !self.refer_to(entry));
        (!block.entries.is_empty()).then_some(block)
    }

    /// Whether the link stands within the sentences of a paragraph. That of an entry begins it, after a byline at most.
    fn refer_to(&mut self, entry: &Entry<'_>) -> bool {
        let Some(link) = entry.link.as_ref().filter(|link| !link.is_heading) else { return false };
        let around = dom::closest(link.anchor, |node| node.has_name("p"));
        let Some(around) = around else { return false };
        let paragraph = self.0.entry(around.id).or_insert_with(|| Paragraph::read(&around));
        let before = paragraph.before.get(&link.anchor.id);
        before.is_some_and(|before| *before >= MORE_THAN_BYLINE)
            && dom::text(&link.anchor).chars().count() * TIMES <= paragraph.characters
    }
}

impl Paragraph {
    fn read(around: &NodeRef<'_>) -> Self {
        let (mut characters, mut before) = (0, HashMap::new());
        for node in around.descendants_it() {
            characters += dom::with_text(&node, |text| dom::squeeze(text).chars().count());
            if node.has_name("a") {
                before.insert(node.id, characters);
            }
        }
        Self { characters, before }
    }
}
