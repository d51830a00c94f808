//! Ways to find the article in a page. A new way is a new file and a line in [`all`].

mod density;
mod readability;
mod semantic;

use dom_query::{Document as Page, NodeRef};
use url::Url;

use super::foreign;
use super::prose::{Prose, Run};

/// What a candidate found, for those who ask why.
#[derive(Debug, Clone)]
pub struct Found {
    /// The way it was found.
    pub way: &'static str,
    /// Characters of prose outside links; a Han character counts as two.
    pub prose: usize,
    /// How well it agrees with what most ways found, from 0 to 1.
    pub agreement: f64,
    /// Whether it became the body.
    pub is_chosen: bool,
}

/// One answer to where the article is.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    /// Who gave it.
    pub name: &'static str,
    /// The element that holds it, not yet sanitised.
    pub node: NodeRef<'a>,
    /// The prose in it.
    pub runs: Vec<Run>,
    /// The weight of all its text.
    pub text: usize,
}

impl<'a> Candidate<'a> {
    /// What the prose outside links weighs; menus have none.
    pub fn weight(&self) -> usize {
        self.runs.iter().map(|run| run.weight).sum()
    }

    /// The same as data.
    pub fn found(&self, agreement: f64) -> Found {
        Found { way: self.name, prose: self.weight(), agreement, is_chosen: false }
    }

    /// So little that the article may be elsewhere.
    pub fn is_poor(&self) -> bool {
        self.weight() < POOR
    }

    fn of(name: &'static str, node: NodeRef<'a>, prose: &Prose) -> Self {
        let measure = prose.measure(&node);
        Self {
            name,
            node,
            runs: prose.runs_of(&node).to_vec(),
            text: measure.free + measure.linked,
        }
    }
}

/// Weight of prose below which scripts are searched for the article: a dozen sentences.
const POOR: usize = 1_500;

/// A page that is all one candidate.
pub(super) fn whole<'a>(way: &'static str, page: &'a Page) -> Candidate<'a> {
    Candidate::of(way, page.root(), &Prose::of(&page.root()))
}

/// What paragraph scoring makes of a copy of the page.
pub(super) fn scored(page: &Page, base: Option<&Url>) -> Option<Page> {
    let part = readability::find(page, base)?;
    let node = readability::node(&part)?;
    foreign::remove(&node, &Prose::of(&node), false);
    Some(part)
}

/// Every candidate that found something. Takes what is foreign out of the page, of which `seen` tells where its prose stands.
pub(super) fn all<'a>(
    page: &'a Page,
    seen: &Prose,
    scored: Option<&'a Page>,
) -> Vec<Candidate<'a>> {
    let mut found = Vec::new();
    if let Some(node) = scored.and_then(readability::node) {
        found.push(Candidate::of("readability", node, &Prose::of(&node)));
    }
    if let Some(body) = page.body() {
        foreign::remove(&body, seen, true);
        let prose = Prose::of(&body);
        found.extend(
            semantic::find(page, &prose).map(|node| Candidate::of("semantic", node, &prose)),
        );
        found.extend(
            density::find(&body, &prose).map(|node| Candidate::of("density", node, &prose)),
        );
    }
    found.retain(|candidate| candidate.weight() > 0);
    found
}
