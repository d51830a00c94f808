//! Digests: the list, one of them, and a mail to try.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Response, StatusCode};
use serde::Deserialize;

use super::super::archive::digest;
use super::super::pages::PageError;
use super::Desk;
use super::acts::{Asked, errand};
use super::answer::page;
use super::door::Operator;
use super::sources::outcome;
use crate::domain::DeliveryState;
use crate::jobs::desk::digest as job;
use crate::render::page::desk;

/// `/admin/digests`
pub(super) async fn list(State(desk): State<Arc<Desk>>, operator: Operator) -> Response<Body> {
    let frame = desk.frame(&operator.caller, "admin/digests", None);
    let all = desk.web.context.digests.iter().map(|zoned| &zoned.digest);
    let made = desk::digests(&frame, all).map_err(PageError::from);
    page(&desk, &operator.caller, StatusCode::OK, made)
}

/// Which Edition is looked at closely.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Look {
    edition: Option<String>,
}

/// `/admin/digests/NAME`
pub(super) async fn one(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Path(name): Path<String>,
    Query(look): Query<Look>,
) -> Response<Body> {
    let path = format!("admin/digests/{name}");
    let made = async {
        let zoned = digest(&desk.web, &name)?;
        let all = job::look(&desk.web.context, zoned, look.edition.as_deref()).await?;
        let frame = desk.frame(&operator.caller, &path, operator.caller.notice());
        Ok(desk::digest(&frame, &all)?)
    };
    page(&desk, &operator.caller, StatusCode::OK, made.await)
}

/// `POST /admin/digests/NAME/test`
pub(super) async fn test(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Path(name): Path<String>,
) -> Response<Body> {
    let zoned = match digest(&desk.web, &name) {
        Ok(zoned) => zoned.clone(),
        Err(error) => return page(&desk, &operator.caller, StatusCode::OK, Err(error)),
    };
    let back = format!("admin/digests/{name}");
    let asked = Asked { what: "send test", subject: name, back };
    let context = desk.web.context.clone();
    let doing = async move {
        let report = job::send_test(&context, &zoned).await.map_err(|error| error.to_string())?;
        outcome(&report, || format!("{} sent", report.count(DeliveryState::Sent)))
    };
    errand(&desk, &operator, asked, doing).await
}
