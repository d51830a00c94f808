//! One dated instance of a Digest and its parts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Article, ArticleId, DigestId, EditionId, Language, Moment, RelatedItem, Slot, Summary,
};

/// Related items that one Brief shows at most; a digest is read in one sitting.
const RELATED_PER_BRIEF: usize = 3;

/// The Summary of one Section within a Brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionBrief {
    /// The Section's heading; `None` for the opening one.
    pub heading: Option<String>,
    /// Its Summary.
    pub summary: String,
}

/// One Article's part of an Edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// The Article.
    pub article: ArticleId,
    /// Its title.
    pub headline: String,
    /// Where to read it.
    pub url: Option<Url>,
    /// Who published it: the attribution, else the host of its address.
    pub publisher: Option<String>,
    /// When it appeared, as exactly as is known.
    pub published: Option<Moment>,
    /// The Article's language.
    pub language: Option<Language>,
    /// Short text of the whole.
    pub summary: Option<String>,
    /// Short texts of its Sections.
    pub sections: Vec<SectionBrief>,
    /// Further reading worth a click.
    pub related: Vec<RelatedItem>,
}

impl Brief {
    /// The Brief of a summarized Article.
    pub fn of(article: &Article) -> Self {
        let host = || article.link().and_then(|url| url.host_str()).map(str::to_owned);
        Self {
            article: article.id,
            headline: article.title.clone(),
            url: article.link().cloned(),
            publisher: article.attribution.clone().or_else(host),
            published: article.published.clone(),
            language: article.language.clone(),
            summary: article.summary.as_ref().map(Summary::text),
            sections: section_briefs(article),
            related: worth_a_click(&article.related),
        }
    }
}

fn section_briefs(article: &Article) -> Vec<SectionBrief> {
    // A single untitled section is the whole article, whose summary stands above already.
    if let [only] = article.sections.as_slice()
        && only.heading.is_none()
    {
        return Vec::new();
    }
    article
        .sections
        .iter()
        .filter_map(|section| {
            let summary = section.summary.as_ref()?.text();
            Some(SectionBrief { heading: section.heading.clone(), summary })
        })
        .collect()
}

/// Items with an address first, then the most read, then the page's own order.
fn worth_a_click(related: &[RelatedItem]) -> Vec<RelatedItem> {
    let mut items: Vec<&RelatedItem> = related.iter().collect();
    items.sort_by_key(|item| (item.url.is_none(), std::cmp::Reverse(item.views.unwrap_or(0))));
    items.into_iter().take(RELATED_PER_BRIEF).cloned().collect()
}

/// Briefs under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The heading; `None` where the Edition has one Group only.
    pub heading: Option<String>,
    /// Its Briefs in order.
    pub briefs: Vec<Brief>,
}

/// One dated instance of a Digest, unique by digest, cadence and slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// Derived from what makes it unique.
    pub id: EditionId,
    /// The Digest.
    pub digest: DigestId,
    /// The Cadence by name.
    pub cadence: String,
    /// When it was due.
    pub slot: DateTime<Utc>,
    /// What it holds.
    pub groups: Vec<Group>,
}

impl Edition {
    /// The Edition for `slot` of a Digest's cadence.
    pub fn new(digest: DigestId, cadence: &str, slot: &Slot, groups: Vec<Group>) -> Self {
        let due = slot.at.to_rfc3339();
        Self {
            id: EditionId::derive(&[digest.as_str(), cadence, &due]),
            digest,
            cadence: cadence.to_owned(),
            slot: slot.at,
            groups,
        }
    }

    /// All Briefs in reading order.
    pub fn briefs(&self) -> impl Iterator<Item = &Brief> {
        self.groups.iter().flat_map(|group| &group.briefs)
    }
}
