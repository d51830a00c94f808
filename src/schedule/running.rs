//! Work under way: one at a time of each schedule, those that wait behind it, and what is said of its end.

use std::collections::{HashMap, HashSet, VecDeque};

use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use super::{Due, Work};
use crate::domain::{Decision, Slot};
use crate::jobs::pass::{self, DueEdition, Plan};
use crate::jobs::report::Composition;
use crate::jobs::{Context, Report, Vitals, WorkEnd, slots};

/// Runs one due slot's work and says that it was done.
pub async fn run_due(context: &Context, due: Due) -> Report {
    let mut plan = Plan::default();
    let composes = matches!(due.work, Work::Compose(..));
    let (slot, holder) = (due.slot.clone(), due.holder.clone());
    match due.work {
        Work::Ingest(sources) => plan.sources = sources,
        Work::Publish => {
            plan.feeds.clone_from(&context.feeds);
            plan.digests.clone_from(&context.digests);
        }
        Work::Compose(digest, cadence) => {
            plan.editions =
                vec![DueEdition { digest: *digest, cadence, slot: due.slot, holder: due.holder }];
        }
        Work::Deliver => plan.deliver = true,
        Work::Maintain => plan.maintain = true,
    }
    let mut report = pass::run(context, &plan, &|_| ()).await;
    // An Edition's slot is settled with it: there may have been nothing new. What was broken off stays begun, and is taken up.
    if !composes
        && !report.broken_off
        && let Err(error) = slots::settle(context, &holder, &slot, &Decision::Run).await
    {
        report.fail(slot.schedule, &error);
    }
    report
}

/// How one piece of work ended.
pub(super) type Ended = Result<(Id, Report), JoinError>;

#[derive(Debug)]
struct Task {
    context: Context,
    slot: Slot,
    holder: String,
    work: &'static str,
    handle: AbortHandle,
}

/// Work under way, and the slots of the same schedules that wait for their turn.
#[derive(Debug)]
pub(super) struct Running {
    set: JoinSet<Report>,
    tasks: HashMap<Id, Task>,
    waiting: HashMap<String, VecDeque<(Context, Due)>>,
    vitals: Vitals,
}

impl Running {
    pub fn new(vitals: Vitals) -> Self {
        Self { set: JoinSet::new(), tasks: HashMap::new(), waiting: HashMap::new(), vitals }
    }

    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Schedules whose work is under way.
    pub fn busy(&self) -> HashSet<String> {
        self.tasks.values().map(|task| task.slot.schedule.clone()).collect()
    }

    /// Slots that are ours: under way or waiting.
    pub fn slots(&self) -> Vec<Slot> {
        let waiting = self.waiting.values().flatten().map(|(_, due)| &due.slot);
        self.tasks.values().map(|task| &task.slot).chain(waiting).cloned().collect()
    }

    /// Begins the work, or lets it wait for that of the slots before it.
    pub fn take(&mut self, context: &Context, due: Due) {
        if self.tasks.values().any(|task| task.slot.schedule == due.slot.schedule) {
            let waiting = self.waiting.entry(due.slot.schedule.clone()).or_default();
            waiting.push_back((context.clone(), due));
        } else {
            self.spawn(context.clone(), due);
        }
    }

    fn spawn(&mut self, context: Context, due: Due) {
        tracing::debug!(schedule = due.slot.schedule, slot = %due.slot.at, "begun");
        let (slot, holder, work) = (due.slot.clone(), due.holder.clone(), due.work.name());
        let own = context.clone();
        let handle = self.set.spawn(async move { run_due(&own, due).await });
        self.tasks.insert(handle.id(), Task { context, slot, holder, work, handle });
    }

    /// Waits until some work has ended; for ever where there is none.
    pub async fn next_end(&mut self) -> Ended {
        match self.set.join_next_with_id().await {
            Some(ended) => ended,
            None => std::future::pending().await,
        }
    }

    /// Says what became of work that has ended, and begins what waited for it.
    pub async fn ended(&mut self, ended: Ended) {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some(Task { context, slot, holder, work, .. }) = self.tasks.remove(&id) else { return };
        let end = match ended {
            Ok((_, report)) => {
                log(&slot.schedule, &report);
                if report.failures.is_empty() { WorkEnd::Done } else { WorkEnd::Failed }
            }
            Err(error) if error.is_cancelled() => WorkEnd::BrokenOff,
            Err(error) => {
                let schedule = slot.schedule.as_str();
                tracing::error!(schedule, %error, "the work ended in a panic; the daemon goes on");
                settle_panicked(&context, &holder, &slot).await;
                WorkEnd::Panicked
            }
        };
        self.vitals.count(work, end);
        self.begin_next(&slot.schedule);
    }

    fn begin_next(&mut self, schedule: &str) {
        let Some(waiting) = self.waiting.get_mut(schedule) else { return };
        match waiting.pop_front() {
            Some((context, due)) => self.spawn(context, due),
            None => drop(self.waiting.remove(schedule)),
        }
    }

    /// Leaves a slot that another process has taken over, because this one stood still for too long.
    pub fn leave(&mut self, slot: &Slot) {
        tracing::warn!(schedule = slot.schedule, at = %slot.at, "another process took the slot over");
        for waiting in self.waiting.values_mut() {
            waiting.retain(|(_, due)| due.slot != *slot);
        }
        self.tasks.values().filter(|task| task.slot == *slot).for_each(|task| task.handle.abort());
    }

    /// Leaves what waits to the next start.
    pub fn leave_waiting(&mut self) {
        self.waiting.clear();
    }

    /// Ends everything at once.
    pub async fn break_off(&mut self) {
        self.set.shutdown().await;
        self.tasks.clear();
    }
}

/// It would end the same way each time; the next slot is another chance.
async fn settle_panicked(context: &Context, holder: &str, slot: &Slot) {
    let decision = Decision::Skipped("its work ended in a panic".into());
    if let Err(error) = slots::settle(context, holder, slot, &decision).await {
        tracing::error!(schedule = slot.schedule, %error, "the slot could not be settled");
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
        deliveries = report.delivered.total(),
        returned = report.returned,
        suppressed = report.suppressed,
        failures = report.failures.len(),
        "done"
    );
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;
    use crate::app::App;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::schedule::{Planned, Scheduler, Timetable};

    const MINIMAL: &str = r#"
        site = { title = "T", public_url = "http://localhost/", zone = "UTC" }
        store = { path = "press.db" }
        publish = { directory = "feeds" }
        mail = { from = "a@press.example", transport = "directory", directory = "mail" }
        schedules = { ingest = "@hourly", publish = "@hourly", deliver = "@hourly" }
    "#;

    async fn app(directory: &Path) -> App {
        let config = Config::parse(&directory.join("p.toml"), MINIMAL, &|_| None).unwrap();
        App::open(&config, Clock::fixed(DateTime::UNIX_EPOCH)).await.unwrap()
    }

    fn due(at: DateTime<Utc>) -> Due {
        Due {
            slot: Slot { schedule: "deliver".into(), at },
            holder: "this".into(),
            work: Work::Deliver,
        }
    }

    #[tokio::test]
    async fn of_one_schedule_one_piece_of_work_is_under_way_and_the_others_wait_in_order() {
        let directory = tempfile::tempdir().unwrap();
        let app = app(directory.path()).await;
        let mut running = Running::new(Vitals::new(|| ()));
        let start = app.context().clock.now();
        for minute in 0..4 {
            running.take(app.context(), due(start + TimeDelta::minutes(minute)));
        }
        assert_eq!(running.slots().len(), 4, "all are ours");
        for minute in 0..4 {
            let under_way: Vec<_> = running.tasks.values().map(|task| task.slot.at).collect();
            assert_eq!(under_way, [start + TimeDelta::minutes(minute)]);
            let ended = running.next_end().await;
            running.ended(ended).await;
        }
        assert!(running.is_empty() && running.waiting.is_empty());
        app.close().await;
    }

    #[tokio::test]
    async fn a_panic_ends_one_piece_of_work_and_its_slot_is_not_tried_again() {
        let directory = tempfile::tempdir().unwrap();
        let app = app(directory.path()).await;
        let context = app.context().clone();
        let deliver = Planned::new(
            "deliver".into(),
            &Timetable::parse("* * * * *", "UTC").unwrap(),
            super::super::Policy::default(),
            Work::Deliver,
        );
        let mut scheduler = Scheduler::load(&context, vec![deliver.clone()]).await.unwrap();
        context.clock.advance(TimeDelta::minutes(1));
        let Due { slot, holder, .. } = scheduler.take_due(&HashSet::new()).await.unwrap().remove(0);

        let vitals = Vitals::new(|| ());
        let mut running = Running::new(vitals.clone());
        let handle = running.set.spawn(async { panic!("on purpose") });
        let work = "deliver";
        let task = Task { context: context.clone(), slot, holder, work, handle: handle.clone() };
        running.tasks.insert(handle.id(), task);
        let ended = running.next_end().await;
        running.ended(ended).await;
        assert_eq!(
            vitals.ended().into_iter().collect::<Vec<_>>(),
            [(("deliver", WorkEnd::Panicked), 1)]
        );

        let mut next = Scheduler::load(&context, vec![deliver]).await.unwrap();
        assert!(next.take_due(&HashSet::new()).await.unwrap().is_empty(), "it is settled");
        context.clock.advance(TimeDelta::minutes(1));
        let due = next.take_due(&HashSet::new()).await.unwrap().remove(0);
        running.take(&context, due);
        let ended = running.next_end().await;
        running.ended(ended).await;
        assert_eq!(vitals.ended()[&("deliver", WorkEnd::Done)], 1, "the next one is run");
        app.close().await;
    }
}
