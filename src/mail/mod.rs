//! Message → SMTP, a directory, or memory.
//!
//! | transport | for |
//! |---|---|
//! | SMTP | readers |
//! | directory of `.eml` files | trying out, and programs that take mail from there |
//! | memory | tests |

mod error;
mod mime;
mod smtp;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use lettre::{AsyncFileTransport, AsyncTransport as _, Tokio1Executor};

use crate::domain::{Delivery, EmailAddress, Message, Verdict};
pub use error::MailError;
pub use mime::Mail;

/// Whom mail comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Display name.
    pub name: String,
    /// Address; its domain also makes Message-IDs.
    pub address: EmailAddress,
}

/// How the connection to the relay is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (port 465).
    Implicit,
    /// Upgraded before anything is said (port 587); without it nothing is sent.
    StartTls,
    /// In the clear: a relay on this machine.
    None,
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
    /// A relay.
    Smtp(Relay),
    /// Files.
    Directory(PathBuf),
    /// Kept for the test that looks at it.
    Memory(Arc<Mutex<Vec<Mail>>>),
}

/// Hands mail over.
#[derive(Debug, Clone)]
pub struct Mailer {
    sender: Sender,
    transport: Transport,
}

/// A connection, or what stands for one, held for a batch of deliveries.
pub struct Session<'a> {
    mailer: &'a Mailer,
    connection: Option<smtp::Connection>,
    is_prepared: bool,
}

impl Mailer {
    /// A mailer.
    pub fn new(sender: Sender, transport: Transport) -> Self {
        Self { sender, transport }
    }

    /// The domain that Message-IDs belong to.
    pub fn domain(&self) -> &str {
        self.sender.address.domain()
    }

    /// Where mail goes, for people.
    pub fn destination(&self) -> String {
        match &self.transport {
            Transport::Smtp(relay) => format!("{}:{}", relay.host, relay.port),
            Transport::Directory(path) => path.display().to_string(),
            Transport::Memory(_) => "memory".into(),
        }
    }

    /// Writes the mail that `delivery` would bring, without sending it.
    pub fn compose(
        &self,
        message: &Message,
        delivery: &Delivery,
        now: DateTime<Utc>,
    ) -> Result<Mail, MailError> {
        mime::mail(message, delivery, &self.sender, now)
    }

    /// Opens a session; an error here is nobody's delivery.
    pub async fn session(&self) -> Result<Session<'_>, MailError> {
        let mut session = Session { mailer: self, connection: None, is_prepared: false };
        session.ready().await?;
        Ok(session)
    }
}

impl Session<'_> {
    /// Makes sure that there is a connection; an error here is nobody's delivery.
    pub async fn ready(&mut self) -> Result<(), MailError> {
        match &self.mailer.transport {
            Transport::Smtp(relay) => {
                if !self.connection.as_ref().is_some_and(smtp::Connection::is_open) {
                    self.connection = Some(smtp::connect(relay).await?);
                }
                Ok(())
            }
            Transport::Directory(path) => {
                if !self.is_prepared {
                    prepare(path).await?;
                    self.is_prepared = true;
                }
                Ok(())
            }
            Transport::Memory(_) => Ok(()),
        }
    }

    /// Hands one mail over.
    pub async fn send(&mut self, mail: &Mail) -> Verdict {
        match (&self.mailer.transport, &mut self.connection) {
            (Transport::Smtp(_), Some(connection)) => connection.send(mail).await,
            (Transport::Smtp(_), None) => Verdict::Deferred("no connection".into()),
            (Transport::Directory(path), _) => write(path, mail).await,
            (Transport::Memory(mails), _) => {
                mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
                Verdict::Sent("kept".into())
            }
        }
    }

    /// Closes what is open.
    pub async fn close(self) {
        if let Some(connection) = self.connection {
            connection.close().await;
        }
    }
}

/// Where mail is written before it is whole.
const WRITING: &str = ".writing";

/// Makes the directory, and clears what a killed process left half-written.
async fn prepare(directory: &Path) -> Result<(), MailError> {
    let failed = |error: std::io::Error| MailError::Directory {
        path: directory.to_owned(),
        reason: error.to_string(),
    };
    let writing = directory.join(WRITING);
    match tokio::fs::remove_dir_all(&writing).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
        _ => tokio::fs::create_dir_all(&writing).await.map_err(failed),
    }
}

/// lettre writes under a name of its own, apart; the rename makes the mail appear whole, on disk, and under its delivery's
/// name.
async fn write(directory: &Path, mail: &Mail) -> Verdict {
    let writing = directory.join(WRITING);
    let path = directory.join(&mail.file_name);
    let deferred = |reason: String| Verdict::Deferred(format!("{}: {reason}", path.display()));
    let transport = AsyncFileTransport::<Tokio1Executor>::new(&writing);
    let half = match transport.send_raw(&mail.envelope, &mail.bytes).await {
        Ok(id) => writing.join(format!("{id}.eml")),
        Err(error) => return deferred(error.to_string()),
    };
    match appear(&half, &path).await {
        Ok(()) => Verdict::Sent(path.display().to_string()),
        Err(error) => deferred(error.to_string()),
    }
}

async fn appear(half: &Path, path: &Path) -> std::io::Result<()> {
    tokio::fs::File::open(half).await?.sync_all().await?;
    tokio::fs::rename(half, path).await?;
    match path.parent() {
        Some(directory) => tokio::fs::File::open(directory).await?.sync_all().await,
        None => Ok(()),
    }
}
