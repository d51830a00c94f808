//! The use cases: the only code that joins stages and edges.
//!
//! | job | does |
//! |---|---|
//! | [`ingest`] | Source → Documents → Articles → store |
//! | [`inquiry`] | a look at documents by hand |
//! | [`health`] | what the operator is told of sources |
//! | [`publish`] | store → Feed → files |
//! | [`compose`] | store → Edition → outbox |
//! | [`deliver`] | outbox → mail |
//! | [`desk`] | what the operator sees and does in a browser |
//! | [`maintain`] | takes out of the store what is old enough |
//! | [`keeping`] | carries the store away and back |
//! | [`nodes`] | keeps processes on one store apart whose definitions differ |
//! | [`replay`] | today's rules over Documents that were kept |
//! | [`bounces`] | mail that came back → who gets no more |
//! | [`reader_feed`] | a reader's choices as a feed |
//! | [`reader_key`] | the secret behind links and Message-IDs |
//! | [`settle`] | what an operator says of deliveries and of addresses |
//! | [`slots`] | decides slots, once each |
//! | [`subscribe`] | who receives what |
//! | [`pass`] | all of these, one after the other |
//! | [`Vitals`] | what the daemon says of itself |
//!
//! A job never stops at the first failure: it ends with a [`Report`] that names each.

mod archive;

pub mod bounces;
pub mod compose;
pub mod deliver;
pub mod desk;
pub mod figures;
mod halt;
pub mod health;
mod hosts;
pub mod ingest;
pub mod inquiry;
pub mod keeping;
mod ledger;
pub mod maintain;
pub mod nodes;
pub mod pass;
pub mod publish;
pub mod reader_feed;
pub mod reader_key;
pub mod replay;
pub mod report;
pub mod settle;
pub mod slots;
pub mod stages;
pub mod subscribe;
mod turn;
mod vitals;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::clock::Clock;
use crate::domain::{Digest, EmailAddress, Feed, Keep, ReaderKey, Site, Source, SourceId};
use crate::fetch::Fetcher;
use crate::llm::Model;
use crate::mail::{Mailbox, Mailer};
use crate::normalize::Overrides;
use crate::publish::Publisher;
use crate::render::Stationery;
use crate::store::Store;
pub use crate::store::StoreError;
pub use halt::Halt;
pub use hosts::{Hosts, Manners};
pub use report::Report;
pub use turn::IngestError;
pub use vitals::{Ended, Vitals, WorkEnd};

/// A Digest, the zone in which it dates things, and what it is written on.
#[derive(Debug, Clone)]
pub struct ZonedDigest {
    /// The Digest.
    pub digest: Digest,
    /// Its zone.
    pub zone: Tz,
    /// Its templates.
    pub stationery: Arc<Stationery>,
}

/// What to do with a delivery that may or may not have been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// Send it once more, under the same Message-ID.
    Resend,
    /// Leave it to the operator.
    Hold,
}

/// The parts that jobs work with.
#[derive(Debug, Clone)]
pub struct Context {
    /// Time.
    pub clock: Clock,
    /// State.
    pub store: Store,
    /// Reads sources.
    pub fetcher: Arc<Fetcher>,
    /// The hosts that are asked.
    pub hosts: Arc<Hosts>,
    /// How politely.
    pub manners: Manners,
    /// Writes feeds.
    pub publisher: Publisher,
    /// Sends mail.
    pub mailer: Mailer,
    /// Summarizes sections, where the operator wants that.
    pub model: Option<Model>,
    /// Where bounces come in.
    pub bounces: Vec<Mailbox>,
    /// Makes links that nobody else can make.
    pub reader_key: ReaderKey,
    /// The publisher's name and address.
    pub site: Site,
    /// Zone that relative dates on pages are counted in.
    pub zone: Tz,
    /// Gets a digest while nobody subscribes.
    pub operator: Option<EmailAddress>,
    /// What to do in doubt.
    pub on_unknown: OnUnknown,
    /// Asked for when the process is to end.
    pub halt: Halt,
    /// How long things are kept.
    pub keep: Keep,
    /// How long documents are kept as they were fetched.
    pub keep_documents: TimeDelta,
    /// Whether pages are served, and search with them.
    pub is_searched: bool,
    /// Where content comes from.
    pub sources: Vec<Source>,
    /// What the operator says of single sources, over the rules.
    pub overrides: BTreeMap<SourceId, Overrides>,
    /// What is published.
    pub feeds: Vec<Feed>,
    /// What is mailed.
    pub digests: Vec<ZonedDigest>,
}
