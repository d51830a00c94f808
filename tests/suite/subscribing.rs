//! From a form to the first mail and off the list again, over HTTP and through the mail that is really written.

use chrono::TimeDelta;
use pressroom::domain::{Choices, EmailAddress, Locale};
use pressroom::jobs::subscribe;

use crate::serving::{Daemon, header, pier};
use crate::world::{World, parts};

/// Everything that is posted.
async fn post(daemon: &Daemon, path: &str, body: &str) -> (String, String) {
    let headers = format!(
        "content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let (head, body) = daemon.ask("POST", path, &headers).await;
    (head, String::from_utf8(body).unwrap())
}

async fn see(daemon: &Daemon, path: &str) -> (String, String) {
    let (head, body) = daemon.get(path, "").await;
    (head, String::from_utf8(body).unwrap())
}

/// The mails that lie in the world's directory for `address`, as plain text.
pub async fn letters(world: &World, address: &str) -> Vec<String> {
    world.pass().await;
    let to = format!("To: {address}");
    let mails = world.mails().into_iter();
    let mine = mails.filter(|mail| String::from_utf8_lossy(mail).contains(&to));
    mine.map(|mail| parts(&mail).0).collect()
}

/// The path of the first link to `page` in `text`.
pub fn link(text: &str, page: &str) -> String {
    let at = text.find(&format!("https://press.example/{page}/")).unwrap();
    let url = text[at..].split_whitespace().next().unwrap();
    url.strip_prefix("https://press.example").unwrap().to_owned()
}

const ANN: &str = "address=ann%40reader.example&website=";

#[tokio::test]
async fn nobody_is_on_the_list_before_the_link_in_the_mail_was_followed_and_the_button_pressed() {
    let (daemon, world) = Daemon::of(pier()).await;
    let (head, form) = see(&daemon, "/digests/morning/subscribe").await;
    assert!(head.starts_with("HTTP/1.1 200") && form.contains("name=\"address\""), "{form}");
    let (head, _) = post(&daemon, "/digests/morning/subscribe", ANN).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(header(&head, "cache-control"), "no-store");
    daemon.end().await;
    let [letter] = &letters(&world, "ann@reader.example").await[..] else { panic!("one letter") };
    let confirm = link(letter, "confirm");
    assert!(!listed(&world).contains("confirmed"), "{}", listed(&world));
    let (daemon, world) = Daemon::of(world).await;
    // A scanner looks at the link twice.
    for _ in 0..2 {
        assert!(see(&daemon, &confirm).await.0.starts_with("HTTP/1.1 200"));
    }
    assert!(post(&daemon, &confirm, "").await.0.starts_with("HTTP/1.1 200"));
    assert!(post(&daemon, &confirm, "").await.0.starts_with("HTTP/1.1 410"), "a link serves once");
    daemon.end().await;
    assert!(listed(&world).contains("confirmed"), "{}", listed(&world));
}

pub fn listed(world: &World) -> String {
    crate::world::stdout(&world.command(&["subscriber", "list"]))
}

#[tokio::test]
async fn whoever_asks_for_an_address_learns_nothing_and_one_network_may_not_go_on_forever() {
    let (daemon, world) = Daemon::of(pier()).await;
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(post(&daemon, "/digests/morning/subscribe", ANN).await.1);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "the same whatever is known");
    for _ in 0..40 {
        post(&daemon, "/digests/morning/subscribe", ANN).await;
    }
    let (head, _) = post(&daemon, "/digests/morning/subscribe", ANN).await;
    assert!(head.starts_with("HTTP/1.1 429"), "{head}");
    daemon.end().await;
    assert_eq!(letters(&world, "ann@reader.example").await.len(), 1);
}

#[tokio::test]
async fn ten_thousand_requests_for_one_address_from_anywhere_make_one_mail_a_day() {
    let world = pier();
    let app = world.open().await;
    let context = app.context();
    let digest = &context.digests[0].digest.id;
    // The second day's first request brings the second letter.
    for (day, requests) in [(1, 10_000), (2, 2)] {
        for spelling in ["ann@reader.example", "Ann@READER.example"].iter().cycle().take(requests) {
            let address = EmailAddress::new(spelling).unwrap();
            let (choices, locale) = (Choices::default(), Locale::English);
            subscribe::ask(context, digest, address, choices, locale).await.unwrap();
        }
        assert_eq!(world.rows("delivery"), day);
        world.wait(TimeDelta::days(1));
    }
    app.close().await;
}

#[tokio::test]
async fn a_program_that_fills_in_the_hidden_field_gets_the_same_answer_and_no_mail() {
    let (daemon, world) = Daemon::of(pier()).await;
    let body = "address=bot%40reader.example&website=https%3A%2F%2Fspam.example";
    assert!(post(&daemon, "/digests/morning/subscribe", body).await.0.starts_with("HTTP/1.1 200"));
    let (head, page) = post(&daemon, "/digests/morning/subscribe", "address=none&website=").await;
    assert!(head.starts_with("HTTP/1.1 422") && page.contains("role=\"alert\""), "{head} {page}");
    daemon.end().await;
    assert!(letters(&world, "bot@reader.example").await.is_empty());
}

/// A world in which Ann is on the list, and her token.
async fn with_ann() -> (World, String) {
    with_ann_in(pier()).await
}

/// The same in a world that is there.
pub async fn with_ann_in(world: World) -> (World, String) {
    std::fs::write(
        world.path("list.csv"),
        "email,cadence\nann@reader.example,daily\nnobody,daily\n",
    )
    .unwrap();
    let file = world.path("list.csv");
    let output = world.command(&["subscriber", "import", "morning", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "one row is refused");
    assert!(crate::world::stderr(&output).contains("line 3"), "{}", crate::world::stderr(&output));
    world.pass().await;
    let mail = world.mails().pop().unwrap();
    let text = String::from_utf8(mail).unwrap().replace("\r\n ", "");
    let at = text.find("https://press.example/unsubscribe/").unwrap();
    let token = text[at..].split('>').next().unwrap().rsplit('/').next().unwrap().to_owned();
    (world, token)
}

#[tokio::test]
async fn the_one_click_of_a_mail_program_acts_at_once_and_a_look_at_the_link_does_not() {
    let (world, token) = with_ann().await;
    let (daemon, world) = Daemon::of(world).await;
    let path = format!("/unsubscribe/{token}");
    let (head, page) = see(&daemon, &path).await;
    assert!(head.starts_with("HTTP/1.1 200") && page.contains("<button"), "{page}");
    assert!(listed(&world).contains("confirmed"), "a GET changes nothing");
    let (head, _) = post(&daemon, &path, "List-Unsubscribe=One-Click").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    daemon.end().await;
    assert!(listed(&world).contains("unsubscribed"), "{}", listed(&world));
}

#[tokio::test]
async fn a_reader_chooses_on_the_page_behind_the_link_and_nowhere_else() {
    let (world, token) = with_ann().await;
    let (daemon, world) = Daemon::of(world).await;
    let path = format!("/subscription/{token}");
    let body =
        "cadence=daily&hour=18&zone=Europe%2FBerlin&language=en&topics=Sea%2C+Ships&paused_until=";
    let (head, page) = post(&daemon, &path, body).await;
    assert!(head.starts_with("HTTP/1.1 200") && page.contains("role=\"status\""), "{head} {page}");
    assert!(page.contains("value=\"18\" selected") && page.contains("Europe/Berlin"), "{page}");
    assert_eq!(header(&head, "referrer-policy"), "no-referrer");
    for wrong in ["/subscription/none", "/unsubscribe/none", "/confirm/none", "/erase/none"] {
        assert!(see(&daemon, wrong).await.0.starts_with("HTTP/1.1 410"), "{wrong}");
        assert!(post(&daemon, wrong, "").await.0.starts_with("HTTP/1.1 410"), "{wrong}");
    }
    daemon.end().await;
    let exported = crate::world::stdout(&world.command(&["subscriber", "export", "morning"]));
    assert!(
        exported.contains("ann@reader.example,confirmed,daily,en,Europe/Berlin,18,Sea;Ships"),
        "{exported}"
    );
}

/// The name of the feed whose addresses a page shows.
fn feed_name(page: &str) -> Option<String> {
    let at = page.find("https://press.example/feeds/")? + "https://press.example/feeds/".len();
    Some(page[at..].split('.').next().unwrap().to_owned())
}

#[tokio::test]
async fn a_reader_has_a_feed_of_ones_own_under_an_address_that_is_shown_once() {
    let (world, token) = with_ann().await;
    let world = world.with_publish("hub = \"https://hub.example/\"");
    let (daemon, world) = Daemon::of(world).await;
    let (page, feed) = (format!("/subscription/{token}"), format!("/subscription/{token}/feed"));
    assert_eq!(feed_name(&see(&daemon, &page).await.1), None);
    let (head, shown) = post(&daemon, &feed, "").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let name = feed_name(&shown).unwrap();
    assert_eq!(feed_name(&see(&daemon, &page).await.1), None, "shown once");
    assert!(!world.dump().contains(&name), "and not kept");
    for (format, media_type) in [
        ("atom", "application/atom+xml"),
        ("rss", "application/rss+xml"),
        ("json", "application/feed+json"),
    ] {
        let (head, body) = see(&daemon, &format!("/feeds/{name}.{format}")).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert_eq!(header(&head, "content-type"), media_type);
        assert_eq!(header(&head, "cache-control"), "private, max-age=300");
        assert_eq!(header(&head, "x-robots-tag"), "noindex");
        assert!(body.contains("The New Pier") && !body.contains("hub.example"), "{body}");
        let again = format!("if-none-match: {}\r\n", header(&head, "etag"));
        let (head, _) = daemon.get(&format!("/feeds/{name}.{format}"), &again).await;
        assert!(head.starts_with("HTTP/1.1 304"), "{head}");
    }
    let (head, _) = see(&daemon, &format!("/feeds/{name}")).await;
    assert_eq!(header(&head, "location"), "/digests/morning", "people see what everybody sees");

    post(&daemon, &page, "topics=Ships").await;
    let (_, body) = see(&daemon, &format!("/feeds/{name}.atom")).await;
    assert!(!body.contains("The New Pier"), "what the reader chooses holds for the feed: {body}");

    let (_, shown) = post(&daemon, &feed, "").await;
    let next = feed_name(&shown).unwrap();
    let gone = |name: &str| format!("/feeds/{name}.atom");
    assert!(see(&daemon, &gone(&name)).await.0.starts_with("HTTP/1.1 404"), "one at a time");
    assert!(see(&daemon, &gone(&next)).await.0.starts_with("HTTP/1.1 200"));
    post(&daemon, &format!("{feed}/end"), "").await;
    assert!(see(&daemon, &gone(&next)).await.0.starts_with("HTTP/1.1 404"));
    assert!(post(&daemon, "/subscription/none/feed", "").await.0.starts_with("HTTP/1.1 410"));
    daemon.end().await;
}

#[tokio::test]
async fn an_address_is_forgotten_by_a_fresh_link_only() {
    let (world, token) = with_ann().await;
    let (daemon, world) = Daemon::of(world).await;
    // A stranger who signs her up on the same day holds nothing up.
    post(&daemon, "/digests/morning/subscribe", ANN).await;
    let (head, _) = post(&daemon, &format!("/subscription/{token}/erase"), "").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(
        listed(&world).contains("ann@reader.example"),
        "the link in a digest, which may be forwarded, erases nothing"
    );
    daemon.end().await;
    let all = letters(&world, "ann@reader.example").await;
    let letter = all.iter().find(|text| text.contains("https://press.example/erase/")).unwrap();
    let erase = link(letter, "erase");
    let (daemon, world) = Daemon::of(world).await;
    let (_, data) = see(&daemon, &format!("{erase}/data.json")).await;
    assert!(data.contains("ann@reader.example"), "{data}");
    assert!(post(&daemon, &erase, "").await.0.starts_with("HTTP/1.1 200"));
    daemon.end().await;
    assert!(!listed(&world).contains("ann@"), "{}", listed(&world));
    assert!(!world.dump().contains("ann@reader.example"), "{}", world.dump());
}
