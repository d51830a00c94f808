//! `/search`: what of all that was published holds certain words.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::Response;
use url::form_urlencoded;

use super::archive;
use super::pages::{self, PageError, frame};
use super::reading::entry;
use super::routes::Web;
use super::visitor::{Visitor, asked};
use crate::domain::{Article, ArticleId, Locale, Query, SourceId};
use crate::jobs::ZonedDigest;
use crate::render::page::{self, Answer, Hit};
use crate::store::articles::{self, StoredArticle};
use crate::store::editions::{self, WebCopy};
use crate::store::search::{self, Found};
use crate::store::{Conn, StoreError};

/// Characters that anybody would look for.
const LONGEST: usize = 200;
/// Results on one page.
const ON_PAGE: usize = 20;
/// Rows read at once, and how often: what was not published is in the store as well.
const ROWS: i64 = 24;
const ROUNDS: usize = 10;

/// Something that was found and may be shown.
enum Shown<'w> {
    Article(Box<StoredArticle>),
    Edition(Box<WebCopy>, &'w ZonedDigest),
}

/// `/search?q=`
pub(super) async fn search(
    State(web): State<Arc<Web>>,
    RawQuery(query): RawQuery,
    visitor: Visitor,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let text = asked(&query, "q").unwrap_or_default();
    let after = asked(&query, "after").and_then(|number| number.parse().ok());
    // Kept for nobody: there are as many such pages as there are words.
    pages::shown_once(&web, &visitor, search_page(&web, visitor.locale, text.trim(), after)).await
}

async fn search_page(
    web: &Web,
    locale: Locale,
    text: &str,
    after: Option<i64>,
) -> Result<String, PageError> {
    let is_too_long = text.chars().count() > LONGEST;
    let path = if text.is_empty() || is_too_long {
        "search".to_owned()
    } else {
        format!("search?{}", written(&[("q", text)]))
    };
    let frame = frame(web, locale, &path);
    if text.is_empty() {
        return Ok(page::search(&frame, text, &Answer::Unasked)?);
    }
    if is_too_long {
        return Ok(page::search(&frame, "", &Answer::TooLong)?);
    }
    let Some(query) = Query::parse(text) else {
        return Ok(page::search(&frame, text, &Answer::Wordless)?);
    };
    let (shown, next) = {
        let mut lease = web.context.store.read().await?;
        results(web, &mut lease.conn(), &query, after).await?
    };
    let older = next.map(|number| written(&[("q", text), ("after", &number.to_string())]));
    let hits = shown.iter().map(Shown::hit).collect();
    Ok(page::search(&frame, text, &Answer::Found { query: &query, hits, older })?)
}

fn written(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The next results behind the number `after`, and the number behind which there may be more.
async fn results<'w>(
    web: &'w Web,
    conn: &mut Conn<'_>,
    query: &Query,
    after: Option<i64>,
) -> Result<(Vec<Shown<'w>>, Option<i64>), StoreError> {
    let (mut shown, mut last) = (Vec::new(), after);
    for _ in 0..ROUNDS {
        let found = search::find(conn, query, last, ROWS).await?;
        let ids: Vec<ArticleId> = found.iter().filter_map(|(_, found)| found.article()).collect();
        let mut articles = articles::of_ids(conn, &ids).await?;
        let is_end = i64::try_from(found.len()).is_ok_and(|count| count < ROWS);
        for (number, found) in found {
            if shown.len() == ON_PAGE {
                return Ok((shown, last));
            }
            last = Some(number);
            match found {
                Found::Article(id) => {
                    let stored = articles.remove(&id).and_then(Result::ok);
                    let stored = stored.filter(|s| is_published(web, &s.source, &s.article));
                    shown.extend(stored.map(Box::new).map(Shown::Article));
                }
                Found::Edition(id) => {
                    let copy = editions::web_copy(conn, id).await?;
                    shown.extend(copy.and_then(|copy| {
                        let zoned = archive::digest(web, copy.edition.digest.as_str()).ok()?;
                        Some(Shown::Edition(Box::new(copy), zoned))
                    }));
                }
            }
        }
        if is_end {
            return Ok((shown, None));
        }
    }
    Ok((shown, last))
}

/// Whether a feed or a digest takes the article, whatever its age: what was only read is not for everybody.
fn is_published(web: &Web, source: &SourceId, article: &Article) -> bool {
    let context = &web.context;
    let feeds = context.feeds.iter().map(|feed| &feed.selection);
    let digests = context.digests.iter().map(|zoned| &zoned.digest.selection);
    feeds.chain(digests).any(|selection| selection.admits(source, article))
}

impl Shown<'_> {
    fn hit(&self) -> Hit<'_> {
        match self {
            Self::Article(stored) => Hit::Article(entry(stored)),
            Self::Edition(copy, zoned) => Hit::Edition {
                edition: &copy.edition,
                subject: &copy.subject,
                digest: &zoned.digest,
                zone: zoned.zone,
            },
        }
    }
}
