//! One mail after the other: committed as `sending`, handed over, settled by the verdict. At a kill at most this lane's one mail
//! is in doubt.

use std::sync::{Arc, Mutex, PoisonError};

use super::ledger::Ledger;
use super::queue::{Queue, Ready};
use super::{Context, DeliverError};
use crate::domain::{Delivery, DeliveryState, DigestId, Verdict};
use crate::jobs::bounces;
use crate::jobs::report::{Delivered, Deliveries};
use crate::mail::{Mail, MailError, Turn};
use crate::store::claims::Step;

/// A lane.
pub(super) struct Lane {
    context: Context,
    queue: Arc<Queue>,
    ledger: Ledger,
    done: Arc<Mutex<Deliveries>>,
    /// Settled, and not recorded yet: it shares its commit with what comes next, if that comes at once.
    settled: Option<(Step, Arc<Ready>)>,
}

impl Lane {
    pub(super) fn new(
        context: Context,
        queue: Arc<Queue>,
        ledger: Ledger,
        done: Arc<Mutex<Deliveries>>,
    ) -> Self {
        Self { context, queue, ledger, done, settled: None }
    }

    /// Sends until nothing is due, or until it is time to stop.
    pub(super) async fn run(mut self) -> Result<(), DeliverError> {
        let ended = self.send_all().await;
        let recorded = self.record(None).await;
        ended.and(recorded.map(drop))
    }

    async fn send_all(&mut self) -> Result<(), DeliverError> {
        while !self.context.halt.is_asked() {
            let Some((mut delivery, turn)) = self.next().await? else { return Ok(()) };
            let message = self.queue.message(delivery.message).await?;
            let mail = self.compose(&message, &delivery);
            let from = delivery.state;
            delivery.begin()?;
            if !self.record(Some(Step { delivery: delivery.clone(), from })).await? {
                continue;
            }
            let verdict = match mail {
                Ok(mail) => turn.send(&mail).await,
                Err(error) => Verdict::Failed(error.to_string()),
            };
            delivery.settle(&verdict, self.context.clock.now())?;
            self.settled = Some((Step { delivery, from: DeliveryState::Sending }, message));
        }
        Ok(())
    }

    /// The next Delivery and the right to send it. What was settled does not wait for a limit or a connection.
    async fn next(&mut self) -> Result<Option<(Delivery, Turn)>, DeliverError> {
        let mailer = self.context.mailer.clone();
        let mut delivery = self.queue.at_once();
        if delivery.is_none() {
            self.record(None).await?;
            delivery = self.queue.next().await?;
        }
        let Some(delivery) = delivery else { return Ok(None) };
        if let Some(turn) = mailer.turn_at_once() {
            return Ok(Some((delivery, turn)));
        }
        self.record(None).await?;
        let turn = mailer.turn().await?;
        Ok(Some((delivery, turn)))
    }

    fn compose(&self, message: &Ready, delivery: &Delivery) -> Result<Mail, MailError> {
        let context = &self.context;
        let digest = message.list.as_deref().and_then(|list| DigestId::new(list).ok());
        let token = digest
            .map_or_else(String::new, |digest| context.reader_key.seal(&digest, &delivery.address));
        context.mailer.compose(&message.stencil, delivery, &token, context.clock.now())
    }

    /// Commits what was settled and, with it, what begins; `false` where somebody else took that in hand.
    async fn record(&mut self, begun: Option<Step>) -> Result<bool, DeliverError> {
        let settled = self.settled.take();
        let steps: Vec<Step> =
            settled.iter().map(|(step, _)| step.clone()).chain(begun.clone()).collect();
        if steps.is_empty() {
            return Ok(true);
        }
        let written = self.ledger.record(steps).await.map_err(DeliverError::Ledger)?;
        if let Some((step, message)) = settled {
            self.report(step, &message).await?;
        }
        Ok(written.last().copied().unwrap_or_default())
    }

    async fn report(&self, step: Step, message: &Ready) -> Result<(), DeliverError> {
        let delivery = step.delivery;
        if delivery.state == DeliveryState::Failed {
            bounces::refused(&self.context, &delivery).await?;
        }
        let list = message.list.as_deref().unwrap_or("notice");
        let delivered = Delivered {
            what: format!("{list} to {}", delivery.address),
            state: delivery.state,
            response: delivery.response.unwrap_or_default(),
        };
        self.done.lock().unwrap_or_else(PoisonError::into_inner).push(delivered);
        Ok(())
    }
}
