//! `pressroom delivery`: what an operator sees of deliveries and addresses, and what comes of what he says.

use chrono::TimeDelta;
use pressroom::domain::DeliveryState;

use crate::mail_server::{Act, Server, in_state, readers, subscribe, suppressed, world};
use crate::world::{World, also_on_postgres, page, prose, stderr, stdout};

/// What `pressroom delivery` prints.
fn said(world: &World, arguments: &[&str]) -> String {
    let output = world.command(&[&["delivery"], arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    stdout(&output)
}

/// The lines that it lists, each with its state and address.
fn listed(world: &World, states: &[&str]) -> Vec<(String, String)> {
    let options = states.iter().flat_map(|state| ["--state", *state]);
    let arguments: Vec<&str> = ["list"].into_iter().chain(options).collect();
    let lines = said(world, &arguments);
    lines
        .lines()
        .filter(|line| *line != "nothing")
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!((words[0].len(), words[3]), (16, "tries"), "{line}");
            (words[1].to_owned(), words[4].to_owned())
        })
        .collect()
}

fn pairs(lines: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(state, name): &(&str, &str)| ((*state).into(), format!("{name}@example.org"));
    lines.iter().map(owned).collect()
}

/// One reader in doubt, one deferred, one that does not exist, and one whose mail was refused for what it says.
async fn troubled() -> (World, Server) {
    let server = Server::start(&[("DOT", Act::Close)])
        .await
        .always("<later", "451 4.3.0 later")
        .always("<ghost", "550 5.1.1 no such user")
        .always("<strict", "550 5.7.1 not this");
    let world = world(&server, "hold", "connections = 1");
    let names = ["doubt", "later", "ghost", "strict"];
    subscribe(&world, names.map(|name| format!("{name}@example.org"))).await;
    world.pass().await;
    (world, server)
}

#[tokio::test]
async fn the_list_shows_what_is_in_trouble_and_each_state_by_itself() {
    let (world, _server) = troubled().await;
    let all =
        [("unknown", "doubt"), ("deferred", "later"), ("failed", "ghost"), ("failed", "strict")];
    assert_eq!(listed(&world, &[]), pairs(&all));
    assert_eq!(listed(&world, &["failed"]), pairs(&all[2..]));
    assert_eq!(listed(&world, &["unknown", "deferred"]), pairs(&all[..2]));
    assert_eq!(said(&world, &["list", "--state", "sent"]), "nothing\n");
    assert!(said(&world, &["list"]).contains("not this"), "with the server's words");
}

#[tokio::test]
async fn a_retry_sends_again_to_everybody_but_those_who_get_no_more_mail() {
    let (world, server) = troubled().await;
    server.forgive();
    let retried = said(&world, &["retry", "--failed", "--unknown"]);
    let expected =
        "2 of 3 will be sent by the next run; the others get no more mail, or are in hand\n";
    assert_eq!(retried, expected);
    // Commands go by the system's clock, which may be ahead of this world's.
    world.wait(TimeDelta::days(30_000));
    world.pass().await;
    let sent = in_state(&world, DeliveryState::Sent).await;
    let sent: Vec<&str> = sent.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(sent, ["doubt@example.org", "later@example.org", "strict@example.org"]);
    assert_eq!(listed(&world, &[]), pairs(&[("failed", "ghost")]));
    let mails = server.mails();
    let id =
        |mail: &String| mail.lines().find(|line| line.starts_with("Message-ID")).map(str::to_owned);
    assert_eq!(
        mails.iter().filter(|mail| id(mail) == id(&mails[0])).count(),
        2,
        "under its own name"
    );
}

#[tokio::test]
async fn who_was_suppressed_by_command_gets_nothing_until_cleared() {
    let server = Server::start(&[]).await.always("<later", "451 4.3.0 later");
    let world = world(&server, "hold", "");
    subscribe(&world, ["later@example.org".to_owned(), "ann@example.org".into()]).await;
    world.pass().await;
    let suppress = ["suppress", "later@example.org"];
    assert_eq!(said(&world, &suppress), "later@example.org gets no more mail\n");
    assert_eq!(said(&world, &suppress), "later@example.org gets no more mail, as before\n");
    assert_eq!(listed(&world, &[]), pairs(&[("failed", "later")]), "what waited is given up");
    assert!(said(&world, &["suppressed"]).contains("operator: by command"));
    assert!(said(&world, &["retry", "--failed"]).starts_with("0 of 1 "));
    let clear = ["clear", "later@example.org"];
    assert_eq!(said(&world, &clear), "later@example.org may subscribe again\n");
    assert_eq!(said(&world, &clear), "nothing stood against later@example.org\n");
    assert!(suppressed(&world).await.is_empty());
    world.write_article("next.html", page("The Second Pier", &prose("second pier")));
    world.wait(TimeDelta::days(1));
    assert_eq!(world.pass().await.count(DeliveryState::Sent), 1, "ann; the other has not asked");
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let (world, _server) = troubled().await;
    let before = listed(&world, &[]);
    let failed = said(&world, &["list", "--state", "failed"])[..16].to_owned();
    for arguments in [
        &["retry"][..],
        &["retry", "no-such-id"],
        &["settle", &failed, "--as", "sent"],
        &["settle", "--unknown"],
        &["suppress", "nobody"],
        &["clear", "two@@example.org"],
    ] {
        let output = world.command(&[&["delivery"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
    }
    assert_eq!(listed(&world, &[]), before);
    assert_eq!(suppressed(&world).await, ["ghost@example.org"]);
}

#[tokio::test]
async fn the_operator_sees_who_and_why_and_can_clear_it() {
    let server = Server::start(&[]).await.always("<reader0", "550 5.1.1 no such user");
    let world = world(&server, "hold", "");
    subscribe(&world, readers(2)).await;
    world.pass().await;
    let said = stdout(&world.command(&["delivery", "suppressed"]));
    assert!(said.starts_with("reader0@example.org  since 2026-11-23, hard bounce: "), "{said}");
    assert!(said.contains("no such user"), "{said}");
    let listed = stdout(&world.command(&["delivery", "list"]));
    assert!(listed.contains("failed") && listed.contains("reader0@example.org"), "{listed}");
    let cleared = stdout(&world.command(&["delivery", "clear", "Reader0@example.org"]));
    assert_eq!(cleared, "Reader0@example.org may subscribe again\n");
    assert_eq!(stdout(&world.command(&["delivery", "suppressed"])), "nobody\n");
    let wrong = world.command(&["delivery", "retry", "0123456789abcdef"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", stderr(&wrong));
}

#[tokio::test]
async fn what_is_in_doubt_is_settled_by_a_person_or_sent_again() {
    for (finding, expected) in [("sent", DeliveryState::Sent), ("failed", DeliveryState::Failed)] {
        let server = Server::start(&[("DOT", Act::Close)]).await;
        let world = world(&server, "hold", "");
        world.pass().await;
        let listed = stdout(&world.command(&["delivery", "list", "--state", "unknown"]));
        let id = listed.split_whitespace().next().unwrap().to_owned();
        if finding == "failed" {
            let said = stdout(&world.command(&["delivery", "retry", &id]));
            assert_eq!(said, "1 of 1 will be sent by the next run\n");
            world.wait(TimeDelta::days(30_000));
            assert_eq!(world.pass().await.count(DeliveryState::Sent), 1);
            assert_eq!(server.mails().len(), 2);
        } else {
            let said = stdout(&world.command(&["delivery", "settle", &id, "--as", finding]));
            assert_eq!(said, "1 of 1 are settled\n");
            assert_eq!(in_state(&world, expected).await.len(), 1);
        }
    }
}

also_on_postgres!(
    the_list_shows_what_is_in_trouble_and_each_state_by_itself,
    a_retry_sends_again_to_everybody_but_those_who_get_no_more_mail,
    who_was_suppressed_by_command_gets_nothing_until_cleared,
    what_cannot_be_is_refused_and_changes_nothing,
    the_operator_sees_who_and_why_and_can_clear_it,
    what_is_in_doubt_is_settled_by_a_person_or_sent_again,
);
