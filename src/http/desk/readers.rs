//! Who receives what: the list, asking somebody, forgetting somebody.

use std::sync::Arc;

use axum::Form;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{Response, StatusCode};
use serde::Deserialize;

use super::super::archive::digest;
use super::super::pages::PageError;
use super::Desk;
use super::acts::{Asked, act};
use super::answer::page;
use super::door::Operator;
use super::mail::{NO_ADDRESS, masked};
use crate::domain::{Choices, EmailAddress};
use crate::jobs::desk::mail as job;
use crate::jobs::subscribe::{self, SubscribeError};
use crate::render::page::desk;

/// Whose readers, and after which address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Part {
    digest: String,
    after: String,
}

/// `/admin/readers`
pub(super) async fn list(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Query(part): Query<Part>,
) -> Response<Body> {
    let made = async {
        let context = &desk.web.context;
        let shown = if part.digest.is_empty() {
            context.digests.first()
        } else {
            Some(digest(&desk.web, &part.digest)?)
        };
        let found = match shown {
            Some(zoned) => job::readers(context, &zoned.digest.id, &part.after).await?,
            None => Vec::new(),
        };
        let is_more = i64::try_from(found.len()).is_ok_and(|count| count == job::SHOWN);
        let frame = desk.frame(&operator.caller, "admin/readers", operator.caller.notice());
        let digests = context.digests.iter().map(|zoned| &zoned.digest);
        let shown = shown.map(|zoned| &zoned.digest);
        Ok::<_, PageError>(desk::readers(&frame, digests, shown, &found, is_more)?)
    };
    page(&desk, &operator.caller, StatusCode::OK, made.await)
}

/// An address, and the digest that it is about.
#[derive(Debug, Deserialize)]
pub(super) struct Addressed {
    digest: String,
    address: String,
}

impl Addressed {
    fn asked(&self, what: &'static str) -> Asked {
        let digest = url::form_urlencoded::byte_serialize(self.digest.as_bytes());
        let back = format!("admin/readers?digest={}", digest.collect::<String>());
        Asked { what, subject: masked(&self.address), back }
    }
}

/// `POST /admin/readers/add`: a letter asks them; nobody is put on a list.
pub(super) async fn add(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Form(form): Form<Addressed>,
) -> Response<Body> {
    let zoned = match digest(&desk.web, &form.digest) {
        Ok(zoned) => zoned,
        Err(error) => return page(&desk, &operator.caller, StatusCode::OK, Err(error)),
    };
    let doing = async {
        let Ok(address) = EmailAddress::new(&form.address) else { return Ok(NO_ADDRESS.into()) };
        let (id, locale) = (&zoned.digest.id, zoned.digest.locale());
        subscribe::ask(&desk.web.context, id, address, Choices::default(), locale).await?;
        Ok::<_, SubscribeError>("asked by mail".to_owned())
    };
    act(&desk, &operator, form.asked("ask reader"), doing).await
}

/// `POST /admin/readers/remove`: all that is kept of an address.
pub(super) async fn remove(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Form(form): Form<Addressed>,
) -> Response<Body> {
    let doing = async {
        let Ok(address) = EmailAddress::new(&form.address) else { return Ok(NO_ADDRESS.into()) };
        subscribe::forget(&desk.web.context, &address).await?;
        Ok::<_, SubscribeError>("forgotten".to_owned())
    };
    act(&desk, &operator, form.asked("forget reader"), doing).await
}
