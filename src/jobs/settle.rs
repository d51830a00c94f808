//! What an operator says of deliveries: try again, or settle what is in doubt; and of addresses that get no mail.

use thiserror::Error;

use super::Context;
use crate::domain::{
    Delivery, DeliveryState, EmailAddress, IllegalTransition, SubscriberState, Suppression,
    SuppressionReason,
};
use crate::store::{Conn, StoreError, outbox, subscribers, suppressions};

/// Why it was not done.
#[derive(Debug, Error)]
pub enum SettleError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger does not allow it.
    #[error(transparent)]
    Step(#[from] IllegalTransition),
}

/// What a person found out about a mail that was in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// It arrived.
    Sent,
    /// It did not, and shall not.
    Failed,
}

/// Deliveries that stand in one of `states`.
pub async fn deliveries(
    context: &Context,
    states: &[DeliveryState],
) -> Result<Vec<Delivery>, StoreError> {
    let mut lease = context.store.read().await?;
    let mut found = Vec::new();
    for state in states {
        found.extend(outbox::in_state(&mut lease.conn(), *state).await?);
    }
    Ok(found)
}

/// Lets them be sent again, under the same Message-IDs; gives how many were free for it. Who is suppressed or has left stays
/// without mail, whatever was chosen.
pub async fn retry(context: &Context, chosen: &[Delivery]) -> Result<usize, SettleError> {
    let now = context.clock.now();
    let mut wanted = Vec::new();
    let mut lease = context.store.read().await?;
    for delivery in chosen {
        if is_wanted(context, &mut lease.conn(), delivery).await? {
            wanted.push(delivery.clone());
        }
    }
    drop(lease);
    write(context, &wanted, |delivery| {
        // What is deferred already comes at once.
        if delivery.state == DeliveryState::Deferred {
            delivery.not_before = now;
            return Ok(());
        }
        delivery.retry(now)
    })
    .await
}

async fn is_wanted(
    context: &Context,
    conn: &mut Conn<'_>,
    delivery: &Delivery,
) -> Result<bool, StoreError> {
    let address = &delivery.address;
    let fingerprint = context.reader_key.fingerprint(address);
    if suppressions::get(conn, address, &fingerprint).await?.is_some() {
        return Ok(false);
    }
    let list = outbox::message(conn, delivery.message).await?.and_then(|message| message.list);
    let subscriptions = subscribers::of_address(conn, address).await?;
    Ok(!subscriptions.iter().any(|one| {
        one.state == SubscriberState::Unsubscribed && Some(one.digest.as_str()) == list.as_deref()
    }))
}

/// Settles what is in doubt; gives how many still were.
pub async fn settle(
    context: &Context,
    chosen: &[Delivery],
    finding: Finding,
) -> Result<usize, SettleError> {
    let state = match finding {
        Finding::Sent => DeliveryState::Sent,
        Finding::Failed => DeliveryState::Failed,
    };
    write(context, chosen, |delivery| delivery.settle_by_hand(state)).await
}

async fn write(
    context: &Context,
    chosen: &[Delivery],
    step: impl Fn(&mut Delivery) -> Result<(), IllegalTransition>,
) -> Result<usize, SettleError> {
    let now = context.clock.now();
    let mut written = 0;
    let mut tx = context.store.begin().await?;
    for delivery in chosen {
        let from = delivery.state;
        let mut delivery = delivery.clone();
        step(&mut delivery)?;
        written += usize::from(outbox::update(&mut tx.conn(), &delivery, from, now).await?);
    }
    tx.commit().await?;
    Ok(written)
}

/// Addresses that get no mail.
pub async fn suppressed(context: &Context) -> Result<Vec<Suppression>, StoreError> {
    let mut lease = context.store.read().await?;
    suppressions::all(&mut lease.conn()).await
}

/// No more mail to this address; `false` where it got none already.
pub async fn suppress(context: &Context, address: &EmailAddress) -> Result<bool, StoreError> {
    let now = context.clock.now();
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    let reason = SuppressionReason::Operator;
    let added = suppressions::put(conn, address, reason, "by command", now).await?;
    outbox::cancel(conn, address, None, "suppressed: operator", now).await?;
    tx.commit().await?;
    Ok(added)
}

/// Lets an address be written to again; `false` where nothing stood against it. Whoever owns it subscribes anew.
pub async fn clear(context: &Context, address: &EmailAddress) -> Result<bool, StoreError> {
    let mut tx = context.store.begin().await?;
    let cleared = suppressions::clear(&mut tx.conn(), address, context.clock.now()).await?;
    tx.commit().await?;
    Ok(cleared)
}
