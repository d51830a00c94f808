//! What a look at a source leads to: the articles that an index names, the pages of excerpts, the further pages of one
//! article, its related items. Each within the limits of the source, and nothing twice.

use std::cmp::Reverse;
use std::collections::{HashSet, VecDeque};
use std::mem::take;

use url::Url;

use super::{IngestError, Taken, Turn};
use crate::domain::{ArticleId, Language, Link, MediaType, SourceKind};
use crate::fetch::{Answer, Fetched, Place};
use crate::jobs::stages::beside;
use crate::normalize::{self, LinkRules, Normalized, Sitemap};
use crate::summarize;

/// Sitemaps read at one look; a list of lists may name fifty thousand.
const MAX_SITEMAPS: usize = 50;
/// Characters of an entry from which on it has its text already.
const WHOLE: usize = 2_000;
/// Pages in a row that cannot be reached, after which the rest waits for the next look.
const PATIENCE: usize = 3;

/// Takes in the document that a source is, and what it leads to.
pub(super) async fn take_in(turn: &mut Turn, fetched: Fetched) -> Result<(), IngestError> {
    match (&turn.source().kind, fetched.document.media_type) {
        (SourceKind::Listing { .. }, MediaType::Html) => listing(turn, fetched).await,
        (SourceKind::Sitemap { .. }, _) | (_, MediaType::Sitemap) => sitemaps(turn, fetched).await,
        _ => document(turn, fetched, None).await,
    }
}

/// Takes in a document that holds articles.
async fn document(
    turn: &mut Turn,
    fetched: Fetched,
    link: Option<&Link>,
) -> Result<(), IngestError> {
    let is_feed = fetched.document.media_type == MediaType::Feed;
    let mut taken = turn.read(fetched).await?;
    if is_feed && turn.source().intake.follow {
        texts(turn, &mut taken).await;
    }
    if let ([article], false) = (taken.articles.as_mut_slice(), is_feed) {
        if let Some(link) = link {
            article.article.published = article.article.published.take().or(link.published.clone());
        }
        if !further_pages(turn, article).await {
            taken = taken.again();
        }
    }
    let related = related(turn, &taken);
    turn.push(taken).await;
    for (of, url) in related {
        follow_related(turn, of, &url).await;
    }
    Ok(())
}

async fn listing(turn: &mut Turn, fetched: Fetched) -> Result<(), IngestError> {
    let rules = turn.rules().links;
    let index = turn.index(&fetched);
    let listing = beside(move || normalize::listing(&fetched.document, &rules)).await?;
    let mut budget = turn.source().intake.follow_limit;
    let (articles, is_whole) =
        links(turn, &listing.links, listing.language.as_ref(), &mut budget).await;
    turn.push(index.naming(listing.links.len(), articles, is_whole)).await;
    Ok(())
}

/// Follows links, or takes what is said of them; whether nothing is left for the next look.
async fn links(
    turn: &mut Turn,
    links: &[Link],
    language: Option<&Language>,
    budget: &mut usize,
) -> (Vec<Normalized>, bool) {
    if turn.source().intake.follow {
        return (Vec::new(), follow(turn, links, budget).await);
    }
    let id = turn.source().id.clone();
    let articles = links.iter().filter_map(|link| link.as_article(&id, language));
    let normalized = articles.map(|mut article| {
        summarize::summarize(&mut article);
        Normalized::of(article)
    });
    (normalized.collect(), true)
}

async fn follow(turn: &mut Turn, links: &[Link], budget: &mut usize) -> bool {
    let (mut is_whole, mut failures) = (true, 0);
    for link in links {
        match turn.is_due(link).await {
            Ok(false) => continue,
            Ok(true) if *budget == 0 || failures == PATIENCE => return false,
            Ok(true) => *budget -= 1,
            Err(error) => {
                turn.fail(Some(link.url.as_str()), &error);
                return false;
            }
        }
        let Err(error) = linked(turn, link).await else {
            failures = 0;
            continue;
        };
        turn.fail(Some(link.url.as_str()), &error);
        if error.is_transient() {
            failures += 1;
            is_whole = false;
        } else {
            // Asking again would be answered the same.
            turn.push(Taken::passed_over(&link.url)).await;
        }
    }
    is_whole
}

async fn linked(turn: &mut Turn, link: &Link) -> Result<(), IngestError> {
    let place = Place::page(&link.url);
    match turn.fetch(&place).await? {
        Answer::Document(fetched) => document(turn, *fetched, Some(link)).await,
        Answer::NotModified(_) => Ok(()),
        Answer::Gone => Err(IngestError::Gone(link.url.to_string())),
    }
}

/// Sitemaps on their way.
struct Maps {
    rules: LinkRules,
    waiting: VecDeque<Url>,
    /// A list that names itself is read once.
    seen: HashSet<String>,
    /// Articles that may still be fetched.
    budget: usize,
    is_whole: bool,
}

/// Reads a sitemap and those it names, the newest first.
async fn sitemaps(turn: &mut Turn, fetched: Fetched) -> Result<(), IngestError> {
    let main = turn.index(&fetched);
    let mut maps = Maps {
        rules: turn.rules().links,
        waiting: VecDeque::new(),
        seen: HashSet::from([main.reference.clone()]),
        budget: turn.source().intake.follow_limit,
        is_whole: true,
    };
    let main = maps.read(turn, fetched, main).await?;
    while let Some(url) = maps.waiting.pop_front().filter(|_| maps.seen.len() <= MAX_SITEMAPS) {
        if !maps.seen.insert(url.to_string()) {
            continue;
        }
        if let Err(error) = maps.visit(turn, &url).await {
            maps.is_whole &= !error.is_transient();
            turn.fail(Some(url.as_str()), &error);
        }
    }
    // It is read again while those it names are not done with, though it is the same itself.
    let main = if maps.is_whole { main } else { main.again() };
    turn.push(main).await;
    Ok(())
}

impl Maps {
    async fn visit(&mut self, turn: &mut Turn, url: &Url) -> Result<(), IngestError> {
        match turn.fetch(&Place::sitemap(url)).await? {
            Answer::Document(fetched) => {
                let index = turn.index(&fetched);
                let index = self.read(turn, *fetched, index).await?;
                turn.push(index).await;
                Ok(())
            }
            Answer::NotModified(_) => Ok(()),
            Answer::Gone => Err(IngestError::Gone(url.to_string())),
        }
    }

    async fn read(
        &mut self,
        turn: &mut Turn,
        fetched: Fetched,
        index: Taken,
    ) -> Result<Taken, IngestError> {
        let (document, rules) = (fetched.document, self.rules.clone());
        match beside(move || normalize::sitemap(&document, &rules)).await? {
            Sitemap::Index(mut maps) => {
                // Without dates nothing says which of them has changed.
                self.is_whole &= maps.iter().all(|map| map.published.is_some());
                newest_first(&mut maps);
                self.waiting.extend(maps.into_iter().map(|map| map.url));
                Ok(index.naming(0, Vec::new(), true))
            }
            Sitemap::Pages(mut pages) => {
                newest_first(&mut pages);
                let (found, is_whole) = links(turn, &pages, None, &mut self.budget).await;
                self.is_whole &= is_whole;
                Ok(index.naming(pages.len(), found, is_whole))
            }
        }
    }
}

fn newest_first(links: &mut [Link]) {
    links.sort_by_key(|link| Reverse(link.published.as_ref().map(|moment| moment.instant)));
}

/// Fetches the pages of entries that have an excerpt only.
async fn texts(turn: &mut Turn, taken: &mut Taken) {
    let mut budget = turn.source().intake.follow_limit;
    for mut entry in take(&mut taken.articles) {
        let length = entry.article.length();
        let url = entry.article.link().cloned().filter(|_| length < WHOLE && budget > 0);
        if let Some(url) = url {
            budget -= 1;
            match page(turn, &url).await {
                Ok(mut page) => {
                    if let Some(found) =
                        page.articles.pop().filter(|page| page.article.length() > length)
                    {
                        entry.article.take_text_of(found.article);
                        summarize::summarize(&mut entry.article);
                    }
                    turn.push(page.aside()).await;
                }
                Err(error) => {
                    turn.fail(Some(url.as_str()), &error);
                    // The text that is stored was fetched when the page could be reached.
                    if turn.has_more(&entry.article).await.unwrap_or(false) {
                        continue;
                    }
                }
            }
        }
        taken.articles.push(entry);
    }
}

/// Joins the further pages of an article to it; whether none failed.
async fn further_pages(turn: &mut Turn, first: &mut Normalized) -> bool {
    let mut waiting: VecDeque<Url> = take(&mut first.further_pages).into();
    let mut seen: HashSet<Url> = first.article.url.iter().cloned().collect();
    let (mut left, mut is_joined, mut is_whole) = (turn.source().intake.page_limit, false, true);
    while let Some(url) = waiting.pop_front().filter(|_| left > 0) {
        if !seen.insert(url.clone()) {
            continue;
        }
        left -= 1;
        match page(turn, &url).await {
            Ok(mut page) => {
                for next in take(&mut page.articles) {
                    waiting.extend(next.further_pages);
                    first.article.join(next.article);
                    is_joined = true;
                }
                turn.push(page.aside()).await;
            }
            Err(error) => {
                is_whole &= !error.is_transient();
                turn.fail(Some(url.as_str()), &error);
            }
        }
    }
    if is_joined {
        summarize::summarize(&mut first.article);
    }
    is_whole
}

/// One page, whatever is known of it.
async fn page(turn: &mut Turn, url: &Url) -> Result<Taken, IngestError> {
    match turn.fetch_anew(&Place::page(url)).await? {
        Answer::Document(fetched) => turn.read(*fetched).await,
        Answer::NotModified(_) | Answer::Gone => Err(IngestError::Gone(url.to_string())),
    }
}

/// Which related items of the articles are to be followed, each with the article that points to it.
fn related(turn: &Turn, taken: &Taken) -> Vec<(ArticleId, Url)> {
    let limit = turn.source().intake.related_limit;
    let mut found = Vec::new();
    for Normalized { article, .. } in &taken.articles {
        let items = article.related.iter().filter_map(|item| item.url.clone());
        found.extend(items.take(limit).map(|url| (article.id, url)));
    }
    found
}

async fn follow_related(turn: &mut Turn, of: ArticleId, url: &Url) {
    let link = Link { title: None, url: url.clone(), published: None, summary: None };
    if !turn.is_due(&link).await.unwrap_or(false) {
        return;
    }
    match page(turn, url).await {
        Ok(mut page) => {
            for found in &mut page.articles {
                found.article.facts.reached_from = Some(of);
            }
            turn.push(page).await;
        }
        // That a page points to what is gone is no fault of the source.
        Err(error) => {
            turn.note(url, format!("a related item was not followed: {error}"));
            if !error.is_transient() {
                turn.push(Taken::passed_over(url)).await;
            }
        }
    }
}
