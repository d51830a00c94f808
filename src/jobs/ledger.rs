//! Writes what turns bring: all that is ready together in one transaction, each source whole or not at all.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Context;
use super::hosts::Asked;
use super::turn::{IngestError, Offered, Settled, Taken, Tally, Written, weight};
use crate::domain::{ArticleId, Health, Known, Note, Sketch, Source, SourceId, Standing};
use crate::store::articles::{Packed, StoredArticle};
use crate::store::documents::Remembered;
use crate::store::standings::{self, Visited};
use crate::store::{Conn, StoreError, articles, documents, kept, stories};

/// Turns that are written together at most.
pub(super) const TOGETHER: usize = 128;
/// Bytes of their texts from which on no more are waited for.
const HEAVY: usize = 4 << 20;
/// The unit in which room is counted, in bytes.
const UNIT: usize = 1 << 10;
/// Room for what is written and what gathers meanwhile.
const ROOM: usize = (6 << 20) / UNIT;
/// How long what is ready waits for what is not.
const MOMENT: Duration = Duration::from_millis(50);

/// What a turn has to write.
pub(super) struct Page {
    pub source: Arc<Source>,
    /// What was asked for it.
    pub asked: Vec<Asked>,
    pub taken: Vec<Taken<Offered>>,
    /// What is remembered anew of the document that the source is.
    pub renewed: Option<Known>,
    pub tally: Tally,
    /// How the source stood, on the last page of a turn.
    pub closes: Option<Standing>,
}

type Reply = Result<(Vec<Written>, Tally), IngestError>;

/// A page, and who waits for it to be written.
type Waiting = (Page, oneshot::Sender<Reply>);

/// Takes pages; whoever hands one in waits until it is written.
#[derive(Clone)]
pub(super) struct Ledger {
    pages: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
}

impl Ledger {
    /// Opens a ledger for so many `turns`; it is closed, and its task ends, when its last clone is dropped.
    pub(super) fn open(context: Arc<Context>, turns: usize) -> (Self, JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(TOGETHER);
        let room = Arc::new(Semaphore::new(ROOM));
        (Self { pages: sender, room }, tokio::spawn(keep(context, turns, receiver)))
    }

    /// Room for a turn of this weight, of whichever host: some are written while others gather.
    pub(super) async fn room(&self, weight: usize) -> Option<OwnedSemaphorePermit> {
        // One that takes more than there is has all of it.
        let units = u32::try_from(weight.div_ceil(UNIT).min(ROOM)).ok()?;
        // It lives as long as the ledger and is never closed.
        Arc::clone(&self.room).acquire_many_owned(units).await.ok()
    }

    pub(super) async fn write(&self, page: Page) -> Reply {
        let (reply, answer) = oneshot::channel();
        let closed = || IngestError::Panic("the ledger was closed".into());
        self.pages.send((page, reply)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

/// While one transaction is committed, the next pages gather.
async fn keep(context: Arc<Context>, turns: usize, mut pages: mpsc::Receiver<Waiting>) {
    let mut coming = turns;
    let mut batch = Vec::with_capacity(TOGETHER);
    while pages.recv_many(&mut batch, TOGETHER).await > 0 {
        gather(&mut coming, &mut pages, &mut batch).await;
        let (pages, replies): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        match write(&context, pages).await {
            Ok(answers) => {
                for (reply, answer) in replies.into_iter().zip(answers) {
                    // Who no longer waits was ended with his pass.
                    let _ = reply.send(answer);
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for reply in replies {
                    let _ = reply.send(Err(IngestError::Store(Arc::clone(&error))));
                }
            }
        }
    }
}

/// Waits a moment for turns that are still to come, so that many are written together: each transaction costs every page of
/// the indexes that it touches.
async fn gather(coming: &mut usize, pages: &mut mpsc::Receiver<Waiting>, batch: &mut Vec<Waiting>) {
    let ends = |(page, _): &Waiting| page.closes.is_some();
    let (mut seen, mut gathered) = (0, 0);
    loop {
        let fresh = &batch[seen..];
        *coming = coming.saturating_sub(fresh.iter().filter(|one| ends(one)).count());
        gathered += fresh.iter().map(|(page, _)| weight(&page.taken)).sum::<usize>();
        // A turn that has more to bring waits for this first.
        let all_end = fresh.iter().all(ends);
        seen = batch.len();
        let is_enough = gathered >= HEAVY || seen >= TOGETHER || !all_end;
        if *coming == 0 || is_enough {
            return;
        }
        match timeout(MOMENT, pages.recv()).await {
            Ok(Some(next)) => batch.push(next),
            Ok(None) | Err(_) => return,
        }
    }
}

async fn write(context: &Context, pages: Vec<Page>) -> Result<Vec<Reply>, StoreError> {
    let now = context.clock.now();
    let mut tx = context.store.begin().await?;
    let conn = &mut tx.conn();
    let mut draft = Draft::begin(context, conn, &pages, now).await?;
    let mut answers = Vec::with_capacity(pages.len());
    for page in pages {
        answers.push(match draft.refusal(conn, &page).await? {
            Some(error) => Err(error),
            None => Ok(draft.take(page)?),
        });
    }
    draft.write(conn).await?;
    // The pass ends with a commit that waits for the disk, and with it all before it.
    tx.commit_for_now().await?;
    Ok(answers)
}

/// What one transaction will write.
struct Draft<'a> {
    context: &'a Context,
    now: DateTime<Utc>,
    earlier: HashMap<ArticleId, Result<StoredArticle, StoreError>>,
    leases: HashMap<(String, i64), bool>,
    articles: Vec<StoredArticle<Packed>>,
    /// Where each of `articles` stands.
    places: HashMap<ArticleId, usize>,
    documents: Vec<Remembered>,
    renewed: Vec<(SourceId, String, Known)>,
    /// What each source tells, in the order in which it was taken.
    told: Vec<(SourceId, ArticleId, Sketch)>,
    kept: Vec<(SourceId, kept::Packed)>,
    visits: Vec<Visited>,
}

impl<'a> Draft<'a> {
    async fn begin(
        context: &'a Context,
        conn: &mut Conn<'_>,
        pages: &[Page],
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let taken = pages.iter().flat_map(|page| &page.taken);
        let ids: Vec<ArticleId> =
            taken.flat_map(|taken| &taken.articles).map(|one| one.article.id()).collect();
        Ok(Self {
            context,
            now,
            earlier: articles::of_ids(conn, &ids).await?,
            leases: HashMap::new(),
            articles: Vec::new(),
            places: HashMap::new(),
            documents: Vec::new(),
            renewed: Vec::new(),
            told: Vec::new(),
            kept: Vec::new(),
            visits: Vec::new(),
        })
    }

    /// Why a page is not written, if it is not: the host was lost meanwhile, or a row that it builds on is broken.
    async fn refusal(
        &mut self,
        conn: &mut Conn<'_>,
        page: &Page,
    ) -> Result<Option<IngestError>, StoreError> {
        for asked in &page.asked {
            let (host, fence) = asked.lease();
            let lease = (host.to_owned(), fence);
            if !self.leases.contains_key(&lease) {
                let counts = asked.still_counts(conn).await?;
                self.leases.insert(lease.clone(), counts);
            }
            if !self.leases[&lease] {
                return Ok(Some(IngestError::Elsewhere(lease.0)));
            }
        }
        let mut ids =
            page.taken.iter().flat_map(|taken| &taken.articles).map(|one| one.article.id());
        let broken = ids.find(|id| matches!(self.earlier.get(id), Some(Err(_))));
        let error = broken.and_then(|id| self.earlier.remove(&id)?.err());
        Ok(error.map(|error| IngestError::Store(Arc::new(error))))
    }

    fn take(&mut self, page: Page) -> Result<(Vec<Written>, Tally), StoreError> {
        let Page { source, taken, renewed, mut tally, closes, .. } = page;
        if let (Some(known), Some(url)) = (renewed, source.kind.url()) {
            self.renewed.push((source.id.clone(), url.to_string(), known));
        }
        let first = self.documents.len();
        let written = taken.into_iter().map(|one| self.document(&source, one, &mut tally));
        let written = written.collect::<Result<_, _>>()?;
        if let Some(standing) = closes {
            self.close(&source, &standing, &tally, first);
        }
        Ok((written, tally))
    }

    fn document(
        &mut self,
        source: &Source,
        taken: Taken<Offered>,
        tally: &mut Tally,
    ) -> Result<Written, StoreError> {
        let Taken {
            reference, known, articles, refused, notes, entries, already, is_aside, ..
        } = taken;
        self.kept.extend(taken.kept.map(|kept| (source.id.clone(), kept)));
        // A feed without entries is remembered as well: reading it again would find as little.
        let mut last = ArticleId::derive(&source.id, &reference);
        tally.found += articles.len() + already;
        let mut settled = Vec::with_capacity(articles.len());
        for one in articles {
            tally.fill(&one);
            let Offered { article, sketch, is_admitted, notes, .. } = one;
            last = article.id();
            let what = self.settle(source, article, is_admitted, notes)?;
            if matches!(what, Settled::New(_) | Settled::Changed(_)) {
                self.told.extend(sketch.map(|sketch| (source.id.clone(), last, sketch)));
            }
            tally.count(&what);
            settled.push(what);
        }
        self.documents.push(Remembered {
            source: source.id.clone(),
            reference: reference.clone(),
            known,
            article: last,
            entries,
        });
        Ok(Written { reference, settled, refused, notes, is_aside })
    }

    /// Relative times stay as first settled, and only an edit counts as a change.
    fn settle(
        &mut self,
        source: &Source,
        article: Packed,
        is_admitted: bool,
        notes: Vec<Note>,
    ) -> Result<Settled, StoreError> {
        let id = article.id();
        let (article, first_seen, settled) = match self.earlier(id)? {
            None if !is_admitted => return Ok(Settled::Filtered),
            None => (article, self.now, Settled::New(notes)),
            Some(earlier) => {
                let article = article.unpack()?.pinned_to(&earlier.article);
                if article.fingerprint() == earlier.article.fingerprint() {
                    return Ok(Settled::Unchanged);
                }
                (Packed::of(&article)?, earlier.first_seen, Settled::Changed(notes))
            }
        };
        let stored =
            StoredArticle { source: source.id.clone(), article, first_seen, changed: self.now };
        if let Some(place) = self.places.get(&id) {
            self.articles[*place] = stored;
        } else {
            self.places.insert(id, self.articles.len());
            self.articles.push(stored);
        }
        Ok(settled)
    }

    /// The article as it is stored, or will be by what was taken before.
    fn earlier(&self, id: ArticleId) -> Result<Option<StoredArticle>, StoreError> {
        match self.places.get(&id) {
            Some(place) => self.articles[*place].unpack().map(Some),
            None => Ok(self.earlier.get(&id).and_then(|earlier| earlier.as_ref().ok()).cloned()),
        }
    }

    /// How the source stands after this turn. What does not look fine is not remembered: it is read again.
    fn close(&mut self, source: &Source, before: &Standing, tally: &Tally, first: usize) {
        let outcome = tally.outcome();
        if before.looks(&outcome) != Health::Fine {
            self.documents.truncate(first);
        }
        let pace = self.context.manners.pace;
        let standing = before.after(&source.id, &outcome, tally.fresh_for, pace, self.now);
        self.visits.push(Visited {
            source: source.id.clone(),
            reference: source.kind.url().map(ToString::to_string),
            outcome,
            standing,
        });
    }

    async fn write(self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        articles::write(conn, self.articles).await?;
        for (source, reference, known) in &self.renewed {
            documents::renew(conn, source, reference, known).await?;
        }
        documents::remember(conn, &self.documents, self.now).await?;
        stories::sketched(conn, &self.told, self.now).await?;
        kept::put(conn, self.kept).await?;
        standings::put(conn, &self.visits).await
    }
}
