//! Mail and readers as the desk shows them: some rows at a time, whatever there are.

use super::super::Context;
use super::super::settle::{self, Finding, SettleError};
use crate::domain::{Delivery, DeliveryState, DigestId, Subscriber};
use crate::store::{StoreError, outbox, subscribers};

/// Deliveries of one state that are shown.
pub const SHOWN: i64 = 100;

/// Deliveries in each of `states`, the newest first, as far as they are shown.
pub async fn deliveries(
    context: &Context,
    states: &[DeliveryState],
) -> Result<Vec<Delivery>, StoreError> {
    let mut lease = context.store.read().await?;
    let mut found = Vec::new();
    for state in states {
        found.extend(outbox::some_in_state(&mut lease.conn(), *state, SHOWN).await?);
    }
    Ok(found)
}

/// Readers of a digest after the address `after`, whatever their state, as far as they are shown.
pub async fn readers(
    context: &Context,
    digest: &DigestId,
    after: &str,
) -> Result<Vec<Subscriber>, StoreError> {
    let mut lease = context.store.read().await?;
    subscribers::page_of_all(&mut lease.conn(), digest, after, SHOWN).await
}

/// What is said of a delivery, named by the token of its Message-ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Try again.
    Retry,
    /// It arrived, or it did not.
    Settle(Finding),
}

/// Says it; `false` where the delivery is not to be had any more, or not for that.
pub async fn say(context: &Context, token: &str, word: Word) -> Result<bool, SettleError> {
    let found = {
        let mut lease = context.store.read().await?;
        outbox::of_token(&mut lease.conn(), token).await?
    };
    let Some(delivery) = found else { return Ok(false) };
    let done = match word {
        Word::Retry => settle::retry(context, &[delivery]).await?,
        Word::Settle(finding) => settle::settle(context, &[delivery], finding).await?,
    };
    Ok(done == 1)
}

/// Tries all again that stand in `state`; gives how many.
pub async fn retry_all(context: &Context, state: DeliveryState) -> Result<usize, SettleError> {
    let chosen = settle::deliveries(context, &[state]).await?;
    settle::retry(context, &chosen).await
}
