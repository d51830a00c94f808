//! What an operator says of the links of one source: where the entries of its list stand, and which addresses count.

use chrono::NaiveDate;
use dom_query::{Document as Page, NodeRef, Selection};

use crate::domain::{Link, Wording};
use crate::normalize::overrides::check_selector;

/// A field of an entry that an operator can place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkField {
    /// Its title.
    Title,
    /// What leads to it.
    Url,
    /// When it appeared.
    Published,
    /// Its teaser.
    Summary,
}

impl LinkField {
    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Url => "url",
            Self::Published => "published",
            Self::Summary => "summary",
        }
    }
}

/// What an operator says of a source's links; empty for most.
#[derive(Debug, Clone, Default)]
pub struct LinkRules {
    entry: Option<String>,
    fields: Vec<(LinkField, String)>,
    /// Patterns of which an address must fit one, if there are any.
    pub include: Vec<Wording>,
    /// Patterns of which an address must fit none.
    pub exclude: Vec<Wording>,
    /// Nothing that is dated before this day.
    pub since: Option<NaiveDate>,
}

impl LinkRules {
    /// The entries of the list are the elements that match `selector`.
    pub fn place_entries(&mut self, selector: &str) -> Result<(), String> {
        check_selector(selector)?;
        self.entry = Some(selector.to_owned());
        Ok(())
    }

    /// `field` stands in the first element of an entry that matches `selector`.
    pub fn place(&mut self, field: LinkField, selector: &str) -> Result<(), String> {
        check_selector(selector)?;
        self.fields.push((field, selector.to_owned()));
        Ok(())
    }

    /// Whether `link` counts: by its address and its date; one without a date is never too old.
    pub fn admits(&self, link: &Link) -> bool {
        let address = link.url.as_str();
        let fits = |wordings: &[Wording]| wordings.iter().any(|wording| wording.is_in(address));
        (self.include.is_empty() || fits(&self.include))
            && !fits(&self.exclude)
            && self.is_recent(link)
    }

    /// Whether `link` is dated on or after the first day that counts, or not at all.
    pub(in crate::normalize) fn is_recent(&self, link: &Link) -> bool {
        let day = link.published.as_ref().map(|moment| moment.instant.date_naive());
        match (self.since, day) {
            (Some(since), Some(day)) => day >= since,
            _ => true,
        }
    }

    /// The elements of the entries, where the operator says which.
    pub(super) fn units<'a>(&self, page: &'a Page) -> Option<Vec<NodeRef<'a>>> {
        let found = page.try_select(self.entry.as_deref()?);
        Some(found.map(|found| found.nodes().to_vec()).unwrap_or_default())
    }

    /// The element of a placed field within `part`.
    pub(super) fn find<'a>(&self, field: LinkField, part: &NodeRef<'a>) -> Option<NodeRef<'a>> {
        let (_, selector) = self.fields.iter().find(|(known, _)| *known == field)?;
        if part.is(selector) {
            return Some(*part);
        }
        Selection::from(*part).try_select(selector)?.nodes().first().copied()
    }
}
