//! What an Edition holds, in which order, and what is remembered of it.

use chrono::{DateTime, TimeDelta, Utc};
use pressroom::app::{App, Wanted};
use pressroom::domain::{
    Decision, Digest, DigestId, Edition, Language, Reason, Selection, Sketch, Slot, Why,
};
use pressroom::jobs::compose;
use pressroom::jobs::report::Composition;
use pressroom::jobs::slots;
use pressroom::store::{articles, editions, stories};

use crate::world::{World, also_on_postgres, instant, page, parts, prose, stderr, stdout};

pub fn three() -> World {
    World::new()
        .with_article("pier.html", tagged("The New Pier", "Harbour", "2026-11-20"))
        .with_article("tower.html", tagged("The Old Tower", "Towers", "2026-11-21"))
        .with_article("lock.html", tagged("The Lock Keeper", "Harbour", "2026-11-22"))
}

/// Prose that is like no other here.
const MOLE: &str = "<p>Stone by stone the breakwater grew for sixty winters, and no engineer who drew it lived to see its \
    lamp. Divers counted nine thousand blocks, each of them numbered in red paint by an apprentice.</p>\
    <p>Storms took the seaward end twice. Insurance paid once; afterwards the shipowners formed a guild, bought a crane, \
    and taught their own masons how granite is dressed under water.</p>";

/// A page with a tag and a date.
pub fn tagged(title: &str, tag: &str, day: &str) -> String {
    let head = format!(
        "<meta property=article:tag content=\"{tag}\"><meta property=article:published_time content={day}>"
    );
    page(title, &prose(title)).replace("<meta charset", &format!("{head}<meta charset"))
}

pub fn morning() -> DigestId {
    DigestId::new("morning").unwrap()
}

pub async fn last_edition(app: &App) -> Edition {
    let store = &app.context().store;
    let mut lease = store.read().await.unwrap();
    let conn = &mut lease.conn();
    let after_all = instant("2100-01-01T00:00:00Z");
    let listed = editions::list(conn, &morning(), after_all, 1).await.unwrap().remove(0);
    editions::at(conn, &morning(), &listed.cadence, listed.slot).await.unwrap().unwrap().edition
}

pub fn headlines(edition: &Edition) -> Vec<&str> {
    edition.briefs().map(|brief| brief.headline.as_str()).collect()
}

pub async fn composed(world: &World) -> Edition {
    world.pass().await;
    let app = world.open().await;
    let edition = last_edition(&app).await;
    app.close().await;
    edition
}

#[tokio::test]
async fn the_heaviest_go_first_and_what_has_no_room_is_named_and_never_comes_again() {
    let world = three().with("limit = 2\ntag_weights = { Towers = 3 }");
    let edition = composed(&world).await;
    assert_eq!(headlines(&edition), ["The Old Tower", "The Lock Keeper"]);
    let left: Vec<_> = edition.left_out.iter().map(|l| (l.headline.as_str(), &l.reason)).collect();
    assert_eq!(left, [("The New Pier", &Reason::OverLimit)]);
    assert_eq!(edition.window.unwrap().since, None);

    world.wait(TimeDelta::days(1));
    world.write_article("mole.html", tagged("The Mole", "Harbour", "2026-11-19"));
    let next = composed(&world).await;
    assert_eq!(headlines(&next), ["The Mole"], "what was left out stays out");
    assert_eq!(next.window.unwrap().since, edition.window.map(|window| window.until));
}

#[tokio::test]
async fn groups_stand_in_the_order_of_their_first_articles() {
    let world = three().with("group_by = \"tag\"");
    let edition = composed(&world).await;
    let groups: Vec<_> =
        edition.groups.iter().map(|g| (g.heading.as_deref(), g.briefs.len())).collect();
    assert_eq!(groups, [(Some("Harbour"), 2), (Some("Towers"), 1)]);
    let (text, html) = parts(&world.mails()[0]);
    assert!(text.lines().any(|line| line == "Harbour") && html.contains(">Towers</h2>"), "{text}");
}

#[tokio::test]
async fn a_story_from_two_sources_is_told_once_by_whoever_had_it_first() {
    let source = "[[source]]\nname = \"agency\"\nkind = \"files\"\npaths = [\"agency\"]";
    let world = World::new().with(source);
    std::fs::create_dir(world.path("agency")).unwrap();
    let at = |title: &str| {
        let link = "<link rel=canonical href=https://news.example/2026/pier><meta charset";
        page(title, &prose("pier")).replace("<meta charset", link)
    };
    world.write_article("pier.html", at("The New Pier"));
    std::fs::write(world.path("agency/a.html"), at("Pier, by the agency")).unwrap();
    let edition = composed(&world).await;
    let brief = edition.briefs().next().unwrap();
    assert_eq!(headlines(&edition), ["Pier, by the agency"], "by name, since both came at once");
    assert_eq!(brief.also.len(), 1);
    assert_eq!(edition.left_out[0].reason, Reason::SameStory(brief.article));
    let (text, html) = parts(&world.mails()[0]);
    assert!(text.contains("Also reported by") && html.contains("Also reported by"), "{text}");

    world.wait(TimeDelta::days(1));
    let third = "[[source]]\nname = \"third\"\nkind = \"files\"\npaths = [\"third\"]";
    let world = world.with(third);
    std::fs::create_dir(world.path("third")).unwrap();
    std::fs::write(world.path("third/a.html"), at("Pier, late")).unwrap();
    world.write_article("mole.html", page("The Mole", MOLE));
    let next = composed(&world).await;
    assert_eq!(headlines(&next), ["The Mole"]);
    assert_eq!(next.left_out[0].reason, Reason::StoryHad);
}

#[tokio::test]
async fn nearly_the_same_text_elsewhere_is_the_same_story() {
    let source = "[[source]]\nname = \"agency\"\nkind = \"files\"\npaths = [\"agency\"]";
    let world = World::new().with(source);
    std::fs::create_dir(world.path("agency")).unwrap();
    let text = prose("pier") + &prose("mole") + &prose("lamp");
    world.write_article("pier.html", page("The New Pier", &text));
    let nearly = text.replacen("a grey morning", "a very grey morning", 1);
    std::fs::write(world.path("agency/a.html"), page("Pier opened", &nearly)).unwrap();
    let app = world.open().await;
    app.run(&Wanted { only: vec!["articles".into(), "agency".into()], force: false }, &|_| ())
        .await
        .unwrap();
    tell_stories(&app, world.clock.now()).await;
    app.close().await;
    let edition = composed(&world).await;
    let brief = edition.briefs().next().unwrap();
    let others: Vec<_> = brief.also.iter().map(|other| other.title.as_str()).collect();
    assert_eq!((edition.briefs().count(), others.len()), (1, 1), "{edition:?}");
    assert_ne!(brief.headline, others[0]);
}

/// Settles what each article tells, one after the other.
async fn tell_stories(app: &App, now: DateTime<Utc>) {
    let mut tx = app.context().store.begin().await.unwrap();
    let conn = &mut tx.conn();
    let all = Selection::default();
    for stored in articles::newest(conn, &all, now, 9, |_| true).await.unwrap() {
        let text = stored.article.text();
        let sketch = Sketch::of(std::iter::once(text.as_str())).unwrap();
        let told = [(stored.source, stored.article.id, sketch)];
        stories::sketched(conn, &told, now).await.unwrap();
        assert_eq!(stories::settle(conn, now).await.unwrap(), 1);
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_edit_comes_once_more_only_where_the_operator_wants_it() {
    for wanted in [false, true] {
        let world = three().with(&format!("include_updates = {wanted}"));
        composed(&world).await;
        world.wait(TimeDelta::days(1));
        world.write_article("pier.html", tagged("The Pier, Corrected", "Harbour", "2026-11-20"));
        world.write_article("mole.html", tagged("The Mole", "Harbour", "2026-11-23"));
        let edition = composed(&world).await;
        let why: Vec<_> = edition.briefs().map(|b| (b.headline.as_str(), b.why)).collect();
        let mole = ("The Mole", Why::New);
        let pier = ("The Pier, Corrected", Why::Updated);
        assert_eq!(why, if wanted { vec![mole, pier] } else { vec![mole] });
    }
}

#[tokio::test]
async fn a_cadence_by_count_and_a_minimum_wait_until_enough_has_come() {
    let world = three().with("min_articles = 4");
    let report = world.pass().await;
    let skipped = Composition::Skipped("3 of 4 articles wait".into());
    assert_eq!(report.composed[0].outcome, skipped);
    let listed = stdout(&world.command(&["digest", "list", "morning"]));
    assert!(!listed.contains("composed"), "{listed}");

    let by_count =
        "\n[[digest]]\nname = \"pairs\"\ntitle = \"Pairs\"\ncadence = { pairs = { every = 2 } }";
    let world = three().with(by_count);
    let report = world.pass().await;
    assert!(
        report.composed.iter().any(|c| c.what == "digest pairs (pairs)"
            && matches!(c.outcome, Composition::Edition { briefs: 3, .. })),
        "{:?}",
        report.composed
    );
}

#[tokio::test]
async fn the_operator_sees_why_there_was_no_mail_and_why_an_article_is_in_it() {
    let world = three().with("limit = 2");
    world.pass().await;
    world.wait(TimeDelta::days(1));
    world.pass().await;
    let listed = stdout(&world.command(&["digest", "list", "morning"]));
    let both = "20261123T230000Z-daily  skipped: nothing new\n20261123T000000Z-daily  composed\n";
    assert_eq!(listed, both);
    let shown = stdout(&world.command(&["digest", "show", "morning", "20261123T000000Z-daily"]));
    for line in [
        "chosen   The Lock Keeper: new, weight 0, from articles\n",
        "left out The New Pier: over the limit\n",
    ] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
    let wrong = world.command(&["digest", "show", "morning", "yesterday"]);
    assert!(stderr(&wrong).contains("`pressroom digest list morning` shows them"));
}

#[tokio::test]
async fn an_edition_waits_for_sources_that_are_being_read_but_not_for_ever() {
    let world = three().with("grace_minutes = 30");
    let app = world.open().await;
    let context = app.context();
    app.run(&Wanted { only: vec!["articles".into()], force: false }, &|_| ()).await.unwrap();
    let digest = context.digests[0].clone();
    let daily = &digest.digest.cadences[0];
    let slot = Slot { schedule: daily.schedule.clone(), at: world.clock.now() };
    let reading = Slot { schedule: "source/articles".into(), at: world.clock.now() };
    let slots = vec![(reading, Decision::Begun)];
    let begun = |_: &_| slots::Decided { slots, held: Vec::new() };
    slots::decide(context, "test", Vec::new(), begun).await.unwrap();
    let compose = || compose::compose(context, &digest, daily, &slot);
    let late = Composition::Waiting(vec!["source/articles".into()]);
    assert_eq!(compose().await.unwrap(), late);
    world.wait(TimeDelta::minutes(29));
    assert_eq!(compose().await.unwrap(), late);
    world.wait(TimeDelta::minutes(1));
    assert!(matches!(compose().await.unwrap(), Composition::Edition { briefs: 3, .. }));
    app.close().await;
}

#[test]
fn a_digest_is_usable_with_two_words() {
    let digest = Digest::new(morning(), "Morning", Language::english());
    assert!(digest.limit > 0 && digest.min_articles == 1 && digest.size_budget < 102 * 1000);
}

also_on_postgres!(
    the_heaviest_go_first_and_what_has_no_room_is_named_and_never_comes_again,
    groups_stand_in_the_order_of_their_first_articles,
    a_story_from_two_sources_is_told_once_by_whoever_had_it_first,
    nearly_the_same_text_elsewhere_is_the_same_story,
    an_edit_comes_once_more_only_where_the_operator_wants_it,
    a_cadence_by_count_and_a_minimum_wait_until_enough_has_come,
    the_operator_sees_why_there_was_no_mail_and_why_an_article_is_in_it,
    an_edition_waits_for_sources_that_are_being_read_but_not_for_ever,
);
