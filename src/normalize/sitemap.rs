//! Sitemaps: a list of addresses, or a list of such lists (sitemaps.org protocol 0.9), with the news extension.

use url::Url;

use super::dates::Frame;
use super::syndicated::dates;
use super::syndicated::references::resolved;
use super::syndicated::tags::{Tags, Token};
use super::{LinkRules, NormalizeError, limits, links};
use crate::domain::{Document, Link, Moment};

/// The protocol's own limit for one file.
const MAX_ENTRIES: usize = 50_000;

/// What a sitemap names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sitemap {
    /// Other sitemaps, with the time of their last change.
    Index(Vec<Link>),
    /// Pages.
    Pages(Vec<Link>),
}

/// Reads the sitemap in `document`; of its pages, those that `rules` admit. Lists of sitemaps are not restricted by
/// patterns, which are about articles, only by age.
pub fn sitemap(document: &Document, rules: &LinkRules) -> Result<Sitemap, NormalizeError> {
    limits::check_text_length(&document.text)?;
    let frame = Frame { now: document.fetched_at, month_first: false };
    let mut reader =
        Reader { frame, base: document.url.as_ref(), links: Vec::new(), is_index: None };
    reader.read(&document.text);
    let mut links = reader.links;
    match reader.is_index {
        Some(true) => {
            links.retain(|link| rules.is_recent(link));
            Ok(Sitemap::Index(links))
        }
        Some(false) => {
            links.retain(|link| rules.admits(link));
            Ok(Sitemap::Pages(links))
        }
        None => Err(NormalizeError::NoSitemap),
    }
}

struct Reader<'d> {
    frame: Frame,
    base: Option<&'d Url>,
    links: Vec<Link>,
    is_index: Option<bool>,
}

/// The fields of one entry as they were read.
#[derive(Default)]
struct Entry {
    address: Option<String>,
    changed: Option<String>,
    published: Option<String>,
    title: Option<String>,
}

impl Reader<'_> {
    fn read(&mut self, text: &str) {
        let (mut entry, mut words) = (Entry::default(), String::new());
        for token in Tags::new(text) {
            match token {
                Token::Start { name, .. } => {
                    words.clear();
                    self.begin(local(name), name, &mut entry);
                }
                Token::Text(text) => words.push_str(&resolved(text)),
                Token::Cdata(text) => words.push_str(text),
                Token::End { name } => self.end(name, &mut entry, &words),
            }
            if self.links.len() == MAX_ENTRIES {
                break;
            }
        }
    }

    fn begin(&mut self, local: &str, name: &str, entry: &mut Entry) {
        match local {
            "urlset" => self.is_index = self.is_index.or(Some(false)),
            "sitemapindex" => self.is_index = self.is_index.or(Some(true)),
            // `image:image` and `video:video` have a `loc` of their own, and no `url`.
            "url" | "sitemap" if !name.contains(':') || name == local => *entry = Entry::default(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str, entry: &mut Entry, words: &str) {
        let value = || Some(words.trim().to_owned()).filter(|words| !words.is_empty());
        let is_extension = name.starts_with("image:") || name.starts_with("video:");
        match local(name) {
            _ if is_extension => {}
            "loc" => entry.address = entry.address.take().or_else(value),
            "lastmod" => entry.changed = value(),
            "publication_date" => entry.published = value(),
            "title" => entry.title = value(),
            "url" | "sitemap" => {
                let link = self.link(std::mem::take(entry));
                self.links.extend(link);
            }
            _ => {}
        }
    }

    fn link(&self, entry: Entry) -> Option<Link> {
        let url = links::absolute(&entry.address?, self.base)?;
        let moment = |text: String| dates::moment(&text, &self.frame);
        let published: Option<Moment> = entry.published.and_then(moment);
        Some(Link {
            url,
            title: entry.title,
            published: published.or_else(|| entry.changed.and_then(moment)),
            summary: None,
        })
    }
}

/// The name without its prefix: sitemaps bind their namespace to many.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::{MediaType, Wording};

    fn document(text: &str) -> Document {
        Document {
            reference: "sitemap.xml".into(),
            url: Url::parse("https://valley.example/sitemap.xml").ok(),
            fetched_at: DateTime::parse_from_rfc3339("2026-11-20T08:00:00+08:00").unwrap(),
            media_type: MediaType::Sitemap,
            text: text.into(),
            digest: String::new(),
        }
    }

    const PAGES: &str = r#"<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <url><loc> https://valley.example/2026/pier?a=1&amp;b=2 </loc><lastmod>2026-11-18</lastmod>
          <image:image><image:loc>https://valley.example/pier.jpg</image:loc><image:title>A picture</image:title></image:image></url>
        <url><loc><![CDATA[https://valley.example/2026/tower]]></loc>
          <news:news><news:publication><news:name>Valley</news:name><news:language>en</news:language></news:publication>
          <news:publication_date>2026-11-19T07:30:00+01:00</news:publication_date><news:title>The Old Tower &amp; its clock</news:title></news:news>
          <lastmod>2026-11-20</lastmod></url>
        <url><loc>/about</loc></url><url><lastmod>2026-11-20</lastmod></url>
        <url><loc>https://valley.example/2019/old</loc><lastmod>2019-01-02</lastmod></url></urlset>"#;

    #[test]
    fn pages_come_with_what_the_sitemap_says_of_them() {
        let Sitemap::Pages(links) = sitemap(&document(PAGES), &LinkRules::default()).unwrap()
        else {
            panic!("they are pages")
        };
        let addresses: Vec<&str> = links.iter().map(|link| link.url.as_str()).collect();
        assert_eq!(
            addresses,
            ["2026/pier?a=1&b=2", "2026/tower", "about", "2019/old"]
                .map(|end| format!("https://valley.example/{end}"))
        );
        assert_eq!(links[0].title, None, "a picture's title is not the page's");
        assert_eq!(links[1].title.as_deref(), Some("The Old Tower & its clock"));
        let published = links[1].published.as_ref().unwrap();
        assert_eq!(published.instant.to_rfc3339(), "2026-11-19T07:30:00+01:00");
    }

    #[test]
    fn old_pages_and_those_of_other_patterns_are_left_out() {
        let mut rules = LinkRules::default();
        rules.include.push(Wording::pattern("/20\\d\\d/").unwrap());
        rules.exclude.push(Wording::pattern("tower").unwrap());
        rules.since = "2026-01-01".parse().ok();
        let Sitemap::Pages(links) = sitemap(&document(PAGES), &rules).unwrap() else { panic!() };
        assert_eq!(links.len(), 1);
        assert!(links[0].url.as_str().contains("pier"));
    }

    #[test]
    fn an_index_names_sitemaps_and_other_documents_are_refused() {
        let index = "<sm:sitemapindex xmlns:sm='http://www.sitemaps.org/schemas/sitemap/0.9'><sm:sitemap><sm:loc>https://valley.example/a.xml.gz</sm:loc>\
                     </sm:sitemap></sm:sitemapindex>";
        let Sitemap::Index(maps) = sitemap(&document(index), &LinkRules::default()).unwrap() else {
            panic!()
        };
        assert_eq!(maps.len(), 1);
        for text in ["<rss><channel/></rss>", "", "<html><body>urlset</body></html>"] {
            assert_eq!(
                sitemap(&document(text), &LinkRules::default()).unwrap_err().kind(),
                "no_sitemap"
            );
        }
    }
}
