//! Files that are part of the program: the stylesheet, the script, what robots may read.

use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::pages::{broken, frame};
use super::prepared;
use super::routes::Web;
use super::visitor::Visitor;
use crate::publish::Copy;
use crate::render::page;

/// The stylesheet, compressed once.
static STYLE: LazyLock<std::io::Result<Copy>> =
    LazyLock::new(|| Copy::of(page::STYLE.as_bytes(), SystemTime::UNIX_EPOCH));

/// The script that copies addresses, likewise.
static COPY_SCRIPT: LazyLock<std::io::Result<Copy>> =
    LazyLock::new(|| Copy::of(page::COPY_SCRIPT.as_bytes(), SystemTime::UNIX_EPOCH));

/// The icon, likewise.
static ICON: LazyLock<std::io::Result<Copy>> =
    LazyLock::new(|| Copy::of(page::ICON.as_bytes(), SystemTime::UNIX_EPOCH));

/// What search engines are asked to leave alone.
const CLOSED: [&str; 6] =
    ["admin", "confirm/", "erase/", "search", "subscription/", "unsubscribe/"];

/// `/style.css`
pub(super) async fn style(visitor: Visitor) -> Response<Body> {
    of_ours(&visitor.headers, &STYLE, "text/css; charset=utf-8")
}

/// `/copy.js`
pub(super) async fn copy_script(visitor: Visitor) -> Response<Body> {
    of_ours(&visitor.headers, &COPY_SCRIPT, "text/javascript; charset=utf-8")
}

/// `/icon.svg`
pub(super) async fn icon(visitor: Visitor) -> Response<Body> {
    of_ours(&visitor.headers, &ICON, "image/svg+xml")
}

/// `/robots.txt`: what is for one reader's eyes, or has no end, is not for search engines.
pub(super) async fn robots(State(web): State<Arc<Web>>, visitor: Visitor) -> Response<Body> {
    let base = frame(&web, visitor.locale, "").base();
    let mut rules = "User-agent: *\n".to_owned();
    for closed in CLOSED {
        rules.extend(["Disallow: ", base.as_str(), closed, "\n"]);
    }
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    prepared::respond(StatusCode::OK, headers, Body::from(rules))
}

/// A file that is part of the program.
pub(super) fn of_ours(
    request: &HeaderMap,
    copy: &std::io::Result<Copy>,
    kind: &'static str,
) -> Response<Body> {
    let copy = match copy {
        Ok(copy) => copy,
        Err(error) => return broken(error),
    };
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    prepared::answer(request, copy, headers)
}
