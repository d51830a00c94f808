//! Metadata by cascade: what machines are told first, what readers see where that is missing.

mod declared;
mod json_ld;
mod lead;
mod signed;
mod site;
mod title;
mod told;
mod visible;

use std::collections::HashSet;

use dom_query::Document as Page;
use url::Url;

use super::dates::{self, Frame, Reading};
use super::draft::Draft;
use super::folding::fold;
use super::{authors, facts, links};
use crate::domain::{Media, Moment, Note, Precision};
pub(super) use declared::{Declared, claimed_address};
pub(super) use told::{Told, told};

/// What a page says of itself that is one article, such as a round-up of others.
pub(super) const SAYS_ARTICLE: &str =
    "meta[property='og:type'][content='article'], meta[property='article:published_time']";

/// What there is to read of a page, gathered once.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    pub page: &'a Page,
    /// The lines that a reader sees, related items apart.
    pub lines: &'a [String],
    pub declared: &'a Declared,
    pub base: Option<&'a Url>,
}

/// Fills the draft with everything but the lead, whose choice depends on the body.
pub(super) fn fill(sight: &Sight<'_>, frame: &Frame, draft: &mut Draft) {
    let Sight { page, lines, declared, base } = *sight;
    draft.title = title::choose(page, declared, base, lines);
    if draft.title.is_none() {
        draft.title = title::cut(page, declared);
        let note = || Note::new("title", "it is far too long for one; its beginning is kept");
        draft.notes.extend(draft.title.is_some().then(note));
    }
    draft.canonical_url = canonical(declared, base);
    draft.declared_language.clone_from(&declared.language);
    draft.tags = declared.tags(page);
    let seen = visible::near_title(lines, draft.title.as_deref(), frame);
    let told = first_moment(&declared.published, frame, "published", &mut draft.notes);
    let shown = settle(seen.published, "published", &mut draft.notes);
    let first = told.clone().filter(|told| !is_of_template(told, shown.as_ref()));
    let found = first.or(shown).or(told);
    draft.published = found.or_else(|| base.and_then(|url| dates::in_address(url, frame)));
    if draft.published.is_none() {
        draft.published = visible::marked_time(page, frame)
            .or_else(|| visible::near_another(lines, draft.title.as_deref(), frame))
            .or_else(|| visible::only_time(page, frame))
            .or_else(|| visible::only_date(lines, frame));
    }
    if draft.published.is_none() {
        // A page that shows one time only shows when it was published, though it may call that an update.
        draft.published = seen.updated.clone().and_then(Result::ok);
    }
    draft.updated = first_moment(&declared.updated, frame, "updated", &mut draft.notes)
        .or_else(|| settle(seen.updated, "updated", &mut draft.notes));
    draft.authors = people(declared, page, base);
    if draft.authors.is_empty() {
        let sites = own_names(declared);
        draft.authors = seen.authors.into_iter().filter(|n| !sites.contains(&fold(n))).collect();
    }
    draft.attribution = seen.source;
    draft.facts = facts::stated(page, lines, draft.title.as_deref());
    draft.lead = seen.lead;
}

/// Fills what needs the body to be judged.
pub(super) fn fill_from_body(sight: &Sight<'_>, draft: &mut Draft) {
    let Sight { declared, base, .. } = *sight;
    signed::complete(&mut draft.authors, &draft.opening);
    if draft.authors.is_empty() {
        draft.authors = last_resort(sight, draft.attribution.as_deref());
    }
    let main = declared.image.as_deref().and_then(|href| links::absolute(href, base));
    if let Some(at) = draft.media.iter().position(|media| Some(&media.url) == main.as_ref()) {
        draft.media[..=at].rotate_right(1);
    }
    let mut blocks = draft.sections.iter().flat_map(|section| &section.blocks);
    if draft.media.is_empty() || !blocks.any(|block| block.html.contains("<img")) {
        // Pages without pictures in the text still name one for those who link to them.
        let named = main.map(|url| Media { url, media_type: None, alt: None });
        draft.media.splice(..0, named);
    }
    if draft.lead.is_none() {
        draft.lead = lead::choose(declared, draft);
    }
}

/// The people that one source names: machines are told the same names in several spellings, so sources are not mixed.
fn people(declared: &Declared, page: &Page, base: Option<&Url>) -> Vec<String> {
    let sites = own_names(declared);
    let host = base.and_then(Url::host_str).unwrap_or_default();
    let is_host = |name: &str| host.split('.').any(|label| label == name);
    let is_person = |name: &String| {
        !sites.contains(&fold(name)) && !is_host(&fold(name)) && !names_site(name, declared)
    };
    // "the Lantern, Rivertown, Wales" is the publisher's address.
    let is_address = |value: &&String| {
        let first = value.split(',').next().unwrap_or_default();
        value.contains(',') && (!is_person(&first.to_owned()) || host.contains(first.trim()))
    };
    let named = |values: &[String]| {
        let values = values.iter().filter(|value| !is_address(value));
        distinct(values.flat_map(|value| authors::names(value)).filter(is_person))
    };
    let told = std::iter::once(&declared.linked_authors).chain(&declared.authors).map(|v| named(v));
    let of_page = |names: Vec<String>| distinct(names.into_iter().filter(is_person));
    let told = told.into_iter().find(|names| !names.is_empty());
    let Some(told) = told else { return of_page(visible::marked_authors(page)) };
    // Machines are often told of the first author only.
    let marked = of_page(visible::itemprop_authors(page));
    if told.iter().all(|name| marked.contains(name)) { marked } else { told }
}

/// Who a page is by that names no author as such: a person given as its source, its editor, or the publisher that its
/// JSON-LD calls the author.
fn last_resort(sight: &Sight<'_>, source: Option<&str>) -> Vec<String> {
    let Sight { page, lines, declared, .. } = *sight;
    if let Some(person) = source.filter(|name| authors::is_chinese_name(name)) {
        return vec![person.to_owned()];
    }
    for people in [visible::signature(page), visible::poster(lines), visible::editor(lines)] {
        if !people.is_empty() {
            return people;
        }
    }
    distinct(declared.linked_authors.iter().flat_map(|value| authors::names(value)))
}

/// Whether it is a Chinese site's own name, with which the last part of the window's title begins ("… _海岸新闻", by 海岸).
fn names_site(name: &str, declared: &Declared) -> bool {
    let title = declared.page_title.as_deref().unwrap_or_default();
    let site = title.rsplit(['_', '-', '|']).next().map(str::trim).unwrap_or_default();
    let is_han = name.chars().all(|c| matches!(c, '\u{4E00}'..='\u{9FFF}'));
    // "张三的博客" is the site of a person.
    let rest = site.strip_prefix(name).filter(|_| site != title && is_han);
    rest.is_some_and(|rest| !rest.starts_with('的')) && !authors::is_chinese_name(name)
}

/// The names of the site, folded.
fn own_names(declared: &Declared) -> Vec<String> {
    declared.site_name.iter().chain(&declared.publisher).map(|name| fold(name)).collect()
}

fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.filter(|name| seen.insert(fold(name))).collect()
}

/// Machines are told in digits. Words were written by a template, often with the day on which the page was made again, which
/// is later than the one that readers are shown.
fn is_of_template(told: &Moment, shown: Option<&Moment>) -> bool {
    told.precision == Precision::Day
        && told.raw.starts_with(char::is_alphabetic)
        && shown.is_some_and(|shown| shown.instant < told.instant)
}

fn first_moment(
    values: &[String],
    frame: &Frame,
    place: &str,
    notes: &mut Vec<Note>,
) -> Option<Moment> {
    values.iter().find_map(|value| settle(dates::machine(value, frame), place, notes))
}

fn settle(reading: Option<Reading>, place: &str, notes: &mut Vec<Note>) -> Option<Moment> {
    match reading? {
        Ok(moment) => Some(moment),
        Err(impossible) => {
            let note = Note::new(
                place,
                format!("the date \"{}\" does not exist; it is not used", impossible.raw),
            );
            if !notes.contains(&note) {
                notes.push(note);
            }
            None
        }
    }
}

/// The address the page claims, unless it claims the front page of its site.
fn canonical(declared: &Declared, base: Option<&Url>) -> Option<Url> {
    let url = declared.canonical.iter().find_map(|href| links::absolute(href, base))?;
    let is_front = url.path() == "/" && url.query().is_none();
    let own_is_front = base.is_none_or(|base| base.path() == "/");
    (!is_front || own_is_front).then_some(url)
}
