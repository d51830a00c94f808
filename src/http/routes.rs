//! Which address belongs to whom.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::feeds::Served;
use super::health::Watched;
use super::pages::{self, Pages};
use super::{archive, health, reading, safety};
use crate::jobs::Context;

/// What the handlers work with.
#[derive(Debug)]
pub(super) struct Web {
    /// The parts: store, clock, site, feeds, digests.
    pub context: Context,
    /// Published files.
    pub files: Served,
    /// Pages that were made a moment ago.
    pub pages: Pages,
}

/// Every route with the limits and headers that all share.
pub(super) fn router(files: Served, context: Context, watched: Watched) -> Router {
    let health = health::routes(context.clone(), watched);
    let web = Arc::new(Web { context, files, pages: Pages::default() });
    let routes = Router::new()
        .route("/", get(reading::home))
        .route("/style.css", get(pages::style))
        .route("/feeds/{name}", get(reading::feed))
        .route("/articles/{id}", get(reading::article))
        .route("/digests/{name}", get(archive::archive))
        .route("/digests/{name}/{edition}", get(archive::edition))
        .fallback(pages::not_found)
        .with_state(web)
        .merge(health);
    safety::around(routes)
}
