//! What sources lead to: listings, sitemaps, excerpts, further pages, related items, over a server on loopback.

use std::io::Write as _;

use chrono::TimeDelta;
use pressroom::jobs::Report;
use pressroom::jobs::report::Failure;

use crate::indexes::fixture;
use crate::site::{Site, source};
use crate::world::{World, page, prose};

pub const HTML: &str = "content-type: text/html; charset=utf-8";
const XML: &str = "content-type: application/xml";

/// Titles in the feed `all`, sorted.
pub fn titles(world: &World) -> Vec<String> {
    let json: serde_json::Value = serde_json::from_str(&world.feed("json")).unwrap();
    let items = json["items"].as_array().unwrap();
    let mut titles: Vec<String> =
        items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

/// What failed, save that the world has no files of its own.
fn failures(report: &Report) -> Vec<&Failure> {
    report.failures.iter().filter(|failure| failure.what != "source articles").collect()
}

/// A pass a day later.
async fn next_day(world: &World) -> Report {
    world.wait(TimeDelta::days(1) + TimeDelta::hours(3));
    world.pass().await
}

pub fn story(site: &Site, path: &str, title: &str, more: &str) {
    site.serves(path, HTML, page(title, &(prose(title) + more)));
}

/// A site with the index of `blog-en.html` and its posts.
pub async fn blog() -> Site {
    let site = Site::new().await;
    site.serves("/", HTML, fixture("blog-en.html"));
    for (path, title) in [
        ("/2026/11/the-gate-that-would-not-close/", "The gate that would not close"),
        ("/2026/11/what-a-lock-keeper-reads/", "What a lock keeper reads"),
        ("/2026/11/weeknotes/", "Weeknotes"),
        ("/2026/10/a-short-history-of-the-footbridge/", "A short history of the footbridge"),
    ] {
        story(&site, path, title, "");
    }
    site
}

#[tokio::test]
async fn a_listing_brings_the_full_text_of_its_articles_once_each() {
    let site = blog().await;
    let world = World::new().with(&source("blog", "listing", &site.url("/"), ""));
    let report = world.pass().await;
    assert_eq!((report.new_articles, failures(&report).len()), (4, 0), "{:?}", report.failures);
    assert!(world.feed("json").contains("Both have ordered new signs"), "the whole text is there");
    // Its own page has no date: the index has.
    assert!(world.feed("json").contains("2026-11-21T07:10:00"));

    let grown = fixture("blog-en.html").replace(
        "<article class=\"post-41 post\">",
        "<article class=\"post-42 post\"><h2><a href=\"/2026/11/ice-on-the-upper-gate/\">Ice on the upper gate</a></h2><p>By <a href=/a>Ida</a> on <time>23 November 2026</time></p></article><article class=\"post-41 post\">",
    );
    site.serves("/", HTML, grown);
    story(&site, "/2026/11/ice-on-the-upper-gate/", "Ice on the upper gate", "");
    let report = next_day(&world).await;
    assert_eq!((report.new_articles, failures(&report).len()), (1, 0), "{:?}", report.failures);
    assert_eq!(site.asked("/2026/11/weeknotes/").len(), 1, "nothing is fetched twice");
}

#[tokio::test]
async fn a_listing_that_is_not_followed_brings_what_it_says_itself() {
    let site = blog().await;
    let world = World::new().with(&source("blog", "listing", &site.url("/"), "follow = false"));
    let report = world.pass().await;
    assert_eq!(report.new_articles, 4, "{:?}", report.failures);
    assert!(world.feed("json").contains("Between two boats there are forty minutes"));
    assert!(site.asked("/2026/11/weeknotes/").is_empty());
}

#[tokio::test]
async fn what_one_look_leaves_is_followed_at_the_next_though_the_index_is_as_it_was() {
    let site = blog().await;
    site.refuses("/2026/11/weeknotes/", "404 Not Found", "");
    let world = World::new().with(&source("blog", "listing", &site.url("/"), "follow_limit = 2"));
    assert_eq!(world.pass().await.new_articles, 2);
    let report = next_day(&world).await;
    assert_eq!((report.new_articles, failures(&report).len()), (1, 1), "{:?}", report.failures);
    assert!(failures(&report)[0].reason.contains("/2026/11/weeknotes/"), "{:?}", report.failures);
    let report = next_day(&world).await;
    assert_eq!((report.new_articles, failures(&report).len()), (0, 0), "{:?}", report.failures);
    assert_eq!(site.asked("/2026/11/weeknotes/").len(), 1, "what is not there is not asked again");
}

#[tokio::test]
async fn sitemaps_are_read_through_packed_ones_and_one_that_names_itself_ends() {
    let site = Site::new().await;
    let own = site.address.clone();
    let entry = |path: &str, day: &str| {
        format!("<url><loc>{own}{path}</loc><lastmod>{day}</lastmod></url>")
    };
    let map = format!(
        "<sitemap><loc>{own}/sitemap.xml</loc><lastmod>2026-11-22</lastmod></sitemap>\
         <sitemap><loc>{own}/news.xml.gz</loc><lastmod>2026-11-22</lastmod></sitemap>"
    );
    site.serves("/sitemap.xml", XML, format!("<sitemapindex>{map}</sitemapindex>"));
    let pages = [
        entry("/old", "2019-01-01"),
        entry("/news/pier", "2026-11-20"),
        entry("/news/tower", "2026-11-21"),
        entry("/about", "2026-11-22"),
    ];
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(format!("<urlset>{}</urlset>", pages.concat()).as_bytes()).unwrap();
    site.serves("/news.xml.gz", "content-type: application/x-gzip", packed.finish().unwrap());
    story(&site, "/news/pier", "The New Pier", "");
    story(&site, "/news/tower", "The Old Tower", "");
    let links = "[source.links]\ninclude = [\"/news/\"]\nsince = \"2026-01-01\"";
    let world = World::new().with(&source("map", "sitemap", &site.url("/sitemap.xml"), links));
    let report = world.pass().await;
    assert_eq!((report.new_articles, failures(&report).len()), (2, 0), "{:?}", report.failures);
    assert_eq!(site.asked("/sitemap.xml").len(), 1);
    assert!(site.asked("/about").is_empty() && site.asked("/old").is_empty());
    let report = next_day(&world).await;
    assert_eq!((report.new_articles, failures(&report).len()), (0, 0), "{:?}", report.failures);
    assert_eq!(site.asked("/news/pier").len(), 1);
}

pub fn excerpts(site: &Site, items: &[(&str, &str)]) -> String {
    let item = |(path, title): &(&str, &str)| {
        format!(
            "<item><title>{title}</title><link>{}{path}</link><guid>{path}</guid><description>In short: {title}.</description></item>",
            site.address
        )
    };
    let items: Vec<String> = items.iter().map(item).collect();
    format!(
        "<rss version=\"2.0\"><channel><title>Short</title><link>https://s.example/</link>{}</channel></rss>",
        items.concat()
    )
}

#[tokio::test]
async fn a_feed_of_excerpts_brings_the_text_of_the_pages_under_its_own_ids() {
    let site = Site::new().await;
    let rss = "content-type: application/rss+xml";
    site.serves(
        "/feed",
        rss,
        excerpts(&site, &[("/pier", "The New Pier"), ("/gone", "What Is Gone")]),
    );
    story(&site, "/pier", "The New Pier of the Harbour", "");
    let world = World::new().with(&source("short", "feed", &site.url("/feed"), "follow = true"));
    let report = world.pass().await;
    assert_eq!((report.new_articles, failures(&report).len()), (2, 1), "{:?}", report.failures);
    assert!(world.feed("json").contains("Both have ordered new signs"));
    assert_eq!(titles(&world), ["The New Pier", "What Is Gone"], "the feed names its entries");

    // An edited entry whose page is away keeps the text that was there.
    let edited = excerpts(&site, &[("/pier", "The New Pier, opened"), ("/gone", "What Is Gone")]);
    site.serves("/feed", rss, edited);
    site.refuses("/pier", "503 Service Unavailable", "");
    next_day(&world).await;
    assert!(world.feed("json").contains("Both have ordered new signs"));
}

#[tokio::test]
async fn the_further_pages_of_an_article_are_joined_in_their_order() {
    let site = Site::new().await;
    let pages = |own: &str, subject: &str| {
        let numbers = "<p><a href=/pier_2.html>2</a> <a href=/pier_3.html>3</a></p>";
        page("The New Pier", &(format!("<h2>{own}</h2>") + &prose(subject) + numbers))
    };
    site.serves("/pier.html", HTML, pages("The first part", "pier"));
    site.serves("/pier_2.html", HTML, pages("The second part", "gate"));
    site.serves("/pier_3.html", HTML, pages("The third part", "tower"));
    let world = World::new().with(&source("pier", "page", &site.url("/pier.html"), ""));
    let report = world.pass().await;
    assert_eq!((report.new_articles, failures(&report).len()), (1, 0), "{:?}", report.failures);
    let text = world.feed("json");
    let places: Vec<usize> = ["The first part", "The second part", "The third part"]
        .iter()
        .map(|heading| text.find(heading).unwrap_or_else(|| panic!("{heading}: {text}")))
        .collect();
    assert!(places.is_sorted());
    assert_eq!(site.asked("/pier_2.html").len(), 1);
}

#[tokio::test]
async fn related_items_are_followed_up_to_a_limit_and_marked() {
    let site = Site::new().await;
    let related = "<h3>Related articles</h3><ul><li><a href=/r/one-of-the-related>One of the related stories</a></li>\
        <li><a href=/r/two-of-the-related>Two of the related stories</a></li><li><a href=/r/three-of-them>Three of the related stories</a></li></ul>";
    story(&site, "/pier", "The New Pier", related);
    story(&site, "/r/one-of-the-related", "One of the related stories", "");
    let keys = "related = \"follow\"\nrelated_limit = 2\n[[feed]]\nname = \"wide\"\ntitle = \"Wide\"\ninclude = \"related\"";
    let world = World::new().with(&source("pier", "page", &site.url("/pier"), keys));
    let report = world.pass().await;
    assert_eq!((report.new_articles, failures(&report).len()), (2, 0), "{:?}", report.failures);
    assert_eq!(report.notes.len(), 1, "one of the two is not there: {:?}", report.notes);
    assert!(site.asked("/r/three-of-them").is_empty());
    assert_eq!(titles(&world), ["The New Pier"]);
    let wide = std::fs::read_to_string(world.path("feeds/wide.json")).unwrap();
    assert!(
        wide.contains("One of the related stories") && wide.contains("Both have ordered new signs")
    );
}
