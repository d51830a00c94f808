//! What sources lead to: listings, sitemaps, excerpts, further pages, related items, over a server on loopback; what is kept
//! of it and replayed.

use std::io::Write as _;

use chrono::TimeDelta;
use pressroom::app::App;
use pressroom::domain::{ArticleId, OtherReport, SourceId};
use pressroom::jobs::Report;
use pressroom::jobs::report::Failure;
use pressroom::store::{articles, stories};

use crate::indexes::fixture;
use crate::site::{Site, source};
use crate::world::{World, page, prose, stderr, stdout};

const HTML: &str = "content-type: text/html; charset=utf-8";
const XML: &str = "content-type: application/xml";

/// Titles in the feed `all`, sorted.
fn titles(world: &World) -> Vec<String> {
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

fn story(site: &Site, path: &str, title: &str, more: &str) {
    site.serves(path, HTML, page(title, &(prose(title) + more)));
}

/// A site with the index of `blog-en.html` and its posts.
async fn blog() -> Site {
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
    assert!(failures(&report)[0].what.ends_with("/2026/11/weeknotes/"), "{:?}", report.failures);
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

fn excerpts(site: &Site, items: &[(&str, &str)]) -> String {
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

#[tokio::test]
async fn the_filter_of_a_source_keeps_articles_out_and_source_test_says_why() {
    let site = blog().await;
    let filter = "[source.filter]\nexclude_keywords = [\"footbridge\"]\nmin_length = 100";
    let world = World::new().with(&source("blog", "listing", &site.url("/"), filter));
    let report = world.pass().await;
    assert_eq!((report.new_articles, report.filtered_articles), (3, 1));
    let world = World::new().with(&source(
        "blog",
        "listing",
        &site.url("/"),
        &filter.replace("footbridge", "gate"),
    ));
    let told =
        tokio::task::spawn_blocking(move || stdout(&world.command(&["source", "test", "blog"])));
    let told = told.await.unwrap();
    assert!(told.contains("read     4 links"), "{told}");
    assert!(
        told.contains("drop     The gate that would not close: it has one of exclude_keywords"),
        "{told}"
    );
}

#[tokio::test]
async fn source_add_looks_shows_and_writes_a_block_that_works() {
    let site = blog().await;
    let world = World::new();
    let file = world.config_file();
    let before = std::fs::read_to_string(&file)
        .unwrap()
        .replace("[[feed]]", "# what is published\n[[feed]]");
    std::fs::write(&file, &before).unwrap();
    let (url, path) = (site.url("/"), file.to_str().unwrap().to_owned());
    let add = tokio::task::spawn_blocking(move || {
        crate::world::pressroom(&[
            "--config",
            &path,
            "source",
            "add",
            &url,
            "--allow-private",
            "--name",
            "blog",
        ])
    });
    let output = add.await.unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let told = stdout(&output);
    assert!(told.starts_with("listing: it has no feed and names 4 articles"), "{told}");
    assert!(told.contains("The gate that would not close"), "{told}");
    let after = std::fs::read_to_string(&file).unwrap();
    let block = format!(
        "\n[[source]]\nname = \"blog\"\nkind = \"listing\"\nurl = \"{}\"\nallow_private = true\n",
        site.url("/")
    );
    assert_eq!(after.replacen(&block, "", 1), before, "nothing else is touched");
    let config = pressroom::config::Config::load(&file).unwrap();
    let app = App::open(&config, world.clock.clone()).await.unwrap();
    let report = app.run(&pressroom::app::Wanted::default(), &|_| ()).await.unwrap();
    app.close().await;
    assert_eq!(report.new_articles, 4, "{:?}", report.failures);
}

#[tokio::test]
async fn source_add_prefers_a_feed_that_works_and_follows_where_it_has_excerpts() {
    let site = blog().await;
    site.serves(
        "/feed.xml",
        "content-type: application/rss+xml",
        excerpts(&site, &[("/pier", "The New Pier")]),
    );
    let world = World::new();
    let url = site.url("/");
    let add = tokio::task::spawn_blocking(move || {
        world.command(&["source", "add", &url, "--allow-private", "--dry-run"])
    });
    let told = stdout(&add.await.unwrap());
    assert!(told.starts_with("feed: the page offers the feed"), "{told}");
    assert!(told.contains("kind = \"feed\"") && told.contains("follow = true"), "{told}");
}

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

#[test]
fn subscriptions_come_in_and_go_out_as_opml() {
    let world = World::new();
    let file = world.config_file();
    let path = file.to_str().unwrap();
    let list = world.path("list.opml");
    std::fs::write(
        &list,
        "<opml version='2.0'><body><outline text='Press'><outline type='rss' text='The Valley' xmlUrl='https://valley.example/feed?a=1&amp;b=2'/>\
         <outline type='rss' text='河口' xmlUrl='https://mouth.example/rss'/></outline></body></opml>",
    )
    .unwrap();
    let import = ["--config", path, "import", "opml", list.to_str().unwrap()];
    let told = stdout(&crate::world::pressroom(&import));
    assert!(told.contains("2 added, 0 were there already"), "{told}");
    let told = stdout(&crate::world::pressroom(&import));
    assert!(told.contains("0 added, 2 were there already"), "{told}");
    let exported = stdout(&crate::world::pressroom(&["--config", path, "export", "opml"]));
    assert!(exported.contains("text=\"the-valley\""), "{exported}");
    assert!(exported.contains("xmlUrl=\"https://valley.example/feed?a=1&amp;b=2\""), "{exported}");
    let findings =
        pressroom::lint::lint(exported.as_bytes(), &pressroom::lint::Settings::default());
    assert!(findings.iter().all(|f| f.level != pressroom::lint::Level::Error), "{findings:?}");
}
