//! Outbox → mail: a row a recipient, committed before the body is handed over and after the verdict.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use thiserror::Error;

use super::report::Delivered;
use super::{Context, OnUnknown, Report};
use crate::domain::{Delivery, DeliveryState, IllegalTransition, Message, MessageId, Verdict};
use crate::mail::{MailError, Session};
use crate::store::{StoreError, outbox};

/// Deliveries read from the outbox at once.
const BATCH: i64 = 100;

/// Why delivering stopped before its end.
#[derive(Debug, Error)]
enum DeliverError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Mail(#[from] MailError),
    #[error(transparent)]
    Ledger(#[from] IllegalTransition),
    #[error("the outbox names message {0}, which is not there")]
    NoMessage(MessageId),
}

/// Delivers what is due.
pub async fn deliver(context: &Context, report: &mut Report) {
    if let Err(error) = drain(context, report).await {
        report.fail(format!("mail to {}", context.mailer.destination()), &error);
    }
}

async fn drain(context: &Context, report: &mut Report) -> Result<(), DeliverError> {
    settle_interrupted(context).await?;
    if context.on_unknown == OnUnknown::Resend {
        let doubtful = read_in_state(context, DeliveryState::Unknown).await?;
        let again: Vec<Delivery> = doubtful.into_iter().filter(Delivery::may_be_resent).collect();
        send_all(context, again, report).await?;
    }
    loop {
        let due = {
            let mut lease = context.store.read().await?;
            outbox::due(&mut lease.conn(), context.clock.now(), BATCH).await?
        };
        if due.is_empty() || context.halt.is_asked() {
            return Ok(());
        }
        send_all(context, due, report).await?;
    }
}

/// What a killed process left between commit and verdict is in doubt, and says so. The store belongs to one process at a
/// time, so nothing found `sending` here can still be under way.
async fn settle_interrupted(context: &Context) -> Result<(), DeliverError> {
    let verdict = Verdict::Unknown("pressroom was stopped before the server's answer".into());
    for mut delivery in read_in_state(context, DeliveryState::Sending).await? {
        let from = delivery.state;
        delivery.settle(&verdict, context.clock.now())?;
        record(context, &delivery, from).await?;
    }
    Ok(())
}

async fn read_in_state(
    context: &Context,
    state: DeliveryState,
) -> Result<Vec<Delivery>, DeliverError> {
    let mut lease = context.store.read().await?;
    Ok(outbox::in_state(&mut lease.conn(), state).await?)
}

async fn send_all(
    context: &Context,
    deliveries: Vec<Delivery>,
    report: &mut Report,
) -> Result<(), DeliverError> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let mut session = context.mailer.session().await?;
    let mut messages = HashMap::new();
    for delivery in deliveries {
        // What is not begun waits in the outbox.
        if context.halt.is_asked() {
            break;
        }
        session.ready().await?;
        let message = message(context, &mut messages, delivery.message).await?;
        if let Some(done) = send(context, &mut session, message, delivery).await? {
            report.delivered.push(done);
        }
    }
    session.close().await;
    Ok(())
}

async fn message<'m>(
    context: &Context,
    known: &'m mut HashMap<MessageId, Message>,
    id: MessageId,
) -> Result<&'m Message, DeliverError> {
    match known.entry(id) {
        Entry::Occupied(entry) => Ok(entry.into_mut()),
        Entry::Vacant(entry) => {
            let mut lease = context.store.read().await?;
            let found = outbox::message(&mut lease.conn(), id).await?;
            Ok(entry.insert(found.ok_or(DeliverError::NoMessage(id))?))
        }
    }
}

/// One delivery; `None` where somebody else took it in hand first.
async fn send(
    context: &Context,
    session: &mut Session<'_>,
    message: &Message,
    mut delivery: Delivery,
) -> Result<Option<Delivered>, DeliverError> {
    let from = delivery.state;
    delivery.begin()?;
    if !record(context, &delivery, from).await? {
        return Ok(None);
    }
    let verdict = match context.mailer.compose(message, &delivery, context.clock.now()) {
        Ok(mail) => session.send(&mail).await,
        Err(error) => Verdict::Failed(error.to_string()),
    };
    delivery.settle(&verdict, context.clock.now())?;
    record(context, &delivery, DeliveryState::Sending).await?;
    let what = format!("{} to {}", message.list.as_deref().unwrap_or("notice"), delivery.address);
    let response = verdict.response().to_owned();
    Ok(Some(Delivered { what, state: delivery.state, response }))
}

/// Commits a step; `false` where the row no longer stood in `from`.
async fn record(
    context: &Context,
    delivery: &Delivery,
    from: DeliveryState,
) -> Result<bool, DeliverError> {
    let mut tx = context.store.begin().await?;
    let changed = outbox::update(&mut tx.conn(), delivery, from, context.clock.now()).await?;
    tx.commit().await?;
    Ok(changed)
}
