//! Articles as they were settled at first sight and last changed.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::engine::{Conn, on, recurs, row};
use super::merged::Merged;
use super::packing::{pack, unpack};
use super::{StoreError, instant, micros, search, stories};
use crate::domain::{Article, ArticleId, Selection, SourceId};

/// An Article with what only the store knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredArticle<A = Article> {
    /// The Source it belongs to.
    pub source: SourceId,
    /// The article, summarized; or packed, as it is written.
    pub article: A,
    /// When it was first taken in.
    pub first_seen: DateTime<Utc>,
    /// When its content last changed; equals `first_seen` where it never did.
    pub changed: DateTime<Utc>,
}

impl StoredArticle {
    /// Its place in lists: publication where it is known to the day and not in the future, else first sight.
    pub fn appeared(&self) -> DateTime<Utc> {
        appeared(published(&self.article), self.first_seen)
    }
}

/// When it was published, where that is known to the day.
fn published(article: &Article) -> Option<DateTime<Utc>> {
    let exact = article.published.as_ref().filter(|moment| moment.is_exact_enough_for_feeds());
    exact.map(|moment| moment.instant.to_utc())
}

fn appeared(published: Option<DateTime<Utc>>, first_seen: DateTime<Utc>) -> DateTime<Utc> {
    published.filter(|instant| *instant <= first_seen).unwrap_or(first_seen)
}

/// An Article, packed for writing. Packing takes the processor and no store.
#[derive(Debug, Clone)]
pub struct Packed {
    id: ArticleId,
    published: Option<DateTime<Utc>>,
    body: Vec<u8>,
}

impl Packed {
    /// Packs `article`.
    pub fn of(article: &Article) -> Result<Self, StoreError> {
        let text = serde_json::to_string(article);
        let text = text.map_err(|e| StoreError::corrupt("article", &article.id.to_string(), &e))?;
        Ok(Self { id: article.id, published: published(article), body: pack(&text) })
    }

    /// What was packed.
    pub fn unpack(&self) -> Result<Article, StoreError> {
        unpacked(&self.id.to_string(), String::new(), Some(&self.body))
    }

    /// Whose it is.
    pub fn id(&self) -> ArticleId {
        self.id
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        self.body.len()
    }
}

impl StoredArticle {
    fn packed(&self) -> Result<StoredArticle<Packed>, StoreError> {
        Ok(self.with(Packed::of(&self.article)?))
    }
}

impl StoredArticle<Packed> {
    /// What was packed.
    pub fn unpack(&self) -> Result<StoredArticle, StoreError> {
        Ok(self.with(self.article.unpack()?))
    }
}

impl<A> StoredArticle<A> {
    fn with<B>(&self, article: B) -> StoredArticle<B> {
        let Self { source, first_seen, changed, .. } = self;
        StoredArticle {
            source: source.clone(),
            article,
            first_seen: *first_seen,
            changed: *changed,
        }
    }
}

row! { pub(super) ArticleRow {
    id: String, source: String, first_seen: i64, changed: i64, body: String, packed: Option<Vec<u8>>,
} }
row! { ListedRow {
    id: String, source: String, first_seen: i64, changed: i64, body: String, packed: Option<Vec<u8>>, sort_at: i64,
    story: Option<String>,
} }

const GET: &str = "SELECT id, source, first_seen, changed, body, packed FROM article WHERE id = $1";

const NEWEST: &str = "SELECT id, article.source AS source, first_seen, changed, sort_at, body, packed, story \
    FROM article LEFT JOIN story ON story.article = article.id \
    WHERE (sort_at, id) < ($1, $2) AND sort_at >= $4 ORDER BY sort_at DESC, id DESC LIMIT $3";

const BY_IDS: &str =
    "SELECT id, source, first_seen, changed, body, packed FROM article WHERE id IN (";

const INSERT: &str = "INSERT INTO article (id, source, first_seen, changed, sort_at, body, packed) \
    SELECT column1, column2, column3, column4, column5, '', column6 FROM (";

const OVER: &str = ") AS given WHERE NOT EXISTS (SELECT 1 FROM retired_article WHERE id = column1) \
    ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, body = excluded.body, packed = excluded.packed";

/// Rows written by one statement.
const ROWS: usize = 50;
/// Rows looked up by one statement, most of which are not there: each statement is two thread switches.
const LOOKED_UP: usize = 500;

const CHANGED: &str = "SELECT id, source, first_seen, changed, body, packed FROM article \
    WHERE (changed, id) > ($1, $2) AND changed <= $3 ORDER BY changed, id LIMIT $4";

/// Rows read at once while a selection is filled.
const PAGE: i64 = 100;
/// The first time fewer, but no fewer than these.
const FEW: i64 = 20;

/// The article with this id.
pub async fn get(conn: &mut Conn<'_>, id: ArticleId) -> Result<Option<StoredArticle>, StoreError> {
    let row: Option<ArticleRow> =
        on!(conn, x => sqlx::query_as(GET).bind(id.to_string()).fetch_optional(x).await)?;
    row.map(ArticleRow::read).transpose()
}

/// Those of `ids` that are there; one that cannot be read says so in its place.
pub async fn of_ids(
    conn: &mut Conn<'_>,
    ids: &[ArticleId],
) -> Result<HashMap<ArticleId, Result<StoredArticle, StoreError>>, StoreError> {
    let mut found = HashMap::new();
    for ids in ids.chunks(LOOKED_UP) {
        let rows: Vec<ArticleRow> = on!(conn, x => {
            let mut query = QueryBuilder::new(BY_IDS);
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(id.to_string());
            }
            query.push(")");
            query.build_query_as().persistent(recurs(ids.len(), LOOKED_UP)).fetch_all(x).await
        })?;
        for row in rows {
            let id = ArticleId::parse(&row.id)
                .ok_or_else(|| StoreError::corrupt("article", &row.id, &"its id is none"))?;
            found.insert(id, row.read());
        }
    }
    Ok(found)
}

/// The newest `limit` articles that `selection` admits at `now` and `wanted` accepts, newest first. What several sources
/// bring is there once; see `Merged`.
///
/// An article's place is settled at first sight, by its publication where that is known to the day, so an edit does not
/// move it.
pub async fn newest(
    conn: &mut Conn<'_>,
    selection: &Selection,
    now: DateTime<Utc>,
    limit: usize,
    wanted: impl FnMut(&StoredArticle) -> bool,
) -> Result<Vec<StoredArticle>, StoreError> {
    Ok(merged(conn, selection, now, limit, wanted).await?.articles())
}

/// The newest, and among them `late`, even where others are newer than these: those others give way, the oldest first. No
/// more than `limit`.
pub async fn newest_and(
    conn: &mut Conn<'_>,
    selection: &Selection,
    now: DateTime<Utc>,
    limit: usize,
    mut late: Vec<StoredArticle>,
) -> Result<Vec<StoredArticle>, StoreError> {
    let mut found = merged(conn, selection, now, limit, |_| true).await?;
    let ids: HashSet<ArticleId> = late.iter().map(|stored| stored.article.id).collect();
    late.retain(|stored| !found.has(stored.article.id));
    late.sort_by_key(|stored| Reverse((stored.appeared(), stored.article.id)));
    for stored in late {
        let story = stories::of(conn, stored.article.id).await?;
        let story = story.filter(|_| !selection.apart.contains(&stored.source));
        found.take(stored, story, true);
    }
    let mut articles = found.articles();
    while articles.len() > limit {
        let gives_way = articles.iter().rposition(|stored| !ids.contains(&stored.article.id));
        articles.remove(gives_way.unwrap_or(limit));
    }
    Ok(articles)
}

async fn merged(
    conn: &mut Conn<'_>,
    selection: &Selection,
    now: DateTime<Utc>,
    limit: usize,
    mut wanted: impl FnMut(&StoredArticle) -> bool,
) -> Result<Merged, StoreError> {
    let mut found = Merged::default();
    let oldest = selection.oldest(now).map_or(i64::MIN, micros);
    let mut after = (i64::MAX, String::new());
    // A few are wanted for a front page, and most belong: what is read beyond them is read for nothing.
    let mut page = i64::try_from(limit).unwrap_or(PAGE).clamp(FEW, PAGE);
    while found.len() < limit {
        let rows: Vec<ListedRow> = on!(conn, x => sqlx::query_as(NEWEST)
            .bind(after.0)
            .bind(&after.1)
            .bind(page)
            .bind(oldest)
            .fetch_all(x)
            .await)?;
        let exhausted = rows.len() < usize::try_from(page).unwrap_or(usize::MAX);
        page = PAGE;
        for row in rows {
            after = (row.sort_at, row.id.clone());
            let (stored, story) = row.read()?;
            if found.len() < limit && selection.admits(&stored.source, &stored.article) {
                let is_wanted = wanted(&stored);
                let story = story.filter(|_| !selection.apart.contains(&stored.source));
                found.take(stored, story, is_wanted);
            }
        }
        if exhausted {
            break;
        }
    }
    Ok(found)
}

/// Where the reading of what changed has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    after: (i64, String),
    until: DateTime<Utc>,
}

impl Changed {
    /// What came in or was edited after `since`, until `until`.
    pub fn between(since: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        // Behind every id of that instant.
        Self { after: (micros(since), "\u{10FFFF}".into()), until }
    }

    /// The next of them, in the order of their change; none once all are read.
    pub async fn next(&mut self, conn: &mut Conn<'_>) -> Result<Vec<StoredArticle>, StoreError> {
        let rows: Vec<ArticleRow> = on!(conn, x => sqlx::query_as(CHANGED)
            .bind(self.after.0)
            .bind(&self.after.1)
            .bind(micros(self.until))
            .bind(PAGE)
            .fetch_all(x)
            .await)?;
        if let Some(last) = rows.last() {
            self.after = (last.changed, last.id.clone());
        }
        rows.into_iter().map(ArticleRow::read).collect()
    }
}

/// Writes the article; `first_seen` and the place in lists stay as they were first written. One that retention took out
/// does not come in again.
pub async fn put(conn: &mut Conn<'_>, stored: &StoredArticle) -> Result<(), StoreError> {
    put_all(conn, std::slice::from_ref(stored)).await
}

/// Writes articles, each there once, as [`put`] does.
pub async fn put_all(conn: &mut Conn<'_>, articles: &[StoredArticle]) -> Result<(), StoreError> {
    for articles in articles.chunks(ROWS) {
        let packed = articles.iter().map(StoredArticle::packed).collect::<Result<_, _>>()?;
        write(conn, packed).await?;
    }
    Ok(())
}

/// Writes articles that are packed, each there once, as [`put`] does.
pub async fn write(
    conn: &mut Conn<'_>,
    articles: Vec<StoredArticle<Packed>>,
) -> Result<(), StoreError> {
    let mut ids = Vec::with_capacity(articles.len());
    let mut articles = articles.into_iter().peekable();
    while articles.peek().is_some() {
        let count = articles.len().min(ROWS);
        let rows = articles.by_ref().take(ROWS);
        on!(conn, x => {
            let mut query = QueryBuilder::new(INSERT);
            query.push_values(rows, |mut row, stored| {
                let StoredArticle { source, article, first_seen, changed } = stored;
                let Packed { id, published, body } = article;
                ids.push(id);
                row.push_bind(id.to_string())
                    .push_bind(source.to_string())
                    .push_bind(micros(first_seen))
                    .push_bind(micros(changed))
                    .push_bind(micros(appeared(published, first_seen)))
                    .push_bind(body);
            });
            query.push(OVER);
            query.build().persistent(recurs(count, ROWS)).execute(x).await.map(drop)
        })?;
    }
    for ids in ids.chunks(LOOKED_UP) {
        search::outdate(conn, ids.iter().copied()).await?;
    }
    Ok(())
}

/// The article that a row holds: packed or, as all were before, as text.
pub(super) fn unpacked(
    id: &str,
    text: String,
    packed: Option<&[u8]>,
) -> Result<Article, StoreError> {
    let corrupt = |reason: String| StoreError::corrupt("article", id, &reason);
    let text = packed.map_or(Ok(text), unpack).map_err(corrupt)?;
    serde_json::from_str(&text).map_err(|error| corrupt(error.to_string()))
}

impl ArticleRow {
    pub(super) fn read(self) -> Result<StoredArticle, StoreError> {
        let corrupt = |reason: String| StoreError::corrupt("article", &self.id, &reason);
        Ok(StoredArticle {
            source: SourceId::new(&self.source).map_err(|e| corrupt(e.to_string()))?,
            article: unpacked(&self.id, self.body, self.packed.as_deref())?,
            first_seen: instant(self.first_seen, "article", &self.id)?,
            changed: instant(self.changed, "article", &self.id)?,
        })
    }
}

impl ListedRow {
    /// The article, and the story it tells.
    fn read(self) -> Result<(StoredArticle, Option<String>), StoreError> {
        let Self { id, source, first_seen, changed, body, packed, .. } = self;
        Ok((ArticleRow { id, source, first_seen, changed, body, packed }.read()?, self.story))
    }
}
