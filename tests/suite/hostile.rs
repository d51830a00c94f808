//! Input that is not what it should be: each is named with its reason, the rest goes on, nothing half-written stays.

use pressroom::domain::{Document, IdentityRule, MediaType, SourceId};
use pressroom::normalize::{self, Overrides, Settings};

use crate::world::{World, instant, page, prose};

/// Runs a pass over one good and one bad file; gives the reason for the bad one.
async fn refused(name: &str, content: impl AsRef<[u8]>) -> String {
    let world = World::new()
        .with_article("good.html", page("The New Pier", &prose("pier")))
        .with_article(name, content);
    let report = world.pass().await;
    assert_eq!(report.new_articles, 1, "the good one is in");
    let [failure] = &report.failures[..] else { panic!("one failure: {:?}", report.failures) };
    assert_eq!(failure.what, format!("source articles: articles/{name}"));
    let left: Vec<_> = std::fs::read_dir(world.path("feeds")).unwrap().collect();
    assert_eq!(
        left.len(),
        7,
        "a feed and a digest in three formats, their list, and nothing half-written"
    );
    failure.reason.clone()
}

#[tokio::test]
async fn an_empty_file() {
    assert!(refused("empty.html", "  \n ").await.contains("empty"));
}

#[tokio::test]
async fn a_binary() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0\\r\xa8f".repeat(20);
    let reason = refused("picture.html", png).await;
    assert!(reason.contains("not text"), "{reason}");
}

#[tokio::test]
async fn a_page_with_no_article() {
    let links = "<li><a href=/a>Home</a></li>".repeat(30);
    let reason =
        refused("menu.html", format!("<title>Menu</title><nav><ul>{links}</ul></nav>")).await;
    assert!(reason.contains("no article"), "{reason}");
}

#[tokio::test]
async fn a_front_page_and_a_cookie_notice_are_no_articles() {
    let card = "<div><h2><a href=/n>A headline of the day</a></h2><p>A teaser of one or two sentences that \
                tells a little of the story, and stops.</p><span>3 hours ago</span></div>";
    let front = format!("<title>The Daily Town</title><main>{}</main>", card.repeat(30));
    let reason = refused("front.html", front).await;
    assert!(reason.contains("a list of other articles"), "{reason}");
    let notice = "<title>Notice</title><div><p>We use cookies to give you the best experience on our website. By \
                  continuing you agree to our use of cookies, as described in our privacy policy.</p></div>";
    assert!(refused("cookies.html", notice).await.contains("cookies"));
}

#[tokio::test]
async fn html_that_is_sixteen_thousand_elements_deep() {
    let deep = format!("<title>Deep</title>{}<p>x</p>", "<div>".repeat(16_000));
    let reason = refused("deep.html", deep).await;
    assert!(reason.contains("the limit is 512"), "{reason}");
    let links = format!("<title>Deep</title>{}x", "<a><div>".repeat(16_000));
    assert!(refused("links.html", links).await.contains("the limit is 512"));
}

#[tokio::test]
async fn bytes_that_are_not_utf_8() {
    let reason =
        refused("bytes.txt", [b"title\n\n".as_slice(), &[0x81, 0x00, 0xFF].repeat(100)].concat())
            .await;
    assert!(reason.contains("not text"), "{reason}");
}

/// Runs a pass over one article; gives the notes of its report.
async fn noted(name: &str, content: &str) -> Vec<String> {
    let world = World::new().with_article(name, content);
    let report = world.pass().await;
    assert!(report.is_clean(), "{:?}", report.failures);
    assert_eq!(report.new_articles, 1);
    report.notes.iter().map(|noted| noted.note.to_string()).collect()
}

#[tokio::test]
async fn a_date_that_does_not_exist_is_named_and_not_invented() {
    let page = page(
        "The New Pier",
        &format!("<p class=date>Published on 2026-02-30</p>{}", prose("pier")),
    )
    .replace("<title>", "<meta property=article:published_time content=2026-02-30><title>");
    let notes = noted("pier.html", &page).await;
    assert!(notes.iter().any(|note| note.contains("2026-02-30")), "{notes:?}");
}

#[tokio::test]
async fn a_related_item_with_half_its_fields_is_kept_with_what_it_has() {
    let text = "旧灯塔的新用途\n\n灯塔在去年冬天熄了灯,现在里面住着三位气象员。他们每天记录四次风向,把结果写在当年的航海日志里。\n\n\
                没有人要求他们这样做,但日志的纸还剩下很多,而风也没有停过。\n\n相关文章\n|\n2026-02-30\n|\n灯塔\n守灯人的一天\n|\n3天前\n|\n\n";
    let notes = noted("lighthouse.txt", text).await;
    assert!(notes.iter().any(|note| note.contains("2026-02-30")), "{notes:?}");
}

#[tokio::test]
async fn a_listed_item_without_address_or_title_is_named() {
    let list = "<aside><h2>Related articles</h2><ul><li><a href='https://a.example/1'>How the first pier was built</a></li>\
                <li>A night on the breakwater</li><li><a href='javascript:void(0)'>Why the master resigned</a></li>\
                <li><a href='https://a.example/3'></a></li></ul></aside>";
    let page = page("The New Pier", &prose("pier")).replace("</body>", &format!("{list}</body>"));
    let notes = noted("pier.html", &page).await;
    let of = |words: &str| notes.iter().filter(|note| note.contains(words)).count();
    assert_eq!(
        (of("has no address and was left out"), of("has no title and was left out")),
        (2, 1),
        "{notes:?}"
    );
}

#[tokio::test]
async fn a_title_without_end_is_cut_and_named() {
    let notes =
        noted("long.html", &page(&"A title that goes on ".repeat(30), &prose("pier"))).await;
    assert!(notes.iter().any(|note| note.contains("far too long")), "{notes:?}");
}

#[tokio::test]
async fn one_bad_path_stops_no_other() {
    let world = World::new()
        .with("[[source]]\nname = \"more\"\nkind = \"files\"\npaths = [\"typo/*.html\", \"b[1]\", \"bad[\"]")
        .with_article("good.html", page("The New Pier", &prose("pier")));
    std::fs::create_dir(world.path("b[1]")).unwrap();
    std::fs::write(world.path("b[1]/tower.html"), page("The Old Tower", &prose("tower"))).unwrap();
    std::os::unix::fs::symlink("../b[1]", world.path("b[1]/again")).unwrap();
    let report = world.pass().await;
    assert_eq!(report.new_articles, 2, "{:?}", report.failures);
    let reasons: Vec<_> = report.failures.iter().map(|failure| failure.reason.as_str()).collect();
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons[0].contains("no file matches") && reasons[0].contains("typo"), "{reasons:?}");
    assert!(reasons[1].contains("is not a file pattern"), "{reasons:?}");
}

#[tokio::test]
async fn a_file_is_one_article_however_the_configuration_is_named() {
    let world = World::new().with_article("good.html", page("The New Pier", &prose("pier")));
    assert_eq!(world.pass().await.new_articles, 1);
    let name = world.path("").file_name().unwrap().to_owned();
    let odd = world.path("..").join(name).join("articles/../pressroom.toml");
    let config = pressroom::config::Config::load(&odd).unwrap();
    let app = pressroom::app::App::open(&config, world.clock.clone()).await.unwrap();
    let report = app.run(&pressroom::app::Wanted::default(), &|_| ()).await.unwrap();
    app.close().await;
    assert_eq!((report.new_articles, report.unchanged_documents), (0, 1));
}

#[test]
fn entities_that_multiply_or_reach_for_files_stay_words_in_feeds_and_subscription_lists() {
    let tenfold =
        |name: char, of: char| format!("<!ENTITY {name} \"{}\">", format!("&{of};").repeat(10));
    let layers: String = ('b'..='i').zip('a'..='h').map(|(name, of)| tenfold(name, of)).collect();
    let entities = format!("<!ENTITY a \"ha\">{layers}<!ENTITY f SYSTEM \"file:///etc/passwd\">");
    let feed = format!(
        "<!DOCTYPE rss [{entities}]><rss version=\"2.0\"><channel><title>&i;</title><item><title>The pier &i; &f;</title>\
         <description>{}</description></item></channel></rss>",
        prose("pier")
    );
    let list = format!(
        "<!DOCTYPE opml [{entities}]><opml><body><outline text=\"&i; &f;\" xmlUrl=\"https://site.example/feed\"/></body></opml>"
    );
    let document = |text: String| Document {
        reference: "list".into(),
        url: None,
        fetched_at: instant("2026-11-23T00:00:00Z").fixed_offset(),
        media_type: MediaType::Feed,
        text,
        digest: String::new(),
    };
    let settings = Settings {
        source: SourceId::new("site").unwrap(),
        identity: IdentityRule::Entry,
        overrides: Overrides::default(),
    };
    let read = normalize::syndicated(&document(feed), &settings).unwrap();
    let title = &read.articles[0].as_ref().unwrap().article.title;
    let outlines = format!("{:?}", normalize::outlines(&list).unwrap());
    for told in [title, &outlines] {
        assert!(told.len() < 1_000 && !told.contains("root:"), "{told}");
    }
}
