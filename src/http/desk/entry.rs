//! Sitting down at the desk and leaving it.

use std::sync::Arc;

use axum::Form;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde::Deserialize;

use super::Desk;
use super::answer::{page, redirected, turned_away, with_cookie};
use super::door::{Caller, OPERATOR, Operator};
use crate::jobs::desk::audit::{self, Actor};
use crate::jobs::desk::sessions;
use crate::render::page::desk::{self, LoginProblem};
use crate::store::StoreError;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(super) struct Given {
    password: String,
}

/// `GET /admin/login`
pub(super) async fn form(State(desk): State<Arc<Desk>>, caller: Caller) -> Response<Body> {
    if caller.actor.is_some() {
        return redirected(&desk, &caller, "admin");
    }
    if desk.door.password.is_none() {
        return turned_away(&desk, &caller, LoginProblem::ProxyOnly);
    }
    let made = desk::login(&desk.frame(&caller, "admin/login", None), None);
    page(&desk, &caller, StatusCode::OK, made.map_err(Into::into))
}

/// `POST /admin/login`: leads to the desk and nowhere else.
pub(super) async fn log_in(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Form(given): Form<Given>,
) -> Response<Body> {
    let context = &desk.web.context;
    let Some(password) = &desk.door.password else {
        return turned_away(&desk, &caller, LoginProblem::ProxyOnly);
    };
    if !desk.tries.admit(caller.client.0, context.clock.now()) {
        tracing::warn!("more passwords were tried than one network or all together may in an hour");
        return turned_away(&desk, &caller, LoginProblem::TooMany);
    }
    let opened = {
        // One at a time: a try costs memory and a core.
        let _turn = desk.turn.lock().await;
        sessions::open(context, password, given.password).await
    };
    match opened {
        Ok(Some(token)) => {
            let actor = Actor { who: OPERATOR.to_owned(), from: caller.client.0.to_string() };
            match audit::note(context, &actor, "log in", "done").await {
                Ok(()) => with_cookie(&desk, &token, redirected(&desk, &caller, "admin")),
                Err(error) => page(&desk, &caller, StatusCode::OK, Err(error.into())),
            }
        }
        Ok(None) => turned_away(&desk, &caller, LoginProblem::Wrong),
        Err(error) => page(&desk, &caller, StatusCode::OK, Err(error.into())),
    }
}

/// `POST /admin/logout`
pub(super) async fn log_out(State(desk): State<Arc<Desk>>, operator: Operator) -> Response<Body> {
    let caller = &operator.caller;
    let context = &desk.web.context;
    let closing = async {
        sessions::close(context, &caller.token).await?;
        Ok::<_, StoreError>("done".to_owned())
    };
    match audit::act(context, &operator.actor, "log out", "", closing).await {
        Ok(_) => redirected(&desk, caller, "admin/login"),
        Err(error) => page(&desk, caller, StatusCode::OK, Err(error.into())),
    }
}
