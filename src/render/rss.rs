//! RSS 2.0, with the content, Dublin Core and Atom modules.

use rss::extension::atom::{AtomExtension, Link};
use rss::extension::dublincore::DublinCoreExtension;
use rss::extension::syndication::{SyndicationExtension, UpdatePeriod};
use rss::extension::{Extension, ExtensionMap};
use rss::{Category, Channel, Enclosure, Guid, Item, Source};

use crate::domain::{Article, Feed, FeedFormat, Language, Media, RelatedItem, Site};

use super::{Entry, Page, address, content, dates, guard, history};

/// The specification that RSS `docs` points to.
const DOCS: &str = "https://www.rssboard.org/rss-specification";

/// Writes `feed` as RSS 2.0.
pub(super) fn rss(feed: &Feed, site: &Site, entries: &[Entry<'_>], page: Page) -> Vec<u8> {
    let mut channel = Channel {
        title: guard::unmarked(&feed.title).unwrap_or_default(),
        link: address::home(site),
        description: guard::words(&feed.description).unwrap_or_default(),
        language: feed.language.as_ref().map(Language::to_string),
        // Derived from the content: a clock here would change the bytes of an unchanged feed.
        last_build_date: Some(dates::rfc2822(&dates::newest(entries).fixed_offset())),
        generator: Some(address::GENERATOR.to_owned()),
        docs: Some(DOCS.to_owned()),
        items: entries.iter().map(|entry| item(feed, entry)).collect(),
        ttl: feed.interval.map(|minutes| minutes.to_string()),
        syndication_ext: feed.interval.map(syndication),
        atom_ext: Some(AtomExtension { links: links(feed, site, page) }),
        ..Channel::default()
    };
    declare(&mut channel, "content", "http://purl.org/rss/1.0/modules/content/");
    declare(&mut channel, "dc", "http://purl.org/dc/elements/1.1/");
    declare(&mut channel, "atom", "http://www.w3.org/2005/Atom");
    declare(&mut channel, "media", "http://search.yahoo.com/mrss/");
    declare(&mut channel, "sy", "http://purl.org/rss/1.0/modules/syndication/");
    if page.is_archive() {
        declare(&mut channel, "fh", history::NAMESPACE);
        let mark = Extension { name: "fh:archive".to_owned(), ..Extension::default() };
        let marks = channel.extensions.entry("fh".to_owned()).or_default();
        marks.insert("archive".to_owned(), vec![mark]);
    }
    let mut bytes = Vec::new();
    channel.write_to(&mut bytes).expect("writing to memory cannot fail");
    bytes.push(b'\n');
    let xml = String::from_utf8(bytes).expect("every text in it was a String");
    let (declaration, root) = xml.split_at(xml.find("<rss").unwrap_or(0));
    let root = with_hexadecimal_references_in_titles(root);
    [declaration, "\n", &address::comment(feed, site), &root].concat().into_bytes()
}

/// The crate declares a module only when it is used; a fixed set keeps the first line of the feed the same.
fn declare(channel: &mut Channel, prefix: &str, uri: &str) {
    channel.namespaces.insert(prefix.to_owned(), uri.to_owned());
}

/// How often to come back, in the words of the Syndication module; it says the same as `ttl`.
fn syndication(minutes: u32) -> SyndicationExtension {
    let (period, length) =
        if minutes < 1440 { (UpdatePeriod::Hourly, 60) } else { (UpdatePeriod::Daily, 1440) };
    let (period, length) =
        if minutes > 60 && minutes < 1440 { (UpdatePeriod::Daily, 1440) } else { (period, length) };
    let frequency = (length / minutes.max(1)).max(1);
    // The module's own default base lies before feeds existed, which checkers doubt.
    SyndicationExtension { period, frequency, base: "2000-01-01T00:00+00:00".to_owned() }
}

fn links(feed: &Feed, site: &Site, page: Page) -> Vec<Link> {
    let link = |rel: &str, href| Link { href, rel: rel.to_owned(), ..Link::default() };
    let hub = site.hub.as_ref().and_then(guard::link).map(|href| link("hub", href));
    let history = page.links(feed, FeedFormat::Rss, site).map(|(rel, href)| link(rel, href));
    std::iter::once(self_link(feed, site, page)).chain(hub).chain(history).collect()
}

/// RSS Advisory Board profile: the feed's own address, absolute and equal to where it is fetched.
fn self_link(feed: &Feed, site: &Site, page: Page) -> Link {
    Link {
        href: page.own(feed, FeedFormat::Rss, site),
        rel: "self".to_owned(),
        mime_type: Some(FeedFormat::Rss.media_type().to_owned()),
        ..Link::default()
    }
}

fn item(feed: &Feed, entry: &Entry<'_>) -> Item {
    let article = entry.article;
    Item {
        title: Some(content::title(article)),
        link: article.link().and_then(guard::link),
        description: Some(as_markup(&content::description(article))),
        categories: tags(article).map(|name| Category { name, domain: None }).collect(),
        guid: Some(Guid { value: article.id.urn(), permalink: false }),
        pub_date: dates::published(entry).map(|at| dates::rfc2822(&at)),
        content: Some(content::html(article)),
        source: origin(article),
        enclosure: article.media.iter().find_map(enclosure),
        extensions: media(article),
        dublin_core_ext: Some(dublin_core(feed, article)),
        atom_ext: Some(AtomExtension { links: related_links(article) }),
        ..Item::default()
    }
}

/// RSS 2.0 `description` is markup; a text says the same in it once its own marks are references.
fn as_markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn tags(article: &Article) -> impl Iterator<Item = String> {
    article.tags.iter().filter_map(|tag| guard::words(tag))
}

/// The feed that it came with, where that has an address.
fn origin(article: &Article) -> Option<Source> {
    let provenance = article.facts.provenance.as_ref()?;
    let url = provenance.feed.as_ref().and_then(guard::link)?;
    Some(Source { url, title: Some(guard::words(&provenance.title)?) })
}

/// RSS `author` must be a mail address and `source` a feed with an address; a page gives names, which Dublin Core takes.
fn dublin_core(feed: &Feed, article: &Article) -> DublinCoreExtension {
    let own_language = article.language.as_ref().filter(|own| Some(*own) != feed.language.as_ref());
    // A reader that knows both words for the source would show two.
    let attribution = article.attribution.iter().filter(|_| origin(article).is_none());
    DublinCoreExtension {
        creators: article.authors.iter().filter_map(|name| guard::words(name)).collect(),
        sources: attribution.filter_map(|name| guard::words(name)).collect(),
        languages: own_language.map(Language::to_string).into_iter().collect(),
        ..DublinCoreExtension::default()
    }
}

/// RSS 2.0 has one enclosure an item; its length is not known, which is written as 0.
fn enclosure(media: &Media) -> Option<Enclosure> {
    let (url, mime_type) = content::enclosure(media)?;
    Some(Enclosure { url, length: "0".to_owned(), mime_type })
}

/// Media RSS: every picture, sound and film of the article.
fn media(article: &Article) -> ExtensionMap {
    let contents: Vec<Extension> = article.media.iter().filter_map(media_content).collect();
    let mut map = ExtensionMap::new();
    if !contents.is_empty() {
        map.entry("media".to_owned()).or_default().insert("content".to_owned(), contents);
    }
    map
}

fn media_content(media: &Media) -> Option<Extension> {
    let mut content = Extension { name: "media:content".to_owned(), ..Extension::default() };
    content.attrs.insert("url".to_owned(), guard::link(&media.url)?);
    if let Some(kind) = media.media_type.as_deref().and_then(guard::media_type) {
        let medium = kind.split('/').next().filter(|m| ["image", "audio", "video"].contains(m));
        content.attrs.extend(medium.map(|medium| ("medium".to_owned(), medium.to_owned())));
        content.attrs.insert("type".to_owned(), kind);
    }
    Some(content)
}

/// One without an address is pointed to by its id: readers count it and show its title.
fn related_links(article: &Article) -> Vec<Link> {
    let link = |item: &RelatedItem| {
        Some(Link {
            href: address::related(item, article)?,
            rel: "related".to_owned(),
            title: Some(guard::words(&item.title)?),
            ..Link::default()
        })
    };
    article.related.iter().filter_map(link).collect()
}

/// RSS leaves open whether a title is text or markup. Readers agree on hexadecimal references (RSS Advisory Board
/// profile, "Character Data"), which the crate does not write; what stands in CDATA sections is no title.
fn with_hexadecimal_references_in_titles(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len() + 256);
    let mut rest = xml;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let is_title = tag.starts_with("<title>");
        let end = match tag {
            _ if is_title => "</title>",
            _ if tag.starts_with("<![CDATA[") => "]]>",
            _ => ">",
        };
        let (part, after) = tag.split_at(tag.find(end).unwrap_or(tag.len()));
        if is_title {
            out.push_str(&with_hexadecimal_references(part));
        } else {
            out.push_str(part);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn with_hexadecimal_references(title: &str) -> String {
    title.replace("&amp;", "&#x26;").replace("&lt;", "&#x3C;").replace("&gt;", "&#x3E;")
}

#[cfg(test)]
mod tests {
    use super::super::golden::assert_golden;
    use super::super::samples::{chinese, empty, english, entries, feed, hostile, site};
    use super::*;

    fn read(articles: &[Article]) -> Channel {
        Channel::read_from(&rss(&feed(), &site(), &entries(articles), Page::ONLY)[..]).unwrap()
    }

    #[test]
    fn the_feed_reads_as_it_was_reviewed() {
        let articles = [chinese(), english()];
        assert_golden("coast.rss", &rss(&feed(), &site(), &entries(&articles), Page::ONLY));
    }

    #[test]
    fn an_independent_reader_finds_every_field() {
        let articles = [chinese(), english()];
        let channel = read(&articles);
        assert_eq!(channel.title, "Coast & sea");
        assert_eq!(
            channel.atom_ext.unwrap().links[0].href,
            "https://reader.example.net/press/feeds/coast.rss"
        );
        for (item, article) in channel.items.iter().zip(&articles) {
            let core = item.dublin_core_ext.as_ref().unwrap();
            assert_eq!(item.title.as_ref(), Some(&article.title));
            assert_eq!(item.guid.as_ref().unwrap().value, article.id.urn());
            assert!(!item.guid.as_ref().unwrap().permalink);
            assert_eq!(core.creators, article.authors);
            assert_eq!(core.sources, Vec::from_iter(article.attribution.clone()));
            assert_eq!(
                item.categories.iter().map(|c| &c.name).collect::<Vec<_>>(),
                article.tags.iter().collect::<Vec<_>>()
            );
            assert_eq!(item.content.as_deref(), Some(&*content::html(article)));
            assert_eq!(item.link.as_deref(), article.link().map(url::Url::as_str));
        }
        assert_eq!(channel.items[0].pub_date, None, "a month is no date for a feed");
        assert_eq!(channel.items[1].pub_date.as_deref(), Some("Mon, 18 Nov 2024 09:30:00 +0100"));
    }

    #[test]
    fn related_items_are_links_of_the_item() {
        let channel = read(&[chinese()]);
        let links = &channel.items[0].atom_ext.as_ref().unwrap().links;
        assert_eq!(links.len(), 3);
        assert_eq!(
            (links[0].rel.as_str(), links[0].title.as_deref()),
            ("related", Some("滨海湿地的冬候鸟又多了三种"))
        );
    }

    #[test]
    fn hostile_text_leaves_a_document_that_parses() {
        let channel = read(&[hostile(), empty()]);
        assert_eq!(channel.items.len(), 2);
        let title = channel.items[0].title.as_deref().unwrap();
        assert!(
            title.contains("]]> ‹b›&‹/b› 😀") && title.contains("‹title›x & y‹/title›"),
            "{title}"
        );
        assert_eq!(
            (channel.items[0].link.as_deref(), channel.items[0].pub_date.as_deref()),
            (None, None)
        );
        assert_eq!(channel.items[1].title.as_deref(), Some("Untitled"));
    }

    #[test]
    fn the_document_declares_itself_once() {
        let xml = String::from_utf8(rss(&feed(), &site(), &[], Page::ONLY)).unwrap();
        assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "{xml}");
        assert_eq!(xml.matches("<?xml").count(), 1);
    }

    #[test]
    fn titles_use_hexadecimal_references_and_bodies_stay_as_they_are() {
        let xml = "<title>a &amp; b &lt;c&gt;</title><d><![CDATA[<title>&amp;</title>]]></d>";
        let expected =
            "<title>a &#x26; b &#x3C;c&#x3E;</title><d><![CDATA[<title>&amp;</title>]]></d>";
        assert_eq!(with_hexadecimal_references_in_titles(xml), expected);
    }
}
