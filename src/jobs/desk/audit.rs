//! What was done at the desk: written down before it is done, and how it ended afterwards.

use std::fmt::Display;
use std::future::Future;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::Context;
use crate::domain::Act;
use crate::store::{StoreError, audit};

/// Who asks for something to be done.
#[derive(Debug, Clone)]
pub struct Actor {
    /// As the desk knows them.
    pub who: String,
    /// From which address.
    pub from: String,
}

/// An act that was written down and is not over.
#[derive(Debug)]
pub struct Begun(String);

/// Writes down what is about to be done.
pub async fn begin(
    context: &Context,
    actor: &Actor,
    what: &str,
    subject: &str,
) -> Result<Begun, StoreError> {
    let act = Act {
        at: context.clock.now(),
        who: actor.who.clone(),
        from: actor.from.clone(),
        what: what.to_owned(),
        subject: subject.to_owned(),
        outcome: None,
    };
    let id = Uuid::now_v7().to_string();
    let mut tx = context.store.begin().await?;
    audit::begin(&mut tx.conn(), &id, &act).await?;
    tx.commit().await?;
    Ok(Begun(id))
}

/// Writes down what is over already.
pub async fn note(
    context: &Context,
    actor: &Actor,
    what: &str,
    outcome: &str,
) -> Result<(), StoreError> {
    let begun = begin(context, actor, what, "").await?;
    end(context, begun, outcome).await
}

/// Writes down how it ended.
pub async fn end(context: &Context, begun: Begun, outcome: &str) -> Result<(), StoreError> {
    let mut tx = context.store.begin().await?;
    audit::end(&mut tx.conn(), &begun.0, outcome).await?;
    tx.commit().await
}

/// Does it, and writes down that it was asked for and what came of it, in its own words.
pub async fn act<E: Display + From<StoreError>>(
    context: &Context,
    actor: &Actor,
    what: &str,
    subject: &str,
    doing: impl Future<Output = Result<String, E>>,
) -> Result<String, E> {
    let begun = begin(context, actor, what, subject).await?;
    let done = doing.await;
    let outcome = match &done {
        Ok(words) => words.clone(),
        Err(error) => format!("failed: {error}"),
    };
    end(context, begun, &outcome).await?;
    done
}

/// The last acts before `before`, the newest first.
pub async fn list(
    context: &Context,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Act>, StoreError> {
    let mut lease = context.store.read().await?;
    audit::list(&mut lease.conn(), before, limit).await
}
