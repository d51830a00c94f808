//! The daemon's loop: waits for slots, has them decided, runs what is due, and ends in order.

use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::running::Running;
use super::{Planned, Scheduler};
use crate::jobs::{Context, Report, StoreError, Vitals, maintain, slots};

/// The shortest sleep: whatever happens, the loop does not spin.
const SHORTEST_SLEEP: Duration = Duration::from_millis(50);
/// The shortest after the store failed.
const AFTER_ERROR: Duration = Duration::from_secs(5);
/// How often it is said of work under way that its process lives; far less than a lease.
const RENEW: Duration = Duration::from_secs(20);

/// How the loop behaves.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The longest sleep: a clock that was set is noticed within this, and the supervisor hears from us as often.
    pub longest_sleep: Duration,
    /// How long work under way may go on after the word to stop.
    pub grace: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { longest_sleep: Duration::from_secs(30), grace: Duration::from_secs(30) }
    }
}

/// The loop and all it has in hand.
#[derive(Debug)]
pub struct Runner {
    context: Context,
    scheduler: Scheduler,
    running: Running,
    vitals: Vitals,
    pace: Pace,
    renewed: Instant,
}

impl Runner {
    /// Takes up the schedules where the store left them.
    pub async fn load(
        context: &Context,
        plans: Vec<Planned>,
        vitals: Vitals,
        pace: Pace,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            context: context.clone(),
            scheduler: Scheduler::load(context, plans).await?,
            running: Running::new(vitals.clone()),
            vitals,
            pace,
            renewed: Instant::now(),
        })
    }

    /// Goes on with other schedules and parts; work under way ends with those that it began with.
    pub async fn replace(
        &mut self,
        context: &Context,
        plans: Vec<Planned>,
        pace: Pace,
    ) -> Result<(), StoreError> {
        self.scheduler = self.scheduler.succeeded_by(context, plans).await?;
        self.context = context.clone();
        self.pace = pace;
        Ok(())
    }

    /// Works until `event` comes, and gives what it brings. Nothing is left half-decided.
    pub async fn until<T>(&mut self, event: impl Future<Output = T>) -> T {
        tokio::pin!(event);
        loop {
            self.vitals.beat();
            let shortest = self.turn().await;
            let next = until(self.scheduler.next_at(), self.context.clock.now());
            let wait = next.unwrap_or(self.pace.longest_sleep).min(self.pace.longest_sleep);
            tokio::select! {
                told = &mut event => return told,
                () = tokio::time::sleep(wait.max(shortest)) => (),
                ended = self.running.next_end() => self.running.ended(ended).await,
            }
        }
    }

    /// Decides what has come and begins what is due; gives the shortest sleep after it.
    async fn turn(&mut self) -> Duration {
        self.renew_now_and_then().await;
        match self.scheduler.take_due(&self.running.busy()).await {
            Ok(due) => {
                for due in due {
                    self.running.take(&self.context, due);
                }
                SHORTEST_SLEEP
            }
            // A full disk or a locked file passes; the slots stay undecided and are found again.
            Err(error) => {
                tracing::error!(%error, "slots could not be decided; trying again");
                if matches!(error, StoreError::Full(_)) {
                    self.make_space().await;
                }
                AFTER_ERROR.min(self.pace.longest_sleep)
            }
        }
    }

    /// What is old enough goes now: on a full disk the schedule for that could not be decided either.
    async fn make_space(&self) {
        let mut report = Report::default();
        maintain::maintain(&self.context, &mut report).await;
        for failure in report.failures {
            tracing::error!(reason = failure.reason, "no space could be made");
        }
    }

    async fn renew_now_and_then(&mut self) {
        if self.renewed.elapsed() < RENEW || self.running.is_empty() {
            return;
        }
        match slots::renew(&self.context, self.scheduler.holder(), &self.running.slots()).await {
            Ok(lost) => {
                for slot in &lost {
                    self.running.leave(slot);
                }
                self.renewed = Instant::now();
            }
            Err(error) => tracing::error!(%error, "leases could not be renewed; trying again"),
        }
    }

    /// Lets work under way come to its next whole piece and end, within the grace time; what is left is taken up by others, or
    /// at the next start.
    pub async fn drain(mut self) {
        self.context.halt.ask();
        self.running.leave_waiting();
        let last = Instant::now() + self.pace.grace;
        while !self.running.is_empty() {
            self.vitals.beat();
            self.renew_now_and_then().await;
            tokio::select! {
                () = tokio::time::sleep_until(last) => {
                    let seconds = self.pace.grace.as_secs();
                    tracing::warn!(seconds, "work was still under way after the grace time and was ended");
                    self.running.break_off().await;
                }
                () = tokio::time::sleep(RENEW.min(self.pace.longest_sleep)) => (),
                ended = self.running.next_end() => self.running.ended(ended).await,
            }
        }
        if let Err(error) = slots::release(&self.context, self.scheduler.holder()).await {
            tracing::warn!(%error, "slots could not be handed back; others take them when their leases end");
        }
    }
}

fn until(next: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Duration> {
    next.map(|next| (next - now).to_std().unwrap_or_default())
}
