//! One digest as the desk shows it: the next mail for each kind of reader, what became of its slots, and what was left out.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use thiserror::Error;

use super::super::compose::{self, ComposeError, Found, Look};
use super::super::{Context, Report, ZonedDigest, deliver};
use crate::domain::{Choices, Edition, EmailAddress};
use crate::render::page::desk::{Combination, DigestPage, EditionLine, SlotDecision};
use crate::store::{Conn, StoreError, editions, subscribers};

/// Readers whose choices are looked at; beyond, there is hardly a combination that was not seen.
const READERS: i64 = 2000;
/// Combinations that are shown, those of most readers first.
const COMBINATIONS: usize = 6;
/// Editions and slots that are shown.
const SHOWN: u32 = 20;

/// Why no test mail was sent.
#[derive(Debug, Error)]
pub enum TestError {
    /// The digest could not be composed.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// There is nobody to send it to.
    #[error("nobody to send it to; set site.operator")]
    NoOperator,
    /// There is nothing to send.
    #[error(
        "there is nothing to show: no article fits the digest and its reader; `pressroom run` fetches some"
    )]
    Nothing,
}

/// Sends the next mail of a digest to the operator, as a test, through the same ledger as every mail.
pub async fn send_test(context: &Context, digest: &ZonedDigest) -> Result<Report, TestError> {
    let operator = context.operator.as_ref().ok_or(TestError::NoOperator)?;
    compose::send_test(context, digest, operator).await?.ok_or(TestError::Nothing)?;
    let mut report = Report::default();
    deliver::deliver(context, &mut report).await;
    Ok(report)
}

/// All that is shown of a digest, and the Edition of that name closely.
pub async fn look(
    context: &Context,
    digest: &ZonedDigest,
    edition: Option<&str>,
) -> Result<DigestPage, ComposeError> {
    let id = &digest.digest.id;
    let mut lease = context.store.read().await?;
    let chosen = chosen(&mut lease.conn(), digest).await?;
    let end = context.clock.now() + TimeDelta::seconds(1);
    let listed = editions::list(&mut lease.conn(), id, end, SHOWN.into()).await?;
    drop(lease);
    let mut combinations = Vec::new();
    for (choices, (reader, readers)) in chosen {
        combinations.push(combination(context, digest, choices, reader, readers).await?);
    }
    let slots = compose::slots(context, digest, SHOWN).await?.into_iter();
    let edition: Option<Edition> = match edition {
        Some(name) => compose::edition(context, digest, name).await?,
        None => None,
    };
    Ok(DigestPage {
        id: id.to_string(),
        title: digest.digest.title.clone(),
        operator: context.operator.clone(),
        combinations,
        slots: slots.map(|(name, decision)| SlotDecision { name, decision }).collect(),
        editions: listed.into_iter().map(line).collect(),
        edition,
    })
}

fn line(listed: editions::ListedEdition) -> EditionLine {
    let name = crate::domain::edition_name(listed.slot, &listed.cadence);
    EditionLine { name, slot: listed.slot, subject: listed.subject, briefs: listed.briefs }
}

/// A combination of choices: in words, with one of its readers and how many there are.
type Chosen = (Choices, (Option<EmailAddress>, usize));

/// What readers have chosen, as far as it makes one mail differ from another; the digest's own way where nobody reads it.
async fn chosen(conn: &mut Conn<'_>, digest: &ZonedDigest) -> Result<Vec<Chosen>, StoreError> {
    let readers = subscribers::page(conn, &digest.digest.id, "", READERS).await?;
    let mut found: BTreeMap<String, Chosen> = BTreeMap::new();
    for reader in readers {
        let choices = Choices { hour: None, paused_until: None, ..reader.choices };
        let entry = found.entry(format!("{choices:?}"));
        entry.or_insert((choices, (Some(reader.address), 0))).1.1 += 1;
    }
    if found.is_empty() {
        return Ok(vec![(Choices::default(), (None, 0))]);
    }
    let mut chosen: Vec<Chosen> = found.into_values().collect();
    chosen.sort_by_key(|(_, (_, readers))| std::cmp::Reverse(*readers));
    chosen.truncate(COMBINATIONS);
    Ok(chosen)
}

async fn combination(
    context: &Context,
    digest: &ZonedDigest,
    choices: Choices,
    reader: Option<EmailAddress>,
    readers: usize,
) -> Result<Combination, ComposeError> {
    let preview = compose::preview(context, digest, &Look { reader, at: None }).await?;
    Ok(Combination {
        choices,
        readers,
        is_new: preview.as_ref().is_some_and(|preview| preview.found == Found::New),
        mail: preview.map(|preview| (preview.message.subject, preview.message.text)),
    })
}
