//! Store → Edition → outbox: decided once, written whole.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::report::Composition;
use super::{Context, ZonedDigest};
use crate::domain::{
    ArticleId, Brief, Cadence, Delivery, Edition, EmailAddress, Group, Message, MessageKind, Slot,
};
use crate::render::{self, RenderError, Rendered};
use crate::store::{Conn, StoreError, articles, editions, outbox, subscribers};

/// Why an Edition was not composed.
#[derive(Debug, Error)]
pub enum ComposeError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mail.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// Composes the Edition of `digest` for `slot` and puts it into the outbox, all in one transaction.
pub async fn compose(
    context: &Context,
    digest: &ZonedDigest,
    cadence: &Cadence,
    slot: &Slot,
) -> Result<Composition, ComposeError> {
    let now = context.clock.now();
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    let addresses = audience(context, conn, digest, cadence, now).await?;
    if addresses.is_empty() {
        let reason = "it has nobody to go to: set site.operator, or add subscribers";
        return Ok(Composition::Skipped(reason.into()));
    }
    let had = had(conn, digest, cadence).await?;
    let Some(edition) = edition(conn, digest, cadence, slot, &had).await? else {
        return Ok(Composition::Skipped("nothing new".into()));
    };
    let rendered = render::digest(&edition, &digest.digest, &context.site, digest.zone)?;
    if !editions::insert(conn, &edition, now).await? {
        return Ok(Composition::Skipped("this slot has its edition already".into()));
    }
    let message = message(digest, &edition, rendered);
    let deliveries: Vec<Delivery> = addresses
        .into_iter()
        .map(|address| Delivery::new(message.id, address, now, context.mailer.domain()))
        .collect();
    outbox::insert_message(conn, &message, now).await?;
    outbox::fan_out(conn, &deliveries, now).await?;
    tx.commit().await?;
    Ok(Composition::Edition { briefs: edition.briefs().count(), deliveries: deliveries.len() })
}

/// Whether the cadence never had an Edition.
pub async fn never_went_out(
    context: &Context,
    digest: &ZonedDigest,
    cadence: &Cadence,
) -> Result<bool, StoreError> {
    let mut lease = context.store.read().await?;
    Ok(editions::count(&mut lease.conn(), &digest.digest.id, &cadence.name).await? == 0)
}

/// A mail that was made to be looked at.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The mail.
    pub message: Message,
    /// Whether it holds what the cadence has not had; otherwise the newest articles stand in.
    pub is_new: bool,
}

/// The mail that `digest` would bring now, written nowhere; `None` where there is no article at all.
pub async fn preview(
    context: &Context,
    digest: &ZonedDigest,
    cadence: &Cadence,
) -> Result<Option<Preview>, ComposeError> {
    let slot = Slot { schedule: cadence.schedule.clone(), at: context.clock.now() };
    let mut lease = context.store.read().await?;
    let conn = &mut lease.conn();
    let had = had(conn, digest, cadence).await?;
    let fresh = edition(conn, digest, cadence, &slot, &had).await?;
    let is_new = fresh.is_some();
    let edition = match fresh {
        Some(edition) => Some(edition),
        None => edition(conn, digest, cadence, &slot, &HashSet::new()).await?,
    };
    let Some(edition) = edition else { return Ok(None) };
    let rendered = render::digest(&edition, &digest.digest, &context.site, digest.zone)?;
    Ok(Some(Preview { message: message(digest, &edition, rendered), is_new }))
}

/// Whom the Edition goes to: those who receive this cadence; while nobody has ever subscribed, the operator, by the first
/// cadence.
async fn audience(
    context: &Context,
    conn: &mut Conn<'_>,
    digest: &ZonedDigest,
    cadence: &Cadence,
    now: DateTime<Utc>,
) -> Result<Vec<EmailAddress>, StoreError> {
    let subscribers = subscribers::of_digest(conn, &digest.digest.id).await?;
    let first = digest.digest.cadences.first().is_some_and(|c| c.name == cadence.name);
    if subscribers.is_empty() {
        // One letter a digest is enough to see how it looks.
        return Ok(context.operator.iter().filter(|_| first).cloned().collect());
    }
    Ok(subscribers
        .into_iter()
        .filter(|subscriber| subscriber.receives(&cadence.name, first, now))
        .map(|subscriber| subscriber.address)
        .collect())
}

async fn had(
    conn: &mut Conn<'_>,
    digest: &ZonedDigest,
    cadence: &Cadence,
) -> Result<HashSet<ArticleId>, StoreError> {
    let ids = editions::had(conn, &digest.digest.id, &cadence.name).await?;
    Ok(ids.into_iter().collect())
}

/// The newest articles that are not among those `had`.
async fn edition(
    conn: &mut Conn<'_>,
    digest: &ZonedDigest,
    cadence: &Cadence,
    slot: &Slot,
    had: &HashSet<ArticleId>,
) -> Result<Option<Edition>, StoreError> {
    let ZonedDigest { digest, .. } = digest;
    let fresh = articles::newest(conn, &digest.selection, slot.at, digest.limit, |stored| {
        !had.contains(&stored.article.id)
    })
    .await?;
    if fresh.is_empty() {
        return Ok(None);
    }
    let briefs = fresh.iter().map(|stored| Brief::of(&stored.article)).collect();
    let groups = vec![Group { heading: None, briefs }];
    Ok(Some(Edition::new(digest.id.clone(), &cadence.name, slot, groups)))
}

fn message(digest: &ZonedDigest, edition: &Edition, rendered: Rendered) -> Message {
    Message {
        id: Message::id_of_edition(edition.id),
        kind: MessageKind::Edition(edition.id),
        subject: rendered.subject,
        language: digest.digest.language.clone(),
        text: rendered.text,
        html: rendered.html,
        list: Some(digest.digest.id.to_string()),
    }
}
