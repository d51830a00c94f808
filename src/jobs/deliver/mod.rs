//! Outbox → mail: a row a recipient, committed before the body is handed over and after the verdict.
//!
//! | file | duty |
//! |---|---|
//! | `queue.rs` | what this run has claimed |
//! | `lane.rs` | one mail after the other, as many lanes as there are connections |
//! | `ledger.rs` | writes the steps of all lanes, many a commit |

mod lane;
mod ledger;
mod queue;

use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::report::Deliveries;
use super::{Context, OnUnknown, Report};
use crate::domain::{IllegalTransition, MessageId};
use crate::mail::MailError;
use crate::store::{StoreError, claims};
use lane::Lane;
use ledger::{Ledger, Run};
use queue::Queue;

/// Why delivering stopped before its end.
#[derive(Debug, Error)]
enum DeliverError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}; what was handed over and not recorded is in doubt")]
    Ledger(Arc<StoreError>),
    #[error(transparent)]
    Mail(#[from] MailError),
    #[error(transparent)]
    Step(#[from] IllegalTransition),
    #[error("the outbox names message {0}, which is not there")]
    NoMessage(MessageId),
}

/// Delivers what is due.
pub async fn deliver(context: &Context, report: &mut Report) {
    let what = format!("mail to {}", context.mailer.destination());
    let id = Uuid::now_v7().to_string();
    let run = Run { store: context.store.clone(), clock: context.clock.clone(), id };
    if let Err(error) = prepare(context, &run).await {
        return report.fail(what, &error);
    }
    for error in drain(context, &run, report).await {
        report.fail(&what, &error);
    }
    context.mailer.end().await;
    if let Err(error) = run.end().await {
        report.fail(what, &error);
    }
}

/// Takes up what runs that are no more have left: in doubt what was `sending`, and free what they held.
async fn prepare(context: &Context, run: &Run) -> Result<(), DeliverError> {
    context.mailer.begin().await?;
    let now = context.clock.now();
    if context.store.is_ours_alone() {
        let mut tx = context.store.begin().await?;
        claims::end_all(&mut tx.conn()).await?;
        tx.commit().await?;
    }
    run.alive().await?;
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    let words = "pressroom was stopped before the server's answer";
    claims::settle_interrupted(conn, words, now).await?;
    if context.on_unknown == OnUnknown::Resend {
        claims::revive(conn, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Sends until nothing is due; gives what stopped it, each cause once.
async fn drain(context: &Context, run: &Run, report: &mut Report) -> Vec<DeliverError> {
    let lanes = context.mailer.lanes();
    let (ledger, writer) = Ledger::open(run.clone());
    let queue = Arc::new(Queue::new(run.clone(), context.mailer.clone()));
    let done = Arc::new(Mutex::new(Deliveries::default()));
    let mut tasks = JoinSet::new();
    for _ in 0..lanes {
        let lane = Lane::new(context.clone(), queue.clone(), ledger.clone(), done.clone());
        tasks.spawn(lane.run());
    }
    drop(ledger);
    let mut errors: Vec<DeliverError> = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        if let Ok(Err(error)) = ended
            && errors.iter().all(|known| known.to_string() != error.to_string())
        {
            errors.push(error);
        }
    }
    // Ends by itself: the last lane held the last handle.
    let _ = writer.await;
    report.delivered.add(std::mem::take(&mut done.lock().unwrap_or_else(PoisonError::into_inner)));
    errors
}
