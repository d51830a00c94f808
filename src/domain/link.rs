//! What a listing or a sitemap names: an article to fetch, with whatever is said of it there.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Article, ArticleId, Block, BlockKind, Facts, Language, Moment, Section, SourceId};

/// An article that a listing, a sitemap or an index names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its title; sitemaps seldom have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Absolute address.
    pub url: Url,
    /// When it appeared, or last changed where that is all that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Moment>,
    /// Its teaser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
}

impl Link {
    /// What is known of it as an Article of `source`: the teaser, else the title, is all the text there is. `None` without
    /// a title.
    pub fn as_article(&self, source: &SourceId, language: Option<&Language>) -> Option<Article> {
        let title = self.title.clone()?;
        let text = self.summary.clone().unwrap_or_else(|| title.clone());
        Some(Article {
            id: ArticleId::derive(source, self.url.as_str()),
            url: Some(self.url.clone()),
            canonical_url: None,
            title,
            lead: None,
            attribution: None,
            authors: Vec::new(),
            published: self.published.clone(),
            updated: None,
            language: language.cloned(),
            tags: Vec::new(),
            sections: vec![Section::opening(vec![Block::plain(BlockKind::Paragraph, text)])],
            related: Vec::new(),
            media: Vec::new(),
            summary: None,
            facts: Facts::default(),
        })
    }
}
