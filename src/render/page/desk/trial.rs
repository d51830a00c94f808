//! A place that was tried on a source: what would be different, before and after.

use serde::Serialize;

use super::super::super::guard;
use super::{SHORT, short};
use crate::domain::Placement;

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
pub(super) struct TrialView<'a> {
    error: Option<String>,
    changes: Vec<ChangeView>,
    block: &'a str,
}

#[derive(Serialize)]
pub(super) struct PlacementView<'a> {
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

impl<'a> TrialView<'a> {
    pub(super) fn of(trial: &'a Trial) -> Self {
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
    pub(super) fn of(placement: &'a Placement) -> Self {
        Self {
            field: placement.field,
            way: placement.way.as_str(),
            rule: &placement.rule,
            script: placement.script.as_deref().unwrap_or_default(),
        }
    }
}
