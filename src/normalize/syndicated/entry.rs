//! An entry of a feed → an Article with its one identity.

use std::borrow::Cow;

use url::Url;

use super::super::dates::Frame;
use super::super::draft::Draft;
use super::super::{html, language, links, plain};
use super::wire::{About, Channel, Entry, File, MAX_OF_A_KIND, Markup};
use super::{NormalizeError, Normalized, Settings, dates, field};
use crate::domain::{
    Article, ArticleId, Block, BlockKind, Document, Facts, IdentityRule, Language, Media, Moment,
    Provenance, Section,
};

/// Bytes, at least, that tell a language; a feed has thousands of entries.
const BEGINNING: usize = 1_200;
/// Words of a title made from a text.
const TITLE: usize = 80;

/// The Article of `entry`.
pub(super) fn article(
    entry: &Entry,
    channel: &Channel,
    document: &Document,
    settings: &Settings,
) -> Result<Normalized, NormalizeError> {
    let link = link(entry);
    // Content is written for the page that it stands on.
    let base = entry.base.clone().or_else(|| link.clone()).or_else(|| document.url.clone());
    let mut draft = body(entry, base.as_ref(), document)?;
    let frame = Frame { now: document.fetched_at, month_first: true };
    let title = title(entry, &draft, link.as_ref())?;
    if !draft.sections.iter().any(|s| s.blocks.iter().any(|b| !b.text.trim().is_empty())) {
        draft.sections.push(Section::opening(vec![paragraph(&title)]));
    }
    let id = identity(entry, link.as_ref(), &title, settings);
    let declared = entry.language.as_ref().or(channel.language.as_ref());
    let mut media = std::mem::take(&mut draft.media);
    media.extend(entry.files.iter().filter_map(file));
    media.dedup_by(|a, b| a.url == b.url);
    let mut article = Article {
        id,
        url: link.clone(),
        canonical_url: None,
        title,
        lead: lead(entry),
        attribution: entry.origin.title.clone(),
        authors: unique(authors(entry, channel)),
        published: published(entry, &frame),
        updated: entry.updated.as_deref().and_then(|text| dates::moment(text, &frame)),
        language: None,
        tags: unique(&entry.categories),
        sections: draft.sections,
        related: draft.related,
        media,
        facts: Facts {
            provenance: provenance(entry, channel, document, &frame),
            ..Facts::default()
        },
        summary: None,
    };
    let declared = declared.and_then(|language| Language::parse(language));
    article.language = language::of(&beginning(&article), declared.as_ref());
    let candidates = Vec::new();
    Ok(Normalized { article, notes: draft.notes, further_pages: Vec::new(), candidates })
}

/// When it came out, as the first of its dates says that can be read; else when it was written.
fn published(entry: &Entry, frame: &Frame) -> Option<Moment> {
    entry.published.iter().chain(&entry.created).find_map(|text| dates::moment(text, frame))
}

/// RFC 4287 §4.2.1, JSON Feed 1.1: its own, else those of the feed it was taken from, else those of this one.
fn authors<'a>(entry: &'a Entry, channel: &'a Channel) -> &'a [String] {
    let places = [&entry.authors, &entry.origin.authors, &channel.about.authors];
    places.into_iter().find(|authors| !authors.is_empty()).map_or(&[], Vec::as_slice)
}

/// The feed that the entry says it was taken from, else the one that it stands in.
fn provenance(
    entry: &Entry,
    channel: &Channel,
    document: &Document,
    frame: &Frame,
) -> Option<Provenance> {
    let is_taken = entry.origin.title.is_some();
    let about = if is_taken { &entry.origin } else { &channel.about };
    let About { title, id, link, feed, updated, rights, .. } = about;
    let fetched = || document.url.clone().filter(|_| !is_taken);
    Some(Provenance {
        title: title.clone()?,
        id: id.clone(),
        page: link.as_ref().map(|link| link.url.clone()),
        feed: feed.clone().or_else(fetched),
        updated: updated.as_deref().and_then(|text| dates::moment(text, frame)),
        rights: rights.clone(),
    })
}

fn unique(texts: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts.iter().take(MAX_OF_A_KIND) {
        if !kept.contains(text) {
            kept.push(text.clone());
        }
    }
    kept
}

/// Enough of the text to tell its language by.
fn beginning(article: &Article) -> String {
    let mut text = String::new();
    for block in article.sections.iter().flat_map(|section| &section.blocks) {
        if text.len() > BEGINNING {
            break;
        }
        // Four bytes are the longest character.
        text.push_str(&block.text[..block.text.floor_char_boundary(BEGINNING * 4)]);
        text.push('\n');
    }
    text
}

/// The page, else the id where it says that it is one.
fn link(entry: &Entry) -> Option<Url> {
    let from_id = || {
        let id = entry.id_address.clone().filter(|id| matches!(id.scheme(), "http" | "https"))?;
        Some(links::without_tracking(id))
    };
    entry.link.as_ref().map(|link| links::without_tracking(link.url.clone())).or_else(from_id)
}

/// Title; else the first words of the text; else what names the entry at all.
fn title(entry: &Entry, draft: &Draft, link: Option<&Url>) -> Result<String, NormalizeError> {
    let heading = || draft.sections.iter().find_map(|section| section.heading.clone());
    let words = || {
        let blocks = draft.sections.iter().flat_map(|section| &section.blocks);
        let text = blocks.map(|block| block.text.trim()).find(|text| !text.is_empty())?;
        Some(first_words(text))
    };
    let file = || entry.files.first().map(|file| file.url.to_string());
    entry
        .title
        .clone()
        .or_else(|| entry.other_title.clone())
        .or_else(heading)
        .or_else(words)
        .or_else(|| link.map(Url::to_string))
        .or_else(|| entry.id.clone())
        .or_else(file)
        .or_else(|| entry.other.as_deref().map(first_words))
        .ok_or(NormalizeError::EmptyEntry)
}

fn first_words(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= TITLE {
        return line.to_owned();
    }
    let cut: String = line.chars().take(TITLE).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head);
    format!("{whole}…")
}

/// The full content, else the summary.
fn body(entry: &Entry, base: Option<&Url>, document: &Document) -> Result<Draft, NormalizeError> {
    let mut draft = Draft::default();
    for written in [&entry.content, &entry.summary].into_iter().flatten() {
        draft = cut(written, base, document)?;
        // Content may be a drawing, or a form.
        if !draft.media.is_empty()
            || draft.sections.iter().any(|section| !section.blocks.is_empty())
        {
            break;
        }
    }
    Ok(draft)
}

/// Cut into sections with its related items as a page would be.
fn cut(content: &Markup, base: Option<&Url>, document: &Document) -> Result<Draft, NormalizeError> {
    if !content.is_html {
        let sections = vec![Section::opening(paragraphs(&content.text))];
        return Ok(Draft { sections, ..Draft::default() });
    }
    let page = Document {
        reference: document.reference.clone(),
        url: base.cloned(),
        fetched_at: document.fetched_at,
        media_type: document.media_type,
        text: String::new(),
        digest: String::new(),
    };
    let markup = unwrapped(&content.text);
    match plain::sections(&markup, plain::Hand::Sender, base) {
        Some(sections) => Ok(html::settle_fragment(sections, &page)),
        None => html::read_fragment(&markup, &page),
    }
}

/// XHTML as it was written has CDATA sections and a namespace, which HTML has not.
fn unwrapped(markup: &str) -> Cow<'_, str> {
    if !markup.contains("xhtml:") && !markup.contains("<![CDATA[") {
        return markup.into();
    }
    let markup = markup.replace("<![CDATA[", "").replace("]]>", "");
    markup.replace("<xhtml:", "<").replace("</xhtml:", "</").into()
}

fn paragraphs(text: &str) -> Vec<Block> {
    text.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).map(paragraph).collect()
}

fn paragraph(text: &str) -> Block {
    let html = format!("<p>{}</p>", super::super::sanitize::escape(text));
    Block { kind: BlockKind::Paragraph, text: text.to_owned(), html }
}

/// The summary stands beside the content; where it is all there is, it is the body.
fn lead(entry: &Entry) -> Option<String> {
    entry.content.as_ref()?;
    let Markup { text, is_html } = entry.summary.as_ref()?;
    let text = if *is_html { field::plain(text) } else { text.clone() };
    let lead = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // A summary that is the whole article again is none.
    let is_short = lead.chars().count() <= 1_000;
    (is_short && !lead.is_empty()).then_some(lead)
}

fn file(file: &File) -> Option<Media> {
    let is_web = matches!(file.url.scheme(), "http" | "https");
    is_web.then(|| Media {
        url: file.url.clone(),
        media_type: file.media_type.clone(),
        alt: file.title.clone(),
    })
}

/// Decided once: guid, else link, else what it says; never the clock, never chance.
fn identity(entry: &Entry, link: Option<&Url>, title: &str, settings: &Settings) -> ArticleId {
    let says = || {
        let content = entry.content.as_ref().or(entry.summary.as_ref());
        format!("content\n{title}\n{}", content.map_or("", |content| content.text.as_str()))
    };
    let by_link = || link.map(|link| format!("link\n{link}"));
    let by_guid = || entry.id.as_ref().map(|id| format!("guid\n{id}"));
    let key = match settings.identity {
        IdentityRule::Url => by_link().or_else(by_guid).unwrap_or_else(says),
        IdentityRule::Title => format!("title\n{title}"),
        IdentityRule::Content => says(),
        _ => by_guid().or_else(by_link).unwrap_or_else(says),
    };
    ArticleId::derive(&settings.source, &key)
}
