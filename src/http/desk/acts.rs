//! What is done at the desk: written down, set off, and answered by the page that it was asked on.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use url::form_urlencoded;

use super::Desk;
use super::answer::{page, redirected};
use super::door::Operator;
use super::errands::Errand;
use crate::jobs::desk::audit;
use crate::render::page::desk;
use crate::store::StoreError;

/// One write: what the audit list calls it, to what, and the page that it was asked on.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Such as `pause source`.
    pub what: &'static str,
    /// Such as a source's name.
    pub subject: String,
    /// Below the site's address, without a slash before it.
    pub back: String,
}

/// Does what takes no time.
pub(super) fn act<E: Display + From<StoreError>>(
    desk: &Desk,
    operator: &Operator,
    asked: Asked,
    doing: impl Future<Output = Result<String, E>>,
) -> impl Future<Output = Response<Body>> {
    // Jobs are large; handlers shall not be.
    let doing = Box::pin(doing);
    async move {
        let Asked { what, subject, back } = asked;
        let done = audit::act(&desk.web.context, &operator.actor, what, &subject, doing).await;
        answered(desk, operator, &back, done.map_err(|error| error.to_string()))
    }
}

/// Does what may take a while.
pub(super) fn errand(
    desk: &Arc<Desk>,
    operator: &Operator,
    asked: Asked,
    doing: impl Future<Output = Result<String, String>> + Send + 'static,
) -> impl Future<Output = Response<Body>> {
    let Asked { what, subject, back } = asked;
    let (context, actor) = (desk.web.context.clone(), operator.actor.clone());
    let name = errand_name(what, &subject);
    let doing = Box::pin(doing);
    let work = Box::pin(async move {
        let doing = async { doing.await.map_err(Failed) };
        let done = audit::act(&context, &actor, what, &subject, doing).await;
        done.map_err(|failed| failed.0)
    });
    async move {
        match desk.errands.run(name, work).await {
            Errand::Over(outcome) => answered(desk, operator, &back, outcome),
            Errand::GoesOn => told(desk, operator, &back, "goes on"),
            Errand::UnderWayAlready => told(desk, operator, &back, "under way already"),
        }
    }
}

/// What an errand is called while it is under way.
pub(super) fn errand_name(what: &str, subject: &str) -> String {
    format!("{what} {subject}")
}

fn answered(
    desk: &Desk,
    operator: &Operator,
    back: &str,
    outcome: Result<String, String>,
) -> Response<Body> {
    match outcome {
        Ok(outcome) => told(desk, operator, back, &outcome),
        Err(error) => {
            let frame = desk.frame(&operator.caller, back, None);
            let made = desk::failed(&frame, &error, back);
            page(desk, &operator.caller, StatusCode::CONFLICT, made.map_err(Into::into))
        }
    }
}

/// Back to the page, which says what was done.
fn told(desk: &Desk, operator: &Operator, back: &str, outcome: &str) -> Response<Body> {
    let sign = if back.contains('?') { '&' } else { '?' };
    let told = form_urlencoded::Serializer::new(String::new())
        .append_pair("told", outcome)
        .append_pair("by", &operator.caller.seal(outcome))
        .finish();
    redirected(desk, &operator.caller, &format!("{back}{sign}{told}"))
}

/// An error that is words already.
struct Failed(String);

impl Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}
