//! `/feeds/NAME`: conditional requests, content coding, caching (RFC 9110, 9111) from prepared bytes.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, LAST_MODIFIED, LINK, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response};

use super::{File, HttpError, prepared};
use crate::publish::{Copy, Shelf, archived};

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");
/// RFC 8246: a page of an archive never changes.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// A browser may be sent to the page for people; see `Visitor::wants_a_page`. What else that goes by is not named here: where a
/// cache goes by less, a person gets the file, and that is no harm.
pub(super) const VARIES_BY_READER: &str = "accept-encoding, sec-fetch-dest";
const EXPOSE: HeaderName = HeaderName::from_static("access-control-expose-headers");

/// What is served, with the headers that do not change.
#[derive(Debug)]
pub(super) struct Served {
    shelf: Shelf,
    headers: HashMap<String, HeaderMap>,
}

impl Served {
    pub fn new(files: HashMap<String, File>, shelf: Shelf) -> Result<Self, HttpError> {
        let headers = files
            .into_iter()
            .map(|(name, file)| Ok((name, lasting(&file)?)))
            .collect::<Result<_, _>>();
        Ok(Self { shelf, headers: headers? })
    }

    /// What there is under `name`, and the headers it always has.
    async fn find(&self, name: &str) -> Option<(HeaderMap, Arc<Copy>)> {
        if let Some(headers) = self.headers.get(name) {
            return Some((headers.clone(), self.shelf.get(name)?));
        }
        let mut headers = self.headers.get(&archived(name)?)?.clone();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(FOR_GOOD));
        // Its links are in it; those of the feed are not its own.
        headers.remove(LINK);
        let (shelf, name) = (self.shelf.clone(), name.to_owned());
        let read = tokio::task::spawn_blocking(move || shelf.read(&name)).await;
        Some((headers, Arc::new(read.ok()?.ok()?)))
    }
}

/// Headers that are the same in every answer for `file`, 304 included (RFC 9110 §15.4.5).
fn lasting(file: &File) -> Result<HeaderMap, HttpError> {
    let mut headers = HeaderMap::new();
    let cache = format!("public, max-age={}", file.max_age);
    headers.insert(CACHE_CONTROL, value(&cache)?);
    headers.insert(VARY, HeaderValue::from_static(VARIES_BY_READER));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(EXPOSE, HeaderValue::from_static("etag, last-modified, link"));
    // Search engines shall find the articles, not their copies in feeds.
    headers.insert(X_ROBOTS_TAG, HeaderValue::from_static("noindex"));
    let links: Vec<String> =
        file.links.iter().map(|(rel, href)| format!("<{href}>; rel=\"{rel}\"")).collect();
    if !links.is_empty() {
        headers.insert(LINK, value(&links.join(", "))?);
    }
    Ok(headers)
}

fn value(text: &str) -> Result<HeaderValue, HttpError> {
    HeaderValue::from_str(text).map_err(|_| HttpError::Link(text.to_owned()))
}

/// Answers GET; HEAD is the same without the body. `None` where there is no such file.
pub(super) async fn feed(
    served: &Served,
    name: &str,
    request: &HeaderMap,
) -> Option<Response<Body>> {
    let (mut headers, copy) = served.find(name).await?;
    if let Ok(modified) = HeaderValue::from_str(&copy.last_modified) {
        headers.insert(LAST_MODIFIED, modified);
    }
    Some(prepared::answer(request, &copy, headers))
}
