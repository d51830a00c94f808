//! What goes out, at the desk: feeds, digests, mail and readers; each write in the audit list.

use chrono::TimeDelta;

use crate::desk::{Seat, guarded, led, seated};
use crate::serving::{Daemon, pier};
use crate::world::{World, also_on_postgres, page, prose, stdout};

/// What the daemon's sending has left in the mail directory, as text.
fn mails(world: &World) -> Vec<String> {
    let texts = world.mails().into_iter().map(|mail| String::from_utf8_lossy(&mail).into_owned());
    texts.collect()
}

async fn posted(seat: &Seat, daemon: &Daemon, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = seat.post(daemon, path, fields).await;
    led(seat, daemon, answer).await
}

#[tokio::test]
async fn a_digest_is_looked_at_for_each_kind_of_reader_and_tried_on_the_operator() {
    let (daemon, world) = Daemon::of(guarded(pier())).await;
    world.write_article("tower.html", page("The Tower", &prose("tower")));
    let seat = seated(&daemon).await;
    posted(&seat, &daemon, "/admin/sources/articles/run", &[]).await;
    let (_, shown) = seat.get(&daemon, "/admin/digests/morning").await;
    for expected in ["The Tower", "operator@press.example", "As the digest has it"] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    let before = mails(&world).len();
    let shown = posted(&seat, &daemon, "/admin/digests/morning/test", &[]).await;
    assert!(shown.contains("1 sent"), "{shown}");
    let after = mails(&world);
    assert_eq!(after.len(), before + 1);
    let (_, list) = seat.get(&daemon, "/admin/digests/morning").await;
    let at = list.find("?edition=").unwrap();
    let edition = list[at..].split(['"', '#']).next().unwrap();
    let (_, shown) = seat.get(&daemon, &format!("/admin/digests/morning{edition}")).await;
    assert!(shown.contains("Left out") && shown.contains("The New Pier"), "{shown}");
    daemon.end().await;
    assert!(stdout(&world.command(&["admin", "audit"])).contains("send test morning: 1 sent"));
}

#[tokio::test]
async fn a_feed_shows_what_lint_finds_and_is_published_by_hand() {
    let (daemon, world) = Daemon::of(guarded(pier())).await;
    let seat = seated(&daemon).await;
    let (_, shown) = seat.get(&daemon, "/admin/feeds/all").await;
    assert!(
        shown.contains("all.atom") && shown.contains("Lint has nothing against it."),
        "{shown}"
    );
    std::fs::write(world.path("feeds/all.rss"), "<rss version=\"2.0\"><channel>").unwrap();
    let (_, shown) = seat.get(&daemon, "/admin/feeds/all").await;
    assert!(shown.contains("error"), "{shown}");
    let shown = posted(&seat, &daemon, "/admin/feeds/all/publish", &[]).await;
    assert!(shown.contains("1 files are new"), "{shown}");
    daemon.end().await;
}

#[tokio::test]
async fn what_is_in_doubt_is_settled_and_what_failed_is_tried_again() {
    let (daemon, world) = Daemon::of(guarded(pier())).await;
    let seat = seated(&daemon).await;
    world.sql("UPDATE delivery SET state = 'unknown', response = '<b>250</b> or not'");
    // What was gathered is shown for some seconds.
    world.wait(TimeDelta::seconds(6));
    let (_, shown) = seat.get(&daemon, "/admin").await;
    assert!(shown.contains("One delivery is in doubt."), "{shown}");
    let (_, shown) = seat.get(&daemon, "/admin/mail").await;
    assert!(shown.contains("&lt;b&gt;250&lt;/b&gt; or not"), "{shown}");
    let at = shown.find("name=\"token\" value=\"").unwrap() + 20;
    let token = shown[at..].split('"').next().unwrap().to_owned();
    let word = |word| [("token", token.as_str()), ("word", word)];
    let shown = posted(&seat, &daemon, "/admin/mail/say", &word("failed")).await;
    assert!(shown.contains(">done</p>") && shown.contains("<b>1</b> failed"), "{shown}");
    let shown = posted(&seat, &daemon, "/admin/mail/retry-all", &[("state", "failed")]).await;
    assert!(shown.contains("1 will be sent again"), "{shown}");
    let shown = posted(&seat, &daemon, "/admin/mail/deliver", &[]).await;
    assert!(shown.contains("1 sent"), "{shown}");
    let (head, shown) = seat.post(&daemon, "/admin/mail/say", &word("sent")).await;
    assert!(head.starts_with("HTTP/1.1 409"), "{head}");
    assert!(shown.contains("a delivery that is sent cannot become sent"), "{shown}");
    daemon.end().await;
}

#[tokio::test]
async fn readers_are_asked_and_forgotten_and_the_audit_list_does_not_keep_their_addresses() {
    let (daemon, world) = Daemon::of(guarded(pier())).await;
    let seat = seated(&daemon).await;
    let ann = [("digest", "morning"), ("address", "ann@reader.example")];
    let shown = posted(&seat, &daemon, "/admin/readers/add", &ann).await;
    assert!(shown.contains("asked by mail") && shown.contains("ann@reader.example"), "{shown}");
    assert!(shown.contains("<td>pending</td>"), "{shown}");
    let shown = posted(&seat, &daemon, "/admin/mail/suppress", &ann[1..]).await;
    assert!(shown.contains("gets no more mail") && shown.contains("ann@reader.example"));
    let shown = posted(&seat, &daemon, "/admin/mail/clear", &ann[1..]).await;
    assert!(shown.contains("may subscribe again"), "{shown}");
    let shown = posted(&seat, &daemon, "/admin/readers/remove", &ann).await;
    assert!(shown.contains("forgotten") && !shown.contains("ann@"), "{shown}");
    let wrong = [("digest", "morning"), ("address", "\"><script>")];
    let shown = posted(&seat, &daemon, "/admin/readers/add", &wrong).await;
    assert!(shown.contains("this is no mail address") && !shown.contains("<script>"), "{shown}");
    let log = stdout(&world.command(&["admin", "audit"]));
    daemon.end().await;
    assert!(log.contains("forget reader a…@reader.example: forgotten"), "{log}");
    assert!(!log.contains("ann@"), "{log}");
}

also_on_postgres!(
    a_feed_shows_what_lint_finds_and_is_published_by_hand,
    a_digest_is_looked_at_for_each_kind_of_reader_and_tried_on_the_operator,
    what_is_in_doubt_is_settled_and_what_failed_is_tried_again,
    readers_are_asked_and_forgotten_and_the_audit_list_does_not_keep_their_addresses,
);
