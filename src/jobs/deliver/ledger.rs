//! The ledger's one writer: what all connections have to record at the same moment shares one commit.
//!
//! A commit costs a flush to the disk, and each mail needs one before its body is handed over. While a flush is under way the
//! others' steps gather, and go with the next.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

use crate::clock::Clock;
use crate::store::claims::{self, Step};
use crate::store::{Store, StoreError};

/// A run that has not said so for this long is taken for dead.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How often a run says that it lives.
const PULSE: Duration = Duration::from_secs(15);
/// Steps in one statement.
const MOST_STEPS: usize = 200;
/// How long a store that refuses is tried again: a mail that went out must not be forgotten for a moment's trouble.
const STUBBORN: Duration = Duration::from_secs(30);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(500);

/// What a writer is asked for: steps, and where the answer goes.
type Entry = (Vec<Step>, oneshot::Sender<Result<Vec<bool>, Arc<StoreError>>>);

/// Hands steps to the writer.
#[derive(Clone)]
pub(super) struct Ledger {
    entries: mpsc::UnboundedSender<Entry>,
}

/// One run of the deliver job, as the store knows it.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) id: String,
}

impl Run {
    /// Says that it lives.
    pub(super) async fn alive(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        claims::alive(&mut tx.conn(), &self.id, now, now + LEASE).await?;
        tx.commit().await
    }

    /// It is over: what it holds is anybody's.
    pub(super) async fn end(&self) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        claims::end(&mut tx.conn(), &self.id).await?;
        tx.commit().await
    }

    async fn write(&self, steps: &[Step]) -> Result<Vec<bool>, StoreError> {
        let mut single = self.store.single().await?;
        let done = claims::record(&mut single.conn(), &self.id, steps, self.clock.now()).await?;
        single.last().await?;
        Ok(done)
    }

    /// Tries again for a while. A step that was written although its answer was lost is known again: no mail is left at
    /// `sending` that was never handed over.
    async fn write_stubbornly(&self, steps: &[Step]) -> Result<Vec<bool>, StoreError> {
        let until = Instant::now() + STUBBORN;
        loop {
            match self.write(steps).await {
                Err(_) if Instant::now() < until => sleep(PAUSE).await,
                done => return done,
            }
        }
    }
}

impl Ledger {
    /// Starts the writer; it ends when the last handle is dropped.
    pub(super) fn open(run: Run) -> (Self, JoinHandle<()>) {
        let (entries, incoming) = mpsc::unbounded_channel();
        (Self { entries }, tokio::spawn(write_all(run, incoming)))
    }

    /// Records `steps`, which count once this returns, and says of each whether its row was still ours.
    pub(super) async fn record(&self, steps: Vec<Step>) -> Result<Vec<bool>, Arc<StoreError>> {
        let (answer, done) = oneshot::channel();
        let none = vec![false; steps.len()];
        // The writer is there as long as a handle is.
        let _ = self.entries.send((steps, answer));
        done.await.unwrap_or(Ok(none))
    }
}

async fn write_all(run: Run, mut incoming: mpsc::UnboundedReceiver<Entry>) {
    let mut pulse = Instant::now() + PULSE;
    loop {
        let first = match timeout_at(pulse, incoming.recv()).await {
            Ok(Some(entry)) => Some(entry),
            Ok(None) => return,
            Err(_) => None,
        };
        if let Some(first) = first {
            write_together(&run, first, &mut incoming).await;
        }
        if Instant::now() >= pulse {
            if let Err(error) = run.alive().await {
                tracing::warn!(%error, "the ledger could not be told that this run lives");
            }
            pulse = Instant::now() + PULSE;
        }
    }
}

async fn write_together(run: &Run, first: Entry, incoming: &mut mpsc::UnboundedReceiver<Entry>) {
    let (mut steps, mut answers) = (Vec::new(), Vec::new());
    let mut next = Some(first);
    while let Some((more, answer)) = next {
        answers.push((answer, more.len()));
        steps.extend(more);
        next = if steps.len() < MOST_STEPS { incoming.try_recv().ok() } else { None };
    }
    match run.write_stubbornly(&steps).await {
        Ok(done) => {
            let mut done = done.into_iter();
            for (answer, length) in answers {
                // Whoever asked may be gone.
                let _ = answer.send(Ok(done.by_ref().take(length).collect()));
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            for (answer, _) in answers {
                let _ = answer.send(Err(error.clone()));
            }
        }
    }
}
