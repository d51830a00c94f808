//! Which articles tell one story: found by their sketches, kept apart, told together.
//!
//! An article comes with its sketch, and waits; many that wait are settled at once, since each look into the index of `marks`
//! touches pages all over it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{AssertSqlSafe, QueryBuilder};

use super::engine::{Conn, PerEngine, on, recurs, row, values};
use super::marks::{self, Candidate, Waiting};
use super::{Store, StoreError, articles, micros};
use crate::domain::{ArticleId, OtherReport, Sketch, SourceId};

/// How long a story is told: what is nearly the same after that is a reprint, or a page that says the same every month.
const TOLD_FOR: TimeDelta = TimeDelta::days(14);
/// Rows of one statement; SQLite takes 32,766 variables, PostgreSQL 65,535.
const CHUNK: usize = 500;
/// What `waits` says of an article that is new.
const NEW: i64 = 1;
/// Articles settled at once: so many that most pages of the index have some of their marks.
const AT_ONCE: i64 = 2000;

row! { ReportRow { id: String, source: String, body: String, packed: Option<Vec<u8>> } }

const ON_EDIT: &str = " ON CONFLICT (article) DO UPDATE SET sketch = excluded.sketch, \
    waits = CASE WHEN story.waits = 1 THEN 1 ELSE 2 END";
// A row of `marks::SKETCHED`, with what it waits for and since when; all in one, as there.
const WAITING: PerEngine = PerEngine {
    sqlite: "SELECT string_agg(article || ' ' || source || ' ' || story || ' ' || hex(sketch) || ' ' || waits || ' ' || at, ',') \
        FROM (SELECT article, source, story, sketch, waits, at FROM story WHERE waits > 0 ORDER BY at, article LIMIT $1) AS waiting",
    postgres: "SELECT string_agg(article || ' ' || source || ' ' || story || ' ' || encode(sketch, 'hex') || ' ' || waits || ' ' || at, ',') \
        FROM (SELECT article, source, story, sketch, waits, at FROM story WHERE waits > 0 ORDER BY at, article LIMIT $1 \
            FOR UPDATE SKIP LOCKED) AS waiting",
};
const OF: &str = "SELECT story FROM story WHERE article = $1";
// An article that tells a story of its own is in no index of stories; others are found by the one they tell.
const REPORTS: &str = "SELECT article.id AS id, article.source AS source, article.body AS body, article.packed AS packed \
    FROM story AS own JOIN story AS other \
    ON other.article = own.story OR (other.story = own.story AND other.story <> other.article) \
    JOIN article ON article.id = other.article \
    WHERE own.article = $1 AND other.source <> own.source \
    ORDER BY article.first_seen, article.id LIMIT 24";

/// Keeps the sketches of what came in or was edited, each article once; which stories they tell is to be settled.
pub async fn sketched(
    conn: &mut Conn<'_>,
    told: &[(SourceId, ArticleId, Sketch)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // One statement cannot write one row twice.
    let told: BTreeMap<ArticleId, (&SourceId, &Sketch)> =
        told.iter().map(|(source, id, sketch)| (*id, (source, sketch))).collect();
    let told: Vec<_> = told.into_iter().collect();
    for told in told.chunks(CHUNK) {
        on!(conn, x => {
            let mut query = QueryBuilder::new("INSERT INTO story (article, source, story, sketch, at, waits) ");
            query.push_values(told, |mut row, (id, (source, sketch))| {
                row.push_bind(id.to_string())
                    .push_bind(source.as_str())
                    .push_bind(id.to_string())
                    .push_bind(sketch.to_bytes())
                    .push_bind(micros(now))
                    .push_bind(NEW);
            });
            query.push(ON_EDIT);
            query.build().persistent(recurs(told.len(), CHUNK)).execute(x).await.map(drop)
        })?;
    }
    Ok(())
}

/// Settles what waits, a part a transaction, until nothing does.
pub async fn settle_all(store: &Store, now: DateTime<Utc>) -> Result<(), StoreError> {
    loop {
        let mut tx = store.begin().await?;
        let settled = settle(&mut tx.conn(), now).await?;
        tx.commit().await?;
        if settled == 0 {
            return Ok(());
        }
    }
}

/// Settles which story each article that waits longest tells: that of another source's article which is nearly the same,
/// else its own. Settled once: an edit later does not move it. How many were settled, two thousand at most.
pub async fn settle(conn: &mut Conn<'_>, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let mut waiting = waiting(conn).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut known = marks::known(conn, &waiting, now - TOLD_FOR).await?;
    let mut rows = Vec::new();
    for one in &mut waiting {
        if one.is_new {
            let told = known.best(one);
            one.is.story = told.unwrap_or(one.id);
        }
        rows.extend(known.add(one));
    }
    tell(conn, &waiting).await?;
    marks::write(conn, rows, now).await?;
    Ok(waiting.len())
}

/// What waits longest, that first.
async fn waiting(conn: &mut Conn<'_>) -> Result<Vec<Waiting>, StoreError> {
    let text = WAITING.text(conn);
    let found: Option<String> =
        on!(conn, x => sqlx::query_scalar(text).bind(AT_ONCE).fetch_one(x).await)?;
    let mut waiting = marks::rows("story", found.as_deref(), waiting_in)?;
    waiting.sort_unstable_by_key(|(at, one)| (*at, one.id));
    Ok(waiting.into_iter().map(|(_, one)| one).collect())
}

/// An article that waits, as [`WAITING`] writes it, and since when it does.
fn waiting_in(row: &str) -> Option<(i64, Waiting)> {
    let (row, at) = row.rsplit_once(' ')?;
    let (row, waits) = row.rsplit_once(' ')?;
    let (id, is) = Candidate::read(row)?;
    Some((at.parse().ok()?, Waiting::new(id, is, waits.parse() == Ok(NEW))))
}

/// Writes which story each article tells.
async fn tell(conn: &mut Conn<'_>, settled: &[Waiting]) -> Result<(), StoreError> {
    for settled in settled.chunks(CHUNK) {
        let text = format!(
            "UPDATE story SET story = v.column2, waits = 0 FROM (VALUES {}) AS v WHERE story.article = v.column1",
            values(conn, settled.len(), &["TEXT", "TEXT"])
        );
        on!(conn, x => {
            let mut query = sqlx::query(AssertSqlSafe(text)).persistent(recurs(settled.len(), CHUNK));
            for one in settled {
                query = query.bind(one.id.to_string()).bind(one.is.story.to_string());
            }
            query.execute(x).await.map(drop)
        })?;
    }
    Ok(())
}

/// Forgets by what articles are looked up whose story is no longer told, a part a transaction. How many rows that were.
pub async fn forget(store: &Store, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let (mut after, mut rows) = (i64::MIN, 0);
    loop {
        let mut tx = store.begin().await?;
        let conn = &mut tx.conn();
        let Some(last) = marks::last_of_part(conn, after).await? else { return Ok(rows) };
        rows += marks::forget(conn, after, last, now - TOLD_FOR).await?;
        tx.commit().await?;
        after = last;
    }
}

/// The story that `article` tells, by the article that stands for it.
pub async fn of(conn: &mut Conn<'_>, article: ArticleId) -> Result<Option<String>, StoreError> {
    Ok(on!(conn, x => sqlx::query_scalar(OF).bind(article.to_string()).fetch_optional(x).await)?)
}

/// The other sources' reports of the story that `article` tells, one a source, the first first. Sources that are to be
/// left `apart` report nothing, and nothing is also reported of theirs.
pub async fn also_reported_by(
    conn: &mut Conn<'_>,
    source: &SourceId,
    article: ArticleId,
    apart: &[SourceId],
) -> Result<Vec<OtherReport>, StoreError> {
    if apart.contains(source) {
        return Ok(Vec::new());
    }
    let rows: Vec<ReportRow> =
        on!(conn, x => sqlx::query_as(REPORTS).bind(article.to_string()).fetch_all(x).await)?;
    let mut reports: Vec<OtherReport> = Vec::new();
    for row in rows {
        let report = row.read()?;
        let is_known = reports.iter().any(|known| known.source == report.source);
        if !is_known && !apart.contains(&report.source) {
            reports.push(report);
        }
    }
    Ok(reports)
}

impl ReportRow {
    fn read(self) -> Result<OtherReport, StoreError> {
        let article = articles::unpacked(&self.id, self.body, self.packed.as_deref())?;
        let corrupt = |reason: String| StoreError::corrupt("article", &self.id, &reason);
        Ok(OtherReport {
            article: article.id,
            source: SourceId::new(&self.source).map_err(|error| corrupt(error.to_string()))?,
            url: article.link().cloned(),
            attribution: article.attribution,
            title: article.title,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::marks::{MOST_HOLDERS, marked};
    use crate::store::{migrations, sqlite};

    /// An article comes in, or is edited, and is settled.
    async fn come(conn: &mut Conn<'_>, source: &SourceId, id: ArticleId, sketch: Sketch) {
        let now = DateTime::UNIX_EPOCH;
        sketched(conn, &[(source.clone(), id, sketch)], now).await.unwrap();
        assert_eq!(settle(conn, now).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn what_every_article_says_is_looked_up_no_further_than_a_few_of_them() {
        let directory = tempfile::tempdir().unwrap();
        let db = sqlite::open(&directory.path().join("press.db"), false).await.unwrap();
        let words: Vec<String> = (0..200).map(|word| format!("word{word}")).collect();
        let sketch = Sketch::of(std::iter::once(words.join(" ").as_str())).unwrap();
        let mut tx = db.begin().await.unwrap();
        let conn = &mut tx.conn();
        let now = DateTime::UNIX_EPOCH;
        let source = |n: usize| SourceId::new(&format!("s{n}")).unwrap();
        let id = |n: usize| ArticleId::derive(&source(n), "footer");
        for n in 0..40 {
            come(conn, &source(n), id(n), sketch).await;
        }
        let told = of(conn, id(39)).await.unwrap();
        assert_eq!(told, Some(id(0).to_string()), "it is still found to be the first one's");
        let found = marked(conn, &sketch.marks()[..1], now).await.unwrap();
        assert_eq!(found.len(), MOST_HOLDERS);
        tx.commit().await.unwrap();
        db.close().await;
    }

    #[tokio::test]
    async fn those_who_come_together_are_settled_together_and_an_edit_moves_none() {
        let directory = tempfile::tempdir().unwrap();
        let db = sqlite::open(&directory.path().join("press.db"), false).await.unwrap();
        let sketch = |what: &str| {
            let words: Vec<String> = (0..200).map(|word| format!("{what}{word}")).collect();
            Sketch::of(std::iter::once(words.join(" ").as_str())).unwrap()
        };
        let (wire, own) = (sketch("wire"), sketch("own"));
        let source = |n: usize| SourceId::new(&format!("s{n}")).unwrap();
        let mut ids: Vec<_> = (0..40).map(|n| ArticleId::derive(&source(n), "report")).collect();
        let told: Vec<_> = (0..40).map(|n| (source(n), ids[n], wire)).collect();
        let mut tx = db.begin().await.unwrap();
        let (conn, now) = (&mut tx.conn(), DateTime::UNIX_EPOCH);
        sketched(conn, &told, now).await.unwrap();
        let alone = of(conn, ids[7]).await.unwrap();
        assert_eq!(alone, Some(ids[7].to_string()), "its own until it is settled");
        assert_eq!(settle(conn, now).await.unwrap(), 40);
        assert_eq!(settle(conn, now).await.unwrap(), 0, "once");
        let edited = ids[7];
        ids.sort_unstable();
        come(conn, &source(7), edited, own).await;
        for id in &ids {
            assert_eq!(of(conn, *id).await.unwrap(), Some(ids[0].to_string()));
        }
        assert_eq!(marked(conn, &wire.marks()[..1], now).await.unwrap().len(), MOST_HOLDERS);
        tx.commit().await.unwrap();
        db.close().await;
    }

    #[tokio::test]
    async fn what_was_edited_is_known_by_its_new_text() {
        let directory = tempfile::tempdir().unwrap();
        let db = sqlite::open(&directory.path().join("press.db"), false).await.unwrap();
        // Both have the same smallest hashes, and so the same marks; nothing else is alike.
        let sketch = |rest: u32| {
            let digits = |hash: u32| format!("{:08x}", hash.swap_bytes());
            let hashes: Vec<String> = (1..=6).chain([rest; 58]).map(digits).collect();
            Sketch::from_hex(&hashes.concat()).unwrap()
        };
        let (before, after) = (sketch(100), sketch(103));
        assert_eq!(before.marks(), after.marks());
        let sources = ["a", "b"].map(|name| SourceId::new(name).unwrap());
        let ids = sources.clone().map(|source| ArticleId::derive(&source, "wire"));
        let mut tx = db.begin().await.unwrap();
        let conn = &mut tx.conn();
        for (whose, text) in [(0, before), (0, after), (1, after)] {
            come(conn, &sources[whose], ids[whose], text).await;
        }
        assert_eq!(of(conn, ids[1]).await.unwrap(), Some(ids[0].to_string()));
        tx.commit().await.unwrap();
        db.close().await;
    }

    #[tokio::test]
    async fn marks_from_before_they_had_outlines_still_lead_to_their_stories() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("press.db");
        let words: Vec<String> = (0..200).map(|word| format!("word{word}")).collect();
        let sketch = Sketch::of(std::iter::once(words.join(" ").as_str())).unwrap();
        let sources = ["a", "b"].map(|name| SourceId::new(name).unwrap());
        let ids = sources.clone().map(|source| ArticleId::derive(&source, "wire"));
        before_outlines(&path, ids[0], &sketch).await;
        let db = sqlite::open(&path, false).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let conn = &mut tx.conn();
        come(conn, &sources[1], ids[1], sketch).await;
        assert_eq!(of(conn, ids[1]).await.unwrap(), Some(ids[0].to_string()));
        tx.commit().await.unwrap();
        db.close().await;
    }

    /// A store as the step before the thirteenth left it, in which source `a` tells a story.
    async fn before_outlines(path: &std::path::Path, id: ArticleId, sketch: &Sketch) {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let pool = sqlx::SqlitePool::connect_with(options.create_if_missing(true)).await.unwrap();
        let steps = migrations::all(true);
        let before = steps.iter().filter(|step| step.version < 13).cloned().collect();
        sqlx::migrate::Migrator::with_migrations(before).run(&pool).await.unwrap();
        let id = id.to_string();
        let story =
            "INSERT INTO story (article, source, story, sketch, at) VALUES ($1, 'a', $1, $2, 0)";
        sqlx::query(story).bind(&id).bind(sketch.to_bytes()).execute(&pool).await.unwrap();
        for mark in sketch.marks() {
            let query =
                sqlx::query("INSERT INTO story_mark (mark, article, at) VALUES ($1, $2, 0)");
            query.bind(mark).bind(&id).execute(&pool).await.unwrap();
        }
        pool.close().await;
    }
}
