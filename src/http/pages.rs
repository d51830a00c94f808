//! How every page is answered: kept for a moment, compressed once, in the visitor's language, or a page that says why not.

use std::future::Future;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, LOCATION, VARY};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use thiserror::Error;

use super::feeds::VARIES_BY_READER;
use super::prepared;
use super::routes::Web;
use super::visitor::Visitor;
use crate::domain::Locale;
use crate::jobs::compose::ComposeError;
use crate::jobs::desk::sessions::SessionError;
use crate::publish::Copy;
use crate::render::RenderError;
use crate::render::page::{self, Frame, Problem};
use crate::store::StoreError;

/// Why a page is not shown.
#[derive(Debug, Error)]
pub(super) enum PageError {
    #[error("there is no such page")]
    NotFound,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("the job behind it failed, which the log tells")]
    Failed,
    #[error(transparent)]
    Compose(#[from] ComposeError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("compressing it failed: {0}")]
    Compress(#[from] std::io::Error),
}

/// Everything else.
pub(super) async fn not_found(State(web): State<Arc<Web>>, visitor: Visitor) -> Response<Body> {
    refused(&web, visitor.locale, &PageError::NotFound)
}

pub(super) fn frame<'a>(web: &'a Web, locale: Locale, path: &'a str) -> Frame<'a> {
    Frame { site: &web.context.site, locale, path }
}

/// The page at `path` as it was made a moment ago, or as `made` makes it now.
pub(super) async fn shown(
    web: &Web,
    visitor: &Visitor,
    path: &str,
    made: impl Future<Output = Result<String, PageError>>,
) -> Response<Body> {
    let now = web.context.clock.now();
    let key = (path.to_owned(), visitor.locale);
    if let Some(copy) = web.pages.find(&key, now) {
        return prepared::answer(&visitor.headers, &copy, page_headers(visitor.locale));
    }
    let begun = Instant::now();
    match pressed(made).await.map(Arc::new) {
        Ok(copy) => {
            web.pages.keep(key, now, begun.elapsed(), &copy);
            prepared::answer(&visitor.headers, &copy, page_headers(visitor.locale))
        }
        Err(error) => refused(web, visitor.locale, &error),
    }
}

/// The page that `made` makes, for this visitor only.
pub(super) async fn shown_once(
    web: &Web,
    visitor: &Visitor,
    made: impl Future<Output = Result<String, PageError>>,
) -> Response<Body> {
    match pressed(made).await {
        Ok(copy) => prepared::answer(&visitor.headers, &copy, page_headers(visitor.locale)),
        Err(error) => refused(web, visitor.locale, &error),
    }
}

async fn pressed(made: impl Future<Output = Result<String, PageError>>) -> Result<Copy, PageError> {
    Ok(Copy::of(made.await?.as_bytes(), SystemTime::UNIX_EPOCH)?)
}

/// Sends a person on to the page at `path`. No cache may keep this: the next one who asks may be a program.
pub(super) fn elsewhere(web: &Web, path: &str) -> Response<Body> {
    let mut headers = HeaderMap::new();
    let base = Frame { site: &web.context.site, locale: Locale::default(), path }.base();
    if let Ok(place) = HeaderValue::from_str(&format!("{base}{path}")) {
        headers.insert(LOCATION, place);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static(VARIES_BY_READER));
    prepared::respond(StatusCode::SEE_OTHER, headers, Body::empty())
}

/// Headers of every page, 304 included.
pub(super) fn page_headers(locale: Locale) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding, accept-language, cookie"));
    let language = match locale {
        Locale::English => "en",
        Locale::Chinese => "zh-Hans",
    };
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language));
    headers
}

/// The page that says why there is none.
pub(super) fn refused(web: &Web, locale: Locale, error: &PageError) -> Response<Body> {
    let problem =
        if let PageError::NotFound = error { Problem::NotFound } else { Problem::Internal };
    let status = match problem {
        Problem::NotFound => StatusCode::NOT_FOUND,
        Problem::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if problem == Problem::Internal {
        tracing::error!(%error, "a page could not be made");
    }
    match page::problem(&frame(web, locale, ""), problem) {
        Ok(html) => {
            let mut headers = page_headers(locale);
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            prepared::respond(status, headers, Body::from(html))
        }
        Err(error) => broken(&error),
    }
}

pub(super) fn broken(error: &dyn std::fmt::Display) -> Response<Body> {
    tracing::error!(%error, "a page could not be made");
    prepared::respond(StatusCode::INTERNAL_SERVER_ERROR, HeaderMap::new(), Body::empty())
}
