//! The headers and limits of every answer, errors included: nothing from elsewhere, nothing inline, nothing framed.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::middleware::{self, Next};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::prepared;

/// Forms hold an address and a few choices.
pub(super) const MOST_BODY: usize = 64 * 1024;
/// Pages take milliseconds; what takes this long is stuck.
const LONGEST: Duration = Duration::from_secs(20);

/// CSP level 3: own styles, own scripts, own pictures, own forms.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// `routes` with what all answers share.
pub(super) fn around(routes: Router) -> Router {
    routes
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(with_headers))
}

async fn with_headers(request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut usually = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    usually(CONTENT_SECURITY_POLICY, POLICY);
    usually(X_CONTENT_TYPE_OPTIONS, "nosniff");
    usually(X_FRAME_OPTIONS, "DENY");
    usually(REFERRER_POLICY, "same-origin");
    usually(OPENER, "same-origin");
    response
}

/// One handler's panic is one 500; the daemon goes on.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(reason: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let words = reason.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let words = words.or_else(|| reason.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(reason = words, "a page ended in a panic");
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    let body = Body::from("something went wrong; it is in the log\n");
    prepared::respond(StatusCode::INTERNAL_SERVER_ERROR, headers, body)
}
