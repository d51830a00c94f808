//! One connection to a relay, step by step, so that what the server answered decides and nothing is guessed.
//!
//! The socket is our own because lettre leaves Nagle's algorithm on, which costs 40 ms a mail; the steps are our own because
//! lettre's `send` waits without limit after a refusal and cannot tell whether the final dot was handed over.

use std::iter;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Mail, MailError, Relay, Tls};
use crate::domain::Verdict;

/// RFC 5321 §4.5.3.2: five minutes for a command; connecting and greeting included.
const COMMAND_LIMIT: Duration = Duration::from_mins(5);
/// RFC 5321 §4.5.3.2.6: ten minutes for the answer to the final dot.
const DOT_LIMIT: Duration = Duration::from_mins(10);
/// How long a refused connection attempt may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);

/// An open connection; gone after any answer that leaves it in doubt.
pub(super) struct Connection {
    inner: Option<AsyncSmtpConnection>,
}

/// Connects, secures and authenticates as `relay` says.
pub(super) async fn connect(relay: &Relay) -> Result<Connection, MailError> {
    let server = format!("{}:{}", relay.host, relay.port);
    match timeout(CONNECT_LIMIT, open(relay)).await {
        Ok(Ok(connection)) => Ok(Connection { inner: Some(connection) }),
        Ok(Err(OpenError::Network(reason))) => Err(MailError::Connect { server, reason }),
        Ok(Err(OpenError::Refused(reason))) => Err(MailError::Refused { server, reason }),
        Err(_) => {
            let reason = format!("no answer within {} s", CONNECT_LIMIT.as_secs());
            Err(MailError::Connect { server, reason })
        }
    }
}

enum OpenError {
    Network(String),
    Refused(String),
}

impl From<Error> for OpenError {
    fn from(error: Error) -> Self {
        let refused = error.is_permanent() || error.is_client() || error.is_tls();
        let reason = words(&error);
        if refused { Self::Refused(reason) } else { Self::Network(reason) }
    }
}

async fn open(relay: &Relay) -> Result<AsyncSmtpConnection, OpenError> {
    let hello = ClientId::Domain(relay.hello.clone());
    let address = (relay.host.as_str(), relay.port);
    let tls = || TlsParameters::new(relay.host.clone());
    let mut connection = if relay.tls == Tls::Implicit {
        AsyncSmtpConnection::connect_tokio1(address, None, &hello, Some(tls()?), None).await?
    } else {
        let socket =
            TcpStream::connect(address).await.map_err(|e| OpenError::Network(e.to_string()))?;
        socket.set_nodelay(true).map_err(|e| OpenError::Network(e.to_string()))?;
        AsyncSmtpConnection::connect_with_transport(Box::new(socket), &hello).await?
    };
    if relay.tls == Tls::StartTls {
        connection.starttls(tls()?, &hello).await?;
    }
    if let Some((user, password)) = &relay.credentials {
        let credentials = Credentials::new(user.clone(), password.clone());
        connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await?;
    }
    Ok(connection)
}

impl Connection {
    /// Whether another mail may go over it.
    pub(super) fn is_open(&self) -> bool {
        self.inner.is_some()
    }

    /// Sends one mail; the connection stays only where its state is certain.
    pub(super) async fn send(&mut self, mail: &Mail) -> Verdict {
        let Some(mut connection) = self.inner.take() else {
            return Verdict::Deferred("the connection was closed".into());
        };
        let (verdict, keep) = transact(&mut connection, mail).await;
        if keep {
            self.inner = Some(connection);
        }
        verdict
    }

    /// Says goodbye; what the server answers no longer matters.
    pub(super) async fn close(mut self) {
        if let Some(mut connection) = self.inner.take() {
            let _ = timeout(CONNECT_LIMIT, connection.quit()).await;
        }
    }
}

/// One transaction: the verdict, and whether the connection may carry another.
async fn transact(connection: &mut AsyncSmtpConnection, mail: &Mail) -> (Verdict, bool) {
    let from = mail.envelope.from().cloned();
    // RFC 6531: only an address beyond ASCII needs it, and a relay without it must not be asked.
    let beyond_ascii = mail.envelope.to().iter().chain(&from).any(|a| !a.to_string().is_ascii());
    if beyond_ascii && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
        let words = "the relay takes no address beyond ASCII (SMTPUTF8)";
        return (Verdict::Failed(words.into()), true);
    }
    let options = if beyond_ascii { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
    // 5xx to MAIL FROM speaks of us, not of this reader: the address is not burnt for it.
    if let Err(answer) = step(connection, MailFrom::new(from, options)).await {
        return (Verdict::Deferred(answer.words), reset(connection, answer.known).await);
    }
    for to in mail.envelope.to() {
        if let Err(answer) = step(connection, Rcpt::new(to.clone(), Vec::new())).await {
            let verdict = if answer.permanent {
                Verdict::Failed(answer.words)
            } else {
                Verdict::Deferred(answer.words)
            };
            return (verdict, reset(connection, answer.known).await);
        }
    }
    if let Err(answer) = step(connection, Data).await {
        return (Verdict::Deferred(answer.words), reset(connection, answer.known).await);
    }
    body(connection, &mail.bytes).await
}

/// A command that was not accepted.
struct Answer {
    words: String,
    permanent: bool,
    /// The server itself said so, and the connection is in a known state.
    known: bool,
}

async fn step(
    connection: &mut AsyncSmtpConnection,
    command: impl std::fmt::Display,
) -> Result<(), Answer> {
    match timeout(COMMAND_LIMIT, connection.command(command)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(Answer {
            words: words(&error),
            permanent: error.is_permanent(),
            // 421 announces that the server closes the connection (RFC 5321 §3.8).
            known: error.status().is_some_and(|code| u16::from(code) != 421),
        }),
        Err(_) => Err(Answer {
            words: format!("no answer within {} s", COMMAND_LIMIT.as_secs()),
            permanent: false,
            known: false,
        }),
    }
}

/// Without RSET the next MAIL is refused as nested; what cannot be reset is dropped.
async fn reset(connection: &mut AsyncSmtpConnection, known: bool) -> bool {
    known && step(connection, Rset).await.is_ok()
}

/// The body and the answer to its final dot. The line between Deferred and Unknown is whether the dot was handed over.
async fn body(connection: &mut AsyncSmtpConnection, bytes: &[u8]) -> (Verdict, bool) {
    let handed = AtomicBool::new(false);
    let mut whole = Some(bytes);
    let parts = iter::from_fn(|| {
        let part = whole.take();
        handed.store(part.is_none(), SeqCst);
        part
    });
    match timeout(DOT_LIMIT, connection.message_iter(parts)).await {
        Ok(Ok(response)) if u16::from(response.code()) / 100 == 2 => {
            (Verdict::Sent(lines(&response)), true)
        }
        Ok(Err(error)) if error.status().is_some() => {
            let keep = error.status().is_some_and(|code| u16::from(code) != 421);
            let words = words(&error);
            let verdict = if error.is_permanent() {
                Verdict::Failed(words)
            } else {
                Verdict::Deferred(words)
            };
            (verdict, keep)
        }
        Ok(Err(error)) if !handed.load(SeqCst) => (Verdict::Deferred(words(&error)), false),
        Ok(Err(error)) => (Verdict::Unknown(words(&error)), false),
        // lettre takes 3xx for success; after the dot it means nothing we know.
        Ok(Ok(response)) => (Verdict::Unknown(lines(&response)), false),
        Err(_) if !handed.load(SeqCst) => {
            (Verdict::Deferred("the body was not taken in time".into()), false)
        }
        Err(_) => (Verdict::Unknown(format!("no verdict within {} s", DOT_LIMIT.as_secs())), false),
    }
}

fn lines(response: &Response) -> String {
    let text: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), text.join(" "))
}

fn words(error: &Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    words
}
