//! Sources at the desk: looked at, mended, paused, read; every write in the audit list, and hostile words as words.

use crate::desk::{guarded, led, seated};
use crate::serving::{Daemon, pier};
use crate::site::{Site, source};
use crate::world::{World, also_on_postgres, page, prose, stdout};

#[tokio::test]
async fn a_source_is_paused_read_and_resumed_and_each_is_written_down() {
    let (daemon, world) = Daemon::of(guarded(pier())).await;
    let seat = seated(&daemon).await;
    let path = |act: &str| format!("/admin/sources/articles/{act}");
    let answer = seat.post(&daemon, &path("pause"), &[]).await;
    let shown = led(&seat, &daemon, answer).await;
    assert!(shown.contains(">paused</p>") && shown.contains("Resume"), "{shown}");
    world.write_article("tower.html", page("The Tower", &prose("tower")));
    let answer = seat.post(&daemon, &path("run"), &[]).await;
    assert!(led(&seat, &daemon, answer).await.contains("it is paused"));
    let answer = seat.post(&daemon, &path("resume"), &[]).await;
    led(&seat, &daemon, answer).await;
    let answer = seat.post(&daemon, &path("run"), &[]).await;
    let shown = led(&seat, &daemon, answer).await;
    assert!(shown.contains("1 new, 0 edited"), "{shown}");
    let (head, _) = seat.post(&daemon, "/admin/sources/none/pause", &[]).await;
    assert!(head.starts_with("HTTP/1.1 4"), "{head}");
    daemon.end().await;
    let log = stdout(&world.command(&["admin", "audit"]));
    for line in [
        "pause source articles: paused",
        "read source articles: ",
        "resume source articles: read again from now on",
        "read source articles: 1 new, 0 edited",
        "pause source none: failed: ",
    ] {
        assert!(log.contains(line), "{line}: {log}");
    }
}

#[tokio::test]
async fn a_document_is_shown_as_text_beside_what_became_of_it_and_the_rules_that_found_it() {
    let title = "<script>alert(1)</script> & \"quoted\"";
    let escaped = "&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; \"quoted\"";
    let (world, site) = afar(&page(escaped, &prose("mast"))).await;
    let (daemon, _world) = Daemon::of(world).await;
    let seat = seated(&daemon).await;
    let (head, shown) = seat.get(&daemon, "/admin/sources/far").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(!shown.contains("<script>") && !shown.contains(title), "{shown}");
    for expected in [
        "&lt;!DOCTYPE html&gt;",
        "&amp;lt;script&amp;gt;alert(1)",
        "As it was fetched",
        "The article it became",
        "Which rule found what",
        &site.url("/pier"),
    ] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    let hostile = "/admin/sources/far?document=%22%3E%3Cscript%3E&told=Ahoy&by=0";
    let (_, shown) = seat.get(&daemon, hostile).await;
    assert!(!shown.contains("<script>") && !shown.contains("Ahoy"), "words of others are not said");
    daemon.end().await;
}

/// A title where no rule looks for one.
pub const ODD: &str = "<p class=\"strap\">The Pier Is Open</p>";

/// A world that reads a page from afar, and where that page comes from.
pub async fn afar(html: &str) -> (World, Site) {
    let site = Site::new().await;
    site.serves("/pier", "content-type: text/html; charset=utf-8", html);
    let far = source("far", "page", &site.url("/pier"), "republish = \"full\"");
    (guarded(World::new()).with(&far), site)
}

#[tokio::test]
async fn a_place_is_tried_without_a_trace_and_saved_into_the_file() {
    let body = format!("{ODD}{}", prose("pier"));
    let (world, _site) = afar(&page("News", &body)).await;
    let (daemon, world) = Daemon::of(world).await;
    let seat = seated(&daemon).await;
    let before = std::fs::read_to_string(world.path("pressroom.toml")).unwrap();
    let tried = "/admin/sources/far?field=title&way=css&rule=p.strap";
    let (_, shown) = seat.get(&daemon, tried).await;
    for expected in [
        "<del>News</del>",
        "<ins>The Pier Is Open</ins>",
        "[source.fields]\ntitle = { css = &quot;p.strap&quot; }",
    ] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    assert_eq!(std::fs::read_to_string(world.path("pressroom.toml")).unwrap(), before);
    let (_, shown) = seat.get(&daemon, "/admin/sources/far?field=title&way=css&rule=%5B").await;
    assert!(shown.contains("expected a CSS selector"), "{shown}");
    let path = "/admin/sources/far/mend";
    let wrong = [("field", "title"), ("way", "css"), ("rule", "[")];
    let (head, shown) = seat.post(&daemon, path, &wrong).await;
    assert!(
        head.starts_with("HTTP/1.1 409") && shown.contains("expected a CSS selector"),
        "{head}"
    );
    let right = [("field", "title"), ("way", "css"), ("rule", "p.strap")];
    let answer = seat.post(&daemon, path, &right).await;
    assert!(led(&seat, &daemon, answer).await.contains(">saved</p>"));
    let after = std::fs::read_to_string(world.path("pressroom.toml")).unwrap();
    assert!(after.contains("[source.fields]\ntitle = { css = \"p.strap\" }"), "{after}");
    // The daemon works by it already.
    let answer = seat.post(&daemon, "/admin/sources/far/replay", &[]).await;
    assert!(led(&seat, &daemon, answer).await.contains("1 articles are different now"));
    let (_, feed) = daemon.get("/feeds/all", "").await;
    assert!(String::from_utf8(feed).unwrap().contains("The Pier Is Open"));
    daemon.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_places_fields_as_the_desk_does() {
    let body = format!("{ODD}{}", prose("pier"));
    let (world, _site) = afar(&page("News", &body)).await;
    world.pass().await;
    let place = ["source", "place", "far", "title", "--css", "p.strap"];
    let config = world.path("pressroom.toml");
    let before = std::fs::read_to_string(&config).unwrap();
    let tried = stdout(&world.command(&[&place[..], &["--dry-run"]].concat()));
    assert!(tried.contains("The Pier Is Open") && tried.contains("[source.fields]"), "{tried}");
    assert_eq!(std::fs::read_to_string(&config).unwrap(), before);
    assert!(world.command(&place).status.success());
    let after = std::fs::read_to_string(&config).unwrap();
    assert!(after.contains("title = { css = \"p.strap\" }"), "{after}");
    let wrong = world.command(&["source", "place", "far", "colour", "--css", "b"]);
    assert_eq!(wrong.status.code(), Some(2));
}

also_on_postgres!(
    a_source_is_paused_read_and_resumed_and_each_is_written_down,
    a_document_is_shown_as_text_beside_what_became_of_it_and_the_rules_that_found_it,
    a_place_is_tried_without_a_trace_and_saved_into_the_file,
    the_command_line_places_fields_as_the_desk_does,
);
