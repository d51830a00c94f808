//! The configuration as it stands in the file: its keys and their types, before any of it is believed.
//!
//! Keys are documented where people read them, in `config/pressroom.toml`; a test compares the two.

mod cadence;
mod selecting;

use serde::Deserialize;
use toml::Spanned;

pub(super) use cadence::RawCadence;
pub(super) use selecting::{RawDigest, RawFeed, RawFilter, RawInclude};

/// Text and where it stands, so that an error can point at it.
pub(super) type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub site: RawSite,
    pub store: Spanned<RawStore>,
    pub publish: RawPublish,
    #[serde(default)]
    pub http: RawHttp,
    #[serde(default)]
    pub admin: RawAdmin,
    #[serde(default)]
    pub daemon: RawDaemon,
    pub mail: RawMail,
    #[serde(default)]
    pub fetch: RawFetch,
    pub schedules: RawSchedules,
    #[serde(default)]
    pub source: Vec<RawSource>,
    #[serde(default)]
    pub feed: Vec<RawFeed>,
    #[serde(default)]
    pub digest: Vec<RawDigest>,
    pub summarize: Option<RawSummarize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSite {
    pub title: Text,
    pub public_url: Text,
    pub zone: Text,
    pub operator: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStore {
    pub path: Option<Text>,
    pub url: Option<Text>,
    pub password_env: Option<Text>,
    pub password_file: Option<Text>,
    pub keep_documents_days: Option<u32>,
    pub keep_articles_days: Option<Spanned<u32>>,
    pub keep_slots_days: Option<Spanned<u32>>,
    pub keep_editions_days: Option<Spanned<u32>>,
    pub keep_messages_days: Option<Spanned<u32>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPublish {
    pub directory: Text,
    pub hub: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHttp {
    pub listen: Option<Text>,
    #[serde(default)]
    pub proxies: Vec<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAdmin {
    pub password_hash: Option<Text>,
    pub password_hash_file: Option<Text>,
    pub proxy_header: Option<Text>,
    #[serde(default)]
    pub proxy_from: Vec<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDaemon {
    pub roles: Option<Spanned<Vec<Text>>>,
    pub grace_seconds: Option<Spanned<u64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMail {
    pub from: Text,
    pub from_name: Option<String>,
    pub transport: Spanned<RawTransport>,
    pub directory: Option<String>,
    #[serde(default)]
    pub on_unknown: RawOnUnknown,
    pub smtp: Option<Spanned<RawSmtp>>,
    #[serde(default)]
    pub relay: Vec<Spanned<RawSmtp>>,
    #[serde(default)]
    pub dkim: Vec<RawDkim>,
    #[serde(default)]
    pub bounces: RawBounces,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDkim {
    pub selector: Text,
    pub key_file: Text,
    pub domain: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBounces {
    pub address: Option<Text>,
    pub maildir: Option<Text>,
    pub imap: Option<Spanned<RawImap>>,
    pub hook: Option<RawHook>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawImap {
    pub host: String,
    pub port: Option<u16>,
    pub tls: Option<RawTls>,
    pub user: String,
    pub password_env: Option<Text>,
    pub password_file: Option<Text>,
    pub ca_file: Option<Text>,
    pub mailbox: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHook {
    pub password_env: Option<Text>,
    pub password_file: Option<Text>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawTransport {
    Directory,
    Smtp,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawOnUnknown {
    #[default]
    Resend,
    Hold,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSmtp {
    pub host: String,
    pub port: Option<u16>,
    #[serde(default)]
    pub tls: RawTls,
    pub user: Option<String>,
    pub password_env: Option<Text>,
    pub password_file: Option<Text>,
    pub hello: Option<String>,
    pub ca_file: Option<Text>,
    pub connections: Option<Spanned<u32>>,
    pub weight: Option<Spanned<u32>>,
    pub per_second: Option<Spanned<u32>>,
    pub per_minute: Option<Spanned<u32>>,
    pub per_connection: Option<Spanned<u32>>,
    pub timeout_seconds: Option<Spanned<u32>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawTls {
    Implicit,
    #[default]
    StartTls,
    None,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFetch {
    pub contact: Option<Text>,
    pub timeout_seconds: Option<Spanned<u64>>,
    pub max_bytes: Option<Spanned<usize>>,
    pub max_header_bytes: Option<Spanned<usize>>,
    pub max_ratio: Option<Spanned<usize>>,
    pub max_redirects: Option<usize>,
    pub proxy: Option<Text>,
    pub delay_ms: Option<u64>,
    pub hosts: Option<Spanned<usize>>,
    pub poll_min_minutes: Option<Spanned<u64>>,
    pub poll_max_minutes: Option<Spanned<u64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSchedules {
    pub ingest: Text,
    pub publish: Text,
    pub deliver: Text,
    pub maintain: Option<Text>,
    #[serde(default)]
    pub slots: RawSlots,
}

/// What becomes of slots; what is not said is as in `[schedules]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSlots {
    pub missed: Option<crate::schedule::Missed>,
    pub deadline_minutes: Option<Spanned<u32>>,
    pub overlap: Option<crate::schedule::Overlap>,
    pub jitter_seconds: Option<Spanned<u32>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSource {
    pub name: Text,
    pub kind: Spanned<RawKind>,
    pub url: Option<Text>,
    pub paths: Option<Vec<String>>,
    pub allow_private: Option<bool>,
    pub ignore_robots: Option<bool>,
    pub user: Option<String>,
    pub password_env: Option<Text>,
    pub password_file: Option<Text>,
    pub schedule: Option<Text>,
    pub identity: Option<Spanned<RawIdentity>>,
    pub republish: Option<RawRepublish>,
    pub noindex: Option<bool>,
    pub follow: Option<bool>,
    pub follow_limit: Option<Spanned<usize>>,
    pub related: Option<RawRelated>,
    pub related_limit: Option<Spanned<usize>>,
    pub page_limit: Option<Spanned<usize>>,
    pub near_duplicates: Option<bool>,
    #[serde(default)]
    pub links: RawLinks,
    #[serde(default)]
    pub filter: RawFilter,
    #[serde(default)]
    pub slots: RawSlots,
    #[serde(default)]
    pub fields: RawFields,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawIdentity {
    Guid,
    Link,
    Title,
    Content,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawRepublish {
    Full,
    Summary,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawRelated {
    Keep,
    Follow,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLinks {
    #[serde(default)]
    pub include: Vec<Text>,
    #[serde(default)]
    pub exclude: Vec<Text>,
    pub since: Option<Text>,
    pub entry: Option<Text>,
    pub title: Option<Text>,
    pub url: Option<Text>,
    pub published: Option<Text>,
    pub summary: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFields {
    pub title: Option<Spanned<RawRule>>,
    pub lead: Option<Spanned<RawRule>>,
    pub author: Option<Spanned<RawRule>>,
    pub published: Option<Spanned<RawRule>>,
    pub updated: Option<Spanned<RawRule>>,
    pub tags: Option<Spanned<RawRule>>,
    pub body: Option<Spanned<RawRule>>,
    #[serde(default)]
    pub remove: Vec<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub css: Option<Text>,
    pub json: Option<Text>,
    #[serde(rename = "in")]
    pub script: Option<String>,
    pub regex: Option<Text>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawKind {
    Page,
    Listing,
    Feed,
    Sitemap,
    Files,
}

/// `[summarize]`: a model that writes section summaries.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSummarize {
    pub endpoint: Text,
    pub model: Text,
    pub key_env: Option<Text>,
    pub timeout_seconds: Option<Spanned<u64>>,
    pub budget: Option<Spanned<usize>>,
}
