//! The loop that waits for slots, decides each once, and runs what is due.

use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::{Id, JoinError, JoinSet};

use super::Timetable;
use crate::domain::{Cadence, Decision, Slot, Source};
use crate::jobs::pass::{self, DueEdition, Plan};
use crate::jobs::report::Composition;
use crate::jobs::{Context, Report, StoreError, ZonedDigest, slots};

/// The longest the loop sleeps: a clock that was set is noticed within this.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// The shortest: whatever happens, the loop does not spin.
const SHORTEST_SLEEP: Duration = Duration::from_millis(50);
/// The shortest after the store failed.
const AFTER_ERROR: Duration = Duration::from_secs(5);
/// How often slots are looked for that were begun and never settled.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(1);
/// How long running work may go on after the signal to stop.
const GRACE: Duration = Duration::from_secs(30);
/// Slots of one schedule that are recorded one by one after a long absence; what is beyond is one line in the log.
const MOST_MISSED: usize = 1000;

/// What a schedule sets off.
#[derive(Debug, Clone)]
pub enum Work {
    /// Read these sources.
    Ingest(Vec<Source>),
    /// Publish all feeds.
    Publish,
    /// Compose an Edition.
    Compose(Box<ZonedDigest>, Cadence),
    /// Deliver what waits.
    Deliver,
}

/// A schedule and what it sets off.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Unique name: `ingest`, `source/blog`, `digest/morning/daily` …
    pub name: String,
    /// When.
    pub timetable: Timetable,
    /// What.
    pub work: Work,
}

/// A slot that is ours to run now.
#[derive(Debug, Clone)]
pub struct Due {
    /// The slot.
    pub slot: Slot,
    /// What it sets off.
    pub work: Work,
}

/// Keeps the next instant of every schedule and decides slots.
#[derive(Debug)]
pub struct Scheduler {
    context: Context,
    plans: Vec<(Planned, Option<DateTime<Utc>>)>,
    /// When unsettled slots were last looked for.
    looked_at: Option<DateTime<Utc>>,
}

impl Scheduler {
    /// Takes up every schedule where the store left it; one that is new or was changed begins after now.
    pub async fn load(context: &Context, plans: Vec<Planned>) -> Result<Self, StoreError> {
        let mut loaded = Vec::new();
        for planned in plans {
            let fingerprint = planned.timetable.fingerprint();
            let stored = slots::stored_next(context, &planned.name, &fingerprint).await?;
            let next = stored.or_else(|| planned.timetable.next_after(context.clock.now()));
            if let (None, Some(next)) = (stored, next) {
                slots::store_next(context, &planned.name, &fingerprint, next).await?;
            }
            loaded.push((planned, next));
        }
        Ok(Self { context: context.clone(), plans: loaded, looked_at: None })
    }

    /// When something is due next.
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        self.plans.iter().filter_map(|(_, next)| *next).min()
    }

    /// Decides every slot that has come: the last of each schedule is begun, unless `busy` names the schedule; earlier ones
    /// were missed. What was begun and never settled comes first, once more: all work may be done twice without harm.
    pub async fn take_due(&mut self, busy: &HashSet<String>) -> Result<Vec<Due>, StoreError> {
        let now = self.context.clock.now();
        let mut due = self.unfinished(busy, now).await?;
        for index in 0..self.plans.len() {
            match self.decide(index, busy, now).await {
                Ok(ours) => due.extend(ours),
                // What was begun is not to be forgotten for what could not be decided; that is found again.
                Err(error) if due.is_empty() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "slots could not be decided; trying again");
                    break;
                }
            }
        }
        Ok(due)
    }

    /// What was begun and never settled: by a process that is no more, or because the store failed. Looked for at first and
    /// then now and again.
    async fn unfinished(
        &mut self,
        busy: &HashSet<String>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Due>, StoreError> {
        if self.looked_at.is_some_and(|last| (now - last).abs() < LOOK_AGAIN) {
            return Ok(Vec::new());
        }
        let mut due = Vec::new();
        for (planned, _) in self.plans.iter().filter(|(plan, _)| !busy.contains(&plan.name)) {
            let begun = slots::begun(&self.context, &planned.name).await?;
            due.extend(begun.into_iter().map(|slot| Due { slot, work: planned.work.clone() }));
        }
        self.looked_at = Some(now);
        Ok(due)
    }

    async fn decide(
        &mut self,
        index: usize,
        busy: &HashSet<String>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Due>, StoreError> {
        let (planned, next) = &mut self.plans[index];
        let following = planned.timetable.next_after(now);
        // A clock that stood ahead once left an instant far away; a slot that is met twice is still decided once.
        *next = [*next, following].into_iter().flatten().min();
        let Some(first) = next.filter(|next| *next <= now) else { return Ok(Vec::new()) };
        let decided = decisions(planned, first, now, busy.contains(&planned.name));
        let fingerprint = planned.timetable.fingerprint();
        let ours = slots::decide(&self.context, decided, &fingerprint, following).await?;
        *next = following;
        let due = |slot| Due { slot, work: planned.work.clone() };
        Ok(ours.into_iter().map(due).collect())
    }
}

/// What is decided about the slots of one schedule from `first` to `now`.
fn decisions(
    planned: &Planned,
    first: DateTime<Utc>,
    now: DateTime<Utc>,
    busy: bool,
) -> Vec<(Slot, Decision)> {
    let instants = planned.timetable.last_until(first, now, MOST_MISSED);
    if instants.first().is_some_and(|earliest| *earliest > first) {
        tracing::warn!(
            schedule = planned.name,
            since = %first,
            recorded = MOST_MISSED,
            "more slots were missed than are recorded one by one"
        );
    }
    let last = instants.len().saturating_sub(1);
    let decision = |index: usize| match (index == last, busy) {
        (false, _) => {
            Decision::Skipped("missed: a later slot of the same schedule has come too".into())
        }
        (true, true) => Decision::Skipped("the run before it is not over".into()),
        (true, false) => Decision::Begun,
    };
    instants
        .into_iter()
        .enumerate()
        .map(|(index, at)| (Slot { schedule: planned.name.clone(), at }, decision(index)))
        .collect()
}

/// Runs one due slot's work and says that it was done.
pub async fn run_due(context: &Context, due: Due) -> Report {
    let mut plan = Plan::default();
    let composes = matches!(due.work, Work::Compose(..));
    let slot = due.slot.clone();
    match due.work {
        Work::Ingest(sources) => plan.sources = sources,
        Work::Publish => plan.feeds.clone_from(&context.feeds),
        Work::Compose(digest, cadence) => {
            plan.editions = vec![DueEdition { digest: *digest, cadence, slot: due.slot }];
        }
        Work::Deliver => plan.deliver = true,
    }
    let mut report = pass::run(context, &plan, &|_| ()).await;
    // An Edition's slot is settled with it: there may have been nothing new.
    if !composes && let Err(error) = slots::settle(context, &slot, &Decision::Run).await {
        report.fail(slot.schedule, &error);
    }
    report
}

/// Runs what is due until `stop` comes, then lets running work end.
pub async fn run(
    context: &Context,
    plans: Vec<Planned>,
    stop: impl Future<Output = ()>,
) -> Result<(), StoreError> {
    let mut scheduler = Scheduler::load(context, plans).await?;
    let mut tasks = Tasks::default();
    tokio::pin!(stop);
    loop {
        let mut shortest = SHORTEST_SLEEP;
        match scheduler.take_due(&tasks.busy()).await {
            Ok(due) => due.into_iter().for_each(|due| tasks.spawn(context, due)),
            // A full disk or a locked file passes; the slots stay undecided and are found again.
            Err(error) => {
                tracing::error!(%error, "slots could not be decided; trying again");
                shortest = AFTER_ERROR;
            }
        }
        let wait = until(scheduler.next_at(), context.clock.now()).max(shortest);
        tokio::select! {
            () = &mut stop => break,
            () = tokio::time::sleep(wait) => (),
            Some(ended) = tasks.set.join_next_with_id() => tasks.ended(ended),
        }
    }
    tasks.drain().await;
    Ok(())
}

fn until(next: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Duration {
    let wait = next.map_or(LONGEST_SLEEP, |next| (next - now).to_std().unwrap_or_default());
    wait.min(LONGEST_SLEEP)
}

/// Work under way, each by the name of its schedule.
#[derive(Default)]
struct Tasks {
    set: JoinSet<Report>,
    names: Vec<(Id, String)>,
}

impl Tasks {
    fn busy(&self) -> HashSet<String> {
        self.names.iter().map(|(_, name)| name.clone()).collect()
    }

    fn spawn(&mut self, context: &Context, due: Due) {
        let (context, name) = (context.clone(), due.slot.schedule.clone());
        let handle = self.set.spawn(async move { run_due(&context, due).await });
        self.names.push((handle.id(), name));
    }

    fn ended(&mut self, ended: Result<(Id, Report), JoinError>) {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let at = self.names.iter().position(|(known, _)| *known == id);
        let name = at.map(|at| self.names.swap_remove(at).1).unwrap_or_default();
        match ended {
            Ok((_, report)) => log(&name, &report),
            Err(error) => {
                tracing::error!(schedule = name, %error, "the work ended in a panic; the daemon goes on");
            }
        }
    }

    async fn drain(mut self) {
        let all = async {
            while let Some(ended) = self.set.join_next_with_id().await {
                self.ended(ended);
            }
        };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!(
                seconds = GRACE.as_secs(),
                "work was still under way after the grace time and was ended"
            );
        }
    }
}

/// One event per outcome; no addresses: those are in the store.
fn log(schedule: &str, report: &Report) {
    for failure in &report.failures {
        tracing::warn!(schedule, what = failure.what, reason = failure.reason, "failed");
    }
    for noted in &report.notes {
        tracing::info!(schedule, what = noted.what, note = %noted.note, "noted");
    }
    for composed in &report.composed {
        match &composed.outcome {
            Composition::Edition { briefs, left_out, deliveries, answers } => {
                let what = &composed.what;
                tracing::info!(schedule, what, briefs, left_out, deliveries, "composed");
                for reason in answers.refused.iter().chain(&answers.failed) {
                    tracing::info!(schedule, what, reason, "a model's summary was not taken");
                }
            }
            Composition::Waiting(late) => {
                tracing::info!(schedule, what = composed.what, ?late, "waiting for sources");
            }
            Composition::Skipped(reason) => {
                tracing::info!(schedule, what = composed.what, reason, "skipped");
            }
        }
    }
    if report.did_nothing() {
        return tracing::debug!(schedule, "nothing to do");
    }
    tracing::info!(
        schedule,
        new_articles = report.new_articles,
        changed_articles = report.changed_articles,
        feed_files = report.files_written(),
        deliveries = report.delivered.len(),
        failures = report.failures.len(),
        "done"
    );
}
