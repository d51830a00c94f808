//! Which articles the archive pages of a feed hold: those behind the end of the page before, up to their own.

use chrono::{DateTime, Utc};

use super::articles::{ArticleRow, StoredArticle};
use super::engine::{Conn, on, row};
use super::{StoreError, micros};
use crate::domain::{FeedId, Selection};

/// The last article of a page, by first sight and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    at: i64,
    id: String,
}

row! { ArchiveRow { last_at: i64, last_id: String } }

const PAGES: &str = "SELECT last_at, last_id FROM archive WHERE feed = $1 ORDER BY number";

const ADD: &str = "INSERT INTO archive (feed, number, last_at, last_id) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (feed, number) DO NOTHING";

const AFTER: &str = "SELECT id, source, first_seen, changed, body, packed FROM article \
    WHERE (first_seen, id) > ($1, $2) AND (first_seen, id) <= ($3, $4) ORDER BY first_seen, id LIMIT $5";

/// Rows read at once while a page is filled.
const ROWS: i64 = 100;

impl Mark {
    /// Before every article.
    pub fn beginning() -> Self {
        Self { at: i64::MIN, id: String::new() }
    }

    /// Behind every article that has been there for as long as this.
    pub fn seen_by(time: DateTime<Utc>) -> Self {
        // No id begins with such a letter.
        Self { at: micros(time), id: "~".to_owned() }
    }

    /// The place of `stored`.
    pub fn of(stored: &StoredArticle) -> Self {
        Self { at: micros(stored.first_seen), id: stored.article.id.to_string() }
    }
}

/// The ends of all pages of `feed`, the oldest first.
pub async fn pages(conn: &mut Conn<'_>, feed: &FeedId) -> Result<Vec<Mark>, StoreError> {
    let rows: Vec<ArchiveRow> =
        on!(conn, x => sqlx::query_as(PAGES).bind(feed.as_str()).fetch_all(x).await)?;
    Ok(rows.into_iter().map(|row| Mark { at: row.last_at, id: row.last_id }).collect())
}

/// Remembers that page `number` of `feed` ends at `end`. What is known already stays.
pub async fn add(
    conn: &mut Conn<'_>,
    feed: &FeedId,
    number: u32,
    end: &Mark,
) -> Result<(), StoreError> {
    on!(conn, x => sqlx::query(ADD)
        .bind(feed.as_str())
        .bind(i64::from(number))
        .bind(end.at)
        .bind(&end.id)
        .execute(x)
        .await.map(drop))?;
    Ok(())
}

/// The oldest `limit` articles behind `from`, none of them behind `to`, that `selection` admits.
pub async fn between(
    conn: &mut Conn<'_>,
    selection: &Selection,
    from: &Mark,
    to: &Mark,
    limit: usize,
) -> Result<Vec<StoredArticle>, StoreError> {
    let (mut found, mut after) = (Vec::new(), from.clone());
    while found.len() < limit {
        let rows: Vec<ArticleRow> = on!(conn, x => sqlx::query_as(AFTER)
            .bind(after.at)
            .bind(&after.id)
            .bind(to.at)
            .bind(&to.id)
            .bind(ROWS)
            .fetch_all(x)
            .await)?;
        let is_last = rows.len() < usize::try_from(ROWS).unwrap_or(usize::MAX);
        for row in rows {
            let stored = row.read()?;
            after = Mark::of(&stored);
            if found.len() < limit && selection.admits(&stored.source, &stored.article) {
                found.push(stored);
            }
        }
        if is_last {
            break;
        }
    }
    Ok(found)
}
