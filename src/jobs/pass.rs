//! One full pass: ingest, publish, compose what is due, deliver.

use std::collections::BTreeMap;

use super::report::{Composed, Composition};
use super::{
    Context, Report, ZonedDigest, bounces, compose, deliver, health, ingest, maintain, publish,
    slots,
};
use crate::domain::{Cadence, Decision, Feed, Slot, Source};

/// An Edition to compose.
#[derive(Debug, Clone)]
pub struct DueEdition {
    /// The Digest.
    pub digest: ZonedDigest,
    /// Its cadence.
    pub cadence: Cadence,
    /// For when.
    pub slot: Slot,
    /// As whom the slot was begun.
    pub holder: String,
}

/// What a pass is to do.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Sources to read.
    pub sources: Vec<Source>,
    /// Whether a person asked for it: then sources are read though their own rhythm would not have it yet.
    pub asked: bool,
    /// Feeds to publish.
    pub feeds: Vec<Feed>,
    /// Digests whose own feeds to publish; those of which an Edition is composed come to it.
    pub digests: Vec<ZonedDigest>,
    /// Editions to compose.
    pub editions: Vec<DueEdition>,
    /// Whether to deliver what waits.
    pub deliver: bool,
    /// Whether to take out of the store what is old enough.
    pub maintain: bool,
}

/// How far a pass has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A step of so many parts begins.
    Begin(&'static str, usize),
    /// One part is done.
    Step,
}

/// Does what `plan` says; `progress` hears of each part.
pub async fn run(context: &Context, plan: &Plan, progress: &(dyn Fn(Progress) + Sync)) -> Report {
    let mut report = Report::default();
    if !plan.sources.is_empty() {
        read(context, plan, &mut report, progress).await;
    }
    progress(Progress::Begin("publishing feeds", plan.feeds.len()));
    for feed in &plan.feeds {
        if context.halt.is_asked() {
            report.broken_off = true;
            break;
        }
        publish::publish(context, feed, &mut report).await;
        progress(Progress::Step);
    }
    if !plan.feeds.is_empty() {
        publish::publish_index(context, &mut report).await;
    }
    progress(Progress::Begin("composing digests", plan.editions.len()));
    for due in &plan.editions {
        edition(context, due, &mut report).await;
        progress(Progress::Step);
    }
    let composed = plan.editions.iter().map(|due| &due.digest);
    let digests = composed.chain(&plan.digests).map(|zoned| &zoned.digest);
    // An Edition's page is there before its mail.
    for digest in digests.map(|digest| (&digest.id, digest)).collect::<BTreeMap<_, _>>().values() {
        publish::publish_digest(context, digest, &mut report).await;
    }
    if plan.deliver {
        progress(Progress::Begin("delivering", 1));
        bounces::collect(context, &mut report).await;
        deliver::deliver(context, &mut report).await;
        progress(Progress::Step);
    }
    if plan.maintain {
        maintain::maintain(context, &mut report).await;
    }
    report
}

async fn read(
    context: &Context,
    plan: &Plan,
    report: &mut Report,
    progress: &(dyn Fn(Progress) + Sync),
) {
    let due = match ingest::due(context, &plan.sources, plan.asked, report).await {
        Ok(due) => due,
        Err(error) => return report.fail("sources", &error),
    };
    progress(Progress::Begin("reading sources", due.len()));
    ingest::ingest(context, due, report, &|| progress(Progress::Step)).await;
    health::tell(context, report).await;
}

/// Composes one Edition and says of its slot what became of it.
async fn edition(context: &Context, due: &DueEdition, report: &mut Report) {
    let what = format!("digest {} ({})", due.digest.digest.id, due.cadence.name);
    let outcome = match compose::compose(context, &due.digest, &due.cadence, &due.slot).await {
        Ok(outcome) => outcome,
        Err(error) => return report.fail(what, &error),
    };
    let decision = match &outcome {
        Composition::Edition { .. } => Some(Decision::Run),
        Composition::Skipped(reason) => Some(Decision::Skipped(reason.clone())),
        // The slot stays begun, and is looked for again.
        Composition::Waiting(_) => None,
    };
    let settled = match decision {
        Some(decision) => slots::settle(context, &due.holder, &due.slot, &decision).await,
        None => slots::postpone(context, &due.holder, &due.slot).await,
    };
    if let Err(error) = settled {
        report.fail(&what, &error);
    }
    report.composed.push(Composed { what, outcome });
}
