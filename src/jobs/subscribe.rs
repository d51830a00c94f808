//! Who receives what: asking, confirming, choosing, leaving, and being forgotten. Every door — page, mail, command — comes here.

use ring::rand::{SecureRandom as _, SystemRandom};
use thiserror::Error;

use super::{Context, ZonedDigest};
use crate::domain::{
    Choices, Confirmation, Delivery, Digest, DigestId, EmailAddress, Locale, Message, MessageId,
    MessageKind, Purpose, Spent, Subscriber, SubscriberState, SubscriptionError, Token,
};
use crate::render::{self, Letter, RenderError};
use crate::store::{Conn, StoreError, confirmations, erasure, outbox, subscribers, suppressions};

/// Why a step was not taken.
#[derive(Debug, Error)]
pub enum SubscribeError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mail.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The state does not allow it.
    #[error(transparent)]
    State(#[from] SubscriptionError),
    /// The link is worth nothing.
    #[error(transparent)]
    Spent(#[from] Spent),
    /// There is no such Digest.
    #[error("no digest is named {0}")]
    NoDigest(DigestId),
    /// The system has no random numbers.
    #[error("the system gives no random numbers, which links in mail are made with")]
    Random,
}

/// Asks `address` by mail whether it wants the Digest. The answer is the same whatever is known of the address: who asks learns
/// nothing of others. One such letter an address a day, and none to a suppressed one.
pub async fn ask(
    context: &Context,
    digest: &DigestId,
    address: EmailAddress,
    choices: Choices,
    locale: Locale,
) -> Result<(), SubscribeError> {
    let digest = &find(context, digest)?.digest;
    let now = context.clock.now();
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    if !may_write_to(context, conn, &address, Purpose::Subscribe).await? {
        return Ok(());
    }
    let known = subscribers::get(conn, &digest.id, &address).await?;
    if known.is_none() {
        let mut pending = Subscriber::pending(address.clone(), digest.id.clone());
        pending.choices = choices.clone();
        subscribers::put(conn, &pending, now).await?;
    }
    let confirmation =
        Confirmation::new(Purpose::Subscribe, digest.id.clone(), address, choices, now);
    write_to(context, conn, digest, &confirmation, locale).await?;
    tx.commit().await?;
    Ok(())
}

/// Sends a fresh link for seeing and erasing what is kept of the reader behind `token`, which stands in every mail.
pub async fn ask_to_erase(
    context: &Context,
    token: &str,
    locale: Locale,
) -> Result<(), SubscribeError> {
    let (digest, address) = opened(context, token)?;
    let digest = &find(context, &digest)?.digest;
    let now = context.clock.now();
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    if !may_write_to(context, conn, &address, Purpose::Erase).await? {
        return Ok(());
    }
    let choices = Choices::default();
    let confirmation = Confirmation::new(Purpose::Erase, digest.id.clone(), address, choices, now);
    write_to(context, conn, digest, &confirmation, locale).await?;
    tx.commit().await?;
    Ok(())
}

/// What a token of `purpose` stands for, while it does.
pub async fn pending(
    context: &Context,
    token: &Token,
    purpose: Purpose,
) -> Result<Confirmation, SubscribeError> {
    let mut lease = context.store.read().await?;
    let now = context.clock.now();
    let found = confirmations::get(&mut lease.conn(), token, purpose, now).await?;
    Ok(found.ok_or(Spent)?)
}

/// The owner of the address says yes: from now on it receives the Digest.
pub async fn confirm(context: &Context, token: &Token) -> Result<Subscriber, SubscribeError> {
    let now = context.clock.now();
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    let found = confirmations::get(conn, token, Purpose::Subscribe, now).await?;
    let found = found.ok_or(Spent)?;
    let known = subscribers::get(conn, &found.digest, &found.address).await?;
    let mut subscriber =
        known.unwrap_or_else(|| Subscriber::pending(found.address.clone(), found.digest.clone()));
    if subscriber.state != SubscriberState::Confirmed {
        subscriber.choices = found.choices;
    }
    subscriber.confirm()?;
    subscribers::put(conn, &subscriber, now).await?;
    confirmations::spend(conn, token).await?;
    tx.commit().await?;
    tracing::info!(digest = %subscriber.digest, "a reader confirmed");
    Ok(subscriber)
}

/// The subscription that the link in a mail stands for.
pub async fn of_link(context: &Context, token: &str) -> Result<Subscriber, SubscribeError> {
    let (digest, address) = opened(context, token)?;
    let mut lease = context.store.read().await?;
    let found = subscribers::get(&mut lease.conn(), &digest, &address).await?;
    Ok(found.unwrap_or_else(|| {
        let mut left = Subscriber::pending(address, digest);
        left.state = SubscriberState::Unsubscribed;
        left
    }))
}

/// The reader behind the link leaves. Nothing of the list that still waits goes out.
pub async fn leave(context: &Context, token: &str) -> Result<DigestId, SubscribeError> {
    let (digest, address) = opened(context, token)?;
    let now = context.clock.now();
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    subscribers::leave(conn, &digest, &address, now).await?;
    outbox::cancel(conn, &address, Some(digest.as_str()), "unsubscribed", now).await?;
    tx.commit().await?;
    tracing::info!(%digest, "a reader left");
    Ok(digest)
}

/// The reader behind the link chooses anew.
pub async fn choose(
    context: &Context,
    token: &str,
    choices: Choices,
) -> Result<Subscriber, SubscribeError> {
    let (digest, address) = opened(context, token)?;
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    let found = subscribers::get(conn, &digest, &address).await?;
    let mut subscriber = found.ok_or(Spent)?;
    subscriber.choices = choices;
    subscribers::put(conn, &subscriber, context.clock.now()).await?;
    tx.commit().await?;
    Ok(subscriber)
}

/// All subscriptions of the address behind a fresh link, for its owner to keep.
pub async fn export(context: &Context, token: &Token) -> Result<Vec<Subscriber>, SubscribeError> {
    let found = pending(context, token, Purpose::Erase).await?;
    let mut lease = context.store.read().await?;
    Ok(subscribers::of_address(&mut lease.conn(), &found.address).await?)
}

/// Forgets the address behind a fresh link. A suppressed one stays so: a keyed hash of it is kept, which nobody can read.
pub async fn erase(context: &Context, token: &Token) -> Result<(), SubscribeError> {
    let found = pending(context, token, Purpose::Erase).await?;
    forget(context, &found.address).await
}

/// Forgets an address, on the operator's word.
pub async fn forget(context: &Context, address: &EmailAddress) -> Result<(), SubscribeError> {
    let fingerprint = context.reader_key.fingerprint(address);
    let mut tx = context.store.begin().await?;
    erasure::erase(&mut tx.conn(), address, &fingerprint).await?;
    tx.commit().await?;
    tracing::info!("an address was erased");
    Ok(())
}

/// Takes in somebody who confirmed elsewhere, on the operator's word; `false` where the address must not be written to.
pub async fn import(
    context: &Context,
    digest: &DigestId,
    address: EmailAddress,
    choices: Choices,
) -> Result<bool, SubscribeError> {
    find(context, digest)?;
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    if !is_writable(context, conn, &address).await? {
        return Ok(false);
    }
    let mut subscriber = Subscriber::pending(address, digest.clone());
    subscriber.choices = choices;
    subscriber.confirm()?;
    subscribers::put(conn, &subscriber, context.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// All who ever asked for a Digest.
pub async fn of_digest(context: &Context, id: &DigestId) -> Result<Vec<Subscriber>, StoreError> {
    let mut lease = context.store.read().await?;
    subscribers::of_digest(&mut lease.conn(), id).await
}

/// The link that stands for a subscription in its mails.
pub fn link(context: &Context, subscriber: &Subscriber) -> String {
    context.reader_key.seal(&subscriber.digest, &subscriber.address)
}

/// Whose link it is, and to which Digest.
pub(super) fn opened(
    context: &Context,
    token: &str,
) -> Result<(DigestId, EmailAddress), SubscribeError> {
    let opened = context.reader_key.open(token);
    Ok(opened.ok_or(Spent)?)
}

fn find<'c>(context: &'c Context, id: &DigestId) -> Result<&'c ZonedDigest, SubscribeError> {
    let found = context.digests.iter().find(|zoned| zoned.digest.id == *id);
    found.ok_or_else(|| SubscribeError::NoDigest(id.clone()))
}

async fn is_writable(
    context: &Context,
    conn: &mut Conn<'_>,
    address: &EmailAddress,
) -> Result<bool, StoreError> {
    let fingerprint = context.reader_key.fingerprint(address);
    Ok(suppressions::get(conn, address, &fingerprint).await?.is_none())
}

/// Whether a letter for `purpose` may go to `address` now; it has taken the day's one then.
async fn may_write_to(
    context: &Context,
    conn: &mut Conn<'_>,
    address: &EmailAddress,
    purpose: Purpose,
) -> Result<bool, StoreError> {
    Ok(is_writable(context, conn, address).await?
        && confirmations::take_day(conn, address, purpose, context.clock.now()).await?)
}

/// Puts the letter with a fresh link into the outbox: it goes through the same ledger and limits as all mail.
async fn write_to(
    context: &Context,
    conn: &mut Conn<'_>,
    digest: &Digest,
    confirmation: &Confirmation,
    locale: Locale,
) -> Result<(), SubscribeError> {
    let now = context.clock.now();
    let token = token()?;
    confirmations::clear(conn, now).await?;
    confirmations::put(conn, &token, confirmation).await?;
    let letter = match confirmation.purpose {
        Purpose::Subscribe => Letter::Confirm,
        Purpose::Erase => Letter::Erase,
    };
    let rendered = render::letter(letter, digest, &context.site, token.as_str(), locale)?;
    let message = Message {
        id: MessageId::derive(&["confirmation", &token.hash()]),
        kind: MessageKind::Confirmation,
        subject: rendered.subject,
        language: locale.language(),
        text: rendered.text,
        html: rendered.html,
        list: None,
    };
    let address = confirmation.address.clone();
    let delivery = Delivery::new(message.id, address, now, context.mailer.domain());
    outbox::insert_message(conn, &message, now).await?;
    outbox::fan_out(conn, &[delivery], now).await?;
    Ok(())
}

fn token() -> Result<Token, SubscribeError> {
    Ok(Token::new(&random()?))
}

/// What nobody guesses.
pub(super) fn random() -> Result<[u8; 32], SubscribeError> {
    let mut random = [0; 32];
    SystemRandom::new().fill(&mut random).map_err(|_| SubscribeError::Random)?;
    Ok(random)
}
