//! When each schedule is due next, and what was decided about every slot.

use std::collections::HashSet;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

use super::engine::{Conn, on, row};
use super::{StoreError, instant, micros};
use crate::domain::{Decision, Slot};

/// Rows written by one statement; more gains little.
const ROWS: usize = 500;

row! { NextRow { name: String, fingerprint: String, next_at: i64 } }
row! { SlotRow { schedule: String, at: i64 } }
row! { DecisionRow { at: i64, decision: String, reason: Option<String> } }
row! { AbandonedRow { schedule: String, at: i64, attempts: i64 } }

/// When a schedule is due next, and what that was derived from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The schedule's name.
    pub schedule: String,
    /// What the instant depends on.
    pub fingerprint: String,
    /// The instant.
    pub at: DateTime<Utc>,
}

const ALL: &str = "SELECT name, fingerprint, next_at FROM schedule";

const UPCOMING: &str = "SELECT name, fingerprint, next_at FROM schedule WHERE next_at >= $1 ORDER BY next_at, name LIMIT $2";

const SET: (&str, &str) = (
    "INSERT INTO schedule (name, fingerprint, next_at) VALUES ",
    " ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint, next_at = excluded.next_at",
);

const DECIDE: (&str, &str) = (
    "INSERT INTO slot (schedule, at, decision, reason, decided_at, holder, lease_until) VALUES ",
    " ON CONFLICT (schedule, at) DO NOTHING RETURNING schedule, at",
);

// The holder is the fence: a process that stood still finds another's name here.
const SETTLE: &str = "UPDATE slot SET decision = $4, reason = $5 \
    WHERE schedule = $1 AND at = $2 AND holder = $3 AND decision = 'begun'";

const BUSY: (&str, &str) =
    ("SELECT DISTINCT schedule FROM slot WHERE decision = 'begun' AND schedule IN ", "");

const ABANDONED: &str = "SELECT schedule, at, attempts FROM slot \
    WHERE decision = 'begun' AND lease_until <= $1 ORDER BY schedule, at";

const TAKE_OVER: &str = "UPDATE slot SET holder = $3, lease_until = $5, attempts = attempts + 1 \
    WHERE schedule = $1 AND at = $2 AND decision = 'begun' AND lease_until <= $4";

const RENEW: &str = "UPDATE slot SET lease_until = $4 \
    WHERE schedule = $1 AND at = $2 AND holder = $3 AND decision = 'begun'";

// An end in good order is no failed attempt.
const RELEASE: &str = "UPDATE slot SET lease_until = 0, attempts = attempts - 1 \
    WHERE holder = $1 AND decision = 'begun'";

const ABANDON_ALL: &str = "UPDATE slot SET lease_until = 0 WHERE decision = 'begun'";

const POSTPONE: &str = "UPDATE slot SET lease_until = 0, attempts = attempts - 1 \
    WHERE schedule = $1 AND at = $2 AND holder = $3 AND decision = 'begun'";

const BEGUN: &str = "SELECT at FROM slot WHERE schedule = $1 AND decision = 'begun' ORDER BY at";

const LAST: &str =
    "SELECT at, decision, reason FROM slot WHERE schedule = $1 ORDER BY at DESC LIMIT $2";

const FORGET: &str = "DELETE FROM slot WHERE decided_at > $1 AND at > $1 AND decision = 'skipped'";

const COUNT: &str = "SELECT count(*) FROM slot WHERE schedule = $1";

/// When each schedule is due next.
pub async fn all_next(conn: &mut Conn<'_>) -> Result<Vec<Next>, StoreError> {
    let rows: Vec<NextRow> = on!(conn, x => sqlx::query_as(ALL).fetch_all(x).await)?;
    rows.into_iter().map(NextRow::read).collect()
}

/// The next slots at `now` or later, the first one first.
pub async fn upcoming(
    conn: &mut Conn<'_>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Next>, StoreError> {
    let rows: Vec<NextRow> = on!(conn, x => sqlx::query_as(UPCOMING)
        .bind(micros(now))
        .bind(limit)
        .fetch_all(x)
        .await)?;
    rows.into_iter().map(NextRow::read).collect()
}

impl NextRow {
    fn read(self) -> Result<Next, StoreError> {
        let at = instant(self.next_at, "schedule", &self.name)?;
        Ok(Next { schedule: self.name, fingerprint: self.fingerprint, at })
    }
}

/// Stores when schedules are due next, in sets.
pub async fn set_next(conn: &mut Conn<'_>, next: &[Next]) -> Result<(), StoreError> {
    for set in next.chunks(ROWS) {
        let text = many(SET, set.len(), 3);
        on!(conn, x => {
            let mut query = sqlx::query(AssertSqlSafe(text));
            for next in set {
                query = query.bind(&next.schedule).bind(&next.fingerprint).bind(micros(next.at));
            }
            query.execute(x).await.map(drop)
        })?;
    }
    Ok(())
}

/// Records decisions, in sets; gives those slots that had none before. The others keep what they had.
pub async fn decide(
    conn: &mut Conn<'_>,
    decided: &[(Slot, Decision)],
    holder: &str,
    lease_until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<HashSet<(String, DateTime<Utc>)>, StoreError> {
    let mut new = HashSet::new();
    for set in decided.chunks(ROWS) {
        let text = many(DECIDE, set.len(), 7);
        let rows: Vec<SlotRow> = on!(conn, x => {
            let mut query = sqlx::query_as(AssertSqlSafe(text));
            for (slot, decision) in set {
                let (word, reason) = words(decision);
                query = query
                    .bind(&slot.schedule)
                    .bind(micros(slot.at))
                    .bind(word)
                    .bind(reason)
                    .bind(micros(now))
                    .bind(holder)
                    .bind(micros(lease_until));
            }
            query.fetch_all(x).await
        })?;
        for SlotRow { schedule, at } in rows {
            let at = instant(at, "slot", &schedule)?;
            new.insert((schedule, at));
        }
    }
    Ok(new)
}

/// A statement with places for so many rows of so many columns.
fn many((head, tail): (&str, &str), rows: usize, columns: usize) -> String {
    let mut text = head.to_owned();
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=columns {
            let comma = if column == columns { ")" } else { ", " };
            // Writing to a String cannot fail.
            let _ = write!(text, "${}{comma}", row * columns + column);
        }
    }
    text + tail
}

/// Says what became of a slot that the holder has begun; `false` where it is no longer his, or settled: it stays as it is.
pub async fn settle(
    conn: &mut Conn<'_>,
    slot: &Slot,
    holder: &str,
    decision: &Decision,
) -> Result<bool, StoreError> {
    let (word, reason) = words(decision);
    let done = on!(conn, x => sqlx::query(SETTLE)
        .bind(&slot.schedule)
        .bind(micros(slot.at))
        .bind(holder)
        .bind(word)
        .bind(reason)
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Those of `schedules` of which some slot's work was begun and not settled, by whomever.
pub async fn busy(conn: &mut Conn<'_>, schedules: &[Next]) -> Result<HashSet<String>, StoreError> {
    let mut busy = HashSet::new();
    for set in schedules.chunks(ROWS) {
        let text = many(BUSY, 1, set.len());
        let names: Vec<String> = on!(conn, x => {
            let mut query = sqlx::query_scalar(AssertSqlSafe(text));
            for next in set {
                query = query.bind(&next.schedule);
            }
            query.fetch_all(x).await
        })?;
        busy.extend(names);
    }
    Ok(busy)
}

/// Slots that were begun by a process that was not heard of since, with how often they were begun.
pub async fn abandoned(
    conn: &mut Conn<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<(Slot, i64)>, StoreError> {
    let rows: Vec<AbandonedRow> =
        on!(conn, x => sqlx::query_as(ABANDONED).bind(micros(now)).fetch_all(x).await)?;
    rows.into_iter()
        .map(|AbandonedRow { schedule, at, attempts }| {
            let at = instant(at, "slot", &schedule)?;
            Ok((Slot { schedule, at }, attempts))
        })
        .collect()
}

/// Makes an abandoned slot the holder's; `false` where somebody else was first.
pub async fn take_over(
    conn: &mut Conn<'_>,
    slot: &Slot,
    holder: &str,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = on!(conn, x => sqlx::query(TAKE_OVER)
        .bind(&slot.schedule)
        .bind(micros(slot.at))
        .bind(holder)
        .bind(micros(now))
        .bind(micros(lease_until))
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Prolongs the holder's lease; `false` where it is no longer his.
pub async fn renew(
    conn: &mut Conn<'_>,
    slot: &Slot,
    holder: &str,
    lease_until: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = on!(conn, x => sqlx::query(RENEW)
        .bind(&slot.schedule)
        .bind(micros(slot.at))
        .bind(holder)
        .bind(micros(lease_until))
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Ends all leases of the holder.
pub async fn release(conn: &mut Conn<'_>, holder: &str) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(RELEASE).bind(holder).execute(x).await.map(drop))?;
    Ok(())
}

/// Ends all leases of all holders.
pub async fn abandon_all(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(ABANDON_ALL).execute(x).await.map(drop))?;
    Ok(())
}

/// Leaves a slot that the holder has begun to whoever looks for such next.
pub async fn postpone(conn: &mut Conn<'_>, slot: &Slot, holder: &str) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(POSTPONE)
        .bind(&slot.schedule)
        .bind(micros(slot.at))
        .bind(holder)
        .execute(x)
        .await
        .map(drop))?;
    Ok(())
}

/// Slots of the schedule whose work was begun and is not settled.
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

/// Forgets what was skipped at a later time than `now`, of slots that have not come: a clock stood ahead. Gives their number.
pub async fn forget_future(conn: &mut Conn<'_>, now: DateTime<Utc>) -> Result<u64, StoreError> {
    Ok(on!(conn, x => sqlx::query(FORGET)
        .bind(micros(now))
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?)
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
