//! What an address turns out to be: a feed, an index, a sitemap or an article, and which of them serves best.

use chrono::{DateTime, FixedOffset};
use clap::Args;
use url::Url;

use crate::cli::input;
use crate::domain::{Access, Article, Document, Link, MediaType, Note};
use crate::fetch::Place;
use crate::jobs::IngestError;
use crate::jobs::inquiry::Inquiry;
use crate::normalize::{self, Alternate, LinkRules, NormalizeError, Normalized, Sitemap};

/// Feeds that are tried of those a page declares or links to.
const MOST_TRIED: usize = 3;
/// Characters of an entry, on average, below which a feed has excerpts only.
const EXCERPT: usize = 700;

/// How an address that is no source yet may be reached.
#[derive(Debug, Args)]
pub(super) struct Reach {
    /// The host may stand in a private network
    #[arg(long)]
    pub allow_private: bool,
    /// Read it whatever the host's robots.txt says: its owner agreed
    #[arg(long)]
    pub ignore_robots: bool,
}

impl Reach {
    pub fn access(&self) -> Access {
        let Self { allow_private, ignore_robots } = *self;
        Access { allow_private, ignore_robots, credentials: None }
    }
}

/// Looks without keeping anything.
pub(super) struct Looker<'a> {
    pub inquiry: &'a Inquiry,
    pub access: &'a Access,
    pub at: DateTime<FixedOffset>,
}

/// What a document holds.
pub(super) enum Held {
    Articles(Vec<Result<Normalized, NormalizeError>>),
    Links(Vec<Link>),
    Sitemaps(Vec<Link>),
}

/// How an address is best read.
pub(super) struct Verdict {
    pub kind: &'static str,
    pub url: Url,
    /// What the site calls itself.
    pub title: Option<String>,
    /// Why this and not another.
    pub why: String,
    /// What would come in.
    pub held: Held,
    /// Whether only the articles' own pages have their text.
    pub is_excerpts: bool,
    /// Feeds that were found beside it.
    pub feeds: Vec<Alternate>,
}

impl Looker<'_> {
    pub async fn document(&self, place: &Place) -> Result<(Document, Vec<Note>), IngestError> {
        let fetched = self.inquiry.document(place, self.access, self.at).await?;
        Ok((fetched.document, fetched.notes))
    }

    /// Looks at `url` and says what serves best.
    pub async fn judge(&self, url: &Url) -> anyhow::Result<Verdict> {
        let (document, _) = self.document(&Place::page(url)).await?;
        match document.media_type {
            MediaType::Feed => Ok(feed(url, &document, "it is a feed".into())?),
            MediaType::Sitemap => sitemap(url, &document),
            _ => self.judge_page(url, &document).await,
        }
    }

    async fn judge_page(&self, url: &Url, document: &Document) -> anyhow::Result<Verdict> {
        let declared = normalize::alternates(document).unwrap_or_default();
        let listing = normalize::listing(document, &LinkRules::default());
        let article = normalize::normalize(document, &input::settings(document));
        let is_front = matches!(url.path(), "/" | "") && url.query().is_none();
        let why = match &listing {
            Err(_) => Some("it is an article, and no list of others".into()),
            Ok(others) => normalize::says_article(document)?.then(|| {
                format!("it says that it is an article; it names {} more", others.links.len())
            }),
        };
        if let (Ok(article), Some(why), false) = (&article, why, is_front) {
            return Ok(page(url, article.clone(), why, declared));
        }
        if let Some(found) = self.first_feed(document, &declared).await {
            let why = if declared.is_empty() {
                format!("its feed is at {}, though the page does not say so", found.url)
            } else {
                format!("the page offers the feed {}", found.url)
            };
            return Ok(Verdict { why, feeds: declared, ..found });
        }
        match (listing, article) {
            (Ok(listing), _) => Ok(Verdict {
                kind: "listing",
                url: url.clone(),
                why: format!("it has no feed and names {} articles", listing.links.len()),
                title: listing.title,
                held: Held::Links(listing.links),
                is_excerpts: true,
                feeds: declared,
            }),
            (Err(_), Ok(article)) => {
                Ok(page(url, article, "it has no feed and is an article".into(), declared))
            }
            (Err(listing), Err(article)) => {
                anyhow::bail!(
                    "{url} is neither a feed nor an index nor an article: {listing}; {article}"
                )
            }
        }
    }

    /// The first feed that can be read and has entries: of those declared, else of the usual places.
    async fn first_feed(&self, document: &Document, declared: &[Alternate]) -> Option<Verdict> {
        let declared = declared.iter().map(|feed| feed.url.clone()).take(MOST_TRIED);
        let page = document.url.clone()?;
        let mut places: Vec<Url> = declared.collect();
        if places.is_empty() {
            places = normalize::usual_places(&page);
        }
        for place in places {
            let Ok((document, _)) = self.document(&Place::page(&place)).await else { continue };
            if document.media_type != MediaType::Feed {
                continue;
            }
            if let Ok(found) = feed(&place, &document, String::new())
                && matches!(&found.held, Held::Articles(entries) if !entries.is_empty())
            {
                return Some(found);
            }
        }
        None
    }
}

fn page(url: &Url, article: Normalized, why: String, feeds: Vec<Alternate>) -> Verdict {
    Verdict {
        kind: "page",
        url: url.clone(),
        title: Some(article.article.title.clone()),
        why,
        held: Held::Articles(vec![Ok(article)]),
        is_excerpts: false,
        feeds,
    }
}

fn feed(url: &Url, document: &Document, why: String) -> Result<Verdict, NormalizeError> {
    let feed = normalize::syndicated(document, &input::settings_of_feed())?;
    Ok(Verdict {
        kind: "feed",
        url: url.clone(),
        title: feed.channel.title,
        why,
        is_excerpts: is_excerpts(&feed.articles),
        held: Held::Articles(feed.articles),
        feeds: Vec::new(),
    })
}

/// Whether entries have so little text on average that the rest must be on their pages.
fn is_excerpts(entries: &[Result<Normalized, NormalizeError>]) -> bool {
    let lengths: Vec<usize> =
        entries.iter().flatten().map(|entry| length(&entry.article)).collect();
    !lengths.is_empty() && lengths.iter().sum::<usize>() < EXCERPT * lengths.len()
}

/// Characters of an article's text.
pub(super) fn length(article: &Article) -> usize {
    article.text().chars().count()
}

fn sitemap(url: &Url, document: &Document) -> anyhow::Result<Verdict> {
    let held = match normalize::sitemap(document, &LinkRules::default())? {
        Sitemap::Index(maps) => Held::Sitemaps(maps),
        Sitemap::Pages(links) => Held::Links(links),
    };
    Ok(Verdict {
        kind: "sitemap",
        url: url.clone(),
        title: None,
        why: "it is a sitemap".into(),
        held,
        is_excerpts: true,
        feeds: Vec::new(),
    })
}
