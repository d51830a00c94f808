//! Is all well? What an operator sees at one look, gathered in a few queries that have an index each.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::super::{Context, slots};
use super::feed;
use crate::domain::{DeliveryState, SourceId, Standing};
use crate::render::page::desk::{FeedLine, OutboxLine, Overview, ScheduleLine, SourceLine};
use crate::store::{Conn, StoreError, figures, schedules, standings, visits};

/// Sources that are shown; the rest has a page of its own.
const SOURCES: usize = 50;
/// Slots that are shown.
const SLOTS: usize = 10;
/// Days that are drawn.
pub const DAYS: u32 = 14;

/// Gathers it; of schedules, those that are `known` to the configuration.
pub async fn gather(context: &Context, known: &BTreeSet<String>) -> Result<Overview, StoreError> {
    let now = context.clock.now();
    let mut lease = context.store.read().await?;
    let conn = &mut lease.conn();
    let mut late = figures::late(conn, slots::late_since(now)).await?;
    late.retain(|(schedule, _)| known.contains(schedule));
    let unwell = figures::unwell(conn).await?;
    let ids: BTreeSet<&str> = context.sources.iter().map(|source| source.id.as_str()).collect();
    let worst = worst(context, conn, &ids, now).await?;
    let next = next(conn, known, now).await?;
    let outbox = figures::deliveries(conn).await?;
    let oldest = figures::oldest_delivery(conn).await?;
    let store_bytes = figures::size(conn).await?;
    drop(lease);
    Ok(Overview {
        late: late.into_iter().map(|(name, at)| ScheduleLine { name, at }).collect(),
        next,
        sources: ids.len(),
        unwell: unwell.iter().filter(|(source, _)| ids.contains(source.as_str())).count(),
        worst,
        feeds: feeds(context).await,
        outbox: outbox.into_iter().filter_map(line).collect(),
        oldest,
        store_bytes,
    })
}

fn line((word, number): (String, i64)) -> Option<OutboxLine> {
    Some(OutboxLine { state: DeliveryState::parse(&word)?, number })
}

async fn next(
    conn: &mut Conn<'_>,
    known: &BTreeSet<String>,
    now: DateTime<Utc>,
) -> Result<Vec<ScheduleLine>, StoreError> {
    // Some may be of a configuration that was.
    let most = i64::try_from(4 * SLOTS).unwrap_or(i64::MAX);
    let next = schedules::upcoming(conn, now, most).await?.into_iter();
    let next = next.filter(|next| known.contains(&next.schedule)).take(SLOTS);
    Ok(next.map(|next| ScheduleLine { name: next.schedule, at: next.at }).collect())
}

/// Those that were visited, the worst first; after them those that never were.
async fn worst(
    context: &Context,
    conn: &mut Conn<'_>,
    ids: &BTreeSet<&str>,
    now: DateTime<Utc>,
) -> Result<Vec<SourceLine>, StoreError> {
    let most = i64::try_from(SOURCES).unwrap_or(i64::MAX);
    let mut worst = standings::worst(conn, most).await?;
    worst.retain(|(source, _)| ids.contains(source.as_str()));
    let seen: BTreeSet<String> = worst.iter().map(|(id, _)| id.to_string()).collect();
    let new = context.sources.iter().filter(|source| !seen.contains(source.id.as_str()));
    for source in new.take(SOURCES.saturating_sub(worst.len())) {
        worst.push((source.id.clone(), Standing::new(context.manners.pace, now)));
    }
    lines(conn, worst, now).await
}

/// With what each brought day by day.
pub(super) async fn lines(
    conn: &mut Conn<'_>,
    sources: Vec<(SourceId, Standing)>,
    now: DateTime<Utc>,
) -> Result<Vec<SourceLine>, StoreError> {
    let ids: Vec<_> = sources.iter().map(|(id, _)| id.clone()).collect();
    let mut days = visits::by_day(conn, &ids, DAYS, now).await?;
    let line = |(id, standing): (SourceId, Standing)| SourceLine {
        days: days.remove(id.as_str()).unwrap_or_else(|| vec![0; DAYS as usize]),
        name: id.to_string(),
        standing,
    };
    Ok(sources.into_iter().map(line).collect())
}

/// What stands published of each feed.
async fn feeds(context: &Context) -> Vec<FeedLine> {
    let context = context.clone();
    // A panic in it is logged where panics are; the page goes without.
    tokio::task::spawn_blocking(move || feed::lines(&context)).await.unwrap_or_default()
}
