//! One source: how it is doing, what was fetched beside what became of it, and a place to mend it. All that came from
//! elsewhere is shown as text.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::super::{RenderError, guard};
use super::fetched::{Fetched, FetchedView};
use super::overview::{SourceLine, SourceView};
use super::trial::{PlacementView, Trial, TrialView};
use super::{DeskFrame, short, times, words};
use crate::domain::{Placement, Source, SourceKind, Way};

/// One source and all that is shown of it.
#[derive(Debug, Clone)]
pub struct SourcePage {
    /// The source.
    pub source: Source,
    /// How it stands.
    pub line: SourceLine,
    /// Its history, the newest first.
    pub visits: Vec<Visit>,
    /// What was kept of it, the newest first.
    pub documents: Vec<DocumentLine>,
    /// One of these, looked at closely.
    pub fetched: Option<Fetched>,
}

/// One visit.
#[derive(Debug, Clone)]
pub struct Visit {
    /// When.
    pub at: DateTime<Utc>,
    /// `read`, `failed` or `gone`.
    pub outcome: String,
    /// Articles that were there.
    pub found: i64,
    /// New ones.
    pub fresh: i64,
    /// Edited ones.
    pub changed: i64,
    /// What went wrong.
    pub reason: Option<String>,
}

/// A document that was kept.
#[derive(Debug, Clone)]
pub struct DocumentLine {
    /// What the source calls it.
    pub reference: String,
    /// When it was fetched last.
    pub at: DateTime<Utc>,
}

#[derive(Serialize)]
struct View<'a> {
    name: &'a str,
    kind: &'static str,
    place: String,
    stands: SourceView,
    is_running: bool,
    visits: Vec<VisitView>,
    documents: Vec<DocumentView>,
    fetched: Option<FetchedView>,
    fields: [&'static str; 8],
    ways: Vec<&'static str>,
    trial: Option<TrialView<'a>>,
    placement: Option<PlacementView<'a>>,
}

#[derive(Serialize)]
struct VisitView {
    at: times::Time,
    outcome: String,
    found: i64,
    fresh: i64,
    changed: i64,
    reason: Option<String>,
}

#[derive(Serialize)]
struct DocumentView {
    reference: String,
    query: String,
    at: times::Time,
    is_shown: bool,
}

/// Writes the page; `is_running` where the source is being read by hand.
pub fn source(
    desk: &DeskFrame<'_>,
    page: &SourcePage,
    trial: Option<&Trial>,
    is_running: bool,
) -> Result<String, RenderError> {
    let shown = page.fetched.as_ref().map(|fetched| fetched.reference.as_str());
    let view = View {
        name: page.source.id.as_str(),
        kind: kind(&page.source.kind),
        place: place(&page.source.kind),
        stands: SourceView::of(desk, &page.line),
        is_running,
        visits: page.visits.iter().map(|visit| VisitView::of(desk, visit)).collect(),
        documents: page.documents.iter().map(|one| DocumentView::of(desk, one, shown)).collect(),
        fetched: page.fetched.as_ref().map(|fetched| FetchedView::of(desk, fetched)),
        fields: Placement::FIELDS,
        ways: Way::ALL.iter().map(|way| way.as_str()).collect(),
        trial: trial.map(TrialView::of),
        placement: trial.map(|trial| PlacementView::of(&trial.placement)),
    };
    desk.rendered("source.html.j2", view)
}

fn kind(kind: &SourceKind) -> &'static str {
    match kind {
        SourceKind::Page { .. } => "page",
        SourceKind::Feed { .. } => "feed",
        SourceKind::Listing { .. } => "listing",
        SourceKind::Sitemap { .. } => "sitemap",
        SourceKind::Files { .. } => "files",
    }
}

fn place(kind: &SourceKind) -> String {
    match kind {
        SourceKind::Files { patterns, .. } => guard::line(&patterns.join(", ")),
        other => other.url().map(|url| guard::line(url.as_str())).unwrap_or_default(),
    }
}

impl VisitView {
    fn of(desk: &DeskFrame<'_>, visit: &Visit) -> Self {
        Self {
            at: desk.time(visit.at),
            outcome: guard::line(&words::outcome(&visit.outcome, desk.frame.locale)),
            found: visit.found,
            fresh: visit.fresh,
            changed: visit.changed,
            reason: visit.reason.as_deref().map(guard::line),
        }
    }
}

impl DocumentView {
    fn of(desk: &DeskFrame<'_>, document: &DocumentLine, shown: Option<&str>) -> Self {
        let pair = [("document", &document.reference)];
        Self {
            reference: short(&document.reference),
            query: url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pair).finish(),
            at: desk.time(document.at),
            is_shown: shown == Some(document.reference.as_str()),
        }
    }
}
