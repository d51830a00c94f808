//! Through programs that people run: Postfix by STARTTLS and AUTH, read back from Dovecot by IMAP; signatures as `OpenDKIM` and
//! dkimpy see them, the score of `SpamAssassin`, bounces that Postfix writes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use chrono::TimeDelta;
use pressroom::clock::Clock;
use pressroom::domain::DeliveryState;

use crate::mail_server::{in_state, subscribe, suppressed};
use crate::serving::Daemon;
use crate::signatures::{dkimpy, keys};
use crate::world::{World, page, parts, prose, stderr, stdout, tool_is_missing};

/// Prints the mails of a mailbox to one address, as JSON, once there are `count`; it gives up after a while.
const IMAP: &str = r#"
import imaplib, json, ssl, sys, time
authority, port, mailbox, address, count = sys.argv[1:]
until = time.monotonic() + 20
while True:
    server = imaplib.IMAP4("localhost", int(port))
    server.starttls(ssl.create_default_context(cafile=authority))
    server.login(mailbox, "letters")
    server.select(readonly=True)
    numbers = server.search(None, "HEADER", "Delivered-To", address)[1][0].split()
    mails = [server.fetch(number, "(BODY.PEEK[])")[1][0][1].decode() for number in numbers]
    server.logout()
    if len(mails) >= int(count) or time.monotonic() > until:
        break
    time.sleep(0.1)
print(json.dumps(mails))
"#;

/// The servers that `tests/run` started, or others: `PRESSROOM_TEST_POSTOFFICE=$(tests/postoffice start DIR)`.
struct Office {
    directory: PathBuf,
    ports: BTreeMap<String, u16>,
}

impl Office {
    fn open() -> Option<Self> {
        let Some(directory) = std::env::var_os("PRESSROOM_TEST_POSTOFFICE") else {
            tool_is_missing("post office", &"PRESSROOM_TEST_POSTOFFICE names none");
            return None;
        };
        let directory = PathBuf::from(directory);
        let ports = std::fs::read_to_string(directory.join("ports")).unwrap();
        let ports = ports.lines().map(|line| {
            let (name, port) = line.split_once('=').unwrap();
            (name.to_owned(), port.parse().unwrap())
        });
        Some(Self { ports: ports.collect(), directory })
    }

    fn authority(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// A world that sends through it, on today's date, since filters look at that. `imap` is how bounces are fetched.
    fn world(&self, imap: &str) -> World {
        let (authority, ports) = (self.authority().display().to_string(), &self.ports);
        let imaps = ports[if imap == "implicit" { "imaps" } else { "imap" }];
        let bounces = match imap {
            "" => String::new(),
            _ => format!(
                "[mail.bounces.imap]\nhost = \"localhost\"\nport = {imaps}\ntls = {imap:?}\n\
                 user = \"bounces@press.example\"\npassword_file = \"password\"\nca_file = \"{authority}\"\n"
            ),
        };
        let mail = format!(
            "from_name = \"Test Press\"\ntransport = \"smtp\"\non_unknown = \"hold\"\n\
             [mail.smtp]\nhost = \"localhost\"\nport = {}\ntls = \"starttls\"\n\
             user = \"digest@press.example\"\npassword_file = \"password\"\nca_file = \"{authority}\"\n\
             [mail.bounces]\naddress = \"bounces@press.example\"\n{bounces}",
            ports["submission"]
        );
        let world = World::new()
            .with_article("pier.html", page("The New Pier", &prose("pier")))
            .with_article("bridge.html", page("新的大桥今天通车", &prose("bridge 大桥")))
            .with_mail(&mail);
        world.wait(Clock::System.now() - world.clock.now());
        std::fs::write(world.path("password"), "letters\n").unwrap();
        world
    }

    /// The mails to `address` in its mailbox, once there are `count`.
    fn mails(&self, address: &str, count: usize) -> Vec<String> {
        let (name, domain) = address.split_once('@').unwrap();
        let mailbox = format!("{}@{domain}", name.split('+').next().unwrap());
        let output = Command::new("/usr/bin/python3")
            .args(["-c", IMAP])
            .arg(self.authority())
            .args([&self.ports["imap"].to_string(), &mailbox, address, &count.to_string()])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// An address that only this run has.
fn address(name: &str, domain: &str) -> String {
    format!("{name}+{}@{domain}", uuid::Uuid::now_v7().simple())
}

/// What `OpenDKIM` says of the signature by `selector`; it looks at the first one only.
fn opendkim(
    world: &World,
    keys: &BTreeMap<String, String>,
    mail: &str,
    selector: &str,
) -> Option<String> {
    let zone: Vec<String> =
        keys.iter().map(|(name, record)| format!("{name} {record}\n")).collect();
    let path = |name: &str| world.path(&format!("{selector}.{name}"));
    std::fs::write(path("keys"), zone.concat()).unwrap();
    let settings = format!("Mode v\nLogWhy yes\nTestPublicKeys {}\n", path("keys").display());
    std::fs::write(path("conf"), settings).unwrap();
    std::fs::write(path("eml"), signed_by(mail, selector)).unwrap();
    let output =
        Command::new("opendkim").arg("-x").arg(path("conf")).arg("-t").arg(path("eml")).output();
    let output = output.inspect_err(|error| tool_is_missing("opendkim", error)).ok()?;
    Some(stdout(&output) + &stderr(&output))
}

/// The mail with the one signature that `selector` made.
fn signed_by(mail: &str, selector: &str) -> String {
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n\t", "\u{1}").replace("\r\n ", "\u{2}");
    let keep = |line: &&str| {
        !line.starts_with("DKIM-Signature:") || line.contains(&format!(" s={selector};"))
    };
    let head: Vec<&str> = head.split("\r\n").filter(keep).collect();
    let head = head.join("\r\n").replace('\u{1}', "\r\n\t").replace('\u{2}', "\r\n ");
    format!("{head}\r\n\r\n{body}")
}

/// The score and the names of the rules by `SpamAssassin` without network. That the server next door took it speaks for it
/// only here: the rule does not count.
fn spam_score(world: &World, mail: &str) -> Option<(f64, String)> {
    std::fs::write(world.path("mail.eml"), mail).unwrap();
    let output = Command::new("spamassassin")
        .args(["--local", "--nocreate-prefs", "--cf", "score ALL_TRUSTED 0"])
        .arg(world.path("mail.eml"))
        .output();
    let output = output.inspect_err(|error| tool_is_missing("spamassassin", error)).ok()?;
    let text = String::from_utf8_lossy(&output.stdout).replace("\n\t", " ");
    let status = text.lines().find(|line| line.starts_with("X-Spam-Status: ")).expect("a status");
    let score = status.split("score=").nth(1).unwrap().split(' ').next().unwrap();
    Some((score.parse().unwrap(), status.to_owned()))
}

fn header<'m>(unfolded: &'m str, name: &str) -> &'m str {
    let mut lines = unfolded.lines().take_while(|line| !line.is_empty());
    let line = lines.find(|line| line.starts_with(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {unfolded}")).split_once(": ").unwrap().1
}

#[tokio::test]
async fn a_digest_arrives_whole_signed_and_welcome_and_who_leaves_gets_no_more() {
    let Some(office) = Office::open() else { return };
    let world = office.world("");
    let Some(keys) = keys(&world) else { return };
    let world = world.with(crate::signatures::KEYS);
    let [ann, ben] = ["ann", "ben"].map(|name| address(name, "readers.example"));
    subscribe(&world, [ann.clone(), ben.clone()]).await;
    let report = world.pass().await;
    assert_eq!(report.count(DeliveryState::Sent), 2, "{report:?}");
    assert!(report.delivered.shown()[0].response.contains("queued as"), "{report:?}");

    let mail = office.mails(&ann, 1).remove(0);
    let unfolded = mail.replace("\r\n\t", " ").replace("\r\n ", " ");
    eprintln!("{}", mail.split("\r\n\r\n").next().unwrap());
    assert!(header(&unfolded, "Return-Path").starts_with("<bounces+"), "{unfolded}");
    assert_eq!(header(&unfolded, "List-Id"), "<morning.press.example>");
    assert_eq!(header(&unfolded, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert!(unfolded.contains("(using TLSv1.3") || unfolded.contains("with ESMTPSA"), "{unfolded}");
    let (text, html) = parts(mail.as_bytes());
    for said in ["The New Pier", "新的大桥今天通车"] {
        assert!(text.contains(said) && html.contains(said), "{said}: {text}");
    }

    std::fs::write(world.path("arrived.eml"), &mail).unwrap();
    let Some(said) = dkimpy(&keys, &world.path("arrived.eml")) else { return };
    assert_eq!(said["whole"], serde_json::json!([true, true]), "dkimpy: {said}");
    for selector in ["press1", "press2"] {
        let Some(said) = opendkim(&world, &keys, &mail, selector) else { return };
        eprintln!("{said}");
        assert!(said.contains(&format!("s={selector}")) && said.contains("succeeded"), "{said}");
    }
    let Some((score, rules)) = spam_score(&world, &mail) else { return };
    eprintln!("{rules}");
    // Mail counts as spam from 5 on.
    assert!(score < 1.0, "{rules}");

    let leave = header(&unfolded, "List-Unsubscribe").split(['<', '>']).nth(1).unwrap();
    let leave = leave.strip_prefix("https://press.example").unwrap().to_owned();
    let (daemon, world) = Daemon::of(world).await;
    let click = "content-type: application/x-www-form-urlencoded\r\ncontent-length: 26\r\n\r\nList-Unsubscribe=One-Click";
    let (head, _) = daemon.ask("POST", &leave, click).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    daemon.end().await;
    world.write_article("next.html", page("The Second Pier", &prose("second pier")));
    world.wait(TimeDelta::days(1));
    world.pass().await;
    assert_eq!(office.mails(&ben, 2).len(), 2);
    assert_eq!(office.mails(&ann, 1).len(), 1, "who left gets no more");
}

#[tokio::test]
async fn a_bounce_that_postfix_writes_suppresses_its_address() {
    let Some(office) = Office::open() else { return };
    for imap in ["implicit", "starttls"] {
        let world = office.world(imap);
        let (ann, ghost) =
            (address("ann", "readers.example"), address("ghost", "elsewhere.example"));
        subscribe(&world, [ann.clone(), ghost.clone()]).await;
        assert_eq!(world.pass().await.count(DeliveryState::Sent), 2, "{imap}");
        let sent = in_state(&world, DeliveryState::Sent).await;
        let token =
            sent.iter().find(|one| one.address.as_str() == ghost).unwrap().token().to_owned();
        let returned = office.mails(&format!("bounces+{token}@press.example"), 1);
        assert!(returned[0].contains("multipart/report"), "{}", returned[0]);

        let report = world.pass().await;
        assert!(report.failures.is_empty(), "{imap}: {:?}", report.failures);
        assert_eq!((report.returned, report.suppressed), (1, 1), "{imap}");
        assert_eq!(suppressed(&world).await, [ghost], "{imap}");
        let failed = in_state(&world, DeliveryState::Failed).await;
        let words = failed[0].response.as_deref().unwrap();
        eprintln!("{words}");
        assert!(words.contains("550 5.1.1"), "{words}");
        assert_eq!(world.pass().await.returned, 0, "{imap}: it was marked as read");
    }
}

#[tokio::test]
async fn a_mailbox_that_cannot_be_read_is_reported_and_mail_goes_out_all_the_same() {
    let Some(office) = Office::open() else { return };
    let user = "user = \"bounces@press.example\"\npassword_file = ";
    for (from, to, reason) in [
        (format!("{user}\"password\""), format!("{user}\"wrong\""), "Authentication failed"),
        (
            "imap]\nhost = \"localhost\"".into(),
            "imap]\nhost = \"127.0.0.1\"".into(),
            "not valid for name",
        ),
        (user.into(), format!("mailbox = \"Other\"\n{user}"), "doesn't exist"),
    ] {
        let world = office.world("implicit").changed(&from, &to);
        std::fs::write(world.path("wrong"), "wrong\n").unwrap();
        subscribe(&world, [address("ann", "readers.example")]).await;
        let report = world.pass().await;
        assert_eq!(report.count(DeliveryState::Sent), 1, "{report:?}");
        let failures: Vec<_> = report.failures.iter().map(|f| f.reason.as_str()).collect();
        assert!(failures.len() == 1 && failures[0].contains(reason), "{failures:?}");
        assert!(!failures[0].contains("letters"), "{failures:?}");
    }
}
