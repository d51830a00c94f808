//! Outbox, SMTP and what a kill leaves behind.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use pressroom::domain::DeliveryState;
use pressroom::jobs::deliver;
use pressroom::jobs::{Report, pass};
use pressroom::store::outbox;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::world::{World, also_on_postgres, page, prose};

/// What a scripted server does at a stage: says it, or closes.
#[derive(Clone, Copy)]
enum Act {
    Say(&'static str),
    Close,
}

/// A mail server that answers as usual except where its script says otherwise, each line of it once.
#[derive(Clone)]
struct Server {
    port: u16,
    script: Arc<Mutex<Vec<(&'static str, Act)>>>,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(script: &[(&'static str, Act)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            script: Arc::new(Mutex::new(script.to_vec())),
            mails: Arc::default(),
        };
        let handler = server.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let _ = handler.serve(socket).await;
            }
        });
        server
    }

    fn act(&self, stage: &str, usual: &'static str) -> Act {
        let mut script = self.script.lock().unwrap();
        match script.iter().position(|(at, _)| *at == stage) {
            Some(at) => script.remove(at).1,
            None => Act::Say(usual),
        }
    }

    async fn serve(&self, socket: TcpStream) -> std::io::Result<()> {
        let mut socket = BufReader::new(socket);
        let mut stage = "CONNECT".to_owned();
        loop {
            let usual = match stage.as_str() {
                "CONNECT" => "220 ready",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                "DOT" => "250 2.0.0 queued as 42",
                _ => "250 ok",
            };
            let Act::Say(words) = self.act(&stage, usual) else { return Ok(()) };
            socket.write_all(format!("{words}\r\n").as_bytes()).await?;
            let mut line = String::new();
            if stage == "DATA" && words.starts_with("354") {
                self.body(&mut socket).await?;
                stage = "DOT".into();
                continue;
            }
            if socket.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            stage = line.trim().split([' ', ':']).next().unwrap_or_default().to_uppercase();
        }
    }

    async fn body(&self, socket: &mut BufReader<TcpStream>) -> std::io::Result<()> {
        let mut body = String::new();
        while !body.ends_with("\r\n.\r\n") {
            if socket.read_line(&mut body).await? == 0 {
                return Ok(());
            }
        }
        self.mails.lock().unwrap().push(body);
        Ok(())
    }

    fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

fn world(server: &Server, policy: &str) -> World {
    World::new().with_article("pier.html", page("The New Pier", &prose("pier"))).with_mail(
        &format!(
            "transport = \"smtp\"\non_unknown = \"{policy}\"\n[mail.smtp]\nhost = \"127.0.0.1\"\n\
             port = {}\ntls = \"none\"",
            server.port
        ),
    )
}

fn message_id(mail: &str) -> &str {
    mail.lines().find(|line| line.starts_with("Message-ID: ")).unwrap()
}

#[tokio::test]
async fn a_mail_that_the_server_took_is_sent_and_never_again() {
    let server = Server::start(&[]).await;
    let world = world(&server, "resend");
    let report = world.pass().await;
    assert_eq!(report.delivered[0].response, "250 2.0.0 queued as 42");
    world.pass().await;
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn what_the_server_answers_decides() {
    for (stage, act, state) in [
        ("RCPT", Act::Say("550 5.1.1 no such user"), DeliveryState::Failed),
        ("RCPT", Act::Say("452 4.2.2 full"), DeliveryState::Deferred),
        ("MAIL", Act::Say("530 5.7.0 not you"), DeliveryState::Deferred),
        ("DATA", Act::Say("451 4.3.0 later"), DeliveryState::Deferred),
        ("DOT", Act::Say("451 4.3.0 later"), DeliveryState::Deferred),
        ("DOT", Act::Say("554 5.7.1 spam"), DeliveryState::Failed),
        ("DOT", Act::Say("354 what"), DeliveryState::Unknown),
        ("DOT", Act::Say("999 garbage"), DeliveryState::Unknown),
        ("DOT", Act::Close, DeliveryState::Unknown),
        ("RCPT", Act::Close, DeliveryState::Deferred),
    ] {
        let server = Server::start(&[(stage, act)]).await;
        let report = world(&server, "hold").pass().await;
        let [delivered] = &report.delivered[..] else { panic!("{stage}: {report:?}") };
        assert_eq!(delivered.state, state, "{stage}: {}", delivered.response);
    }
}

#[tokio::test]
async fn a_deferred_mail_comes_back_later_under_the_same_message_id() {
    let server = Server::start(&[("DOT", Act::Say("451 4.3.0 later"))]).await;
    let world = world(&server, "hold");
    world.pass().await;
    assert!(world.pass().await.delivered.is_empty(), "not before its time");
    world.wait(TimeDelta::minutes(6));
    assert_eq!(world.pass().await.count(DeliveryState::Sent), 1);
    let mails = server.mails();
    assert_eq!(message_id(&mails[0]), message_id(&mails[1]));
}

#[tokio::test]
async fn a_server_that_is_away_costs_no_delivery_its_turn() {
    let server = Server::start(&[("CONNECT", Act::Say("421 too busy"))]).await;
    let world = world(&server, "hold");
    let report = world.pass().await;
    assert!(report.delivered.is_empty());
    assert!(report.failures[0].what.starts_with("mail to 127.0.0.1:"), "{:?}", report.failures);
    assert_eq!(world.pass().await.count(DeliveryState::Sent), 1, "at once when it is back");
}

#[tokio::test]
async fn in_doubt_a_mail_is_sent_once_more_or_held_as_the_setting_says() {
    for (policy, copies) in [("resend", 2), ("hold", 1)] {
        let server = Server::start(&[("DOT", Act::Close), ("DOT", Act::Close)]).await;
        let world = world(&server, policy);
        for _ in 0..4 {
            world.pass().await;
        }
        let mails = server.mails();
        assert_eq!(mails.len(), copies, "{policy}");
        assert!(mails.iter().all(|mail| message_id(mail) == message_id(&mails[0])));
    }
}

#[tokio::test]
async fn a_kill_between_handing_over_and_settling_loses_nobody_and_says_so() {
    let server = Server::start(&[]).await;
    let world = world(&server, "hold");
    let app = world.open().await;
    let context = app.context().clone();
    // Everything but delivering, then the first half of a delivery: committed as sending, and no more.
    app.run(&pressroom::app::Wanted { only: vec!["articles".into()], force: false }, &|_| ())
        .await
        .unwrap();
    let plan = pass::Plan { editions: due(&world, &context), ..pass::Plan::default() };
    pass::run(&context, &plan, &|_| ()).await;
    let mut tx = context.store.begin().await.unwrap();
    let conn = &mut tx.conn();
    let mut delivery = outbox::due(conn, world.clock.now(), 1).await.unwrap().remove(0);
    delivery.begin().unwrap();
    assert!(outbox::update(conn, &delivery, DeliveryState::New, world.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    app.close().await;

    let app = world.open().await;
    let mut report = Report::default();
    deliver::deliver(app.context(), &mut report).await;
    let mut lease = app.context().store.read().await.unwrap();
    let doubtful = outbox::in_state(&mut lease.conn(), DeliveryState::Unknown).await.unwrap();
    assert_eq!(doubtful.len(), 1);
    assert!(doubtful[0].response.as_deref().unwrap().contains("was stopped"));
    assert!(server.mails().is_empty(), "held, as the setting says");
    drop(lease);
    app.close().await;
}

fn due(world: &World, context: &pressroom::jobs::Context) -> Vec<pass::DueEdition> {
    let digest = context.digests[0].clone();
    let cadence = digest.digest.cadences[0].clone();
    let slot =
        pressroom::domain::Slot { schedule: cadence.schedule.clone(), at: world.clock.now() };
    vec![pass::DueEdition { digest, cadence, slot }]
}

also_on_postgres!(
    a_mail_that_the_server_took_is_sent_and_never_again,
    what_the_server_answers_decides,
    a_deferred_mail_comes_back_later_under_the_same_message_id,
    a_server_that_is_away_costs_no_delivery_its_turn,
    in_doubt_a_mail_is_sent_once_more_or_held_as_the_setting_says,
    a_kill_between_handing_over_and_settling_loses_nobody_and_says_so,
);
