//! What a reader of one format found, before it is an Article; the formats meet here.

use url::Url;

use super::body::Found;
use super::footnotes::Footnote;
use super::{NormalizeError, Normalized, Settings, facts, identity, language};
use crate::domain::{
    Article, Document, Facts, Language, Media, Moment, Note, RelatedItem, Section, text_of,
};

/// Everything that a page may say of its article. Absent means that it does not.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub canonical_url: Option<Url>,
    pub title: Option<String>,
    pub lead: Option<String>,
    pub attribution: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<Moment>,
    pub updated: Option<Moment>,
    pub declared_language: Option<Language>,
    pub tags: Vec<String>,
    pub sections: Vec<Section>,
    pub related: Vec<RelatedItem>,
    pub media: Vec<Media>,
    pub facts: Facts,
    /// The first lines of the body as they stood in the page.
    pub opening: Vec<String>,
    pub notes: Vec<Note>,
    /// What the text calls by marks.
    pub footnotes: Vec<Footnote>,
    pub further_pages: Vec<Url>,
    pub candidates: Vec<Found>,
    /// Texts of the chosen body before anything is taken off it; kept only for those who ask why.
    pub account: Option<Vec<String>>,
}

impl Draft {
    /// The Article, or what keeps this from being one.
    pub fn finish(
        mut self,
        document: &Document,
        settings: &Settings,
    ) -> Result<Normalized, NormalizeError> {
        self.sections.retain(|section| section.heading.is_some() || !section.blocks.is_empty());
        let title = self.take_title()?;
        if !self
            .sections
            .iter()
            .any(|section| section.blocks.iter().any(|block| !block.text.is_empty()))
        {
            return Err(NormalizeError::NoArticle {
                reason: "it gives a title and no text under it; check that the address opens without a login and without scripts",
            });
        }
        let text = text_of(&self.sections);
        let mut article = Article {
            id: identity::id(document, settings, self.canonical_url.as_ref(), &title, &text),
            url: document.url.clone(),
            canonical_url: self.canonical_url,
            title,
            lead: self.lead,
            attribution: self.attribution,
            authors: self.authors,
            published: self.published,
            updated: self.updated,
            language: None,
            tags: self.tags,
            sections: self.sections,
            related: self.related,
            media: self.media,
            summary: None,
            facts: self.facts,
        };
        article.language = language::of(&text, self.declared_language.as_ref());
        let stated = article.facts.reading_minutes.take();
        article.facts.reading_minutes = stated.or_else(|| facts::reading_minutes(&text));
        Ok(Normalized {
            article,
            notes: self.notes,
            further_pages: self.further_pages,
            candidates: self.candidates,
        })
    }

    /// The title, else the first heading, else the first line of text where that is short enough to be one.
    fn take_title(&mut self) -> Result<String, NormalizeError> {
        let heading = || self.sections.iter().find_map(|section| section.heading.clone());
        let line = || {
            let first = self
                .sections
                .iter()
                .flat_map(|s| &s.blocks)
                .find(|block| !block.text.is_empty())?;
            first.text.lines().next().map(str::to_owned).filter(|line| line.chars().count() <= 120)
        };
        let given = self.title.clone().filter(|title| !title.trim().is_empty());
        given.or_else(heading).or_else(line).ok_or(NormalizeError::NoTitle)
    }
}
