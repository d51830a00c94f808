//! An Edition → the outbox: a Message for every combination of choices, a Delivery for every reader, in chunks that each
//! commit with the place they reached. A kill loses nobody and doubles nobody.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::super::{Context, ZonedDigest};
use super::ComposeError;
use crate::domain::{
    Choices, Delivery, DigestId, Edition, Language, Message, MessageId, MessageKind, Subscriber,
};
use crate::render::{Press, Reading, Rendered};
use crate::store::editions::{self, StoredEdition};
use crate::store::{StoreError, outbox, subscribers};

/// Readers handed to the outbox in one transaction; others must be able to write in between.
const CHUNK: i64 = 1000;

/// Hands `stored` to every reader of its cadence who has no Delivery yet. Gives the number of Deliveries.
pub(super) async fn fan_out(
    context: &Context,
    zoned: &ZonedDigest,
    stored: &StoredEdition,
) -> Result<usize, ComposeError> {
    let edition = &stored.edition;
    let press = Press::new(edition, &zoned.digest, &context.site, &zoned.stationery);
    let mut combinations = Combinations { zoned, press, known: HashMap::new() };
    let mut readers = page(context, &edition.digest, &stored.fanned_to).await?;
    let (mut fanned_to, mut count) = (stored.fanned_to.clone(), 0);
    loop {
        let is_last = i64::try_from(readers.len()).unwrap_or(i64::MAX) < CHUNK;
        if let Some(last) = readers.last() {
            last.address.as_str().clone_into(&mut fanned_to);
        }
        let now = context.clock.now();
        let mut chunk = Chunk { messages: Vec::new(), deliveries: Vec::new() };
        for reader in &readers {
            if reader.receives(&zoned.digest, &edition.cadence, zoned.zone, now) {
                chunk.add(context, &mut combinations, reader, now)?;
            }
        }
        if is_last && fanned_to.is_empty() {
            chunk.add_operator(context, &mut combinations, now).await?;
        }
        count += chunk.deliveries.len();
        let written = chunk.write(context, edition, &fanned_to, is_last, now);
        if is_last {
            written.await?;
            return Ok(count);
        }
        // The next ones are read while these are written.
        readers = tokio::try_join!(page(context, &edition.digest, &fanned_to), written)?.0;
    }
}

async fn page(
    context: &Context,
    digest: &DigestId,
    after: &str,
) -> Result<Vec<Subscriber>, StoreError> {
    let mut lease = context.store.read().await?;
    subscribers::page(&mut lease.conn(), digest, after, CHUNK).await
}

/// What one transaction writes.
struct Chunk {
    messages: Vec<Message>,
    deliveries: Vec<Delivery>,
}

impl Chunk {
    fn add(
        &mut self,
        context: &Context,
        combinations: &mut Combinations<'_>,
        reader: &Subscriber,
        now: DateTime<Utc>,
    ) -> Result<(), ComposeError> {
        let Some(message) = combinations.message(&reader.choices, &mut self.messages)? else {
            return Ok(());
        };
        let zone = reader.choices.zone.unwrap_or(combinations.zoned.zone);
        let not_before = reader.choices.not_before(now, zone);
        let address = reader.address.clone();
        let domain = context.mailer.domain();
        self.deliveries.push(Delivery::new(message, address, not_before, domain));
        Ok(())
    }

    /// All of it, and how far the Edition has come with it.
    async fn write(
        &self,
        context: &Context,
        edition: &Edition,
        fanned_to: &str,
        is_last: bool,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = context.store.begin().await?;
        let conn = &mut tx.conn();
        for message in &self.messages {
            outbox::insert_message(conn, message, now).await?;
        }
        outbox::fan_out(conn, &self.deliveries, now).await?;
        editions::advance(conn, edition.id, fanned_to, is_last).await?;
        tx.commit().await
    }

    /// While nobody has ever subscribed, the operator gets the first cadence, to see how it looks.
    async fn add_operator(
        &mut self,
        context: &Context,
        combinations: &mut Combinations<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), ComposeError> {
        let digest = &combinations.zoned.digest;
        let is_first = digest.is_first(&combinations.press.edition().cadence);
        let Some(operator) = context.operator.clone().filter(|_| is_first) else { return Ok(()) };
        let mut lease = context.store.read().await?;
        if subscribers::has_any(&mut lease.conn(), &digest.id).await? {
            return Ok(());
        }
        if let Some(message) = combinations.message(&Choices::default(), &mut self.messages)? {
            self.deliveries.push(Delivery::new(message, operator, now, context.mailer.domain()));
        }
        Ok(())
    }
}

/// Messages by what their readers chose; each is written once.
struct Combinations<'a> {
    zoned: &'a ZonedDigest,
    press: Press<'a>,
    known: HashMap<String, Option<MessageId>>,
}

impl Combinations<'_> {
    /// The Message for `choices`; written into `fresh` where it is new. `None` where nothing is left to read.
    fn message(
        &mut self,
        choices: &Choices,
        fresh: &mut Vec<Message>,
    ) -> Result<Option<MessageId>, ComposeError> {
        let reading = reading(self.zoned, choices);
        let name = combination(self.press.edition(), &reading, choices);
        if let Some(known) = self.known.get(&name) {
            return Ok(*known);
        }
        let rendered = self.press.mail(&reading, choices)?;
        let id = rendered.map(|rendered| {
            let edition = self.press.edition();
            let id = Message::id_of_edition(edition.id, &name);
            let kind = MessageKind::Edition(edition.id);
            fresh.push(message(id, kind, &self.zoned.digest.id, reading.language, rendered));
            id
        });
        self.known.insert(name, id);
        Ok(id)
    }
}

/// In whose words and by whose clock a reader with these `choices` reads.
pub(super) fn reading(zoned: &ZonedDigest, choices: &Choices) -> Reading {
    Reading {
        language: choices.language.clone().unwrap_or_else(|| zoned.digest.language.clone()),
        zone: choices.zone.unwrap_or(zoned.zone),
    }
}

/// Names all that makes one mail differ from another: words, clock, and which Briefs are kept. Topics that keep the same
/// Briefs are one combination.
fn combination(edition: &Edition, reading: &Reading, choices: &Choices) -> String {
    let kept = edition.briefs().map(|brief| if choices.keep_brief(brief) { '1' } else { '0' });
    format!("{} {} {}", reading.language, reading.zone.name(), kept.collect::<String>())
}

/// A Message of the list `digest`.
pub(super) fn message(
    id: MessageId,
    kind: MessageKind,
    digest: &DigestId,
    language: Language,
    rendered: Rendered,
) -> Message {
    Message {
        id,
        kind,
        subject: rendered.subject,
        language,
        text: rendered.text,
        html: rendered.html,
        list: Some(digest.to_string()),
    }
}
