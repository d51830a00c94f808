//! Config → the parts that jobs work with.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use url::Url;
use uuid::Uuid;

use super::App;
use super::mailer::{mailboxes, mailer};
use super::plans::{plans, zoned};
use crate::clock::Clock;
use crate::config::{Admin, Config, OnUnknown, StorePlace, Summarize};
use crate::domain::{Pace, ReaderKey, sha256_hex};
use crate::fetch::{self, Fetcher};
use crate::http;
use crate::jobs::inquiry::Inquiry;
use crate::jobs::nodes::Node;
use crate::jobs::{self, Context, Manners};
use crate::llm::{self, Model};
use crate::publish::{Hub, Publisher};
use crate::store::{Place, Server, Store, StoreError};

impl App {
    pub(super) fn assemble(
        config: &Config,
        clock: Clock,
        store: Store,
        reader_key: ReaderKey,
    ) -> anyhow::Result<Self> {
        let hub = config.site.hub.clone().map(Hub::new).transpose()?;
        let context = Context {
            clock,
            store,
            fetcher: Arc::new(Fetcher::new(fetch_settings(config))),
            hosts: Arc::default(),
            manners: manners(config),
            publisher: Publisher::new(config.feeds_directory.clone()).with_hub(hub),
            mailer: mailer(config, &reader_key)?,
            bounces: mailboxes(&config.mail.bounces)?,
            reader_key,
            model: model(config)?,
            site: config.site.clone(),
            zone: config.zone,
            operator: config.operator.clone(),
            on_unknown: match config.mail.on_unknown {
                OnUnknown::Resend => jobs::OnUnknown::Resend,
                OnUnknown::Hold => jobs::OnUnknown::Hold,
            },
            halt: jobs::Halt::default(),
            keep: config.keep,
            keep_documents: config.keep_documents,
            is_searched: config.listen.is_some(),
            sources: config.sources.iter().map(|plan| plan.source.clone()).collect(),
            overrides: config
                .sources
                .iter()
                .map(|plan| (plan.source.id.clone(), plan.overrides.clone()))
                .collect(),
            feeds: config.feeds.clone(),
            digests: config.digests.iter().map(zoned).collect(),
        };
        let (daemon, proxies) = (config.daemon.clone(), config.proxies.clone());
        let bounce_hook = config.mail.bounces.hook.clone();
        let node = Node::new(definitions(config));
        let (plans, place, listen) = (plans(config), place(config), config.listen);
        let Admin { password, proxy } = config.admin.clone();
        let door = http::Door { password, proxy };
        let file = config.file.clone();
        Ok(Self { context, plans, place, listen, proxies, bounce_hook, door, file, daemon, node })
    }
}

/// A fingerprint of what the Config says that exists: processes that share a store must agree on it.
fn definitions(config: &Config) -> String {
    let Config { site, zone, schedules, sources, feeds, digests, .. } = config;
    sha256_hex(
        format!("{site:?} {zone} {schedules:?} {sources:?} {feeds:?} {digests:?}").as_bytes(),
    )
}

/// Where a Config has its store.
pub fn place(config: &Config) -> Place {
    match &config.store {
        StorePlace::File(path) => Place::File(path.clone()),
        StorePlace::Server { url, password } => {
            Place::Server(Server { url: url.clone(), password: password.clone() })
        }
    }
}

/// A PostgreSQL database that needs no password of ours.
pub fn server(url: Url) -> Place {
    Place::Server(Server { url, password: None })
}

/// Opens the store for a small change beside a daemon that is at work.
pub async fn open_store_beside(config: &Config) -> Result<Store, StoreError> {
    Store::open_beside(&place(config)).await
}

/// What looks at sources by hand, beside a daemon that may be at work.
pub async fn inquiry(config: &Config, clock: Clock) -> Result<Inquiry, StoreError> {
    let store = match Store::open_read_only(&place(config)).await {
        Ok(store) => Some(store),
        Err(StoreError::Missing { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(Inquiry::new(clock, Fetcher::new(fetch_settings(config)), manners(config), store))
}

/// How politely hosts are asked.
pub fn manners(config: &Config) -> Manners {
    let usual = Manners::default();
    let wanted = &config.fetch;
    let time = |wanted: Option<Duration>, usual| {
        wanted.and_then(|wanted| TimeDelta::from_std(wanted).ok()).unwrap_or(usual)
    };
    let min = time(wanted.poll_min, usual.pace.min);
    Manners {
        delay: time(wanted.delay, usual.delay),
        hosts: wanted.hosts.unwrap_or(usual.hosts),
        pace: Pace { min, max: time(wanted.poll_max, usual.pace.max).max(min) },
        holder: match &config.store {
            // A file belongs to one process: what another held is free as soon as it is no more.
            StorePlace::File(_) => usual.holder,
            StorePlace::Server { .. } => Uuid::now_v7().to_string(),
        },
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
