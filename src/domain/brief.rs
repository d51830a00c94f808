//! One Article's part of an Edition.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Article, ArticleId, Language, Media, Moment, OtherReport, RelatedItem, Section, SourceId,
    Summary,
};

/// The Summary of one Section within a Brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionBrief {
    /// Its place among the Article's Sections.
    #[serde(default)]
    pub index: usize,
    /// The Section's heading; `None` for the opening one.
    pub heading: Option<String>,
    /// Its Summary.
    pub summary: String,
}

/// Why an Article was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// The cadence has not had it.
    #[default]
    New,
    /// The cadence has had it, and it was edited since.
    Updated,
}

/// One Article's part of an Edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// The Article.
    pub article: ArticleId,
    /// Where it came from; absent in Editions of old.
    #[serde(default)]
    pub source: Option<SourceId>,
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
    /// Its topics.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Why it was chosen.
    #[serde(default)]
    pub why: Why,
    /// How much it counts.
    #[serde(default)]
    pub weight: i64,
    /// Short text of the whole.
    pub summary: Option<String>,
    /// Short texts of its Sections.
    pub sections: Vec<SectionBrief>,
    /// Further reading worth a click.
    pub related: Vec<RelatedItem>,
    /// Who else reports it.
    #[serde(default)]
    pub also: Vec<OtherReport>,
    /// The picture that it opens with.
    #[serde(default)]
    pub image: Option<Media>,
}

impl Brief {
    /// The Brief of a summarized Article, without related items: which of them are worth a click, the Edition decides.
    pub fn of(source: &SourceId, article: &Article) -> Self {
        let host = || article.link().and_then(|url| url.host_str()).map(str::to_owned);
        Self {
            article: article.id,
            source: Some(source.clone()),
            headline: article.title.clone(),
            url: article.link().cloned(),
            publisher: article.attribution.clone().or_else(host),
            published: article.published.clone(),
            language: article.language.clone(),
            tags: article.tags.clone(),
            why: Why::New,
            weight: 0,
            summary: article.summary.as_ref().map(Summary::text),
            sections: section_briefs(article),
            related: Vec::new(),
            also: Vec::new(),
            image: article.media.iter().find(|media| is_image(media)).cloned(),
        }
    }

    /// Where the Section at `index` stands on the original page. Pages seldom name their places, so a text fragment (WICG
    /// Scroll to Text Fragment) asks for the words; browsers that do not know it open the page at its top.
    pub fn place_of(&self, section: &SectionBrief) -> Option<Url> {
        let words = section.heading.as_deref()?;
        let mut url = self.url.clone()?;
        let own = url.fragment().unwrap_or_default().to_owned();
        url.set_fragment(Some(&format!("{own}:~:text={}", encoded(words))));
        Some(url)
    }
}

/// Longer texts find their place by their opening words as well.
const LONGEST_PLACE: usize = 80;

/// Percent-encoded for a text directive, in which `-`, `,` and `&` have a meaning of their own.
fn encoded(words: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for c in words.chars().take(LONGEST_PLACE) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
            continue;
        }
        let mut buffer = [0; 4];
        for byte in c.encode_utf8(&mut buffer).bytes() {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn is_image(media: &Media) -> bool {
    media.media_type.as_deref().is_some_and(|kind| kind.starts_with("image/"))
        && media.url.scheme() == "https"
}

fn section_briefs(article: &Article) -> Vec<SectionBrief> {
    // A single untitled section is the whole article, whose summary stands above already.
    if let [only] = article.sections.as_slice()
        && only.heading.is_none()
    {
        return Vec::new();
    }
    let brief = |(index, section): (usize, &Section)| {
        let summary = section.summary.as_ref()?.text();
        Some(SectionBrief { index, heading: section.heading.clone(), summary })
    };
    article.sections.iter().enumerate().filter_map(brief).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_asked_for_by_its_heading_word_for_word() {
        assert_eq!(encoded("Costs, 2024-25 & after"), "Costs%2C%202024%2D25%20%26%20after");
        assert_eq!(encoded("修复"), "%E4%BF%AE%E5%A4%8D");
        assert!(encoded(&"字".repeat(500)).len() <= LONGEST_PLACE * 9);
    }
}
