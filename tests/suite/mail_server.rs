//! A mail server in this process that does what its script says, and worlds that send through it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pressroom::domain::{Delivery, DeliveryState, DigestId, EmailAddress, Subscriber};
use pressroom::store::{outbox, subscribers, suppressions};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::world::{World, page, prose};

/// What a scripted server does at a stage.
#[derive(Clone, Copy)]
pub enum Act {
    /// Says it.
    Say(&'static str),
    /// Says these bytes and nothing else, then closes.
    SayClose(&'static [u8]),
    /// Waits for the next command.
    Wait,
    /// Says it after a while.
    Late(Duration, &'static str),
    /// Closes the connection.
    Close,
    /// Resets it.
    Reset,
    /// Does nothing any more.
    Stall,
}

/// A mail server that answers as usual except where its script says otherwise, each line of it once. Stages: CONNECT, a verb,
/// BODY (its first line was read), DOT (all of it was).
#[derive(Clone)]
pub struct Server {
    pub port: u16,
    script: Arc<Mutex<Vec<(&'static str, Act)>>>,
    rules: Arc<Mutex<Vec<(&'static str, &'static str)>>>,
    mails: Arc<Mutex<Vec<String>>>,
    log: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    /// How long it thinks about each mail that it has read.
    slowness: Duration,
}

impl Server {
    pub async fn start(script: &[(&'static str, Act)]) -> Self {
        Self::slow(script, Duration::ZERO).await
    }

    /// One that thinks about each mail for a while, so that one is in flight on each connection nearly always.
    pub async fn slow(script: &[(&'static str, Act)], slowness: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            script: Arc::new(Mutex::new(script.to_vec())),
            rules: Arc::default(),
            mails: Arc::default(),
            log: Arc::default(),
            connections: Arc::default(),
            slowness,
        };
        let handler = server.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                handler.connections.fetch_add(1, Ordering::Relaxed);
                let handler = handler.clone();
                tokio::spawn(async move { handler.serve(socket).await });
            }
        });
        server
    }

    /// Whatever line holds `text` is answered so, always.
    pub fn always(self, text: &'static str, answer: &'static str) -> Self {
        self.rules.lock().unwrap().push((text, answer));
        self
    }

    /// It takes several commands at once (RFC 2920).
    pub fn pipelining(self) -> Self {
        self.always("EHLO", "250-mx.example\r\n250-PIPELINING\r\n250 8BITMIME")
    }

    /// From now on everything is answered as usual.
    pub fn forgive(&self) {
        self.rules.lock().unwrap().clear();
    }

    fn act(&self, stage: &str, line: &str, usual: &'static str) -> Act {
        let mut script = self.script.lock().unwrap();
        if let Some(at) = script.iter().position(|(at, _)| *at == stage) {
            return script.remove(at).1;
        }
        let rules = self.rules.lock().unwrap();
        let ruled = rules.iter().find(|(text, _)| line.contains(text) || stage == *text);
        Act::Say(ruled.map_or(usual, |(_, answer)| answer))
    }

    async fn serve(&self, socket: TcpStream) -> std::io::Result<()> {
        let mut socket = BufReader::new(socket);
        let (mut stage, mut line) = ("CONNECT".to_owned(), String::new());
        loop {
            let usual = match stage.as_str() {
                "CONNECT" => "220 ready",
                "EHLO" => "250-mx.example\r\n250 8BITMIME",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                "DOT" => "250 2.0.0 queued as 42",
                _ => "250 ok",
            };
            let words = match self.act(&stage, &line, usual) {
                Act::Say(words) => words,
                Act::Wait => "",
                Act::Late(wait, words) => {
                    tokio::time::sleep(wait).await;
                    words
                }
                Act::SayClose(bytes) => return socket.write_all(bytes).await,
                Act::Close => return Ok(()),
                Act::Reset => return socket.get_ref().set_zero_linger(),
                Act::Stall => std::future::pending().await,
            };
            if !words.is_empty() {
                socket.write_all(format!("{words}\r\n").as_bytes()).await?;
            }
            line.clear();
            if stage == "DATA" && words.contains("354") {
                match self.body(&mut socket).await? {
                    Some(next) => stage = next.into(),
                    None => return Ok(()),
                }
                continue;
            }
            if socket.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            self.log.lock().unwrap().push(line.trim().to_owned());
            stage = line.trim().split([' ', ':']).next().unwrap_or_default().to_uppercase();
        }
    }

    /// Reads a mail; where the script says so, not to its end.
    async fn body(
        &self,
        socket: &mut BufReader<TcpStream>,
    ) -> std::io::Result<Option<&'static str>> {
        let mut body = String::new();
        while !body.ends_with("\r\n.\r\n") {
            if socket.read_line(&mut body).await? == 0 {
                return Ok(None);
            }
            if self.script.lock().unwrap().iter().any(|(at, _)| *at == "BODY") {
                return Ok(Some("BODY"));
            }
        }
        self.mails.lock().unwrap().push(body);
        tokio::time::sleep(self.slowness).await;
        Ok(Some("DOT"))
    }

    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }

    /// How many mails it has read.
    pub fn taken(&self) -> usize {
        self.mails.lock().unwrap().len()
    }

    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Configuration that uses it.
    pub fn mail(&self, policy: &str, more: &str) -> String {
        format!(
            "transport = \"smtp\"\non_unknown = \"{policy}\"\n[mail.smtp]\nhost = \"127.0.0.1\"\n\
             port = {}\ntls = \"none\"\n{more}",
            self.port
        )
    }
}

pub fn world(server: &Server, policy: &str, more: &str) -> World {
    World::new()
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_mail(&server.mail(policy, more))
}

/// Readers of the digest, confirmed.
pub async fn subscribe(world: &World, addresses: impl IntoIterator<Item = String>) {
    let app = world.open().await;
    let mut tx = app.context().store.begin().await.unwrap();
    for address in addresses {
        let address = EmailAddress::new(&address).unwrap();
        let mut reader = Subscriber::pending(address, DigestId::new("morning").unwrap());
        reader.confirm().unwrap();
        subscribers::put(&mut tx.conn(), &reader, world.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    app.close().await;
}

/// `count` readers.
pub fn readers(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("reader{number}@example.org"))
}

/// All deliveries that stand in `state`.
pub async fn in_state(world: &World, state: DeliveryState) -> Vec<Delivery> {
    let app = world.open().await;
    let mut lease = app.context().store.read().await.unwrap();
    let found = outbox::in_state(&mut lease.conn(), state).await.unwrap();
    drop(lease);
    app.close().await;
    found
}

/// Addresses that get no more mail.
pub async fn suppressed(world: &World) -> Vec<String> {
    let app = world.open().await;
    let mut lease = app.context().store.read().await.unwrap();
    let found = suppressions::all(&mut lease.conn()).await.unwrap();
    drop(lease);
    app.close().await;
    found.into_iter().map(|suppression| suppression.address).collect()
}
