//! What an Edition would look like, for whom and when one likes: read only, and the same words as `compose` would send.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::{Context, ZonedDigest};
use super::fanout::{message, reading};
use super::{ComposeError, Draft, Manner, draft};
use crate::domain::{
    Cadence, Choices, Delivery, Edition, EmailAddress, Message, MessageKind, Slot,
};
use crate::render::Press;
use crate::store::{editions, outbox, subscribers};

/// What to look at.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// Through whose eyes; absent: of a reader who chose nothing.
    pub reader: Option<EmailAddress>,
    /// When; absent: now.
    pub at: Option<DateTime<Utc>>,
}

/// Where a preview's articles come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// They are what the next Edition will bring.
    New,
    /// Nothing is new: the newest articles stand in.
    StandIn,
    /// The Edition of that day, as it was composed.
    Kept,
}

/// A mail that was made to be looked at.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The mail.
    pub message: Message,
    /// What it holds.
    pub found: Found,
}

/// The mail of `digest` for one `look`, written nowhere; `None` where there is nothing to show.
pub async fn preview(
    context: &Context,
    digest: &ZonedDigest,
    look: &Look,
) -> Result<Option<Preview>, ComposeError> {
    let choices = choices(context, digest, look).await?;
    let chosen = choices.cadence.as_ref();
    let cadences = &digest.digest.cadences;
    let cadence = cadences.iter().find(|c| Some(&c.name) == chosen).or(cadences.first());
    let Some(cadence) = cadence else { return Ok(None) };
    let Some((edition, found)) = edition(context, digest, cadence, look).await? else {
        return Ok(None);
    };
    let reading = reading(digest, &choices);
    let press = Press::new(&edition, &digest.digest, &context.site, &digest.stationery);
    let Some(rendered) = press.mail(&reading, &choices)? else { return Ok(None) };
    let id = Message::id_of_edition(edition.id, "preview");
    let kind = MessageKind::Edition(edition.id);
    let message = message(id, kind, &digest.digest.id, reading.language, rendered);
    Ok(Some(Preview { message, found }))
}

async fn choices(
    context: &Context,
    digest: &ZonedDigest,
    look: &Look,
) -> Result<Choices, ComposeError> {
    let Some(address) = &look.reader else { return Ok(Choices::default()) };
    let mut lease = context.store.read().await?;
    let known = subscribers::get(&mut lease.conn(), &digest.digest.id, address).await?;
    Ok(known.map(|subscriber| subscriber.choices).unwrap_or_default())
}

async fn edition(
    context: &Context,
    digest: &ZonedDigest,
    cadence: &Cadence,
    look: &Look,
) -> Result<Option<(Edition, Found)>, ComposeError> {
    if let Some(at) = look.at
        && let Some(kept) = of_day(context, digest, cadence, at).await?
    {
        return Ok(Some((kept, Found::Kept)));
    }
    let now = look.at.unwrap_or_else(|| context.clock.now());
    let slot = Slot { schedule: cadence.schedule.clone(), at: now };
    for (forgetful, found) in [(false, Found::New), (true, Found::StandIn)] {
        let manner = Manner { now, forgetful, asks: false };
        let Draft { edition, .. } = draft(context, digest, cadence, &slot, &manner).await?;
        if edition.briefs().next().is_some() {
            return Ok(Some((edition, found)));
        }
    }
    Ok(None)
}

/// The Edition that was due on the day of `at`, by the digest's calendar.
async fn of_day(
    context: &Context,
    digest: &ZonedDigest,
    cadence: &Cadence,
    at: DateTime<Utc>,
) -> Result<Option<Edition>, ComposeError> {
    let midnight = at.with_timezone(&digest.zone).time() - chrono::NaiveTime::MIN;
    let from = at - midnight;
    let mut lease = context.store.read().await?;
    let (conn, until) = (&mut lease.conn(), from + TimeDelta::days(1));
    let kept = editions::between(conn, &digest.digest.id, &cadence.name, from, until).await?;
    Ok(kept.map(|stored| stored.edition))
}

/// Puts a Message of kind Test into the outbox: the mail that `preview` shows, to the operator alone. `None` where there is
/// nothing to show.
pub async fn send_test(
    context: &Context,
    digest: &ZonedDigest,
    operator: &EmailAddress,
) -> Result<Option<Preview>, ComposeError> {
    let Some(mut preview) = preview(context, digest, &Look::default()).await? else {
        return Ok(None);
    };
    let now = context.clock.now();
    preview.message.kind = MessageKind::Test;
    // Each try is a mail of its own.
    let parts = ["test", digest.digest.id.as_str(), &now.to_rfc3339()];
    preview.message.id = crate::domain::MessageId::derive(&parts);
    let id = preview.message.id;
    let delivery = Delivery::new(id, operator.clone(), now, context.mailer.domain());
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    outbox::insert_message(conn, &preview.message, now).await?;
    outbox::fan_out(conn, &[delivery], now).await?;
    tx.commit().await?;
    Ok(Some(preview))
}
