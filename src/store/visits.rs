//! The history of sources, to be looked at: what single visits brought, and how much came in day by day.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::engine::{Conn, on, row};
use super::{StoreError, instant, micros};
use crate::domain::SourceId;

/// A day, as the counts have it.
const DAY: i64 = 86_400_000_000;

row! { VisitRow {
    at: i64, outcome: String, found: i64, fresh: i64, changed: i64, reason: Option<String>,
} }
row! { DayRow { source: String, day: i64, number: i64 } }

/// A visit that is remembered; those that brought nothing new are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// When.
    pub at: DateTime<Utc>,
    /// `read`, `failed` or `gone`.
    pub outcome: String,
    /// Articles that were there, known or not.
    pub found: i64,
    /// Of these, new ones.
    pub fresh: i64,
    /// Of these, edited ones.
    pub changed: i64,
    /// What went wrong, if anything.
    pub reason: Option<String>,
}

const OF: &str = "SELECT at, outcome, found, fresh, changed, reason FROM visit \
    WHERE source = $1 ORDER BY at DESC LIMIT $2";

/// The last visits to a source, the newest first.
pub async fn of(
    conn: &mut Conn<'_>,
    source: &SourceId,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    let rows: Vec<VisitRow> = on!(conn, x => sqlx::query_as(OF)
        .bind(source.as_str())
        .bind(limit)
        .fetch_all(x)
        .await)?;
    let read = |row: VisitRow| {
        Ok(Visit {
            at: instant(row.at, "visit", source.as_str())?,
            outcome: row.outcome,
            found: row.found,
            fresh: row.fresh,
            changed: row.changed,
            reason: row.reason,
        })
    };
    rows.into_iter().map(read).collect()
}

/// New articles of each of `sources` on each of the last `days` days, today last.
pub async fn by_day(
    conn: &mut Conn<'_>,
    sources: &[SourceId],
    days: u32,
    now: DateTime<Utc>,
) -> Result<HashMap<String, Vec<u32>>, StoreError> {
    if sources.is_empty() {
        return Ok(HashMap::new());
    }
    let first = micros(now).div_euclid(DAY) + 1 - i64::from(days);
    let rows: Vec<DayRow> = on!(conn, x => {
        let mut query = QueryBuilder::new(
            "SELECT source, at / 86400000000 AS day, CAST(sum(fresh) AS BIGINT) AS number FROM visit WHERE fresh > 0 AND at >= ",
        );
        query.push_bind(first * DAY).push(" AND source IN (");
        let mut names = query.separated(", ");
        for source in sources {
            names.push_bind(source.as_str());
        }
        query.push(") GROUP BY source, at / 86400000000");
        query.build_query_as().fetch_all(x).await
    })?;
    let mut found: HashMap<String, Vec<u32>> = HashMap::new();
    for DayRow { source, day, number } in rows {
        let counts = found.entry(source).or_insert_with(|| vec![0; days as usize]);
        let place = usize::try_from(day - first).ok().and_then(|place| counts.get_mut(place));
        if let Some(place) = place {
            *place = u32::try_from(number).unwrap_or(u32::MAX);
        }
    }
    Ok(found)
}
