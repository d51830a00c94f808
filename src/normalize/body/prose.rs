//! Where the prose of a tree stands: runs of text between the borders of blocks, and how much of them each element holds.

use std::collections::HashMap;
use std::ops::Range;

use dom_query::{NodeId, NodeRef};
use foldhash::fast::RandomState;

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
    measures: HashMap<NodeId, Measure, RandomState>,
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
        let mut reader = Reader::default();
        let mut next = Some(*root);
        loop {
            next = match next {
                Some(node) => reader.enter(node),
                None if reader.open.is_empty() => return reader.prose,
                None => reader.leave(),
            };
        }
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
}

/// Breaks in a row that part paragraphs; one only ends a line.
const PARTING_BREAKS: usize = 2;

/// An element that is being read.
struct Open<'a> {
    node: NodeRef<'a>,
    sibling: Option<NodeRef<'a>>,
    is_block: bool,
    is_link: bool,
    /// What was counted before it began.
    before: Measure,
}

/// One walk through a tree.
#[derive(Default)]
struct Reader<'a> {
    prose: Prose,
    open: Vec<Open<'a>>,
    /// Everything counted so far.
    counted: Measure,
    run: Option<Gathered>,
    breaks: usize,
}

impl<'a> Reader<'a> {
    /// Reads a text or begins an element; the node to read next, if this element or its parent has one more.
    fn enter(&mut self, node: NodeRef<'a>) -> Option<NodeRef<'a>> {
        let is_root = self.open.is_empty();
        let sibling = if is_root { None } else { node.next_sibling() };
        if node.is_text() {
            self.text(&node);
            return sibling;
        }
        let name = dom::name(&node);
        if dom::is_unseen(&name) && !is_root {
            return sibling;
        }
        self.breaks += usize::from(&*name == "br");
        let is_link = &*name == "a";
        let is_block = is_root || dom::is_block(&name);
        self.open.push(Open { node, sibling, is_block, is_link, before: self.counted });
        node.first_child()
    }

    /// Ends the innermost element; the node after it, if there is one in its parent.
    fn leave(&mut self) -> Option<NodeRef<'a>> {
        let id = self.open.last()?.node.id;
        if self.run.as_ref().is_some_and(|run| run.block == id) {
            self.close();
        }
        let left = self.open.pop()?;
        let measure = self.counted.since(&left.before);
        if measure.free + measure.linked > 0 {
            self.prose.measures.insert(id, measure);
        }
        left.sibling
    }

    fn text(&mut self, node: &NodeRef<'_>) {
        let Some(at) = self.open.iter().rposition(|open| open.is_block) else { return };
        let block = self.open[at].node.id;
        // A link around the block is one that the page forgot to close.
        let is_linked = self.open[at..].iter().any(|open| open.is_link);
        dom::with_text(node, |text| {
            if text.trim_start().is_empty() {
                return;
            }
            let is_parted = self.breaks >= PARTING_BREAKS;
            self.breaks = 0;
            if self.run.as_ref().is_some_and(|run| run.block != block || is_parted) {
                self.close();
            }
            self.run.get_or_insert_with(|| Gathered::new(block)).add(text, is_linked);
        });
    }

    /// Counts the run for its block and what is around that; elements begun inside the block since then have none of it.
    fn close(&mut self) {
        let Some(gathered) = self.run.take() else { return };
        let run = gathered.run();
        let inner = self.open.iter_mut().rev().take_while(|open| open.node.id != gathered.block);
        let before = inner.map(|open| &mut open.before);
        for counted in before.chain([&mut self.counted]) {
            counted.free += gathered.free;
            counted.linked += gathered.linked;
            counted.prose += run.map_or(0, |run| run.weight);
            counted.end += usize::from(run.is_some());
        }
        self.prose.runs.extend(run);
    }
}

impl Measure {
    fn since(&self, before: &Self) -> Self {
        Self {
            prose: self.prose - before.prose,
            free: self.free - before.free,
            linked: self.linked - before.linked,
            first: before.end,
            end: self.end,
        }
    }
}

/// A run while it is read.
struct Gathered {
    block: NodeId,
    key: u64,
    free: usize,
    linked: usize,
    has_sentence: bool,
    is_imprint: bool,
}

impl Gathered {
    fn new(block: NodeId) -> Self {
        Self {
            block,
            key: 0xcbf2_9ce4_8422_2325,
            free: 0,
            linked: 0,
            has_sentence: false,
            is_imprint: false,
        }
    }

    fn add(&mut self, text: &str, is_linked: bool) {
        if text.is_ascii() {
            return self.count(text.bytes().map(char::from), is_linked);
        }
        // Who owns and registers the site, in footers all over the web.
        self.is_imprint |= ["©", "ICP备", "网安备"].iter().any(|mark| text.contains(mark));
        self.count(text.chars(), is_linked);
    }

    fn count(&mut self, letters: impl Iterator<Item = char>, is_linked: bool) {
        let counted = if is_linked { &mut self.linked } else { &mut self.free };
        for c in letters.filter(|c| !c.is_whitespace()) {
            // Most letters are told from all others at once.
            if !c.is_ascii_alphanumeric() {
                *counted += usize::from(is_wide(c));
                self.has_sentence |= ends_clause(c);
            }
            *counted += 1;
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
