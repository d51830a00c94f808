//! Decides slots, once each, whoever asks and however often.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Context;
use crate::domain::{Decision, Slot};
pub use crate::store::schedules::Next;
use crate::store::{StoreError, schedules};

/// A process that has not been heard of for so long is no more; what it had begun may be taken over.
const LEASE: TimeDelta = TimeDelta::seconds(90);
/// The clocks of several machines differ by less.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);
/// Work that was begun so often and never came to its end is given up: it may be what ends the process.
const MOST_ATTEMPTS: i64 = 5;

/// A name for this process that no other has.
pub fn new_holder() -> String {
    Uuid::now_v7().to_string()
}

/// Where the store belongs to one process at a time, nothing that was begun before can still be under way.
pub async fn begin_process(context: &Context) -> Result<(), StoreError> {
    if context.store.is_ours_alone() {
        let mut tx = context.store.begin().await?;
        schedules::abandon_all(&mut tx.conn()).await?;
        tx.commit().await?;
    }
    forget_future(context).await
}

/// A clock that stood ahead made slots look missed that have not come: they are to be decided when they come.
pub async fn forget_future(context: &Context) -> Result<(), StoreError> {
    let mut tx = context.store.begin().await?;
    let now = context.clock.now() + CLOCKS_DIFFER;
    let forgotten = schedules::forget_future(&mut tx.conn(), now).await?;
    tx.commit().await?;
    if forgotten > 0 {
        tracing::warn!(
            forgotten,
            "slots were skipped by a clock that stood ahead; they are decided when they come"
        );
    }
    Ok(())
}

/// When each schedule is due next, as far as it is known.
pub async fn stored_next(context: &Context) -> Result<HashMap<String, Next>, StoreError> {
    let mut lease = context.store.read().await?;
    let all = schedules::all_next(&mut lease.conn()).await?;
    Ok(all.into_iter().map(|next| (next.schedule.clone(), next)).collect())
}

/// Stores when schedules are due next.
pub async fn store_next(context: &Context, mut next: Vec<Next>) -> Result<(), StoreError> {
    if next.is_empty() {
        return Ok(());
    }
    sort(&mut next);
    let mut tx = context.store.begin().await?;
    schedules::set_next(&mut tx.conn(), &next).await?;
    tx.commit().await
}

/// What is decided about schedules whose slots have come.
#[derive(Debug, Default)]
pub struct Decided {
    /// Slots, and what becomes of each.
    pub slots: Vec<(Slot, Decision)>,
    /// Schedules that are not decided about yet, and stay where they are.
    pub held: Vec<Next>,
}

/// Advances schedules, and records what `decisions` says of their slots, all or nothing; it is told which schedules have work
/// under way anywhere. Gives back the slots that are now ours to work on: begun, and by nobody before.
pub async fn decide(
    context: &Context,
    holder: &str,
    mut advanced: Vec<Next>,
    decisions: impl FnOnce(&HashSet<String>) -> Decided,
) -> Result<Vec<Slot>, StoreError> {
    let now = context.clock.now();
    sort(&mut advanced);
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    // First, since it locks the schedules: nobody else decides about them until this is committed.
    schedules::set_next(conn, &advanced).await?;
    let Decided { mut slots, held } = decisions(&schedules::busy(conn, &advanced).await?);
    schedules::set_next(conn, &held).await?;
    slots.sort_by(|(a, _), (b, _)| (&a.schedule, a.at).cmp(&(&b.schedule, b.at)));
    let new = schedules::decide(conn, &slots, holder, now + LEASE, now).await?;
    tx.commit().await?;
    let is_ours = |(slot, decision): &(Slot, Decision)| {
        *decision == Decision::Begun && new.contains(&(slot.schedule.clone(), slot.at))
    };
    Ok(slots.into_iter().filter(is_ours).map(|(slot, _)| slot).collect())
}

/// Begins a slot that no timetable named, so that a kill does not forget it; `false` where it was decided before.
pub async fn begin(context: &Context, holder: &str, slot: &Slot) -> Result<bool, StoreError> {
    let begun = |_: &HashSet<String>| Decided {
        slots: vec![(slot.clone(), Decision::Begun)],
        held: Vec::new(),
    };
    Ok(!decide(context, holder, Vec::new(), begun).await?.is_empty())
}

/// In one order everywhere: transactions that lock the same rows then wait for one another, and never in a circle.
fn sort(next: &mut [Next]) {
    next.sort_by(|a, b| a.schedule.cmp(&b.schedule));
}

/// Takes over slots whose process is no more, as far as `is_ours` wants them.
pub async fn take_over(
    context: &Context,
    holder: &str,
    is_ours: impl Fn(&Slot) -> bool,
) -> Result<Vec<Slot>, StoreError> {
    let now = context.clock.now();
    let mut abandoned = {
        let mut lease = context.store.read().await?;
        schedules::abandoned(&mut lease.conn(), now).await?
    };
    abandoned.retain(|(slot, _)| is_ours(slot));
    if abandoned.is_empty() {
        return Ok(Vec::new());
    }
    let mut taken = Vec::new();
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    for (slot, attempts) in abandoned {
        if !schedules::take_over(conn, &slot, holder, now, now + LEASE).await? {
            continue;
        }
        if attempts >= MOST_ATTEMPTS {
            let reason = format!("begun {attempts} times, and never came to its end");
            schedules::settle(conn, &slot, holder, &Decision::Skipped(reason)).await?;
        } else {
            taken.push(slot);
        }
    }
    tx.commit().await?;
    Ok(taken)
}

/// Says of work under way that its process lives. Gives back the slots that are no longer ours.
pub async fn renew(
    context: &Context,
    holder: &str,
    under_way: &[Slot],
) -> Result<Vec<Slot>, StoreError> {
    let until = context.clock.now() + LEASE;
    let mut lost = Vec::new();
    let mut tx = context.store.begin().await?;
    for slot in under_way {
        if !schedules::renew(&mut tx.conn(), slot, holder, until).await? {
            lost.push(slot.clone());
        }
    }
    tx.commit().await?;
    Ok(lost)
}

/// Hands back what was begun and not ended, for others or for the next start.
pub async fn release(context: &Context, holder: &str) -> Result<(), StoreError> {
    let mut tx = context.store.begin().await?;
    schedules::release(&mut tx.conn(), holder).await?;
    tx.commit().await
}

/// Leaves a slot of the holder whose work must wait for something, to be taken up again in a while.
pub async fn postpone(context: &Context, holder: &str, slot: &Slot) -> Result<(), StoreError> {
    let mut tx = context.store.begin().await?;
    schedules::postpone(&mut tx.conn(), slot, holder).await?;
    tx.commit().await
}

/// Says what became of a slot that the holder has begun. Where another process took it over meanwhile, that one's word counts.
pub async fn settle(
    context: &Context,
    holder: &str,
    slot: &Slot,
    decision: &Decision,
) -> Result<(), StoreError> {
    let mut tx = context.store.begin().await?;
    let is_ours = schedules::settle(&mut tx.conn(), slot, holder, decision).await?;
    tx.commit().await?;
    if !is_ours {
        tracing::warn!(
            schedule = slot.schedule,
            at = %slot.at,
            "the slot was taken over or settled meanwhile; this end of its work is not recorded"
        );
    }
    Ok(())
}

/// How long after its instant an undecided slot counts as late.
pub fn late_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - LEASE
}
