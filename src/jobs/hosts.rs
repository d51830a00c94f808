//! Who may ask which host, and when: one thing at a time with a pause between, across everything that runs on this store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::Context;
use super::turn::IngestError;
use crate::clock::Clock;
use crate::domain::Pace;
use crate::fetch::{self, Answer, FetchError, Fetcher, Place, Request};
use crate::store::hosts::{self, Held, Ticket};
use crate::store::{Conn, Store, StoreError};

/// How long a host is ours without another word; lengthened at half of it.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// RFC 9309 §2.4: a robots.txt may be kept for a day.
const ROBOTS: TimeDelta = TimeDelta::hours(24);

/// How polite we are.
#[derive(Debug, Clone)]
pub struct Manners {
    /// How long a host is left alone between two requests.
    pub delay: TimeDelta,
    /// How many hosts are read at once.
    pub hosts: usize,
    /// How often sources without a schedule of their own are read.
    pub pace: Pace,
    /// Who we are among those that work on this store.
    pub holder: String,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            delay: TimeDelta::seconds(1),
            hosts: 16,
            pace: Pace::default(),
            holder: "only".into(),
        }
    }
}

/// The hosts that this process asks.
#[derive(Debug, Default)]
pub struct Hosts(Mutex<HashMap<String, Arc<Gate>>>);

/// One host: whoever holds the lock may ask.
type Gate = tokio::sync::Mutex<Option<Lease>>;

#[derive(Debug)]
struct Lease {
    held: Held,
    until: DateTime<Utc>,
}

/// That a host was asked under a lease, which is checked again when its answer is written.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    ticket: Ticket,
    next_at: DateTime<Utc>,
}

impl Asked {
    /// Whether the lease is still ours; in the transaction of the write it stays so.
    pub(super) async fn still_counts(&self, conn: &mut Conn<'_>) -> Result<bool, StoreError> {
        hosts::settle(conn, &self.ticket, self.next_at).await
    }

    /// Which lease it was.
    pub(super) fn lease(&self) -> (&str, i64) {
        (&self.ticket.host, self.ticket.fence)
    }
}

/// Where leases stand.
#[derive(Clone, Copy)]
pub(super) enum Leases<'a> {
    /// They are taken there.
    Of(&'a Store),
    /// Those of others are respected, and nothing is written: a look by hand changes nothing.
    Seen(&'a Store),
    /// Where nothing was ever stored nobody else asks.
    Nowhere,
}

/// Who asks, and under which leases.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub clock: &'a Clock,
    pub fetcher: &'a Fetcher,
    pub hosts: &'a Hosts,
    pub manners: &'a Manners,
    pub leases: Leases<'a>,
}

impl Context {
    pub(super) fn asker(&self) -> Asker<'_> {
        Asker {
            clock: &self.clock,
            fetcher: &self.fetcher,
            hosts: &self.hosts,
            manners: &self.manners,
            leases: Leases::Of(&self.store),
        }
    }
}

/// Fetches what `request` asks for when its host may be asked.
pub(super) async fn ask(
    asker: Asker<'_>,
    request: &Request<'_>,
) -> Result<(Answer, Option<Asked>), IngestError> {
    let Place::Web { url, .. } = request.place else {
        return Ok((asker.fetcher.fetch(request).await?, None));
    };
    let moved = request.known.and_then(|known| known.moved.as_ref());
    let url = moved.unwrap_or(url);
    let name = name(url);
    let gate = asker.hosts.gate(&name);
    let mut gate = gate.lock().await;
    let held = hold(asker, &mut gate, &name).await?;
    if !request.access.ignore_robots {
        heed_robots(asker, held, url, request).await?;
    }
    pause(asker, held).await;
    let answer = asker.fetcher.fetch(request).await;
    held.next_at = asker.clock.now() + asker.manners.delay;
    let asked = Asked { ticket: held.ticket.clone(), next_at: held.next_at };
    Ok((answer?, Some(asked)))
}

/// Gives back every host that nobody is asking.
pub(super) async fn release(asker: Asker<'_>) -> Result<(), StoreError> {
    let idle = asker.hosts.take_idle();
    let Leases::Of(store) = asker.leases else { return Ok(()) };
    if idle.is_empty() {
        return Ok(());
    }
    let mut tx = store.begin().await?;
    for held in idle {
        hosts::release(&mut tx.conn(), &held.ticket, held.next_at).await?;
    }
    tx.commit().await
}

impl Hosts {
    fn gate(&self, name: &str) -> Arc<Gate> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(gates.entry(name.to_owned()).or_default())
    }

    fn take_idle(&self) -> Vec<Held> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (idle, busy) = gates.drain().partition(|(_, gate)| Arc::strong_count(gate) == 1);
        *gates = busy;
        let idle: HashMap<String, Arc<Gate>> = idle;
        let leases = idle.into_values().filter_map(Arc::into_inner).filter_map(Gate::into_inner);
        leases.map(|lease| lease.held).collect()
    }
}

/// The lease on the host, taken or lengthened where needed.
async fn hold<'g>(
    asker: Asker<'_>,
    gate: &'g mut Option<Lease>,
    name: &str,
) -> Result<&'g mut Held, IngestError> {
    let now = asker.clock.now();
    if gate.as_ref().is_none_or(|lease| lease.until - now < LEASE / 2) {
        let until = now + LEASE;
        let held = claim(asker, name, now, until).await?;
        *gate = held.map(|held| Lease { held, until });
    }
    match gate {
        Some(lease) => Ok(&mut lease.held),
        None => Err(IngestError::Elsewhere(name.to_owned())),
    }
}

async fn claim(
    asker: Asker<'_>,
    name: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<Held>, StoreError> {
    let holder = &asker.manners.holder;
    match asker.leases {
        Leases::Of(store) => {
            let mut single = store.single().await?;
            let held = hosts::claim(&mut single.conn(), name, holder, now, until).await?;
            single.last().await?;
            Ok(held)
        }
        Leases::Seen(store) => hosts::look(&mut store.read().await?.conn(), name, now).await,
        Leases::Nowhere => Ok(Some(Held::alone(name, holder, now))),
    }
}

async fn pause(asker: Asker<'_>, held: &Held) {
    let delay = asker.manners.delay;
    let now = asker.clock.now();
    // A clock that was set back must not make a pause of hours.
    asker.clock.pause((held.next_at - now).min(delay)).await;
}

/// Whether the host lets us read `url`, from what it said within a day, else by asking it.
async fn heed_robots(
    asker: Asker<'_>,
    held: &mut Held,
    url: &Url,
    request: &Request<'_>,
) -> Result<(), IngestError> {
    let now = asker.clock.now();
    if held.robots.as_ref().is_none_or(|(_, until)| *until <= now) {
        pause(asker, held).await;
        let said = asker.fetcher.robots(url, request.access).await;
        held.next_at = asker.clock.now() + asker.manners.delay;
        match said {
            Ok(rules) => keep_robots(asker, held, rules).await?,
            // RFC 9309 §2.4: an old one serves while there is no new one.
            Err(error) if held.robots.is_none() => return Err(error.into()),
            Err(_) => {}
        }
    }
    let rules = held.robots.as_ref().map_or("", |(rules, _)| rules);
    if fetch::allows(rules, url) {
        return Ok(());
    }
    Err(FetchError::Disallowed { url: url.to_string() }.into())
}

async fn keep_robots(asker: Asker<'_>, held: &mut Held, rules: String) -> Result<(), StoreError> {
    let until = asker.clock.now() + ROBOTS;
    if let Leases::Of(store) = asker.leases {
        let mut single = store.single().await?;
        hosts::set_robots(&mut single.conn(), &held.ticket, &rules, until).await?;
        single.last().await?;
    }
    held.robots = Some((rules, until));
    Ok(())
}

/// A host by scheme, name and port, since that is what robots.txt speaks for (RFC 9309 §2.3).
pub(super) fn name(url: &Url) -> String {
    url.origin().ascii_serialization()
}
