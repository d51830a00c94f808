//! The normalized unit: one article with its sections and related items.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    ArticleId, Block, Language, Moment, Provenance, RelatedItem, Summary, repeats, sha256_hex,
};

/// A titled part of an Article. The opening one may have no heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The heading's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// 1 to 6, as in HTML; 2 for an opening section without heading and for headings whose level the page does not tell.
    pub level: u8,
    /// Its content in order.
    pub blocks: Vec<Block>,
    /// Short text of this section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
}

impl Section {
    /// A section without a heading.
    pub fn opening(blocks: Vec<Block>) -> Self {
        Self { heading: None, level: 2, blocks, summary: None }
    }

    /// A section under `heading`.
    pub fn headed(heading: impl Into<String>, level: u8, blocks: Vec<Block>) -> Self {
        Self { heading: Some(heading.into()), level, blocks, summary: None }
    }

    /// The body as plain text, blocks separated by an empty line; without the heading.
    pub fn text(&self) -> String {
        let texts: Vec<&str> =
            self.blocks.iter().map(|b| b.text.as_str()).filter(|t| !t.is_empty()).collect();
        texts.join("\n\n")
    }

    /// The body as sanitised HTML; without the heading.
    pub fn html(&self) -> String {
        let blocks: Vec<&str> = self.blocks.iter().map(|b| b.html.as_str()).collect();
        blocks.join("\n")
    }
}

/// A picture, sound or film that the article shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Absolute address.
    pub url: Url,
    /// Media type such as `image/jpeg`, where the page or the file name tells.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Text for those who do not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
}

/// The normalized unit. Absent means that the page does not say; nothing is made up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Made once; see [`ArticleId`].
    pub id: ArticleId,
    /// Where it was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    /// Where the page says it lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical_url: Option<Url>,
    /// Its title; never empty.
    pub title: String,
    /// The publisher's own introduction, word for word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<String>,
    /// The name of whoever published it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
    /// Names, in the page's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// First publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Moment>,
    /// Last change that the page states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Moment>,
    /// Language of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Topics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The body; never empty.
    pub sections: Vec<Section>,
    /// What the page offers as further reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedItem>,
    /// Pictures and other media of the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// Short text of the whole: the publisher's lead, or sentences of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// What it says outside its words.
    #[serde(flatten)]
    pub facts: Facts,
}

/// What a page tells of its article besides the words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The licence that the page states: its address, else its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Minutes of reading: as the page states them, else by the length of the text in its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading_minutes: Option<u32>,
    /// Reads, as the page counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<u64>,
    /// Comments, as the page counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments: Option<u64>,
    /// The article whose related items led here, where that is why it was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached_from: Option<ArticleId>,
    /// The feed it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// Characters of a body that is more than a teaser.
const LONG: usize = 280;

impl Article {
    /// How much of what an article may have it has, in a thousand. It says little of one article and much of a source
    /// whose articles used to have more.
    pub fn filled(&self) -> usize {
        let is_long = self.pieces().flat_map(str::chars).take(LONG).count() == LONG;
        let filled = [
            self.lead.is_some(),
            self.published.is_some(),
            !self.authors.is_empty(),
            !self.tags.is_empty(),
            !self.media.is_empty(),
            is_long,
        ];
        filled.iter().filter(|is_filled| **is_filled).count() * 1000 / filled.len()
    }

    /// The address to point readers to.
    pub fn link(&self) -> Option<&Url> {
        self.canonical_url.as_ref().or(self.url.as_ref())
    }

    /// The address in the form in which two Sources that bring the same page agree on it; see [`place_of`].
    pub fn place(&self) -> Option<String> {
        self.link().and_then(place_of)
    }

    /// The lead, unless it only repeats the title.
    pub fn own_lead(&self) -> Option<&str> {
        self.lead.as_deref().filter(|lead| !repeats(&self.title, lead))
    }

    /// The whole body as plain text with its headings, paragraphs separated by an empty line.
    pub fn text(&self) -> String {
        text_of(&self.sections)
    }

    /// The texts of the body, piece by piece, without headings.
    pub fn pieces(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().flat_map(|section| &section.blocks).map(|block| block.text.as_str())
    }

    /// Characters of the body.
    pub fn length(&self) -> usize {
        self.pieces().map(|text| text.chars().count()).sum()
    }

    /// Takes the body of `page`, where this Article has an excerpt of it only, and what the page knows besides.
    pub fn take_text_of(&mut self, page: Article) {
        self.sections = page.sections;
        self.media = page.media;
        self.related = page.related;
        self.lead = self.lead.take().or(page.lead);
        self.language = page.language.or(self.language.take());
        self.published = self.published.take().or(page.published);
        self.facts.reading_minutes = page.facts.reading_minutes;
        if self.authors.is_empty() {
            self.authors = page.authors;
        }
        if self.tags.is_empty() {
            self.tags = page.tags;
        }
    }

    /// Adds the next page of the same Article: what of its body, media and related items is not here yet.
    pub fn join(&mut self, next: Article) {
        let known: HashSet<String> = self.pieces().map(str::to_owned).collect();
        for mut section in next.sections {
            section.blocks.retain(|block| block.text.is_empty() || !known.contains(&block.text));
            let goes_on = section.heading.as_ref().is_none_or(|heading| *heading == self.title);
            match self.sections.last_mut().filter(|_| goes_on) {
                Some(last) => last.blocks.append(&mut section.blocks),
                None if goes_on || !section.blocks.is_empty() => self.sections.push(section),
                None => {}
            }
        }
        for media in next.media {
            if !self.media.iter().any(|known| known.url == media.url) {
                self.media.push(media);
            }
        }
        for item in next.related {
            if !self.related.iter().any(|known| known.is_same_as(&item)) {
                self.related.push(item);
            }
        }
    }

    /// What readers would call the content: a change here is an edit. Related items are not of it, since many pages turn
    /// theirs over at every visit, and neither are relative times.
    pub fn fingerprint(&self) -> String {
        let sections: Vec<_> =
            self.sections.iter().map(|s| (&s.heading, s.level, s.html())).collect();
        let absolute = self.published.as_ref().filter(|m| !m.is_relative()).map(|m| m.instant);
        let content = serde_json::json!([
            self.title,
            self.lead,
            self.attribution,
            self.authors,
            absolute,
            self.tags,
            self.link(),
            sections,
            self.media,
        ]);
        sha256_hex(content.to_string().as_bytes())
    }

    /// This Article with every relative time as it was settled when `earlier` was fetched.
    #[must_use]
    pub fn pinned_to(mut self, earlier: &Article) -> Article {
        self.published = self.published.map(|m| m.pinned_to(earlier.published.as_ref()));
        self.updated = self.updated.map(|m| m.pinned_to(earlier.updated.as_ref()));
        for item in &mut self.related {
            let known = earlier.related.iter().find(|k| k.is_same_as(item));
            item.published = item
                .published
                .take()
                .map(|m| m.pinned_to(known.and_then(|k| k.published.as_ref())));
        }
        self
    }
}

/// `url` in the form in which two Sources that bring the same page agree on it. A front page is not one: pages that call it
/// their canonical address are too many to be one article.
pub fn place_of(url: &Url) -> Option<String> {
    if url.path() == "/" && url.query().is_none() {
        return None;
    }
    let host = url.host_str()?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    // What stands behind # is kept: notes and live blogs have many articles on one page.
    let fragment = url.fragment().map(|name| format!("#{name}")).unwrap_or_default();
    Some(format!("{host}{port}{path}{query}{fragment}"))
}

/// The text of a body with its headings, paragraphs separated by an empty line.
pub fn text_of(sections: &[Section]) -> String {
    let mut parts = Vec::new();
    for section in sections {
        parts.extend(section.heading.clone());
        let text = section.text();
        if !text.is_empty() {
            parts.push(text);
        }
    }
    parts.join("\n\n")
}
