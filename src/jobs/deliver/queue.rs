//! What this run has claimed and not sent yet, and the Messages it needs for it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Mutex as Turn;

use super::DeliverError;
use super::ledger::Run;
use crate::domain::{Delivery, MessageId};
use crate::mail::{Mailer, Stencil};
use crate::store::{claims, outbox};

/// Claimed for each connection at once; few enough that another node finds work, too.
const AHEAD: usize = 50;
/// Messages kept at hand. An Edition has few; personal ones are used once.
const MOST_MESSAGES: usize = 64;

/// Deliveries in hand. Memory does not grow with the list.
pub(super) struct Queue {
    run: Run,
    mailer: Mailer,
    batch: i64,
    waiting: Mutex<VecDeque<Delivery>>,
    /// Whoever holds it claims for all.
    claiming: Turn<()>,
    messages: Turn<HashMap<MessageId, Arc<Ready>>>,
}

/// A Message, ready to be written to any number of readers.
pub(super) struct Ready {
    /// The list it belongs to.
    pub(super) list: Option<String>,
    pub(super) stencil: Stencil,
}

impl Queue {
    pub(super) fn new(run: Run, mailer: Mailer) -> Self {
        let batch = i64::try_from(mailer.lanes() * AHEAD).unwrap_or(i64::MAX).clamp(32, 512);
        let (waiting, claiming, messages) = (Mutex::default(), Turn::default(), Turn::default());
        Self { run, mailer, batch, waiting, claiming, messages }
    }

    /// The next Delivery if one is in hand.
    pub(super) fn at_once(&self) -> Option<Delivery> {
        self.waiting().pop_front()
    }

    /// The next Delivery; `None` when nothing is due any more.
    pub(super) async fn next(&self) -> Result<Option<Delivery>, DeliverError> {
        let _turn = self.claiming.lock().await;
        if let Some(delivery) = self.at_once() {
            return Ok(Some(delivery));
        }
        let mut single = self.run.store.single().await?;
        let now = self.run.clock.now();
        let claimed = claims::claim(&mut single.conn(), &self.run.id, now, self.batch).await?;
        single.last().await?;
        let mut waiting = self.waiting();
        waiting.extend(claimed);
        Ok(waiting.pop_front())
    }

    /// The Message of a Delivery.
    pub(super) async fn message(&self, id: MessageId) -> Result<Arc<Ready>, DeliverError> {
        let mut messages = self.messages.lock().await;
        if let Some(message) = messages.get(&id) {
            return Ok(message.clone());
        }
        if messages.len() >= MOST_MESSAGES {
            messages.clear();
        }
        let mut lease = self.run.store.read().await?;
        let found = outbox::message(&mut lease.conn(), id).await?;
        let message = found.ok_or(DeliverError::NoMessage(id))?;
        let stencil = self.mailer.stencil(&message);
        let ready = Arc::new(Ready { list: message.list, stencil });
        messages.insert(id, ready.clone());
        Ok(ready)
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Delivery>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
