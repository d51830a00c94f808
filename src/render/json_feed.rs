//! JSON Feed 1.1, with what it has no word for under `_pressroom` in each item:
//!
//! ```json
//! {"about": "where the publisher lives", "attribution": "who published it first",
//!  "published": {"raw": "1月前", "date": "2024-10-01T00:00:00+08:00", "precision": "month"},
//!  "source": {"title": "the feed that it came with", "url": "its page", "feed_url": "where it is"},
//!  "related": [{"group": "related", "title": "…", "url": "…", "summary": "…", "tags": ["…"],
//!               "published": {…}, "views": 39, "comments": 0}]}
//! ```
//!
//! Everything but `about` is absent when unknown. `date` is the beginning of the stated day, month …, and no more
//! exact than `precision` says.

use serde::Serialize;

use crate::domain::{
    Article, Feed, FeedFormat, Language, Media, Moment, Precision, Provenance, RelatedGroup,
    RelatedItem, Site,
};

use super::{Entry, Page, address, content, dates, guard};

/// JSON Feed 1.1 "Top-Level": the version is the address of the specification.
const VERSION: &str = "https://jsonfeed.org/version/1.1";

#[derive(Serialize)]
struct Document {
    version: &'static str,
    title: String,
    home_page_url: String,
    feed_url: String,
    /// "Top-Level": what was published before.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    authors: Vec<Author>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hubs: Vec<Hub>,
    items: Vec<Item>,
}

/// "Top-Level", `hubs`: where changes are pushed.
#[derive(Serialize)]
struct Hub {
    #[serde(rename = "type")]
    kind: &'static str,
    url: String,
}

#[derive(Serialize)]
struct Author {
    name: String,
}

#[derive(Serialize)]
struct Item {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    title: String,
    content_html: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<String>,
    date_modified: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment>,
    #[serde(rename = "_pressroom")]
    extension: Extension,
}

#[derive(Serialize)]
struct Attachment {
    url: String,
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

#[derive(Serialize)]
struct Extension {
    about: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribution: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<Stated>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related>,
}

#[derive(Serialize)]
struct Source {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_url: Option<String>,
}

#[derive(Serialize)]
struct Related {
    group: RelatedGroup,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<Stated>,
    #[serde(skip_serializing_if = "Option::is_none")]
    views: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<u64>,
}

#[derive(Serialize)]
struct Stated {
    raw: String,
    date: String,
    precision: Precision,
}

/// Writes `feed` as JSON Feed 1.1.
pub(super) fn json(feed: &Feed, site: &Site, entries: &[Entry<'_>], page: Page) -> Vec<u8> {
    let hub = site.hub.as_ref().and_then(guard::link).map(|url| Hub { kind: "WebSub", url });
    let document = Document {
        version: VERSION,
        title: guard::unmarked(&feed.title).unwrap_or_default(),
        home_page_url: address::home(site),
        feed_url: page.own(feed, FeedFormat::Json, site),
        next_url: page.earlier(feed, FeedFormat::Json, site),
        description: guard::some_line(&feed.description),
        authors: vec![Author { name: guard::line(&site.title) }],
        language: feed.language.as_ref().map(Language::to_string),
        hubs: hub.into_iter().collect(),
        items: entries.iter().map(|entry| item(feed, site, entry)).collect(),
    };
    let mut bytes =
        serde_json::to_vec(&document).expect("strings and numbers in structs always have JSON");
    bytes.push(b'\n');
    bytes
}

fn item(feed: &Feed, site: &Site, entry: &Entry<'_>) -> Item {
    let article = entry.article;
    let own_language = article.language.as_ref().filter(|own| Some(*own) != feed.language.as_ref());
    Item {
        id: article.id.urn(),
        url: article.link().and_then(guard::link),
        title: content::title(article),
        content_html: content::html(article),
        summary: content::plain_summary(article),
        image: article.media.iter().filter(|m| is_image(m)).find_map(|m| guard::link(&m.url)),
        date_published: dates::published(entry).map(|at| dates::rfc3339(&at)),
        date_modified: dates::rfc3339(&dates::updated(entry).fixed_offset()),
        authors: lines(&article.authors).map(|name| Author { name }).collect(),
        tags: lines(&article.tags).collect(),
        language: own_language.map(Language::to_string),
        attachments: article.media.iter().filter_map(attachment).collect(),
        extension: extension(site, article),
    }
}

fn lines(texts: &[String]) -> impl Iterator<Item = String> {
    texts.iter().filter_map(|text| guard::words(text))
}

fn is_image(media: &Media) -> bool {
    media.media_type.as_deref().is_some_and(|media_type| media_type.starts_with("image/"))
}

/// Sound and film; pictures are in the content. "Attachments": `url` and `mime_type` are required.
fn attachment(media: &Media) -> Option<Attachment> {
    let mime_type = media.media_type.as_deref().and_then(guard::media_type)?;
    let url = guard::link(&media.url)?;
    let title = media.alt.as_deref().and_then(guard::some_line);
    (!is_image(media)).then_some(Attachment { url, mime_type, title })
}

fn extension(site: &Site, article: &Article) -> Extension {
    Extension {
        about: address::home(site),
        attribution: article.attribution.as_deref().and_then(guard::some_line),
        published: article.published.as_ref().map(stated),
        source: article.facts.provenance.as_ref().and_then(source),
        related: article.related.iter().filter_map(related).collect(),
    }
}

fn source(provenance: &Provenance) -> Option<Source> {
    Some(Source {
        title: guard::some_line(&provenance.title)?,
        url: provenance.page.as_ref().and_then(guard::link),
        feed_url: provenance.feed.as_ref().and_then(guard::link),
    })
}

fn related(item: &RelatedItem) -> Option<Related> {
    Some(Related {
        group: item.group,
        title: guard::some_line(&item.title)?,
        url: item.url.as_ref().and_then(guard::link),
        summary: item.summary.as_deref().and_then(guard::some_line),
        tags: lines(&item.tags).collect(),
        published: item.published.as_ref().map(stated),
        views: item.views,
        comments: item.comments,
    })
}

fn stated(moment: &Moment) -> Stated {
    Stated {
        raw: guard::line(&moment.raw),
        date: dates::rfc3339(&moment.instant),
        precision: moment.precision,
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::assert_golden;
    use super::super::samples::{chinese, empty, english, entries, feed, hostile, site};
    use super::*;

    fn read(articles: &[Article]) -> serde_json::Value {
        serde_json::from_slice(&json(&feed(), &site(), &entries(articles), Page::ONLY)).unwrap()
    }

    #[test]
    fn the_feed_reads_as_it_was_reviewed() {
        let articles = [chinese(), english()];
        assert_golden("coast.json", &json(&feed(), &site(), &entries(&articles), Page::ONLY));
    }

    #[test]
    fn items_carry_what_the_article_says_and_nothing_it_does_not() {
        let document = read(&[chinese(), english(), empty()]);
        let items = document["items"].as_array().unwrap();
        assert_eq!(items[0]["id"], chinese().id.urn());
        assert_eq!(items[0].get("date_published"), None);
        assert_eq!(items[0].get("url"), None);
        assert_eq!(items[0]["language"], "zh");
        assert_eq!(items[1]["date_published"], "2024-11-18T09:30:00+01:00");
        assert_eq!(items[1]["image"], "https://news.example.com/f.jpg");
        assert_eq!(items[1]["attachments"][0]["mime_type"], "audio/mpeg");
        assert_eq!(items[2]["title"], "Untitled");
    }

    #[test]
    fn related_items_keep_their_dates_as_exact_as_they_are() {
        let document = read(&[chinese()]);
        let related = &document["items"][0]["_pressroom"]["related"];
        assert_eq!(related.as_array().unwrap().len(), 3);
        assert_eq!(related[1]["published"]["raw"], "1月前");
        assert_eq!(related[1]["published"]["precision"], "month");
        assert_eq!((&related[1]["views"], &related[1]["comments"]), (&39.into(), &0.into()));
    }

    #[test]
    fn the_same_characters_are_kept_out_as_in_xml() {
        let text =
            String::from_utf8(json(&feed(), &site(), &entries(&[hostile()]), Page::ONLY)).unwrap();
        assert!(
            !text.contains("\\u0007")
                && !text.contains('\u{FFFE}')
                && !text.contains("javascript:")
        );
    }
}
