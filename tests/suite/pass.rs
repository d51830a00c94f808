//! A full pass: feeds and mail, and nothing twice.

use chrono::TimeDelta;
use pressroom::app::Wanted;
use pressroom::domain::{DeliveryState, DigestId, EmailAddress, Subscriber};
use pressroom::jobs::report::Composition;
use pressroom::publish::Outcome;
use pressroom::store::subscribers;

use crate::world::{World, also_on_postgres, page, parts, prose};

fn world() -> World {
    World::new()
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_article("tower.html", page("The Old Tower", &prose("tower")))
}

#[tokio::test]
async fn a_first_pass_shows_something_and_a_second_changes_nothing() {
    let world = world();
    let first = world.pass().await;
    assert_eq!((first.new_articles, first.count(DeliveryState::Sent)), (2, 1));
    let (feeds, mails) = (world.feeds(), world.mails());

    let second = world.pass().await;
    assert_eq!((second.new_articles, second.unchanged_documents), (0, 2));
    assert!(second.composed.is_empty(), "no second digest: {:?}", second.composed);
    assert!(second.files.iter().all(|file| file.outcome == Outcome::Unchanged));
    assert_eq!((world.feeds(), world.mails()), (feeds, mails));
}

#[tokio::test]
async fn an_edit_keeps_the_id_and_moves_only_updated() {
    let world = world();
    world.pass().await;
    let id = |world: &World| {
        let json: serde_json::Value = serde_json::from_str(&world.feed("json")).unwrap();
        let items = json["items"].as_array().unwrap().clone();
        items
            .into_iter()
            .find(|item| {
                item["url"].is_null() && item["content_html"].as_str().unwrap().contains("pier")
            })
            .unwrap()["id"]
            .clone()
    };
    let before = id(&world);
    world.wait(TimeDelta::hours(3));
    world.write_article("pier.html", page("The Pier, Corrected", &prose("pier")));
    let report = world.pass().await;
    assert_eq!((report.new_articles, report.changed_articles), (0, 1));
    assert_eq!(id(&world), before);
    assert!(world.feed("json").contains("The Pier, Corrected"));
    assert!(world.feed("atom").contains("<updated>2026-11-23T03:00:00"), "{}", world.feed("atom"));
}

#[tokio::test]
async fn the_next_digest_brings_only_what_is_new() {
    let world = world();
    world.pass().await;
    world.write_article("lock.html", page("The Lock Keeper", &prose("lock")));
    world.wait(TimeDelta::days(1));
    let report = world.pass().await;
    assert!(matches!(
        report.composed[..],
        [ref composed] if matches!(composed.outcome, Composition::Edition { briefs: 1, deliveries: 1, .. })
    ));
    let mails = world.mails();
    assert_eq!(mails.len(), 2);
    let newest =
        mails.iter().map(|mail| parts(mail).0).find(|text| text.contains("The Lock Keeper"));
    assert!(!newest.unwrap().contains("The New Pier"));
}

#[tokio::test]
async fn a_day_without_news_is_a_recorded_skip() {
    let world = world();
    world.pass().await;
    world.wait(TimeDelta::days(1));
    let report = world.pass().await;
    let outcomes: Vec<_> = report.composed.iter().map(|composed| &composed.outcome).collect();
    assert_eq!(outcomes, [&Composition::Skipped("nothing new".into())]);
    assert_eq!(world.mails().len(), 1);
}

#[tokio::test]
async fn force_composes_what_is_not_due() {
    let world = world();
    world.pass().await;
    world.write_article("lock.html", page("The Lock Keeper", &prose("lock")));
    world.wait(TimeDelta::minutes(1));
    let forced = Wanted { only: Vec::new(), force: true };
    assert_eq!(world.pass_over(&forced).await.count(DeliveryState::Sent), 1);
}

#[tokio::test]
async fn only_what_is_named_is_done() {
    let world = world();
    let only = |name: &str| Wanted { only: vec![name.into()], force: false };
    let report = world.pass_over(&only("articles")).await;
    assert_eq!((report.new_articles, report.files.len(), report.composed.len()), (2, 0, 0));
    let report = world.pass_over(&only("all")).await;
    assert_eq!((report.sources, report.files.len()), (0, 3));

    let app = world.open().await;
    let error = app.run(&only("nothing"), &|_| ()).await.unwrap_err().to_string();
    assert!(error.contains("there are: articles, all, morning"), "{error}");
    app.close().await;
}

#[tokio::test]
async fn editions_go_to_the_confirmed_and_to_nobody_else() {
    let world = world();
    let digest = DigestId::new("morning").unwrap();
    let subscriber =
        |address: &str| Subscriber::pending(EmailAddress::new(address).unwrap(), digest.clone());
    let pending = subscriber("pending@readers.example");
    let mut confirmed = subscriber("confirmed@readers.example");
    confirmed.confirm().unwrap();
    let mut gone = subscriber("gone@readers.example");
    gone.confirm().unwrap();
    gone.unsubscribe();
    let app = world.open().await;
    let mut tx = app.context().store.begin().await.unwrap();
    for subscriber in [&pending, &confirmed, &gone] {
        subscribers::put(&mut tx.conn(), subscriber, world.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    app.close().await;

    world.pass().await;
    let mails = world.mails();
    assert_eq!(mails.len(), 1, "not even the operator's, once somebody subscribed");
    assert!(String::from_utf8_lossy(&mails[0]).contains("To: confirmed@readers.example"));
}

also_on_postgres!(
    a_first_pass_shows_something_and_a_second_changes_nothing,
    an_edit_keeps_the_id_and_moves_only_updated,
    the_next_digest_brings_only_what_is_new,
    a_day_without_news_is_a_recorded_skip,
    force_composes_what_is_not_due,
    only_what_is_named_is_done,
    editions_go_to_the_confirmed_and_to_nobody_else,
);
