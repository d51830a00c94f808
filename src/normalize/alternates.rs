//! The feeds that a page offers: those it declares, those it links to, and where they usually are.

use url::Url;

use super::{NormalizeError, dom, html, limits, links};
use crate::domain::Document;

/// Feeds of one page; some declare one a topic.
const MOST: usize = 20;
/// Where feeds usually are, from the front page; the page's own directory comes first.
const USUAL: [&str; 8] =
    ["feed", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json", "rss", "feeds/all.atom"];

/// A feed that a page offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternate {
    /// Its address.
    pub url: Url,
    /// What the page calls it.
    pub title: Option<String>,
}

/// The feeds that the page in `document` declares (`rel=alternate`) or links to, the likeliest first; comments are last.
pub fn alternates(document: &Document) -> Result<Vec<Alternate>, NormalizeError> {
    limits::check_text(&document.text)?;
    let page = html::parse(&document.text)?;
    let base = html::base_url(&page, document);
    let mut found: Vec<Alternate> = Vec::new();
    let declared = page.select("link[href][type]");
    let linked = page.select("a[href]");
    let is_declared = |node: &&dom_query::NodeRef<'_>| {
        let rel = node.attr("rel").unwrap_or_default().to_ascii_lowercase();
        let of_feed = node.attr("type").is_some_and(|kind| is_feed_type(&kind));
        rel.split_whitespace().any(|word| word == "alternate") && of_feed
    };
    let looks_like_feed = |node: &&dom_query::NodeRef<'_>| {
        let href = node.attr("href").unwrap_or_default().to_ascii_lowercase();
        let path = href.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        [".rss", ".atom", "rss.xml", "atom.xml", "feed.xml", "/feed", "/rss", "feed.json"]
            .iter()
            .any(|end| path.ends_with(end))
    };
    let nodes = declared.nodes().iter().filter(is_declared);
    for node in nodes.chain(linked.nodes().iter().filter(looks_like_feed)) {
        let href = node.attr("href").unwrap_or_default();
        let Some(url) = links::absolute(&href, base.as_ref()) else { continue };
        let title = node.attr("title").map(|title| dom::squeeze(&title));
        let title = title.or_else(|| Some(dom::text(node))).filter(|title| !title.is_empty());
        if !found.iter().any(|known| known.url == url) && found.len() < MOST {
            found.push(Alternate { url, title });
        }
    }
    found.sort_by_key(is_of_comments);
    Ok(found)
}

fn is_of_comments(feed: &Alternate) -> bool {
    let words = format!("{} {}", feed.url, feed.title.as_deref().unwrap_or_default());
    ["comment", "评论", "kommentar"].iter().any(|word| words.to_lowercase().contains(word))
}

fn is_feed_type(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"]
        .contains(&essence.as_str())
}

/// Where the feed of a page may be that declares none.
pub fn usual_places(page: &Url) -> Vec<Url> {
    let below = page.join("feed/").ok().filter(|_| page.path() != "/");
    let usual = USUAL.iter().filter_map(|path| page.join(&format!("/{path}")).ok());
    below.into_iter().chain(usual).collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::MediaType;

    #[test]
    fn declared_feeds_come_before_linked_ones_and_comments_last() {
        let html = "<link rel=alternate type=application/rss+xml title='Comments on it' href=/comments/feed>\
            <link rel='alternate home' type='application/atom+xml; charset=utf-8' title=All href=all.atom>\
            <link rel=alternate type=text/html hreflang=de href=/de><link rel=stylesheet type=text/css href=/x.css>\
            <a href=/news/rss.xml>RSS</a><a href=/feeding-birds>Feeding birds</a><a href=all.atom>again</a>";
        let document = Document {
            reference: "page".into(),
            url: Url::parse("https://valley.example/news/").ok(),
            fetched_at: DateTime::parse_from_rfc3339("2026-11-20T08:00:00+08:00").unwrap(),
            media_type: MediaType::Html,
            text: html.into(),
            digest: String::new(),
        };
        let found = alternates(&document).unwrap();
        let addresses: Vec<&str> = found.iter().map(|feed| feed.url.path()).collect();
        assert_eq!(addresses, ["/news/all.atom", "/news/rss.xml", "/comments/feed"]);
        assert_eq!(found[0].title.as_deref(), Some("All"));
        let usual = usual_places(&found[0].url);
        assert_eq!(usual[0].as_str(), "https://valley.example/news/feed/");
        assert!(usual.iter().any(|url| url.as_str() == "https://valley.example/atom.xml"));
    }
}
