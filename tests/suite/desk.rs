//! The operator's desk over HTTP: who comes in, what a form must bear, what is written down.

use chrono::TimeDelta;

use crate::serving::{Daemon, header, pier};
use crate::world::{World, page, prose, stdout};

/// What opens the desk of [`guarded`].
pub const PASSWORD: &str = "lighthouse at noon";

/// `[admin]` with a hash of [`PASSWORD`] that is cheap to check.
fn admin(salt: &str) -> String {
    use argon2::password_hash::{PasswordHasher as _, SaltString};
    let params = argon2::Params::new(64, 1, 1, None).unwrap();
    let argon2 = argon2::Argon2::from(params);
    let salt = SaltString::from_b64(salt).unwrap();
    let hash = argon2.hash_password(PASSWORD.as_bytes(), &salt).unwrap();
    format!("[admin]\npassword_hash = \"{hash}\"")
}

/// A world whose desk has a password.
pub fn guarded(world: World) -> World {
    world.with(&admin("c29tZXNhbHQ"))
}

/// Follows an answer to a form, which leads back to a page.
pub async fn led(seat: &Seat, daemon: &Daemon, answer: (String, String)) -> String {
    let (head, body) = answer;
    assert!(head.starts_with("HTTP/1.1 303"), "{head} {body}");
    let to = header(&head, "location").to_owned();
    let (head, shown) = seat.get(daemon, &to).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{to}: {head}");
    shown
}

/// A browser that was let in: its cookie, and the word that forms must bear.
pub struct Seat {
    cookie: String,
    csrf: String,
}

/// `text` as a form sends it.
fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The word in the first form of a page.
fn word(body: &[u8]) -> String {
    let shown = String::from_utf8_lossy(body);
    let at = shown.find("name=\"csrf\" value=\"").expect("the page has a form") + 19;
    shown[at..].split('"').next().unwrap().to_owned()
}

fn cookie(head: &str) -> String {
    header(head, "set-cookie").split(';').next().unwrap().to_owned()
}

/// Tries a password; the answer and what the browser holds then.
async fn tried(daemon: &Daemon, password: &str) -> (String, Seat) {
    let (head, body) = daemon.get("/admin/login", "").await;
    let (before, csrf) = (cookie(&head), word(&body));
    let form = encoded(&[("csrf", &csrf), ("password", password)]);
    let (head, _) = daemon.post("/admin/login", &format!("cookie: {before}\r\n"), &form).await;
    let cookie = cookie(&head);
    (head, Seat { cookie, csrf })
}

/// Logs in.
pub async fn seated(daemon: &Daemon) -> Seat {
    let (head, seat) = tried(daemon, PASSWORD).await;
    assert!(head.starts_with("HTTP/1.1 303"), "{head}");
    let (_, body) = daemon.get("/admin", &format!("cookie: {}\r\n", seat.cookie)).await;
    Seat { csrf: word(&body), ..seat }
}

impl Seat {
    /// A page of the desk.
    pub async fn get(&self, daemon: &Daemon, path: &str) -> (String, String) {
        let (head, body) = daemon.get(path, &format!("cookie: {}\r\n", self.cookie)).await;
        (head, String::from_utf8(body).unwrap())
    }

    /// A form of the desk, as it was meant to be sent.
    pub async fn post(
        &self,
        daemon: &Daemon,
        path: &str,
        fields: &[(&str, &str)],
    ) -> (String, String) {
        let form = encoded(&[&[("csrf", self.csrf.as_str())], fields].concat());
        let (head, body) = daemon.post(path, &format!("cookie: {}\r\n", self.cookie), &form).await;
        (head, String::from_utf8(body).unwrap())
    }
}

#[tokio::test]
async fn there_is_no_desk_unless_somebody_may_sit_at_it() {
    let (daemon, _world) = Daemon::of(pier()).await;
    for path in ["/admin", "/admin/login", "/admin/audit", "/admin/desk.js"] {
        let (head, _) = daemon.get(path, "x-forwarded-user: ann\r\n").await;
        assert!(head.starts_with("HTTP/1.1 404"), "{path}: {head}");
    }
    daemon.end().await;
}

#[tokio::test]
async fn whoever_knows_the_password_comes_in_and_nobody_else() {
    let (daemon, world) = Daemon::of(guarded(pier())).await;
    let (head, _) = daemon.get("/admin", "").await;
    assert!(head.starts_with("HTTP/1.1 303"), "{head}");
    assert_eq!(header(&head, "location"), "/admin/login");
    let (head, stranger) = tried(&daemon, "lighthouse at midnight").await;
    assert!(head.starts_with("HTTP/1.1 401"), "{head}");
    assert!(stranger.get(&daemon, "/admin").await.0.starts_with("HTTP/1.1 303"));
    let seat = seated(&daemon).await;
    let (head, shown) = seat.get(&daemon, "/admin").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(shown.contains("All is well.") && shown.contains("All of Test Press"), "{shown}");
    assert_eq!(header(&head, "cache-control"), "no-store");
    let (_, log) = seat.get(&daemon, "/admin/audit").await;
    assert!(log.contains("log in") && log.contains("127.0.0.1"), "{log}");
    let (head, _) = seat.post(&daemon, "/admin/logout", &[]).await;
    assert_eq!(header(&head, "location"), "/admin/login");
    assert!(seat.get(&daemon, "/admin").await.0.starts_with("HTTP/1.1 303"));
    daemon.end().await;
    assert!(
        stdout(&world.command(&["admin", "audit"])).contains("operator from 127.0.0.1  log in")
    );
}

#[tokio::test]
async fn the_cookie_is_for_this_host_over_tls_and_no_script_or_other_site_sees_it() {
    let (daemon, _world) = Daemon::of(guarded(pier())).await;
    let (head, _) = tried(&daemon, PASSWORD).await;
    let cookie = header(&head, "set-cookie");
    assert!(cookie.starts_with("__Host-desk="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Secure"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    daemon.end().await;
    let plain = guarded(pier()).with_public_url("http://localhost:8080/");
    let (daemon, _world) = Daemon::of(plain).await;
    let (head, _) = tried(&daemon, PASSWORD).await;
    let cookie = header(&head, "set-cookie");
    assert!(cookie.starts_with("desk=") && !cookie.contains("Secure"), "{cookie}");
    daemon.end().await;
}

#[tokio::test]
async fn login_leads_to_the_desk_whatever_the_request_says() {
    let (daemon, _world) = Daemon::of(guarded(pier())).await;
    for query in ["?next=//evil.example", "?next=%2F%5Cevil.example", "?next=https://evil.example"]
    {
        let (head, body) = daemon.get(&format!("/admin/login{query}"), "").await;
        let form =
            encoded(&[("csrf", &word(&body)), ("password", PASSWORD), ("next", "//evil.example")]);
        let headers = format!("cookie: {}\r\n", cookie(&head));
        let (head, _) = daemon.post(&format!("/admin/login{query}"), &headers, &form).await;
        assert_eq!(header(&head, "location"), "/admin", "{head}");
    }
    daemon.end().await;
}

#[tokio::test]
async fn after_ten_tries_nobody_of_that_network_gets_an_answer_for_an_hour() {
    let (daemon, world) = Daemon::of(guarded(pier())).await;
    for number in 0..10 {
        let (head, _) = tried(&daemon, &format!("guess {number}")).await;
        assert!(head.starts_with("HTTP/1.1 401"), "{head}");
    }
    let (head, _) = tried(&daemon, PASSWORD).await;
    assert!(head.starts_with("HTTP/1.1 429"), "not even the right one: {head}");
    world.wait(TimeDelta::hours(1));
    let (head, _) = tried(&daemon, PASSWORD).await;
    assert!(head.starts_with("HTTP/1.1 303"), "{head}");
    daemon.end().await;
}

#[tokio::test]
async fn a_form_that_is_not_ours_changes_nothing() {
    let (daemon, _world) = Daemon::of(guarded(pier())).await;
    let seat = seated(&daemon).await;
    let other = seated(&daemon).await;
    let cookie = format!("cookie: {}\r\n", seat.cookie);
    let foreign = format!("{cookie}sec-fetch-site: cross-site\r\n");
    let own = encoded(&[("csrf", &seat.csrf)]);
    for (headers, form) in [
        (&cookie, String::new()),
        (&cookie, encoded(&[("csrf", "")])),
        (&cookie, encoded(&[("csrf", &other.csrf)])),
        (&foreign, own.clone()),
    ] {
        let (head, _) = daemon.post("/admin/logout", headers, &form).await;
        assert!(head.starts_with("HTTP/1.1 403"), "{form}: {head}");
        assert!(seat.get(&daemon, "/admin").await.0.starts_with("HTTP/1.1 200"));
    }
    let huge = encoded(&[("csrf", &seat.csrf), ("password", &"x".repeat(100_000))]);
    let (head, _) = daemon.post("/admin/login", &cookie, &huge).await;
    assert!(head.starts_with("HTTP/1.1 413"), "{head}");
    daemon.end().await;
}

#[tokio::test]
async fn a_session_ends_with_its_day_and_with_the_password_that_opened_it() {
    let (daemon, world) = Daemon::of(guarded(pier())).await;
    let seat = seated(&daemon).await;
    world.wait(TimeDelta::hours(23));
    assert!(seat.get(&daemon, "/admin").await.0.starts_with("HTTP/1.1 200"));
    world.wait(TimeDelta::hours(1));
    assert!(seat.get(&daemon, "/admin").await.0.starts_with("HTTP/1.1 303"));
    let seat = seated(&daemon).await;
    daemon.end().await;
    let dump = world.dump();
    let secret = seat.cookie.split_once('=').unwrap().1;
    assert!(dump.contains("desk_session") && !dump.contains(secret), "only its hash is kept");
    let world = world.with_only(&admin("b3RoZXJzYWx0"));
    let (daemon, _world) = Daemon::of(world).await;
    assert!(seat.get(&daemon, "/admin").await.0.starts_with("HTTP/1.1 303"));
    daemon.end().await;
}

#[tokio::test]
async fn a_proxy_is_believed_about_who_asks_at_its_own_address_only() {
    let believed = "[admin]\nproxy_header = \"X-Forwarded-User\"\nproxy_from = [\"127.0.0.1\"]";
    let (daemon, _world) = Daemon::of(pier().with(believed)).await;
    let named = "x-forwarded-user: <b>ann</b>\r\n";
    let (head, body) = daemon.get("/admin", named).await;
    let shown = String::from_utf8(body).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(shown.contains("&lt;b&gt;ann&lt;/b&gt;") && !shown.contains("<b>ann"), "{shown}");
    for headers in ["", "x-forwarded-user:  \r\n", "x-forwarded-for: 127.0.0.1\r\n"] {
        let (head, _) = daemon.get("/admin", headers).await;
        assert!(head.starts_with("HTTP/1.1 403"), "{headers}: {head}");
    }
    daemon.end().await;
    let elsewhere = believed.replace("127.0.0.1", "192.0.2.1");
    let (daemon, _world) = Daemon::of(pier().with(&elsewhere)).await;
    for headers in [named.to_owned(), format!("{named}x-forwarded-for: 192.0.2.1\r\n")] {
        let (head, _) = daemon.get("/admin", &headers).await;
        assert!(head.starts_with("HTTP/1.1 403"), "{headers}: {head}");
    }
    daemon.end().await;
}

#[tokio::test]
async fn the_desk_speaks_both_languages_and_nothing_in_it_is_inline() {
    let world = guarded(pier()).with_article("tower.html", page("The Tower", &prose("tower")));
    let (daemon, _world) = Daemon::of(world).await;
    let seat = seated(&daemon).await;
    for path in ["/admin", "/admin/audit", "/admin/login"] {
        for (language, word) in [("en", "Desk"), ("zh", "控制台")] {
            let (head, shown) = seat.get(&daemon, &format!("{path}?lang={language}")).await;
            assert!(path == "/admin/login" || shown.contains(word), "{path}: {shown}");
            let policy = header(&head, "content-security-policy");
            assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
            for inline in [" style=", "<style", " onclick", "javascript:", "<script>"] {
                assert!(!shown.contains(inline), "{path}: {inline}");
            }
        }
    }
    daemon.end().await;
}

#[test]
fn the_command_makes_hashes_that_the_configuration_takes() {
    let world = guarded(World::new());
    let made = world.command_with(&["admin", "hash"], "lighthouse at noon\n");
    let hash = stdout(&made).trim().to_owned();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    World::new().with(&format!("[admin]\npassword_hash = \"{hash}\"")).config();
    let short = world.command_with(&["admin", "hash"], "noon\n");
    assert_eq!(short.status.code(), Some(2));
}
