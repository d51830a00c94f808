//! What each cadence of a Digest has had: an article comes once, and so does a story.

use chrono::{DateTime, Utc};

use super::engine::{Conn, on, row};
use super::{StoreError, instant, micros};
use crate::domain::{ArticleId, DigestId, EditionId};

// An edited article that comes again stays under the Edition that brought it first.
const REMEMBER: &str = "INSERT INTO edition_article (digest, cadence, article, edition, fate, changed, place) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) \
    ON CONFLICT (digest, cadence, article) DO UPDATE SET fate = excluded.fate, changed = excluded.changed";

const OF_ARTICLE: &str = "SELECT a.fate, a.changed FROM edition_article a JOIN edition e ON e.id = a.edition \
    WHERE a.digest = $1 AND a.cadence = $2 AND a.article = $3 AND e.composed_at <= $4";

const OF_PLACE: &str = "SELECT a.article FROM edition_article a JOIN edition e ON e.id = a.edition \
    WHERE a.digest = $1 AND a.cadence = $2 AND a.place = $3 AND a.fate = 'chosen' AND e.composed_at <= $4 LIMIT 1";

row! { MemoryRow { fate: String, changed: i64 } }

/// What became of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was in the Edition.
    Chosen,
    /// It was not.
    LeftOut,
}

/// An article that an Edition looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Which.
    pub article: ArticleId,
    /// What became of it.
    pub fate: Fate,
    /// Its last change that was seen.
    pub changed: DateTime<Utc>,
    /// Where it is read, as [`crate::domain::Article::place`] has it.
    pub place: Option<String>,
}

/// Whose memory is asked: of one cadence, as it stood at `now`.
#[derive(Debug, Clone, Copy)]
pub struct Memory<'a> {
    /// The digest.
    pub digest: &'a DigestId,
    /// Its cadence.
    pub cadence: &'a str,
    /// What came later is not known yet.
    pub now: DateTime<Utc>,
}

/// Remembers what `edition` looked at.
pub async fn remember(
    conn: &mut Conn<'_>,
    memory: Memory<'_>,
    edition: EditionId,
    articles: &[Remembered],
) -> Result<(), StoreError> {
    for remembered in articles {
        on!(conn, x => sqlx::query(REMEMBER)
            .bind(memory.digest.as_str())
            .bind(memory.cadence)
            .bind(remembered.article.to_string())
            .bind(edition.to_string())
            .bind(remembered.fate.word())
            .bind(micros(remembered.changed))
            .bind(&remembered.place)
            .execute(x)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// What became of the article, and its last change that was seen then.
pub async fn of_article(
    conn: &mut Conn<'_>,
    memory: Memory<'_>,
    article: ArticleId,
) -> Result<Option<(Fate, DateTime<Utc>)>, StoreError> {
    let row: Option<MemoryRow> = on!(conn, x => sqlx::query_as(OF_ARTICLE)
        .bind(memory.digest.as_str())
        .bind(memory.cadence)
        .bind(article.to_string())
        .bind(micros(memory.now))
        .fetch_optional(x)
        .await)?;
    let read = |row: MemoryRow| {
        let fate = if row.fate == Fate::Chosen.word() { Fate::Chosen } else { Fate::LeftOut };
        Ok((fate, instant(row.changed, "edition_article", &article.to_string())?))
    };
    row.map(read).transpose()
}

/// The article that the cadence has had from `place`.
pub async fn of_place(
    conn: &mut Conn<'_>,
    memory: Memory<'_>,
    place: &str,
) -> Result<Option<ArticleId>, StoreError> {
    let id: Option<String> = on!(conn, x => sqlx::query_scalar(OF_PLACE)
        .bind(memory.digest.as_str())
        .bind(memory.cadence)
        .bind(place)
        .bind(micros(memory.now))
        .fetch_optional(x)
        .await)?;
    let read = |id: String| {
        ArticleId::parse(&id)
            .ok_or_else(|| StoreError::corrupt("edition_article", &id, &"no article id"))
    };
    id.map(read).transpose()
}

impl Fate {
    fn word(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::LeftOut => "left",
        }
    }
}
