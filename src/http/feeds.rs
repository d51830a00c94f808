//! `/feeds/NAME`: conditional requests, content coding, caching (RFC 9110, 9111) from prepared bytes.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH,
    CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LINK, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use chrono::{DateTime, Utc};

use super::{File, HttpError};
use crate::publish::{Copy, Shelf};

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");
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
}

/// Headers that are the same in every answer for `file`, 304 included (RFC 9110 §15.4.5).
fn lasting(file: &File) -> Result<HeaderMap, HttpError> {
    let mut headers = HeaderMap::new();
    let cache = format!("public, max-age={}", file.max_age);
    headers.insert(CACHE_CONTROL, value(&cache)?);
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
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

/// The content codings that are prepared, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Brotli,
    Gzip,
    Identity,
}

impl Coding {
    /// RFC 9110 §12.5.3: what the client takes, its own preferences respected as far as they refuse something.
    fn accepted(headers: &HeaderMap) -> Self {
        let Some(accepted) = headers.get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok()) else {
            return Self::Identity;
        };
        let takes = |name: &str| {
            let mut codings = accepted.split(',').map(|coding| coding.split(';').map(str::trim));
            codings.any(|mut coding| {
                let named = coding.next().is_some_and(|c| c.eq_ignore_ascii_case(name));
                named
                    && !coding.any(|q| {
                        matches!(
                            q.replace(' ', "").as_str(),
                            "q=0" | "q=0.0" | "q=0.00" | "q=0.000"
                        )
                    })
            })
        };
        match () {
            () if takes("br") => Self::Brotli,
            () if takes("gzip") => Self::Gzip,
            () => Self::Identity,
        }
    }

    fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    fn bytes(self, copy: &Copy) -> Arc<[u8]> {
        match self {
            Self::Brotli => Arc::clone(&copy.brotli),
            Self::Gzip => Arc::clone(&copy.gzip),
            Self::Identity => Arc::clone(&copy.plain),
        }
    }
}

/// Answers GET; HEAD is the same without the body.
pub(super) async fn feed(
    State(served): State<Arc<Served>>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> Response<Body> {
    let (Some(lasting), Some(copy)) = (served.headers.get(&name), served.shelf.get(&name)) else {
        return plain(StatusCode::NOT_FOUND, "there is no such feed\n");
    };
    let coding = Coding::accepted(&request);
    let mut headers = lasting.clone();
    let tag = tag(&copy, coding);
    let Ok(etag) = HeaderValue::from_str(&tag) else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "");
    };
    headers.insert(ETAG, etag);
    if let Ok(modified) = HeaderValue::from_str(&copy.last_modified) {
        headers.insert(LAST_MODIFIED, modified);
    }
    if is_known(&request, &copy) {
        headers.remove(CONTENT_TYPE);
        return respond(StatusCode::NOT_MODIFIED, headers, Body::empty());
    }
    if let Some(name) = coding.name() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    let bytes = Bytes::from_owner(coding.bytes(&copy));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    respond(StatusCode::OK, headers, Body::from(bytes))
}

/// RFC 9110 §8.8.3.3: each coding of the same bytes has a strong tag of its own.
fn tag(copy: &Copy, coding: Coding) -> String {
    match coding.name() {
        Some(name) => format!("\"{}-{name}\"", copy.tag),
        None => format!("\"{}\"", copy.tag),
    }
}

/// RFC 9110 §13.2.2: If-None-Match decides; If-Modified-Since counts only where the other is absent.
fn is_known(request: &HeaderMap, copy: &Copy) -> bool {
    if let Some(tags) = request.get(IF_NONE_MATCH) {
        // Weak comparison (§13.1.2); proxies add W/ and take the coding's suffix off.
        let text = tags.to_str().unwrap_or_default();
        return text.trim() == "*"
            || text.split(',').any(|tag| {
                let tag = tag.trim().trim_start_matches("W/").trim_matches('"');
                tag.strip_prefix(copy.tag.as_str())
                    .is_some_and(|rest| matches!(rest, "" | "-br" | "-gzip"))
            });
    }
    let since = request.get(IF_MODIFIED_SINCE).and_then(|v| v.to_str().ok());
    let since = since.and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    // Dates on the wire have no fractions.
    since.is_some_and(|since| DateTime::<Utc>::from(copy.modified).timestamp() <= since.timestamp())
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    respond(status, headers, Body::from(text))
}

fn respond(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
