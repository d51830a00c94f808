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
/// Gives back the slots that are now ours to work on: begun, and by nobody before.
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
        if schedules::decide(conn, &slot, &decision, now).await? && decision == Decision::Begun {
            ours.push(slot);
        }
    }
    tx.commit().await?;
    Ok(ours)
}

/// Slots of the schedule that a process which is no more had begun.
pub async fn begun(context: &Context, schedule: &str) -> Result<Vec<Slot>, StoreError> {
    let mut lease = context.store.read().await?;
    schedules::begun(&mut lease.conn(), schedule).await
}

/// Says what became of a slot that was begun.
pub async fn settle(context: &Context, slot: &Slot, decision: &Decision) -> Result<(), StoreError> {
    let mut tx = context.store.begin().await?;
    schedules::settle(&mut tx.conn(), slot, decision).await?;
    tx.commit().await
}
