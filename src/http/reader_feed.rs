//! `/feeds/NAME` where the name is a reader's secret: nobody keeps it but the reader's own program.

use std::time::SystemTime;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response};

use super::pages::{PageError, elsewhere, refused};
use super::prepared;
use super::routes::Web;
use super::visitor::Visitor;
use crate::domain::{FeedFormat, FeedId};
use crate::jobs::reader_feed::{self, ReaderFeedError};
use crate::publish::Copy;

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// `None` where no reader has a feed of this name.
pub(super) async fn feed(web: &Web, name: &str, visitor: &Visitor) -> Option<Response<Body>> {
    let (stem, format) = match name.rsplit_once('.') {
        Some((stem, extension)) => (stem, Some(format(extension)?)),
        None => (name, None),
    };
    let feed = FeedId::new(stem).ok()?;
    let answer = match format {
        Some(format) => read(web, &feed, format, visitor).await,
        None => for_people(web, &feed).await,
    };
    answer.unwrap_or_else(|error| {
        tracing::error!(%error, "a reader's feed could not be made");
        Some(refused(web, visitor.locale, &PageError::Failed))
    })
}

fn format(extension: &str) -> Option<FeedFormat> {
    FeedFormat::ALL.into_iter().find(|format| format.extension() == extension)
}

async fn read(
    web: &Web,
    feed: &FeedId,
    format: FeedFormat,
    visitor: &Visitor,
) -> Result<Option<Response<Body>>, ReaderFeedError> {
    let Some(bytes) = reader_feed::read(&web.context, feed, format).await? else {
        return Ok(None);
    };
    let mut headers = own_headers();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    Ok(Some(match Copy::of(&bytes, SystemTime::UNIX_EPOCH) {
        Ok(copy) => prepared::answer(&visitor.headers, &copy, headers),
        Err(error) => refused(web, visitor.locale, &error.into()),
    }))
}

/// The page that the feed names as its own: the digest's, without the secret.
async fn for_people(web: &Web, feed: &FeedId) -> Result<Option<Response<Body>>, ReaderFeedError> {
    let Some((digest, _)) = reader_feed::owner(&web.context, feed).await? else { return Ok(None) };
    Ok(Some(elsewhere(web, &format!("digests/{}", digest.id))))
}

/// RFC 9111 §5.2.2.7: it is for this reader's program only; nor shall its address go anywhere.
fn own_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_ROBOTS_TAG, HeaderValue::from_static("noindex"));
    headers
}
