//! The outbox, what is said of deliveries, and addresses that get no mail.

use std::sync::Arc;

use axum::Form;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{Response, StatusCode};
use serde::Deserialize;

use super::super::pages::PageError;
use super::Desk;
use super::acts::{Asked, act, errand};
use super::answer::page;
use super::door::Operator;
use super::sources::outcome;
use crate::domain::{DeliveryState, EmailAddress};
use crate::jobs::desk::mail::{self as job, Word};
use crate::jobs::pass::{self, Plan};
use crate::jobs::settle::{self, Finding, SettleError};
use crate::render::page::desk::{self, MailPage};
use crate::store::StoreError;

/// States in which a person may have to do something.
const TROUBLED: [DeliveryState; 3] =
    [DeliveryState::Unknown, DeliveryState::Failed, DeliveryState::Deferred];
const BACK: &str = "admin/mail";

/// Which deliveries are looked at.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Look {
    state: Option<String>,
}

/// `/admin/mail`
pub(super) async fn list(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Query(look): Query<Look>,
) -> Response<Body> {
    let made = async {
        let context = &desk.web.context;
        let state = look.state.as_deref().and_then(DeliveryState::parse);
        // What was sent is a whole history, and nobody has to do anything about it.
        let state = state.filter(|state| *state != DeliveryState::Sent);
        let states = state.map_or_else(|| TROUBLED.to_vec(), |state| vec![state]);
        let all = MailPage {
            counts: desk.gathered().await?.outbox.clone(),
            state,
            deliveries: job::deliveries(context, &states).await?,
            suppressed: settle::suppressed(context).await?,
        };
        let frame = desk.frame(&operator.caller, BACK, operator.caller.notice());
        Ok::<_, PageError>(desk::mail(&frame, &all)?)
    };
    page(&desk, &operator.caller, StatusCode::OK, made.await)
}

/// What is said of one delivery.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    token: String,
    word: String,
}

/// `POST /admin/mail/say`
pub(super) async fn say(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Form(said): Form<Said>,
) -> Response<Body> {
    let (what, word) = match said.word.as_str() {
        "sent" => ("settle delivery as sent", Word::Settle(Finding::Sent)),
        "failed" => ("settle delivery as failed", Word::Settle(Finding::Failed)),
        _ => ("retry delivery", Word::Retry),
    };
    let asked = Asked { what, subject: said.token.clone(), back: BACK.to_owned() };
    let doing = async {
        let is_done = job::say(&desk.web.context, &said.token, word).await?;
        let words = if is_done { "done" } else { "it is in hand, or gets no more mail" };
        Ok::<_, SettleError>(words.to_owned())
    };
    desk.forget_figures();
    act(&desk, &operator, asked, doing).await
}

/// Which deliveries are tried again.
#[derive(Debug, Deserialize)]
pub(super) struct All {
    state: String,
}

/// `POST /admin/mail/retry-all`
pub(super) async fn retry_all(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Form(all): Form<All>,
) -> Response<Body> {
    let state = DeliveryState::parse(&all.state).filter(|state| TROUBLED.contains(state));
    let Some(state) = state else {
        return page(&desk, &operator.caller, StatusCode::OK, Err(PageError::NotFound));
    };
    let subject = state.as_str().to_owned();
    let asked = Asked { what: "retry all", subject, back: BACK.to_owned() };
    let context = desk.web.context.clone();
    let doing = async move {
        let count = job::retry_all(&context, state).await.map_err(|error| error.to_string())?;
        Ok(format!("{count} will be sent again"))
    };
    desk.forget_figures();
    errand(&desk, &operator, asked, doing).await
}

/// `POST /admin/mail/deliver`
pub(super) async fn deliver(State(desk): State<Arc<Desk>>, operator: Operator) -> Response<Body> {
    let asked = Asked { what: "deliver", subject: String::new(), back: BACK.to_owned() };
    let context = desk.web.context.clone();
    let doing = async move {
        let plan = Plan { deliver: true, ..Plan::default() };
        let report = pass::run(&context, &plan, &|_| ()).await;
        outcome(&report, || format!("{} sent", report.count(DeliveryState::Sent)))
    };
    desk.forget_figures();
    errand(&desk, &operator, asked, doing).await
}

/// An address.
#[derive(Debug, Deserialize)]
pub(super) struct Addressed {
    address: String,
}

/// `POST /admin/mail/suppress`
pub(super) async fn suppress(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Form(form): Form<Addressed>,
) -> Response<Body> {
    let asked = Asked { what: "suppress", subject: masked(&form.address), back: BACK.to_owned() };
    let doing = async {
        let Ok(address) = EmailAddress::new(&form.address) else { return Ok(NO_ADDRESS.into()) };
        let is_new = settle::suppress(&desk.web.context, &address).await?;
        let words = if is_new { "gets no more mail" } else { "got no mail already" };
        Ok::<_, StoreError>(words.to_owned())
    };
    act(&desk, &operator, asked, doing).await
}

/// `POST /admin/mail/clear`
pub(super) async fn clear(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Form(form): Form<Addressed>,
) -> Response<Body> {
    let asked = Asked { what: "clear", subject: masked(&form.address), back: BACK.to_owned() };
    let doing = async {
        let Ok(address) = EmailAddress::new(&form.address) else { return Ok(NO_ADDRESS.into()) };
        let was = settle::clear(&desk.web.context, &address).await?;
        let words = if was { "may subscribe again" } else { "nothing stood against it" };
        Ok::<_, StoreError>(words.to_owned())
    };
    act(&desk, &operator, asked, doing).await
}

/// What is answered to what is no address.
pub(super) const NO_ADDRESS: &str = "this is no mail address";

/// An address as the audit list keeps it: whoever is erased from the store must not stay there.
pub(super) fn masked(address: &str) -> String {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let first = address.chars().next().filter(|_| !domain.is_empty());
    first.map(|first| format!("{first}…@{domain}")).unwrap_or_default()
}
