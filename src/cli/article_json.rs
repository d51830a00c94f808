//! The JSON form of an Article that commands print and read: one object a line.
//!
//! Absent means unknown; there are no empty strings. `text` is the whole body, paragraphs separated by an empty line.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::{
    Article, ArticleId, Block, BlockKind, Facts, Language, Media, Moment, Precision, RelatedItem,
    Section, SourceId,
};
use crate::normalize::ChannelInfo;

/// What is printed for one document.
#[derive(Debug, Serialize)]
pub(super) struct Output<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a OutputChannel>,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical_url: Option<&'a Url>,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    lead: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribution: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    authors: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<OutputMoment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<OutputMoment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a Language>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [String],
    sections: Vec<OutputSection<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<OutputRelated<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    media: &'a [Media],
    #[serde(flatten)]
    facts: &'a Facts,
    text: String,
    html: String,
}

/// The feed that an entry came from.
#[derive(Debug, Serialize)]
pub(super) struct OutputChannel {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<Url>,
}

/// What is printed of a feed itself.
pub(super) fn channel(info: &ChannelInfo) -> OutputChannel {
    OutputChannel { title: info.title.clone(), url: info.url.clone() }
}

#[derive(Debug, Serialize)]
struct OutputMoment<'a> {
    raw: &'a str,
    instant: String,
    precision: Precision,
}

#[derive(Debug, Serialize)]
struct OutputSection<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<&'a str>,
    level: u8,
    text: String,
    html: String,
}

#[derive(Debug, Serialize)]
struct OutputRelated<'a> {
    #[serde(flatten)]
    item: RelatedWithoutDate<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<OutputMoment<'a>>,
}

#[derive(Debug, Serialize)]
struct RelatedWithoutDate<'a> {
    group: crate::domain::RelatedGroup,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    views: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a Url>,
}

/// The object for `article`, made of what the operator calls `reference`.
pub(super) fn output<'a>(
    reference: &'a str,
    article: &'a Article,
    channel: Option<&'a OutputChannel>,
) -> Output<'a> {
    Output {
        reference,
        channel,
        id: article.id.urn(),
        url: article.url.as_ref(),
        canonical_url: article.canonical_url.as_ref(),
        title: &article.title,
        lead: article.lead.as_deref(),
        attribution: article.attribution.as_deref(),
        authors: &article.authors,
        published: article.published.as_ref().map(moment),
        updated: article.updated.as_ref().map(moment),
        language: article.language.as_ref(),
        tags: &article.tags,
        sections: article.sections.iter().map(section).collect(),
        related: article.related.iter().map(related).collect(),
        media: &article.media,
        facts: &article.facts,
        text: article.text(),
        html: html(article),
    }
}

fn moment(moment: &Moment) -> OutputMoment<'_> {
    OutputMoment {
        raw: &moment.raw,
        instant: moment.instant.to_rfc3339(),
        precision: moment.precision,
    }
}

fn section(section: &Section) -> OutputSection<'_> {
    OutputSection {
        heading: section.heading.as_deref(),
        level: section.level,
        text: section.text(),
        html: section.html(),
    }
}

fn related(item: &RelatedItem) -> OutputRelated<'_> {
    OutputRelated {
        item: RelatedWithoutDate {
            group: item.group,
            title: &item.title,
            url: item.url.as_ref(),
            summary: item.summary.as_deref(),
            tags: &item.tags,
            views: item.views,
            comments: item.comments,
            image: item.image.as_ref(),
        },
        published: item.published.as_ref().map(moment),
    }
}

/// The body as HTML with its headings.
pub(super) fn html(article: &Article) -> String {
    let sections = article.sections.iter().map(|section| {
        let level = section.level.clamp(1, 6);
        let heading = section.heading.as_deref().map(|heading| {
            let words = heading.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            format!("<h{level}>{words}</h{level}>\n")
        });
        heading.unwrap_or_default() + &section.html()
    });
    sections.collect::<Vec<_>>().join("\n")
}

/// The body as Markdown: headings, paragraphs, lists, quotes, code.
pub(super) fn markdown(article: &Article) -> String {
    let mut parts = vec![format!("# {}", article.title)];
    for section in &article.sections {
        if let Some(heading) = &section.heading {
            parts.push(format!("{} {heading}", "#".repeat(usize::from(section.level.clamp(1, 6)))));
        }
        parts.extend(section.blocks.iter().filter(|b| !b.text.is_empty()).map(markdown_block));
    }
    parts.join("\n\n")
}

fn markdown_block(block: &Block) -> String {
    let prefixed = |prefix: &str| -> String {
        block.text.lines().map(|line| format!("{prefix}{line}")).collect::<Vec<_>>().join("\n")
    };
    match block.kind {
        BlockKind::List => prefixed("- "),
        BlockKind::Quote => prefixed("> "),
        BlockKind::Code => format!("```\n{}\n```", block.text),
        BlockKind::Paragraph | BlockKind::Table | BlockKind::Figure => block.text.clone(),
    }
}

/// What is read back for summarizing: the printed form, of which only the words are needed.
#[derive(Debug, Deserialize)]
pub(super) struct Input {
    #[serde(rename = "ref")]
    reference: Option<String>,
    id: Option<String>,
    title: String,
    lead: Option<String>,
    language: Option<String>,
    #[serde(default)]
    sections: Vec<InputSection>,
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
struct InputSection {
    heading: Option<String>,
    #[serde(default)]
    text: String,
}

impl Input {
    /// What the caller knows the article by.
    pub(super) fn reference(&self) -> String {
        self.reference.clone().or_else(|| self.id.clone()).unwrap_or_default()
    }

    /// The id as it was given.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The article, its paragraphs told apart by empty lines.
    pub(super) fn article(self, source: &SourceId) -> Article {
        let whole = self.text.filter(|_| self.sections.is_empty());
        let mut sections: Vec<Section> =
            self.sections.into_iter().map(InputSection::section).collect();
        sections.extend(whole.map(|text| Section::opening(paragraphs(&text))));
        Article {
            id: ArticleId::derive(source, self.id.as_deref().unwrap_or(&self.title)),
            url: None,
            canonical_url: None,
            title: self.title,
            lead: self.lead,
            attribution: None,
            authors: Vec::new(),
            published: None,
            updated: None,
            language: self.language.as_deref().and_then(Language::parse),
            tags: Vec::new(),
            sections,
            related: Vec::new(),
            media: Vec::new(),
            summary: None,
            facts: Facts::default(),
        }
    }
}

impl InputSection {
    fn section(self) -> Section {
        let blocks = paragraphs(&self.text);
        match self.heading {
            Some(heading) => Section::headed(heading, 2, blocks),
            None => Section::opening(blocks),
        }
    }
}

fn paragraphs(text: &str) -> Vec<Block> {
    text.split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| Block {
            kind: BlockKind::Paragraph,
            text: paragraph.to_owned(),
            html: String::new(),
        })
        .collect()
}
