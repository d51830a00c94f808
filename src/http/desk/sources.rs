//! Sources: the list, and one of them with what can be done about it.

use std::sync::Arc;

use axum::Form;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Response, StatusCode};
use serde::Deserialize;

use super::super::pages::PageError;
use super::Desk;
use super::acts::{Asked, act, errand, errand_name};
use super::answer::page;
use super::door::Operator;
use crate::domain::{Placement, Source, Standing};
use crate::jobs::desk::{mend, source as job};
use crate::jobs::pass::{self, Plan};
use crate::jobs::replay::{self, Difference};
use crate::jobs::{Report, health};
use crate::render::page::desk::{self, Change, Trial};
use crate::store::StoreError;

/// Sources on one page.
const ON_PAGE: usize = 100;
/// What reading a source by hand is called.
const RUN: &str = "read source";

/// Which part of the list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Part {
    #[serde(default)]
    from: usize,
}

/// `/admin/sources`
pub(super) async fn list(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Query(part): Query<Part>,
) -> Response<Body> {
    let made = async {
        let all = job::list(&desk.web.context).await?;
        let frame = desk.frame(&operator.caller, "admin/sources", None);
        Ok::<_, PageError>(desk::sources(&frame, &all, part.from, ON_PAGE)?)
    };
    page(&desk, &operator.caller, StatusCode::OK, made.await)
}

/// What of a source is looked at, and what is tried on it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Look {
    document: Option<String>,
    #[serde(flatten)]
    tried: Tried,
}

/// Where a field may stand, as the form has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tried {
    field: String,
    way: String,
    rule: String,
    script: String,
}

impl Tried {
    fn placement(&self) -> Result<Placement, String> {
        let read = Placement::read(&self.field, &self.way, &self.rule, &self.script);
        read.map_err(|error| error.to_string())
    }
}

/// `/admin/sources/NAME`
pub(super) async fn one(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Path(name): Path<String>,
    Query(look): Query<Look>,
) -> Response<Body> {
    let path = format!("admin/sources/{name}");
    let made = async {
        let source = desk.source(&name)?;
        let context = &desk.web.context;
        let all = job::look(context, source, look.document.as_deref()).await?;
        let trial =
            if look.tried.rule.is_empty() { None } else { trial(&desk, source, &look.tried).await };
        let is_running = desk.errands.is_under_way(&errand_name(RUN, &name));
        let frame = desk.frame(&operator.caller, &path, operator.caller.notice());
        Ok(desk::source(&frame, &all, trial.as_ref(), is_running)?)
    };
    page(&desk, &operator.caller, StatusCode::OK, made.await)
}

async fn trial(desk: &Desk, source: &Source, tried: &Tried) -> Option<Trial> {
    let placement = tried.placement().ok()?;
    let changes = mend::trial(&desk.web.context, source, &placement).await;
    let changes = changes.map(|found| found.into_iter().map(change).collect());
    let block = (desk.pen.block)(&placement);
    Some(Trial { placement, changes: changes.map_err(|error| error.to_string()), block })
}

fn change(difference: Difference) -> Change {
    let fields = difference.fields.into_iter();
    Change {
        title: difference.title,
        is_new: difference.is_new,
        fields: fields.map(|field| (field.field, field.before, field.after)).collect(),
    }
}

/// `POST /admin/sources/NAME/mend`
pub(super) async fn mended(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Path(name): Path<String>,
    Form(tried): Form<Tried>,
) -> Response<Body> {
    let source = match desk.source(&name) {
        Ok(source) => source,
        Err(error) => return page(&desk, &operator.caller, StatusCode::OK, Err(error)),
    };
    let what = format!("{name}: {} {} {}", tried.field, tried.way, tried.rule);
    let asked = Asked { what: "mend source", subject: what, back: back(&name) };
    let doing = async {
        let placement = tried.placement().map_err(mend::MendError::Rule)?;
        mend::save(&desk.pen, &source.id, &placement).await?;
        Ok::<_, mend::MendError>("saved".to_owned())
    };
    act(&desk, &operator, asked, doing).await
}

/// `POST /admin/sources/NAME/pause`
pub(super) async fn pause(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Path(name): Path<String>,
) -> Response<Body> {
    let asked = Asked { what: "pause source", subject: name.clone(), back: back(&name) };
    let context = &desk.web.context;
    let doing = async {
        let source = desk.source(&name)?;
        let new = Standing::new(context.manners.pace, context.clock.now());
        health::pause(&context.store, &source.id, &new).await?;
        Ok::<_, PageError>("paused".to_owned())
    };
    act(&desk, &operator, asked, doing).await
}

/// `POST /admin/sources/NAME/resume`
pub(super) async fn resume(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Path(name): Path<String>,
) -> Response<Body> {
    let asked = Asked { what: "resume source", subject: name.clone(), back: back(&name) };
    let doing = async {
        let source = desk.source(&name)?;
        health::resume(&desk.web.context.store, &source.id).await?;
        Ok::<_, PageError>("read again from now on".to_owned())
    };
    act(&desk, &operator, asked, doing).await
}

/// `POST /admin/sources/NAME/run`: reads it now, unless its server or the operator has said otherwise.
pub(super) async fn run(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Path(name): Path<String>,
) -> Response<Body> {
    let source = match desk.source(&name) {
        Ok(source) => source.clone(),
        Err(error) => return page(&desk, &operator.caller, StatusCode::OK, Err(error)),
    };
    let asked = Asked { what: RUN, subject: name.clone(), back: back(&name) };
    let context = desk.web.context.clone();
    let doing = async move {
        let plan = Plan { sources: vec![source], asked: true, ..Plan::default() };
        let report = pass::run(&context, &plan, &|_| ()).await;
        outcome(&report, || {
            format!("{} new, {} edited", report.new_articles, report.changed_articles)
        })
    };
    errand(&desk, &operator, asked, doing).await
}

/// `POST /admin/sources/NAME/replay`: what today's rules make of documents that were kept takes the place of what they became.
pub(super) async fn replay(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Path(name): Path<String>,
) -> Response<Body> {
    let source = match desk.source(&name) {
        Ok(source) => source.clone(),
        Err(error) => return page(&desk, &operator.caller, StatusCode::OK, Err(error)),
    };
    let asked = Asked { what: "replay source", subject: name.clone(), back: back(&name) };
    let context = desk.web.context.clone();
    let doing = async move {
        let mut report = Report::default();
        let found = replay::replay(&context, &source, true, &mut report).await;
        let found = found.map_err(|error: StoreError| error.to_string())?;
        outcome(&report, || format!("{} articles are different now", found.len()))
    };
    errand(&desk, &operator, asked, doing).await
}

/// What a report comes to.
pub(super) fn outcome(report: &Report, done: impl FnOnce() -> String) -> Result<String, String> {
    if let Some(failure) = report.failures.first() {
        return Err(format!("{}: {}", failure.what, failure.reason));
    }
    Ok(report.notes.first().map_or_else(done, |noted| noted.note.to_string()))
}

fn back(name: &str) -> String {
    format!("admin/sources/{name}")
}

impl Desk {
    fn source(&self, name: &str) -> Result<&Source, PageError> {
        let mut sources = self.web.context.sources.iter();
        sources.find(|source| source.id.as_str() == name).ok_or(PageError::NotFound)
    }
}
