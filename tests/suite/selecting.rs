//! What feeds and digests take: by words and by age; and what several sources bring at once.

use chrono::TimeDelta;
use pressroom::domain::DeliveryState;

use crate::world::{World, also_on_postgres, page, parts, prose};

/// A feed that takes what `keys` say.
fn feed(name: &str, keys: &str) -> String {
    format!("[[feed]]\nname = \"{name}\"\ntitle = \"{name}\"\nformats = [\"json\"]\n{keys}\n")
}

fn items(world: &World, name: &str) -> Vec<serde_json::Value> {
    let path = world.path("feeds").join(format!("{name}.json"));
    let json: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    json["items"].as_array().unwrap().clone()
}

/// Titles in a feed, sorted.
fn titles(world: &World, name: &str) -> Vec<String> {
    let titles = items(world, name).into_iter().map(|i| i["title"].as_str().unwrap().to_owned());
    let mut titles: Vec<String> = titles.collect();
    titles.sort();
    titles
}

/// A page that says where it lives and when it appeared.
fn page_of(title: &str, subject: &str, head: &str) -> String {
    page(title, &prose(subject)).replace("<title>", &format!("{head}<title>"))
}

fn at(url: &str) -> String {
    format!("<link rel=canonical href=\"{url}\">")
}

#[tokio::test]
async fn a_feed_takes_what_holds_one_of_its_words_in_title_or_text() {
    let toml = [
        feed("title-word", "keywords = [\"PIER\"]"),
        feed("text-word", "keywords = [\"lantern\", \"ribbons\"]"),
        feed("part-of-a-word", "keywords = [\"lanter\", \"pie\"]"),
        feed("pattern", "patterns = [\"^The (New|Old)\"]"),
        feed("both", "keywords = [\"school class\"]\npatterns = [\"Old\", \"no such words\"]"),
        feed("by-case", "patterns = [\"the new pier\"]"),
        feed("title", "titles = [\"(?i)pier\", \"lantern\"]"),
        feed("no-title", "exclude_titles = [\"Pier\", \"Lock\"]"),
    ]
    .concat();
    let world = World::new()
        .with(&toml)
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_article("tower.html", page("The Old Tower", &prose("lantern")))
        .with_article("lock.html", page("A Lock Keeper", &prose("lock")));
    let report = world.pass().await;
    assert_eq!(report.new_articles, 3);
    for (name, expected) in [
        ("title-word", vec!["The New Pier"]),
        ("text-word", vec!["The Old Tower"]),
        ("part-of-a-word", vec![]),
        ("pattern", vec!["The New Pier", "The Old Tower"]),
        ("both", vec!["The Old Tower"]),
        ("by-case", vec![]),
        ("title", vec!["The New Pier"]),
        ("no-title", vec!["The Old Tower"]),
    ] {
        assert_eq!(titles(&world, name), expected, "{name}");
    }
}

#[tokio::test]
async fn an_article_leaves_a_feed_when_it_is_too_old_and_stays_in_the_others() {
    let dated = "<meta property=\"article:published_time\" content=\"2026-11-20T08:00:00Z\">";
    let world = World::new()
        .with(&feed("week", "max_age_days = 7"))
        .with_article("dated.html", page_of("The Old Tower", "tower", dated))
        .with_article("undated.html", page("The New Pier", &prose("pier")));
    world.pass().await;
    assert_eq!(titles(&world, "week"), ["The New Pier", "The Old Tower"]);
    // Ten days since the one appeared, seven since the other was found: the seventh is still in.
    world.wait(TimeDelta::days(7));
    world.pass().await;
    assert_eq!(titles(&world, "week"), ["The New Pier"]);
    world.wait(TimeDelta::seconds(1));
    world.pass().await;
    assert_eq!(titles(&world, "week"), Vec::<String>::new());
    assert_eq!(titles(&world, "all").len(), 2);
}

#[tokio::test]
async fn a_digest_selects_as_a_feed_does() {
    let digest = "[[digest]]\nname = \"piers\"\ntitle = \"Piers\"\ncadence = { daily = \"0 7 * * *\" }\n\
                  keywords = [\"pier\"]\nmax_age_days = 1\n";
    let world = World::new()
        .with(digest)
        .with_article("pier.html", page("The New Pier", &prose("pier")))
        .with_article("tower.html", page("The Old Tower", &prose("tower")));
    let report = world.pass().await;
    assert_eq!(report.count(DeliveryState::Sent), 2);
    let mails: Vec<String> = world.mails().iter().map(|mail| parts(mail).0).collect();
    assert_eq!(mails.iter().filter(|text| text.contains("The New Pier")).count(), 2);
    assert_eq!(mails.iter().filter(|text| text.contains("The Old Tower")).count(), 1);
}

/// A world with a second source, `mirror`, of files under `mirror/`; only addresses say what is the same.
fn merging() -> World {
    let second = "[[source]]\nname = \"mirror\"\nkind = \"files\"\npaths = [\"mirror\"]\nnear_duplicates = false\n";
    let toml = second.to_owned() + &feed("mirrored", "sources = [\"mirror\"]");
    let world = World::new().with(&toml);
    std::fs::create_dir(world.path("mirror")).unwrap();
    world
}

fn mirror(world: &World, name: &str, content: String) {
    std::fs::write(world.path("mirror").join(name), content).unwrap();
}

#[tokio::test]
async fn what_two_sources_bring_is_there_once_from_the_one_that_had_it_first() {
    let world = merging();
    let pier = |url: &str| page_of("The New Pier", "pier", &at(url));
    mirror(&world, "first.html", pier("https://example.org/pier/"));
    world.pass().await;
    let before = items(&world, "all");
    assert_eq!((before.len(), world.mails().len()), (1, 1));

    world.wait(TimeDelta::days(1));
    world.write_article("copy.html", pier("http://example.org/pier"));
    let report = world.pass().await;
    assert_eq!(report.new_articles, 1, "both are kept; each feed decides");
    let after = items(&world, "all");
    assert_eq!(after.len(), 1);
    assert_eq!(after[0]["id"], before[0]["id"], "who has read it is not shown it again");
    assert_eq!(world.mails().len(), 1, "who was mailed it is not mailed it again");
    assert_eq!(titles(&world, "mirrored"), ["The New Pier"]);
}

#[tokio::test]
async fn articles_that_came_at_once_are_merged_the_same_at_every_pass() {
    let world = merging();
    let pier = page_of("The New Pier", "pier", &at("https://example.org/pier"));
    world.write_article("one.html", &pier);
    mirror(&world, "two.html", pier);
    world.pass().await;
    let before = world.feeds();
    assert_eq!(titles(&world, "all"), ["The New Pier"]);
    world.pass().await;
    assert_eq!(world.feeds(), before);
}

#[tokio::test]
async fn a_shared_page_is_no_reason_to_drop_articles_of_one_source_or_of_a_front_page() {
    let world = merging();
    let head = at("https://example.org/notes");
    world.write_article("one.html", page_of("The New Pier", "pier", &head));
    world.write_article("two.html", page_of("The Old Tower", "tower", &head));
    let front = at("https://example.org/");
    world.write_article("three.html", page_of("A Lock Keeper", "lock", &front));
    mirror(&world, "four.html", page_of("A Bridge", "bridge", &front));
    world.pass().await;
    assert_eq!(
        titles(&world, "all"),
        ["A Bridge", "A Lock Keeper", "The New Pier", "The Old Tower"]
    );
}

also_on_postgres!(
    a_feed_takes_what_holds_one_of_its_words_in_title_or_text,
    an_article_leaves_a_feed_when_it_is_too_old_and_stays_in_the_others,
    a_digest_selects_as_a_feed_does,
    what_two_sources_bring_is_there_once_from_the_one_that_had_it_first,
    articles_that_came_at_once_are_merged_the_same_at_every_pass,
    a_shared_page_is_no_reason_to_drop_articles_of_one_source_or_of_a_front_page,
);
