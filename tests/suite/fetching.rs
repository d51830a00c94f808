//! Servers that misbehave: each ends in a named error within its limits.

use std::io::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use flate2::Compression;
use flate2::write::GzEncoder;
use pressroom::domain::{Access, Credentials, Known, Secret, Validators};
use pressroom::fetch::{
    Answer, FetchError, Fetched, Fetcher, Names, Place, Request, Settings, allows,
};
use url::Url;

use crate::site::{Say, Site, answer, ok};
use crate::world::{instant, page, prose};

const HTML: &str = "content-type: text/html; charset=utf-8";

fn settings() -> Settings {
    Settings { timeout: Duration::from_millis(400), max_bytes: 2_000_000, ..Settings::default() }
}

fn private() -> Access {
    Access { allow_private: true, ..Access::default() }
}

fn now() -> DateTime<FixedOffset> {
    instant("2026-11-23T00:00:00Z").fixed_offset()
}

async fn fetch(settings: Settings, access: &Access, url: &str) -> Result<Fetched, FetchError> {
    let place = Place::page(&Url::parse(url).unwrap());
    Fetcher::new(settings).document(&place, access, now()).await
}

/// The kind of the error that `say` ends in.
async fn kind(say: Say) -> &'static str {
    let site = Site::new().await;
    site.says("/", say);
    match fetch(settings(), &private(), &site.url("/")).await {
        Ok(fetched) => panic!("it was read: {} characters", fetched.document.text.len()),
        Err(error) => error.kind(),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_server_that_never_answers_or_drips_runs_out_of_time() {
    assert_eq!(kind(Say::Nothing).await, "timeout");
    assert_eq!(kind(Say::Drip(b"HTTP/1.1 200 OK\r\nx: y\r\n".to_vec())).await, "timeout");
    let head = format!("HTTP/1.1 200 OK\r\n{HTML}\r\ncontent-length: 9999\r\n\r\n");
    assert_eq!(kind(Say::Drip([head.as_bytes(), &[b'x'; 9999]].concat())).await, "timeout");
}

#[tokio::test]
async fn a_server_that_lies_about_length_or_closes_midway_gives_nothing() {
    let half = format!("HTTP/1.1 200 OK\r\n{HTML}\r\ncontent-length: 500\r\n\r\n<p>half");
    assert_eq!(kind(Say::Bytes(half.into_bytes())).await, "http");
    let chunk =
        format!("HTTP/1.1 200 OK\r\n{HTML}\r\ntransfer-encoding: chunked\r\n\r\n5\r\n<p>ha");
    assert_eq!(kind(Say::Bytes(chunk.into_bytes())).await, "http");
    assert_eq!(kind(Say::Bytes(b"not http at all\r\n\r\n".to_vec())).await, "http");
}

#[tokio::test]
async fn a_body_or_head_without_end_is_cut_off() {
    let head = format!("HTTP/1.1 200 OK\r\n{HTML}\r\ncontent-length: 1073741824\r\n\r\n");
    assert_eq!(kind(Say::Endless(head.into_bytes(), vec![b'x'; 65_536])).await, "too_large");
    let endless = format!("HTTP/1.1 200 OK\r\n{HTML}\r\n\r\n");
    assert_eq!(kind(Say::Endless(endless.into_bytes(), vec![b'x'; 65_536])).await, "too_large");
    let line = format!("x: {}\r\n", "y".repeat(1000));
    let headers = Say::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), line.into_bytes());
    assert_eq!(kind(headers).await, "headers");
    let long = format!("{HTML}\nx: {}", "y".repeat(70_000));
    assert_eq!(kind(Say::Bytes(ok(&long, b"<p>"))).await, "headers");
}

#[tokio::test]
async fn bombs_do_not_go_off() {
    // 512 MiB of zeros in half a MiB, as many members of 1 MiB each.
    let bomb = gzip(&vec![0; 1024 * 1024]).repeat(512);
    assert!(bomb.len() < 3 * 1024 * 1024, "{}", bomb.len());
    let packed = format!("{HTML}\ncontent-encoding: gzip");
    assert_eq!(kind(Say::Bytes(ok(&packed, &bomb))).await, "ratio");
    let mut bomb = Vec::new();
    let quick = brotli::enc::BrotliEncoderParams { quality: 9, ..Default::default() };
    brotli::BrotliCompress(&mut vec![0; 1_900_000].as_slice(), &mut bomb, &quick).unwrap();
    let packed = format!("{HTML}\ncontent-encoding: br");
    assert_eq!(kind(Say::Bytes(ok(&packed, &bomb))).await, "ratio");
    let packed = format!("{HTML}\ncontent-encoding: zstd");
    assert_eq!(kind(Say::Bytes(ok(&packed, b"x"))).await, "encoding");
    let packed = format!("{HTML}\ncontent-encoding: gzip");
    assert_eq!(kind(Say::Bytes(ok(&packed, b"<p>not packed"))).await, "damaged");
}

#[tokio::test]
async fn a_packed_page_is_read() {
    let site = Site::new().await;
    let body = page("The New Pier", &prose("pier"));
    site.serves("/", &format!("{HTML}\ncontent-encoding: gzip"), gzip(body.as_bytes()));
    let fetched = fetch(settings(), &private(), &site.url("/")).await.unwrap();
    assert_eq!(fetched.document.text, body);
    assert!(site.asked("/")[0].contains("accept-encoding: gzip, br\r\n"));
}

#[tokio::test]
async fn redirects_are_followed_so_many_times_and_no_more() {
    let site = Site::new().await;
    site.refuses("/loop", "302 Found", "location: /loop");
    let error = fetch(settings(), &private(), &site.url("/loop")).await.unwrap_err();
    assert!(error.to_string().contains("more than 5 times (fetch.max_redirects)"), "{error}");
    assert_eq!(site.asked("/loop").len(), 6);
    for hop in 0..5 {
        site.refuses(&format!("/{hop}"), "302 Found", &format!("location: /{}", hop + 1));
    }
    site.serves("/5", HTML, "<p>there");
    assert!(fetch(settings(), &private(), &site.url("/0")).await.is_ok());
}

/// A client for which hosts of any name are reached through `site`, as through a proxy.
fn through(site: &Site) -> Settings {
    Settings { proxy: Some(Url::parse(&site.address).unwrap()), ..settings() }
}

#[tokio::test]
async fn no_redirect_leads_into_the_own_network_however_it_is_spelled() {
    let site = Site::new().await;
    let spellings = [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://127.0.0.1\u{3002}/",
        "http://\u{2460}\u{2461}\u{2466}.0.0.1/",
        "//169.254.169.254/latest/meta-data/",
    ];
    for (number, spelling) in spellings.iter().enumerate() {
        let start = format!("http://site.example/{number}");
        site.refuses(&start, "302 Found", &format!("location: {spelling}"));
        let error = fetch(through(&site), &Access::default(), &start).await.unwrap_err();
        assert_eq!(error.kind(), "private_address", "{spelling}: {error}");
    }
    site.refuses("http://site.example/file", "302 Found", "location: file:///etc/passwd");
    let start = "http://site.example/file";
    let error = fetch(through(&site), &Access::default(), start).await.unwrap_err();
    assert_eq!(error.kind(), "scheme");
}

#[tokio::test]
async fn robots_txt_leads_no_further_than_a_page() {
    let site = Site::new().await;
    let start = "http://site.example/robots.txt";
    site.refuses(start, "302 Found", "location: http://127.1/robots.txt");
    let url = Url::parse("http://site.example/a").unwrap();
    let error = Fetcher::new(through(&site)).robots(&url, &Access::default()).await.unwrap_err();
    assert_eq!(error.kind(), "robots_unreachable");
    assert!(error.to_string().contains("an address in a private network"), "{error}");
}

#[tokio::test]
async fn the_address_that_was_checked_is_the_one_that_is_reached() {
    let site = Site::new().await;
    site.serves("/", HTML, "<p>there");
    let port = Url::parse(&site.address).unwrap().port().unwrap();
    let url = format!("http://rebinding.example:{port}/");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let names = Names::Fixed(Arc::new(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        vec![IpAddr::from([127, 0, 0, 1])]
    }));
    let settings = Settings { names, ..settings() };
    let error = fetch(settings.clone(), &Access::default(), &url).await.unwrap_err();
    assert!(error.to_string().starts_with("rebinding.example is 127.0.0.1"), "{error}");
    assert!(site.asked("/").is_empty());
    fetch(settings, &private(), &url).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2, "one question a connection, none after it");
}

#[tokio::test]
async fn nothing_is_sent_that_was_not_asked_for() {
    let (site, other) = (Site::new().await, Site::new().await);
    site.refuses(
        "/start",
        "302 Found",
        &format!("set-cookie: a=b\nlocation: {}", other.url("/end")),
    );
    other.serves("/end", HTML, "<p>there");
    let origin = Url::parse(&site.address).unwrap().origin();
    let secret = Secret::Basic("ann".into(), "s3cret".into());
    let access = Access { credentials: Some(Credentials { origin, secret }), ..private() };
    fetch(settings(), &access, &site.url("/start")).await.unwrap();
    let (first, second) = (&site.asked("/start")[0], &other.asked("/end")[0]);
    assert!(first.contains("authorization: basic"), "{first}");
    for never in ["authorization", "cookie", "referer"] {
        assert!(!second.contains(never), "{second}");
    }
    assert!(second.contains("user-agent: pressroom/"), "{second}");
    assert!(!format!("{access:?}").contains("s3cret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_names_no_proxy() {
    let site = Site::new().await;
    site.serves("/pier", HTML, page("The New Pier", &prose("pier")));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pressroom"));
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env(name, "http://127.0.0.1:1");
    }
    let output = command.args(["normalize", &site.url("/pier")]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_page_in_another_charset_than_it_says_is_refused_or_read() {
    let (bytes, _, _) = encoding_rs::GBK.encode("<p>码头在去年冬天关了门，留下三台吊车。");
    assert_eq!(kind(Say::Bytes(ok(HTML, &bytes))).await, "not_text");
    let site = Site::new().await;
    let text = "<rss><channel><item><title>码头在去年冬天关了门</title></item></channel></rss>";
    let (bytes, _, _) = encoding_rs::GB18030.encode(text);
    site.serves("/feed", "content-type: application/rss+xml; charset=utf-8", &bytes);
    let place = Place::feed(&Url::parse(&site.url("/feed")).unwrap());
    let fetched = Fetcher::new(settings()).document(&place, &private(), now()).await.unwrap();
    assert!(fetched.document.text.contains("码头在去年冬天关了门"), "{:?}", fetched.notes);
}

#[tokio::test]
async fn validators_go_back_as_they_came() {
    let site = Site::new().await;
    site.serves(
        "/",
        &format!("{HTML}\netag: W/\"a,b\\\"\nlast-modified: yesterday noon"),
        "<p>there",
    );
    let place = Place::page(&Url::parse(&site.url("/")).unwrap());
    let fetcher = Fetcher::new(settings());
    let fetched = fetcher.document(&place, &private(), now()).await.unwrap();
    let told = Validators {
        etag: Some("W/\"a,b\\\"".into()),
        last_modified: Some("yesterday noon".into()),
    };
    assert_eq!(fetched.told.validators, told);
    let known = Known { digest: "other".into(), validators: told, moved: None };
    site.refuses("/", "304 Not Modified", "");
    let access = private();
    let request = Request { place: &place, access: &access, known: Some(&known), at: now() };
    assert!(matches!(fetcher.fetch(&request).await.unwrap(), Answer::NotModified(_)));
    let again = &site.asked("/")[1];
    assert!(again.contains("if-none-match: w/\"a,b\\\"\r\n"), "{again}");
    assert!(again.contains("if-modified-since: yesterday noon\r\n"), "{again}");
}

#[tokio::test]
async fn a_robots_txt_of_ten_megabytes_is_read_as_far_as_it_must_be() {
    let site = Site::new().await;
    let lines = "Disallow: /closed/\n".to_owned() + &"# nothing\n".repeat(1_000_000);
    site.serves("/robots.txt", "content-type: text/plain", format!("User-agent: *\n{lines}"));
    let settings = Settings { timeout: Duration::from_secs(5), ..settings() };
    let url = Url::parse(&site.url("/closed/a")).unwrap();
    let rules = Fetcher::new(settings).robots(&url, &private()).await.unwrap();
    assert!(!allows(&rules, &url));
    assert!(rules.len() < 100, "{rules}");
}

#[tokio::test]
async fn a_source_without_an_answer_is_answered_for_by_its_status() {
    let site = Site::new().await;
    site.says("/", Say::Bytes(answer("503 Service Unavailable", "retry-after: 60", b"")));
    let error = fetch(settings(), &private(), &site.url("/")).await.unwrap_err();
    assert!(error.is_transient());
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
}
