//! What this run has claimed and not sent yet, and the Messages it needs for it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::Mutex;

use super::DeliverError;
use super::ledger::Run;
use crate::domain::{Delivery, Message, MessageId};
use crate::store::{claims, outbox};

/// Claimed for each connection at once; few enough that another node finds work, too.
const AHEAD: usize = 16;
/// Messages kept at hand. An Edition has few; personal ones are used once.
const MOST_MESSAGES: usize = 64;

/// Deliveries in hand. Memory does not grow with the list.
pub(super) struct Queue {
    run: Run,
    batch: i64,
    waiting: Mutex<VecDeque<Delivery>>,
    messages: Mutex<HashMap<MessageId, Arc<Message>>>,
}

impl Queue {
    pub(super) fn new(run: Run, lanes: usize) -> Self {
        let batch = i64::try_from(lanes * AHEAD).unwrap_or(i64::MAX).clamp(32, 512);
        Self { run, batch, waiting: Mutex::default(), messages: Mutex::default() }
    }

    /// The next Delivery if one is in hand.
    pub(super) fn at_once(&self) -> Option<Delivery> {
        self.waiting.try_lock().ok()?.pop_front()
    }

    /// The next Delivery; `None` when nothing is due any more.
    pub(super) async fn next(&self) -> Result<Option<Delivery>, DeliverError> {
        let mut waiting = self.waiting.lock().await;
        if waiting.is_empty() {
            let mut tx = self.run.store.begin().await?;
            let now = self.run.clock.now();
            let claimed = claims::claim(&mut tx.conn(), &self.run.id, now, self.batch).await?;
            tx.commit().await?;
            waiting.extend(claimed);
        }
        Ok(waiting.pop_front())
    }

    /// The Message of a Delivery.
    pub(super) async fn message(&self, id: MessageId) -> Result<Arc<Message>, DeliverError> {
        let mut messages = self.messages.lock().await;
        if let Some(message) = messages.get(&id) {
            return Ok(message.clone());
        }
        if messages.len() >= MOST_MESSAGES {
            messages.clear();
        }
        let mut lease = self.run.store.read().await?;
        let found = outbox::message(&mut lease.conn(), id).await?;
        let message = Arc::new(found.ok_or(DeliverError::NoMessage(id))?);
        messages.insert(id, message.clone());
        Ok(message)
    }
}
