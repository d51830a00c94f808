//! Subscribing and leaving: forms that work without scripts. A GET never changes anything, since scanners follow links; what
//! acts is a POST, and the one that mail programs send by themselves (RFC 8058) acts at once.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Form, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use chrono::NaiveDate;
use serde::Deserialize;

use super::archive::digest;
use super::pages::{PageError, frame, page_headers, refused};
use super::routes::Web;
use super::visitor::{Client, Visitor};
use super::{pages, prepared};
use crate::domain::{Choices, EmailAddress, Language, Purpose, Subscriber, Token};
use crate::jobs::subscribe::{self, SubscribeError};
use crate::render::page::{self, Step};

/// Topics that a reader may name.
const MOST_TOPICS: usize = 50;

/// The sign-up form as it was sent.
#[derive(Debug, Deserialize)]
pub(super) struct SignUp {
    address: String,
    #[serde(default)]
    cadence: String,
    /// People do not see this field; programs fill it in.
    #[serde(default)]
    website: String,
}

/// What a reader chose, as the form sent it: empty means as the digest has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    cadence: String,
    hour: String,
    zone: String,
    language: String,
    topics: String,
    without: String,
    paused_until: String,
}

/// `GET /digests/NAME/subscribe`
pub(super) async fn form(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    visitor: Visitor,
) -> Response<Body> {
    let path = format!("digests/{name}/subscribe");
    let made = async {
        let digest = &digest(&web, &name)?.digest;
        Ok(page::sign_up(&frame(&web, visitor.locale, &path), digest, None)?)
    };
    pages::shown(&web, &visitor, &path, made).await
}

/// `POST /digests/NAME/subscribe`: the same answer whatever is known of the address.
pub(super) async fn ask(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    Client(client): Client,
    visitor: Visitor,
    Form(form): Form<SignUp>,
) -> Response<Body> {
    let path = format!("digests/{name}/subscribe");
    let digest = match digest(&web, &name) {
        Ok(zoned) => &zoned.digest,
        Err(error) => return refused(&web, visitor.locale, &error),
    };
    let frame = frame(&web, visitor.locale, &path);
    let Ok(address) = EmailAddress::new(&form.address) else {
        let again = page::sign_up(&frame, digest, Some(&form.address));
        return private(
            &web,
            &visitor,
            StatusCode::UNPROCESSABLE_ENTITY,
            again.map_err(Into::into),
        );
    };
    if !web.limits.admit(client, web.context.clock.now()) {
        tracing::warn!(
            digest = name,
            "more sign-ups than one network or all together may make in an hour"
        );
        return step(&web, &visitor, StatusCode::TOO_MANY_REQUESTS, Step::TooMany);
    }
    if form.website.is_empty() {
        let cadence = known_cadence(digest, &form.cadence);
        let choices = Choices { cadence, ..Choices::default() };
        let asked =
            subscribe::ask(&web.context, &digest.id, address, choices, visitor.locale).await;
        if let Err(error) = asked {
            return failed(&web, &visitor, &error);
        }
    }
    step(&web, &visitor, StatusCode::OK, Step::Asked)
}

/// `GET /confirm/TOKEN`
pub(super) async fn confirm_page(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Response<Body> {
    match subscribe::pending(&web.context, &Token::read(&token), Purpose::Subscribe).await {
        Ok(_) => step(&web, &visitor, StatusCode::OK, Step::Confirm),
        Err(error) => failed(&web, &visitor, &error),
    }
}

/// `POST /confirm/TOKEN`
pub(super) async fn confirm(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Response<Body> {
    match subscribe::confirm(&web.context, &Token::read(&token)).await {
        Ok(subscriber) => {
            let manage = subscribe::link(&web.context, &subscriber);
            step(&web, &visitor, StatusCode::OK, Step::Confirmed { manage: &manage })
        }
        Err(error) => failed(&web, &visitor, &error),
    }
}

/// `GET /unsubscribe/TOKEN`
pub(super) async fn leave_page(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Response<Body> {
    match subscribe::of_link(&web.context, &token).await {
        Ok(_) => step(&web, &visitor, StatusCode::OK, Step::Leave),
        Err(error) => failed(&web, &visitor, &error),
    }
}

/// `POST /unsubscribe/TOKEN`: acts at once, for a person's button and for a mail program alike.
pub(super) async fn leave(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Response<Body> {
    match subscribe::leave(&web.context, &token).await {
        Ok(_) => step(&web, &visitor, StatusCode::OK, Step::Left),
        Err(error) => failed(&web, &visitor, &error),
    }
}

/// `GET /subscription/TOKEN`
pub(super) async fn manage_page(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Response<Body> {
    match subscribe::of_link(&web.context, &token).await {
        Ok(subscriber) => managed(&web, &visitor, &token, &subscriber, false),
        Err(error) => failed(&web, &visitor, &error),
    }
}

/// `POST /subscription/TOKEN`
pub(super) async fn manage(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    visitor: Visitor,
    Form(form): Form<Chosen>,
) -> Response<Body> {
    let known = match subscribe::of_link(&web.context, &token).await {
        Ok(known) => known,
        Err(error) => return failed(&web, &visitor, &error),
    };
    let zoned = match digest(&web, known.digest.as_str()) {
        Ok(zoned) => zoned,
        Err(error) => return refused(&web, visitor.locale, &error),
    };
    let choices = form.choices(known_cadence(&zoned.digest, &form.cadence));
    match subscribe::choose(&web.context, &token, choices).await {
        Ok(subscriber) => managed(&web, &visitor, &token, &subscriber, true),
        Err(error) => failed(&web, &visitor, &error),
    }
}

/// `POST /subscription/TOKEN/erase`: asks for a fresh link by mail, since digests get forwarded.
pub(super) async fn ask_to_erase(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Response<Body> {
    match subscribe::ask_to_erase(&web.context, &token, visitor.locale).await {
        Ok(()) => step(&web, &visitor, StatusCode::OK, Step::Asked),
        Err(error) => failed(&web, &visitor, &error),
    }
}

/// `GET /erase/TOKEN`
pub(super) async fn erase_page(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Response<Body> {
    match subscribe::pending(&web.context, &Token::read(&token), Purpose::Erase).await {
        Ok(_) => step(&web, &visitor, StatusCode::OK, Step::Erase { token: &token }),
        Err(error) => failed(&web, &visitor, &error),
    }
}

/// `POST /erase/TOKEN`
pub(super) async fn erase(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Response<Body> {
    match subscribe::erase(&web.context, &Token::read(&token)).await {
        Ok(()) => step(&web, &visitor, StatusCode::OK, Step::Erased),
        Err(error) => failed(&web, &visitor, &error),
    }
}

/// `GET /erase/TOKEN/data.json`: what is kept of the address.
pub(super) async fn export(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Response<Body> {
    let kept = match subscribe::export(&web.context, &Token::read(&token)).await {
        Ok(kept) => kept,
        Err(error) => return failed(&web, &visitor, &error),
    };
    let rows: Vec<_> = kept
        .iter()
        .map(|s| {
            serde_json::json!({
                "address": s.address, "digest": s.digest, "state": s.state, "choices": s.choices,
            })
        })
        .collect();
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"subscriptions.json\""),
    );
    prepared::respond(StatusCode::OK, headers, Body::from(serde_json::json!(rows).to_string()))
}

impl Chosen {
    fn choices(&self, cadence: Option<String>) -> Choices {
        Choices {
            cadence,
            hour: self.hour.parse().ok().filter(|hour| *hour < 24),
            zone: self.zone.parse().ok(),
            language: Language::parse(&self.language),
            topics: list(&self.topics),
            without: list(&self.without),
            paused_until: NaiveDate::parse_from_str(&self.paused_until, "%Y-%m-%d").ok(),
        }
    }
}

/// What stands between commas, Chinese ones too.
fn list(text: &str) -> Vec<String> {
    let words = text.split([',', '，', '、']).map(str::trim).filter(|word| !word.is_empty());
    words.take(MOST_TOPICS).map(str::to_owned).collect()
}

fn known_cadence(digest: &crate::domain::Digest, name: &str) -> Option<String> {
    digest.cadences.iter().find(|cadence| cadence.name == name).map(|cadence| cadence.name.clone())
}

fn managed(
    web: &Web,
    visitor: &Visitor,
    token: &str,
    subscriber: &Subscriber,
    is_saved: bool,
) -> Response<Body> {
    let path = format!("subscription/{token}");
    let made = digest(web, subscriber.digest.as_str()).and_then(|zoned| {
        let frame = frame(web, visitor.locale, &path);
        Ok(page::manage(&frame, &zoned.digest, subscriber, token, is_saved)?)
    });
    private(web, visitor, StatusCode::OK, made)
}

fn step(web: &Web, visitor: &Visitor, status: StatusCode, step: Step<'_>) -> Response<Body> {
    let made = page::step(&frame(web, visitor.locale, ""), step).map_err(PageError::from);
    private(web, visitor, status, made)
}

fn failed(web: &Web, visitor: &Visitor, error: &SubscribeError) -> Response<Body> {
    match error {
        SubscribeError::Spent(_) => step(web, visitor, StatusCode::GONE, Step::Spent),
        SubscribeError::State(_) => step(web, visitor, StatusCode::CONFLICT, Step::Suppressed),
        SubscribeError::NoDigest(_) => refused(web, visitor.locale, &PageError::NotFound),
        _ => {
            tracing::error!(%error, "a subscription could not be changed");
            refused(web, visitor.locale, &PageError::Failed)
        }
    }
}

/// An answer that is for this reader only, with an address that no other server shall be told.
fn private(
    web: &Web,
    visitor: &Visitor,
    status: StatusCode,
    made: Result<String, PageError>,
) -> Response<Body> {
    let html = match made {
        Ok(html) => html,
        Err(error) => return refused(web, visitor.locale, &error),
    };
    let mut headers = page_headers(visitor.locale);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    prepared::respond(status, headers, Body::from(html))
}
