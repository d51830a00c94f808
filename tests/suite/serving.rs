//! Feeds over HTTP: conditional requests, codings, headers; and the hub that is told of changes.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::world::{World, page, prose};

/// A daemon at work on a world, and its address.
pub struct Daemon {
    /// Host and port.
    pub address: String,
    stop: Option<oneshot::Sender<()>>,
    ended: tokio::task::JoinHandle<()>,
}

impl Daemon {
    /// Starts one.
    pub async fn of(world: World) -> (Self, World) {
        Self::at(free_address().await, world).await
    }

    /// Starts one whose public address is the one it listens on, for browsers.
    pub async fn of_its_own_address(world: World) -> (Self, World) {
        let address = free_address().await;
        let world = world.with_public_url(&format!("http://{address}/"));
        Self::at(address, world).await
    }

    async fn at(address: String, world: World) -> (Self, World) {
        let world = world.with_http(&address);
        world.pass().await;
        let app = world.open().await;
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = tokio::spawn(async move {
            app.daemon(async move { drop(stopped.await) }).await.unwrap();
        });
        while TcpStream::connect(&address).await.is_err() {
            tokio::task::yield_now().await;
        }
        (Self { address, stop: Some(stop), ended }, world)
    }

    /// One request; the head and the body of the answer.
    pub async fn ask(&self, method: &str, path: &str, headers: &str) -> (String, Vec<u8>) {
        ask(&self.address, method, path, headers).await
    }

    /// A form.
    pub async fn post(&self, path: &str, headers: &str, form: &str) -> (String, Vec<u8>) {
        let length = form.len();
        let headers = format!(
            "content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n{headers}\r\n{form}"
        );
        self.ask("POST", path, &headers).await
    }

    /// GET.
    pub async fn get(&self, path: &str, headers: &str) -> (String, Vec<u8>) {
        self.ask("GET", path, headers).await
    }

    /// Stops it.
    pub async fn end(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.ended.await.unwrap();
    }
}

async fn free_address() -> String {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    free.local_addr().unwrap().to_string()
}

/// One request to `address` on a connection of its own; the head and the body of the answer.
pub async fn ask(address: &str, method: &str, path: &str, headers: &str) -> (String, Vec<u8>) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: press.example\r\nconnection: close\r\n{headers}\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end + 4..].to_vec())
}

/// A header of an answer, empty where it is absent.
pub fn header<'h>(head: &'h str, name: &str) -> &'h str {
    let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
    line.and_then(|line| line.split_once(": ")).map_or("", |(_, value)| value)
}

/// A world with one article.
pub fn pier() -> World {
    World::new().with_article("pier.html", page("The New Pier", &prose("pier")))
}

#[tokio::test]
async fn feeds_are_served_as_they_stand_on_disk_with_the_headers_readers_need() {
    let (daemon, world) = Daemon::of(pier().with_publish("hub = \"https://hub.example/\"")).await;
    for (format, media_type) in [
        ("rss", "application/rss+xml; charset=utf-8"),
        ("atom", "application/atom+xml; charset=utf-8"),
        ("json", "application/feed+json"),
    ] {
        let (head, body) = daemon.get(&format!("/feeds/all.{format}"), "").await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert_eq!(body, world.feed(format).into_bytes());
        assert_eq!(header(&head, "content-type"), media_type);
        // The world publishes once an hour.
        assert_eq!(header(&head, "cache-control"), "public, max-age=3600");
        assert_eq!(header(&head, "vary"), "accept-encoding, sec-fetch-dest");
        assert_eq!(header(&head, "x-robots-tag"), "noindex");
        assert_eq!(header(&head, "access-control-allow-origin"), "*");
        let own = format!("<https://press.example/feeds/all.{format}>; rel=\"self\"");
        assert_eq!(header(&head, "link"), format!("{own}, <https://hub.example/>; rel=\"hub\""));
    }
    let (head, body) = daemon.get("/feeds/index.opml", "").await;
    assert_eq!(header(&head, "content-type"), "text/x-opml; charset=utf-8");
    assert!(String::from_utf8(body).unwrap().contains("https://press.example/feeds/all.atom"));
    for path in ["/feeds/none.rss", "/feeds/../press.db", "/feeds/%2e%2e%2fpress.db", "/nowhere"] {
        assert!(daemon.get(path, "").await.0.starts_with("HTTP/1.1 404"), "{path}");
    }
    daemon.end().await;
}

#[tokio::test]
async fn a_reader_that_has_it_is_told_so_and_the_tag_decides_before_the_date() {
    let (daemon, _world) = Daemon::of(pier()).await;
    let (head, _) = daemon.get("/feeds/all.atom", "").await;
    let (tag, date) = (header(&head, "etag").to_owned(), header(&head, "last-modified").to_owned());
    for (headers, status) in [
        (format!("if-none-match: {tag}\r\n"), "304"),
        (format!("if-none-match: W/{tag}\r\n"), "304"),
        (format!("if-none-match: \"other\", {tag}\r\n"), "304"),
        ("if-none-match: *\r\n".into(), "304"),
        (format!("if-modified-since: {date}\r\n"), "304"),
        ("if-modified-since: Mon, 18 Nov 2024 09:30:00 GMT\r\n".into(), "200"),
        (format!("if-none-match: \"other\"\r\nif-modified-since: {date}\r\n"), "200"),
        (
            format!("if-none-match: {tag}\r\nif-modified-since: Mon, 18 Nov 2024 09:30:00 GMT\r\n"),
            "304",
        ),
        ("if-modified-since: yesterday\r\n".into(), "200"),
    ] {
        let (head, body) = daemon.get("/feeds/all.atom", &headers).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{headers}: {head}");
        assert_eq!(body.is_empty(), status == "304");
        assert_eq!(header(&head, "etag"), tag);
    }
    daemon.end().await;
}

#[tokio::test]
async fn codings_are_chosen_by_what_the_reader_takes() {
    let (daemon, world) = Daemon::of(pier()).await;
    let plain = world.feed("rss").into_bytes();
    for (accepted, coding) in [
        ("gzip", "gzip"),
        ("br, gzip", "br"),
        ("gzip, br;q=0", "gzip"),
        ("identity", ""),
        ("zstd", ""),
    ] {
        let headers = format!("accept-encoding: {accepted}\r\n");
        let (head, body) = daemon.get("/feeds/all.rss", &headers).await;
        assert_eq!(header(&head, "content-encoding"), coding, "{accepted}");
        assert_eq!(header(&head, "content-length"), body.len().to_string());
        assert_eq!(body == plain, coding.is_empty());
        let again = format!("{headers}if-none-match: {}\r\n", header(&head, "etag"));
        assert!(daemon.get("/feeds/all.rss", &again).await.0.starts_with("HTTP/1.1 304"));
    }
    let (head, body) = daemon.ask("HEAD", "/feeds/all.rss", "").await;
    assert_eq!(
        (header(&head, "content-length"), body.len()),
        (plain.len().to_string().as_str(), 0)
    );
    daemon.end().await;
}

#[tokio::test]
async fn the_tag_changes_with_the_bytes_and_not_without() {
    let (daemon, world) = Daemon::of(pier()).await;
    let (before, _) = daemon.get("/feeds/all.rss", "").await;
    daemon.end().await;
    let (daemon, world) = Daemon::of(world).await;
    let (same, _) = daemon.get("/feeds/all.rss", "").await;
    for name in ["etag", "last-modified"] {
        assert_eq!(header(&same, name), header(&before, name), "{name} outlives a restart");
    }
    daemon.end().await;
    world.write_article("tower.html", page("The Old Tower", &prose("tower")));
    world.wait(TimeDelta::hours(1));
    let (daemon, _world) = Daemon::of(world).await;
    let (after, body) = daemon.get("/feeds/all.rss", "").await;
    assert_ne!(header(&after, "etag"), header(&before, "etag"));
    assert!(String::from_utf8(body).unwrap().contains("The Old Tower"));
    daemon.end().await;
}

#[tokio::test]
async fn the_hub_is_told_of_what_changed_and_of_nothing_else() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hub = format!("http://{}/hub", listener.local_addr().unwrap());
    let pings: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&pings);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = vec![0; 8192];
            let mut length = 0;
            while !String::from_utf8_lossy(&request[..length]).contains("hub.url") {
                length += socket.read(&mut request[length..]).await.unwrap();
            }
            heard.lock().unwrap().push(String::from_utf8_lossy(&request[..length]).into_owned());
            let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
            socket.write_all(answer).await.unwrap();
        }
    });
    let world = pier().with_publish(&format!("hub = \"{hub}\""));
    let report = world.pass().await;
    assert!(report.is_clean(), "{:?}", report.failures);
    world.pass().await;
    let pings = pings.lock().unwrap();
    // The feed, and that of the digest.
    assert_eq!(pings.len(), 2, "a second pass changes nothing");
    assert!(
        pings[0].starts_with("POST /hub") && pings[0].contains("hub.mode=publish"),
        "{}",
        pings[0]
    );
    assert!(
        pings[0].contains("hub.url=https%3A%2F%2Fpress.example%2Ffeeds%2Fall.atom"),
        "{}",
        pings[0]
    );
    assert!(world.feed("atom").contains(&format!("<link href=\"{hub}\" rel=\"hub\"/>")));
}

#[tokio::test]
async fn a_hub_that_is_down_is_named_and_the_feed_is_published() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hub = format!("http://{}/", free.local_addr().unwrap());
    drop(free);
    let world = pier().with_publish(&format!("hub = \"{hub}\""));
    let report = world.pass().await;
    assert_eq!(report.failures.len(), 2, "the feed, and that of the digest: {:?}", report.failures);
    assert!(report.failures.iter().all(|failure| failure.reason.contains(&hub)));
    assert!(world.feed("rss").contains("The New Pier"));
}
