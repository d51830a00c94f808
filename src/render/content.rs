//! What an entry carries in every feed format: the whole article as HTML with its related items, and a plain summary.

use std::fmt::Write as _;

use crate::domain::{Article, Locale, Media, RelatedGroup, RelatedItem, Section, Summary, repeats};

use super::guard::{self, escaped};
use super::{dates, wording, wrap};

/// Columns of a description made of the body's opening words.
const OPENING: usize = 240;

/// The blocks in which related items are shown, in reading order.
pub(super) const GROUPS: [RelatedGroup; 3] =
    [RelatedGroup::Related, RelatedGroup::Popular, RelatedGroup::Latest];

/// Address and type of a file that readers offer to play or fetch.
pub(super) fn enclosure(media: &Media) -> Option<(String, String)> {
    let media_type = media.media_type.as_deref().and_then(guard::media_type)?;
    let is_image = media_type.starts_with("image/");
    // Players fetch without asking: nobody's password belongs there, and neither does a host without a name.
    let is_public = media.url.username().is_empty() && media.url.password().is_none();
    let has_name = media.url.domain().is_some_and(|domain| domain.contains('.'));
    let url = guard::link(&media.url).filter(|_| is_public && has_name)?;
    (!is_image).then_some((url, media_type))
}

/// The title, never empty, and never what a reader could take for markup.
pub(super) fn title(article: &Article) -> String {
    let untitled = || wording::untitled(wording::locale_of_article(article)).to_owned();
    guard::unmarked(&article.title).unwrap_or_else(untitled)
}

/// The Summary as plain text, unless it only repeats the title; Atom and JSON `summary`.
pub(super) fn plain_summary(article: &Article) -> Option<String> {
    let summarized = article.summary.as_ref().map(Summary::text);
    let text = summarized.or_else(|| article.own_lead().map(str::to_owned))?;
    guard::some_line(&text).filter(|text| !repeats(&article.title, text))
}

/// The Summary, else the body's opening words, else the title: RSS `description`, which must stand before
/// `content:encoded` for readers that know only one of them.
pub(super) fn description(article: &Article) -> String {
    let opening = || guard::some_line(&wrap::shorten(&guard::line(&opening(article)), OPENING));
    plain_summary(article).or_else(opening).unwrap_or_else(|| title(article))
}

fn opening(article: &Article) -> String {
    let texts = article.sections.iter().flat_map(|section| &section.blocks).map(|b| &b.text);
    let first = texts.into_iter().find(|text| !text.trim().is_empty());
    first.map(|text| text.chars().take(OPENING * 2).collect()).unwrap_or_default()
}

/// The whole entry: lead, source and coarse date, Sections under their headings, related items.
pub(super) fn html(article: &Article) -> String {
    let locale = wording::locale_of_article(article);
    let mut out = String::with_capacity(4096);
    push_lead(&mut out, article);
    push_origin(&mut out, article, locale);
    for (index, section) in article.sections.iter().enumerate() {
        push_section(&mut out, index, section);
    }
    for group in GROUPS {
        push_related(&mut out, article, group, locale);
    }
    out.truncate(out.trim_end().len());
    if out.is_empty() {
        // An entry without content is no entry (RFC 4287 §4.1.1.1 asks for content or a page of its own).
        push(&mut out, format_args!("<p>{}</p>", escaped(&title(article))));
    }
    match guard::text(&out) {
        std::borrow::Cow::Borrowed(_) => out,
        std::borrow::Cow::Owned(clean) => clean,
    }
}

fn push(out: &mut String, part: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(part);
}

fn push_lead(out: &mut String, article: &Article) {
    if let Some(lead) = article.own_lead() {
        push(out, format_args!("<p><strong>{}</strong></p>\n", escaped(&guard::line(lead))));
    }
}

fn push_origin(out: &mut String, article: &Article, locale: Locale) {
    let source = article.attribution.as_deref().map(|name| wording::source_line(name, locale));
    let coarse = article.published.as_ref().filter(|date| !dates::is_for_feeds(date));
    let date = coarse.map(|date| wording::published_line(date, locale));
    for line in source.into_iter().chain(date) {
        push(out, format_args!("<p><small>{}</small></p>\n", escaped(&guard::line(&line))));
    }
}

fn push_section(out: &mut String, index: usize, section: &Section) {
    if let Some(heading) = section.heading.as_deref().and_then(guard::some_line) {
        // The title is the entry's only heading of the first level.
        let level = section.level.clamp(2, 6);
        let (id, heading) = (anchor(index), escaped(&heading));
        push(out, format_args!("<h{level} id=\"{id}\">{heading}</h{level}>\n"));
    }
    out.push_str(&section.html());
    out.push('\n');
}

/// The place of the Section at `index` within the entry.
pub(super) fn anchor(index: usize) -> String {
    format!("s{}", index + 1)
}

fn push_related(out: &mut String, article: &Article, group: RelatedGroup, locale: Locale) {
    let mut items = article.related.iter().filter(|item| item.group == group).peekable();
    if items.peek().is_none() {
        return;
    }
    push(out, format_args!("<h2>{}</h2>\n<ul>\n", wording::related_heading(group, locale)));
    items.for_each(|item| push_item(out, item, locale));
    out.push_str("</ul>\n");
}

fn push_item(out: &mut String, item: &RelatedItem, locale: Locale) {
    let title = escaped(&guard::line(&item.title));
    match item.url.as_ref().and_then(guard::link) {
        Some(url) => push(out, format_args!("<li><a href=\"{}\">{title}</a>", escaped(&url))),
        None => push(out, format_args!("<li>{title}")),
    }
    if let Some(date) = &item.published {
        push(out, format_args!(" <small>({})</small>", date.display(locale)));
    }
    if let Some(summary) = item.summary.as_deref().filter(|text| !repeats(&item.title, text)) {
        push(out, format_args!("<br>{}", escaped(&guard::line(summary))));
    }
    out.push_str("</li>\n");
}
