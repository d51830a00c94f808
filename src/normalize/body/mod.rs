//! The article's part of the page: candidates of different kinds, a chooser, and what the edges still say about the article.

mod candidates;
mod chooser;
mod edges;
mod ends;
mod foreign;
pub(super) mod further;
mod media;
mod payload;
mod pictures;
mod prose;
mod prune;
mod refusal;
mod repeats;
mod teasers;
mod unshown;

pub use candidates::Found;
use dom_query::Document as Page;
pub(super) use foreign::{is_by_others, names_others};
pub(super) use unshown::Unshown;
use url::Url;

use self::prose::Prose;
use super::dates::Frame;
use super::draft::Draft;
use super::folding::fold;
use super::{NormalizeError, embeds, footnotes, plain, sanitize, sections};
use crate::domain::Section;

/// Fills the draft's sections and media from the best candidate; `unshown` may hold the article where the page shows little.
pub(super) fn fill(
    page: &Page,
    unshown: &Unshown<'_>,
    base: Option<&Url>,
    frame: &Frame,
    draft: &mut Draft,
) -> Result<(), NormalizeError> {
    embeds::link(page, base);
    let seen = page.body().map(|body| Prose::of(&body)).unwrap_or_default();
    if let Some(body) = page.body() {
        pictures::frame(&body, &seen);
        teasers::remove(&body, &seen);
        foreign::remove_questions(&body, &seen);
    }
    let scored = candidates::scored(page, base);
    let (all, prose) = candidates::all(page, &seen, scored.as_ref());
    let (shown, mut found) = chooser::best(all);
    let title = draft.title.as_deref().unwrap_or_default();
    let shown = match shown {
        Some(shown) => Some(candidates::with_title(page, &prose, title, shown)),
        None => candidates::without_prose(page, &prose, title),
    };
    let is_beside = |shown: &candidates::Candidate<'_>| found.iter().all(|f| f.way != shown.name);
    let beside = shown.as_ref().filter(|shown| is_beside(shown)).map(|shown| shown.found(0.0));
    found.extend(beside);
    let is_poor = shown.as_ref().is_none_or(candidates::Candidate::is_poor);
    let sent = if is_poor { unshown.pages() } else { Vec::new() };
    let sent = unshown::candidates(&sent);
    found.extend(sent.iter().map(|sent| sent.found(0.0)));
    let chosen = unshown::rescue(shown, sent, title);
    if chosen.as_ref().is_none_or(|chosen| chosen.weight() < refusal::MUCH)
        && let Some(reason) = refusal::of(page)
    {
        return Err(NormalizeError::NoArticle { reason });
    }
    let Some(chosen) = chosen else {
        return Err(NormalizeError::NoArticle { reason: NOTHING });
    };
    if let Some(reason) = refusal::of_list(page, &chosen.node, chosen.weight()) {
        return Err(NormalizeError::NoArticle { reason });
    }
    for candidate in &mut found {
        candidate.is_chosen = candidate.way == chosen.name;
    }
    draft.candidates = found;
    draft.sections = cut(&chosen.node.html(), base);
    if let Some(account) = &mut draft.account {
        let blocks = draft.sections.iter().flat_map(|section| &section.blocks);
        account.extend(blocks.map(|block| block.text.clone()));
    }
    draft.opening = opening(&draft.sections, draft.title.as_deref().unwrap_or_default());
    finish(base, frame, draft);
    Ok(())
}

/// What a page without prose is told.
const NOTHING: &str = "only navigation, or scripts that would fetch the text; open it in a browser to see whether it needs a login, and try its print or AMP address";

/// Fills the draft from a page that is all article.
pub(super) fn fill_whole(page: &Page, base: Option<&Url>, frame: &Frame, draft: &mut Draft) {
    embeds::link(page, base);
    let html = page.body().map(|body| body.inner_html().to_string()).unwrap_or_default();
    let sections = cut(&html, base);
    draft.opening = opening(&sections, draft.title.as_deref().unwrap_or_default());
    fill_cut(sections, base, frame, draft);
}

/// Fills the draft with sections that are all article, sanitised and cut.
pub(super) fn fill_cut(
    sections: Vec<Section>,
    base: Option<&Url>,
    frame: &Frame,
    draft: &mut Draft,
) {
    draft.sections = sections;
    let first_is_title = draft
        .sections
        .first()
        .is_some_and(|section| section.heading.is_some() && section.level == 1);
    if first_is_title {
        draft.title = draft.sections[0].heading.clone();
    }
    finish(base, frame, draft);
}

/// Sanitised sections of a piece of HTML. What a parser wrote is mostly plain, whatever it was before.
fn cut(html: &str, base: Option<&Url>) -> Vec<Section> {
    plain::sections(html, plain::Hand::Parser, base)
        .unwrap_or_else(|| sections::split(&sanitize::clean(html, base)))
}

fn finish(base: Option<&Url>, frame: &Frame, draft: &mut Draft) {
    prune::prune(&mut draft.sections);
    edges::take(frame, draft);
    append_footnotes(base, draft);
    draft.media = media::of(&draft.sections);
}

/// The notes that the text calls stand at its end, wherever the page had them.
fn append_footnotes(base: Option<&Url>, draft: &mut Draft) {
    if draft.footnotes.is_empty() {
        return;
    }
    let texts: Vec<String> = draft.sections.iter().map(Section::text).collect();
    let list = footnotes::list(&draft.footnotes, &texts.join("\n"));
    let notes = list.map(|list| cut(&list, base)).unwrap_or_default();
    if let Some(last) = draft.sections.last_mut() {
        last.blocks.extend(notes.into_iter().flat_map(|section| section.blocks));
    }
}

/// Lines at the beginning that may be signed.
const OPENING: usize = 6;

/// The first lines below the title, headings among them, before what is no part of the article is taken off.
fn opening(sections: &[Section], title: &str) -> Vec<String> {
    let lines = sections.iter().take(OPENING).flat_map(|section| {
        let texts = section.blocks.iter().take(OPENING).flat_map(|block| block.text.lines());
        section.heading.as_deref().into_iter().chain(texts)
    });
    let title = fold(title);
    lines.filter(|line| fold(line) != title).take(OPENING).map(str::to_owned).collect()
}
