//! Which articles and Editions hold certain words: FTS5 on one engine, tsvector on the other, over the same words.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::articles::{ArticleRow, StoredArticle};
use super::engine::{Conn, PerEngine, on, row};
use super::{Store, StoreError, micros};
use crate::domain::{ArticleId, Edition, EditionId, Query, Term};

/// Bits of a number below those of its second.
const BELOW: u32 = 29;
/// Numbers that are tried for a thing before the next filling finds it another.
const TRIES: i64 = 8;
/// Things that one step of filling takes: so long nobody else can write.
const STEP: i64 = 100;

const ARTICLE: &str = "article";
const EDITION: &str = "edition";

const FIND: PerEngine = PerEngine {
    sqlite: "SELECT searchable.id AS id, kind, number FROM search JOIN searchable ON number = search.rowid \
        WHERE search MATCH $1 AND search.rowid < $2 ORDER BY search.rowid DESC LIMIT $3",
    postgres: "SELECT searchable.id AS id, kind, number FROM search JOIN searchable ON number = rowid \
        WHERE array_to_tsvector(string_to_array(words, ' ')) @@ CAST($1 AS tsquery) AND rowid < $2 \
        ORDER BY rowid DESC LIMIT $3",
};

const RETIRED: [&str; 2] = [
    "DELETE FROM search WHERE rowid IN (SELECT number FROM searchable \
        WHERE id IN (SELECT id FROM retired_article WHERE retired_at = $1))",
    "DELETE FROM searchable WHERE id IN (SELECT id FROM retired_article WHERE retired_at = $1)",
];
const EDITIONS_GONE: [&str; 2] = [
    "DELETE FROM search WHERE rowid IN (SELECT number FROM searchable \
        WHERE kind = 'edition' AND NOT EXISTS (SELECT 1 FROM edition WHERE edition.id = searchable.id))",
    "DELETE FROM searchable \
        WHERE kind = 'edition' AND NOT EXISTS (SELECT 1 FROM edition WHERE edition.id = searchable.id)",
];

const ARTICLES_MISSING: &str = "SELECT id, source, first_seen, changed, body, packed, sort_at FROM article \
    WHERE (changed, id) > ($1, $2) AND NOT EXISTS (SELECT 1 FROM searchable WHERE searchable.id = article.id) \
    ORDER BY changed, id LIMIT $3";
const EDITIONS_MISSING: &str = "SELECT id, subject, body FROM edition WHERE id > $1 AND web <> '' \
    AND NOT EXISTS (SELECT 1 FROM searchable WHERE searchable.id = edition.id) ORDER BY id LIMIT $2";

row! { FoundRow { id: String, kind: String, number: i64 } }
row! { MissingArticle {
    id: String, source: String, first_seen: i64, changed: i64, body: String, packed: Option<Vec<u8>>, sort_at: i64,
} }
row! { MissingEdition { id: String, subject: String, body: String } }

/// Something that search can find.
#[derive(Debug)]
pub(super) struct Searchable {
    id: String,
    kind: &'static str,
    number: i64,
    words: String,
}

/// Something that search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An article.
    Article(ArticleId),
    /// An Edition.
    Edition(EditionId),
}

impl Found {
    /// Its id, where it is an article.
    pub fn article(self) -> Option<ArticleId> {
        match self {
            Self::Article(id) => Some(id),
            Self::Edition(_) => None,
        }
    }
}

impl Searchable {
    fn article(stored: &StoredArticle, sort_at: i64) -> Self {
        let id = stored.article.id.to_string();
        let number = number(sort_at, &id);
        Self { number, id, kind: ARTICLE, words: stored.article.search_words() }
    }

    pub(super) fn edition(edition: &Edition, subject: &str) -> Self {
        let id = edition.id.to_string();
        let number = number(micros(edition.slot), &id);
        Self { number, id, kind: EDITION, words: edition.search_words(subject) }
    }
}

/// The second, and bits of the id so that things of one second have numbers of their own. Years before 1697 and after 2242
/// are as far away as those.
fn number(at: i64, id: &str) -> i64 {
    let furthest = (1_i64 << (63 - BELOW)) - 1;
    let second = at.div_euclid(1_000_000).clamp(-furthest, furthest);
    let bits = i64::from_str_radix(id.get(..8).unwrap_or_default(), 16).unwrap_or(0);
    second << BELOW | bits >> (32 - BELOW)
}

/// Articles that were written are found by the words they had no more, and by those they have at the next filling: finding
/// words in an article takes longer than all that is done to take it in.
pub(super) async fn outdate(
    conn: &mut Conn<'_>,
    articles: impl Iterator<Item = ArticleId>,
) -> Result<(), StoreError> {
    let ids: Vec<String> = articles.map(|id| id.to_string()).collect();
    let known = known(conn, &ids).await?;
    if known.is_empty() {
        return Ok(());
    }
    let numbers: Vec<i64> = known.iter().map(|(_, number)| *number).collect();
    forget(conn, &numbers).await?;
    on!(conn, x => {
        let mut query = QueryBuilder::new("DELETE FROM searchable WHERE number IN (");
        let mut list = query.separated(", ");
        for number in &numbers {
            list.push_bind(*number);
        }
        query.push(")");
        query.build().persistent(false).execute(x).await.map(drop)
    })?;
    Ok(())
}

/// Lets `things` be found by their words, and no longer by those they had.
pub(super) async fn put(conn: &mut Conn<'_>, things: Vec<Searchable>) -> Result<(), StoreError> {
    let mut waiting: BTreeMap<String, Searchable> =
        things.into_iter().map(|thing| (thing.id.clone(), thing)).collect();
    let mut numbered = Vec::with_capacity(waiting.len());
    for attempt in 0..TRIES {
        if waiting.is_empty() {
            break;
        }
        let registered = register(conn, &waiting, attempt).await?;
        take(&mut waiting, registered, &mut numbered);
        if attempt == 0 && !waiting.is_empty() {
            // They have numbers already, or others have theirs.
            let ids: Vec<String> = waiting.keys().cloned().collect();
            let known = known(conn, &ids).await?;
            let numbers: Vec<i64> = known.iter().map(|(_, number)| *number).collect();
            forget(conn, &numbers).await?;
            take(&mut waiting, known, &mut numbered);
        }
    }
    write(conn, &numbered).await
}

fn take(
    waiting: &mut BTreeMap<String, Searchable>,
    numbers: Vec<(String, i64)>,
    numbered: &mut Vec<(i64, String)>,
) {
    for (id, number) in numbers {
        numbered.extend(waiting.remove(&id).map(|thing| (number, thing.words)));
    }
}

/// Gives new things their numbers; those that are known, or whose number another has, are passed over.
async fn register(
    conn: &mut Conn<'_>,
    things: &BTreeMap<String, Searchable>,
    attempt: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(conn, x => {
        let mut query = QueryBuilder::new("INSERT INTO searchable (id, number, kind) ");
        query.push_values(things.values(), |mut row, thing| {
            row.push_bind(thing.id.as_str()).push_bind(thing.number + attempt).push_bind(thing.kind);
        });
        query.push(" ON CONFLICT DO NOTHING RETURNING id, number");
        query.build_query_as().persistent(false).fetch_all(x).await
    })?)
}

async fn known(conn: &mut Conn<'_>, ids: &[String]) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(conn, x => {
        let mut query = QueryBuilder::new("SELECT id, number FROM searchable WHERE id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.as_str());
        }
        query.push(")");
        query.build_query_as().persistent(false).fetch_all(x).await
    })?)
}

async fn forget(conn: &mut Conn<'_>, numbers: &[i64]) -> Result<(), StoreError> {
    if numbers.is_empty() {
        return Ok(());
    }
    on!(conn, x => {
        let mut query = QueryBuilder::new("DELETE FROM search WHERE rowid IN (");
        let mut list = query.separated(", ");
        for number in numbers {
            list.push_bind(*number);
        }
        query.push(")");
        query.build().persistent(false).execute(x).await.map(drop)
    })?;
    Ok(())
}

async fn write(conn: &mut Conn<'_>, numbered: &[(i64, String)]) -> Result<(), StoreError> {
    if numbered.is_empty() {
        return Ok(());
    }
    on!(conn, x => {
        let mut query = QueryBuilder::new("INSERT INTO search (rowid, words) ");
        query.push_values(numbered, |mut row, (number, words)| {
            row.push_bind(*number).push_bind(words.as_str());
        });
        query.build().persistent(false).execute(x).await.map(drop)
    })?;
    Ok(())
}

/// What holds all of `query`, the newest first, at most `limit`; only what comes after the number `after`, where one is
/// given. Each with its number.
pub async fn find(
    conn: &mut Conn<'_>,
    query: &Query,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<(i64, Found)>, StoreError> {
    let terms = terms(conn, query);
    let sql = FIND.text(conn);
    let rows: Vec<FoundRow> = on!(conn, x => sqlx::query_as(sql)
        .bind(&terms)
        .bind(after.unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(x)
        .await)?;
    rows.into_iter().map(FoundRow::read).collect()
}

/// The query in the engine's words. Terms hold letters and digits only: between quotes they mean nothing else.
fn terms(conn: &Conn<'_>, query: &Query) -> String {
    let (quote, open, and) = match conn {
        Conn::Sqlite(_) => ('"', "*", " "),
        Conn::Postgres(_) => ('\'', ":*", " & "),
    };
    let term = |term: &Term| {
        format!("{quote}{}{quote}{}", term.text, if term.is_open { open } else { "" })
    };
    query.terms().iter().map(term).collect::<Vec<_>>().join(and)
}

impl FoundRow {
    fn read(self) -> Result<(i64, Found), StoreError> {
        let found = match self.kind.as_str() {
            ARTICLE => ArticleId::parse(&self.id).map(Found::Article),
            _ => EditionId::parse(&self.id).map(Found::Edition),
        };
        let found = found.ok_or_else(|| StoreError::corrupt("searchable", &self.id, &"no id"))?;
        Ok((self.number, found))
    }
}

/// Articles that were retired at `now` are found no more.
pub(super) async fn forget_retired(conn: &mut Conn<'_>, now: i64) -> Result<(), StoreError> {
    for sql in RETIRED {
        on!(conn, x => sqlx::query(sql).bind(now).execute(x).await.map(drop))?;
    }
    Ok(())
}

/// Editions that are no more are found no more.
pub(super) async fn forget_editions(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    for sql in EDITIONS_GONE {
        on!(conn, x => sqlx::query(sql).execute(x).await.map(drop))?;
    }
    Ok(())
}

impl Store {
    /// Lets everything be found that was written before there was search, or carried here from elsewhere: a few hundred things
    /// a transaction. How many there were.
    pub async fn fill_search(&self) -> Result<usize, StoreError> {
        Ok(self.fill(ARTICLE, i64::MIN).await? + self.fill(EDITION, i64::MIN).await?)
    }

    /// Lets the articles be found that came in or were edited at `since` or later.
    pub async fn fill_search_since(&self, since: DateTime<Utc>) -> Result<usize, StoreError> {
        self.fill(ARTICLE, micros(since)).await
    }

    async fn fill(&self, kind: &str, since: i64) -> Result<usize, StoreError> {
        let (mut count, mut after) = (0, (since, String::new()));
        loop {
            let mut tx = self.begin().await?;
            let (last, things) = missing(&mut tx.conn(), kind, &after).await?;
            let Some(last) = last else { return Ok(count) };
            count += things.len();
            put(&mut tx.conn(), things).await?;
            tx.commit().await?;
            after = last;
        }
    }
}

/// Up to where things were looked at: their time, where they are taken in its order, and their id.
type Cursor = (i64, String);

/// The next things behind `after` that cannot be found yet, and the last that was looked at. What cannot be read is passed
/// over.
async fn missing(
    conn: &mut Conn<'_>,
    kind: &str,
    after: &Cursor,
) -> Result<(Option<Cursor>, Vec<Searchable>), StoreError> {
    if kind == ARTICLE {
        let rows: Vec<MissingArticle> = on!(conn, x => sqlx::query_as(ARTICLES_MISSING)
            .bind(after.0).bind(&after.1).bind(STEP).fetch_all(x).await)?;
        let last = rows.last().map(|row| (row.changed, row.id.clone()));
        return Ok((last, rows.into_iter().filter_map(MissingArticle::read).collect()));
    }
    let rows: Vec<MissingEdition> = on!(conn, x => sqlx::query_as(EDITIONS_MISSING)
        .bind(&after.1).bind(STEP).fetch_all(x).await)?;
    let last = rows.last().map(|row| (after.0, row.id.clone()));
    let read = |row: MissingEdition| {
        let edition = serde_json::from_str(&row.body).ok()?;
        Some(Searchable::edition(&edition, &row.subject))
    };
    Ok((last, rows.into_iter().filter_map(read).collect()))
}

impl MissingArticle {
    fn read(self) -> Option<Searchable> {
        let Self { id, source, first_seen, changed, body, packed, sort_at } = self;
        let stored = ArticleRow { id, source, first_seen, changed, body, packed }.read().ok()?;
        Some(Searchable::article(&stored, sort_at))
    }
}
