//! The index of marks: who among the articles of the last days may tell the same story as one that came in.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use super::engine::{Conn, PerEngine, on, recurs};
use super::{StoreError, micros};
use crate::domain::{ArticleId, Outline, Sketch};

/// Sketches compared with a new one; a phrase that every article of a site holds would bring all of them.
const MOST_CANDIDATES: usize = 24;
/// Articles found by one mark at most. What more of them hold is no story but a phrase, such as one below every article of a
/// site: looking all of them up would take longer with each.
pub(super) const MOST_HOLDERS: usize = MOST_CANDIDATES;
/// Rows of one statement; SQLite takes 32,766 variables, PostgreSQL 65,535.
const CHUNK: usize = 500;
/// Rows of the index that are looked through in one transaction.
const PART: i64 = 5000;
/// Marks looked up by one statement: each brings as many as [`MOST_HOLDERS`], all in one text.
const LOOKED_UP: usize = 100;

// All in one row: SQLite hands over each row by itself, which costs more than what is in it.
const MARKED: PerEngine = PerEngine {
    sqlite: "SELECT string_agg(mark || ' ' || hex(article) || ' ' || coalesce(low || ' ' || high, ''), ',') \
        FROM story_mark WHERE at >= ",
    postgres: "SELECT string_agg(mark || ' ' || encode(article, 'hex') || ' ' || coalesce(low || ' ' || high, ''), ',') \
        FROM story_mark WHERE at >= ",
};
// A part is so many marks that stand one after the other: the pages that one transaction writes are few, and each is
// written once.
const LAST_OF_PART: &str = "SELECT max(mark) FROM (SELECT mark FROM story_mark WHERE mark > $1 ORDER BY mark LIMIT $2) AS part";
const FORGET: &str = "DELETE FROM story_mark WHERE mark > $1 AND mark <= $2 AND at < $3";
const SKETCHED: PerEngine = PerEngine {
    sqlite: "SELECT string_agg(article || ' ' || source || ' ' || story || ' ' || hex(sketch), ',') \
        FROM story WHERE article IN (",
    postgres: "SELECT string_agg(article || ' ' || source || ' ' || story || ' ' || encode(sketch, 'hex'), ',') \
        FROM story WHERE article IN (",
};

/// A sketch that is known already.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) source: String,
    pub(super) story: ArticleId,
    pub(super) sketch: Sketch,
}

impl Candidate {
    /// A row of `story` with the id of its article, as [`SKETCHED`] writes it.
    pub(super) fn read(row: &str) -> Option<(ArticleId, Self)> {
        let mut parts = row.split(' ');
        let id = ArticleId::parse(parts.next()?)?;
        let source = parts.next()?.to_owned();
        let story = ArticleId::parse(parts.next()?)?;
        let sketch = Sketch::from_hex(parts.next()?)?;
        Some((id, Self { source, story, sketch }))
    }
}

/// An article whose story is to be settled.
pub(super) struct Waiting {
    pub(super) id: ArticleId,
    pub(super) is: Candidate,
    pub(super) is_new: bool,
    marks: Vec<i64>,
    outline: Outline,
}

impl Waiting {
    pub(super) fn new(id: ArticleId, is: Candidate, is_new: bool) -> Self {
        let (marks, outline) = (is.sketch.marks(), is.sketch.outline());
        Self { id, is, is_new, marks, outline }
    }
}

/// What the marks of the articles lead to.
#[derive(Default)]
pub(super) struct Known {
    by_mark: HashMap<i64, Holders>,
    /// Holders that may tell the story of one of the articles, and those that were settled before it.
    candidates: HashMap<ArticleId, Candidate>,
}

/// Who holds a mark.
#[derive(Debug, Default)]
struct Holders {
    /// How many do.
    count: usize,
    /// Those among them that a glance does not tell from every article that is to be settled.
    likely: Vec<Holder>,
}

/// An article that holds a mark.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder {
    article: ArticleId,
    outline: Option<Outline>,
}

impl Holder {
    fn may_be_same_story(&self, outline: &Outline) -> bool {
        self.outline.is_none_or(|known| known.may_be_same_story(outline))
    }
}

impl Known {
    /// The holders of the marks of `one` that a glance does not tell from it, each as often as it shares a mark.
    fn holders(&self, one: &Waiting) -> impl Iterator<Item = ArticleId> {
        let holders = one.marks.iter().filter_map(|mark| self.by_mark.get(mark));
        let may_be = |holder: &&Holder| holder.may_be_same_story(&one.outline);
        holders.flat_map(|holders| &holders.likely).filter(may_be).map(|holder| holder.article)
    }

    /// The story of another source's sketch that is most like that of `one`, if it is like enough.
    pub(super) fn best(&self, one: &Waiting) -> Option<ArticleId> {
        let Candidate { source, sketch, .. } = &one.is;
        let is_other = |article: &ArticleId| {
            self.candidates.get(article).is_some_and(|known| known.source != *source)
        };
        let mut shared: HashMap<ArticleId, usize> = HashMap::new();
        for article in self.holders(one).filter(is_other) {
            *shared.entry(article).or_default() += 1;
        }
        let mut shared: Vec<(usize, ArticleId)> =
            shared.into_iter().map(|(id, n)| (n, id)).collect();
        // By name where counts are equal, so that the same input gives the same story.
        shared.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let likely = shared.iter().take(MOST_CANDIDATES);
        let same = likely
            .filter_map(|(_, id)| self.candidates.get(id))
            .filter(|known| known.sketch.is_same_story(sketch));
        let best = same.max_by(|a, b| {
            let likeness = |known: &Candidate| known.sketch.likeness(sketch);
            likeness(a).total_cmp(&likeness(b)).then_with(|| b.story.cmp(&a.story))
        });
        best.map(|known| known.story)
    }

    /// Lets those who come after find `one`; gives those of its marks that tell something, as rows of the index.
    pub(super) fn add(&mut self, one: &Waiting) -> Vec<(i64, ArticleId, [i64; 2])> {
        let outline = one.outline;
        let mut telling = Vec::new();
        for mark in &one.marks {
            let holders = self.by_mark.entry(*mark).or_default();
            if holders.count < MOST_HOLDERS {
                holders.count += 1;
                holders.likely.retain(|holder| holder.article != one.id);
                // Most marks have one holder.
                holders.likely.reserve_exact(1);
                holders.likely.push(Holder { article: one.id, outline: Some(outline) });
                telling.push((*mark, one.id, outline.to_planes()));
            }
        }
        self.candidates.insert(one.id, one.is.clone());
        telling
    }
}

/// What the marks of `articles` lead to, of what came in `since` then.
pub(super) async fn known(
    conn: &mut Conn<'_>,
    articles: &[Waiting],
    since: DateTime<Utc>,
) -> Result<Known, StoreError> {
    let mut known = Known::default();
    let mut wanted: Vec<(i64, Outline)> = Vec::new();
    for one in articles {
        wanted.extend(one.marks.iter().map(|mark| (*mark, one.outline)));
    }
    // In the order in which they are kept, each page of which is then touched once.
    wanted.sort_unstable_by_key(|(mark, _)| *mark);
    let mut marks: Vec<i64> = wanted.iter().map(|(mark, _)| *mark).collect();
    marks.dedup();
    for marks in marks.chunks(LOOKED_UP) {
        for (mark, holder) in marked(conn, marks, since).await? {
            let holders = known.by_mark.entry(mark).or_default();
            holders.count += 1;
            let first = wanted.partition_point(|(other, _)| *other < mark);
            let mut outlines = wanted[first..].iter().take_while(|(other, _)| *other == mark);
            if outlines.any(|(_, outline)| holder.may_be_same_story(outline)) {
                holders.likely.push(holder);
            }
        }
    }
    let likely: BTreeSet<ArticleId> = articles.iter().flat_map(|one| known.holders(one)).collect();
    let likely: Vec<ArticleId> = likely.into_iter().collect();
    for likely in likely.chunks(CHUNK) {
        known.candidates.extend(candidates(conn, likely).await?);
    }
    Ok(known)
}

/// Articles that are found by one of `marks`, and came in `since` then.
pub(super) async fn marked(
    conn: &mut Conn<'_>,
    marks: &[i64],
    since: DateTime<Utc>,
) -> Result<Vec<(i64, Holder)>, StoreError> {
    let text = MARKED.text(conn);
    let found: Option<String> = on!(conn, x => {
        let mut query = QueryBuilder::new(text);
        query.push_bind(micros(since)).push(" AND mark IN (");
        let mut list = query.separated(", ");
        for mark in marks {
            list.push_bind(*mark);
        }
        query.push(")");
        query.build_query_scalar().persistent(recurs(marks.len(), LOOKED_UP)).fetch_one(x).await
    })?;
    rows("story_mark", found.as_deref(), holder)
}

/// A mark and who holds it, as [`MARKED`] writes them.
fn holder(row: &str) -> Option<(i64, Holder)> {
    let mut parts = row.split(' ');
    let mark = parts.next()?.parse().ok()?;
    let article = ArticleId::parse(parts.next()?)?;
    let mut plane = || parts.next()?.parse().ok();
    let outline = plane().zip(plane()).map(|(low, high)| Outline::from_planes([low, high]));
    Some((mark, Holder { article, outline }))
}

async fn candidates(
    conn: &mut Conn<'_>,
    articles: &[ArticleId],
) -> Result<Vec<(ArticleId, Candidate)>, StoreError> {
    let text = SKETCHED.text(conn);
    let found: Option<String> = on!(conn, x => {
        let mut query = QueryBuilder::new(text);
        let mut list = query.separated(", ");
        for article in articles {
            list.push_bind(article.to_string());
        }
        query.push(")");
        query.build_query_scalar().persistent(recurs(articles.len(), CHUNK)).fetch_one(x).await
    })?;
    rows("story", found.as_deref(), Candidate::read)
}

/// Reads the rows of `table` that came in one text.
pub(super) fn rows<'t, T>(
    table: &'static str,
    text: Option<&'t str>,
    read: impl Fn(&'t str) -> Option<T>,
) -> Result<Vec<T>, StoreError> {
    let rows = text.unwrap_or_default().split(',').filter(|row| !row.is_empty());
    let key = |row: &'t str| row.split(' ').next().unwrap_or_default();
    rows.map(|row| read(row).ok_or_else(|| StoreError::corrupt(table, key(row), &"it is broken")))
        .collect()
}

/// Writes rows of the index, as they came in `now`.
pub(super) async fn write(
    conn: &mut Conn<'_>,
    mut marks: Vec<(i64, ArticleId, [i64; 2])>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    marks.sort_unstable();
    for marks in marks.chunks(CHUNK) {
        on!(conn, x => {
            let mut query = QueryBuilder::new("INSERT INTO story_mark (mark, article, at, low, high) ");
            query.push_values(marks, |mut row, (mark, article, [low, high])| {
                row.push_bind(*mark).push_bind(article.as_bytes()).push_bind(micros(now)).push_bind(*low).push_bind(*high);
            });
            query.push(" ON CONFLICT (mark, article) DO UPDATE SET low = excluded.low, high = excluded.high");
            query.build().persistent(recurs(marks.len(), CHUNK)).execute(x).await.map(drop)
        })?;
    }
    Ok(())
}

/// The last mark of the part of the index that begins behind `after`; none behind its end.
pub(super) async fn last_of_part(
    conn: &mut Conn<'_>,
    after: i64,
) -> Result<Option<i64>, StoreError> {
    Ok(on!(conn, x => sqlx::query_scalar(LAST_OF_PART).bind(after).bind(PART).fetch_one(x).await)?)
}

/// Takes what came in before `before` out of the part behind `after` until `last`.
pub(super) async fn forget(
    conn: &mut Conn<'_>,
    after: i64,
    last: i64,
    before: DateTime<Utc>,
) -> Result<u64, StoreError> {
    Ok(on!(conn, x => sqlx::query(FORGET)
        .bind(after)
        .bind(last)
        .bind(micros(before))
        .execute(x)
        .await
        .map(|done| done.rows_affected()))?)
}
