//! Several processes on one store: each says by which definitions it works, and a newcomer that would work by others waits.

use std::convert::Infallible;
use std::time::Duration;

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Context, StoreError};
use crate::store::nodes;

/// How often a node says that it lives.
const BEAT: Duration = Duration::from_secs(20);
/// A node that was not seen for so long is no more.
const GONE_AFTER: TimeDelta = TimeDelta::seconds(90);
/// How often a newcomer looks again.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// This process as the others see it.
#[derive(Debug, Clone)]
pub struct Node {
    id: String,
    definitions: String,
}

impl Node {
    /// One that works by what `definitions` is the fingerprint of.
    pub fn new(definitions: String) -> Self {
        Self { id: Uuid::now_v7().to_string(), definitions }
    }

    /// Takes its place among the nodes, as soon as none works by other definitions; at once where a roll-out is under way, or
    /// where the store is this process's alone.
    pub async fn join(&self, context: &Context, is_rollout: bool) -> Result<(), StoreError> {
        if context.store.is_ours_alone() {
            return Ok(());
        }
        let mut has_said = false;
        loop {
            let others = self.others(context).await?;
            if others == 0 || is_rollout {
                return self.say(context).await;
            }
            if !has_said {
                tracing::warn!(
                    nodes = others,
                    "others work on this store by other definitions; waiting until they have gone \
                     (start with --roll-out to work beside them)"
                );
                has_said = true;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// The same process, working by the definitions of another.
    #[must_use]
    pub fn working_as(&self, other: &Self) -> Self {
        Self { id: self.id.clone(), definitions: other.definitions.clone() }
    }

    /// Says again and again that it lives, and what it sees of others; never ends.
    pub async fn live(&self, context: &Context) -> Infallible {
        if context.store.is_ours_alone() {
            return std::future::pending().await;
        }
        loop {
            match (self.say(context).await, self.others(context).await) {
                (Ok(()), Ok(0)) => {}
                (Ok(()), Ok(nodes)) => {
                    tracing::warn!(nodes, "others work on this store by other definitions");
                }
                (Err(error), _) | (_, Err(error)) => {
                    tracing::warn!(%error, "the other nodes could not be told that this one lives");
                }
            }
            tokio::time::sleep(BEAT).await;
        }
    }

    /// Takes leave.
    pub async fn leave(&self, context: &Context) -> Result<(), StoreError> {
        if context.store.is_ours_alone() {
            return Ok(());
        }
        let mut tx = context.store.begin().await?;
        nodes::gone(&mut tx.conn(), &self.id, context.clock.now() - GONE_AFTER).await?;
        tx.commit().await
    }

    async fn say(&self, context: &Context) -> Result<(), StoreError> {
        let mut tx = context.store.begin().await?;
        nodes::seen(&mut tx.conn(), &self.id, &self.definitions, context.clock.now()).await?;
        tx.commit().await
    }

    async fn others(&self, context: &Context) -> Result<usize, StoreError> {
        let mut lease = context.store.read().await?;
        let since = context.clock.now() - GONE_AFTER;
        let living = nodes::living(&mut lease.conn(), since).await?;
        let differs = |(id, by): &&(String, String)| *id != self.id && *by != self.definitions;
        Ok(living.iter().filter(differs).count())
    }
}
