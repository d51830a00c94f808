//! Decides slots, once each, whoever asks and however often.

use chrono::{DateTime, Utc};

use super::Context;
use crate::domain::{Decision, Slot};
use crate::store::{StoreError, schedules};

/// When the schedule is due next, if that was stored under the same fingerprint.
pub async fn stored_next(
    context: &Context,
    schedule: &str,
    fingerprint: &str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let mut lease = context.store.read().await?;
    schedules::next_at(&mut lease.conn(), schedule, fingerprint).await
}

/// Stores when the schedule is due next.
pub async fn store_next(
    context: &Context,
    schedule: &str,
    fingerprint: &str,
    next: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut tx = context.store.begin().await?;
    schedules::set_next_at(&mut tx.conn(), schedule, fingerprint, next).await?;
    tx.commit().await
}

/// Records a decision for every slot of `decided` and advances the schedule to `next`, all or nothing.
/// Gives back the slots that are now ours to run: those that nobody had decided before.
pub async fn decide(
    context: &Context,
    decided: Vec<(Slot, Decision)>,
    fingerprint: &str,
    next: Option<DateTime<Utc>>,
) -> Result<Vec<Slot>, StoreError> {
    let now = context.clock.now();
    let mut ours = Vec::new();
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    for (slot, decision) in decided {
        if let Some(next) = next {
            schedules::set_next_at(conn, &slot.schedule, fingerprint, next).await?;
        }
        if schedules::decide(conn, &slot, &decision, now).await? && decision == Decision::Run {
            ours.push(slot);
        }
    }
    tx.commit().await?;
    Ok(ours)
}

/// Says of a slot that was begun that there was nothing to do.
pub async fn amend(context: &Context, slot: &Slot, reason: &str) -> Result<(), StoreError> {
    let mut tx = context.store.begin().await?;
    schedules::amend(&mut tx.conn(), slot, &Decision::Skipped(reason.to_owned())).await?;
    tx.commit().await
}
