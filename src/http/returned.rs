//! `POST /bounces`: mail that came back, handed over by the mail server it came back to: RFC 5322 bytes as the body, the
//! operator's password as a bearer token (RFC 6750 §2.1).

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::routing::post;

use super::prepared;
use crate::domain::Token;
use crate::jobs::{Context, bounces};

/// As much of a letter as is looked into wherever it comes from.
const MOST_BODY: usize = bounces::LONGEST_LETTER;

struct Hook {
    context: Context,
    password: Token,
}

/// The route, where the operator set a password for it.
pub(super) fn routes(context: Context, password: Option<Token>) -> Router {
    let Some(password) = password else { return Router::new() };
    Router::new()
        .route("/bounces", post(receive))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .with_state(Arc::new(Hook { context, password }))
}

async fn receive(
    State(hook): State<Arc<Hook>>,
    headers: HeaderMap,
    letter: Bytes,
) -> Response<Body> {
    if !is_known(&headers, &hook.password) {
        let mut headers = HeaderMap::new();
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return prepared::respond(StatusCode::UNAUTHORIZED, headers, Body::empty());
    }
    // Whatever it leads to, the server that has handed it over is done with it, unless the store was not to be had.
    let status = match bounces::receive(&hook.context, &letter).await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(error) => {
            tracing::error!(%error, "mail that came back was not taken in");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    prepared::respond(status, HeaderMap::new(), Body::empty())
}

/// Hashes are compared, so that no comparison takes longer the nearer a guess comes.
fn is_known(headers: &HeaderMap, password: &Token) -> bool {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer "));
    given.is_some_and(|given| Token::read(given.trim()).hash() == password.hash())
}
