//! The door of the desk: who comes in, and that what they send comes from a form of ours.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use axum::middleware::Next;
use url::form_urlencoded;

use super::super::prepared::respond;
use super::super::safety::MOST_BODY;
use super::super::visitor::{Client, Visitor};
use super::answer::{redirected, turned_away};
use super::{Desk, Door};
use crate::domain::{Locale, Token, sha256_hex};
use crate::jobs::desk::audit::Actor;
use crate::jobs::desk::sessions;
use crate::render::page::desk::LoginProblem;
use crate::store::StoreError;

/// What strangers may ask for: the door, and what it looks like.
const OPEN: [&str; 3] = ["/admin/login", "/admin/desk.css", "/admin/desk.js"];
/// Characters of a name that a proxy gives.
const NAME: usize = 100;
/// What whoever knows the password is called.
pub(super) const OPERATOR: &str = "operator";

/// Whoever asks something of the desk.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// Who, and from where; nobody as long as they stand at the door.
    pub actor: Option<Actor>,
    /// The address that asks.
    pub client: Client,
    /// The language of the page.
    pub locale: Locale,
    /// The request's headers.
    pub headers: HeaderMap,
    /// What the browser's cookie holds, or what it is to hold from now on.
    pub token: Token,
    /// Whether the browser does not have it yet.
    pub is_new: bool,
    /// Whether there is a session that can be ended.
    pub has_session: bool,
    /// Words that the page is asked to say, and what says that they are ours.
    told: Option<(String, String)>,
}

impl Caller {
    /// What the page is to say of what was just done, where it was we who sent the browser here with it.
    pub fn notice(&self) -> Option<&str> {
        let (told, by) = self.told.as_ref()?;
        (self.seal(told) == *by).then_some(told)
    }

    /// Says that words are ours.
    pub fn seal(&self, told: &str) -> String {
        sha256_hex(format!("told {} {told}", self.token.as_str()).as_bytes())
    }

    /// The word that a form must bear: nobody can make it who does not see the cookie.
    pub fn csrf(&self) -> String {
        sha256_hex(format!("form {}", self.token.as_str()).as_bytes())
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // The guard has put it there.
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Somebody who sits at the desk.
#[derive(Debug, Clone)]
pub(super) struct Operator {
    /// Who, and from where.
    pub actor: Actor,
    /// All else.
    pub caller: Caller,
}

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let caller = Caller::from_request_parts(parts, state).await?;
        // The guard lets nobody else come so far.
        let actor = caller.actor.clone().ok_or(StatusCode::FORBIDDEN)?;
        Ok(Self { actor, caller })
    }
}

/// Before every handler of the desk.
pub(super) async fn guard(
    State(desk): State<Arc<Desk>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let caller = match caller(&desk, &mut parts).await {
        Ok(caller) => caller,
        Err(error) => {
            tracing::error!(%error, "who sits at the desk cannot be found out");
            return bare(StatusCode::SERVICE_UNAVAILABLE);
        }
    };
    let is_open = OPEN.contains(&parts.uri.path());
    if caller.actor.is_none() && !is_open {
        return match (&desk.door.password, &parts.method) {
            (None, _) => turned_away(&desk, &caller, LoginProblem::ProxyOnly),
            (Some(_), &Method::GET | &Method::HEAD) => redirected(&desk, &caller, "admin/login"),
            (Some(_), _) => turned_away(&desk, &caller, LoginProblem::Stale),
        };
    }
    if matches!(parts.method, Method::GET | Method::HEAD) {
        parts.extensions.insert(caller);
        return next.run(Request::from_parts(parts, body)).await;
    }
    match to_bytes(body, MOST_BODY).await {
        Ok(bytes) if is_ours(&caller, &bytes) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, Body::from(bytes))).await
        }
        Ok(_) => turned_away(&desk, &caller, LoginProblem::Stale),
        Err(_) => bare(StatusCode::PAYLOAD_TOO_LARGE),
    }
}

/// Browsers say whether a form stands on a page of ours (Fetch Metadata); whatever they say, it must bear our word.
fn is_ours(caller: &Caller, body: &Bytes) -> bool {
    let site = caller.headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let is_foreign = matches!(site, Some(b"cross-site" | b"same-site"));
    let given = form_urlencoded::parse(body).find(|(name, _)| name == "csrf");
    // Hashes are compared, so that no comparison takes longer the nearer a guess comes.
    let expected = sha256_hex(caller.csrf().as_bytes());
    !is_foreign && given.is_some_and(|(_, given)| sha256_hex(given.as_bytes()) == expected)
}

async fn caller(desk: &Desk, parts: &mut Parts) -> Result<Caller, StoreError> {
    let Ok(visitor) = Visitor::from_request_parts(parts, &()).await;
    let Ok(client) = Client::from_request_parts(parts, &desk.web).await;
    let given = cookie(&parts.headers, desk.cookie()).map(Token::read);
    let is_new = given.is_none();
    let token = match given {
        Some(token) => token,
        None => sessions::token().unwrap_or_else(|_| Token::read("")),
    };
    let named = named_by_proxy(&desk.door, parts);
    let has_session = match (&named, &desk.door.password) {
        (None, Some(password)) if !is_new => {
            sessions::is_open(&desk.web.context, password, &token).await?
        }
        _ => false,
    };
    let who = named.or_else(|| has_session.then(|| OPERATOR.to_owned()));
    let actor = who.map(|who| Actor { who, from: client.0.to_string() });
    let (Visitor { locale, headers }, told) = (visitor, told(parts));
    Ok(Caller { actor, client, locale, headers, token, is_new, has_session, told })
}

fn told(parts: &Parts) -> Option<(String, String)> {
    let query = parts.uri.query()?.as_bytes();
    let find = |wanted: &str| {
        let found = form_urlencoded::parse(query).find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned())
    };
    Some((find("told")?, find("by")?))
}

/// Whom the proxy has let in; what stands in the header counts only where the connection comes from the proxy itself.
fn named_by_proxy(door: &Door, parts: &Parts) -> Option<String> {
    let (header, from) = door.proxy.as_ref()?;
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    if !from.contains(&peer) {
        return None;
    }
    let name = parts.headers.get(header)?.to_str().ok()?.trim();
    let name: String = name.chars().take(NAME).collect();
    (!name.is_empty()).then_some(name)
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|list| list.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}

/// An answer of nothing but its status.
fn bare(status: StatusCode) -> Response<Body> {
    respond(status, HeaderMap::new(), Body::empty())
}
