//! What an article's page offers as further reading, kept as data.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Article, ArticleId, Block, BlockKind, Facts, Moment, Section, repeats};

/// Which kind of block the page listed the item in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RelatedGroup {
    /// 相关文章, Related, Read next.
    Related,
    /// 热门文章, Most read.
    Popular,
    /// 最新文章, Latest.
    Latest,
}

/// An item that the article's page points to, with whatever the page says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatedItem {
    /// The block it stood in.
    pub group: RelatedGroup,
    /// Its title; never empty.
    pub title: String,
    /// Absolute address; absent in flattened text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    /// The page's teaser. A teaser that only repeats the title is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Topics shown beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// When the page says it appeared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Moment>,
    /// Reads, as the page counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<u64>,
    /// Comments, as the page counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments: Option<u64>,
    /// The picture shown beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Url>,
}

impl RelatedItem {
    /// An item of which only the title is known.
    pub fn titled(group: RelatedGroup, title: impl Into<String>) -> Self {
        Self {
            group,
            title: title.into(),
            url: None,
            summary: None,
            tags: Vec::new(),
            published: None,
            views: None,
            comments: None,
            image: None,
        }
    }

    /// Takes `text` as the teaser unless it only repeats the title.
    #[must_use]
    pub fn with_summary(mut self, text: &str) -> Self {
        let text = text.trim();
        if !repeats(&self.title, text) {
            self.summary = Some(text.to_owned());
        }
        self
    }

    /// Its id as an entry of its own: it belongs to the article that points to it, since addresses are often missing.
    pub fn id(&self, of: ArticleId) -> ArticleId {
        of.of_related(&self.title)
    }

    /// What is known of it as an Article: its teaser, else its title, is all the text there is.
    pub fn as_article(&self, of: &Article) -> Article {
        let text = self.summary.clone().unwrap_or_else(|| self.title.clone());
        let block = Block::plain(BlockKind::Paragraph, text);
        Article {
            id: self.id(of.id),
            url: self.url.clone(),
            canonical_url: None,
            title: self.title.clone(),
            lead: None,
            attribution: None,
            authors: Vec::new(),
            published: self.published.clone(),
            updated: None,
            language: of.language.clone(),
            tags: self.tags.clone(),
            sections: vec![Section::opening(vec![block])],
            related: Vec::new(),
            media: Vec::new(),
            facts: Facts::default(),
            summary: None,
        }
    }

    /// Whether both entries speak of the same thing: by address, else by title.
    pub fn is_same_as(&self, other: &RelatedItem) -> bool {
        match (&self.url, &other.url) {
            (Some(a), Some(b)) => a == b,
            _ => self.title == other.title,
        }
    }
}
