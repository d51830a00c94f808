//! A feed as people read it, since browsers show its XML as text.

use serde::Serialize;

use super::super::{Entry, RenderError, address, content, guard};
use super::{Frame, rendered};
use crate::domain::{Article, Feed, FeedFormat, Locale, RelatedItem, Site};

#[derive(Serialize)]
struct View {
    title: String,
    description: String,
    formats: Vec<FormatView>,
    articles: Vec<ArticleView>,
}

/// One format to subscribe in.
#[derive(Serialize)]
pub(super) struct FormatView {
    name: &'static str,
    media_type: &'static str,
    url: String,
}

/// An Article as lists show it.
#[derive(Serialize)]
pub(super) struct ArticleView {
    title: String,
    /// Its page here.
    page: String,
    url: Option<String>,
    language: Option<String>,
    origin: Option<String>,
    date: Option<String>,
    /// The date for machines, where it is exact enough to say so.
    datetime: Option<String>,
    summary: Option<String>,
    tags: Vec<String>,
    related: Vec<LinkView>,
}

/// A link, or a title of which no address is known.
#[derive(Serialize)]
pub(super) struct LinkView {
    pub title: String,
    pub url: Option<String>,
}

impl LinkView {
    /// A related item; nothing where its title holds nothing to show.
    pub fn related(item: &RelatedItem) -> Option<Self> {
        let url = item.url.as_ref().and_then(guard::link);
        Some(Self { title: guard::some_line(&item.title)?, url })
    }
}

/// Writes the page of `feed`.
pub fn feed(frame: &Frame<'_>, feed: &Feed, entries: &[Entry<'_>]) -> Result<String, RenderError> {
    let view = View {
        title: guard::line(&feed.title),
        description: guard::line(&feed.description),
        formats: formats(feed, frame.site),
        articles: entries.iter().map(|entry| article_view(entry, frame)).collect(),
    };
    rendered("feed.html.j2", frame, view)
}

/// The formats of a Feed with their addresses.
pub(super) fn formats(feed: &Feed, site: &Site) -> Vec<FormatView> {
    let view = |format: &FeedFormat| FormatView {
        name: match format {
            FeedFormat::Rss => "RSS",
            FeedFormat::Atom => "Atom",
            FeedFormat::Json => "JSON Feed",
        },
        media_type: format.media_type(),
        url: address::self_url(feed, *format, site),
    };
    feed.formats.iter().map(view).collect()
}

/// An Article as lists show it: nothing of its text but the summary.
pub(super) fn article_view(entry: &Entry<'_>, frame: &Frame<'_>) -> ArticleView {
    let article = entry.article;
    let language = article.language.as_ref();
    let related = article.related.iter().filter_map(LinkView::related);
    ArticleView {
        title: content::title(article),
        page: format!("{}articles/{}", frame.base(), article.id),
        url: article.link().and_then(guard::link),
        language: language.filter(|l| Locale::of(l) != frame.locale).map(ToString::to_string),
        origin: origin(article),
        date: article.published.as_ref().map(|moment| moment.display(frame.locale)),
        datetime: datetime(article),
        summary: content::plain_summary(article),
        tags: article.tags.iter().filter_map(|tag| guard::some_line(tag)).collect(),
        related: related.collect(),
    }
}

pub(super) fn origin(article: &Article) -> Option<String> {
    let host = || article.link().and_then(|url| url.host_str()).map(str::to_owned);
    article.attribution.clone().or_else(host).as_deref().and_then(guard::some_line)
}

/// `datetime` of the `time` element: a day, or an instant; coarser ones are words only.
fn datetime(article: &Article) -> Option<String> {
    use crate::domain::Precision::{Day, Minute, Second};
    let moment = article.published.as_ref()?;
    match moment.precision {
        Second | Minute => Some(moment.instant.to_rfc3339()),
        Day => Some(moment.instant.format("%Y-%m-%d").to_string()),
        _ => None,
    }
}
