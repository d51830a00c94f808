//! Knows when each schedule is due and decides the slots that have come, each once, whatever the clock does.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Due, Overlap, Planned};
use crate::domain::{Decision, Slot};
use crate::jobs::slots::{self, Decided, Next};
use crate::jobs::{Context, StoreError};

/// Slots of one schedule that are recorded one by one after a long absence; one more stands for all before them.
const MOST_MISSED: usize = 1000;
/// Schedules decided in one transaction: another node waits no longer than this takes.
const AT_ONCE: usize = 2000;
/// How often slots are looked for whose process is no more.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// How long a slot that waits for work elsewhere is left alone.
const HOLD: TimeDelta = TimeDelta::seconds(5);

/// A schedule of which slots have come: the first of them, and the first that has not.
struct Come {
    index: usize,
    first: DateTime<Utc>,
    following: Option<DateTime<Utc>>,
}

/// Keeps the next instant of every schedule and decides slots.
#[derive(Debug)]
pub struct Scheduler {
    context: Context,
    plans: Vec<Planned>,
    by_name: HashMap<String, usize>,
    /// The next instant of each plan, the earliest first.
    queue: BinaryHeap<Reverse<(DateTime<Utc>, usize)>>,
    /// First slots of plans that wait for work under way elsewhere, and are looked at again.
    held: HashMap<usize, DateTime<Utc>>,
    /// The latest time that was seen: a clock that shows less was set back.
    seen: DateTime<Utc>,
    /// When abandoned slots were last looked for.
    looked_at: Option<DateTime<Utc>>,
    /// Who decides, in the store's eyes.
    holder: String,
}

impl Scheduler {
    /// Takes up every schedule where the store left it; one that is new or was changed begins after now.
    pub async fn load(context: &Context, plans: Vec<Planned>) -> Result<Self, StoreError> {
        slots::begin_process(context).await?;
        Self::with_holder(context, plans, slots::new_holder()).await
    }

    /// The same with other schedules, after a reload.
    pub(super) async fn succeeded_by(
        &self,
        context: &Context,
        plans: Vec<Planned>,
    ) -> Result<Self, StoreError> {
        Self::with_holder(context, plans, self.holder.clone()).await
    }

    async fn with_holder(
        context: &Context,
        plans: Vec<Planned>,
        holder: String,
    ) -> Result<Self, StoreError> {
        let now = context.clock.now();
        let stored = slots::stored_next(context).await?;
        let mut queue = BinaryHeap::with_capacity(plans.len());
        let mut changed = Vec::new();
        for (index, planned) in plans.iter().enumerate() {
            let fingerprint = planned.timetable.fingerprint();
            let known = stored.get(&planned.name).filter(|known| known.fingerprint == fingerprint);
            let following = planned.timetable.next_after(now);
            // A clock that stood ahead once left an instant far away; a slot that is met twice is still decided once.
            let next = known.map(|known| known.at).into_iter().chain(following).min();
            let Some(at) = next else { continue };
            if known.is_none_or(|known| known.at != at) {
                changed.push(Next { schedule: planned.name.clone(), fingerprint, at });
            }
            queue.push(Reverse((at, index)));
        }
        slots::store_next(context, changed).await?;
        let by_name = plans.iter().enumerate().map(|(i, plan)| (plan.name.clone(), i)).collect();
        let context = context.clone();
        let held = HashMap::new();
        Ok(Self { context, plans, by_name, queue, held, seen: now, looked_at: None, holder })
    }

    /// When something is due next.
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        self.queue.peek().map(|Reverse((at, _))| *at)
    }

    /// Who decides, in the store's eyes.
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// Decides every slot that has come, by its schedule's policy; the work of schedules named in `busy` is under way here.
    /// What was begun by a process that is no more comes first, once more: all work may be done twice without harm.
    pub async fn take_due(&mut self, busy: &HashSet<String>) -> Result<Vec<Due>, StoreError> {
        let now = self.context.clock.now();
        self.notice_steps(now).await?;
        let mut due = self.abandoned(busy, now).await?;
        // Work that is taken up again stands in nobody's way: what has come since runs after it.
        let taken: HashSet<String> = due.iter().map(|due| due.slot.schedule.clone()).collect();
        while self.next_at().is_some_and(|next| next <= now) {
            match self.decide_some(busy, &taken, now).await {
                Ok(ours) => due.extend(ours),
                // What was begun is not to be forgotten for what could not be decided; that is found again.
                Err(error) if due.is_empty() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "slots could not be decided; trying again");
                    break;
                }
            }
        }
        // As the configuration has them: what is read can be published and mailed by what comes after.
        due.sort_by_key(|due| (self.by_name.get(&due.slot.schedule).copied(), due.slot.at));
        Ok(due)
    }

    /// After a step back the slots between come again; those that were decided stay decided.
    async fn notice_steps(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        if now < self.seen {
            tracing::warn!(by_seconds = (self.seen - now).num_seconds(), "the clock was set back");
            slots::forget_future(&self.context).await?;
            let next = |(index, plan): (usize, &Planned)| {
                plan.timetable.next_after(now).map(|at| Reverse((at, index)))
            };
            let rederived: Vec<_> = self.plans.iter().enumerate().filter_map(next).collect();
            self.queue.extend(rederived);
            self.keep_earliest();
        }
        self.seen = now;
        Ok(())
    }

    fn keep_earliest(&mut self) {
        let mut seen = HashSet::new();
        let ordered = std::mem::take(&mut self.queue).into_sorted_vec();
        // `Reverse` sorts the latest first.
        let kept = ordered.into_iter().rev().filter(|Reverse((_, index))| seen.insert(*index));
        self.queue = kept.collect();
    }

    /// What was begun and never settled: by a process that is no more, or because the store failed.
    async fn abandoned(
        &mut self,
        busy: &HashSet<String>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Due>, StoreError> {
        if self.looked_at.is_some_and(|last| (now - last).abs() < LOOK_AGAIN) {
            return Ok(Vec::new());
        }
        let is_ours = |slot: &Slot| {
            self.by_name.contains_key(&slot.schedule) && !busy.contains(&slot.schedule)
        };
        let taken = slots::take_over(&self.context, &self.holder, is_ours).await?;
        self.looked_at = Some(now);
        Ok(taken.into_iter().filter_map(|slot| self.due(slot)).collect())
    }

    async fn decide_some(
        &mut self,
        busy: &HashSet<String>,
        taken: &HashSet<String>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Due>, StoreError> {
        let come = self.pop_come(now);
        let advanced = come.iter().filter_map(|come| self.next(come, come.following)).collect();
        let mut held = HashSet::new();
        let decisions = |begun: &HashSet<String>| {
            let mut decided = Decided::default();
            for come in &come {
                let planned = &self.plans[come.index];
                let here = busy.contains(&planned.name);
                let elsewhere = begun.contains(&planned.name) && !taken.contains(&planned.name);
                if elsewhere && !here && planned.policy.overlap == Overlap::Queue {
                    held.insert(come.index);
                    decided.held.extend(self.next(come, Some(come.first)));
                } else {
                    decided.slots.extend(decisions(planned, come.first, now, here || elsewhere));
                }
            }
            decided
        };
        match slots::decide(&self.context, &self.holder, advanced, decisions).await {
            Ok(ours) => {
                for come in &come {
                    self.push_back(come, held.contains(&come.index), now);
                }
                Ok(ours.into_iter().filter_map(|slot| self.due(slot)).collect())
            }
            Err(error) => {
                self.queue.extend(come.iter().map(|come| Reverse((come.first, come.index))));
                Err(error)
            }
        }
    }

    /// What the store shall know of a schedule: that it is due `at` next.
    fn next(&self, come: &Come, at: Option<DateTime<Utc>>) -> Option<Next> {
        let Planned { name, timetable, .. } = &self.plans[come.index];
        let fingerprint = timetable.fingerprint();
        at.map(|at| Next { schedule: name.clone(), fingerprint, at })
    }

    fn pop_come(&mut self, now: DateTime<Utc>) -> Vec<Come> {
        let mut come = Vec::new();
        while come.len() < AT_ONCE
            && let Some(Reverse((at, index))) = self.queue.peek().copied()
            && at <= now
        {
            self.queue.pop();
            let first = self.held.remove(&index).unwrap_or(at);
            let following = self.plans[index].timetable.next_after(now);
            come.push(Come { index, first, following });
        }
        come
    }

    fn push_back(&mut self, come: &Come, is_held: bool, now: DateTime<Utc>) {
        if is_held {
            self.held.insert(come.index, come.first);
            self.queue.push(Reverse((now + HOLD, come.index)));
        } else if let Some(following) = come.following {
            self.queue.push(Reverse((following, come.index)));
        }
    }

    fn due(&self, slot: Slot) -> Option<Due> {
        let planned = &self.plans[*self.by_name.get(&slot.schedule)?];
        Some(Due { work: planned.work.clone(), holder: self.holder.clone(), slot })
    }
}

/// What is decided about the slots of one schedule from `first` to `now`.
fn decisions(
    planned: &Planned,
    first: DateTime<Utc>,
    now: DateTime<Utc>,
    busy: bool,
) -> Vec<(Slot, Decision)> {
    let slot = |at| Slot { schedule: planned.name.clone(), at };
    let instants = planned.timetable.last_until(first, now, MOST_MISSED);
    let mut decided = Vec::with_capacity(instants.len());
    if let Some(earliest) = instants.first().filter(|earliest| **earliest > first) {
        let reason =
            format!("missed: this and every slot after it before {}", earliest.to_rfc3339());
        decided.push((slot(first), Decision::Skipped(reason)));
    }
    let one_by_one = planned.policy.decide(&instants, now, busy);
    decided.extend(instants.into_iter().map(slot).zip(one_by_one));
    decided
}
