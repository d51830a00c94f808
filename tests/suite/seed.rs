//! An article flattened to text with ten related items behind it, through every part of the pipeline.

use chrono::TimeDelta;
use serde_json::Value;

use pressroom::jobs::compose::{Found, Look};

use crate::world::{World, instant, parts, pressroom, shared, stdout};

const HEADINGS: [&str; 4] =
    ["引发多方关注", "OpenAI内斗对GPT是福是祸?", "OpenAI将何去何从", "事情还远没有结束"];
const TITLE: &str = "OpenAI内斗对GPT是福是祸?对人类?对微软?";

fn normalized() -> Option<Value> {
    let path = shared("corpora/seed/article.txt")?;
    let at = "2024-11-20T08:00:00+08:00";
    let output = pressroom(&["normalize", path.to_str().unwrap(), "--fetched-at", at]);
    assert!(output.status.success());
    let lines = stdout(&output);
    assert_eq!(lines.lines().count(), 1, "one object");
    Some(serde_json::from_str(&lines).unwrap())
}

#[test]
fn title_lead_and_attribution_are_found() {
    let Some(article) = normalized() else { return };
    assert_eq!(article["title"], TITLE);
    assert_eq!(article["lead"], TITLE, "word for word what the page says");
    assert_eq!(article["attribution"], "企业网D1net");
    assert_eq!(article["language"], "zh");
}

#[test]
fn the_body_has_five_sections_and_nothing_of_the_related_block() {
    let Some(article) = normalized() else { return };
    let sections = article["sections"].as_array().unwrap();
    let headings: Vec<_> = sections.iter().map(|section| section["heading"].as_str()).collect();
    let expected: Vec<_> = std::iter::once(None).chain(HEADINGS.map(Some)).collect();
    assert_eq!(headings, expected);
    let text = article["text"].as_str().unwrap();
    let source = std::fs::read_to_string(shared("corpora/seed/article.txt").unwrap()).unwrap();
    let (_, related) = source.split_once("相关文章\n").unwrap();
    for line in related.lines().filter(|line| line.chars().count() > 3) {
        assert!(!text.contains(line), "{line}");
    }
    assert!(text.ends_with("事态将如何发展,让我们拭目以待!"));
}

#[test]
fn ten_related_items_are_kept_in_order() {
    let Some(article) = normalized() else { return };
    let related = article["related"].as_array().unwrap();
    assert_eq!(related.len(), 10);
    assert!(related.iter().all(|item| item["group"] == "related"), "popular and latest are empty");
    let titles: Vec<_> = related.iter().map(|item| item["title"].as_str().unwrap()).collect();
    let beginnings = [
        "【通义】AI视界|若未来三年",
        "【通义】AI视界|微软和 OpenAI",
        "忘掉GPT-5!",
        "2024-05-14 最新!",
        "OpenAI 将向企业开放",
        "没有等来OpenAI开源",
        "Openai python调用",
        "微软发布强大的新Phi",
        "OpenAI GPT-4 Code",
        "OpenAI宣布为企业",
    ];
    for (title, beginning) in titles.iter().zip(beginnings) {
        assert!(title.starts_with(beginning), "{title}");
    }
    assert_eq!(related[0]["tags"].as_array().unwrap().len(), 3);
    assert_eq!(related[0]["published"]["precision"], "month");
    let second = &related[1]["published"];
    assert_eq!(second["raw"], "27天前");
    assert_eq!(second["instant"], "2024-10-24T00:00:00+08:00");
    assert_eq!(second["precision"], "day");
    assert_eq!((&related[3]["views"], &related[3]["comments"]), (&39.into(), &0.into()));
    let fifth = related[4]["summary"].as_str().unwrap();
    assert!(!fifth.contains(titles[4]), "{fifth}");
    assert!(related[2]["summary"].is_null(), "a teaser that repeats the title is none");
}

async fn ingested() -> Option<World> {
    let text = std::fs::read(shared("corpora/seed/article.txt")?).unwrap();
    let world = World::new().with_article("article.txt", text);
    let report = world.pass().await;
    assert!(report.is_clean(), "{:?}", report.failures);
    Some(world)
}

#[tokio::test]
async fn all_formats_carry_the_one_article_under_the_one_id() {
    let Some(world) = ingested().await else { return };
    let json: Value = serde_json::from_str(&world.feed("json")).unwrap();
    let items = json["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    let id = items[0]["id"].as_str().unwrap();
    for format in ["rss", "atom"] {
        let feed = world.feed(format);
        assert_eq!(feed.matches(id).count(), 1, "{format} has the id once");
    }
}

#[tokio::test]
async fn the_digest_summarizes_each_section_and_says_its_headline_once() {
    let Some(world) = ingested().await else { return };
    let mails = world.mails();
    assert_eq!(mails.len(), 1);
    let (text, html) = parts(&mails[0]);
    let flat = text.replace(['\r', '\n'], "");
    assert_eq!(flat.matches(TITLE).count(), 1, "{text}");
    assert_eq!(html.split("<body").nth(1).unwrap().matches(&format!(">{TITLE}<")).count(), 1);
    for heading in HEADINGS {
        assert!(flat.contains(heading), "{heading} in {text}");
        assert!(html.contains(heading), "{heading}");
    }
    let edition = world.open().await;
    let preview = edition.preview("morning", &Look::default()).await.unwrap().0;
    assert_eq!(preview.found, Found::StandIn);
    edition.close().await;
}

#[tokio::test]
async fn five_days_change_neither_dates_nor_ids_nor_bytes() {
    let Some(world) = ingested().await else { return };
    let first = world.feeds();
    for day in 1..5 {
        world.wait(TimeDelta::days(1));
        // Touched and refetched, as a page is whose counters moved.
        let path = shared("corpora/seed/article.txt").unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        world.write_article("article.txt", format!("{text}{}", "\n".repeat(day)));
        let report = world.pass().await;
        assert_eq!((report.new_articles, report.changed_articles), (0, 0), "day {day}");
        assert_eq!(world.feeds(), first, "day {day}");
    }
    assert_eq!(world.clock.now(), instant("2026-11-27T00:00:00Z"));
}
