//! What readers do behind the links in their mail. A GET never changes anything, since scanners follow links; what acts is a
//! POST, and the one that mail programs send by themselves (RFC 8058) acts at once.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Form, FromRequestParts, Path};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use chrono::NaiveDate;
use serde::Deserialize;

use super::archive::digest;
use super::pages::{PageError, frame, page_headers, refused};
use super::prepared;
use super::routes::Web;
use super::visitor::Visitor;
use crate::domain::{Choices, Digest, FeedFormat, FeedId, Language, Purpose, Token};
use crate::jobs::subscribe::{self, SubscribeError};
use crate::jobs::{Context, reader_feed};
use crate::render::page::{self, Own, Step};

/// Topics that a reader may name.
const MOST_TOPICS: usize = 50;

/// Whoever came by a link with a token in it.
pub(super) struct Reader {
    web: Arc<Web>,
    visitor: Visitor,
    token: String,
}

impl FromRequestParts<Arc<Web>> for Reader {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, StatusCode> {
        let token = Path::from_request_parts(parts, web).await;
        let Path(token) = token.map_err(|_| StatusCode::NOT_FOUND)?;
        let Ok(visitor) = Visitor::from_request_parts(parts, web).await;
        Ok(Self { web: Arc::clone(web), visitor, token })
    }
}

impl Reader {
    fn context(&self) -> &Context {
        &self.web.context
    }

    /// The token of a link that serves once.
    fn once(&self) -> Token {
        Token::read(&self.token)
    }

    /// The page of the step that was taken, or of why not.
    fn took(&self, taken: Result<Step<'_>, SubscribeError>) -> Response<Body> {
        match taken {
            Ok(taken) => step(&self.web, &self.visitor, StatusCode::OK, taken),
            Err(error) => failed(&self.web, &self.visitor, &error),
        }
    }

    /// The page on which a reader chooses.
    async fn choosing(&self, is_saved: bool, fresh: Option<&FeedId>) -> Response<Body> {
        match self.choices_page(is_saved, fresh).await {
            Ok(made) => private(&self.web, &self.visitor, StatusCode::OK, made),
            Err(error) => failed(&self.web, &self.visitor, &error),
        }
    }

    async fn choices_page(
        &self,
        is_saved: bool,
        fresh: Option<&FeedId>,
    ) -> Result<Result<String, PageError>, SubscribeError> {
        let context = self.context();
        let subscriber = &subscribe::of_link(context, &self.token).await?;
        let has_feed = reader_feed::is_open(context, subscriber).await?;
        let address = |format, name| (format, reader_feed::address(context, name, format));
        let addresses: Vec<_> = fresh
            .into_iter()
            .flat_map(|name| FeedFormat::ALL.map(|format| address(format, name)))
            .collect();
        let own = Own { subscriber, token: &self.token, is_saved, has_feed, addresses: &addresses };
        let path = format!("subscription/{}", self.token);
        let frame = frame(&self.web, self.visitor.locale, &path);
        Ok(digest(&self.web, subscriber.digest.as_str())
            .and_then(|zoned| Ok(page::manage(&frame, &zoned.digest, &own)?)))
    }
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

/// `GET /confirm/TOKEN`
pub(super) async fn confirm_page(reader: Reader) -> Response<Body> {
    let pending = subscribe::pending(reader.context(), &reader.once(), Purpose::Subscribe).await;
    reader.took(pending.map(|_| Step::Confirm))
}

/// `POST /confirm/TOKEN`
pub(super) async fn confirm(reader: Reader) -> Response<Body> {
    match subscribe::confirm(reader.context(), &reader.once()).await {
        Ok(subscriber) => {
            let manage = &subscribe::link(reader.context(), &subscriber);
            reader.took(Ok(Step::Confirmed { manage }))
        }
        Err(error) => reader.took(Err(error)),
    }
}

/// `GET /unsubscribe/TOKEN`
pub(super) async fn leave_page(reader: Reader) -> Response<Body> {
    let known = subscribe::of_link(reader.context(), &reader.token).await;
    reader.took(known.map(|_| Step::Leave))
}

/// `POST /unsubscribe/TOKEN`: acts at once, for a person's button and for a mail program alike.
pub(super) async fn leave(reader: Reader) -> Response<Body> {
    let left = subscribe::leave(reader.context(), &reader.token).await;
    reader.took(left.map(|_| Step::Left))
}

/// `GET /subscription/TOKEN`
pub(super) async fn manage_page(reader: Reader) -> Response<Body> {
    reader.choosing(false, None).await
}

/// `POST /subscription/TOKEN`
pub(super) async fn manage(reader: Reader, Form(form): Form<Chosen>) -> Response<Body> {
    let known = match subscribe::of_link(reader.context(), &reader.token).await {
        Ok(known) => known,
        Err(error) => return reader.took(Err(error)),
    };
    let digest = digest(&reader.web, known.digest.as_str());
    let cadence = digest.ok().and_then(|zoned| known_cadence(&zoned.digest, &form.cadence));
    match subscribe::choose(reader.context(), &reader.token, form.choices(cadence)).await {
        Ok(_) => reader.choosing(true, None).await,
        Err(error) => reader.took(Err(error)),
    }
}

/// `POST /subscription/TOKEN/feed`: a feed of these choices, under an address that is shown once.
pub(super) async fn open_feed(reader: Reader) -> Response<Body> {
    match reader_feed::open(reader.context(), &reader.token).await {
        Ok(name) => reader.choosing(false, Some(&name)).await,
        Err(error) => reader.took(Err(error)),
    }
}

/// `POST /subscription/TOKEN/feed/end`
pub(super) async fn end_feed(reader: Reader) -> Response<Body> {
    match reader_feed::close(reader.context(), &reader.token).await {
        Ok(()) => reader.choosing(true, None).await,
        Err(error) => reader.took(Err(error)),
    }
}

/// `POST /subscription/TOKEN/erase`: asks for a fresh link by mail, since digests get forwarded.
pub(super) async fn ask_to_erase(reader: Reader) -> Response<Body> {
    let locale = reader.visitor.locale;
    let asked = subscribe::ask_to_erase(reader.context(), &reader.token, locale).await;
    reader.took(asked.map(|()| Step::Asked))
}

/// `GET /erase/TOKEN`
pub(super) async fn erase_page(reader: Reader) -> Response<Body> {
    let pending = subscribe::pending(reader.context(), &reader.once(), Purpose::Erase).await;
    reader.took(pending.map(|_| Step::Erase { token: &reader.token }))
}

/// `POST /erase/TOKEN`
pub(super) async fn erase(reader: Reader) -> Response<Body> {
    let erased = subscribe::erase(reader.context(), &reader.once()).await;
    reader.took(erased.map(|()| Step::Erased))
}

/// `GET /erase/TOKEN/data.json`: what is kept of the address.
pub(super) async fn export(reader: Reader) -> Response<Body> {
    let kept = match subscribe::export(reader.context(), &reader.once()).await {
        Ok(kept) => kept,
        Err(error) => return reader.took(Err(error)),
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

pub(super) fn known_cadence(digest: &Digest, name: &str) -> Option<String> {
    digest.cadences.iter().find(|cadence| cadence.name == name).map(|cadence| cadence.name.clone())
}

pub(super) fn step(
    web: &Web,
    visitor: &Visitor,
    status: StatusCode,
    step: Step<'_>,
) -> Response<Body> {
    let made = page::step(&frame(web, visitor.locale, ""), step).map_err(PageError::from);
    private(web, visitor, status, made)
}

pub(super) fn failed(web: &Web, visitor: &Visitor, error: &SubscribeError) -> Response<Body> {
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
pub(super) fn private(
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
