//! One article: where it comes from first, then its outline, its summaries, and its text where it may be shown.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::Serialize;

use super::super::{Entry, RenderError, content, guard, wording};
use super::feed::{ArticleView, LinkView, article_view};
use super::{Frame, rendered};
use crate::domain::{Article, OtherReport, RelatedGroup, Republish, Section, Summary};

/// A picture of a sanitised text; its attribute values are quoted, so that `>` within one ends nothing.
static PICTURE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"<img((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*/?>"#).expect("the pattern is constant")
});

#[derive(Serialize)]
struct View {
    article: ArticleView,
    authors: Vec<String>,
    updated: Option<String>,
    is_full: bool,
    noindex: bool,
    lead: Option<String>,
    sections: Vec<SectionView>,
    groups: Vec<GroupView>,
    elsewhere: Vec<LinkView>,
}

#[derive(Serialize)]
struct SectionView {
    anchor: String,
    level: u8,
    heading: Option<String>,
    summary: Option<String>,
    html: Option<String>,
}

#[derive(Serialize)]
struct GroupView {
    heading: &'static str,
    items: Vec<LinkView>,
}

/// How an article may be shown.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// How much of it.
    pub republish: Republish,
    /// Whether search engines are asked to leave its page out.
    pub noindex: bool,
}

/// Writes the page of an article.
pub fn article(
    frame: &Frame<'_>,
    entry: &Entry<'_>,
    shown: Terms,
    elsewhere: &[OtherReport],
) -> Result<String, RenderError> {
    let article = entry.article;
    let is_full = shown.republish == Republish::Full;
    let sections = article.sections.iter().enumerate();
    let view = View {
        article: article_view(entry, frame),
        authors: article.authors.iter().filter_map(|name| guard::some_line(name)).collect(),
        updated: article.updated.as_ref().map(|moment| moment.display(frame.locale)),
        is_full,
        noindex: shown.noindex,
        lead: article.own_lead().and_then(guard::some_line),
        sections: sections.filter_map(|(at, section)| section_view(at, section, is_full)).collect(),
        groups: groups(article, frame),
        elsewhere: elsewhere.iter().filter_map(report).collect(),
    };
    rendered("article.html.j2", frame, view)
}

/// A Section as far as it may be shown; nothing of one that has neither heading, text nor Summary to show.
fn section_view(at: usize, section: &Section, is_full: bool) -> Option<SectionView> {
    let heading = section.heading.as_deref().and_then(guard::some_line);
    let summary = section.summary.as_ref().map(Summary::text).as_deref().and_then(guard::some_line);
    let html = is_full.then(|| within_reach(&without_pictures(&guard::text(&section.html()))));
    (heading.is_some() || summary.is_some() || html.is_some()).then(|| SectionView {
        anchor: content::anchor(at),
        level: section.level.clamp(2, 6),
        heading,
        summary,
        html,
    })
}

/// What may be wider than the window is scrolled by itself; those without a mouse must get to it for that.
fn within_reach(html: &str) -> String {
    html.replace("<table", "<table tabindex=\"0\"").replace("<pre", "<pre tabindex=\"0\"")
}

/// Pictures as links to them: no page of ours makes a browser ask another server for anything.
fn without_pictures(html: &str) -> String {
    let link = |found: &Captures<'_>| {
        let attribute = |name: &str| {
            let (_, rest) = found[1].split_once(&format!(" {name}=\""))?;
            rest.split_once('"').map(|(value, _)| value.to_owned())
        };
        let words = attribute("alt").filter(|alt| !alt.trim().is_empty());
        let words = words.unwrap_or_else(|| "\u{1F5BC}".to_owned());
        match attribute("src").filter(|src| src.starts_with("http")) {
            Some(src) => format!("<a href=\"{src}\">{words}</a>"),
            None => String::new(),
        }
    };
    PICTURE.replace_all(html, link).into_owned()
}

fn groups(article: &Article, frame: &Frame<'_>) -> Vec<GroupView> {
    let of = |group: RelatedGroup| {
        let items = article.related.iter().filter(|item| item.group == group);
        let items: Vec<LinkView> = items.filter_map(LinkView::related).collect();
        let heading = wording::related_heading(group, frame.locale);
        (!items.is_empty()).then_some(GroupView { heading, items })
    };
    content::GROUPS.into_iter().filter_map(of).collect()
}

fn report(report: &OtherReport) -> Option<LinkView> {
    let title = guard::some_line(&report.title)?;
    let title = match report.attribution.as_deref().and_then(guard::some_line) {
        Some(name) => format!("{name}: {title}"),
        None => title,
    };
    Some(LinkView { title, url: report.url.as_ref().and_then(guard::link) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_becomes_a_link_and_nothing_is_asked_of_other_servers() {
        let html = "<p>a<img src=\"https://x.example/a.png\" alt=\"the > pier\" width=\"3\">b<img alt=\"\"></p>";
        assert_eq!(
            without_pictures(html),
            "<p>a<a href=\"https://x.example/a.png\">the > pier</a>b</p>"
        );
    }
}
