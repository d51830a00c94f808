//! The ledger: nobody is lost, nobody gets it twice unasked, and what is in doubt says so.

use chrono::TimeDelta;
use pressroom::domain::{DeliveryState, Message, MessageId, Verdict};
use pressroom::jobs::deliver;
use pressroom::jobs::{Report, pass};
use pressroom::store::{claims, outbox};

use crate::mail_server::{Act, Server, in_state, readers, subscribe, world};
use crate::world::{World, also_on_postgres};

pub fn message_id(mail: &str) -> &str {
    mail.lines().find(|line| line.starts_with("Message-ID: ")).unwrap()
}

#[tokio::test]
async fn a_mail_that_the_server_took_is_sent_and_never_again() {
    let server = Server::start(&[]).await;
    let world = world(&server, "resend", "");
    let report = world.pass().await;
    assert_eq!(report.delivered.shown()[0].response, "250 2.0.0 queued as 42");
    world.pass().await;
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_deferred_mail_comes_back_later_under_the_same_message_id() {
    let server = Server::start(&[("DOT", Act::Say("451 4.3.0 later"))]).await;
    let world = world(&server, "hold", "");
    world.pass().await;
    assert_eq!(world.pass().await.delivered.total(), 0, "not before its time");
    world.wait(TimeDelta::minutes(6));
    assert_eq!(world.pass().await.count(DeliveryState::Sent), 1);
    let mails = server.mails();
    assert_eq!(message_id(&mails[0]), message_id(&mails[1]));
}

#[tokio::test]
async fn a_server_that_is_away_costs_no_delivery_its_turn() {
    let server = Server::start(&[("CONNECT", Act::Say("421 too busy"))]).await;
    let world = world(&server, "hold", "connections = 1");
    let report = world.pass().await;
    assert_eq!(report.delivered.total(), 0);
    assert!(report.failures[0].what.starts_with("mail to 127.0.0.1:"), "{:?}", report.failures);
    assert_eq!(world.pass().await.count(DeliveryState::Sent), 1, "at once when it is back");
}

#[tokio::test]
async fn in_doubt_a_mail_is_sent_once_more_or_held_as_the_setting_says() {
    for (policy, copies) in [("resend", 2), ("hold", 1)] {
        let server = Server::start(&[("DOT", Act::Close), ("DOT", Act::Close)]).await;
        let world = world(&server, policy, "");
        for _ in 0..4 {
            world.pass().await;
        }
        let mails = server.mails();
        assert_eq!(mails.len(), copies, "{policy}");
        assert!(mails.iter().all(|mail| message_id(mail) == message_id(&mails[0])));
        assert_eq!(
            in_state(&world, DeliveryState::Unknown).await.len(),
            1,
            "{policy}: it is listed"
        );
    }
}

/// Composes what is due, and delivers nothing yet.
pub async fn compose(world: &World) {
    let app = world.open().await;
    app.run(&pressroom::app::Wanted { only: vec!["articles".into()], force: false }, &|_| ())
        .await
        .unwrap();
    let context = app.context();
    let digest = context.digests[0].clone();
    let cadence = digest.digest.cadences[0].clone();
    let slot =
        pressroom::domain::Slot { schedule: cadence.schedule.clone(), at: world.clock.now() };
    let editions = vec![pass::DueEdition { digest, cadence, slot, holder: "this".into() }];
    pass::run(context, &pass::Plan { editions, ..pass::Plan::default() }, &|_| ()).await;
    app.close().await;
}

#[tokio::test]
async fn a_kill_between_handing_over_and_settling_loses_nobody_and_says_so() {
    let server = Server::start(&[]).await;
    let world = world(&server, "hold", "");
    compose(&world).await;
    // The first half of a delivery: committed as sending, and no more.
    let app = world.open().await;
    let (store, now) = (&app.context().store, world.clock.now());
    let mut tx = store.begin().await.unwrap();
    let conn = &mut tx.conn();
    claims::alive(conn, "killed", now, now + TimeDelta::minutes(1)).await.unwrap();
    let mut delivery = claims::claim(conn, "killed", now, 9).await.unwrap().remove(0);
    delivery.begin().unwrap();
    let step = claims::Step { delivery, from: DeliveryState::New };
    assert_eq!(claims::record(conn, "killed", &[step], now).await.unwrap(), [true]);
    tx.commit().await.unwrap();
    app.close().await;

    // On a shared store the killed run may be alive for all that others know, until it has been silent for a minute.
    world.wait(TimeDelta::minutes(2));
    world.pass().await;
    let doubtful = in_state(&world, DeliveryState::Unknown).await;
    assert_eq!(doubtful.len(), 1);
    assert!(doubtful[0].response.as_deref().unwrap().contains("was stopped"));
    assert!(server.mails().is_empty(), "held, as the setting says");
}

#[tokio::test]
async fn a_run_that_wakes_up_too_late_changes_nothing() {
    let server = Server::start(&[]).await;
    let world = world(&server, "hold", "");
    subscribe(&world, readers(2)).await;
    compose(&world).await;
    let app = world.open().await;
    let (store, now) = (&app.context().store, world.clock.now());
    let mut tx = store.begin().await.unwrap();
    let conn = &mut tx.conn();
    claims::alive(conn, "frozen", now, now + TimeDelta::minutes(1)).await.unwrap();
    let held = claims::claim(conn, "frozen", now, 9).await.unwrap();
    assert_eq!(held.len(), 2);
    assert!(claims::claim(conn, "other", now, 9).await.unwrap().is_empty(), "they are taken");
    let later = now + TimeDelta::minutes(2);
    claims::alive(conn, "other", later, later + TimeDelta::minutes(1)).await.unwrap();
    assert_eq!(claims::claim(conn, "other", later, 9).await.unwrap().len(), 2, "and free again");
    let begun = held.into_iter().map(|mut delivery| {
        delivery.begin().unwrap();
        claims::Step { delivery, from: DeliveryState::New }
    });
    let steps: Vec<_> = begun.collect();
    let done = claims::record(conn, "frozen", &steps, later).await.unwrap();
    assert_eq!(done, [false, false], "they belong to another run now");
    drop(tx);
    app.close().await;
}

#[tokio::test]
async fn what_begins_is_known_again_when_the_answer_of_the_store_was_lost() {
    let world = world(&Server::start(&[]).await, "hold", "");
    compose(&world).await;
    let app = world.open().await;
    let (store, now) = (&app.context().store, world.clock.now());
    let mut tx = store.begin().await.unwrap();
    let conn = &mut tx.conn();
    let mut delivery = claims::claim(conn, "mine", now, 9).await.unwrap().remove(0);
    assert!(claims::claim(conn, "mine", now, 9).await.unwrap().is_empty(), "held once");
    delivery.begin().unwrap();
    let begun = claims::Step { delivery: delivery.clone(), from: DeliveryState::New };
    for _ in 0..2 {
        let done = claims::record(conn, "mine", std::slice::from_ref(&begun), now).await.unwrap();
        assert_eq!(done, [true]);
    }
    delivery.settle(&Verdict::Sent("250 queued".into()), now).unwrap();
    let sent = claims::Step { delivery, from: DeliveryState::Sending };
    assert_eq!(claims::record(conn, "mine", &[sent], now).await.unwrap(), [true]);
    assert_eq!(
        claims::record(conn, "mine", &[begun], now).await.unwrap(),
        [false],
        "sent and let go"
    );
    drop(tx);
    app.close().await;
}

#[tokio::test]
async fn who_is_suppressed_or_had_it_already_is_left_out_of_a_fan_out() {
    let world = world(&Server::start(&[]).await, "hold", "");
    let app = world.open().await;
    let (context, now) = (app.context(), world.clock.now());
    let message = Message {
        id: MessageId::derive(&["m"]),
        kind: pressroom::domain::MessageKind::Notice,
        subject: "Subject".into(),
        language: pressroom::domain::Language::chinese(),
        text: "Text".into(),
        html: "<p>Text</p>".into(),
        list: None,
    };
    let deliveries: Vec<_> = readers(1203)
        .map(|address| {
            let address = address.parse_address();
            pressroom::domain::Delivery::new(message.id, address, now, context.mailer.domain())
        })
        .collect();
    let mut tx = context.store.begin().await.unwrap();
    let conn = &mut tx.conn();
    let gone = "Reader7@example.org".to_owned().parse_address();
    let reason = pressroom::domain::SuppressionReason::Operator;
    pressroom::store::suppressions::put(conn, &gone, reason, "asked to", now).await.unwrap();
    outbox::insert_message(conn, &message, now).await.unwrap();
    assert_eq!(outbox::fan_out(conn, &deliveries[..600], now).await.unwrap(), 599);
    assert_eq!(outbox::fan_out(conn, &deliveries, now).await.unwrap(), 603);
    let token = deliveries[900].token();
    let found = outbox::of_token(conn, token).await.unwrap().unwrap();
    assert_eq!(found, deliveries[900]);
    drop(tx);
    app.close().await;
}

trait ParseAddress {
    fn parse_address(self) -> pressroom::domain::EmailAddress;
}

impl ParseAddress for String {
    fn parse_address(self) -> pressroom::domain::EmailAddress {
        pressroom::domain::EmailAddress::new(&self).unwrap()
    }
}

#[tokio::test]
async fn work_that_is_asked_to_stop_begins_nothing_more() {
    let server = Server::start(&[]).await;
    let world = world(&server, "hold", "");
    subscribe(&world, readers(5)).await;
    compose(&world).await;
    let app = world.open().await;
    app.context().halt.ask();
    let mut report = Report::default();
    deliver::deliver(app.context(), &mut report).await;
    assert_eq!(report.delivered.total(), 0);
    app.close().await;
    assert_eq!(world.pass().await.count(DeliveryState::Sent), 5);
}

also_on_postgres!(
    a_mail_that_the_server_took_is_sent_and_never_again,
    a_deferred_mail_comes_back_later_under_the_same_message_id,
    a_server_that_is_away_costs_no_delivery_its_turn,
    in_doubt_a_mail_is_sent_once_more_or_held_as_the_setting_says,
    a_kill_between_handing_over_and_settling_loses_nobody_and_says_so,
    a_run_that_wakes_up_too_late_changes_nothing,
    what_begins_is_known_again_when_the_answer_of_the_store_was_lost,
    who_is_suppressed_or_had_it_already_is_left_out_of_a_fan_out,
    work_that_is_asked_to_stop_begins_nothing_more,
);
