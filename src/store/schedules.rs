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
