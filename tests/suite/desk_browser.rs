//! The desk in a real browser: by keyboard, without scripts, in every window.

use chrono::TimeDelta;

use crate::browser::{Browser, Window};
use crate::desk::{PASSWORD, guarded};
use crate::desk_sources::{ODD, afar};
use crate::serving::{Daemon, pier};
use crate::world::{page, prose};

#[tokio::test]
async fn a_browser_logs_in_by_keyboard_alone_and_finds_no_barrier() {
    let Some(mut browser) = Browser::start() else { return };
    let (daemon, _world) = Daemon::of_its_own_address(guarded(pier())).await;
    for window in Window::all().filter(|window| window.width == 320) {
        let tab = browser.open(window).await;
        browser.go(&tab, &format!("http://{}/admin/login", daemon.address)).await;
        browser.picture(&tab, &format!("login-{}", window.name())).await;
        assert!(browser.fits(&tab).await, "{window:?}");
        let barriers = browser.barriers(&tab).await;
        assert!(barriers.is_empty(), "{window:?}: {barriers:#?}");
    }
    let tab = browser.open(Window { has_scripts: false, ..Window::default() }).await;
    browser.go(&tab, &format!("http://{}/admin", daemon.address)).await;
    browser.tab_to(&tab, "#password").await;
    browser.write(&tab, PASSWORD).await;
    browser.enter(&tab).await;
    assert!(browser.text(&tab).await.contains("All is well."));
    browser.tab_to(&tab, "nav.desk a[href$=audit]").await;
    browser.enter(&tab).await;
    assert!(browser.text(&tab).await.contains("log in"));
    daemon.end().await;
}

#[tokio::test]
async fn a_source_is_mended_in_a_browser() {
    let Some(mut browser) = Browser::start() else { return };
    let body = format!("{ODD}{}", prose("pier"));
    let (world, _site) = afar(&page("News", &body)).await;
    let (daemon, _world) = Daemon::of_its_own_address(world).await;
    let tab = browser.open(Window::default()).await;
    browser.go(&tab, &format!("http://{}/admin/login", daemon.address)).await;
    browser.fill(&tab, "#password", PASSWORD).await;
    browser.follow(&tab, "main button[type=submit]").await;
    browser.follow(&tab, "a[href$='sources/far']").await;
    browser.fill(&tab, "#rule", "p.strap").await;
    browser.follow(&tab, "form[method=get] button").await;
    assert!(browser.text(&tab).await.contains("The Pier Is Open"));
    browser.picture(&tab, "source-tried").await;
    let barriers = browser.barriers(&tab).await;
    assert!(barriers.is_empty(), "{barriers:#?}");
    browser.follow(&tab, "form[method=post][action$=mend] button").await;
    assert!(browser.text(&tab).await.contains("saved"));
    browser.follow(&tab, "form[action$=replay] button").await;
    assert!(browser.text(&tab).await.contains("1 articles are different now"));
    daemon.end().await;
}

#[tokio::test]
async fn every_page_of_the_desk_is_good_in_every_window() {
    let Some(mut browser) = Browser::start() else { return };
    let world = guarded(pier())
        .with("[[source]]\nname = \"far\"\nkind = \"page\"\nurl = \"http://127.0.0.1:9/far\"\nallow_private = true");
    let (daemon, world) = Daemon::of_its_own_address(world).await;
    let base = format!("http://{}/admin", daemon.address);
    let tab = browser.open(Window::default()).await;
    browser.go(&tab, &format!("{base}/login")).await;
    browser.fill(&tab, "#password", PASSWORD).await;
    browser.follow(&tab, "main button[type=submit]").await;
    browser.go(&tab, &format!("{base}/digests/morning")).await;
    browser.follow(&tab, "form[action$=test] button").await;
    assert!(browser.text(&tab).await.contains("1 sent"));
    world.sql("UPDATE delivery SET state = 'unknown' WHERE address = 'operator@press.example'");
    world.wait(TimeDelta::seconds(6));
    let paths = [
        "",
        "/sources",
        "/sources/articles",
        "/sources/far",
        "/feeds/all",
        "/digests/morning",
        "/mail",
        "/readers",
        "/audit",
    ];
    // Who wants pictures gets all of them; narrow is where pages break.
    let is_for_pictures = std::env::var_os("PRESSROOM_TEST_PICTURES").is_some();
    for window in Window::all().filter(|window| is_for_pictures || window.width == 320) {
        let tab = browser.open(window).await;
        for path in paths {
            browser.go(&tab, &format!("{base}{path}")).await;
            let name = format!("desk{}-{}", path.replace('/', "-"), window.name());
            browser.picture(&tab, &name).await;
            assert!(browser.fits(&tab).await, "{path} {window:?}");
            // What language and width change is not what axe-core looks at.
            if window.language == "en" && window.width == 320 {
                let barriers = browser.barriers(&tab).await;
                assert!(barriers.is_empty(), "{path} {window:?}: {barriers:#?}");
            }
        }
    }
    daemon.end().await;
}
