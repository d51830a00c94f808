//! Mail that comes back, and who gets no more for it.

use std::fs;

use chrono::TimeDelta;
use pressroom::domain::{Delivery, DeliveryState};

use crate::mail_server::{Server, in_state, readers, subscribe, suppressed};
use crate::serving::Daemon;
use crate::world::{World, also_on_postgres, page, prose};

/// A world whose bounces come into a Maildir.
fn world(server: &Server) -> World {
    let mail = server
        .mail("hold", "[mail.bounces]\naddress = \"bounces@press.example\"\nmaildir = \"bounces\"");
    let world = World::new()
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_mail(&mail);
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(world.path("bounces").join(part)).unwrap();
    }
    world
}

/// A letter to the bounce address of `delivery`.
fn letter(world: &World, name: &str, delivery: &Delivery, more: &str) {
    let text = format!("To: bounces+{}@press.example\r\n{more}", delivery.token());
    fs::write(world.path("bounces/new").join(name), text).unwrap();
}

fn notification(action: &str, status: &str, words: &str) -> String {
    format!(
        "Subject: Undelivered\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n\
         Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {words}\r\n\r\n--b--\r\n"
    )
}

fn complaint() -> String {
    "Subject: Complaint\r\nMIME-Version: 1.0\r\n\
     Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
     --b\r\nContent-Type: text/plain\r\n\r\nSpam.\r\n\
     --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Loop/1.0\r\n\r\n--b--\r\n"
        .into()
}

async fn sent(world: &World) -> Vec<Delivery> {
    in_state(world, DeliveryState::Sent).await
}

#[tokio::test]
async fn hard_bounces_and_complaints_suppress_at_once_and_delays_do_not() {
    let server = Server::start(&[]).await;
    let world = world(&server);
    subscribe(&world, readers(4)).await;
    world.pass().await;
    let sent = sent(&world).await;
    letter(&world, "1", &sent[0], &notification("failed", "5.1.1", "550 5.1.1 unknown"));
    letter(&world, "2", &sent[1], &complaint());
    letter(&world, "3", &sent[2], &notification("delayed", "4.4.1", "no answer"));
    letter(
        &world,
        "4",
        &sent[3],
        &notification("failed", "5.7.1", "550 5.7.1 your network is blocked"),
    );
    fs::write(world.path("bounces/new/5"), "Subject: for somebody else\r\n\r\nhello").unwrap();
    let report = world.pass().await;
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    assert_eq!(report.suppressed, 2);
    assert_eq!(suppressed(&world).await.len(), 2);
    let failed = in_state(&world, DeliveryState::Failed).await;
    assert_eq!(failed.len(), 2, "what bounced did not arrive");
    assert!(failed[0].response.as_deref().unwrap().starts_with("bounced: smtp; 550"));
    assert_eq!(fs::read_dir(world.path("bounces/new")).unwrap().count(), 0);
    assert_eq!(fs::read_dir(world.path("bounces/cur")).unwrap().count(), 5, "kept for a look");

    world.write_article("next.html", page("The Second Pier", &prose("second pier")));
    world.wait(TimeDelta::days(1));
    assert_eq!(world.pass().await.count(DeliveryState::Sent), 2, "the two others");
}

#[tokio::test]
async fn soft_bounces_suppress_by_their_number_and_the_same_letter_counts_once() {
    let server = Server::start(&[]).await;
    let world = world(&server);
    subscribe(&world, readers(1)).await;
    let full = notification("failed", "5.2.2", "552 5.2.2 mailbox full");
    for day in 1..=5 {
        world.write_article(
            &format!("{day}.html"),
            page(&format!("Pier {day}"), &prose(&format!("pier of day {day}"))),
        );
        assert_eq!(world.pass().await.count(DeliveryState::Sent), 1, "day {day}");
        let today = sent(&world).await.remove(0);
        for copy in 0..3 {
            letter(&world, &format!("{day}-{copy}"), &today, &full);
        }
        // On the same day: the next one's slot is for the next article.
        world.pass().await;
        assert_eq!(suppressed(&world).await.len(), usize::from(day == 5), "day {day}");
        world.wait(TimeDelta::days(1));
    }
}

#[tokio::test]
async fn who_leaves_by_mail_has_left() {
    let server = Server::start(&[]).await;
    let world = world(&server);
    subscribe(&world, readers(2)).await;
    world.pass().await;
    let sent = sent(&world).await;
    letter(&world, "1", &sent[0], "Subject: unsubscribe\r\n\r\n");
    letter(
        &world,
        "2",
        &sent[1],
        "Subject: On holiday\r\nAuto-Submitted: auto-replied\r\n\r\nuntil Monday",
    );
    world.pass().await;
    world.write_article("next.html", page("The Second Pier", &prose("second pier")));
    world.wait(TimeDelta::days(1));
    assert_eq!(world.pass().await.count(DeliveryState::Sent), 1);
    assert!(suppressed(&world).await.is_empty(), "leaving is nothing bad");
}

#[tokio::test]
async fn nobody_makes_up_the_bounce_of_another() {
    let server = Server::start(&[]).await;
    let world = world(&server);
    subscribe(&world, readers(2)).await;
    world.pass().await;
    // Whoever has one mail of the list knows its Message, and not what names the others.
    let own = sent(&world).await.remove(0);
    for guess in ["0000000000000000", "ffffffffffffffff"] {
        let token = format!("{}{guess}", &own.token()[..32]);
        let text = format!(
            "To: bounces+{token}@press.example\r\n{}",
            notification("failed", "5.1.1", "550")
        );
        fs::write(world.path("bounces/new").join(guess), text).unwrap();
    }
    world.pass().await;
    assert!(suppressed(&world).await.is_empty());
}

#[tokio::test]
async fn hostile_letters_stop_nothing() {
    let server = Server::start(&[]).await;
    let world = world(&server);
    subscribe(&world, readers(1)).await;
    world.pass().await;
    let own = sent(&world).await.remove(0);
    let nested = "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n".repeat(5000);
    for (name, bytes) in [
        ("nothing", Vec::new()),
        ("zeros", vec![0; 100_000]),
        ("nested", nested.into_bytes()),
        ("large", vec![b'x'; 3_000_000]),
        ("signs", (0..=255).cycle().take(50_000).collect()),
        ("at", "@".repeat(100_000).into_bytes()),
    ] {
        fs::write(world.path("bounces/new").join(name), bytes).unwrap();
    }
    letter(
        &world,
        "zz",
        &own,
        &notification("failed", "5.1.1", "550 5.1.1 \u{0}\u{1b}[31m\u{7f}unknown"),
    );
    let report = world.pass().await;
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    assert_eq!(report.suppressed, 1);
}

/// Hands a letter over by HTTP; the status.
async fn hand_over(daemon: &Daemon, password: &str, letter: &str) -> String {
    let authorization =
        if password.is_empty() { String::new() } else { format!("authorization: {password}\r\n") };
    let request = format!("{authorization}content-length: {}\r\n\r\n{letter}", letter.len());
    let (head, _) = daemon.ask("POST", "/bounces", &request).await;
    head.split(' ').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_mail_server_hands_over_what_came_back_by_the_password_and_nobody_else_does() {
    let server = Server::start(&[]).await;
    let mail = server.mail(
        "hold",
        "[mail.bounces]\naddress = \"bounces@press.example\"\n[mail.bounces.hook]\npassword_file = \"hook\"",
    );
    let world = World::new()
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_mail(&mail);
    fs::write(world.path("hook"), "seventeen letters\n").unwrap();
    subscribe(&world, readers(3)).await;
    world.pass().await;
    let sent = sent(&world).await;
    let letter = |delivery: &Delivery, more: &str| {
        format!("To: bounces+{}@press.example\r\n{more}", delivery.token())
    };
    let hard = letter(&sent[0], &notification("failed", "5.1.1", "550 5.1.1 unknown"));
    let (daemon, world) = Daemon::of(world).await;
    for wrong in ["", "Bearer seventeen", "Bearer", "Basic seventeen letters"] {
        assert_eq!(hand_over(&daemon, wrong, &hard).await, "401", "{wrong}");
    }
    let right = "Bearer seventeen letters";
    let large = format!("{hard}{}", "x".repeat(1024 * 1024));
    assert_eq!(hand_over(&daemon, right, &large).await, "413");
    for letter in [&hard, &hard, &letter(&sent[1], &complaint()), "nothing", ""] {
        assert_eq!(hand_over(&daemon, right, letter).await, "204");
    }
    daemon.end().await;
    assert_eq!(suppressed(&world).await.len(), 2);

    let (daemon, _world) = Daemon::of(self::world(&server)).await;
    assert_eq!(
        hand_over(&daemon, right, &hard).await,
        "404",
        "without a password there is no door"
    );
    daemon.end().await;
}

also_on_postgres!(
    a_mail_server_hands_over_what_came_back_by_the_password_and_nobody_else_does,
    hard_bounces_and_complaints_suppress_at_once_and_delays_do_not,
    soft_bounces_suppress_by_their_number_and_the_same_letter_counts_once,
    who_leaves_by_mail_has_left,
    nobody_makes_up_the_bounce_of_another,
    hostile_letters_stop_nothing,
);
