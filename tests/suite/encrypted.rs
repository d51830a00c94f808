//! A mail server that speaks TLS, under certificates made by openssl: whom mail is handed to, and whom not.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use pressroom::domain::DeliveryState;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::mail_server::in_state;
use crate::world::{World, page, prose, stderr, tool_is_missing};

/// An authority and a certificate of it for `name`, in `directory`; `false` where there is no openssl.
fn certify(directory: &Path, name: &str) -> bool {
    std::fs::write(
        directory.join("leaf.ext"),
        format!("basicConstraints = CA:FALSE\nsubjectAltName = DNS:{name}\n"),
    )
    .unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    for line in [
        format!("req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=authority -days 2"),
        format!("req -new {key} -keyout leaf.key -out leaf.csr -subj /CN={name}"),
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile leaf.ext \
         -out leaf.pem -days 2"
            .into(),
    ] {
        let run = Command::new("openssl").args(line.split(' ')).current_dir(directory).output();
        match run {
            Ok(output) => assert!(output.status.success(), "{line}: {}", stderr(&output)),
            Err(error) => {
                tool_is_missing("openssl", &error);
                return false;
            }
        }
    }
    true
}

fn acceptor(directory: &Path) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_file(directory.join("leaf.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(directory.join("leaf.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// What it heard, in the clear and under TLS.
#[derive(Clone, Default)]
struct Heard {
    clear: Arc<Mutex<Vec<String>>>,
    secret: Arc<Mutex<Vec<String>>>,
}

impl Heard {
    fn has(&self, begin: &str) -> (bool, bool) {
        let any = |lines: &Mutex<Vec<String>>| {
            lines.lock().unwrap().iter().any(|line| line.starts_with(begin))
        };
        (any(&self.clear), any(&self.secret))
    }
}

/// Starts one, with TLS from the first byte or after STARTTLS; gives its port.
async fn start(acceptor: TlsAcceptor, implicit: bool, heard: Heard) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            // A client that does not like the certificate hangs up; that is what some tests want.
            let _ = serve(socket, &acceptor, implicit, &heard).await;
        }
    });
    port
}

async fn serve(
    mut socket: TcpStream,
    acceptor: &TlsAcceptor,
    implicit: bool,
    heard: &Heard,
) -> std::io::Result<()> {
    if !implicit {
        let asked = talk(&mut socket, "220 ready", "250-mx.example\r\n250 STARTTLS", &heard.clear);
        if asked.await? != "STARTTLS" {
            return Ok(());
        }
    }
    let mut secret = acceptor.accept(socket).await?;
    let greeting = if implicit { "220 ready" } else { "" };
    talk(&mut secret, greeting, "250-mx.example\r\n250 AUTH PLAIN", &heard.secret).await.map(drop)
}

/// Answers until the other side asks for TLS or leaves; gives its last command.
async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    greeting: &str,
    hello: &str,
    heard: &Mutex<Vec<String>>,
) -> std::io::Result<String> {
    let mut stream = BufReader::new(stream);
    let (mut answer, mut body) = (greeting.to_owned(), false);
    loop {
        if !answer.is_empty() {
            stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
            stream.flush().await?;
        }
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(String::new());
        }
        let line = line.trim_end().to_owned();
        heard.lock().unwrap().push(line.clone());
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_owned();
        answer = match (body, verb.as_str()) {
            (true, ".") => "250 2.0.0 queued",
            (true, _) => "",
            (_, "EHLO") => hello,
            (_, "AUTH") => "235 2.7.0 welcome",
            (_, "DATA") => "354 go on",
            _ => "250 ok",
        }
        .to_owned();
        body = if body { line != "." } else { verb == "DATA" };
        if verb == "STARTTLS" {
            stream.write_all(b"220 go on\r\n").await?;
            stream.flush().await?;
            return Ok(verb);
        }
    }
}

/// A pass over one reader with a server whose certificate is for `name`.
async fn pass(tls: &str, name: &str, authority: &str) -> Option<(World, Heard, String)> {
    let certificates = tempfile::tempdir().unwrap();
    if !certify(certificates.path(), name) {
        return None;
    }
    let heard = Heard::default();
    let port = start(acceptor(certificates.path()), tls == "implicit", heard.clone()).await;
    let mail = format!(
        "transport = \"smtp\"\n[mail.smtp]\nhost = \"localhost\"\nport = {port}\ntls = \"{tls}\"\n\
         user = \"press\"\npassword_file = \"password\"\n{authority}"
    );
    let world = World::new()
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_mail(&mail);
    std::fs::write(world.path("password"), "secret-of-ours\n").unwrap();
    std::fs::copy(certificates.path().join("ca.pem"), world.path("ca.pem")).unwrap();
    let report = world.pass().await;
    let failures: Vec<_> = report.failures.iter().map(|failure| failure.reason.clone()).collect();
    Some((world, heard, failures.join("\n")))
}

const AUTHORITY: &str = "ca_file = \"ca.pem\"";

#[tokio::test]
async fn an_authority_of_ones_own_is_believed_and_everything_goes_under_tls() {
    for tls in ["starttls", "implicit"] {
        let Some((world, heard, failures)) = pass(tls, "localhost", AUTHORITY).await else {
            return;
        };
        assert_eq!(failures, "", "{tls}");
        assert_eq!(in_state(&world, DeliveryState::Sent).await.len(), 1, "{tls}");
        for said in ["AUTH PLAIN", "MAIL FROM", "DATA", "Message-ID"] {
            assert_eq!(heard.has(said), (false, true), "{tls}: {said}");
        }
    }
}

#[tokio::test]
async fn a_server_that_cannot_prove_its_name_hears_neither_password_nor_mail() {
    for (tls, name, authority, reason) in [
        ("starttls", "localhost", "", "UnknownIssuer"),
        ("implicit", "localhost", "", "UnknownIssuer"),
        ("starttls", "elsewhere.example", AUTHORITY, "not valid for name"),
        ("implicit", "elsewhere.example", AUTHORITY, "not valid for name"),
    ] {
        let Some((world, heard, failures)) = pass(tls, name, authority).await else { return };
        assert!(failures.contains(reason), "{tls}, {name}: {failures}");
        assert!(failures.contains("ca_file of this relay"), "{tls}, {name}: {failures}");
        for said in ["AUTH", "MAIL"] {
            assert_eq!(heard.has(said), (false, false), "{tls}, {name}: {said}");
        }
        let waiting = in_state(&world, DeliveryState::New).await;
        assert_eq!((waiting.len(), waiting[0].attempts), (1, 0), "{tls}, {name}");
    }
}
