//! Which address belongs to whom.

use std::net::IpAddr;
use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Router, middleware};

use super::desk::{self, Admin};
use super::feeds::Served;
use super::health::Watched;
use super::kept::Pages;
use super::limits::{Limits, Most};
use super::{archive, assets, health, own, pages, reading, safety, search, subscriptions, visitor};
use crate::jobs::Context;

/// Letters that may be asked for in an hour, of one network (a family, an office) and in all.
const LETTERS: Most = Most { per_network: 20, in_all: 2000 };

/// What the handlers work with.
#[derive(Debug)]
pub(super) struct Web {
    /// The parts: store, clock, site, feeds, digests.
    pub context: Context,
    /// Published files.
    pub files: Served,
    /// Pages that were made a moment ago.
    pub pages: Pages,
    /// How often strangers may ask for mail.
    pub limits: Limits,
    /// Proxies whose word about who asks is believed.
    pub proxies: Vec<IpAddr>,
}

/// Every route with the limits and headers that all share.
pub(super) fn router(
    files: Served,
    context: Context,
    watched: Watched,
    proxies: Vec<IpAddr>,
    admin: Admin,
    hook: Router,
) -> Router {
    let schedules = watched.schedules.clone();
    let health = health::routes(context.clone(), watched);
    let (pages, limits) = (Pages::default(), Limits::new(LETTERS));
    let web = Arc::new(Web { context, files, pages, limits, proxies });
    let desk = desk::routes(&web, admin, schedules);
    let routes = Router::new()
        .route("/", get(reading::home))
        .route("/style.css", get(assets::style))
        .route("/copy.js", get(assets::copy_script))
        .route("/icon.svg", get(assets::icon))
        .route("/robots.txt", get(assets::robots))
        .route("/search", get(search::search))
        .route("/feeds/{name}", get(reading::feed))
        .route("/articles/{id}", get(reading::article))
        .route("/digests/{name}", get(archive::archive))
        .route("/digests/{name}/subscribe", get(subscriptions::form).post(subscriptions::ask))
        .route("/confirm/{token}", get(own::confirm_page).post(own::confirm))
        .route("/unsubscribe/{token}", get(own::leave_page).post(own::leave))
        .route("/subscription/{token}", get(own::manage_page).post(own::manage))
        .route("/subscription/{token}/feed", post(own::open_feed))
        .route("/subscription/{token}/feed/end", post(own::end_feed))
        .route("/subscription/{token}/erase", post(own::ask_to_erase))
        .route("/erase/{token}", get(own::erase_page).post(own::erase))
        .route("/erase/{token}/data.json", get(own::export))
        .route("/digests/{name}/{edition}", get(archive::edition))
        .fallback(pages::not_found)
        .layer(middleware::from_fn_with_state(Arc::clone(&web), visitor::remember))
        .with_state(web)
        .merge(health)
        .merge(hook)
        .merge(desk);
    safety::around(routes)
}
