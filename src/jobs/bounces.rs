//! What comes back: bounces and complaints → who gets no more mail. Hard bounces and complaints suppress at once, soft bounces by
//! their number.

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use super::{Context, Report};
use crate::domain::{Delivery, DeliveryState, DigestId, MailStatus, SuppressionReason};
use crate::mail::{MailError, Mailbox, Returned, What};
use crate::store::{Conn, StoreError, bounces, outbox, subscribers, suppressions};

/// Of a letter no more is looked into.
pub const LONGEST_LETTER: usize = crate::mail::LONGEST_LETTER as usize;
/// Letters read in one go; the rest waits for the next run.
const BATCH: usize = 1000;
/// So many Deliveries that came back softly within [`SOFT_SPAN`] suppress an address.
const SOFT_LIMIT: i64 = 5;
/// A mailbox that was full last season is not held against anyone.
const SOFT_SPAN: TimeDelta = TimeDelta::days(60);

/// Why a mail that came back was not dealt with.
#[derive(Debug, Error)]
pub enum BounceError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mailbox.
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// What a mail that came back led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The address gets no more mail.
    Suppressed,
    /// It was noted.
    Noted,
    /// The reader has left the list.
    Left,
    /// It asks for nothing, or is not about a mail of ours.
    None,
}

/// Reads what is new in the mailboxes that are configured.
pub async fn collect(context: &Context, report: &mut Report) {
    for mailbox in &context.bounces {
        if let Err(error) = empty(context, mailbox, report).await {
            report.fail("bounces", &error);
        }
    }
}

async fn empty(
    context: &Context,
    mailbox: &Mailbox,
    report: &mut Report,
) -> Result<(), BounceError> {
    let mut round = mailbox.round(BATCH).await?;
    while let Some(letter) = mailbox.next(&mut round).await? {
        match receive(context, &letter).await {
            Ok(effect) => {
                report.returned += usize::from(effect != Effect::None);
                report.suppressed += usize::from(effect == Effect::Suppressed);
                mailbox.done(&mut round).await?;
            }
            // It stays unread, for the next run.
            Err(error) => report.fail("bounces", &error),
        }
    }
    round.end().await;
    Ok(())
}

/// Takes in a mail that came back, from wherever it was handed over (RFC 5322 bytes).
pub async fn receive(context: &Context, mail: &[u8]) -> Result<Effect, StoreError> {
    let Some(Returned { token, what }) = Returned::read(mail) else { return Ok(Effect::None) };
    let Some(delivery) = find(context, &token).await? else { return Ok(Effect::None) };
    let now = context.clock.now();
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    let effect = match what {
        What::Failed { status, words } => failed(conn, &delivery, status, &words, now).await?,
        What::Complaint(words) => {
            let reason = SuppressionReason::Complaint;
            suppress(conn, &delivery, reason, &words, now).await?
        }
        What::Leave => leave(conn, &delivery, now).await?,
        What::Delayed | What::Nothing => Effect::None,
    };
    tx.commit().await?;
    Ok(effect)
}

/// Looks through the whole list of a Message, which must not hold up who writes: anybody may send letters here.
async fn find(context: &Context, token: &str) -> Result<Option<Delivery>, StoreError> {
    let mut lease = context.store.read().await?;
    outbox::of_token(&mut lease.conn(), token).await
}

/// A server refused the address to our face, which is as good as a bounce.
pub(super) async fn refused(context: &Context, delivery: &Delivery) -> Result<(), StoreError> {
    let words = delivery.response.as_deref().unwrap_or_default();
    let Some(status) = MailStatus::find(words).filter(|status| status.is_about_mailbox()) else {
        return Ok(());
    };
    let now = context.clock.now();
    let mut tx = context.store.begin().await?;
    judge(&mut tx.conn(), delivery, Some(status), words, now).await?;
    tx.commit().await
}

async fn failed(
    conn: &mut Conn<'_>,
    delivery: &Delivery,
    status: Option<MailStatus>,
    words: &str,
    now: DateTime<Utc>,
) -> Result<Effect, StoreError> {
    // The next server refused what the relay had taken: that settles what was in doubt, too.
    if matches!(delivery.state, DeliveryState::Sent | DeliveryState::Unknown) {
        let bounced = Delivery {
            state: DeliveryState::Failed,
            response: Some(format!("bounced: {words}")),
            ..delivery.clone()
        };
        outbox::update(conn, &bounced, delivery.state, now).await?;
    }
    judge(conn, delivery, status, words, now).await
}

async fn judge(
    conn: &mut Conn<'_>,
    delivery: &Delivery,
    status: Option<MailStatus>,
    words: &str,
    now: DateTime<Utc>,
) -> Result<Effect, StoreError> {
    if status.is_some_and(MailStatus::is_dead_mailbox) {
        return suppress(conn, delivery, SuppressionReason::HardBounce, words, now).await;
    }
    // Refused for what we sent or who we are: nothing the reader did, and nothing to count against the address.
    if status.is_some_and(|status| !status.is_about_mailbox() && !status.is_about_the_way()) {
        return Ok(Effect::Noted);
    }
    bounces::put(conn, &delivery.address, &delivery.mail_id, "soft", words, now).await?;
    let soft = bounces::count(conn, &delivery.address, "soft", now - SOFT_SPAN).await?;
    if soft < SOFT_LIMIT {
        return Ok(Effect::Noted);
    }
    suppress(conn, delivery, SuppressionReason::SoftBounces, words, now).await
}

async fn suppress(
    conn: &mut Conn<'_>,
    delivery: &Delivery,
    reason: SuppressionReason,
    words: &str,
    now: DateTime<Utc>,
) -> Result<Effect, StoreError> {
    let added = suppressions::put(conn, &delivery.address, reason, words, now).await?;
    let why = format!("suppressed: {}", reason.as_str());
    outbox::cancel(conn, &delivery.address, None, &why, now).await?;
    Ok(if added { Effect::Suppressed } else { Effect::Noted })
}

async fn leave(
    conn: &mut Conn<'_>,
    delivery: &Delivery,
    now: DateTime<Utc>,
) -> Result<Effect, StoreError> {
    let message = outbox::message(conn, delivery.message).await?;
    let list = message.and_then(|message| message.list);
    let Some(digest) = list.and_then(|list| DigestId::new(&list).ok()) else {
        return Ok(Effect::None);
    };
    subscribers::leave(conn, &digest, &delivery.address, now).await?;
    outbox::cancel(conn, &delivery.address, Some(digest.as_str()), "unsubscribed", now).await?;
    Ok(Effect::Left)
}
