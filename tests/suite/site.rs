//! A web server on loopback that behaves as a test says, and remembers what it was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a server says to one request.
#[derive(Clone)]
pub enum Say {
    /// These bytes, head and body, then the connection is closed.
    Bytes(Vec<u8>),
    /// Nothing, ever.
    Nothing,
    /// These bytes, one in a while, for ever from the beginning.
    Drip(Vec<u8>),
    /// The first, then the second for ever.
    Endless(Vec<u8>, Vec<u8>),
}

/// A server.
#[derive(Clone)]
pub struct Site {
    /// Its address, without a slash at the end.
    pub address: String,
    says: Arc<Mutex<HashMap<String, Say>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// One that answers 404 to everything.
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let site = Self { address, says: Arc::default(), asked: Arc::default() };
        let serving = site.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serving.clone().answer(socket));
            }
        });
        site
    }

    /// Says this from now on where `path` is asked for; a path may be a whole address, as a proxy is asked.
    pub fn says(&self, path: &str, say: Say) {
        self.says.lock().unwrap().insert(path.to_owned(), say);
    }

    /// Answers `path` with these headers and this body.
    pub fn serves(&self, path: &str, headers: &str, body: impl AsRef<[u8]>) {
        self.says(path, Say::Bytes(ok(headers, body.as_ref())));
    }

    /// Answers `path` with this status, these headers and nothing else.
    pub fn refuses(&self, path: &str, status: &str, headers: &str) {
        self.says(path, Say::Bytes(answer(status, headers, b"")));
    }

    /// An address on it.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// The heads of requests for `path`, in lower case, in their order.
    pub fn asked(&self, path: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|head| head.split(' ').nth(1) == Some(path)).cloned().collect()
    }

    async fn answer(self, mut socket: TcpStream) -> Option<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(socket.read_u8().await.ok()?);
        }
        let head = String::from_utf8_lossy(&head).to_lowercase();
        let path = head.split(' ').nth(1)?.to_owned();
        self.asked.lock().unwrap().push(head);
        let say = self.says.lock().unwrap().get(&path).cloned();
        match say.unwrap_or_else(|| Say::Bytes(answer("404 Not Found", "", b""))) {
            Say::Bytes(bytes) => socket.write_all(&bytes).await.ok(),
            Say::Nothing => std::future::pending().await,
            Say::Drip(bytes) => {
                for byte in bytes.into_iter().cycle() {
                    socket.write_all(&[byte]).await.ok()?;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                None
            }
            Say::Endless(first, again) => {
                socket.write_all(&first).await.ok()?;
                loop {
                    socket.write_all(&again).await.ok()?;
                }
            }
        }
    }
}

/// A whole answer of status 200.
pub fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    answer("200 OK", headers, body)
}

/// A whole answer.
pub fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let lines = headers.lines().map(str::trim).fold(String::new(), |all, line| all + line + "\r\n");
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{lines}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A feed with entries of these names, each with prose of its own.
pub fn feed(names: &[&str]) -> String {
    let items = names.iter().fold(String::new(), |all, name| all + &item(name));
    format!(
        "<rss version=\"2.0\"><channel><title>Site</title><link>https://site.example/</link>{items}</channel></rss>"
    )
}

fn item(name: &str) -> String {
    let prose = crate::world::prose(name);
    format!(
        "<item><title>The {name}</title><link>https://site.example/{name}</link><guid>{name}</guid>\
         <author>Ann</author><category>Harbour</category><pubDate>Mon, 23 Nov 2026 00:00:00 GMT</pubDate>\
         <description><![CDATA[{prose}]]></description></item>"
    )
}

/// The configuration of a source of `kind` at `url` with `more` lines.
pub fn source(name: &str, kind: &str, url: &str, more: &str) -> String {
    format!(
        "[[source]]\nname = \"{name}\"\nkind = \"{kind}\"\nurl = \"{url}\"\nallow_private = true\n{more}\n"
    )
}
