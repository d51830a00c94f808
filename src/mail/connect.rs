//! Opens a connection to a relay: our own socket, since lettre leaves Nagle's algorithm on, which costs 40 ms a mail; then TLS
//! and authentication as configured. Nothing is ever sent in the clear where TLS was asked for.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters,
};
use lettre::transport::smtp::commands::Ehlo;
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use super::{MailError, Relay, Tls, tls};

/// Connects, secures and authenticates as `relay` says; also tells whether it takes commands without waiting for answers.
pub(super) async fn connect(relay: &Relay) -> Result<(AsyncSmtpConnection, bool), MailError> {
    let server = relay.server();
    let limit = relay.patience.connect;
    match timeout(limit, open(relay)).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(OpenError::Network(reason))) => Err(MailError::Connect { server, reason }),
        Ok(Err(OpenError::Refused(reason))) => Err(MailError::Refused { server, reason }),
        Err(_) => {
            let reason = format!("no answer within {} s", limit.as_secs());
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
        let reason = words(&error);
        let untrusted = reason.contains("certificate");
        if error.is_permanent() || error.is_client() || error.is_tls() || untrusted {
            Self::Refused(reason)
        } else {
            Self::Network(reason)
        }
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        // rustls hands its verdict over inside an I/O error.
        match error.get_ref() {
            Some(inner) if inner.is::<rustls::Error>() => Self::Refused(error.to_string()),
            _ => Self::Network(error.to_string()),
        }
    }
}

async fn open(relay: &Relay) -> Result<(AsyncSmtpConnection, bool), OpenError> {
    let hello = ClientId::Domain(relay.hello.clone());
    let socket = TcpStream::connect((relay.host.as_str(), relay.port)).await?;
    socket.set_nodelay(true)?;
    let stream: Box<dyn AsyncTokioStream> = match relay.tls {
        Tls::Implicit => {
            let authority = relay.authority.as_deref();
            Box::new(Encrypted(tls::secure(&relay.host, authority, socket).await?))
        }
        Tls::StartTls | Tls::None => Box::new(socket),
    };
    let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &hello).await?;
    if relay.tls == Tls::StartTls {
        let mut tls = TlsParameters::builder(relay.host.clone());
        if let Some(authority) = &relay.authority {
            tls = tls.add_root_certificate(Certificate::from_pem(authority)?);
        }
        connection.starttls(tls.build()?, &hello).await?;
    }
    if let Some((user, password)) = &relay.credentials {
        let credentials = Credentials::new(user.clone(), password.clone());
        connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await?;
    }
    // The library reads four extensions out of the answer and forgets the rest: it is asked for once more.
    let offer = connection.command(Ehlo::new(hello)).await;
    let pipelines = offer.is_ok_and(|offer| offer.message().any(|line| line == "PIPELINING"));
    Ok((connection, pipelines))
}

/// TLS from the first byte, in the form that lettre takes streams.
#[derive(Debug)]
struct Encrypted(TlsStream<TcpStream>);

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// What an error says, with its causes.
pub(super) fn words(error: &Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !words.contains(&said) {
            words = format!("{words}: {said}");
        }
        cause = inner.source();
    }
    words
}
