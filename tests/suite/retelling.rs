//! One story told by several sources, and old documents read by new rules.

use pressroom::domain::{ArticleId, OtherReport, SourceId};
use pressroom::store::{articles, stories};

use crate::following::{HTML, titles};
use crate::site::{Site, source};
use crate::world::{World, page, prose, stderr, stdout};

/// The other reports of the story of the one article that `source` has.
async fn others(world: &World, source: &str) -> Vec<OtherReport> {
    let app = world.open().await;
    let mut lease = app.context().store.read().await.unwrap();
    let conn = &mut lease.conn();
    let selection = pressroom::domain::Selection {
        sources: vec![SourceId::new(source).unwrap()],
        ..Default::default()
    };
    let now = world.clock.now();
    let found = articles::newest(conn, &selection, now, 10, |_| true).await.unwrap();
    let id: ArticleId = found[0].article.id;
    let others = stories::also_reported_by(conn, &found[0].source, id, &[]).await.unwrap();
    drop(lease);
    app.close().await;
    others
}

#[tokio::test]
async fn an_edited_wire_story_is_told_once_and_another_report_of_the_event_stays() {
    let site = Site::new().await;
    let wire = "<p>The ferry that links the two shores of the sound will stop for the winter, the harbour office said on Tuesday, after a survey of its hull found cracks along two of the frames.</p>\
        <p>About four hundred people cross each day, most of them pupils and nurses. The office will run three buses around the bay until spring, which takes an hour longer.</p>\
        <p>Repairs are to begin in January at the yard in the next town and to cost two million, of which the county pays half. A new ferry was ordered last year.</p>";
    let edited = wire
        .replace(" on Tuesday", "")
        .replace("About four hundred", "Some 400")
        .replace(", which takes an hour longer", "");
    let other = "<p>Pupils on the north shore will have to rise an hour earlier from next week. Their ferry has cracks in its frames, and the buses that replace it go all around the bay.</p>\
        <p>At the school of the island the head teacher is moving the first lesson to nine. The county, which pays half of the two million that the repairs cost, wants to publish the survey.</p>\
        <p>Nurses of the night shift have asked for a boat of their own, and a fisherman has offered his.</p>";
    site.serves("/a", HTML, page("Ferry stops for the winter", wire));
    site.serves("/b", HTML, page("Cracks end ferry season", &edited));
    site.serves("/c", HTML, page("Pupils to rise earlier", other));
    let sources = |apart: &str| {
        source("first", "page", &site.url("/a"), "")
            + &source("second", "page", &site.url("/b"), apart)
            + &source("third", "page", &site.url("/c"), "")
    };
    let world = World::new().with(&sources(""));
    let report = world.pass().await;
    assert_eq!(report.new_articles, 3, "all are kept: {:?}", report.failures);
    assert_eq!(titles(&world).len(), 2, "{:?}", titles(&world));
    assert!(titles(&world).contains(&"Pupils to rise earlier".to_owned()));
    let told: Vec<String> = others(&world, "first").await.into_iter().map(|o| o.title).collect();
    assert_eq!(told, ["Cracks end ferry season"]);
    assert!(others(&world, "third").await.is_empty());

    // As a kill between the writing and the settling leaves it: the next pass goes on.
    world.sql("UPDATE story SET waits = 1, story = article; DELETE FROM story_mark;");
    assert!(others(&world, "first").await.is_empty());
    world.pass().await;
    assert_eq!(others(&world, "first").await.len(), 1);

    // Undone for one source: by the configuration alone, and at once.
    let world = world.with_only(&sources("near_duplicates = false"));
    world.pass().await;
    assert_eq!(titles(&world).len(), 3, "{:?}", titles(&world));
}

#[tokio::test]
async fn replay_shows_what_new_rules_make_of_old_documents_and_adopts_it() {
    let site = Site::new().await;
    site.serves(
        "/pier",
        HTML,
        page(
            "The New Pier",
            &format!("<p class=lede>Words of their own for a lead.</p>{}", prose("pier")),
        ),
    );
    let plain = source("pier", "page", &site.url("/pier"), "");
    let ruled =
        source("pier", "page", &site.url("/pier"), "[source.fields]\nlead = { css = \".lede\" }");
    let world = World::new().with(&plain);
    world.pass().await;
    let items = |world: &World| -> serde_json::Value {
        serde_json::from_str::<serde_json::Value>(&world.feed("json")).unwrap()["items"][0].clone()
    };
    let before = items(&world);
    let world = world.with_only(&ruled);
    let output = world.command(&["replay", "pier"]);
    let told = stdout(&output);
    assert!(
        told.contains("lead") && told.contains("Words of their own"),
        "{told}{}",
        stderr(&output)
    );
    assert!(told.contains("1 different, not adopted"), "{told}");
    assert!(stdout(&world.command(&["replay"])).contains("1 different"), "a look changes nothing");
    let output = world.command(&["replay", "--apply"]);
    assert!(stdout(&output).contains("1 different, adopted"), "{}", stderr(&output));
    assert!(stdout(&world.command(&["replay"])).contains("the same of every document"));
    assert_eq!(site.asked("/pier").len(), 1, "the server was not asked");
    world.pass().await;
    let after = items(&world);
    assert_eq!(after["id"], before["id"]);
    assert_eq!(after["date_published"], before["date_published"]);
    assert!(after.to_string().contains("Words of their own for a lead"));
}
