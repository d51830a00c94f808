//! The article's part of the page: candidates of different kinds, a chooser, and what the edges still say about the article.

mod candidates;
mod chooser;
mod edges;
mod media;
mod prune;

use dom_query::Document as Page;
use url::Url;

use super::dates::Frame;
use super::draft::Draft;
use super::evidence::Trial;
use super::{NormalizeError, sanitize, sections};
use crate::domain::Section;

/// Fills the draft's sections and media from the best candidate.
pub(super) fn fill(
    page: &Page,
    base: Option<&Url>,
    frame: &Frame,
    draft: &mut Draft,
) -> Result<(), NormalizeError> {
    let candidates = candidates::all(page, base);
    let Some(chosen) = chooser::best(candidates) else {
        return Err(NormalizeError::NoArticle {
            reason: "only navigation, or scripts that would fetch the text; open it in a browser to see whether it needs a login, and try its print or AMP address",
        });
    };
    draft.sections = chosen.sections;
    finish(frame, draft);
    Ok(())
}

/// What each way found, and the texts of the chosen one before anything is taken off it; for explanations.
pub(super) fn trials(page: &Page, base: Option<&Url>) -> (Vec<Trial>, Vec<String>) {
    let candidates = candidates::all(page, base);
    let found: Vec<(&'static str, usize)> =
        candidates.iter().map(|candidate| (candidate.name, candidate.prose())).collect();
    let chosen = chooser::best(candidates);
    let name = chosen.as_ref().map(|chosen| chosen.name);
    let trial = |(own, prose)| Trial { name: own, prose, chosen: Some(own) == name };
    let sections = chosen.map(|chosen| chosen.sections).unwrap_or_default();
    let blocks = sections.into_iter().flat_map(|section| section.blocks);
    (found.into_iter().map(trial).collect(), blocks.map(|block| block.text).collect())
}

/// Fills the draft from a page that is all article.
pub(super) fn fill_whole(page: &Page, base: Option<&Url>, frame: &Frame, draft: &mut Draft) {
    let html = page.body().map(|body| body.inner_html().to_string()).unwrap_or_default();
    draft.sections = cut(&html, base);
    let first_is_title = draft
        .sections
        .first()
        .is_some_and(|section| section.heading.is_some() && section.level == 1);
    if first_is_title {
        draft.title = draft.sections[0].heading.clone();
    }
    finish(frame, draft);
}

/// Sanitised sections of a piece of HTML.
fn cut(html: &str, base: Option<&Url>) -> Vec<Section> {
    sections::split(&sanitize::clean(html, base))
}

fn finish(frame: &Frame, draft: &mut Draft) {
    prune::prune(&mut draft.sections);
    edges::take(frame, draft);
    draft.media = media::of(&draft.sections);
}
