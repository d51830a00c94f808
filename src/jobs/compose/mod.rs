//! Store → Edition → outbox: decided once, kept with its reasons, then handed to every reader.
//!
//! | step | file |
//! |---|---|
//! | which Articles, and which not | `choose.rs` |
//! | each story once | `stories.rs` |
//! | section summaries by a model, where one is configured | `rewrite.rs` |
//! | Groups, order, further reading | `arrange.rs` |
//! | a Message a combination, a Delivery a reader | `fanout.rs` |
//! | the same without a trace | `preview.rs` |

mod arrange;
mod choose;
mod fanout;
mod preview;
mod rewrite;
mod stories;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use super::report::Composition;
use super::{Context, ZonedDigest};
use crate::domain::{Cadence, Choices, Decision, Edition, Slot, edition_name};
use crate::render::{Press, RenderError};
use crate::store::editions::StoredEdition;
use crate::store::memory::{self, Memory, Remembered};
use crate::store::{StoreError, editions, schedules, subscribers};
pub use preview::{Found, Look, Preview, preview, send_test};
pub use rewrite::Answers;

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

/// What an Edition would be.
struct Draft {
    edition: Edition,
    remembered: Vec<Remembered>,
    /// Articles that waited for it, those without room included.
    waited: usize,
    answers: Answers,
}

/// Composes the Edition of `digest` for `slot` and puts it into the outbox. An Edition that is there already is the one: what
/// is left of its readers is handed on.
pub async fn compose(
    context: &Context,
    digest: &ZonedDigest,
    cadence: &Cadence,
    slot: &Slot,
) -> Result<Composition, ComposeError> {
    let (id, name) = (&digest.digest.id, &cadence.name);
    let known = {
        let mut lease = context.store.read().await?;
        editions::at(&mut lease.conn(), id, name, slot.at).await?
    };
    let mut answers = Answers::default();
    let stored = match known {
        Some(stored) => stored,
        None => match decide(context, digest, cadence, slot).await? {
            Ok((stored, asked)) => {
                answers = asked;
                stored
            }
            Err(outcome) => return Ok(outcome),
        },
    };
    let deliveries =
        if stored.is_complete { 0 } else { fanout::fan_out(context, digest, &stored).await? };
    let left_out = stored.edition.left_out.len();
    let briefs = stored.edition.briefs().count();
    Ok(Composition::Edition { briefs, left_out, deliveries, answers })
}

/// Decides and records; or says why there is no Edition.
async fn decide(
    context: &Context,
    digest: &ZonedDigest,
    cadence: &Cadence,
    slot: &Slot,
) -> Result<Result<(StoredEdition, Answers), Composition>, ComposeError> {
    if !has_audience(context, digest, cadence).await? {
        let reason = "it has nobody to go to: set site.operator, or add subscribers";
        return Ok(Err(Composition::Skipped(reason.into())));
    }
    let now = context.clock.now();
    let late = late_sources(context, digest, slot, now).await?;
    if !late.is_empty() {
        return Ok(Err(Composition::Waiting(late)));
    }
    let draft = draft(context, digest, cadence, slot, &Manner::composing(now)).await?;
    let enough = cadence.every.unwrap_or(1).max(digest.digest.min_articles);
    if draft.waited == 0 {
        return Ok(Err(Composition::Skipped("nothing new".into())));
    }
    if draft.waited < enough {
        let reason = format!("{} of {enough} articles wait", draft.waited);
        return Ok(Err(Composition::Skipped(reason)));
    }
    Ok(Ok((record(context, digest, draft.edition, &draft.remembered, now).await?, draft.answers)))
}

/// Writes the Edition and its web copy; who came first has it.
async fn record(
    context: &Context,
    digest: &ZonedDigest,
    edition: Edition,
    remembered: &[Remembered],
    now: DateTime<Utc>,
) -> Result<StoredEdition, ComposeError> {
    let press = Press::new(&edition, &digest.digest, &context.site, &digest.stationery);
    let reading = fanout::reading(digest, &Choices::default());
    let subject = press.mail(&reading, &Choices::default())?.map(|mail| mail.subject);
    let web = press.web(&reading)?;
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    let (id, cadence) = (&digest.digest.id, &edition.cadence);
    let subject = subject.unwrap_or_default();
    if editions::insert(conn, &edition, &subject, &web, now).await? {
        let memory = Memory { digest: id, cadence, now };
        memory::remember(conn, memory, edition.id, remembered).await?;
    } else if let Some(first) = editions::at(conn, id, cadence, edition.slot).await? {
        return Ok(first);
    }
    tx.commit().await?;
    Ok(StoredEdition { edition, web, fanned_to: String::new(), is_complete: false })
}

/// How a draft is made.
struct Manner {
    now: DateTime<Utc>,
    /// As if the cadence had had nothing.
    forgetful: bool,
    /// Whether a model may be asked what it was not asked before.
    asks: bool,
}

impl Manner {
    fn composing(now: DateTime<Utc>) -> Self {
        Self { now, forgetful: false, asks: true }
    }
}

/// What an Edition would hold.
async fn draft(
    context: &Context,
    zoned: &ZonedDigest,
    cadence: &Cadence,
    slot: &Slot,
    manner: &Manner,
) -> Result<Draft, ComposeError> {
    let (digest, now) = (&zoned.digest, manner.now);
    let mut choice = {
        let mut lease = context.store.read().await?;
        choose::choose(&mut lease.conn(), digest, cadence, now, manner.forgetful).await?
    };
    let answers = rewrite::rewrite(context, &mut choice.chosen, manner.asks).await?;
    let mut groups = arrange::groups(&choice.chosen, digest, &context.feeds);
    let memory = Memory { digest: &digest.id, cadence: &cadence.name, now };
    let memory = (!manner.forgetful).then_some(memory);
    {
        let mut lease = context.store.read().await?;
        arrange::add_related(&mut lease.conn(), memory, &choice.chosen, &mut groups).await?;
    }
    let mut edition = Edition::new(digest.id.clone(), &cadence.name, slot, choice.window, groups);
    edition.left_out = choice.left_out;
    Ok(Draft { edition, remembered: choice.remembered, waited: choice.waited, answers })
}

/// What was decided about the last slots of each cadence, the newest first, by the name that an Edition of it has. An
/// Edition may have a slot that no schedule knows: of a first run, or of one that was forced.
pub async fn slots(
    context: &Context,
    digest: &ZonedDigest,
    last: u32,
) -> Result<Vec<(String, Decision)>, StoreError> {
    let (id, now) = (&digest.digest.id, context.clock.now());
    let mut lease = context.store.read().await?;
    let conn = &mut lease.conn();
    let editions = editions::list(conn, id, now + TimeDelta::seconds(1), last.into()).await?;
    let mut found: BTreeMap<String, Decision> = editions
        .iter()
        .map(|edition| (edition_name(edition.slot, &edition.cadence), Decision::Run))
        .collect();
    for cadence in &digest.digest.cadences {
        for (slot, decision) in schedules::last_decided(conn, &cadence.schedule, last).await? {
            found.insert(edition_name(slot.at, &cadence.name), decision);
        }
    }
    Ok(found.into_iter().rev().collect())
}

/// The Edition of that name; see [`Edition::name`].
pub async fn edition(
    context: &Context,
    digest: &ZonedDigest,
    name: &str,
) -> Result<Option<Edition>, StoreError> {
    let mut lease = context.store.read().await?;
    let found = editions::named(&mut lease.conn(), &digest.digest.id, name).await?;
    Ok(found.map(|stored| stored.edition))
}

/// Whether the cadence never had an Edition.
pub async fn never_went_out(
    context: &Context,
    digest: &ZonedDigest,
    cadence: &Cadence,
) -> Result<bool, StoreError> {
    let (now, id) = (context.clock.now(), &digest.digest.id);
    let mut lease = context.store.read().await?;
    let last = editions::last_composed(&mut lease.conn(), id, &cadence.name, now).await?;
    Ok(last.is_none())
}

/// Whether it may go to anybody: somebody has subscribed, or it is the cadence that the operator gets meanwhile.
async fn has_audience(
    context: &Context,
    digest: &ZonedDigest,
    cadence: &Cadence,
) -> Result<bool, StoreError> {
    let goes_to_operator = context.operator.is_some() && digest.digest.is_first(&cadence.name);
    let mut lease = context.store.read().await?;
    Ok(goes_to_operator || subscribers::has_any(&mut lease.conn(), &digest.digest.id).await?)
}

/// Schedules of sources that the digest takes from and whose run, begun when the Edition was due or before, is not over;
/// none once the digest has waited long enough.
async fn late_sources(
    context: &Context,
    digest: &ZonedDigest,
    slot: &Slot,
    now: DateTime<Utc>,
) -> Result<Vec<String>, StoreError> {
    if now >= slot.at + digest.digest.grace {
        return Ok(Vec::new());
    }
    let taken = &digest.digest.selection.sources;
    let sources = context.sources.iter().map(|source| &source.id);
    let sources = sources.filter(|id| taken.is_empty() || taken.contains(id));
    let own = sources.map(|id| format!("source/{id}"));
    let mut late = Vec::new();
    let mut lease = context.store.read().await?;
    for schedule in std::iter::once("ingest".to_owned()).chain(own) {
        let begun = schedules::begun(&mut lease.conn(), &schedule).await?;
        if begun.iter().any(|begun| begun.at <= slot.at) {
            late.push(schedule);
        }
    }
    Ok(late)
}
