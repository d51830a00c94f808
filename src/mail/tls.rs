//! TLS to a server of mail: its certificate must bear its name and come from an authority that is public or the operator's own.

use std::fmt::Display;
use std::io;
use std::sync::Arc;

use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::MailError;

/// Secures `socket` to `host`; `authority` is a PEM file's content. What the certificate lacks is a [`rustls::Error`] inside.
pub(super) async fn secure(
    host: &str,
    authority: Option<&[u8]>,
    socket: TcpStream,
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in certificates(authority) {
        roots.add(certificate.map_err(refused)?).map_err(refused)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(refused)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(refused)?;
    TlsConnector::from(Arc::new(config)).connect(name, socket).await
}

fn refused(reason: impl Display) -> io::Error {
    io::Error::other(rustls::Error::General(reason.to_string()))
}

fn certificates(
    authority: Option<&[u8]>,
) -> impl Iterator<Item = Result<CertificateDer<'static>, pem::Error>> {
    CertificateDer::pem_slice_iter(authority.unwrap_or_default())
}

/// Whether the file that the operator named for `server` holds certificates.
pub(super) fn check_authority(server: &str, authority: Option<&[u8]>) -> Result<(), MailError> {
    let failed = |reason: String| MailError::Authority { server: server.to_owned(), reason };
    let found: Vec<_> =
        certificates(authority).collect::<Result<_, _>>().map_err(|e| failed(e.to_string()))?;
    match authority {
        Some(_) if found.is_empty() => Err(failed("it holds no certificate in PEM form".into())),
        _ => Ok(()),
    }
}
