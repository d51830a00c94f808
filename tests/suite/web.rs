//! Pages over HTTP on loopback.

use std::collections::HashMap;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::world::{World, page, prose};

/// Serves fixed answers, whole HTTP responses by path, and gives its address.
async fn serve(answers: HashMap<&'static str, Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let read = socket.read(&mut request).await.unwrap_or(0);
            let text = String::from_utf8_lossy(&request[..read]).into_owned();
            let path = text.split(' ').nth(1).unwrap_or("/").to_owned();
            let answer = answers.get(path.as_str()).cloned().unwrap_or_else(|| {
                b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec()
            });
            let _ = socket.write_all(&answer).await;
        }
    });
    format!("http://{address}")
}

fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\n{headers}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn source(url: &str, more: &str) -> String {
    format!("[[source]]\nname = \"site\"\nkind = \"page\"\nurl = \"{url}\"\n{more}\n")
}

#[tokio::test]
async fn a_page_is_fetched_and_its_links_made_absolute() {
    let body =
        page("The New Pier", &prose("pier").replacen("</p>", " <a href='/map'>Map</a></p>", 1));
    let html = answer("content-type: text/html; charset=utf-8", body.as_bytes());
    let base = serve(HashMap::from([("/pier", html)])).await;
    let world = World::new()
        .with(&source(&format!("{base}/pier"), "allow_private = true\nnear_duplicates = false"))
        .with_article("tower.html", page("The Old Tower", &prose("tower")));
    let report = world.pass().await;
    assert_eq!(report.new_articles, 2, "{:?}", report.failures);
    assert!(world.feed("json").contains(&format!("{base}/map")));
}

#[tokio::test]
async fn a_chinese_page_in_an_old_charset_is_read() {
    let body = "<title>旧码头</title><article><h1>旧码头</h1><p>码头在去年冬天关了门,留下三台吊车和一间没有锁的仓库。每天早上仍有人去那里等船。</p>\
                <p>船不会再来了,他们知道。可是潮水照旧在六点退下去,他们便照旧在六点到,站一会儿,再回去做早饭。</p></article>";
    let (bytes, _, _) = encoding_rs::GBK.encode(body);
    let base =
        serve(HashMap::from([("/", answer("content-type: text/html; charset=gb2312", &bytes))]))
            .await;
    let world = World::new()
        .with(&source(&base, "allow_private = true"))
        .with_article("tower.html", page("The Old Tower", &prose("tower")));
    let report = world.pass().await;
    assert_eq!(report.new_articles, 2, "{:?}", report.failures);
    assert!(world.feed("rss").contains("码头在去年冬天关了门"));
}

#[tokio::test]
async fn what_cannot_be_fetched_is_named_and_the_rest_goes_on() {
    let base = serve(HashMap::from([
        ("/picture", answer("content-type: image/png", b"x")),
        (
            "/away",
            b"HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n"
                .to_vec(),
        ),
        ("/huge", answer("content-type: text/html", &vec![b'x'; 200_000])),
        (
            "/half",
            b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 500\r\n\r\n<p>"
                .to_vec(),
        ),
    ]))
    .await;
    for (path, more, words) in [
        ("/missing", "allow_private = true", "answered 404"),
        ("/picture", "allow_private = true", "is image/png; expected HTML"),
        ("/huge", "allow_private = true\n[fetch]\nmax_bytes = 100000", "more than 100000 bytes"),
        ("/half", "allow_private = true", "cannot be fetched"),
        ("/missing", "", "127.0.0.1 is 127.0.0.1, an address in a private network"),
    ] {
        let world = World::new()
            .with(&source(&format!("{base}{path}"), more))
            .with_article("tower.html", page("The Old Tower", &prose("tower")));
        let report = world.pass().await;
        let [failure] = &report.failures[..] else { panic!("{path}: {:?}", report.failures) };
        assert!(failure.reason.contains(words), "{path}: {}", failure.reason);
        assert_eq!(report.new_articles, 1);
    }
}
