//! What every answer from prepared bytes has: content coding, tag, condition (RFC 9110 §8.8, §12.5.3, §13).

use std::io::Write as _;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::publish::Copy;

/// The content codings that are prepared, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Brotli,
    Gzip,
    Identity,
}

impl Coding {
    /// What the client takes of ours, the best first.
    fn accepted(headers: &HeaderMap) -> Self {
        match () {
            () if Self::accepts(headers, "br") => Self::Brotli,
            () if Self::accepts(headers, "gzip") => Self::Gzip,
            () => Self::Identity,
        }
    }

    /// RFC 9110 §12.5.3: whether the client takes a coding; its preferences are respected as far as they refuse something.
    fn accepts(headers: &HeaderMap, name: &str) -> bool {
        let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        let codings = accepted.unwrap_or_default().split(',');
        codings.map(|coding| coding.split(';').map(str::trim)).any(|mut coding| {
            let is_named = coding.next().is_some_and(|named| named.eq_ignore_ascii_case(name));
            let is_none = |quality: &str| {
                matches!(quality.replace(' ', "").as_str(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
            };
            is_named && !coding.any(is_none)
        })
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

/// `html` for this one answer: packed quickly where the client takes that, and without a tag, since it is kept by nobody.
pub(super) fn once(
    request: &HeaderMap,
    status: StatusCode,
    mut headers: HeaderMap,
    html: &str,
) -> Response<Body> {
    let takes_gzip = Coding::accepts(request, "gzip");
    let packed = takes_gzip.then(|| gzip(html.as_bytes()).ok()).flatten();
    if packed.is_some() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let body = packed.unwrap_or_else(|| html.as_bytes().to_vec());
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    respond(status, headers, Body::from(body))
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// An answer put together.
pub(super) fn respond(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
