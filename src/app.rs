//! Composition root: Config → parts; a pass, a preview, or the daemon with an ordered end.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, bail};

use crate::clock::Clock;
use crate::config::{
    Config, DigestPlan, MailTransport, OnUnknown, Smtp, SmtpTls, StorePlace, Summarize,
};
use crate::domain::{
    Decision, Delivery, Edition, EmailAddress, Feed, FeedFormat, INDEX, Message, Site, Slot,
};
use crate::fetch::{self, Fetcher};
use crate::http;
use crate::jobs::compose::{self, Look, Preview};
use crate::jobs::pass::{self, DueEdition, Plan, Progress};
use crate::jobs::{self, Context, Report, ZonedDigest, deliver};
use crate::llm::{self, Model};
use crate::mail::{Mail, Mailer, Relay, Sender, Tls, Transport};
use crate::publish::{Hub, Publisher};
use crate::schedule::{self, Planned, Scheduler, Work};
use crate::store::{Place, Server, Store};

/// The parts, put together as a Config says.
#[derive(Debug)]
pub struct App {
    context: Context,
    plans: Vec<Planned>,
    listen: Option<SocketAddr>,
}

/// A name that the configuration does not have.
#[derive(Debug, thiserror::Error)]
#[error("nothing is named {name:?}; there are: {known}")]
pub struct UnknownName {
    name: String,
    known: String,
}

impl UnknownName {
    fn new(name: &str, known: &[&str]) -> Self {
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
        let app = Self::assemble(config, clock, Store::open(&place(config)).await?)?;
        app.context.publisher.clear_leftovers();
        Ok(app)
    }

    /// Opens everything for looking: nothing can be changed, and a daemon may be at work beside it.
    pub async fn open_read_only(config: &Config, clock: Clock) -> anyhow::Result<Self> {
        Self::assemble(config, clock, Store::open_read_only(&place(config)).await?)
    }

    fn assemble(config: &Config, clock: Clock, store: Store) -> anyhow::Result<Self> {
        let hub = config.site.hub.clone().map(Hub::new).transpose()?;
        let context = Context {
            clock,
            store,
            fetcher: Arc::new(Fetcher::new(fetch_settings(config))),
            publisher: Publisher::new(config.feeds_directory.clone()).with_hub(hub),
            mailer: mailer(config),
            model: model(config)?,
            site: config.site.clone(),
            zone: config.zone,
            operator: config.operator.clone(),
            on_unknown: match config.mail.on_unknown {
                OnUnknown::Resend => jobs::OnUnknown::Resend,
                OnUnknown::Hold => jobs::OnUnknown::Hold,
            },
            sources: config.sources.iter().map(|plan| plan.source.clone()).collect(),
            overrides: config
                .sources
                .iter()
                .map(|plan| (plan.source.id.clone(), plan.overrides.clone()))
                .collect(),
            feeds: config.feeds.clone(),
            digests: config.digests.iter().map(zoned).collect(),
        };
        Ok(Self { context, plans: plans(config), listen: config.listen })
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
            editions: self.due_editions(&is_wanted, wanted.force).await?,
            deliver: true,
        };
        Ok(pass::run(context, &plan, progress).await)
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
                due.push(schedule::Due { slot, work: planned.work });
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
        let digest = self.digest(digest)?;
        let operator = self.context.operator.as_ref();
        let operator = operator.context("nobody to send it to; set site.operator")?;
        compose::send_test(&self.context, digest, operator).await?.context(NOTHING_TO_SHOW)?;
        let mut report = Report::default();
        deliver::deliver(&self.context, &mut report).await;
        Ok(report)
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
        Ok(context.mailer.compose(message, &delivery, now)?)
    }

    /// Works by schedule until `stop` comes; then running work ends, and the store is closed last.
    pub async fn daemon(&self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let mut context = self.context.clone();
        let server = self.server(&mut context).await?;
        tracing::info!(schedules = self.plans.len(), "started");
        let (ended, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = server.map(|server| {
            tokio::spawn(server.run(async move {
                // Sent or dropped: either way the schedules have ended.
                let _ = stopped.await;
            }))
        });
        let scheduled = schedule::run(&context, self.plans.clone(), stop).await;
        drop(ended);
        let http_ended = match serving {
            Some(serving) => serving.await,
            None => Ok(Ok(())),
        };
        self.close().await;
        tracing::info!("stopped");
        scheduled?;
        Ok(http_ended??)
    }

    /// The HTTP server, where one is wanted; from then on `context` publishes onto its shelf.
    async fn server(&self, context: &mut Context) -> anyhow::Result<Option<http::Server>> {
        let Some(listen) = self.listen else { return Ok(None) };
        let (publisher, copies) = context.publisher.clone().serving()?;
        context.publisher = publisher;
        let files = served_files(&context.feeds, &context.site);
        let settings = http::Settings { listen, files };
        let server = http::Server::bind(settings, copies, context.clone()).await?;
        tracing::info!(address = %server.address()?, "serving");
        Ok(Some(server))
    }

    /// Closes the store.
    pub async fn close(&self) {
        self.context.store.close().await;
    }
}

/// Every schedule of a Config with its name and what it sets off.
pub fn plans(config: &Config) -> Vec<Planned> {
    let schedules = &config.schedules;
    let planned = |name: String, timetable: &schedule::Timetable, work| Planned {
        name,
        timetable: timetable.clone(),
        work,
    };
    let common: Vec<_> = config
        .sources
        .iter()
        .filter(|plan| plan.timetable.is_none())
        .map(|plan| plan.source.clone())
        .collect();
    let mut plans = vec![planned("ingest".into(), &schedules.ingest, Work::Ingest(common))];
    for plan in &config.sources {
        if let Some(timetable) = &plan.timetable {
            let work = Work::Ingest(vec![plan.source.clone()]);
            plans.push(planned(format!("source/{}", plan.source.id), timetable, work));
        }
    }
    plans.push(planned("publish".into(), &schedules.publish, Work::Publish));
    for plan in &config.digests {
        for (cadence, timetable) in plan.digest.cadences.iter().zip(&plan.timetables) {
            let work = Work::Compose(Box::new(zoned(plan)), cadence.clone());
            plans.push(planned(cadence.schedule.clone(), timetable, work));
        }
    }
    plans.push(planned("deliver".into(), &schedules.deliver, Work::Deliver));
    plans
}

/// Every file of every feed with what it is served with.
fn served_files(feeds: &[Feed], site: &Site) -> HashMap<String, http::File> {
    let max_age = |feed: &Feed| feed.interval.unwrap_or(60) * 60;
    let hub = site.hub.iter().map(|hub| ("hub", hub.to_string()));
    let mut files = HashMap::new();
    for feed in feeds {
        for format in &feed.formats {
            let own = ("self", jobs::publish::address(feed, *format, site));
            let file = http::File {
                media_type: media_type(*format),
                max_age: max_age(feed),
                links: std::iter::once(own).chain(hub.clone()).collect(),
            };
            files.insert(feed.file_name(*format), file);
        }
    }
    let max_age = feeds.iter().map(max_age).min().unwrap_or(3600);
    let index = http::File { media_type: "text/x-opml; charset=utf-8", max_age, links: Vec::new() };
    files.insert(INDEX.to_owned(), index);
    files
}

/// With the charset, since older readers take `application/*+xml` without one for something else.
fn media_type(format: FeedFormat) -> &'static str {
    match format {
        FeedFormat::Rss => "application/rss+xml; charset=utf-8",
        FeedFormat::Atom => "application/atom+xml; charset=utf-8",
        FeedFormat::Json => "application/feed+json",
    }
}

fn edition(due: schedule::Due) -> Option<DueEdition> {
    match due.work {
        Work::Compose(digest, cadence) => {
            Some(DueEdition { digest: *digest, cadence, slot: due.slot })
        }
        _ => None,
    }
}

fn zoned(plan: &DigestPlan) -> ZonedDigest {
    ZonedDigest {
        digest: plan.digest.clone(),
        zone: plan.zone,
        stationery: Arc::clone(&plan.stationery),
    }
}

fn place(config: &Config) -> Place {
    match &config.store {
        StorePlace::File(path) => Place::File(path.clone()),
        StorePlace::Server { url, password } => {
            Place::Server(Server { url: url.clone(), password: password.clone() })
        }
    }
}

fn fetch_settings(config: &Config) -> fetch::Settings {
    let usual = fetch::Settings::default();
    let wanted = &config.fetch;
    let contact = wanted.contact.clone().unwrap_or_else(|| config.site.public_url.to_string());
    fetch::Settings {
        user_agent: format!("{} (+{contact})", usual.user_agent),
        timeout: wanted.timeout.unwrap_or(usual.timeout),
        max_bytes: wanted.max_bytes.unwrap_or(usual.max_bytes),
        max_header_bytes: wanted.max_header_bytes.unwrap_or(usual.max_header_bytes),
        max_ratio: wanted.max_ratio.unwrap_or(usual.max_ratio),
        max_redirects: wanted.max_redirects.unwrap_or(usual.max_redirects),
        proxy: wanted.proxy.clone(),
        names: usual.names,
    }
}

/// The model that summarizes sections, where one is configured.
fn model(config: &Config) -> anyhow::Result<Option<Model>> {
    let Some(Summarize { endpoint, model, key, timeout, budget }) = config.summarize.clone() else {
        return Ok(None);
    };
    Ok(Some(Model::new(llm::Settings { endpoint, model, key, timeout, budget })?))
}

fn mailer(config: &Config) -> Mailer {
    let mail = &config.mail;
    let sender = Sender { name: mail.from_name.clone(), address: mail.from.clone() };
    let transport = match &mail.transport {
        MailTransport::Directory(path) => Transport::Directory(path.clone()),
        MailTransport::Smtp(smtp) => Transport::Smtp(relay(smtp, mail.from.domain())),
    };
    Mailer::new(sender, transport)
}

fn relay(smtp: &Smtp, domain: &str) -> Relay {
    Relay {
        host: smtp.host.clone(),
        port: smtp.port,
        tls: match smtp.tls {
            SmtpTls::Implicit => Tls::Implicit,
            SmtpTls::StartTls => Tls::StartTls,
            SmtpTls::None => Tls::None,
        },
        credentials: smtp.credentials.clone(),
        hello: smtp.hello.clone().unwrap_or_else(|| domain.to_owned()),
    }
}
