//! One source: how it is doing, what was fetched beside what became of it, and a place to mend it. All that came from
//! elsewhere is shown as text.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::super::{RenderError, guard};
use super::overview::{SourceLine, SourceView};
use super::{DeskFrame, times};
use crate::domain::{Article, Placement, Source, SourceKind, Way};

/// Characters of a value in a table.
const SHORT: usize = 240;
/// Characters of an article's text.
const TEXT: usize = 4000;

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

/// A document and what became of it.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// What the source calls it.
    pub reference: String,
    /// When it was fetched.
    pub at: DateTime<Utc>,
    /// What it is.
    pub media_type: &'static str,
    /// Its source text, or the beginning of it.
    pub text: String,
    /// Characters that it has in all.
    pub length: usize,
    /// The article that was made of it, or the last of them.
    pub article: Option<Article>,
    /// Which rule found each field.
    pub explained: Vec<Explained>,
    /// Why today's rules make no article of it.
    pub problem: Option<String>,
}

/// One field and the rule that found it.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Its name.
    pub field: &'static str,
    /// What it says.
    pub value: String,
    /// The rule, and where it stood.
    pub place: String,
    /// What else was there.
    pub beaten: Vec<Beaten>,
}

/// A value that was not taken.
#[derive(Debug, Clone)]
pub struct Beaten {
    /// Where it stood.
    pub place: String,
    /// What it says.
    pub value: String,
}

/// A place that was tried.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What was asked for.
    pub placement: Placement,
    /// What would be different, or why it cannot be tried.
    pub changes: Result<Vec<Change>, String>,
    /// As it would stand in the configuration.
    pub block: String,
}

/// An article that would be different.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its title.
    pub title: String,
    /// Whether there is none yet.
    pub is_new: bool,
    /// Its fields, before and after.
    pub fields: Vec<(String, Option<String>, Option<String>)>,
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

#[derive(Serialize)]
struct FetchedView {
    reference: String,
    at: times::Time,
    media_type: &'static str,
    text: String,
    is_cut: bool,
    length: usize,
    article: Option<ArticleView>,
    explained: Vec<ExplainedView>,
    problem: Option<String>,
}

#[derive(Serialize)]
struct ArticleView {
    id: String,
    lines: Vec<(&'static str, String)>,
    text: String,
}

#[derive(Serialize)]
struct ExplainedView {
    field: &'static str,
    value: String,
    place: String,
    beaten: Vec<(String, String)>,
}

#[derive(Serialize)]
struct TrialView<'a> {
    error: Option<String>,
    changes: Vec<ChangeView>,
    block: &'a str,
}

#[derive(Serialize)]
struct PlacementView<'a> {
    field: &'static str,
    way: &'static str,
    rule: &'a str,
    script: &'a str,
}

#[derive(Serialize)]
struct ChangeView {
    title: String,
    is_new: bool,
    fields: Vec<(String, Option<String>, Option<String>)>,
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

/// On one line, and not too much of it.
fn short(text: &str) -> String {
    let line = guard::line(text);
    match line.char_indices().nth(SHORT) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// Two values from shortly before the place where they begin to differ.
fn apart(before: Option<&str>, after: Option<&str>) -> (Option<String>, Option<String>) {
    let same = before.zip(after).map_or(0, |(before, after)| {
        before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count()
    });
    let from = same.saturating_sub(SHORT / 4);
    let part = |text: &str| {
        let rest: String = text.chars().skip(from).collect();
        let before = if from > 0 { "…" } else { "" };
        format!("{before}{}", short(&rest))
    };
    (before.map(part), after.map(part))
}

impl VisitView {
    fn of(desk: &DeskFrame<'_>, visit: &Visit) -> Self {
        Self {
            at: desk.time(visit.at),
            outcome: guard::line(&visit.outcome),
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

impl FetchedView {
    fn of(desk: &DeskFrame<'_>, fetched: &Fetched) -> Self {
        let explained = fetched.explained.iter().map(|one| ExplainedView {
            field: one.field,
            value: short(&one.value),
            place: short(&one.place),
            beaten: one.beaten.iter().map(|b| (short(&b.place), short(&b.value))).collect(),
        });
        Self {
            reference: guard::line(&fetched.reference),
            at: desk.time(fetched.at),
            media_type: fetched.media_type,
            text: guard::text(&fetched.text).into_owned(),
            is_cut: fetched.text.chars().count() < fetched.length,
            length: fetched.length,
            article: fetched.article.as_ref().map(|article| ArticleView::of(desk, article)),
            explained: explained.collect(),
            problem: fetched.problem.as_deref().map(guard::line),
        }
    }
}

impl ArticleView {
    fn of(desk: &DeskFrame<'_>, article: &Article) -> Self {
        let locale = desk.frame.locale;
        let moment = |moment: &crate::domain::Moment| moment.display(locale);
        let related = (!article.related.is_empty()).then(|| article.related.len().to_string());
        let lines = [
            ("title", Some(article.title.clone())),
            ("lead", article.lead.clone()),
            ("attribution", article.attribution.clone()),
            ("authors", Some(article.authors.join(", "))),
            ("published", article.published.as_ref().map(moment)),
            ("updated", article.updated.as_ref().map(moment)),
            ("language", article.language.as_ref().map(ToString::to_string)),
            ("tags", Some(article.tags.join(", "))),
            ("related", related),
        ];
        let said = lines.into_iter().filter_map(|(name, value)| Some((name, short(&value?))));
        let text: String = article.text().chars().take(TEXT).collect();
        Self {
            id: article.id.to_string(),
            lines: said.filter(|(_, value)| !value.is_empty()).collect(),
            text: guard::text(&text).into_owned(),
        }
    }
}

impl<'a> TrialView<'a> {
    fn of(trial: &'a Trial) -> Self {
        let changes = trial.changes.as_ref().map(Vec::as_slice).unwrap_or_default();
        let field = |(name, before, after): &(String, Option<String>, Option<String>)| {
            let (before, after) = apart(before.as_deref(), after.as_deref());
            (name.clone(), before, after)
        };
        // What follows from the others comes last.
        let follows =
            |name: &str| matches!(name, "sections" | "summary" | "text" | "related" | "facts");
        let change = |change: &Change| {
            let (last, first): (Vec<_>, Vec<_>) =
                change.fields.iter().partition(|(name, ..)| follows(name));
            ChangeView {
                title: short(&change.title),
                is_new: change.is_new,
                fields: first.into_iter().chain(last).map(field).collect(),
            }
        };
        Self {
            error: trial.changes.as_ref().err().map(|error| guard::line(error)),
            changes: changes.iter().map(change).collect(),
            block: &trial.block,
        }
    }
}

impl<'a> PlacementView<'a> {
    fn of(placement: &'a Placement) -> Self {
        Self {
            field: placement.field,
            way: placement.way.as_str(),
            rule: &placement.rule,
            script: placement.script.as_deref().unwrap_or_default(),
        }
    }
}
