//! Atom 1.0 (RFC 4287).

use atom_syndication::extension::Extension;
use atom_syndication::{
    Category, Content, Entry as AtomEntry, Feed as AtomFeed, Generator, Link, Person, Source, Text,
    TextType, WriteConfig,
};

use crate::domain::{Article, Feed, FeedFormat, Language, RelatedItem, Site};

use super::{Entry, Page, address, content, dates, guard, history};

/// Writes `feed` as Atom 1.0.
pub(super) fn atom(feed: &Feed, site: &Site, entries: &[Entry<'_>], page: Page) -> Vec<u8> {
    let mut document = AtomFeed {
        title: plain(guard::unmarked(&feed.title).unwrap_or_default(), None),
        id: address::feed_urn(feed),
        updated: dates::newest(entries).fixed_offset(),
        // §4.1.1: an entry without an author takes the feed's.
        authors: guard::words(&site.title).map(person).into_iter().collect(),
        generator: Some(Generator { value: address::GENERATOR.to_owned(), ..Generator::default() }),
        links: feed_links(feed, site, page),
        subtitle: guard::unmarked(&feed.description).map(|text| plain(text, None)),
        lang: feed.language.as_ref().map(Language::to_string),
        entries: entries.iter().map(|entry| atom_entry(feed, entry)).collect(),
        ..AtomFeed::default()
    };
    if page.is_archive() {
        document.namespaces.insert("fh".to_owned(), history::NAMESPACE.to_owned());
        let mark = Extension { name: "fh:archive".to_owned(), ..Extension::default() };
        let marks = document.extensions.entry("fh".to_owned()).or_default();
        marks.insert("archive".to_owned(), vec![mark]);
    }
    let mut bytes = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_vec();
    bytes.extend_from_slice(address::comment(feed, site).as_bytes());
    let config = WriteConfig { write_document_declaration: false, indent_size: None };
    document.write_with_config(&mut bytes, config).expect("writing to memory cannot fail");
    bytes.push(b'\n');
    bytes
}

fn feed_links(feed: &Feed, site: &Site, page: Page) -> Vec<Link> {
    let own = page.own(feed, FeedFormat::Atom, site);
    let history = page.links(feed, FeedFormat::Atom, site).map(|(rel, href)| link(rel, href));
    let hub = site.hub.as_ref().and_then(guard::link).map(|hub| link("hub", hub));
    let links = [
        typed(link("self", own), FeedFormat::Atom.media_type()),
        typed(link("alternate", address::home(site)), "text/html"),
    ];
    links.into_iter().chain(hub).chain(history).collect()
}

fn atom_entry(feed: &Feed, entry: &Entry<'_>) -> AtomEntry {
    let article = entry.article;
    // RFC 4287 §2 wants `xml:lang` where the language differs; the crate knows it for texts, not for entries.
    let own = article.language.as_ref().filter(|own| Some(*own) != feed.language.as_ref());
    let lang = own.map(Language::to_string);
    AtomEntry {
        title: plain(content::title(article), lang.clone()),
        id: article.id.urn(),
        updated: dates::updated(entry).fixed_offset(),
        published: dates::published(entry),
        authors: authors(article),
        categories: categories(article),
        links: entry_links(article),
        source: source(entry),
        summary: content::plain_summary(article).map(|text| summary(text, lang.clone())),
        content: Some(Content {
            value: Some(content::html(article)),
            content_type: Some("html".to_owned()),
            lang,
            ..Content::default()
        }),
        ..AtomEntry::default()
    }
}

fn plain(value: String, lang: Option<String>) -> Text {
    Text { value, lang, r#type: TextType::Text, base: None }
}

/// §3.1.1.1: readers take a text with tags or references in it for markup, so that one is declared as what it then is.
fn summary(text: String, lang: Option<String>) -> Text {
    if guard::unmarked(&text).as_ref() == Some(&text) {
        return plain(text, lang);
    }
    Text { r#type: TextType::Html, ..plain(guard::escaped(&text), lang) }
}

fn person(name: String) -> Person {
    Person { name, ..Person::default() }
}

/// The authors, else whoever published it first.
fn authors(article: &Article) -> Vec<Person> {
    let named: Vec<Person> =
        article.authors.iter().filter_map(|name| guard::words(name)).map(person).collect();
    if named.is_empty() {
        let source = article.attribution.as_deref().and_then(guard::words);
        return source.map(person).into_iter().collect();
    }
    named
}

fn categories(article: &Article) -> Vec<Category> {
    let term = |tag: &String| guard::words(tag);
    let tags = article.tags.iter().filter_map(term);
    tags.map(|term| Category { term, ..Category::default() }).collect()
}

fn entry_links(article: &Article) -> Vec<Link> {
    let own = article.link().and_then(guard::link);
    let alternate = own.map(|href| typed(link("alternate", href), "text/html"));
    alternate
        .into_iter()
        .chain(via(article))
        .chain(enclosures(article))
        .chain(related_links(article))
        .collect()
}

/// §4.2.11: the feed that it came with. One without an id is named by its address.
fn source(entry: &Entry<'_>) -> Option<Source> {
    let provenance = entry.article.facts.provenance.as_ref()?;
    let feed = provenance.feed.as_ref().and_then(guard::link);
    let stated = provenance.id.clone().filter(|id| guard::is_id(id));
    let updated = provenance.updated.as_ref().filter(|moment| dates::is_for_feeds(moment));
    let seen = dates::updated(entry).fixed_offset();
    let page = provenance.page.as_ref().and_then(guard::link);
    let page = page.map(|page| typed(link("alternate", page), "text/html"));
    Some(Source {
        title: plain(guard::unmarked(&provenance.title)?, None),
        id: stated.or_else(|| feed.clone())?,
        updated: updated.map(|moment| moment.instant).filter(|at| *at <= seen).unwrap_or(seen),
        links: feed.map(|feed| link("self", feed)).into_iter().chain(page).collect(),
        rights: provenance
            .rights
            .as_deref()
            .and_then(guard::unmarked)
            .map(|text| plain(text, None)),
        ..Source::default()
    })
}

/// §4.2.7.2 `via`: the source that the article names.
fn via(article: &Article) -> Option<Link> {
    let name = article.attribution.as_deref().and_then(guard::words)?;
    let href = article.link().and_then(guard::link)?;
    Some(Link { title: Some(name), ..link("via", href) })
}

/// One without an address is pointed to by its id: readers count it and show its title.
fn related_links(article: &Article) -> impl Iterator<Item = Link> {
    let related = |item: &RelatedItem| {
        let title = guard::words(&item.title)?;
        let href = address::related(item, article)?;
        Some(Link { title: Some(title), ..link("related", href) })
    };
    article.related.iter().filter_map(related)
}

/// Sound and film (§4.2.7.2 `enclosure`); pictures are in the content.
fn enclosures(article: &Article) -> impl Iterator<Item = Link> {
    article.media.iter().filter_map(|media| {
        let (href, media_type) = content::enclosure(media)?;
        Some(typed(link("enclosure", href), &media_type))
    })
}

fn link(rel: &str, href: String) -> Link {
    Link { href, rel: rel.to_owned(), ..Link::default() }
}

fn typed(link: Link, media_type: &str) -> Link {
    Link { mime_type: Some(media_type.to_owned()), ..link }
}

#[cfg(test)]
mod tests {
    use super::super::golden::assert_golden;
    use super::super::samples::{at, chinese, empty, english, entries, feed, hostile, site};
    use super::*;

    fn read(articles: &[Article]) -> AtomFeed {
        AtomFeed::read_from(&atom(&feed(), &site(), &entries(articles), Page::ONLY)[..]).unwrap()
    }

    fn hrefs<'a>(entry: &'a AtomEntry, rel: &str) -> Vec<&'a str> {
        entry.links.iter().filter(|l| l.rel == rel).map(|l| l.href.as_str()).collect()
    }

    #[test]
    fn the_feed_reads_as_it_was_reviewed() {
        let articles = [chinese(), english()];
        assert_golden("coast.atom", &atom(&feed(), &site(), &entries(&articles), Page::ONLY));
    }

    #[test]
    fn an_independent_reader_finds_every_field() {
        let articles = [chinese(), english()];
        let document = read(&articles);
        for (entry, article) in document.entries.iter().zip(&articles) {
            assert_eq!(entry.title.value, article.title);
            assert_eq!(entry.id, article.id.urn());
            assert_eq!(entry.updated.timestamp(), at("2024-11-21T06:30:00Z").timestamp());
            assert_eq!(
                entry.authors.iter().map(|a| &a.name).collect::<Vec<_>>(),
                article.authors.iter().collect::<Vec<_>>()
            );
            assert_eq!(
                entry.categories.iter().map(|c| &c.term).collect::<Vec<_>>(),
                article.tags.iter().collect::<Vec<_>>()
            );
            assert_eq!(
                entry.content.as_ref().unwrap().value.as_deref(),
                Some(&*content::html(article))
            );
        }
        assert_eq!(document.entries[0].published, None, "a month is no date for a feed");
        assert_eq!(document.entries[1].published, Some(at("2024-11-18T09:30:00+01:00")));
        assert_eq!(document.entries[0].title.lang.as_deref(), Some("zh"));
        assert_eq!(document.entries[1].title.lang, None);
    }

    #[test]
    fn entries_link_to_their_page_and_to_related_items() {
        let document = read(&[chinese(), english()]);
        let related = hrefs(&document.entries[0], "related");
        assert_eq!(related[0], "https://birds.example.org/winter?year=2024&page=1");
        let nameless = chinese().related[1].id(chinese().id).urn();
        assert_eq!(related[1], nameless, "no address, so its id stands for it");
        assert_eq!(related.len(), 3);
        assert_eq!(hrefs(&document.entries[0], "alternate"), [""; 0]);
        assert_eq!(
            hrefs(&document.entries[1], "alternate"),
            ["https://news.example.com/2024/11/ferries"]
        );
    }

    #[test]
    fn the_feed_id_does_not_follow_the_host() {
        let mut moved = site();
        moved.public_url = url::Url::parse("http://elsewhere.example/").unwrap();
        let id = |site| AtomFeed::read_from(&atom(&feed(), site, &[], Page::ONLY)[..]).unwrap().id;
        assert_eq!(id(&site()), id(&moved));
    }

    #[test]
    fn articles_seen_at_once_are_updated_at_distinct_and_lasting_times() {
        let (one, other) = (read(&[chinese(), english()]), read(&[english(), chinese()]));
        assert_ne!(one.entries[0].updated, one.entries[1].updated);
        assert_eq!(one.entries[0].updated, other.entries[1].updated);
        assert_eq!(one.updated, one.entries.iter().map(|entry| entry.updated).max().unwrap());
    }

    #[test]
    fn hostile_text_leaves_a_document_that_parses() {
        let document = read(&[hostile(), empty()]);
        assert_eq!(document.entries.len(), 2);
        assert_eq!(document.entries[0].authors.len(), 10);
        assert_eq!(
            document.entries[0].categories.len(),
            1,
            "a tag of nothing but controls is no tag"
        );
        assert_eq!(
            hrefs(&document.entries[0], "related"),
            ["https://example.org/a%7Cb?q=%22x%22&y=%27z%27"]
        );
        assert_eq!(
            document.entries[0].published, None,
            "a date far ahead of its reading is not believed"
        );
    }
}
