//! Indexes by example: the articles that invented pages name, and pages that are no index.

use std::path::Path;

use chrono::DateTime;
use pressroom::domain::{Document, Link, MediaType, Precision};
use pressroom::normalize::{self, LinkField, LinkRules, NormalizeError};
use url::Url;

use crate::world::{page, pressroom, prose, stdout};

/// A page of `tests/fixtures/listing`.
pub fn fixture(name: &str) -> String {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/listing");
    std::fs::read_to_string(directory.join(name)).unwrap()
}

fn document(html: &str) -> Document {
    Document {
        reference: "index".into(),
        url: Url::parse("https://valley.example/index.html").ok(),
        fetched_at: DateTime::parse_from_rfc3339("2026-11-23T08:00:00+08:00").unwrap(),
        media_type: MediaType::Html,
        text: html.into(),
        digest: String::new(),
    }
}

fn read(html: &str, rules: &LinkRules) -> Result<Vec<Link>, NormalizeError> {
    normalize::listing(&document(html), rules).map(|listing| listing.links)
}

fn links(name: &str) -> Vec<Link> {
    read(&fixture(name), &LinkRules::default()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Title, path and day of each.
fn told(links: &[Link]) -> Vec<(&str, String, String)> {
    let day = |link: &Link| {
        link.published
            .as_ref()
            .map(|m| m.instant.format("%Y-%m-%d").to_string())
            .unwrap_or_default()
    };
    let path = |link: &Link| link.url.as_str().replace("https://valley.example", "");
    links.iter().map(|l| (l.title.as_deref().unwrap(), path(l), day(l))).collect()
}

fn expected<'t>(rows: &[(&'t str, &str, &str)]) -> Vec<(&'t str, String, String)> {
    rows.iter().map(|(title, path, day)| (*title, (*path).to_owned(), (*day).to_owned())).collect()
}

#[test]
fn a_blog_index_gives_its_posts_with_dates_and_excerpts() {
    let links = links("blog-en.html");
    assert_eq!(
        told(&links),
        expected(&[
            (
                "The gate that would not close",
                "/2026/11/the-gate-that-would-not-close/",
                "2026-11-21"
            ),
            ("What a lock keeper reads", "/2026/11/what-a-lock-keeper-reads/", "2026-11-14"),
            ("Weeknotes", "/2026/11/weeknotes/", "2026-11-07"),
            (
                "A short history of the footbridge",
                "/2026/10/a-short-history-of-the-footbridge/",
                "2026-10-31"
            ),
        ])
    );
    let summary = links[1].summary.as_deref().unwrap();
    assert!(summary.starts_with("Between two boats there are forty minutes"), "{summary}");
}

#[test]
fn a_news_front_gives_the_articles_of_all_its_blocks_and_no_service_pages() {
    let links = links("front-en.html");
    let titles: Vec<&str> = links.iter().map(|link| link.title.as_deref().unwrap()).collect();
    assert_eq!(
        titles,
        [
            "Ferry stops for the winter after cracks are found",
            "School moves its first lesson to nine",
            "Council buys the old mill for one crown",
            "Bridge tolls end in March, a year early",
            "Bakery fire leaves the town without bread",
            "Rowers win by a length in the rain",
            "Chess club loses its room, keeps its clock",
            "Marathon gets a new course along the dam",
        ]
    );
    let ago = links[5].published.as_ref().unwrap();
    assert_eq!(ago.raw, "2 hours ago");
    assert!(ago.is_relative());
}

#[test]
fn the_rows_of_a_board_are_read_also_where_a_title_is_short() {
    assert_eq!(
        told(&links("board-zh.html")),
        expected(&[
            (
                "关于冬季轮渡停航期间公共汽车绕行线路的通告",
                "/gg/202611/t20261120_1881.html",
                "2026-11-20"
            ),
            ("旧码头仓库改建工程招标公告", "/gg/202611/t20261118_1879.html", "2026-11-18"),
            ("供暖安排", "/gg/202611/t20261115_1874.html", "2026-11-15"),
            ("河口市图书馆延长开放时间的通知", "/gg/202611/t20261112_1870.html", "2026-11-12"),
            ("关于征集灯塔修缮方案的公告", "/gg/202611/t20261109_1866.html", "2026-11-09"),
        ])
    );
}

#[test]
fn the_cards_of_a_grid_are_read_over_its_rows() {
    let links = links("cards-zh.html");
    assert_eq!(
        told(&links),
        expected(&[
            ("老灯塔重新点亮的那一夜", "/p/10231", "2026-11-20"),
            ("一条渡轮和它的十九年", "/p/10229", "2026-11-18"),
            ("渔市凌晨四点的算盘声", "/p/10226", "2026-11-12"),
            ("谁在修海堤：一个镇的冬天", "/p/10220", "2026-11-09"),
            ("盐田上的最后一代人", "/p/10217", "2026-11-05"),
        ])
    );
    assert!(links.iter().all(|link| link.summary.is_some()), "{links:?}");
}

#[test]
fn headings_with_paragraphs_below_them_are_read_without_any_frame() {
    let links = links("flat-en.html");
    assert_eq!(
        told(&links),
        expected(&[
            ("A yacht without anyone aboard", "/log.php?id=318", "2026-11-18"),
            ("Two tugs and a stubborn barge", "/log.php?id=317", "2026-11-16"),
            ("The buoy that moved by itself", "/log.php?id=316", "2026-11-11"),
        ])
    );
    assert!(links[2].summary.as_deref().unwrap().starts_with("Nobody had touched it"));
}

#[test]
fn where_the_page_gives_no_day_the_address_may() {
    let entry = |path: &str, title: &str| {
        format!("<div class=x><h2><a href=\"{path}\">{title}</a></h2></div>")
    };
    let html = [
        entry("/2024/05/06/the-gate.html", "The gate that would not close"),
        entry("/gg/202405/t20240507_18.html", "The buoy that moved by itself"),
        entry("/news/2024-05-32/the-barge", "Two tugs and a stubborn barge"),
        entry("/2031/01/02/the-yacht", "A yacht without anyone aboard"),
        entry("/2024/05/a-month", "What a lock keeper reads"),
    ];
    let mut rules = LinkRules::default();
    rules.place_entries("div.x").unwrap();
    let links = read(&html.concat(), &rules).unwrap();
    let days: Vec<_> = told(&links).into_iter().map(|(_, _, day)| day).collect();
    assert_eq!(days, ["2024-05-06", "2024-05-07", "", "", ""]);
    let first = links[0].published.as_ref().unwrap();
    assert_eq!((first.raw.as_str(), first.precision), ("2024/05/06", Precision::Day));
}

#[test]
fn pages_that_are_no_index_say_so() {
    let related = "<h3>Related articles</h3><ul><li><a href=/2026/a-bridge-was-opened-here>A bridge was opened here</a></li>\
        <li><a href=/2026/a-tower-was-closed-there>A tower was closed there</a></li><li><a href=/2026/the-ferry-that-came-back>The ferry that came back</a></li></ul>";
    let article = page("The New Pier", &(prose("pier") + related));
    let long = page(
        "The New Pier",
        &(prose("pier").repeat(3) + &related.replace("Related articles", "Around the harbour")),
    );
    let menu = "<nav><a href=/a-first-part-of-it>A first part of it</a><a href=/the-second-part-of-it>The second part of it</a><a href=/and-the-third-part>And the third part</a></nav><p>Hello.</p>";
    for html in [article.as_str(), &long, menu, "<p>Nothing here.</p>"] {
        let error = read(html, &LinkRules::default()).unwrap_err();
        assert_eq!(error.kind(), "no_listing", "{html}");
    }
}

#[test]
fn what_the_sentences_of_an_article_refer_to_is_no_list() {
    let paragraphs = |before: &str, names: [&str; 4]| {
        names
            .map(|name| {
                format!(
                    "<p>{before} <a href=/2026/what-became-of-the-{name}/>what became of the {name}</a>, and for years \
                     nobody in the valley spoke of it. Now the plans for it are laid out in the town hall again, where \
                     they may be looked at by all who care.</p>"
                )
            })
            .concat()
    };
    let of = |body: &str| read(&page("The Old River", body), &LinkRules::default());
    let long = "Most of those who live along the river still remember";
    let sentences = paragraphs(long, ["gate", "lock", "weir", "mill"]);
    assert_eq!(of(&sentences).unwrap_err().kind(), "no_listing");
    let entries = paragraphs("By Ida on 21 November 2026:", ["quay", "pier", "ferry", "crane"]);
    let links = of(&(entries + &sentences)).unwrap();
    let told: Vec<&str> = links.iter().filter_map(|link| link.title.as_deref()).collect();
    assert_eq!(
        told,
        ["quay", "pier", "ferry", "crane"].map(|name| format!("what became of the {name}"))
    );
}

#[test]
fn an_operator_places_entries_and_fields_and_says_which_addresses_count() {
    let html = "<main><div class=x><b>First words</b><a href=/p/1>go</a><i>1 Nov 2026</i><q>Of the first.</q></div>\
        <div class=x><b>Second words</b><a href=/p/2>go</a><i>2 Nov 2026</i><q>Of the second.</q></div><div class=x><b>Not an article</b><a href=/ad/3>go</a></div></main>";
    assert!(read(html, &LinkRules::default()).is_err(), "by shape alone it is none");
    let mut rules = LinkRules::default();
    rules.place_entries("div.x").unwrap();
    rules.place(LinkField::Title, "b").unwrap();
    rules.place(LinkField::Url, "a").unwrap();
    rules.place(LinkField::Published, "i").unwrap();
    rules.place(LinkField::Summary, "q").unwrap();
    rules.exclude.push(pressroom::domain::Wording::pattern("/ad/").unwrap());
    let links = read(html, &rules).unwrap();
    assert_eq!(
        told(&links),
        expected(&[("First words", "/p/1", "2026-11-01"), ("Second words", "/p/2", "2026-11-02")])
    );
    assert_eq!(links[0].summary.as_deref(), Some("Of the first."));
    rules.since = "2026-11-02".parse().ok();
    assert_eq!(read(html, &rules).unwrap().len(), 1);
    assert!(rules.place(LinkField::Title, "b[").is_err());
}

#[test]
fn normalize_prints_the_links_of_an_index_and_of_a_sitemap() {
    let directory = tempfile::tempdir().unwrap();
    let index = directory.path().join("index.html");
    let teaser = |n: i32| {
        format!(
            "<h2><a href=/2026/story-number-{n}-of-this>Story number {n} of this</a></h2>\
             <p>A teaser of it, long enough to be one.</p>"
        )
    };
    let teasers: Vec<String> = (1..9).map(teaser).collect();
    let teasers = teasers.concat();
    std::fs::write(&index, format!("<title>All stories</title><main>{teasers}</main>")).unwrap();
    let map = directory.path().join("sitemap.xml");
    std::fs::write(&map, "<urlset><url><loc>https://valley.example/a</loc></url></urlset>")
        .unwrap();
    let url = ["--url", "https://valley.example/"];
    for (path, count) in [(&index, 8), (&map, 1)] {
        let output = pressroom(&[&["normalize", path.to_str().unwrap()], &url[..]].concat());
        let line: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(line["links"].as_array().map(Vec::len), Some(count), "{line}");
        assert!(line["links"][0]["url"].as_str().unwrap().starts_with("https://valley.example/"));
        assert!(output.status.success());
    }
}
