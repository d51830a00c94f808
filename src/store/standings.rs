//! How each source is doing, and the history of its visits.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::QueryBuilder;

use super::documents::read_known;
use super::engine::{Conn, on, recurs, row};
use super::{StoreError, instant, micros};
use crate::domain::{Health, Known, Outcome, Quiet, SourceId, Standing, Validators};

/// A source as the store knows it.
#[derive(Debug, Clone)]
pub struct Stood {
    /// How it is doing.
    pub standing: Standing,
    /// What is remembered of the document that it is, where it is one.
    pub known: Option<Known>,
}

/// A visit that is to be written.
#[derive(Debug, Clone)]
pub struct Visited {
    /// Whose.
    pub source: SourceId,
    /// The document that the source is, where it is one.
    pub reference: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// How the source stands after it.
    pub standing: Standing,
}

row! { StandingRow {
    source: String, state: String, since: i64, told: String, paused: i64, strikes: i64, found: i64, filled: i64,
    visited_at: Option<i64>, fresh_at: Option<i64>, reason: Option<String>, quiet: Option<String>, pace: i64, next_at: i64, not_before: i64,
    digest: Option<String>, etag: Option<String>, last_modified: Option<String>, moved: Option<String>,
} }

const ALL: &str = "SELECT s.source, s.state, s.since, s.told, s.paused, s.strikes, s.found, s.filled, \
    s.visited_at, s.fresh_at, s.reason, s.quiet, s.pace, s.next_at, s.not_before, \
    d.digest, d.etag, d.last_modified, d.moved \
    FROM standing s LEFT JOIN document d ON d.source = s.source AND d.reference = s.reference";

// The rows are chosen before anything is joined to them. In the order of how bad it is, as `Health` has it.
const WORST: &str = "SELECT s.source, s.state, s.since, s.told, s.paused, s.strikes, s.found, s.filled, \
    s.visited_at, s.fresh_at, s.reason, s.quiet, s.pace, s.next_at, s.not_before, \
    d.digest, d.etag, d.last_modified, d.moved \
    FROM (SELECT * FROM standing ORDER BY CASE state WHEN 'gone' THEN 0 WHEN 'failing' THEN 1 WHEN 'empty' THEN 2 \
        WHEN 'thin' THEN 3 ELSE 4 END, strikes DESC, source LIMIT $1) s \
    LEFT JOIN document d ON d.source = s.source AND d.reference = s.reference \
    ORDER BY CASE s.state WHEN 'gone' THEN 0 WHEN 'failing' THEN 1 WHEN 'empty' THEN 2 \
        WHEN 'thin' THEN 3 ELSE 4 END, s.strikes DESC, s.source";

const ONE: &str = "SELECT s.source, s.state, s.since, s.told, s.paused, s.strikes, s.found, s.filled, \
    s.visited_at, s.fresh_at, s.reason, s.quiet, s.pace, s.next_at, s.not_before, \
    d.digest, d.etag, d.last_modified, d.moved \
    FROM standing s LEFT JOIN document d ON d.source = s.source AND d.reference = s.reference WHERE s.source = $1";

const PUT: &str = "INSERT INTO standing (source, reference, state, since, told, paused, strikes, found, filled, \
    visited_at, fresh_at, reason, quiet, pace, next_at, not_before) ";

/// A pause is the operator's word, and what he was told is settled with the notice: a visit changes neither.
const OVER: &str = " ON CONFLICT (source) DO UPDATE SET reference = excluded.reference, state = excluded.state, \
    since = excluded.since, strikes = excluded.strikes, found = excluded.found, filled = excluded.filled, \
    visited_at = excluded.visited_at, fresh_at = excluded.fresh_at, reason = excluded.reason, quiet = excluded.quiet, pace = excluded.pace, \
    next_at = excluded.next_at, not_before = excluded.not_before";

const ADD: &str = "INSERT INTO visit (at, source, outcome, found, fresh, changed, filled, reason) ";

const FORGET: &str = "DELETE FROM visit WHERE at < $1";

const TELL: &str = "UPDATE standing SET told = $2 WHERE source = $1";

const HAS_NEWS: &str = "SELECT count(*) FROM standing WHERE (state = 'fine') <> (told = 'fine')";

const PAUSE: &str = "UPDATE standing SET paused = 1 WHERE source = $1";

const RESET: &str = "DELETE FROM standing WHERE source = $1";

/// Rows written by one statement.
const ROWS: usize = 50;

/// All sources that were ever visited.
pub async fn all(conn: &mut Conn<'_>) -> Result<HashMap<SourceId, Stood>, StoreError> {
    let rows: Vec<StandingRow> = on!(conn, x => sqlx::query_as(ALL).fetch_all(x).await)?;
    rows.into_iter().map(StandingRow::read).collect()
}

/// The worst of all sources that were ever visited, the worst first.
pub async fn worst(
    conn: &mut Conn<'_>,
    limit: i64,
) -> Result<Vec<(SourceId, Standing)>, StoreError> {
    let rows: Vec<StandingRow> =
        on!(conn, x => sqlx::query_as(WORST).bind(limit).fetch_all(x).await)?;
    let read = |row: StandingRow| row.read().map(|(id, stood)| (id, stood.standing));
    rows.into_iter().map(read).collect()
}

/// How one source stands, if it was ever visited.
pub async fn get(conn: &mut Conn<'_>, source: &SourceId) -> Result<Option<Stood>, StoreError> {
    let row: Option<StandingRow> =
        on!(conn, x => sqlx::query_as(ONE).bind(source.as_str()).fetch_optional(x).await)?;
    Ok(row.map(StandingRow::read).transpose()?.map(|(_, stood)| stood))
}

/// Writes how sources stand after their visits, and what is worth remembering of these.
pub async fn put(conn: &mut Conn<'_>, visits: &[Visited]) -> Result<(), StoreError> {
    for visits in visits.chunks(ROWS) {
        put_standings(conn, visits).await?;
        let events: Vec<&Visited> =
            visits.iter().filter(|visit| visit.outcome != Outcome::Unchanged).collect();
        if !events.is_empty() {
            put_events(conn, &events).await?;
        }
    }
    Ok(())
}

async fn put_standings(conn: &mut Conn<'_>, visits: &[Visited]) -> Result<(), StoreError> {
    on!(conn, x => {
        let mut query = QueryBuilder::new(PUT);
        query.push_values(visits, |mut row, visit| {
            let standing = &visit.standing;
            row.push_bind(visit.source.as_str())
                .push_bind(visit.reference.as_deref())
                .push_bind(standing.health.as_str())
                .push_bind(micros(standing.since))
                .push_bind(standing.told.as_str())
                .push_bind(i64::from(standing.paused))
                .push_bind(i64::from(standing.strikes))
                .push_bind(i64::from(standing.found))
                .push_bind(i64::from(standing.filled))
                .push_bind(standing.visited_at.map(micros))
                .push_bind(standing.fresh_at.map(micros))
                .push_bind(standing.reason.as_deref())
                .push_bind(quiet(&standing.quiet))
                .push_bind(standing.pace.num_microseconds().unwrap_or(i64::MAX))
                .push_bind(micros(standing.next_at))
                .push_bind(micros(standing.not_before));
        });
        query.push(OVER);
        query.build().persistent(recurs(visits.len(), ROWS)).execute(x).await.map(drop)
    })?;
    Ok(())
}

/// Most feeds ask for nothing.
fn quiet(quiet: &Quiet) -> Option<String> {
    let asks = *quiet != Quiet::default();
    asks.then(|| serde_json::to_string(quiet).ok()).flatten()
}

async fn put_events(conn: &mut Conn<'_>, events: &[&Visited]) -> Result<(), StoreError> {
    on!(conn, x => {
        let mut query = QueryBuilder::new(ADD);
        query.push_values(events, |mut row, visit| {
            let event = Event::of(&visit.outcome);
            row.push_bind(micros(visit.standing.visited_at.unwrap_or(visit.standing.next_at)))
                .push_bind(visit.source.as_str())
                .push_bind(event.word)
                .push_bind(event.found)
                .push_bind(event.fresh)
                .push_bind(event.changed)
                .push_bind(event.filled)
                .push_bind(event.reason);
        });
        // Two looks within a microsecond are one event.
        query.push(" ON CONFLICT (at, source) DO NOTHING");
        query.build().persistent(recurs(events.len(), ROWS)).execute(x).await.map(drop)
    })?;
    Ok(())
}

/// Forgets visits before `before`.
pub async fn forget(conn: &mut Conn<'_>, before: DateTime<Utc>) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(FORGET).bind(micros(before)).execute(x).await.map(drop))?;
    Ok(())
}

/// Whether there is something that the operator was not told.
pub async fn has_news(conn: &mut Conn<'_>) -> Result<bool, StoreError> {
    let count: i64 = on!(conn, x => sqlx::query_scalar(HAS_NEWS).fetch_one(x).await)?;
    Ok(count > 0)
}

/// Remembers what the operator was told.
pub async fn tell(conn: &mut Conn<'_>, source: &SourceId, told: Health) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(TELL).bind(source.as_str()).bind(told.as_str()).execute(x).await.map(drop))?;
    Ok(())
}

/// Stops a source; `new` is how it stands where it was never visited.
pub async fn pause(
    conn: &mut Conn<'_>,
    source: &SourceId,
    new: &Standing,
) -> Result<(), StoreError> {
    let done = on!(conn, x => sqlx::query(PAUSE)
        .bind(source.as_str())
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?;
    if done == 0 {
        let standing = Standing { paused: true, ..new.clone() };
        let outcome = Outcome::Unchanged;
        let visited = Visited { source: source.clone(), reference: None, outcome, standing };
        put_standings(conn, &[visited]).await?;
    }
    Ok(())
}

/// Forgets how a source stood: it begins anew, and what it brings is what is usual.
pub async fn reset(conn: &mut Conn<'_>, source: &SourceId) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(RESET).bind(source.as_str()).execute(x).await.map(drop))?;
    Ok(())
}

/// An outcome as the history keeps it.
struct Event<'o> {
    word: &'static str,
    found: i64,
    fresh: i64,
    changed: i64,
    filled: Option<i64>,
    reason: Option<&'o str>,
}

impl<'o> Event<'o> {
    fn of(outcome: &'o Outcome) -> Self {
        let nothing =
            Event { word: "unchanged", found: 0, fresh: 0, changed: 0, filled: None, reason: None };
        match outcome {
            Outcome::Unchanged => nothing,
            Outcome::Gone => Event { word: "gone", ..nothing },
            Outcome::Failed { reason, .. } => {
                Event { word: "failed", reason: Some(reason), ..nothing }
            }
            Outcome::Read { found, fresh, changed, filled } => Event {
                word: "read",
                found: i64::from(*found),
                fresh: i64::from(*fresh),
                changed: i64::from(*changed),
                filled: filled.map(i64::from),
                reason: None,
            },
        }
    }
}

impl StandingRow {
    fn read(self) -> Result<(SourceId, Stood), StoreError> {
        let source = self.source;
        let corrupt = |what: &str| StoreError::corrupt("standing", &source, &what);
        let at = |micros| instant(micros, "standing", &source);
        let health = |word: &str| Health::parse(word).ok_or_else(|| corrupt(word));
        let count = |number: i64| u32::try_from(number).map_err(|_| corrupt("a negative count"));
        let standing = Standing {
            health: health(&self.state)?,
            since: at(self.since)?,
            told: health(&self.told)?,
            paused: self.paused != 0,
            strikes: count(self.strikes)?,
            found: count(self.found)?,
            filled: count(self.filled)?,
            visited_at: self.visited_at.map(at).transpose()?,
            fresh_at: self.fresh_at.map(at).transpose()?,
            reason: self.reason,
            // What cannot be read is what the next visit finds anew.
            quiet: self
                .quiet
                .and_then(|quiet| serde_json::from_str(&quiet).ok())
                .unwrap_or_default(),
            pace: TimeDelta::microseconds(self.pace),
            next_at: at(self.next_at)?,
            not_before: at(self.not_before)?,
        };
        let known = self.digest.map(|digest| {
            let validators = Validators { etag: self.etag, last_modified: self.last_modified };
            read_known(digest, validators, self.moved.as_deref())
        });
        let id = SourceId::new(&source).map_err(|error| corrupt(&error.to_string()))?;
        Ok((id, Stood { standing, known }))
    }
}
