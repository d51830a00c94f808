//! What an Edition holds, in which order, for whom, and what is remembered of it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use pressroom::app::{App, Wanted};
use pressroom::domain::{
    Cadence, Choices, Decision, DeliveryState, Digest, DigestId, Edition, EmailAddress, Language,
    Reason, Selection, Sketch, Slot, Subscriber, Why,
};
use pressroom::jobs::compose::{self, Found, Look};
use pressroom::jobs::report::Composition;
use pressroom::jobs::slots;
use pressroom::store::{articles, editions, outbox, stories, subscribers};

use crate::world::{World, also_on_postgres, instant, page, parts, prose, stderr, stdout};

fn three() -> World {
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
fn tagged(title: &str, tag: &str, day: &str) -> String {
    let head = format!(
        "<meta property=article:tag content=\"{tag}\"><meta property=article:published_time content={day}>"
    );
    page(title, &prose(title)).replace("<meta charset", &format!("{head}<meta charset"))
}

fn morning() -> DigestId {
    DigestId::new("morning").unwrap()
}

async fn last_edition(app: &App) -> Edition {
    let store = &app.context().store;
    let mut lease = store.read().await.unwrap();
    let conn = &mut lease.conn();
    let after_all = instant("2100-01-01T00:00:00Z");
    let listed = editions::list(conn, &morning(), after_all, 1).await.unwrap().remove(0);
    editions::at(conn, &morning(), &listed.cadence, listed.slot).await.unwrap().unwrap().edition
}

fn headlines(edition: &Edition) -> Vec<&str> {
    edition.briefs().map(|brief| brief.headline.as_str()).collect()
}

async fn composed(world: &World) -> Edition {
    world.pass().await;
    let app = world.open().await;
    let edition = last_edition(&app).await;
    app.close().await;
    edition
}

async fn subscribe(app: &App, readers: &[(&str, Choices)], now: DateTime<Utc>) {
    let mut tx = app.context().store.begin().await.unwrap();
    for (address, choices) in readers {
        let address = EmailAddress::new(address).unwrap();
        let mut subscriber = Subscriber::pending(address, morning());
        subscriber.confirm().unwrap();
        subscriber.choices = choices.clone();
        subscribers::put(&mut tx.conn(), &subscriber, now).await.unwrap();
    }
    tx.commit().await.unwrap();
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
        let told = [(stored.article.id, sketch)];
        stories::settle(conn, &stored.source, &told, now).await.unwrap();
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
async fn every_reader_gets_their_topics_in_their_words_at_their_hour() {
    let world = three();
    let app = world.open().await;
    let language = |tag| Language::parse(tag);
    let readers = [
        ("all@readers.example", Choices::default()),
        (
            "also-all@readers.example",
            Choices { topics: vec!["towers".into(), "HARBOUR".into()], ..Choices::default() },
        ),
        (
            "harbour@readers.example",
            Choices { topics: vec!["harbour".into()], ..Choices::default() },
        ),
        (
            "no-harbour@readers.example",
            Choices {
                without: vec!["Harbour".into()],
                language: language("en"),
                ..Choices::default()
            },
        ),
        ("chess@readers.example", Choices { topics: vec!["chess".into()], ..Choices::default() }),
        (
            "weekly@readers.example",
            Choices { cadence: Some("weekly".into()), ..Choices::default() },
        ),
        (
            "late@readers.example",
            Choices { hour: Some(21), zone: Some(Tz::Europe__Berlin), ..Choices::default() },
        ),
        (
            "paused@readers.example",
            Choices { paused_until: NaiveDate::from_ymd_opt(2026, 12, 1), ..Choices::default() },
        ),
    ];
    subscribe(&app, &readers, world.clock.now()).await;
    app.run(&Wanted { only: vec!["articles".into()], force: false }, &|_| ()).await.unwrap();
    let digest = {
        let mut digest = app.context().digests[0].clone();
        let weekly = Cadence {
            name: "weekly".into(),
            schedule: "digest/morning/weekly".into(),
            every: None,
        };
        digest.digest.cadences.push(weekly);
        digest
    };
    let daily = &digest.digest.cadences[0];
    let slot = Slot { schedule: daily.schedule.clone(), at: world.clock.now() };
    let outcome = compose::compose(app.context(), &digest, daily, &slot).await.unwrap();
    assert!(
        matches!(outcome, Composition::Edition { briefs: 3, deliveries: 5, .. }),
        "{outcome:?}"
    );

    let mut lease = app.context().store.read().await.unwrap();
    let conn = &mut lease.conn();
    let waiting = outbox::in_state(conn, DeliveryState::New).await.unwrap();
    let of = |name: &str| {
        waiting.iter().find(|d| d.address.as_str().starts_with(&format!("{name}@"))).unwrap()
    };
    assert_eq!(of("all").message, of("also-all").message, "topics that keep the same are one mail");
    assert_eq!(of("late").not_before, instant("2026-11-23T20:00:00Z"));
    let harbour = outbox::message(conn, of("harbour").message).await.unwrap().unwrap();
    assert!(harbour.text.contains("The New Pier") && !harbour.text.contains("The Old Tower"));
    assert!(harbour.text.contains("2 篇文章"));
    let tower = outbox::message(conn, of("no-harbour").message).await.unwrap().unwrap();
    assert!(tower.text.contains("1 article") && tower.subject.ends_with("The Old Tower"));
    drop(lease);

    // A week later the weekly reader gets all that the daily ones had, and nothing twice.
    world.wait(TimeDelta::days(6));
    let weekly = &digest.digest.cadences[1];
    let slot = Slot { schedule: weekly.schedule.clone(), at: world.clock.now() };
    let outcome = compose::compose(app.context(), &digest, weekly, &slot).await.unwrap();
    assert!(
        matches!(outcome, Composition::Edition { briefs: 3, deliveries: 1, .. }),
        "{outcome:?}"
    );
    app.close().await;
}

#[tokio::test]
async fn a_kill_in_the_middle_of_the_fan_out_loses_nobody_and_doubles_nobody() {
    let world = three();
    let app = world.open().await;
    app.run(&Wanted { only: vec!["articles".into()], force: false }, &|_| ()).await.unwrap();
    let addresses: Vec<String> = (0..2500).map(|i| format!("r{i:04}@readers.example")).collect();
    let readers: Vec<_> = addresses.iter().map(|a| (a.as_str(), Choices::default())).collect();
    subscribe(&app, &readers, world.clock.now()).await;
    let context = app.context();
    let digest = context.digests[0].clone();
    let daily = &digest.digest.cadences[0];
    let slot = Slot { schedule: daily.schedule.clone(), at: world.clock.now() };
    compose::compose(context, &digest, daily, &slot).await.unwrap();
    // As a kill after the first chunk leaves it, but for the Deliveries of the second, which were never committed.
    let edition = last_edition(&app).await;
    let mut tx = context.store.begin().await.unwrap();
    editions::advance(&mut tx.conn(), edition.id, "r0999@readers.example", false).await.unwrap();
    tx.commit().await.unwrap();
    let again = compose::compose(context, &digest, daily, &slot).await.unwrap();
    assert!(matches!(again, Composition::Edition { deliveries: 1500, .. }), "{again:?}");
    let third = compose::compose(context, &digest, daily, &slot).await.unwrap();
    assert!(matches!(third, Composition::Edition { deliveries: 0, .. }), "{third:?}");
    let mut lease = context.store.read().await.unwrap();
    let waiting = outbox::in_state(&mut lease.conn(), DeliveryState::New).await.unwrap();
    let reached: std::collections::BTreeSet<_> = waiting.iter().map(|d| &d.address).collect();
    assert_eq!((waiting.len(), reached.len()), (2500, 2500));
    drop(lease);
    app.close().await;
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

#[tokio::test]
async fn a_preview_shows_any_day_through_any_eyes_and_leaves_no_trace() {
    let world = three();
    world.pass().await;
    world.wait(TimeDelta::days(1));
    world.write_article("mole.html", tagged("The Mole", "Harbour", "2026-11-23"));
    let app = world.open().await;
    app.run(&Wanted { only: vec!["articles".into()], force: false }, &|_| ()).await.unwrap();
    let choices = Choices { language: Language::parse("en"), ..Choices::default() };
    subscribe(&app, &[("ann@readers.example", choices)], world.clock.now()).await;
    let reader = EmailAddress::new("ann@readers.example").unwrap();
    let look = |at: Option<&str>, reader: Option<&EmailAddress>| Look {
        at: at.map(instant),
        reader: reader.cloned(),
    };
    let before = world.dump();
    let next = app.preview("morning", &look(None, Some(&reader))).await.unwrap();
    assert_eq!(next.0.found, Found::New);
    assert!(next.0.message.text.contains("1 article") && next.0.message.text.contains("The Mole"));
    assert!(String::from_utf8_lossy(&next.1.bytes).contains("To: ann@readers.example"));
    let kept = app.preview("morning", &look(Some("2026-11-23T10:00:00Z"), None)).await.unwrap().0;
    assert_eq!(kept.found, Found::Kept);
    assert!(kept.message.text.contains("3 篇文章") && !kept.message.text.contains("The Mole"));
    let nothing = app.preview("morning", &look(Some("2026-11-20T10:00:00Z"), None)).await;
    assert!(nothing.unwrap_err().to_string().contains("nothing to show"));
    assert_eq!(world.dump(), before);
    app.close().await;
}

#[tokio::test]
async fn a_test_mail_goes_to_the_operator_and_to_nobody_else() {
    let world = three();
    let app = world.open().await;
    app.run(&Wanted { only: vec!["articles".into()], force: false }, &|_| ()).await.unwrap();
    subscribe(&app, &[("ann@readers.example", Choices::default())], world.clock.now()).await;
    let report = app.send_test("morning").await.unwrap();
    assert_eq!(report.count(DeliveryState::Sent), 1);
    app.close().await;
    let mails = world.mails();
    assert_eq!(mails.len(), 1);
    assert!(String::from_utf8_lossy(&mails[0]).contains("To: operator@press.example"));
    let report = world.pass().await;
    assert!(
        matches!(report.composed[0].outcome, Composition::Edition { briefs: 3, deliveries: 1, .. }),
        "a test is no edition: {:?}",
        report.composed
    );
}

#[tokio::test]
async fn the_web_copy_of_every_edition_is_kept_under_its_name() {
    let world = three();
    let edition = composed(&world).await;
    let app = world.open().await;
    let mut lease = app.context().store.read().await.unwrap();
    let conn = &mut lease.conn();
    let stored = editions::named(conn, &morning(), &edition.name()).await.unwrap().unwrap();
    assert_eq!(stored.edition, edition);
    for headline in headlines(&edition) {
        assert!(stored.web.contains(headline), "{}", stored.web);
    }
    assert_eq!(editions::named(conn, &morning(), "20261123T000000Z-weekly").await.unwrap(), None);
    let (text, html) = parts(&world.mails()[0]);
    let address = format!("https://press.example/{}", edition.path());
    assert!(text.contains(&address) && html.contains(&address), "{address} in {text}");
    drop(lease);
    app.close().await;
}

#[tokio::test]
async fn a_slip_in_a_template_is_shown_at_its_line_before_anything_runs() {
    let world = three().with("templates = \"templates\"");
    std::fs::create_dir(world.path("templates")).unwrap();
    let template = world.path("templates/digest.txt.j2");
    std::fs::write(&template, "{{ title }}\n{{ datum }}\n").unwrap();
    let output = world.command(&["check"]);
    assert_eq!(output.status.code(), Some(2));
    let shown = stderr(&output);
    assert!(shown.contains("digest.txt.j2:2:1: "), "{shown}");
    assert!(shown.contains("2 | {{ datum }}\n"), "{shown}");

    std::fs::write(&template, "{{ title }} in our own words\n").unwrap();
    world.pass().await;
    assert_eq!(parts(&world.mails()[0]).0.trim(), "Morning Test in our own words");

    std::fs::write(world.path("templates/mail.j2"), "").unwrap();
    let shown = stderr(&world.command(&["check"]));
    assert!(shown.contains("mail.j2 is no template; there are: digest.html.j2"), "{shown}");
}

#[test]
fn a_digest_is_usable_with_two_words() {
    let digest = Digest::new(morning(), "Morning", Language::english());
    assert!(digest.limit > 0 && digest.min_articles == 1 && digest.size_budget < 102 * 1000);
}

also_on_postgres!(
    a_preview_shows_any_day_through_any_eyes_and_leaves_no_trace,
    the_heaviest_go_first_and_what_has_no_room_is_named_and_never_comes_again,
    groups_stand_in_the_order_of_their_first_articles,
    a_story_from_two_sources_is_told_once_by_whoever_had_it_first,
    nearly_the_same_text_elsewhere_is_the_same_story,
    an_edit_comes_once_more_only_where_the_operator_wants_it,
    a_cadence_by_count_and_a_minimum_wait_until_enough_has_come,
    the_operator_sees_why_there_was_no_mail_and_why_an_article_is_in_it,
    every_reader_gets_their_topics_in_their_words_at_their_hour,
    a_kill_in_the_middle_of_the_fan_out_loses_nobody_and_doubles_nobody,
    an_edition_waits_for_sources_that_are_being_read_but_not_for_ever,
    a_test_mail_goes_to_the_operator_and_to_nobody_else,
    the_web_copy_of_every_edition_is_kept_under_its_name,
    a_slip_in_a_template_is_shown_at_its_line_before_anything_runs,
);
