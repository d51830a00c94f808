//! One look, and what was done.

use std::sync::{Arc, PoisonError};

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{Response, StatusCode};
use chrono::{DateTime, TimeDelta};
use serde::Deserialize;

use super::super::pages::PageError;
use super::Desk;
use super::answer::page;
use super::door::Operator;
use crate::jobs::desk::{audit as acts, overview as job};
use crate::render::page::desk::{self, Overview};
use crate::store::StoreError;

/// What was gathered is shown to everybody who asks within this time.
const FRESH: TimeDelta = TimeDelta::seconds(5);
/// Acts on one page.
const ON_PAGE: i64 = 100;

/// `/admin`
pub(super) async fn overview(State(desk): State<Arc<Desk>>, operator: Operator) -> Response<Body> {
    let made = async {
        let all = desk.gathered().await?;
        Ok(desk::overview(&desk.frame(&operator.caller, "admin", None), &all)?)
    };
    page(&desk, &operator.caller, StatusCode::OK, made.await)
}

impl Desk {
    /// What was gathered is not to be shown again: something has changed.
    pub(super) fn forget_figures(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) async fn gathered(&self) -> Result<Arc<Overview>, StoreError> {
        let now = self.web.context.clock.now();
        let kept = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, all)) = kept.filter(|(at, _)| (now - *at).abs() < FRESH) {
            return Ok(all);
        }
        let all = Arc::new(job::gather(&self.web.context, &self.schedules).await?);
        let kept = Some((now, Arc::clone(&all)));
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        Ok(all)
    }
}

/// Where a page of the audit list begins.
#[derive(Debug, Default, Deserialize)]
pub(super) struct From {
    /// Acts before this microsecond of 1970 UTC.
    before: Option<i64>,
}

/// `/admin/audit`
pub(super) async fn audit(
    State(desk): State<Arc<Desk>>,
    operator: Operator,
    Query(from): Query<From>,
) -> Response<Body> {
    let made = async {
        let context = &desk.web.context;
        let end = context.clock.now() + TimeDelta::seconds(1);
        let before = from.before.and_then(DateTime::from_timestamp_micros).unwrap_or(end);
        let list = acts::list(context, before, ON_PAGE).await?;
        let is_more = i64::try_from(list.len()).is_ok_and(|count| count == ON_PAGE);
        let frame = desk.frame(&operator.caller, "admin/audit", None);
        Ok::<_, PageError>(desk::audit(&frame, &list, is_more)?)
    };
    page(&desk, &operator.caller, StatusCode::OK, made.await)
}
