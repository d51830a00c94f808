//! Document → Article. Pure: no I/O, no async, no clock.
//!
//! | duty | file |
//! |---|---|
//! | what one document may cost | `limits.rs` |
//! | text read with the wrong charset | `misread.rs` |
//! | HTML: one parsed page serves metadata, related items and body | `html.rs` |
//! | a page flattened to text | `text/` |
//! | Markdown and its front matter | `markdown.rs` |
//! | title, lead, authors, dates, language, tags by cascade | `metadata/` |
//! | the article's part of the page: candidates and their chooser | `body/` |
//! | media played in place, as links | `embeds.rs` |
//! | formulas as their TeX; notes that stand elsewhere | `formulas.rs`, `footnotes.rs` |
//! | a body cut into titled parts and typed blocks | `sections.rs` |
//! | the same for content that takes no parser | `plain/` |
//! | further reading, cut out and kept as data | `related/` |
//! | dates in words | `dates/` |
//! | feeds of others: many articles a document | `syndicated/` |
//! | the feeds that a page offers; subscription lists | `alternates.rs`, `outlines.rs` |
//! | indexes: the articles that a page or a sitemap names | `listing/`, `sitemap.rs` |
//! | what an operator says of one source, over the rules | `overrides.rs` |
//! | why each field is what it is, on request | `evidence.rs` |
//! | content that the server sent inside scripts, or in shadow trees | `scripts.rs`, `shadow.rs` |
//! | sanitising, once | `sanitize.rs` |

mod alternates;
mod attribution;
mod authors;
mod body;
mod counters;
mod dates;
mod dom;
mod draft;
mod embeds;
mod error;
mod evidence;
mod facts;
mod folding;
mod footnotes;
mod formulas;
mod html;
mod identity;
mod labelled;
mod language;
mod limits;
mod links;
mod listing;
mod markdown;
mod metadata;
mod misread;
mod outlines;
mod overrides;
mod plain;
mod related;
mod sanitize;
mod scripts;
mod sections;
mod shadow;
mod signatures;
mod sitemap;
mod syndicated;
mod text;
mod tidy;
mod unlabelled;
mod wording;

use url::Url;

use crate::domain::{Article, Document, IdentityRule, MediaType, Note, SourceId};
pub use alternates::{Alternate, alternates, usual_places};
pub use body::Found;
pub use error::NormalizeError;
pub use evidence::{Alternative, Explained, Explanation, explain};
pub use html::says_article;
pub use listing::{LinkField, LinkRules, Listing, listing};
pub use outlines::{Outline, outlines};
pub use overrides::{Field, Overrides, Rule};
pub use sitemap::{Sitemap, sitemap};
pub use syndicated::{ChannelInfo, Syndicated, syndicated, syndicated_but};

/// What the caller decides about an article: whose it is and what its id is made of.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The Source that owns the article.
    pub source: SourceId,
    /// What makes it the same article tomorrow.
    pub identity: IdentityRule,
    /// What the operator says of this source, over what the rules find.
    pub overrides: Overrides,
}

/// An Article and what was wrong with its Document without stopping it.
#[derive(Debug, Clone)]
pub struct Normalized {
    /// The article; without summaries.
    pub article: Article,
    /// Named in the report.
    pub notes: Vec<Note>,
    /// The other pages of the same article, where the page links to them.
    pub further_pages: Vec<Url>,
    /// The ways in which the body was looked for, and which of them found it.
    pub candidates: Vec<Found>,
}

impl Normalized {
    /// An article of which nothing else is known.
    pub fn of(article: Article) -> Self {
        Self { article, notes: Vec::new(), further_pages: Vec::new(), candidates: Vec::new() }
    }
}

/// Normalizes one Document that is one article; [`syndicated`] reads those that hold many.
pub fn normalize(document: &Document, settings: &Settings) -> Result<Normalized, NormalizeError> {
    limits::check_text(&document.text)?;
    let draft = match document.media_type {
        MediaType::Html => html::read(document, settings)?,
        MediaType::Text => text::read(document),
        MediaType::Markdown => markdown::read(document)?,
        MediaType::Feed => return Err(NormalizeError::NoArticle { reason: "it is a feed" }),
        MediaType::Sitemap => {
            return Err(NormalizeError::NoArticle {
                reason: "it is a sitemap; use kind = \"sitemap\"",
            });
        }
    };
    draft.finish(document, settings)
}
