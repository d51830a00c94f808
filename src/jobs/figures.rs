//! What an operator watches and is alarmed by.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Context, slots};
use crate::store::{StoreError, figures};

/// How things stand, as the store has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Schedules with a slot that came a while ago and that nobody has decided.
    pub schedules_late: usize,
    /// Seconds since the oldest of those slots; 0 where there is none.
    pub lateness: i64,
    /// Slots of the last day by what was decided.
    pub slots: Vec<(String, i64)>,
    /// Sources by how they are.
    pub sources: Vec<(String, i64)>,
    /// Articles there are.
    pub articles: i64,
    /// Deliveries that are not sent, by state.
    pub deliveries: Vec<(String, i64)>,
    /// Seconds that the delivery waits that waits longest; 0 where none is due.
    pub outbox_age: i64,
    /// Bytes of the database.
    pub store_bytes: i64,
    /// Bytes of SQLite's log, which somebody who reads in one transaction makes grow.
    pub log_bytes: u64,
    /// Seconds since the oldest transaction began that keeps PostgreSQL from clearing dead rows.
    pub oldest_snapshot: f64,
}

/// Gathers them; of schedules, those that are `known` to the configuration.
pub async fn gather(context: &Context, known: &BTreeSet<String>) -> Result<Figures, StoreError> {
    let now = context.clock.now();
    let mut lease = context.store.read().await?;
    let conn = &mut lease.conn();
    let mut late = figures::late(conn, slots::late_since(now)).await?;
    late.retain(|(schedule, _)| known.contains(schedule));
    let oldest = figures::oldest_delivery(conn).await?;
    let seconds = |at: DateTime<Utc>| (now - at).num_seconds().max(0);
    Ok(Figures {
        schedules_late: late.len(),
        lateness: late.first().map_or(0, |(_, at)| seconds(*at)),
        slots: figures::slots(conn, now - TimeDelta::days(1)).await?,
        sources: sources(context, figures::unwell(conn).await?),
        articles: figures::articles(conn).await?,
        deliveries: figures::deliveries(conn).await?,
        outbox_age: oldest.map_or(0, seconds),
        store_bytes: figures::size(conn).await?,
        log_bytes: context.store.log_bytes(),
        oldest_snapshot: figures::oldest_snapshot(conn).await?,
    })
}

/// Those in the configuration; what is not known to be unwell is fine.
fn sources(context: &Context, unwell: Vec<(String, String)>) -> Vec<(String, i64)> {
    let ids: BTreeSet<&str> = context.sources.iter().map(|source| source.id.as_str()).collect();
    let mut counts = BTreeMap::from([("fine".to_owned(), 0)]);
    for (source, state) in unwell {
        if ids.contains(source.as_str()) {
            *counts.entry(state).or_default() += 1;
        }
    }
    let unwell: i64 = counts.values().sum();
    counts.insert("fine".into(), i64::try_from(ids.len()).unwrap_or(i64::MAX) - unwell);
    counts.into_iter().collect()
}

/// Whether the store answers.
pub async fn store_answers(context: &Context) -> Result<(), StoreError> {
    let mut lease = context.store.read().await?;
    figures::answers(&mut lease.conn()).await
}
