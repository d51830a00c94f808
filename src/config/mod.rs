//! File and environment → validated Config. The only reader of the environment.
//!
//! Paths are relative to the configuration file, so that it means the same from wherever pressroom is started.

mod edit;
mod error;
mod raw;
mod supervisor;
mod validate;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;
use url::Url;

use crate::domain::{Digest, EmailAddress, Feed, Keep, PasswordHash, Site, Source, Token};
use crate::normalize::Overrides;
use crate::render::Stationery;
use crate::schedule::{Policy, Role, Timetable};
pub use edit::{NewSource, add_sources, field_block, free_name, place_field};
pub use error::{ConfigError, Problem};
pub use supervisor::Supervisor;
pub use validate::postgres_url;

/// How environment variables are asked for; tests bring their own.
pub type Environment = dyn Fn(&str) -> Option<String>;

/// What the operator wants, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file it was read from.
    pub file: PathBuf,
    /// The publisher.
    pub site: Site,
    /// Zone of schedules and of dates that pages count back from.
    pub zone: Tz,
    /// Who is told what goes wrong, and who gets a digest while nobody subscribes.
    pub operator: Option<EmailAddress>,
    /// Where the database is.
    pub store: StorePlace,
    /// How long documents are kept as they were fetched; nothing is kept where it is zero.
    pub keep_documents: TimeDelta,
    /// How long things are kept in it.
    pub keep: Keep,
    /// Where feeds are published.
    pub feeds_directory: PathBuf,
    /// Where the daemon serves them, if it does.
    pub listen: Option<SocketAddr>,
    /// Proxies before it, whose word about who asks is believed.
    pub proxies: Vec<IpAddr>,
    /// Who may sit down at the desk; nobody where both are absent, and then there is none.
    pub admin: Admin,
    /// How the daemon works.
    pub daemon: Daemon,
    /// What is right but hardly meant.
    pub remarks: Vec<Problem>,
    /// How pages are fetched.
    pub fetch: Fetch,
    /// How mail goes out.
    pub mail: Mail,
    /// When what happens unless a part has a schedule of its own.
    pub schedules: Schedules,
    /// Where content comes from.
    pub sources: Vec<SourcePlan>,
    /// What is published.
    pub feeds: Vec<Feed>,
    /// What is mailed.
    pub digests: Vec<DigestPlan>,
    /// A model that writes section summaries.
    pub summarize: Option<Summarize>,
}

/// A model that writes section summaries.
#[derive(Clone)]
pub struct Summarize {
    /// The address under which `chat/completions` stands.
    pub endpoint: Url,
    /// Its name.
    pub model: String,
    /// Bearer token.
    pub key: Option<String>,
    /// Limit for one answer.
    pub timeout: Duration,
    /// Han characters and words that a summary may have.
    pub budget: usize,
}

impl std::fmt::Debug for Summarize {
    // The key stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Summarize({} at {})", self.model, self.endpoint)
    }
}

/// Who may sit down at the desk.
#[derive(Debug, Clone, Default)]
pub struct Admin {
    /// Whoever knows the password.
    pub password: Option<PasswordHash>,
    /// Whoever a proxy has let in: the header that names them, and the addresses that are believed about it.
    pub proxy: Option<(String, Vec<IpAddr>)>,
}

/// How the daemon works.
#[derive(Debug, Clone)]
pub struct Daemon {
    /// What this process does of all there is to do.
    pub roles: Vec<Role>,
    /// Whether it may work beside others whose definitions differ.
    pub is_rollout: bool,
    /// How long work under way may go on after the word to stop.
    pub grace: Duration,
    /// Who wants to hear how it stands.
    pub supervisor: Supervisor,
}

/// How pages are fetched; absent means the fetcher's own default.
#[derive(Debug, Clone)]
pub struct Fetch {
    /// Address or page of the operator, told to every server.
    pub contact: Option<String>,
    /// Limit for one document in time.
    pub timeout: Option<Duration>,
    /// Limit for one document.
    pub max_bytes: Option<usize>,
    /// Limit for what stands before a body.
    pub max_header_bytes: Option<usize>,
    /// How many times its size a body may unpack to.
    pub max_ratio: Option<usize>,
    /// How many redirects are followed.
    pub max_redirects: Option<usize>,
    /// What all requests go through.
    pub proxy: Option<Url>,
    /// How long a host is left alone between two requests.
    pub delay: Option<Duration>,
    /// How many hosts are read at once.
    pub hosts: Option<usize>,
    /// The shortest time between two looks at a source without a schedule of its own.
    pub poll_min: Option<Duration>,
    /// The longest.
    pub poll_max: Option<Duration>,
}

/// Where the database is.
#[derive(Clone)]
pub enum StorePlace {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL database.
    Server {
        /// `postgres://user@host/database`, without a password.
        url: Url,
        /// The password, where one is needed.
        password: Option<String>,
    },
}

impl std::fmt::Debug for StorePlace {
    // The password stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Server { url, .. } => write!(f, "Server({url})"),
        }
    }
}

/// How mail goes out.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Sender's address.
    pub from: EmailAddress,
    /// Sender's name.
    pub from_name: String,
    /// Where it goes.
    pub transport: MailTransport,
    /// What to do with a delivery that may or may not have been taken.
    pub on_unknown: OnUnknown,
    /// Keys that sign it.
    pub dkim: Vec<DkimKey>,
    /// Where what comes back is to be found.
    pub bounces: Bounces,
}

/// A key that signs mail.
#[derive(Clone)]
pub struct DkimKey {
    /// The domain that signs: that of the sender or one above it.
    pub domain: String,
    /// The name under which the public key stands in DNS.
    pub selector: String,
    /// The private key in PEM form.
    pub pem: Vec<u8>,
}

impl std::fmt::Debug for DkimKey {
    // The key stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DkimKey({}._domainkey.{})", self.selector, self.domain)
    }
}

/// Where mail that comes back is to be found.
#[derive(Debug, Clone, Default)]
pub struct Bounces {
    /// The address it comes to; each delivery has one of its own below it.
    pub address: Option<EmailAddress>,
    /// The Maildir it is delivered into.
    pub maildir: Option<PathBuf>,
    /// The mailbox on a server.
    pub imap: Option<Imap>,
    /// The password by which a mail server may hand it over by HTTP.
    pub hook: Option<Token>,
}

/// A mailbox on an IMAP server.
#[derive(Clone)]
pub struct Imap {
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How it is secured.
    pub tls: ServerTls,
    /// User and password.
    pub credentials: (String, String),
    /// Certificates of an authority of the operator's own, in PEM form.
    pub authority: Option<Vec<u8>>,
    /// The folder.
    pub mailbox: String,
}

impl std::fmt::Debug for Imap {
    // The password stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Imap({}:{}, {:?})", self.host, self.port, self.tls)
    }
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// A directory of `.eml` files.
    Directory(PathBuf),
    /// Relays.
    Smtp(Vec<Smtp>),
}

/// A relay.
#[derive(Clone)]
pub struct Smtp {
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How it is secured.
    pub tls: ServerTls,
    /// User and password.
    pub credentials: Option<(String, String)>,
    /// Our name in EHLO; the sender's domain if absent.
    pub hello: Option<String>,
    /// Certificates of an authority of the operator's own, in PEM form.
    pub authority: Option<Vec<u8>>,
    /// Connections at once.
    pub connections: usize,
    /// Its share among several relays.
    pub weight: u32,
    /// Most messages in any second.
    pub per_second: Option<u32>,
    /// Most messages in any minute.
    pub per_minute: Option<u32>,
    /// Most messages over one connection.
    pub per_connection: Option<u32>,
    /// How long an answer may take; the transport's own limits if absent.
    pub timeout: Option<Duration>,
}

impl std::fmt::Debug for Smtp {
    // The password stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp({}:{}, {:?})", self.host, self.port, self.tls)
    }
}

/// How the connection to a server of mail is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerTls {
    /// From the first byte.
    Implicit,
    /// Upgraded.
    StartTls,
    /// Not at all.
    None,
}

/// What to do with a delivery that may or may not have been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// Once more, with the same Message-ID.
    Resend,
    /// Leave it to the operator.
    Hold,
}

/// When what happens.
#[derive(Debug, Clone)]
pub struct Schedules {
    /// Sources without a schedule of their own.
    pub ingest: Timetable,
    /// All feeds.
    pub publish: Timetable,
    /// What waits in the outbox.
    pub deliver: Timetable,
    /// What is old enough is taken out of the store.
    pub maintain: Timetable,
    /// What becomes of slots that are missed or overlap.
    pub policy: Policy,
}

/// A Source and when it is read.
#[derive(Debug, Clone)]
pub struct SourcePlan {
    /// The Source.
    pub source: Source,
    /// Its own schedule, where it has one.
    pub timetable: Option<Timetable>,
    /// What becomes of its slots that are missed or overlap.
    pub policy: Policy,
    /// Where its fields stand, as the operator says.
    pub overrides: Overrides,
}

/// A Digest and when it goes out.
#[derive(Debug, Clone)]
pub struct DigestPlan {
    /// The Digest.
    pub digest: Digest,
    /// Zone of its schedules and dates.
    pub zone: Tz,
    /// One for each of its cadences, in their order.
    pub timetables: Vec<Timetable>,
    /// Its templates.
    pub stationery: Arc<Stationery>,
    /// What becomes of its slots that are missed or overlap.
    pub policy: Policy,
}

impl Config {
    /// Reads and checks `file`, with the process's environment.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let unreadable = |source| ConfigError::Unreadable { path: file.to_owned(), source };
        let content = std::fs::read_to_string(file).map_err(unreadable)?;
        Self::parse(file, &content, &|name| std::env::var(name).ok())
    }

    /// Checks `content` as if it stood in `file`.
    pub fn parse(
        file: &Path,
        content: &str,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let raw: raw::Raw = toml::from_str(content).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let message = error::plain(error.message());
            ConfigError::Wrong(vec![Problem::at(file, content, span, message)])
        })?;
        validate::validate(file, content, &raw, environment).map_err(ConfigError::Wrong)
    }
}
