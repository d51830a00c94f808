//! The sign-up form, which works without scripts, and what becomes of it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Form, Path, State};
use axum::http::{Response, StatusCode};
use serde::Deserialize;

use super::archive::digest;
use super::own::{failed, known_cadence, private, step};
use super::pages::{self, frame, refused};
use super::routes::Web;
use super::visitor::{Client, Visitor};
use crate::domain::{Choices, EmailAddress};
use crate::jobs::subscribe;
use crate::render::page::{self, Step};

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
