//! Who holds which Delivery: runs of the deliver job, what they claim, and every step they take.
//!
//! A run writes that it lives now and again. Rows of a run that has stopped saying so are anybody's; a row that stood at
//! `sending` then is in doubt. A run that wakes up late finds its rows gone, since the owner is part of each condition.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

use super::engine::{Conn, PerEngine, claim, on, row, values};
use super::outbox::DeliveryRow;
use super::{StoreError, micros};
use crate::domain::{Delivery, DeliveryState};

const ALIVE: &str = "INSERT INTO delivery_run (id, alive_until) VALUES ($1, $2) \
    ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until";

const END_RUN: &str = "DELETE FROM delivery_run WHERE id = $1";

const END_ALL_RUNS: &str = "DELETE FROM delivery_run";

const END_DEAD_RUNS: &str = "DELETE FROM delivery_run WHERE alive_until < $1";

const INTERRUPTED: &str = "UPDATE delivery SET state = 'unknown', doubts = doubts + 1, owner = NULL, response = $1, changed_at = $2 \
    WHERE state = 'sending' AND (owner IS NULL OR owner NOT IN (SELECT id FROM delivery_run))";

// A second copy under the same Message-ID is the price of losing nobody; a third is not worth it.
const REVIVE: &str = "UPDATE delivery SET state = 'deferred', not_before = $1, changed_at = $1 \
    WHERE state = 'unknown' AND doubts <= 1";

const CLAIM: PerEngine = claim!(
    "WITH due AS MATERIALIZED (SELECT message, address FROM delivery \
    WHERE state IN ('new', 'deferred') AND not_before <= $1 \
    AND (owner IS NULL OR owner <> $3 AND owner NOT IN (SELECT id FROM delivery_run)) ORDER BY not_before LIMIT $2",
    ") UPDATE delivery SET owner = $3 WHERE (message, address) IN (SELECT message, address FROM due) \
    RETURNING message, address, state, attempts, doubts, not_before, deadline, mail_id, response"
);

/// Columns of a step in [`record`].
const STEP: [&str; 8] = ["TEXT", "TEXT", "TEXT", "TEXT", "BIGINT", "BIGINT", "BIGINT", "TEXT"];

row! { Stepped { message: String, address: String } }

/// Says that `run` lives until then, and forgets runs that did not.
pub async fn alive(
    conn: &mut Conn<'_>,
    run: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(END_DEAD_RUNS).bind(micros(now)).execute(x).await.map(drop))?;
    on!(conn, x => sqlx::query(ALIVE).bind(run).bind(micros(until)).execute(x).await.map(drop))?;
    Ok(())
}

/// The run is over: what it still holds is anybody's.
pub async fn end(conn: &mut Conn<'_>, run: &str) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(END_RUN).bind(run).execute(x).await.map(drop))?;
    Ok(())
}

/// No run can be alive but the one to come: the store belongs to this process alone.
pub async fn end_all(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(END_ALL_RUNS).execute(x).await.map(drop))?;
    Ok(())
}

/// What a run that is no more left between commit and verdict is in doubt, and says so in `words`.
pub async fn settle_interrupted(
    conn: &mut Conn<'_>,
    words: &str,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    Ok(on!(conn, x => sqlx::query(INTERRUPTED)
        .bind(words)
        .bind(micros(now))
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?)
}

/// What is in doubt for the first time waits to be sent once more.
pub async fn revive(conn: &mut Conn<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(REVIVE).bind(micros(now)).execute(x).await.map(drop))?;
    Ok(())
}

/// Takes at most `limit` Deliveries that may be tried at `now` for `run`, the longest waiting first; none that it holds already.
pub async fn claim(
    conn: &mut Conn<'_>,
    run: &str,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let text = CLAIM.text(conn);
    let rows: Vec<DeliveryRow> = on!(conn, x => sqlx::query_as(text)
        .bind(micros(now))
        .bind(limit)
        .bind(run)
        .fetch_all(x)
        .await)?;
    let mut claimed: Vec<Delivery> =
        rows.into_iter().map(DeliveryRow::read).collect::<Result<_, _>>()?;
    claimed.sort_by_key(|delivery| delivery.not_before);
    Ok(claimed)
}

/// A step of a Delivery, and where it stood before.
#[derive(Debug, Clone)]
pub struct Step {
    /// As it stands now.
    pub delivery: Delivery,
    /// As it must stand in the store.
    pub from: DeliveryState,
}

/// Writes all `steps` of `run` in one statement, and says of each whether the row still stood where it had to and was still
/// the run's; otherwise nothing of it is changed. What is sending stays the run's, everything else is let go.
///
/// What begins may be written again when the answer was lost on its way from the store: a row that is the run's and stands
/// where the step leads was put there by that step, since a run holds a row once.
pub async fn record(
    conn: &mut Conn<'_>,
    run: &str,
    steps: &[Step],
    now: DateTime<Utc>,
) -> Result<Vec<bool>, StoreError> {
    let (run_at, now_at) = (steps.len() * STEP.len() + 1, steps.len() * STEP.len() + 2);
    let text = format!(
        "UPDATE delivery SET state = v.column4, attempts = v.column5, doubts = v.column6, not_before = v.column7, \
         response = v.column8, changed_at = ${now_at}, owner = CASE WHEN v.column4 = 'sending' THEN delivery.owner END \
         FROM (VALUES {}) AS v WHERE delivery.message = v.column1 AND delivery.address = v.column2 \
         AND delivery.state IN (v.column3, v.column4) AND delivery.owner = ${run_at} RETURNING message, address",
        values(conn, steps.len(), &STEP)
    );
    let rows: Vec<Stepped> = on!(conn, x => {
        let mut query = sqlx::query_as(AssertSqlSafe(text));
        for Step { delivery, from } in steps {
            query = query
                .bind(delivery.message.to_string())
                .bind(delivery.address.as_str())
                .bind(from.as_str())
                .bind(delivery.state.as_str())
                .bind(i64::from(delivery.attempts))
                .bind(i64::from(delivery.doubts))
                .bind(micros(delivery.not_before))
                .bind(delivery.response.as_deref());
        }
        query.bind(run).bind(micros(now)).fetch_all(x).await
    })?;
    let done: HashSet<(String, String)> =
        rows.into_iter().map(|row| (row.message, row.address)).collect();
    let key = |step: &Step| {
        (step.delivery.message.to_string(), step.delivery.address.as_str().to_owned())
    };
    Ok(steps.iter().map(|step| done.contains(&key(step))).collect())
}
