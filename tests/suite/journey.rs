//! A reader's way in a browser without scripts: asking, confirming, choosing, a feed of one's own, leaving; in both languages.

use crate::browser::{Browser, Tab, Window};
use crate::serving::{Daemon, pier};
use crate::subscribing::{letters, link, listed};

/// A window, and what its reader sees at each step.
struct Reader {
    window: Window,
    address: &'static str,
    asked: &'static str,
    confirm: &'static str,
    confirmed: &'static str,
    saved: &'static str,
    feed: &'static str,
    left: &'static str,
}

const READERS: [Reader; 2] = [
    Reader {
        window: Window { width: 1280, is_dark: false, language: "en", has_scripts: false },
        address: "ann@reader.example",
        asked: "Look into your mail",
        confirm: "One more step",
        confirmed: "You are on the list",
        saved: "Saved.",
        feed: "they are shown this once",
        left: "You are off the list",
    },
    Reader {
        window: Window { width: 320, is_dark: true, language: "zh-CN", has_scripts: false },
        address: "an@reader.example",
        asked: "请查看您的邮箱",
        confirm: "还差一步",
        confirmed: "订阅成功",
        saved: "已保存。",
        feed: "只显示这一次",
        left: "已经退订",
    },
];

/// The page says so, and all of it is within the window.
async fn sees(browser: &mut Browser, tab: &Tab, reader: &Reader, step: &str, words: &str) {
    let text = browser.text(tab).await;
    assert!(text.contains(words), "{step}: no {words:?} in {text}");
    assert!(browser.fits(tab).await, "{step}: something reaches beyond {} px", reader.window.width);
    browser.picture(tab, &format!("reader-{step}-{}", reader.window.name())).await;
}

#[tokio::test]
async fn a_reader_comes_and_goes_without_scripts_in_both_languages() {
    let Some(mut browser) = Browser::start() else { return };
    let browser = &mut browser;
    for reader in READERS {
        let tab = &browser.open(reader.window).await;
        let (daemon, world) = Daemon::of(pier()).await;
        let at = |daemon: &Daemon, path: &str| format!("http://{}{path}", daemon.address);
        browser.go(tab, &at(&daemon, "/digests/morning/subscribe")).await;
        browser.eval(tab, "document.querySelector('[name=address]').focus()").await;
        browser.write(tab, reader.address).await;
        sees(browser, tab, &reader, "1-form", "").await;
        browser.follow(tab, "main form button").await;
        sees(browser, tab, &reader, "2-asked", reader.asked).await;
        daemon.end().await;

        let letter = letters(&world, reader.address).await.remove(0);
        let (daemon, world) = Daemon::of(world).await;
        browser.go(tab, &at(&daemon, &link(&letter, "confirm"))).await;
        sees(browser, tab, &reader, "3-confirm", reader.confirm).await;
        browser.follow(tab, "main form button").await;
        sees(browser, tab, &reader, "4-confirmed", reader.confirmed).await;

        browser.follow(tab, "main a[href*='/subscription/']").await;
        let choose = "document.querySelector('[name=hour]').value = '18';\
                      document.querySelector('[name=topics]').value = 'Sea, Ships'";
        browser.eval(tab, choose).await;
        browser.follow(tab, "form.fields button").await;
        sees(browser, tab, &reader, "5-saved", reader.saved).await;
        let chosen = browser.eval(tab, "document.querySelector('[name=hour]').value").await;
        assert_eq!(chosen, "18");
        browser.follow(tab, "form[action$='/feed'] button").await;
        sees(browser, tab, &reader, "6-feed", reader.feed).await;
        browser.follow(tab, "form[action*='/unsubscribe/'] button").await;
        sees(browser, tab, &reader, "7-left", reader.left).await;
        daemon.end().await;
        assert!(listed(&world).contains("unsubscribed"), "{}", listed(&world));
    }
}
