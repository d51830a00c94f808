//! Ways to find the article in a page. A new way is a new file and a line in [`all`].

mod density;
mod readability;
mod semantic;
mod titled;

use dom_query::{Document as Page, NodeRef};
use url::Url;

use super::foreign;
use super::prose::{Prose, Run};
use crate::normalize::dom;
use crate::normalize::folding::fold;
use crate::normalize::metadata::SAYS_ARTICLE;

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

    /// Whether the two hold some of the same prose.
    pub fn shares(&self, other: &Self) -> bool {
        self.runs.iter().any(|run| other.runs.iter().any(|known| known.key == run.key))
    }

    /// Whether it has the longest line of the other, however the two are cut into blocks.
    fn says(&self, other: &Self) -> bool {
        let longest = dom::lines(&other.node).into_iter().max_by_key(String::len);
        longest.is_none_or(|line| fold(&dom::text(&self.node)).contains(&fold(&line)))
    }

    /// Whether it has most of the words of a title.
    pub fn is_about(&self, title: &str) -> bool {
        let text = dom::text(&self.node).to_lowercase();
        let title = title.to_lowercase();
        let words = || title.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3);
        let (all, found) = (words().count(), words().filter(|word| text.contains(word)).count());
        all >= 3 && found * 4 >= all * 3
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

/// Every candidate that found something, and where the prose stands in the page. Takes what is foreign out of it, of which
/// `seen` tells the same before.
pub(super) fn all<'a>(
    page: &'a Page,
    seen: &Prose,
    scored: Option<&'a Page>,
) -> (Vec<Candidate<'a>>, Prose) {
    let (mut found, mut prose) = (Vec::new(), Prose::default());
    if let Some(node) = scored.and_then(readability::node) {
        found.push(Candidate::of("readability", node, &Prose::of(&node)));
    }
    if let Some(body) = page.body() {
        foreign::remove(&body, seen, true);
        prose = Prose::of(&body);
        found.extend(
            semantic::find(page, &prose).map(|node| Candidate::of("semantic", node, &prose)),
        );
        found.extend(
            density::find(&body, &prose).map(|node| Candidate::of("density", node, &prose)),
        );
    }
    found.retain(|candidate| candidate.weight() > 0);
    (found, prose)
}

/// What stands with the title of a page that holds no prose and says that it is an article: a poem, a recipe, a picture.
pub(super) fn without_prose<'a>(
    page: &'a Page,
    prose: &Prose,
    title: &str,
) -> Option<Candidate<'a>> {
    let says_so = page.select(SAYS_ARTICLE).exists();
    let node = titled::text(page, prose, title).filter(|_| says_so)?;
    Some(Candidate::of("titled", node, prose))
}

/// What stands with the title, where that is at least half as much as was `chosen` and nothing of it: then the longer text is
/// about something else, such as who sells the page's advertisements.
pub(super) fn with_title<'a>(
    page: &'a Page,
    prose: &Prose,
    title: &str,
    chosen: Candidate<'a>,
) -> Candidate<'a> {
    let node = titled::find(page, prose, title, titled::ENOUGH.max(chosen.weight() / 2));
    let beside = node.map(|node| Candidate::of("titled", node, prose));
    beside.filter(|beside| !beside.shares(&chosen) && !beside.says(&chosen)).unwrap_or(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_with_the_title_goes_before_a_longer_text_that_has_nothing_of_it() {
        let story =
            "The pier was rebuilt after the storm of last winter, and nobody counted the planks. ";
        let about = "This page earns a little when its readers buy a lamp, which changes no word. ";
        let page = Page::from(format!(
            "<div><h2>The New Pier</h2><a href=/a>{story}</a></div><div id=about><p>{}</p></div><div id=story><div><h1>The New Pier</h1></div><div>{}</div></div>",
            about.repeat(9),
            story.repeat(6)
        ));
        let prose = Prose::of(&page.root());
        let named = |id: &str| {
            let node = page.select(id).nodes()[0];
            let chosen = Candidate::of("scored", node, &prose);
            with_title(&page, &prose, "The new pier", chosen).name
        };
        assert_eq!(
            (named("#about"), named("#story"), named("body")),
            ("titled", "scored", "scored")
        );
    }
}
