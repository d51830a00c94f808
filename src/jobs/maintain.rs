//! Keeps the store in order: takes out what is old enough, lets search find what it does not yet, and holds a reserve against
//! a full disk.

use super::{Context, Report};
use crate::store::retention::{self, Kind};
use crate::store::{StoreError, audit, standings, stories};

/// Takes out what is old enough. On a full disk, where nothing can even be deleted, the reserve is given up for it.
pub async fn maintain(context: &Context, report: &mut Report) {
    let mut swept = sweep(context).await;
    if matches!(swept, Err(StoreError::Full(_))) && context.store.give_up_reserve() {
        tracing::warn!(
            "the disk is full; the store's reserve was given up so that old rows can be taken out"
        );
        swept = sweep(context).await;
    }
    if let Err(error) = swept {
        report.fail("store", &error);
    }
    hold_reserve(context).await;
}

/// Sets the reserve aside, at the start and whenever there is space for it again.
pub async fn hold_reserve(context: &Context) {
    if !context.store.keep_reserve().await {
        tracing::warn!("there is too little space for the store's reserve; free some");
    }
}

async fn sweep(context: &Context) -> Result<(), StoreError> {
    let keep = &context.keep;
    let kinds = [
        (Kind::Documents, Some(keep.documents)),
        (Kind::Messages, Some(keep.messages)),
        (Kind::Editions, Some(keep.editions)),
        (Kind::Slots, Some(keep.slots)),
        (Kind::Articles, keep.articles),
    ];
    for (kind, time) in kinds {
        let Some(time) = time else { continue };
        let rows = retention::take_out(&context.store, kind, time, context.clock.now()).await?;
        if rows > 0 {
            tracing::info!(?kind, rows, days = time.num_days(), "taken out, old enough");
        }
    }
    let rows = stories::forget(&context.store, context.clock.now()).await?;
    if rows > 0 {
        tracing::info!(rows, "marks of stories that are no longer told were taken out");
    }
    let mut tx = context.store.begin().await?;
    // What sources were visited for is history of the same kind as slots; what was done at the desk, as editions.
    standings::forget(&mut tx.conn(), context.clock.now() - keep.slots).await?;
    audit::forget(&mut tx.conn(), context.clock.now() - keep.editions).await?;
    tx.commit().await?;
    let filled = context.store.fill_search().await?;
    if filled > 0 {
        tracing::info!(filled, "can be found by search from now on");
    }
    Ok(())
}
