//! Where the prose of a tree stands: runs of text between the borders of blocks, and how much of them each element holds.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use dom_query::{NodeId, NodeRef};

use crate::normalize::dom;

/// Weight below which a run is a label, a button or a name.
const MIN_WEIGHT: usize = 40;

/// Text that one block holds without an inner block between.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// The same for the same words, however they are spaced and marked up.
    pub key: u64,
    /// Characters outside links; a Han character, kana or hangul says as much as two letters.
    pub weight: usize,
}

/// The runs of a tree that are prose.
#[derive(Debug, Default)]
pub(super) struct Prose {
    pub runs: Vec<Run>,
    measures: HashMap<NodeId, Measure, BuildHasherDefault<Numbers>>,
}

/// Nodes are numbered by the parser; their numbers need no protection and every element is looked up.
#[derive(Debug, Default, Clone, Copy)]
struct Numbers(u64);

impl Hasher for Numbers {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What one element holds.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Measure {
    /// Weight of its prose.
    pub prose: usize,
    /// Weight of all text outside links.
    pub free: usize,
    /// Weight of the text of links.
    pub linked: usize,
    /// Its runs among all: they stand together, since both follow the page.
    first: usize,
    end: usize,
}

impl Prose {
    /// Reads `root`; each element is charged with the prose below it.
    pub fn of(root: &NodeRef<'_>) -> Self {
        let mut prose = Self::default();
        let mut open: Option<Gathered<'_>> = None;
        for text in root.descendants_it().filter(NodeRef::is_text) {
            let Some(place) = Place::of(text) else { continue };
            if open.as_ref().is_some_and(|run| run.block.id != place.block.id) {
                prose.close(open.take());
            }
            open.get_or_insert_with(|| Gathered::new(place.block)).add(&text, place.is_linked);
        }
        prose.close(open);
        prose
    }

    /// The weight of all prose.
    pub fn total(&self) -> usize {
        self.runs.iter().map(|run| run.weight).sum()
    }

    /// The weight of the prose in one element.
    pub fn weight(&self, node: &NodeRef<'_>) -> usize {
        self.measure(node).prose
    }

    /// The runs in one element.
    pub fn runs_of(&self, node: &NodeRef<'_>) -> &[Run] {
        let measure = self.measure(node);
        let range: Range<usize> = measure.first..measure.end;
        self.runs.get(range).unwrap_or_default()
    }

    /// What one element holds.
    pub fn measure(&self, node: &NodeRef<'_>) -> Measure {
        self.measures.get(&node.id).copied().unwrap_or_default()
    }

    fn close(&mut self, gathered: Option<Gathered<'_>>) {
        let Some(gathered) = gathered else { return };
        let run = gathered.run();
        let mut node = Some(gathered.block);
        while let Some(element) = node {
            let measure = self.measures.entry(element.id).or_default();
            if let Some(run) = run {
                measure.first = if measure.end == 0 { self.runs.len() } else { measure.first };
                measure.end = self.runs.len() + 1;
                measure.prose += run.weight;
            }
            measure.free += gathered.free;
            measure.linked += gathered.linked;
            node = element.parent();
        }
        self.runs.extend(run);
    }
}

/// Where a text stands.
struct Place<'a> {
    block: NodeRef<'a>,
    is_linked: bool,
}

impl<'a> Place<'a> {
    /// `None` for text that no reader sees.
    fn of(text: NodeRef<'a>) -> Option<Self> {
        let mut is_linked = false;
        let mut node = text.parent()?;
        loop {
            if dom::is_named(&node, dom::is_unseen) {
                return None;
            }
            is_linked |= node.has_name("a");
            let parent = node.parent();
            match parent {
                Some(parent) if !dom::is_named(&node, dom::is_block) => node = parent,
                _ => return Some(Self { block: node, is_linked }),
            }
        }
    }
}

/// A run while it is read.
struct Gathered<'a> {
    block: NodeRef<'a>,
    key: u64,
    free: usize,
    linked: usize,
    has_sentence: bool,
    is_imprint: bool,
}

impl<'a> Gathered<'a> {
    fn new(block: NodeRef<'a>) -> Self {
        Self {
            block,
            key: 0xcbf2_9ce4_8422_2325,
            free: 0,
            linked: 0,
            has_sentence: false,
            is_imprint: false,
        }
    }

    fn add(&mut self, text: &NodeRef<'_>, is_linked: bool) {
        let counted = if is_linked { &mut self.linked } else { &mut self.free };
        let text = dom::raw_text(text);
        // Who owns and registers the site, in footers all over the web.
        self.is_imprint |= text.contains('©') || text.contains("ICP备") || text.contains("网安备");
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            *counted += 1 + usize::from(is_wide(c));
            self.has_sentence |= ends_clause(c);
            // FNV-1a: short, and the same on every machine and run.
            self.key = (self.key ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// Prose has clauses and more words outside links than inside.
    fn run(&self) -> Option<Run> {
        let is_prose = !self.is_imprint
            && self.free >= MIN_WEIGHT
            && self.free > self.linked
            && self.has_sentence;
        is_prose.then_some(Run { key: self.key, weight: self.free })
    }
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

fn ends_clause(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | '!' | '?' | ';' | '。' | '，' | '！' | '？' | '；' | '、' | '؟' | '،' | '।'
    )
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::*;

    #[test]
    fn prose_is_charged_to_the_elements_around_it_and_menus_weigh_nothing() {
        let sentence =
            "The pier was rebuilt after the storm of last winter, and nobody counted the planks.";
        let page = Document::from(format!(
            "<div id=a><p>{sentence}</p><p>{sentence}</p></div><ul id=b><li><a href=/x>{sentence}</a></ul><div id=c>海风把旧灯塔的门吹开了，守塔的人却没有回来，桌上的日志停在去年冬天的一个晚上，再没有人写下去。</div>"
        ));
        let prose = Prose::of(&page.root());
        let weight = |id: &str| prose.weight(&page.select(id).nodes()[0]);
        assert_eq!(weight("#b"), 0);
        assert!(weight("#a") > 120 && weight("#c") > 60);
        assert_eq!(prose.total(), weight("#a") + weight("#c"));
        assert_eq!(prose.runs[0].key, prose.runs[1].key);
    }
}
