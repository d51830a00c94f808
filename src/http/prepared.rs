//! What every answer from prepared bytes has: content coding, tag, condition (RFC 9110 §8.8, §12.5.3, §13).

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use chrono::{DateTime, Utc};

use crate::publish::Copy;

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

/// `copy` in the coding that the client takes, or 304 where it has it; `headers` are those that do not depend on the request.
pub(super) fn answer(request: &HeaderMap, copy: &Copy, mut headers: HeaderMap) -> Response<Body> {
    let accepted = Coding::accepted(request);
    // What is read from its file was not compressed.
    let coding = if accepted.bytes(copy).is_empty() { Coding::Identity } else { accepted };
    let Ok(etag) = HeaderValue::from_str(&tag(copy, coding)) else {
        return respond(StatusCode::INTERNAL_SERVER_ERROR, HeaderMap::new(), Body::empty());
    };
    headers.insert(ETAG, etag);
    if is_known(request, copy) {
        headers.remove(CONTENT_TYPE);
        return respond(StatusCode::NOT_MODIFIED, headers, Body::empty());
    }
    if let Some(name) = coding.name() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    let bytes = Bytes::from_owner(coding.bytes(copy));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    respond(StatusCode::OK, headers, Body::from(bytes))
}

/// An answer put together.
pub(super) fn respond(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
