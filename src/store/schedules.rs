//! When each schedule is due next, and what was decided about every slot.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on, row};
use super::{StoreError, instant, micros};
use crate::domain::{Decision, Slot};

row! { NextRow { fingerprint: String, next_at: i64 } }

const GET: &str = "SELECT fingerprint, next_at FROM schedule WHERE name = $1";

const SET: &str = "INSERT INTO schedule (name, fingerprint, next_at) VALUES ($1, $2, $3) \
    ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint, next_at = excluded.next_at";

const DECIDE: &str = "INSERT INTO slot (schedule, at, decision, reason, decided_at) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (schedule, at) DO NOTHING";

const SETTLE: &str = "UPDATE slot SET decision = $3, reason = $4 WHERE schedule = $1 AND at = $2";

const BEGUN: &str = "SELECT at FROM slot WHERE schedule = $1 AND decision = 'begun' ORDER BY at";

const LAST: &str =
    "SELECT at, decision, reason FROM slot WHERE schedule = $1 ORDER BY at DESC LIMIT $2";

row! { DecisionRow { at: i64, decision: String, reason: Option<String> } }

const COUNT: &str = "SELECT count(*) FROM slot WHERE schedule = $1";

/// When the schedule is due next, if it was stored under the same fingerprint.
pub async fn next_at(
    conn: &mut Conn<'_>,
    name: &str,
    fingerprint: &str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let row: Option<NextRow> =
        on!(conn, x => sqlx::query_as(GET).bind(name).fetch_optional(x).await)?;
    row.filter(|row| row.fingerprint == fingerprint)
        .map(|row| instant(row.next_at, "schedule", name))
        .transpose()
}

/// Stores when the schedule is due next.
pub async fn set_next_at(
    conn: &mut Conn<'_>,
    name: &str,
    fingerprint: &str,
    next_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(SET)
        .bind(name)
        .bind(fingerprint)
        .bind(micros(next_at))
        .execute(x)
        .await.map(drop))?;
    Ok(())
}

/// Records the decision; `false` where the slot was decided before, and then nothing is changed.
pub async fn decide(
    conn: &mut Conn<'_>,
    slot: &Slot,
    decision: &Decision,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let (word, reason) = words(decision);
    let done = on!(conn, x => sqlx::query(DECIDE)
        .bind(&slot.schedule)
        .bind(micros(slot.at))
        .bind(word)
        .bind(reason)
        .bind(micros(now))
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Says what became of a slot that was begun.
pub async fn settle(
    conn: &mut Conn<'_>,
    slot: &Slot,
    decision: &Decision,
) -> Result<(), StoreError> {
    let (word, reason) = words(decision);
    on!(conn, x => sqlx::query(SETTLE)
        .bind(&slot.schedule)
        .bind(micros(slot.at))
        .bind(word)
        .bind(reason)
        .execute(x)
        .await.map(drop))?;
    Ok(())
}

/// Slots of the schedule whose work was begun and of which nothing more was heard.
pub async fn begun(conn: &mut Conn<'_>, schedule: &str) -> Result<Vec<Slot>, StoreError> {
    let instants: Vec<i64> =
        on!(conn, x => sqlx::query_scalar(BEGUN).bind(schedule).fetch_all(x).await)?;
    instants
        .into_iter()
        .map(|at| Ok(Slot { schedule: schedule.to_owned(), at: instant(at, "slot", schedule)? }))
        .collect()
}

/// What was decided about the last slots of the schedule, the newest first.
pub async fn last_decided(
    conn: &mut Conn<'_>,
    schedule: &str,
    last: u32,
) -> Result<Vec<(Slot, Decision)>, StoreError> {
    let rows: Vec<DecisionRow> = on!(conn, x => sqlx::query_as(LAST)
        .bind(schedule)
        .bind(i64::from(last))
        .fetch_all(x)
        .await)?;
    let read = |row: DecisionRow| {
        let decision = match row.decision.as_str() {
            "begun" => Decision::Begun,
            "run" => Decision::Run,
            _ => Decision::Skipped(row.reason.unwrap_or_default()),
        };
        let at = instant(row.at, "slot", schedule)?;
        Ok((Slot { schedule: schedule.to_owned(), at }, decision))
    };
    rows.into_iter().map(read).collect()
}

/// How many slots of the schedule were decided.
pub async fn decided(conn: &mut Conn<'_>, schedule: &str) -> Result<i64, StoreError> {
    Ok(on!(conn, x => sqlx::query_scalar(COUNT).bind(schedule).fetch_one(x).await)?)
}

fn words(decision: &Decision) -> (&'static str, Option<&str>) {
    match decision {
        Decision::Begun => ("begun", None),
        Decision::Run => ("run", None),
        Decision::Skipped(reason) => ("skipped", Some(reason)),
    }
}
