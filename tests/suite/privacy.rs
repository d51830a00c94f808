//! What is said nowhere: addresses, and links that let somebody in, by a daemon's log whatever becomes of its mail; passwords,
//! by anything.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pressroom::domain::DeliveryState;

use crate::mail_server::{Act, Server, in_state, readers, subscribe};
use crate::serving::ask;
use crate::world::{World, page, prose};

/// Every word that mail servers say may hold an address.
const SAID: [(&str, Act); 8] = [
    ("RCPT", Act::Say("550 5.1.1 <reader0@example.org>: no such user")),
    ("RCPT", Act::Say("452 4.2.2 <reader1@example.org> is full")),
    ("DOT", Act::Say("554 5.7.1 reader2@example.org does not want it")),
    ("DOT", Act::Say("354 reader3@example.org?")),
    ("DOT", Act::Close),
    ("MAIL", Act::Say("451 4.3.0 not now, digest@press.example")),
    ("RCPT", Act::Say("550 5.7.1 reader9@example.org: relaying denied")),
    ("DATA", Act::Say("421 4.3.2 reader9@example.org must wait")),
];

/// The world's configuration with mail going out each second.
fn configured(world: &World, http: &str) -> std::path::PathBuf {
    let text = fs::read_to_string(world.config_file()).unwrap();
    let text = text.replace("deliver = \"10 * * * *\"", "deliver = \"* * * * * *\"");
    let path = world.path("daemon.toml");
    fs::write(&path, format!("{text}\n[http]\nlisten = \"{http}\"\n")).unwrap();
    path
}

/// A daemon that says all it can into the file `log`, and where it serves.
fn daemon(world: &World) -> (Child, String) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let config = configured(world, &address);
    let child = Command::new(env!("CARGO_BIN_EXE_pressroom"))
        .args(["--config", config.to_str().unwrap(), "-v", "--log-format", "json", "daemon"])
        .stderr(File::create(world.path("log")).unwrap())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    (child, address)
}

async fn until(mut done: impl AsyncFnMut() -> bool) {
    let begin = Instant::now();
    while !done().await {
        assert!(begin.elapsed() < Duration::from_mins(1), "it does not come");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn the_log_holds_no_address_and_no_link_whatever_becomes_of_mail() {
    let server = Server::start(&SAID).await;
    let mail = server
        .mail("hold", "connections = 2\n[mail.bounces]\naddress = \"bounces@press.example\"\nmaildir = \"bounces\"");
    let world = World::new()
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_mail(&mail);
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(world.path("bounces").join(part)).unwrap();
    }
    subscribe(&world, readers(12)).await;
    world.pass().await;
    let sent = in_state(&world, DeliveryState::Sent).await;
    let bounce = format!(
        "To: bounces+{}@press.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n\
         Final-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 {} unknown\r\n\r\n--b--\r\n",
        sent[0].token(),
        sent[0].address,
        sent[0].address
    );
    fs::write(world.path("bounces/new/1"), bounce).unwrap();

    let (mut child, address) = daemon(&world);
    let log = world.path("log");
    let said = || fs::read_to_string(&log).unwrap();
    until(async || said().contains("\"serving\"")).await;
    let form = "address=stranger%40reader.example&website=";
    let headers = format!(
        "content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    );
    ask(&address, "POST", "/digests/morning/subscribe", &headers).await;
    until(async || server.mails().iter().any(|mail| mail.contains("stranger@reader.example")))
        .await;
    let letter = server.mails().into_iter().find(|mail| mail.contains("/confirm/")).unwrap();
    let letter = letter.replace("=\r\n", "");
    let token = letter.split("/confirm/").nth(1).unwrap().split_whitespace().next().unwrap();
    ask(&address, "POST", &format!("/confirm/{token}"), "content-length: 0\r\n").await;
    until(async || said().contains("a reader confirmed")).await;
    until(async || said().contains("\"suppressed\":1")).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let said = said();
    assert!(said.contains("deliveries"), "{said}");
    assert!(!said.contains('@') && !said.contains(token), "{said}");
}

/// The password of the relay, as it is in its file, and as SMTP carries it.
const PASSWORDS: [&str; 2] = ["secret-of-ours", "AHByZXNzAHNlY3JldC1vZi1vdXJz"];

#[tokio::test]
async fn a_password_is_in_no_log_no_answer_no_backup_and_no_list_of_processes() {
    let server = Server::start(&[("DOT", Act::Say("451 4.3.0 later"))])
        .await
        .always("EHLO", "250-mx.example\r\n250 AUTH PLAIN")
        .always("AUTH", "235 2.7.0 welcome");
    let mail = server.mail("hold", "user = \"press\"\npassword_file = \"password\"");
    let world = World::new()
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_mail(&mail);
    fs::write(world.path("password"), format!("{}\n", PASSWORDS[0])).unwrap();
    world.pass().await;
    assert!(server.log().iter().any(|line| line.contains(PASSWORDS[1])), "{:?}", server.log());

    let (mut child, address) = daemon(&world);
    until(async || fs::read_to_string(world.path("log")).unwrap().contains("\"serving\"")).await;
    let mut shown = fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
    for path in ["/metrics", "/healthz", "/readyz", "/", "/admin", "/nowhere"] {
        let (head, body) = ask(&address, "GET", path, "").await;
        shown.extend([head.into_bytes(), body].concat());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let copy = world.path("copy.db");
    for arguments in [&["backup", copy.to_str().unwrap()][..], &["check"], &["run"]] {
        let output = world.command(arguments);
        shown.extend([output.stdout, output.stderr].concat());
    }
    shown.extend([fs::read(&copy).unwrap(), fs::read(world.path("log")).unwrap()].concat());
    let shown = String::from_utf8_lossy(&shown);
    for password in PASSWORDS {
        assert!(!shown.contains(password), "{password}");
    }
}
