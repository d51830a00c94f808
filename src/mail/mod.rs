//! Message → SMTP, a directory, or memory; what comes back from there is read here, too.
//!
//! | transport | for |
//! |---|---|
//! | SMTP | readers |
//! | directory of `.eml` files | trying out, and programs that take mail from there |
//! | memory | tests |
//!
//! | file | duty |
//! |---|---|
//! | `mime.rs`, `body.rs`, `dkim.rs` | Message → stencil; with a Delivery → signed bytes |
//! | `relays.rs`, `window.rs` | which relay, how many connections, how fast |
//! | `connect.rs`, `tls.rs`, `smtp.rs` | a connection, and one transaction over it |
//! | `mailbox.rs`, `maildir.rs`, `imap.rs` | where bounces and complaints come in |
//! | `returned.rs` | what such a mail says |

mod body;
mod connect;
mod directory;
mod dkim;
mod error;
mod imap;
mod mailbox;
mod maildir;
mod mime;
mod relays;
mod returned;
mod smtp;
mod tls;
mod window;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use crate::domain::{Delivery, EmailAddress, MailDomain, Message, Verdict};
use relays::Relays;

pub use dkim::Signer;
pub use error::MailError;
pub use imap::Imap;
pub use mailbox::{LONGEST_LETTER, Mailbox, Round};
pub use maildir::Maildir;
pub use mime::{Mail, Stencil};
pub use returned::{Returned, What};

/// Whom mail comes from.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Display name.
    pub name: String,
    /// Address; its domain also makes Message-IDs.
    pub address: EmailAddress,
    /// What Message-IDs are made with.
    pub domain: MailDomain,
    /// Where bounces go, each to an address of its own below this one (`bounces+TOKEN@…`); to `address` if absent.
    pub bounces: Option<EmailAddress>,
    /// The site's address: links by which readers leave begin with it.
    pub home: Url,
    /// Keys that sign every mail.
    pub signers: Arc<[Signer]>,
}

/// How the connection to a server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (port 465; 993 for IMAP).
    Implicit,
    /// Upgraded before anything is said (port 587; 143); without it nothing is.
    StartTls,
    /// In the clear: a server on this machine.
    None,
}

/// How long a relay is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Connecting, securing and authenticating.
    pub connect: Duration,
    /// Each command.
    pub command: Duration,
    /// The answer to a whole mail.
    pub verdict: Duration,
}

impl Default for Patience {
    /// RFC 5321 §4.5.3.2: five minutes a command, ten for the verdict.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            command: Duration::from_mins(5),
            verdict: Duration::from_mins(10),
        }
    }
}

/// A server that takes our mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay {
    /// Host name, also the one its certificate must bear.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: Tls,
    /// User and password.
    pub credentials: Option<(String, String)>,
    /// The name we give ourselves in EHLO.
    pub hello: String,
    /// Certificates, in PEM, of an authority that is trusted beside the public ones.
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
    /// How long it is waited for.
    pub patience: Patience,
}

impl Relay {
    /// Host and port.
    pub fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

impl std::fmt::Debug for Relay {
    // The password stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Relay({}:{}, {:?})", self.host, self.port, self.tls)
    }
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Relays.
    Smtp(Vec<Relay>),
    /// Files.
    Directory(PathBuf),
    /// Kept for the test that looks at it.
    Memory(Arc<Mutex<Vec<Mail>>>),
}

/// Hands mail over. Cheap to clone; clones share connections and limits.
#[derive(Debug, Clone)]
pub struct Mailer {
    sender: Sender,
    route: Route,
}

#[derive(Debug, Clone)]
enum Route {
    Smtp(Arc<Relays>),
    Directory(PathBuf),
    Memory(Arc<Mutex<Vec<Mail>>>),
}

/// The right to send one mail now.
#[derive(Debug)]
pub struct Turn(Way);

#[derive(Debug)]
enum Way {
    Smtp(relays::Turn),
    Directory(PathBuf),
    Memory(Arc<Mutex<Vec<Mail>>>),
}

impl Mailer {
    /// A mailer.
    pub fn new(sender: Sender, transport: Transport) -> Result<Self, MailError> {
        let route = match transport {
            Transport::Smtp(relays) => {
                for relay in &relays {
                    tls::check_authority(&relay.server(), relay.authority.as_deref())?;
                }
                Route::Smtp(Arc::new(Relays::new(relays)))
            }
            Transport::Directory(path) => Route::Directory(path),
            Transport::Memory(mails) => Route::Memory(mails),
        };
        Ok(Self { sender, route })
    }

    /// What Message-IDs are made with.
    pub fn domain(&self) -> &MailDomain {
        &self.sender.domain
    }

    /// Where mail goes, for people.
    pub fn destination(&self) -> String {
        match &self.route {
            Route::Smtp(relays) => relays.names(),
            Route::Directory(path) => path.display().to_string(),
            Route::Memory(_) => "memory".into(),
        }
    }

    /// What all mails of `message` have in common: made once, since most of the work is in it.
    pub fn stencil(&self, message: &Message) -> Stencil {
        Stencil::of(message, &self.sender)
    }

    /// Writes the mail that `delivery` would bring, without sending it. `token` is the reader's own, for links.
    pub fn compose(
        &self,
        stencil: &Stencil,
        delivery: &Delivery,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Mail, MailError> {
        stencil.mail(delivery, &self.sender, token, now)
    }

    /// How many mails may be under way at once.
    pub fn lanes(&self) -> usize {
        match &self.route {
            Route::Smtp(relays) => relays.connections(),
            Route::Directory(_) | Route::Memory(_) => 1,
        }
    }

    /// Before a run: what was out has a new chance.
    pub async fn begin(&self) -> Result<(), MailError> {
        match &self.route {
            Route::Smtp(relays) => relays.begin(),
            Route::Directory(path) => directory::prepare(path).await?,
            Route::Memory(_) => {}
        }
        Ok(())
    }

    /// A turn, if one is to be had at once.
    pub fn turn_at_once(&self) -> Option<Turn> {
        match &self.route {
            Route::Smtp(relays) => relays.at_once().map(|turn| Turn(Way::Smtp(turn))),
            Route::Directory(path) => Some(Turn(Way::Directory(path.clone()))),
            Route::Memory(mails) => Some(Turn(Way::Memory(mails.clone()))),
        }
    }

    /// Waits for a turn; an error is nobody's delivery.
    pub async fn turn(&self) -> Result<Turn, MailError> {
        Ok(Turn(match &self.route {
            Route::Smtp(relays) => Way::Smtp(relays.turn().await?),
            Route::Directory(path) => Way::Directory(path.clone()),
            Route::Memory(mails) => Way::Memory(mails.clone()),
        }))
    }

    /// After a run: closes what is open.
    pub async fn end(&self) {
        if let Route::Smtp(relays) = &self.route {
            relays.end().await;
        }
    }
}

impl Turn {
    /// Hands one mail over.
    pub async fn send(self, mail: &Mail) -> Verdict {
        match self.0 {
            Way::Smtp(turn) => turn.send(mail).await,
            Way::Directory(path) => directory::write(&path, mail).await,
            Way::Memory(mails) => {
                mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
                Verdict::Sent("kept".into())
            }
        }
    }
}
