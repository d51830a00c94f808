//! For those who watch: `/healthz` (is it alive?), `/readyz` (may work be sent to it?), `/metrics` (how does it stand?).

use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{Response, StatusCode};
use axum::routing::get;

use crate::jobs::figures::{self, Figures};
use crate::jobs::{Context, Vitals};

/// The loop turns every half minute at least; one that has not for so long stands still.
const STANDS_STILL: Duration = Duration::from_mins(2);
/// A store that takes longer to answer does not.
const LONGEST_ANSWER: Duration = Duration::from_secs(2);
/// The text format of Prometheus.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

/// What is watched.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The daemon's loop and its work.
    pub vitals: Vitals,
    /// Names of all schedules in the configuration.
    pub schedules: BTreeSet<String>,
}

struct Health {
    context: Context,
    watched: Watched,
}

/// The three routes.
pub(super) fn routes(context: Context, watched: Watched) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(Health { context, watched }))
}

async fn alive(State(health): State<Arc<Health>>) -> Response<Body> {
    let since = health.watched.vitals.since_beat();
    if since < STANDS_STILL {
        return answer(StatusCode::OK, PLAIN, "alive\n".into());
    }
    let words = format!("the loop has stood still for {} seconds\n", since.as_secs());
    answer(StatusCode::SERVICE_UNAVAILABLE, PLAIN, words)
}

async fn ready(State(health): State<Arc<Health>>) -> Response<Body> {
    if !health.watched.vitals.is_ready() {
        let words = "schedules are being loaded, or the end has been asked for\n";
        return answer(StatusCode::SERVICE_UNAVAILABLE, PLAIN, words.into());
    }
    let answered =
        tokio::time::timeout(LONGEST_ANSWER, figures::store_answers(&health.context)).await;
    match answered {
        Ok(Ok(())) => answer(StatusCode::OK, PLAIN, "ready\n".into()),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            answer(StatusCode::SERVICE_UNAVAILABLE, PLAIN, "the store refuses\n".into())
        }
        Err(_) => {
            let words = "the store does not answer\n";
            answer(StatusCode::SERVICE_UNAVAILABLE, PLAIN, words.into())
        }
    }
}

async fn metrics(State(health): State<Arc<Health>>) -> Response<Body> {
    let Watched { vitals, schedules } = &health.watched;
    match figures::gather(&health.context, schedules).await {
        Ok(figures) => answer(StatusCode::OK, METRICS, page(&figures, vitals)),
        Err(error) => {
            tracing::warn!(%error, "no figures");
            answer(StatusCode::SERVICE_UNAVAILABLE, PLAIN, "the store refuses\n".into())
        }
    }
}

fn answer(status: StatusCode, media_type: &'static str, words: String) -> Response<Body> {
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, axum::http::HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    response
}

/// Names and units as Prometheus has them: base units, `_total` for what only grows.
fn page(figures: &Figures, vitals: &Vitals) -> String {
    let mut page = Page::default();
    page.one(
        "build_info",
        "gauge",
        "The version that runs.",
        &[(format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")), 1)],
    );
    page.gauge("ready", "1 while work may be sent here.", i64::from(vitals.is_ready()));
    page.gauge(
        "schedules_late",
        "Schedules with a slot of a while ago that nobody has decided.",
        figures.schedules_late,
    );
    page.gauge(
        "schedule_lateness_seconds",
        "Age of the oldest slot that nobody has decided.",
        figures.lateness,
    );
    let slots = counted(&figures.slots, "decision", &["begun", "run", "skipped"]);
    page.one("slots_last_day", "gauge", "Slots decided in the last 24 hours.", &slots);
    let ended: Vec<_> = vitals
        .ended()
        .into_iter()
        .map(|((work, end), count)| {
            (format!("{{work=\"{work}\",end=\"{}\"}}", end.as_str()), count)
        })
        .collect();
    page.one("work_ended_total", "counter", "Work that has ended since the start.", &ended);
    let health = ["fine", "thin", "empty", "failing", "gone"];
    let sources = counted(&figures.sources, "health", &health);
    page.one("sources", "gauge", "Sources by how they are.", &sources);
    page.gauge("articles", "Articles in the store.", figures.articles);
    let states = ["new", "sending", "deferred", "unknown", "failed"];
    let deliveries = counted(&figures.deliveries, "state", &states);
    page.one("deliveries", "gauge", "Deliveries not sent; unknown means in doubt.", &deliveries);
    page.gauge(
        "outbox_age_seconds",
        "How long the delivery has waited that waits longest.",
        figures.outbox_age,
    );
    page.gauge("store_size_bytes", "Size of the database.", figures.store_bytes);
    let words = "Size of SQLite's log, which a reader that is never done makes grow.";
    page.gauge("store_log_bytes", words, figures.log_bytes);
    let words = "Age of the oldest transaction that PostgreSQL keeps dead rows for.";
    page.gauge("store_oldest_snapshot_seconds", words, figures.oldest_snapshot);
    page.0
}

/// A sample for each word of `all`, whether it was counted or not: what is missing cannot be watched.
fn counted(counts: &[(String, i64)], label: &str, all: &[&str]) -> Vec<(String, i64)> {
    let count = |word: &str| counts.iter().find(|(known, _)| known == word).map_or(0, |(_, n)| *n);
    all.iter().map(|word| (format!("{{{label}=\"{word}\"}}"), count(word))).collect()
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.one(name, "gauge", help, &[(String::new(), value)]);
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, samples: &[(String, impl Display)]) {
        let name = format!("pressroom_{name}");
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(self.0, "{name}{labels} {value}");
        }
    }
}
