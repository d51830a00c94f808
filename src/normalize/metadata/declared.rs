//! What a page tells machines: JSON-LD, meta elements, links in its head.

use dom_query::Document as Page;

use super::json_ld::{self, Linked};
use crate::domain::Language;
use crate::normalize::dom;
use crate::normalize::labelled;

/// More topics than this are a word list for search engines.
const MAX_TAGS: usize = 20;

// Names of meta elements, best first: Open Graph, then the vocabularies of libraries, news and analytics.
pub(super) const TITLES: &[&str] = &[
    "og:title",
    "twitter:title",
    "citation_title",
    "parsely-title",
    "sailthru.title",
    "dc.title",
    "dcterms.title",
];
const SITE_NAMES: &[&str] =
    &["og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:app:name:iphone"];
pub(super) const DESCRIPTIONS: &[&str] = &[
    "og:description",
    "description",
    "twitter:description",
    "dc.description",
    "sailthru.description",
];
// Those of libraries first: they name people, where the others may name an account.
pub(super) const AUTHORS: &[&str] = &[
    "citation_author",
    "author",
    "article:author",
    "og:article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "article:author_name",
    "cxenseparse:author",
    "article.author",
];
pub(super) const PUBLISHED: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "article:create_at",
    "publishdate",
    "publish_date",
    "publish-date",
    "pubdate",
    "publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "citation_publication_date",
    "citation_date",
    "bepress_citation_date",
    "shareaholic:article_published_time",
    "dc.date.issued",
    "dc.date.created",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "cxenseparse:recs:publishtime",
    "date",
    "article_date_original",
    "originalpublicationdate",
    "date.available",
    "created",
    "og:release_date",
    "rnews:datepublished",
    "pub_date",
    "last-publish-date",
];
pub(super) const UPDATED: &[&str] = &[
    "article:modified_time",
    "og:updated_time",
    "article:updated_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "lastmod",
    "last-modified",
    "article:modified",
    "revised",
];
const IMAGES: &[&str] = &["og:image", "og:image:url", "twitter:image", "twitter:image:src"];
pub(super) const TAGS: &[&str] = &["article:tag", "og:article:tag", "parsely-tags"];
const KEYWORDS: &[&str] = &["news_keywords", "keywords", "sailthru.tags"];

/// Values as given, best first.
#[derive(Debug, Default)]
pub(in crate::normalize) struct Declared {
    pub titles: Vec<String>,
    pub page_title: Option<String>,
    pub site_name: Option<String>,
    pub descriptions: Vec<String>,
    pub linked_authors: Vec<String>,
    /// Authors by the name of the meta element: two names tell the same people in two spellings.
    pub authors: Vec<Vec<String>>,
    pub publisher: Option<String>,
    pub published: Vec<String>,
    pub updated: Vec<String>,
    pub canonical: Vec<String>,
    pub language: Option<Language>,
    pub image: Option<String>,
    article_tags: Vec<String>,
    keywords: Vec<String>,
}

impl Declared {
    /// Reads the head, and JSON-LD wherever it stands.
    pub fn read(page: &Page) -> Self {
        let linked = json_ld::article(page);
        let metas = Metas::read(page);
        let mut declared = Self::from_metas(&metas);
        declared.page_title = dom::named(page, "title")
            .first()
            .map(|t| dom::squeeze(&t.text()))
            .filter(|t| !t.is_empty());
        declared.canonical.splice(0..0, claimed_address(page));
        declared.language = language(page, &metas, linked.language.as_deref());
        declared.add_linked(linked);
        declared
    }

    fn from_metas(metas: &Metas) -> Self {
        let mut authors: Vec<Vec<String>> =
            AUTHORS.iter().map(|name| metas.people(&[name])).collect();
        authors.push(metas.labelled("written by").into_iter().collect());
        authors.push(metas.ending("written by").into_iter().collect());
        Self {
            titles: metas.all(TITLES),
            site_name: metas.first(SITE_NAMES),
            descriptions: metas.all(DESCRIPTIONS),
            authors,
            published: metas.all(PUBLISHED),
            updated: metas.all(UPDATED),
            canonical: metas.all(&["og:url"]),
            image: metas.first(IMAGES),
            article_tags: metas.all(TAGS),
            keywords: metas.all(KEYWORDS),
            ..Self::default()
        }
    }

    fn add_linked(&mut self, linked: Linked) {
        self.titles.splice(0..0, linked.headline);
        self.site_name = self.site_name.take().or_else(|| linked.publisher.clone());
        self.publisher = linked.publisher;
        self.descriptions.extend(linked.description);
        self.linked_authors = linked.authors;
        self.published.splice(0..0, linked.published);
        self.updated.splice(0..0, linked.updated);
        self.image = self.image.take().or(linked.image);
        if self.article_tags.is_empty() {
            self.article_tags = linked.keywords;
        }
    }

    /// Topics: those marked as the article's, else the page's links to them, else its keywords.
    pub fn tags(&self, page: &Page) -> Vec<String> {
        let marked = collect(&self.article_tags);
        if !marked.is_empty() {
            return marked;
        }
        let links = dom::named(page, "a");
        let linked: Vec<String> =
            links.iter().filter(|a| dom::is_related(a, "tag")).map(dom::text).collect();
        let linked = collect(&linked);
        if linked.is_empty() { collect(&self.keywords) } else { linked }
    }
}

fn collect(values: &[String]) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let by_mark = |value: &String| {
        if value.contains([',', '，', ';', '；', '、', '|']) {
            labelled::tags(value)
        } else {
            vec![value.trim_start_matches('#').to_owned()]
        }
    };
    for tag in values.iter().flat_map(by_mark) {
        let fits = !tag.is_empty() && tag.chars().count() <= 60;
        if fits && !tags.iter().any(|known| known.eq_ignore_ascii_case(&tag)) {
            tags.push(tag);
        }
    }
    tags.truncate(MAX_TAGS);
    tags
}

/// The address that the page claims in its head.
pub fn claimed_address(page: &Page) -> Option<String> {
    let links = dom::named(page, "link");
    let canonical = links.iter().find(|link| {
        link.attr("rel").is_some_and(|rel| rel.trim().eq_ignore_ascii_case("canonical"))
    });
    canonical?.attr("href").map(|href| href.to_string())
}

fn language(page: &Page, metas: &Metas, linked: Option<&str>) -> Option<Language> {
    let html = page.html_root();
    let html = html.attr("lang").or_else(|| html.attr("xml:lang"));
    let told = [
        html.map(|v| v.to_string()),
        metas.first(&["og:locale", "content-language", "language", "dc.language"]),
        linked.map(str::to_owned),
    ];
    told.into_iter().flatten().find_map(|tag| Language::parse(&tag))
}

/// What was escaped twice says a character's name where it should stand.
fn read_again(content: &str) -> String {
    if !content.contains('&') || !content.contains(';') {
        return content.to_owned();
    }
    let names =
        [("&nbsp;", " "), ("&quot;", "\""), ("&#39;", "'"), ("&#039;", "'"), ("&amp;", "&")];
    names.iter().fold(content.to_owned(), |text, (name, mark)| text.replace(name, mark))
}

/// The page's meta elements, names in lower case.
pub(super) struct Metas(Vec<(String, String)>);

impl Metas {
    pub(super) fn read(page: &Page) -> Self {
        let mut metas = Vec::new();
        for meta in dom::named(page, "meta") {
            let content = dom::squeeze(&read_again(&meta.attr("content").unwrap_or_default()));
            if content.is_empty() {
                continue;
            }
            for attribute in ["property", "name", "itemprop", "http-equiv"] {
                if let Some(name) = meta.attr(attribute) {
                    metas.push((name.trim().to_ascii_lowercase(), content.clone()));
                }
            }
        }
        Self(metas)
    }

    /// Every value under these names, in the order of the names.
    pub(super) fn all(&self, names: &[&str]) -> Vec<String> {
        names
            .iter()
            .flat_map(|name| self.0.iter().filter(move |(known, _)| known == name))
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// People under these names: profiles and handles are none, nor are the makers of the software.
    fn people(&self, names: &[&str]) -> Vec<String> {
        let generator = self.first(&["generator"]).unwrap_or_default().to_lowercase();
        let maker = generator.split([' ', '!']).next().unwrap_or_default();
        let is_maker = |value: &String| maker.len() > 3 && value.to_lowercase().starts_with(maker);
        let fits =
            |value: &String| !value.contains("://") && !value.starts_with('@') && !is_maker(value);
        self.all(names).into_iter().filter(fits).collect()
    }

    /// Cards for social sites carry pairs of a label and its value (`twitter:label1`, `twitter:data1`).
    fn labelled(&self, label: &str) -> Option<String> {
        let at = self.0.iter().find(|(name, value)| {
            name.starts_with("twitter:label") && value.eq_ignore_ascii_case(label)
        })?;
        self.first(&[at.0.replace("label", "data").as_str()])
    }

    /// Cards that spell the label out in the name instead.
    fn ending(&self, label: &str) -> Option<String> {
        let is_label =
            |(name, _): &&(String, String)| name.starts_with("twitter:") && name.ends_with(label);
        self.0.iter().find(is_label).map(|(_, value)| value.clone())
    }

    fn first(&self, names: &[&str]) -> Option<String> {
        names
            .iter()
            .find_map(|name| self.0.iter().find(|(known, _)| known == name))
            .map(|(_, value)| value.clone())
    }
}
