//! A source is mended: a place is tried on documents that were kept, and what is right is written into the configuration.

use std::sync::Arc;

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use super::super::replay::{self, Difference};
use super::super::{Context, Report};
use crate::domain::{Placement, Source, SourceId, Way};
use crate::normalize::{Field, Overrides, Rule};
use crate::store::StoreError;

/// Documents that a place is tried on: enough to see whether it is right, few enough to wait for.
const TRIED_ON: i64 = 20;

/// Why it was not done.
#[derive(Debug, Error)]
pub enum MendError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rule is none.
    #[error("{0}")]
    Rule(String),
    /// The configuration was not written.
    #[error("the configuration could not be written: {0}")]
    Write(String),
    /// It was written, and could not be put to work.
    #[error("it is written, but the daemon goes on with what was before: {0}")]
    Reload(String),
}

/// Asks for the configuration to be read anew, and hears what came of it.
pub type Reload = mpsc::Sender<oneshot::Sender<Result<(), String>>>;

/// Writes into the configuration where a field of a source stands.
pub type Write = dyn Fn(&SourceId, &Placement) -> Result<(), String> + Send + Sync;

/// The only hand that writes into the configuration.
#[derive(Clone)]
pub struct Pen {
    /// Writes it down.
    pub write: Arc<Write>,
    /// As it would stand there.
    pub block: fn(&Placement) -> String,
    /// Puts what is written to work.
    pub reload: Reload,
}

impl std::fmt::Debug for Pen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pen")
    }
}

/// What would be different of what was kept of `source`, were a field placed so. Changes nothing.
pub async fn trial(
    context: &Context,
    source: &Source,
    placement: &Placement,
) -> Result<Vec<Difference>, MendError> {
    let mut tried = context.clone();
    tried.overrides.insert(source.id.clone(), overrides(context, source, placement)?);
    let mut report = Report::default();
    let found = replay::replay_last(&tried, source, TRIED_ON, &mut report).await?;
    match report.failures.first() {
        Some(failure) if found.is_empty() => Err(MendError::Rule(failure.reason.clone())),
        _ => Ok(found),
    }
}

/// Writes it into the configuration and puts that to work.
pub async fn save(pen: &Pen, source: &SourceId, placement: &Placement) -> Result<(), MendError> {
    let (write, id, what) = (Arc::clone(&pen.write), source.clone(), placement.clone());
    let written = tokio::task::spawn_blocking(move || write(&id, &what)).await;
    written.map_err(|error| MendError::Write(error.to_string()))?.map_err(MendError::Write)?;
    let (answer, heard) = oneshot::channel();
    let gone = || MendError::Reload("it is about to end".to_owned());
    pen.reload.send(answer).await.map_err(|_| gone())?;
    heard.await.map_err(|_| gone())?.map_err(MendError::Reload)
}

/// What the operator says of the source already, and this.
fn overrides(
    context: &Context,
    source: &Source,
    placement: &Placement,
) -> Result<Overrides, MendError> {
    let mut overrides = context.overrides.get(&source.id).cloned().unwrap_or_default();
    let Some(field) = Field::parse(placement.field) else {
        overrides.remove(&placement.rule).map_err(MendError::Rule)?;
        return Ok(overrides);
    };
    let rule = match placement.way {
        Way::Css => Rule::css(&placement.rule),
        Way::Json => Rule::json(&placement.rule, placement.script.as_deref()),
        Way::Regex => Rule::regex(&placement.rule),
    };
    overrides.place(field, rule.map_err(MendError::Rule)?);
    Ok(overrides)
}
