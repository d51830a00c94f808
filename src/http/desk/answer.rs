//! How every page of the desk is sent: to this browser only, kept by nobody, compressed for this one time.

use std::sync::LazyLock;
use std::time::SystemTime;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::super::assets::of_ours;
use super::super::pages::{PageError, frame, page_headers, refused};
use super::super::prepared;
use super::Desk;
use super::door::Caller;
use crate::domain::Token;
use crate::jobs::desk::sessions::LASTS;
use crate::publish::Copy;
use crate::render::page::desk::{self, DeskFrame, LoginProblem};

static STYLE: LazyLock<std::io::Result<Copy>> =
    LazyLock::new(|| Copy::of(desk::STYLE.as_bytes(), SystemTime::UNIX_EPOCH));
static SCRIPT: LazyLock<std::io::Result<Copy>> =
    LazyLock::new(|| Copy::of(desk::SCRIPT.as_bytes(), SystemTime::UNIX_EPOCH));

/// `/admin/desk.css`
pub(super) async fn style(caller: Caller) -> Response<Body> {
    of_ours(&caller.headers, &STYLE, "text/css; charset=utf-8")
}

/// `/admin/desk.js`
pub(super) async fn script(caller: Caller) -> Response<Body> {
    of_ours(&caller.headers, &SCRIPT, "text/javascript; charset=utf-8")
}

impl Desk {
    /// The name of the cookie; behind TLS one that only this host can set, and only so.
    pub(super) fn cookie(&self) -> &'static str {
        if self.is_secure() { "__Host-desk" } else { "desk" }
    }

    fn is_secure(&self) -> bool {
        self.web.context.site.public_url.scheme() == "https"
    }

    /// What stands around the page at `path`.
    pub(super) fn frame<'a>(
        &'a self,
        caller: &'a Caller,
        path: &'a str,
        notice: Option<&'a str>,
    ) -> DeskFrame<'a> {
        DeskFrame {
            frame: frame(&self.web, caller.locale, path),
            zone: self.web.context.zone,
            now: self.web.context.clock.now(),
            csrf: caller.csrf(),
            who: caller.actor.as_ref().map(|actor| actor.who.as_str()),
            can_leave: caller.has_session,
            notice,
        }
    }
}

/// A page of the desk, or the one that says why there is none.
pub(super) fn page(
    desk: &Desk,
    caller: &Caller,
    status: StatusCode,
    made: Result<String, PageError>,
) -> Response<Body> {
    let html = match made {
        Ok(html) => html,
        Err(error) => return refused(&desk.web, caller.locale, &error),
    };
    let mut headers = page_headers(caller.locale);
    private(&mut headers);
    set_cookie(desk, caller, prepared::once(&caller.headers, status, headers, &html))
}

/// The login page with the reason why nobody was let in.
pub(super) fn turned_away(desk: &Desk, caller: &Caller, problem: LoginProblem) -> Response<Body> {
    let status = match problem {
        LoginProblem::Wrong => StatusCode::UNAUTHORIZED,
        LoginProblem::TooMany => StatusCode::TOO_MANY_REQUESTS,
        LoginProblem::Stale | LoginProblem::ProxyOnly => StatusCode::FORBIDDEN,
    };
    let made = desk::login(&desk.frame(caller, "admin/login", None), Some(problem));
    page(desk, caller, status, made.map_err(Into::into))
}

/// On to a page of our own: `path` is one that we wrote.
pub(super) fn redirected(desk: &Desk, caller: &Caller, path: &str) -> Response<Body> {
    let to = format!("{}{path}", frame(&desk.web, caller.locale, "").base());
    let mut headers = HeaderMap::new();
    private(&mut headers);
    let Ok(to) = HeaderValue::from_str(&to) else {
        return refused(&desk.web, caller.locale, &PageError::NotFound);
    };
    headers.insert(LOCATION, to);
    let answer = prepared::respond(StatusCode::SEE_OTHER, headers, Body::empty());
    set_cookie(desk, caller, answer)
}

fn private(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
}

fn set_cookie(desk: &Desk, caller: &Caller, answer: Response<Body>) -> Response<Body> {
    if caller.is_new { with_cookie(desk, &caller.token, answer) } else { answer }
}

/// `answer`, after which the browser holds `token`; scripts do not see it, and other sites' pages do not send it.
pub(super) fn with_cookie(
    desk: &Desk,
    token: &Token,
    mut answer: Response<Body>,
) -> Response<Body> {
    let (name, lasts) = (desk.cookie(), LASTS.num_seconds());
    let secure = if desk.is_secure() { "; Secure" } else { "" };
    let cookie = format!(
        "{name}={}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Strict{secure}",
        token.as_str()
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().insert(SET_COOKIE, cookie);
    }
    answer
}
