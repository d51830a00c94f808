//! Source → Documents → Articles → store: which sources are looked at, many at once, and what one look does.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::{JoinError, JoinSet};

use super::ledger::{Ledger, TOGETHER};
use super::report::Noted;
use super::turn::Turn;
use super::{Context, Report, hosts};
use crate::domain::{Health, Note, Source, Standing};
use crate::fetch::{Answer, Place};
use crate::store::retention::{self, Kind};
use crate::store::standings::{self, Stood};
use crate::store::{StoreError, stories};

/// A source whose time has come.
#[derive(Debug)]
pub struct Due {
    source: Arc<Source>,
    stood: Stood,
}

/// Those of `sources` whose time has come. Who is `asked` for is not kept to our own rhythm, only to what its server and
/// the operator said; that is noted.
pub async fn due(
    context: &Context,
    sources: &[Source],
    asked: bool,
    report: &mut Report,
) -> Result<Vec<Due>, StoreError> {
    let now = context.clock.now();
    let mut stood = {
        let mut lease = context.store.read().await?;
        standings::all(&mut lease.conn()).await?
    };
    let mut due = Vec::new();
    for source in sources {
        let stood = stood.remove(&source.id).unwrap_or_else(|| Stood {
            standing: Standing::new(context.manners.pace, now),
            known: None,
        });
        if stood.standing.is_due(source.is_paced && !asked, now) {
            due.push(Due { source: Arc::new(source.clone()), stood });
        } else if asked {
            let note = Note::new("not read", why_not(&stood.standing));
            report.notes.push(Noted { what: format!("source {}", source.id), note });
        }
    }
    Ok(due)
}

fn why_not(standing: &Standing) -> String {
    match standing {
        Standing { paused: true, .. } => "it is paused".into(),
        Standing { health: Health::Gone, .. } => {
            "its server says that it is gone for good; `pressroom source resume` tries again".into()
        }
        Standing { not_before, .. } => {
            format!("it is left alone until {}", not_before.format("%Y-%m-%d %H:%M:%S UTC"))
        }
    }
}

/// Looks at all that is `due`: many hosts at once, the sources of one host one after the other. Whatever fails is named in
/// the report and stops nothing else.
pub async fn ingest(
    context: &Context,
    due: Vec<Due>,
    report: &mut Report,
    step: &(dyn Fn() + Sync),
) {
    let began = context.clock.now();
    let context = Arc::new(context.clone());
    let (ledger, kept) = Ledger::open(Arc::clone(&context), due.len());
    let (done, mut reports) = mpsc::unbounded_channel();
    let reading = tokio::spawn(hosts_of(Arc::clone(&context), due, ledger, done));
    while let Some(one) = reports.recv().await {
        report.add(one);
        step();
    }
    if let Err(error) = reading.await {
        report.fail("reading hosts", &error);
    }
    if let Err(error) = kept.await {
        report.fail("writing what sources brought", &error);
    }
    if let Err(error) = stories::settle_all(&context.store, context.clock.now()).await {
        report.fail("looking for who tells the same story", &error);
    }
    if let Err(error) = forget(&context, report).await {
        report.fail("forgetting old documents", &error);
    }
    if let Err(error) = let_search_find(&context, began, report).await {
        report.fail("search", &error);
    }
    if let Err(error) = hosts::release(context.asker()).await {
        report.fail("giving hosts back", &error);
    }
}

/// Looks at the hosts of what is `due`, as many at once as manners allow. A host that waits for its turn is a list of sources,
/// not yet a task with its buffers.
async fn hosts_of(
    context: Arc<Context>,
    due: Vec<Due>,
    ledger: Ledger,
    done: UnboundedSender<Report>,
) {
    let at_once = context.manners.hosts;
    let hosts = stream::iter(by_host(due)).for_each_concurrent(at_once, |group| {
        let host = one_host(Arc::clone(&context), group, ledger.clone(), done.clone());
        async {
            if let Err(error) = tokio::spawn(host).await {
                let _ = done.send(broken(&error));
            }
        }
    });
    hosts.await;
}

/// Looks at the sources of one host, one after the other.
async fn one_host(
    context: Arc<Context>,
    group: Vec<Due>,
    ledger: Ledger,
    done: UnboundedSender<Report>,
) {
    let mut writing = JoinSet::new();
    for Due { source, stood } in group {
        if context.halt.is_asked() {
            let _ = done.send(Report { broken_off: true, ..Report::default() });
            break;
        }
        let turn = look(Turn::new(Arc::clone(&context), source, ledger.clone(), stood)).await;
        // While one source is written the next is asked, so that many are written together.
        while writing.len() >= TOGETHER {
            ended(writing.join_next().await, &done);
        }
        let room = ledger.room(turn.weight()).await;
        writing.spawn(async move {
            let report = turn.finish().await;
            drop(room);
            report
        });
    }
    while !writing.is_empty() {
        ended(writing.join_next().await, &done);
    }
}

/// Forgets documents that were kept for replay long enough. Without news none has been added.
async fn forget(context: &Context, report: &Report) -> Result<(), StoreError> {
    if report.new_articles + report.changed_articles == 0 {
        return Ok(());
    }
    let (time, now) = (context.keep_documents, context.clock.now());
    retention::take_out(&context.store, Kind::Documents, time, now).await?;
    Ok(())
}

/// Lets search find what came in since the pass `began`: apart from the writing, since it takes longer than all before it.
async fn let_search_find(
    context: &Context,
    began: DateTime<Utc>,
    report: &Report,
) -> Result<(), StoreError> {
    if context.is_searched && report.new_articles + report.changed_articles > 0 {
        context.store.fill_search_since(began).await?;
    }
    Ok(())
}

/// Hands on what a turn has done.
fn ended(turn: Option<Result<Report, JoinError>>, done: &UnboundedSender<Report>) {
    let Some(turn) = turn else { return };
    // Nobody listens only where the whole pass has ended.
    let _ = done.send(turn.unwrap_or_else(|error| broken(&error)));
}

fn broken(error: &JoinError) -> Report {
    let mut report = Report::default();
    report.fail("a source", error);
    report
}

/// Sources of one host together, in their order; what has no host stands alone.
fn by_host(due: Vec<Due>) -> Vec<Vec<Due>> {
    let mut groups: Vec<Vec<Due>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for one in due {
        let host = one.source.kind.url().map(hosts::name);
        let next = groups.len();
        let place = host.map_or(next, |host| *places.entry(host).or_insert(next));
        if place == next {
            groups.push(Vec::new());
        }
        groups[place].push(one);
    }
    groups
}

/// One look at one source, as far as it is not written.
async fn look(mut turn: Turn) -> Turn {
    let found = turn.places();
    for failure in found.failures {
        turn.fail(None, &failure.into());
    }
    for place in &found.places {
        if turn.is_to_end() {
            break;
        }
        if let Err(error) = visit(&mut turn, place).await {
            turn.fail(Some(place.reference()), &error);
        }
    }
    turn
}

/// Fetches one place and takes in what it holds.
async fn visit(turn: &mut Turn, place: &Place) -> Result<(), super::turn::IngestError> {
    match turn.fetch(place).await? {
        Answer::Document(fetched) => turn.take(*fetched).await?,
        Answer::NotModified(_) => turn.unchanged(),
        Answer::Gone => return Err(turn.gone(place)),
    }
    Ok(())
}
