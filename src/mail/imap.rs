//! A mailbox on an IMAP server (RFC 3501) that bounces come into: what nobody read yet, marked as read once it was dealt with.

use std::fmt;
use std::time::Duration;

use async_imap::Client;
use futures_util::TryStreamExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::mailbox::LONGEST_LETTER;
use super::{Tls, tls};

/// For each step: a server that takes longer has hung.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mailbox and how it is reached.
#[derive(Clone)]
pub struct Imap {
    /// Host name, also the one its certificate must bear.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: Tls,
    /// User and password.
    pub credentials: (String, String),
    /// Certificates, in PEM, of an authority that is trusted beside the public ones.
    pub authority: Option<Vec<u8>>,
    /// The folder.
    pub mailbox: String,
}

impl fmt::Debug for Imap {
    // The password stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Imap({} on {}, {:?})", self.mailbox, self.server(), self.tls)
    }
}

/// In the clear or under TLS.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Stream for S {}

type Session = async_imap::Session<Box<dyn Stream>>;

/// Letters in it that nobody read yet, by their UIDs.
#[derive(Debug)]
pub(super) struct Round {
    session: Session,
    waiting: std::vec::IntoIter<u32>,
    current: Option<u32>,
}

impl Imap {
    /// Host and port.
    pub fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    pub(super) async fn round(&self, limit: usize) -> Result<Round, String> {
        within(async {
            let mut session = self.open().await?;
            session.select(&self.mailbox).await.map_err(words)?;
            let unseen = session.uid_search("UNSEEN UNDELETED").await.map_err(words)?;
            let mut unseen: Vec<u32> = unseen.into_iter().collect();
            unseen.sort_unstable();
            unseen.truncate(limit);
            Ok(Round { session, waiting: unseen.into_iter(), current: None })
        })
        .await
    }

    async fn open(&self) -> Result<Session, String> {
        let socket = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(words)?;
        let client = match self.tls {
            Tls::Implicit => greeted(self.secured(socket).await?).await?,
            Tls::None => greeted::<Box<dyn Stream>>(Box::new(socket)).await?,
            Tls::StartTls => {
                let mut client = greeted(socket).await?;
                client.run_command_and_check_ok("STARTTLS", None).await.map_err(words)?;
                // What the server may have said in the clear behind its answer is not taken along.
                Client::new(self.secured(client.into_inner()).await?)
            }
        };
        let (user, password) = &self.credentials;
        client.login(user, password).await.map_err(|(error, _)| words(error))
    }

    async fn secured(&self, socket: TcpStream) -> Result<Box<dyn Stream>, String> {
        let secured = tls::secure(&self.host, self.authority.as_deref(), socket).await;
        Ok(Box::new(secured.map_err(words)?))
    }
}

/// A client on a connection whose server has said hello.
async fn greeted<S: Stream>(stream: S) -> Result<Client<S>, String> {
    let mut client = Client::new(stream);
    let greeting = client.read_response().await.map_err(words)?;
    greeting.map(|_| client).ok_or_else(|| "the server closed the connection".into())
}

impl Round {
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.current = self.waiting.next();
        let Some(uid) = self.current else { return Ok(None) };
        // PEEK leaves it unread: it counts as read once it was dealt with.
        let part = format!("(UID BODY.PEEK[]<0.{LONGEST_LETTER}>)");
        within(async {
            let fetched = self.session.uid_fetch(uid.to_string(), part).await.map_err(words)?;
            let fetched: Vec<_> = fetched.try_collect().await.map_err(words)?;
            let letter = fetched.iter().find(|fetch| fetch.uid == Some(uid));
            // Somebody else may have deleted it meanwhile.
            Ok(Some(letter.and_then(|fetch| fetch.body()).unwrap_or_default().to_vec()))
        })
        .await
    }

    pub(super) async fn done(&mut self) -> Result<(), String> {
        let Some(uid) = self.current.take() else { return Ok(()) };
        within(async {
            let flags = r"+FLAGS.SILENT (\Seen)";
            let stored = self.session.uid_store(uid.to_string(), flags).await.map_err(words)?;
            stored.try_collect::<Vec<_>>().await.map_err(words).map(drop)
        })
        .await
    }

    pub(super) async fn end(mut self) {
        // Everything was said; whether the server says goodbye does not matter.
        let _ = within(async { self.session.logout().await.map_err(words) }).await;
    }
}

async fn within<T>(step: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let late = |_| format!("no answer within {} s", PATIENCE.as_secs());
    timeout(PATIENCE, step).await.map_err(late)?
}

fn words(error: impl fmt::Display) -> String {
    error.to_string()
}
