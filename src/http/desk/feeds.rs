//! Feeds: the list, one of them, and publishing it now.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};

use super::super::pages::PageError;
use super::Desk;
use super::acts::{Asked, errand};
use super::answer::page;
use super::door::Operator;
use super::sources::outcome;
use crate::domain::Feed;
use crate::jobs::desk::feed as job;
use crate::jobs::pass::{self, Plan};
use crate::render::page::desk;

/// `/admin/feeds`
pub(super) async fn list(State(desk): State<Arc<Desk>>, operator: Operator) -> Response<Body> {
    let made = async {
        let context = desk.web.context.clone();
        let read = tokio::task::spawn_blocking(move || job::lines(&context));
        let all = read.await.map_err(|_| PageError::Failed)?;
        Ok(desk::feeds(&desk.frame(&operator.caller, "admin/feeds", None), &all)?)
    };
    page(&desk, &operator.caller, StatusCode::OK, made.await)
}

/// `/admin/feeds/NAME`
pub(super) async fn one(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Path(name): Path<String>,
) -> Response<Body> {
    let path = format!("admin/feeds/{name}");
    let made = async {
        let feed = desk.feed(&name)?.clone();
        let (context, wanted) = (desk.web.context.clone(), feed.clone());
        let read = tokio::task::spawn_blocking(move || job::files(&context, &wanted));
        let files = read.await.map_err(|_| PageError::Failed)?;
        let frame = desk.frame(&operator.caller, &path, operator.caller.notice());
        Ok(desk::feed(&frame, &feed, &files)?)
    };
    page(&desk, &operator.caller, StatusCode::OK, made.await)
}

/// `POST /admin/feeds/NAME/publish`
pub(super) async fn publish(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Path(name): Path<String>,
) -> Response<Body> {
    let feed = match desk.feed(&name) {
        Ok(feed) => feed.clone(),
        Err(error) => return page(&desk, &operator.caller, StatusCode::OK, Err(error)),
    };
    let back = format!("admin/feeds/{name}");
    let asked = Asked { what: "publish feed", subject: name, back };
    let context = desk.web.context.clone();
    let doing = async move {
        let plan = Plan { feeds: vec![feed], ..Plan::default() };
        let report = pass::run(&context, &plan, &|_| ()).await;
        outcome(&report, || format!("{} files are new", report.files_written()))
    };
    errand(&desk, &operator, asked, doing).await
}

impl Desk {
    fn feed(&self, name: &str) -> Result<&Feed, PageError> {
        let mut feeds = self.web.context.feeds.iter();
        feeds.find(|feed| feed.id.as_str() == name).ok_or(PageError::NotFound)
    }
}
