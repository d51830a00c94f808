//! The public pages in a browser: in both languages, narrow and wide, light and dark, by keyboard, without scripts.

use serde_json::json;

use crate::browser::{Browser, Tab, Window};
use crate::serving::Daemon;
use crate::subscribing::with_ann_in;
use crate::world::{World, page, prose};

const QUAY: &str = "<!DOCTYPE html><html lang=zh><head><meta charset=utf-8><title>旧码头关门</title>\
    <meta name=author content=\"林小河\"><meta property=\"article:published_time\" content=\"2026-11-20T08:30:00+08:00\"></head><body>\
    <article><h1>旧码头关门</h1><p>码头在去年冬天关了门，留下三台吊车和一间没有锁的仓库。每天早上仍有人去那里等船。</p>\
    <p>船不会再来了，他们知道。可是潮水照旧在六点退下去，他们便照旧在六点到，站一会儿，再回去做早饭。</p></article>\
    <h2>相关阅读</h2><ul><li><a href=\"https://river.example/a\">渡轮停航的冬天</a></li>\
    <li><a href=\"https://river.example/b\">一座仓库的三次拍卖</a></li></ul></body></html>";

/// Articles with all that may break a page: long words, wide tables, code, two languages.
fn town() -> World {
    let code = "let quay = ".to_owned() + &"very_long_name_of_a_thing(".repeat(12);
    let cells = "<td>a column of its own</td>".repeat(9);
    let body = format!(
        "{}<h2>Who paid</h2>{}<pre>{code}</pre><table><tr>{cells}</tr></table><h2>Where it leads</h2>{}\
         <p>https://pier.example/{}</p>",
        prose("pier"),
        prose("fund"),
        prose("road"),
        "unbroken".repeat(30)
    );
    let endless = format!("Pier{}", "pierpierpier".repeat(12));
    // Who serves pages lets them be searched.
    World::new()
        .with_http("127.0.0.1:0")
        .with_article("pier.html", page("The New Pier", &body))
        .with_article("endless.html", page(&endless, &prose("jetty")))
        .with_article("quay.html", QUAY)
}

struct Town {
    daemon: Daemon,
    browser: Browser,
    /// Every kind of page that a visitor may come to.
    paths: Vec<(&'static str, String)>,
    _world: World,
}

/// The path of the first link on `page` that begins with `beginning`.
async fn first_link(daemon: &Daemon, page: &str, beginning: &str) -> String {
    let (_, body) = daemon.get(page, "").await;
    let shown = String::from_utf8(body).unwrap();
    let at = shown.find(&format!("href=\"{beginning}")).unwrap() + 6;
    shown[at..].split('"').next().unwrap().to_owned()
}

impl Town {
    /// `None` where there is no Chromium.
    async fn open() -> Option<Self> {
        let browser = Browser::start()?;
        let (world, token) = with_ann_in(town()).await;
        let (daemon, world) = Daemon::of_its_own_address(world).await;
        let found = "/search?q=pier";
        let paths = vec![
            ("home", "/".to_owned()),
            ("feed", "/feeds/all".to_owned()),
            ("article", first_link(&daemon, "/search?q=fund", "/articles/").await),
            ("article-zh", first_link(&daemon, "/search?q=%E7%A0%81%E5%A4%B4", "/articles/").await),
            ("archive", "/digests/morning".to_owned()),
            ("edition", first_link(&daemon, "/digests/morning", "/digests/morning/2026").await),
            ("sign-up", "/digests/morning/subscribe".to_owned()),
            ("search", found.to_owned()),
            ("search-nothing", "/search?q=zebra".to_owned()),
            ("reader", format!("/subscription/{token}")),
            ("leave", format!("/unsubscribe/{token}")),
            ("nowhere", "/nowhere".to_owned()),
        ];
        Some(Self { daemon, browser, paths, _world: world })
    }

    async fn go(&mut self, tab: &Tab, path: &str) {
        let url = format!("http://{}{path}", self.daemon.address);
        self.browser.go(tab, &url).await;
    }

    async fn is(&mut self, tab: &Tab, expression: &str) -> bool {
        self.browser.eval(tab, expression).await == json!(true)
    }
}

#[tokio::test]
async fn every_page_fits_its_window_speaks_its_language_and_keeps_nobody_out() {
    let Some(mut town) = Town::open().await else { return };
    let mut barriers = Vec::new();
    for window in Window::all() {
        let tab = town.browser.open(window).await;
        // What axe-core looks at depends on the colours and on what is beside what.
        let is_judged =
            (window.width == 320) == window.is_dark && window.is_dark == (window.language != "en");
        for (name, path) in town.paths.clone() {
            town.go(&tab, &path).await;
            town.browser.picture(&tab, &format!("{name}-{}", window.name())).await;
            assert!(town.browser.fits(&tab).await, "{path} {window:?}");
            let speaks =
                format!("document.documentElement.lang.startsWith('{}')", &window.language[..2]);
            assert!(town.is(&tab, &speaks).await, "{path} {window:?}");
            if is_judged {
                let found = town.browser.barriers(&tab).await;
                barriers.extend(found.into_iter().map(|barrier| format!("{path} {barrier}")));
            }
        }
    }
    assert!(barriers.is_empty(), "{barriers:#?}");
    town.daemon.end().await;
}

#[tokio::test]
async fn everything_is_reached_by_keyboard_and_seen_to_be() {
    let Some(mut town) = Town::open().await else { return };
    let tab = town.browser.open(Window::default()).await;
    for (_, path) in town.paths.clone() {
        town.go(&tab, &path).await;
        let can_be_reached = "[...document.querySelectorAll('a[href], button, input, select, summary')]\
            .filter((one) => one.tabIndex >= 0 && one.checkVisibility()).length";
        let count = town.browser.eval(&tab, can_be_reached).await.as_u64().unwrap();
        for number in 0..count {
            town.browser.press(&tab, "Tab").await;
            let focus = "(() => { const one = document.activeElement; const box = one.getBoundingClientRect(); \
                const outline = getComputedStyle(one).outlineStyle; \
                return one !== document.body && box.left >= 0 && box.width > 0 && outline !== 'none' ? '' : one.outerHTML })()";
            let hidden = town.browser.eval(&tab, focus).await;
            assert_eq!(hidden, json!(""), "{path}: stop {number} of {count}");
        }
    }
    // The first stop leads past everything that every page has.
    town.go(&tab, "/").await;
    town.browser.press(&tab, "Tab").await;
    assert!(town.is(&tab, "document.activeElement.hash === '#content'").await);
    town.browser.eval(&tab, "document.querySelector('#q').focus()").await;
    town.browser.write(&tab, "码头").await;
    town.browser.enter(&tab).await;
    assert!(town.is(&tab, "document.querySelector('mark').textContent === '码头'").await);
    town.daemon.end().await;
}

#[tokio::test]
async fn without_scripts_nothing_is_missing_but_the_buttons_that_copy() {
    let Some(mut town) = Town::open().await else { return };
    let plain = town.browser.open(Window { has_scripts: false, ..Window::default() }).await;
    let scripted = town.browser.open(Window::default()).await;
    let buttons = "[...document.querySelectorAll('button.copy')].filter((one) => one.checkVisibility()).length";
    for (tab, shown) in [(&plain, 0), (&scripted, 3)] {
        town.go(tab, "/feeds/all").await;
        assert_eq!(town.browser.eval(tab, buttons).await, json!(shown));
    }
    town.browser.eval(&scripted, "document.querySelector('button.copy').focus()").await;
    town.browser.press(&scripted, "Enter").await;
    let said = "new Promise((done) => { const button = document.querySelector('button.copy'); const look = () => \
        button.textContent === 'Copied' ? done(true) : requestAnimationFrame(look); look() })";
    assert!(town.is(&scripted, said).await);

    town.go(&plain, "/digests/morning/subscribe").await;
    town.browser.eval(&plain, "document.querySelector('#address').focus()").await;
    town.browser.write(&plain, "ben@reader.example").await;
    town.browser.enter(&plain).await;
    assert!(town.browser.text(&plain).await.contains("a letter with a link is on its way"));
    town.daemon.end().await;
}

#[tokio::test]
async fn a_feed_that_is_opened_in_a_browser_is_a_page_and_one_that_is_clicked_on_is_the_file() {
    let Some(mut town) = Town::open().await else { return };
    let tab = town.browser.open(Window::default()).await;
    for (path, page) in
        [("/feeds/all.atom", "/feeds/all"), ("/feeds/digest-morning.rss", "/digests/morning")]
    {
        town.go(&tab, path).await;
        assert!(town.is(&tab, &format!("location.pathname === '{page}'")).await, "{path}");
    }
    town.go(&tab, "/feeds/all").await;
    town.browser.follow(&tab, "dl a[href$='.atom']").await;
    assert!(
        town.is(
            &tab,
            "location.pathname === '/feeds/all.atom' && document.contentType !== 'text/html'"
        )
        .await
    );
    town.daemon.end().await;
}
