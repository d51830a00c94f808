//! Document → Links: a page that is an index names its articles. The repeated blocks are found by shape (where the links
//! stand, their words, dates, the form of their addresses); menus, clouds of topics and pages of the list are none.
//!
//! | duty | file |
//! |---|---|
//! | links whose words may be a title, outside of menus | `candidate.rs` |
//! | repeated parts of the page, one for each such link | `block.rs` |
//! | which of them are what a paragraph refers to | `reference.rs` |
//! | which of them are the articles | `choice.rs` |
//! | one part → a Link | `fields.rs` |
//! | what an operator says over all this | `rules.rs` |

mod block;
mod candidate;
mod choice;
mod fields;
mod reference;
mod rules;

use std::collections::HashSet;

use dom_query::Document as Page;

use super::dates::{self, Frame};
use super::metadata::Declared;
use super::{NormalizeError, dom, html, language, misread, tidy};
use crate::domain::{Document, Language, Link, MediaType};
use block::Entry;
pub use rules::{LinkField, LinkRules};

/// Links of one page; the longest archives that were seen on one page have two thousand.
const MAX_LINKS: usize = 2_000;
/// Links from which on a page without a rule of the operator's is an index.
const FEWEST: usize = 3;

/// What an index names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// What the page calls itself.
    pub title: Option<String>,
    /// Its language, as it says.
    pub language: Option<Language>,
    /// The articles, in the order of the page.
    pub links: Vec<Link>,
}

/// The articles that the page in `document` names.
pub fn listing(document: &Document, rules: &LinkRules) -> Result<Listing, NormalizeError> {
    super::limits::check_text(&document.text)?;
    if document.media_type != MediaType::Html {
        return Err(NormalizeError::NoListing { reason: "it is no web page" });
    }
    let page = html::parse(&misread::repaired(&document.text))?;
    let declared = Declared::read(&page);
    let base = html::base_url(&page, document);
    tidy::tidy(&page);
    let spoken = declared.language.clone().or_else(|| language::of_page(&page));
    let frame = Frame {
        now: document.fetched_at,
        month_first: dates::month_first_by_default(spoken.as_ref()),
    };
    let place = Place { base: base.as_ref(), frame };
    let entries = entries(&page, &place, rules)?;
    let mut links: Vec<Link> = Vec::new();
    let mut seen = HashSet::new();
    for entry in &entries {
        let Some(link) = fields::read(entry, &place, rules) else { continue };
        if rules.admits(&link) && seen.insert(link.url.clone()) && links.len() < MAX_LINKS {
            links.push(link);
        }
    }
    if links.is_empty() {
        return Err(NormalizeError::NoListing { reason: "none of its links passes the patterns" });
    }
    Ok(Listing { title: title(&page), language: spoken, links })
}

/// Where links count from and dates are read against.
struct Place<'a> {
    base: Option<&'a url::Url>,
    frame: Frame,
}

fn entries<'a>(
    page: &'a Page,
    place: &Place<'_>,
    rules: &LinkRules,
) -> Result<Vec<Entry<'a>>, NormalizeError> {
    if let Some(units) = rules.units(page) {
        if units.is_empty() {
            let reason = "the selector of source.links.entry matches nothing in it";
            return Err(NormalizeError::NoListing { reason });
        }
        return Ok(units.into_iter().map(|unit| Entry::of_unit(unit, place.base)).collect());
    }
    let candidates = candidate::find(page, place.base);
    let blocks = block::find(&candidates);
    let chosen = choice::choose(page, blocks, place)?;
    if chosen.len() < FEWEST {
        return Err(NormalizeError::NoListing { reason: choice::TOO_FEW });
    }
    Ok(chosen)
}

fn title(page: &Page) -> Option<String> {
    let of = |selector: &str| page.select(selector).nodes().first().map(dom::text);
    of("title").filter(|title| !title.is_empty()).or_else(|| of("h1").filter(|t| !t.is_empty()))
}
