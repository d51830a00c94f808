//! Ways to find the article in a page. A new way is a new file and a line in [`all`].

mod readability;
mod semantic;

use std::sync::LazyLock;

use dom_query::Document as Page;
use regex::Regex;
use url::Url;

use crate::domain::{Block, BlockKind, Section};

/// One answer to where the article is.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Who gave it.
    pub name: &'static str,
    /// Its sections, sanitised.
    pub sections: Vec<Section>,
}

impl Candidate {
    /// Characters of prose outside links, which menus have none of.
    pub fn prose(&self) -> usize {
        let blocks = self.sections.iter().flat_map(|section| &section.blocks);
        blocks.filter(|block| block.kind != BlockKind::Figure).map(unlinked).sum()
    }
}

fn unlinked(block: &Block) -> usize {
    static LINK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?s)<a\b[^>]*>(.*?)</a>").expect("the pattern is fixed and tested")
    });
    let linked: usize = LINK.captures_iter(&block.html).map(|link| link[1].chars().count()).sum();
    block.text.chars().count().saturating_sub(linked)
}

/// Every candidate that found something.
pub(super) fn all(page: &Page, base: Option<&Url>) -> Vec<Candidate> {
    let found =
        [("readability", readability::find(page, base)), ("semantic", semantic::find(page))];
    found
        .into_iter()
        .filter_map(|(name, html)| Some(Candidate { name, sections: super::cut(&html?, base) }))
        .filter(|candidate| candidate.prose() > 0)
        .collect()
}
