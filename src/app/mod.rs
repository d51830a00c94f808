//! Composition root: one App is a Config put to work, for a pass, a preview or the daemon.
//!
//! | file | duty |
//! |---|---|
//! | `mailer.rs` | who sends mail, through what |
//! | `assemble.rs` | Config → the parts that jobs work with |
//! | `plans.rs` | Config → schedules and what each sets off |
//! | `daemon.rs` | ordered start, work by schedule, reload, ordered end |
//! | `serving.rs` | the HTTP server and what it serves |
//! | `pen.rs` | what the desk writes into the configuration file |
//! | `notify.rs` | what the supervisor is told |

mod assemble;
mod daemon;
mod mailer;
mod notify;
mod pen;
mod plans;
mod serving;

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use crate::clock::Clock;
use crate::config::{self, Config};
use crate::domain::{Decision, Delivery, Edition, EmailAddress, Message, Slot, SourceId, Token};
use crate::http;
use crate::jobs::compose::{self, Look, Preview};
use crate::jobs::desk;
use crate::jobs::nodes::Node;
use crate::jobs::pass::{self, DueEdition, Plan, Progress};
use crate::jobs::replay::{self, Difference};
use crate::jobs::{Context, Report, ZonedDigest, reader_key, slots};
use crate::mail::Mail;
use crate::schedule::{self, Planned, Scheduler, Work};
use crate::store::{Place, Store};

pub use assemble::{inquiry, manners, open_store_beside, place, server};
pub use plans::plans;

/// The parts, put together as a Config says.
#[derive(Debug)]
pub struct App {
    context: Context,
    plans: Vec<Planned>,
    place: Place,
    listen: Option<SocketAddr>,
    proxies: Vec<IpAddr>,
    bounce_hook: Option<Token>,
    door: http::Door,
    file: PathBuf,
    daemon: config::Daemon,
    node: Node,
}

/// A name that the configuration does not have.
#[derive(Debug, thiserror::Error)]
#[error("nothing is named {name:?}; there are: {known}")]
pub struct UnknownName {
    name: String,
    known: String,
}

impl UnknownName {
    /// Of what is `known` none has this `name`.
    pub fn new(name: &str, known: &[&str]) -> Self {
        Self { name: name.to_owned(), known: known.join(", ") }
    }
}

/// Why a digest has no mail to look at.
const NOTHING_TO_SHOW: &str = "there is nothing to show: no article fits the digest and its reader; `pressroom run` fetches some";

/// What of a configuration a pass shall do.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Names of sources, feeds and digests; empty means all.
    pub only: Vec<String>,
    /// Compose digests that are not due.
    pub force: bool,
}

impl App {
    /// Opens everything for work: the store belongs to this process from here on.
    pub async fn open(config: &Config, clock: Clock) -> anyhow::Result<Self> {
        let store = Store::open(&place(config)).await?;
        let key = reader_key::key(&store).await?;
        let app = Self::assemble(config, clock, store, key)?;
        app.context.publisher.clear_leftovers();
        Ok(app)
    }

    /// Opens everything for looking: nothing can be changed, and a daemon may be at work beside it.
    pub async fn open_read_only(config: &Config, clock: Clock) -> anyhow::Result<Self> {
        let store = Store::open_read_only(&place(config)).await?;
        let key = reader_key::key_for_looking(&store).await?;
        Self::assemble(config, clock, store, key)
    }

    /// The parts, for tests that look behind the curtain.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// One full pass over what is `wanted`.
    pub async fn run(
        &self,
        wanted: &Wanted,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> anyhow::Result<Report> {
        self.check_names(&wanted.only)?;
        let is_wanted =
            |name: &str| wanted.only.is_empty() || wanted.only.iter().any(|o| o == name);
        let context = &self.context;
        let plan = Plan {
            sources: context.sources.iter().filter(|s| is_wanted(s.id.as_str())).cloned().collect(),
            feeds: context.feeds.iter().filter(|f| is_wanted(f.id.as_str())).cloned().collect(),
            digests: context
                .digests
                .iter()
                .filter(|zoned| is_wanted(zoned.digest.id.as_str()))
                .cloned()
                .collect(),
            asked: true,
            editions: self.due_editions(&is_wanted, wanted.force).await?,
            deliver: true,
            maintain: false,
        };
        Ok(pass::run(context, &plan, progress).await)
    }

    /// Runs today's rules over what was kept, of one source or of all; `apply` stores what is different.
    pub async fn replay(
        &self,
        only: Option<&str>,
        apply: bool,
    ) -> anyhow::Result<(Vec<(SourceId, Vec<Difference>)>, Report)> {
        let sources = &self.context.sources;
        let known: Vec<&str> = sources.iter().map(|source| source.id.as_str()).collect();
        if let Some(name) = only.filter(|name| !known.contains(name)) {
            bail!(UnknownName::new(name, &known));
        }
        let (mut differences, mut report) = (Vec::new(), Report::default());
        for source in sources.iter().filter(|s| only.is_none_or(|name| s.id.as_str() == name)) {
            let found = replay::replay(&self.context, source, apply, &mut report).await?;
            differences.push((source.id.clone(), found));
        }
        Ok((differences, report))
    }

    fn check_names(&self, only: &[String]) -> anyhow::Result<()> {
        let context = &self.context;
        let sources = context.sources.iter().map(|source| source.id.as_str());
        let feeds = context.feeds.iter().map(|feed| feed.id.as_str());
        let digests = context.digests.iter().map(|zoned| zoned.digest.id.as_str());
        let known: Vec<&str> = sources.chain(feeds).chain(digests).collect();
        match only.iter().find(|name| !known.contains(&name.as_str())) {
            Some(name) => bail!(UnknownName::new(name, &known)),
            None => Ok(()),
        }
    }

    /// Editions whose slot has come, and those of cadences that never had one, so that a first run shows something.
    async fn due_editions(
        &self,
        is_wanted: &impl Fn(&str) -> bool,
        force: bool,
    ) -> anyhow::Result<Vec<DueEdition>> {
        let of_wanted_digest = |planned: &&Planned| match &planned.work {
            Work::Compose(zoned, _) => is_wanted(zoned.digest.id.as_str()),
            _ => false,
        };
        let plans: Vec<Planned> = self.plans.iter().filter(of_wanted_digest).cloned().collect();
        let mut scheduler = Scheduler::load(&self.context, plans.clone()).await?;
        let mut due = scheduler.take_due(&HashSet::new()).await?;
        for planned in plans {
            let is_due = due.iter().any(|due| due.slot.schedule == planned.name);
            if !is_due && (force || self.never_went_out(&planned.work).await?) {
                let slot = Slot { schedule: planned.name, at: self.context.clock.now() };
                if slots::begin(&self.context, scheduler.holder(), &slot).await? {
                    let holder = scheduler.holder().to_owned();
                    due.push(schedule::Due { slot, holder, work: planned.work });
                }
            }
        }
        Ok(due.into_iter().filter_map(edition).collect())
    }

    async fn never_went_out(&self, work: &Work) -> anyhow::Result<bool> {
        match work {
            Work::Compose(zoned, cadence) => {
                Ok(compose::never_went_out(&self.context, zoned, cadence).await?)
            }
            _ => Ok(false),
        }
    }

    /// A mail of a digest, as Message and as the bytes that would go to the reader of `look`, else to the operator.
    pub async fn preview(&self, digest: &str, look: &Look) -> anyhow::Result<(Preview, Mail)> {
        let preview = compose::preview(&self.context, self.digest(digest)?, look)
            .await?
            .context(NOTHING_TO_SHOW)?;
        let mail = self.mail(&preview.message, look.reader.clone())?;
        Ok((preview, mail))
    }

    /// Sends the next mail of a digest to the operator, as a test.
    pub async fn send_test(&self, digest: &str) -> anyhow::Result<Report> {
        Ok(desk::digest::send_test(&self.context, self.digest(digest)?).await?)
    }

    /// What was decided about the last slots of each cadence, by the name that an Edition of it has.
    pub async fn slots(&self, digest: &str, last: u32) -> anyhow::Result<Vec<(String, Decision)>> {
        Ok(compose::slots(&self.context, self.digest(digest)?, last).await?)
    }

    /// The Edition of that name.
    pub async fn edition(&self, digest: &str, name: &str) -> anyhow::Result<Edition> {
        let found = compose::edition(&self.context, self.digest(digest)?, name).await?;
        found.with_context(|| {
            format!("no edition is named {name:?}; `pressroom digest list {digest}` shows them")
        })
    }

    fn digest(&self, name: &str) -> anyhow::Result<&ZonedDigest> {
        let digests = &self.context.digests;
        let known: Vec<&str> = digests.iter().map(|zoned| zoned.digest.id.as_str()).collect();
        let found = digests.iter().find(|zoned| zoned.digest.id.as_str() == name);
        found.ok_or_else(|| UnknownName::new(name, &known).into())
    }

    fn mail(&self, message: &Message, address: Option<EmailAddress>) -> anyhow::Result<Mail> {
        let context = &self.context;
        let address = address.or_else(|| context.operator.clone());
        let address =
            address.context("nobody to address it to; use --for ADDRESS, or set site.operator")?;
        let now = context.clock.now();
        let delivery = Delivery::new(message.id, address, now, context.mailer.domain());
        // A look is not a way in: the link in it leads nowhere.
        let stencil = context.mailer.stencil(message);
        Ok(context.mailer.compose(&stencil, &delivery, "preview", now)?)
    }

    /// Closes the store.
    pub async fn close(&self) {
        self.context.store.close().await;
    }
}

fn edition(due: schedule::Due) -> Option<DueEdition> {
    match due.work {
        Work::Compose(digest, cadence) => {
            Some(DueEdition { digest: *digest, cadence, slot: due.slot, holder: due.holder })
        }
        _ => None,
    }
}
