//! For whom an Edition is: what readers chose, what is looked at beforehand, and what is kept for those who come later.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use pressroom::app::{App, Wanted};
use pressroom::domain::{
    Cadence, Choices, DeliveryState, EmailAddress, Language, Slot, Subscriber,
};
use pressroom::jobs::compose::{self, Found, Look};
use pressroom::jobs::report::Composition;
use pressroom::store::{editions, outbox, subscribers};

use crate::digests::{composed, headlines, last_edition, morning, tagged, three};
use crate::world::{also_on_postgres, instant, parts, stderr};

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

also_on_postgres!(
    every_reader_gets_their_topics_in_their_words_at_their_hour,
    a_kill_in_the_middle_of_the_fan_out_loses_nobody_and_doubles_nobody,
    a_preview_shows_any_day_through_any_eyes_and_leaves_no_trace,
    a_test_mail_goes_to_the_operator_and_to_nobody_else,
    the_web_copy_of_every_edition_is_kept_under_its_name,
    a_slip_in_a_template_is_shown_at_its_line_before_anything_runs,
);
