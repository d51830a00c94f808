//! `pressroom source add`, `source test` and subscription lists: sources as a person finds and tries them.

use chrono::TimeDelta;
use pressroom::app::App;
use pressroom::store::hosts;

use crate::following::{HTML, blog, excerpts};
use crate::site::{Site, source};
use crate::world::{World, page, prose, stderr, stdout};

/// What a command comes to while a server of this process answers it.
async fn told(world: &World, arguments: &[&str]) -> (String, String) {
    let path = world.config_file().to_str().unwrap().to_owned();
    let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
    let run = move || {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        crate::world::pressroom(&[&["--config", &path], &words[..]].concat())
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    (stdout(&output), stderr(&output))
}

#[tokio::test]
async fn by_hand_a_host_is_asked_as_politely_as_by_the_daemon() {
    let site = Site::new().await;
    site.serves("/robots.txt", "content-type: text/plain", "User-agent: *\nDisallow: /pier\n");
    site.serves("/pier", HTML, page("The New Pier", &prose("pier")));
    let url = site.url("/pier");
    let world = World::new().with(&source("pier", "page", &url, ""));
    let (out, _) = told(&world, &["source", "test", "pier"]).await;
    assert!(out.contains("robots.txt; ask its owner, then set ignore_robots = true"), "{out}");
    let (_, err) = told(&world, &["source", "add", &url, "--allow-private", "--dry-run"]).await;
    assert!(err.contains("--ignore-robots"), "{err}");
    assert!(site.asked("/pier").is_empty());
    assert!(!world.path("press.db").exists(), "where nothing is stored, nothing is");
    let agreed = ["source", "add", &url, "--allow-private", "--ignore-robots", "--dry-run"];
    let (out, err) = told(&world, &agreed).await;
    assert!(out.contains("ignore_robots = true"), "{out}{err}");

    let app = world.open().await;
    let (out, _) = told(&world, &["source", "test", "pier"]).await;
    assert!(out.contains("robots.txt"), "{out}");
    assert_eq!(world.rows("host"), 0, "a look changes nothing");
    let mut tx = app.context().store.begin().await.unwrap();
    let (now, host) = (world.clock.now(), site.address.clone());
    let until = now + TimeDelta::days(36_500);
    hosts::claim(&mut tx.conn(), &host, "a daemon", now, until).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    app.close().await;
    let (out, err) = told(&world, &["source", "test", "pier"]).await;
    assert!(out.contains("another pressroom is reading from"), "{out}{err}");
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

#[tokio::test]
async fn a_page_that_says_that_it_is_an_article_and_since_when_is_one_whatever_it_names() {
    let site = Site::new().await;
    let others: String = ["gate", "lock", "weir", "mill", "quay"]
        .map(|other| {
            format!(
                "<article><h2><a href=/2026/11/the-{other}/>What became of the old {other}</a></h2>\
                 <p>By Ida on <time>21 November 2026</time></p></article>"
            )
        })
        .concat();
    let plain = page("The New Pier", &prose("pier"))
        .replace("</body>", &format!("<main>{others}</main></body>"));
    // As widespread themes say of the index of a category.
    let kind = plain.replace("</head>", "<meta property=og:type content=article></head>");
    let since = "<meta name=pubdate content=2026-11-20></head>";
    site.serves("/plain", HTML, plain);
    site.serves("/says", HTML, kind.replace("</head>", since));
    site.serves("/kind", HTML, kind);
    let world = World::new();
    let look = async |path| {
        let url = site.url(path);
        told(&world, &["source", "add", &url, "--allow-private", "--dry-run"]).await.0
    };
    let (plain, kind, says) = (look("/plain").await, look("/kind").await, look("/says").await);
    assert!(plain.starts_with("listing: it has no feed and names 5 articles"), "{plain}");
    assert!(kind.starts_with("listing: it has no feed and names 5 articles"), "{kind}");
    assert!(says.starts_with("page: it says that it is an article; it names 5 more"), "{says}");
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
