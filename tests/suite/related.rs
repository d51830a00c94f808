//! Related items by example: invented pages, each for one shape of further reading or one thing that is none.

use chrono::DateTime;
use pressroom::domain::{Article, Document, IdentityRule, MediaType, RelatedGroup, SourceId};
use pressroom::normalize::{Overrides, Settings, normalize};
use url::Url;

const PARAGRAPH: &str = "<p>The river rose through the night and the men on the bridge counted the planks as they went by, one after the other, until nobody could say how many there had been.</p>";

fn read(body: &str, url: Option<&str>) -> Article {
    let document = Document {
        reference: "a".into(),
        url: url.map(|url| Url::parse(url).unwrap()),
        fetched_at: DateTime::parse_from_rfc3339("2024-11-20T08:00:00+08:00").unwrap(),
        media_type: MediaType::Html,
        text: format!("<html lang=en><body><h1>The river stands high</h1>{body}</body></html>"),
        digest: String::new(),
    };
    let settings = Settings {
        source: SourceId::new("valley").unwrap(),
        identity: IdentityRule::Path,
        overrides: Overrides::default(),
    };
    normalize(&document, &settings).unwrap().article
}

fn page(after: &str) -> Article {
    let text = PARAGRAPH.repeat(3);
    read(&format!("<article>{text}</article>{after}"), Some("https://www.lantern.example/a.html"))
}

fn titles(article: &Article) -> Vec<&str> {
    article.related.iter().map(|item| item.title.as_str()).collect()
}

const TWO: &str = "<ul><li><a href='/b'>The bridge is closed for a week</a></li><li><a href='/c'>A mill stops after ninety years</a></li></ul>";

#[test]
fn labels_in_both_languages_say_the_group() {
    use RelatedGroup::{Latest, Popular, Related};
    for (label, group) in [
        ("Related coverage", Related),
        ("相关阅读", Related),
        ("河谷新闻精选：", Related),
        ("为您推荐", Related),
        ("Most read", Popular),
        ("热门文章", Popular),
        ("Latest news", Latest),
        ("最新文章", Latest),
        ("Dernières publications", Latest),
    ] {
        let found = page(&format!("<div><h3>{label}</h3>{TWO}</div>"));
        assert_eq!(titles(&found).len(), 2, "{label}");
        assert!(found.related.iter().all(|item| item.group == group), "{label}");
        assert!(!found.text().contains("bridge is closed"), "{label}");
    }
}

#[test]
fn an_entry_gives_everything_that_its_card_shows() {
    let card = "<h3>Read next</h3><div><div class=card><a href='/b'><img src='/b.jpg'></a><h4><a href='/b'>The bridge is closed for a week</a></h4><p>Nobody may cross before the planks are counted again.</p><time datetime='2024-05-06'>May 6</time><span class=badge>Traffic</span><span>3,331</span> <span>Read</span><span>7 comments</span></div><div class=card><a href='/c'>A mill stops after ninety years</a></div></div>";
    let found = page(card);
    let item = &found.related[0];
    assert_eq!(item.title, "The bridge is closed for a week");
    assert_eq!(item.url.as_ref().map(Url::as_str), Some("https://www.lantern.example/b"));
    assert_eq!(item.image.as_ref().map(Url::as_str), Some("https://www.lantern.example/b.jpg"));
    assert_eq!(
        item.summary.as_deref(),
        Some("Nobody may cross before the planks are counted again.")
    );
    assert_eq!(item.tags, ["Traffic"]);
    assert_eq!((item.views, item.comments), (Some(3331), Some(7)));
    assert_eq!(item.published.as_ref().unwrap().instant.to_rfc3339(), "2024-05-06T00:00:00+08:00");
}

#[test]
fn a_teaser_inside_the_link_is_not_the_title() {
    let found = page(
        "<h3>Related</h3><ul><li><a href='/b'><div>The bridge is closed for a week</div><div>Nobody may cross before the planks are counted again, says the town.</div></a></li></ul>",
    );
    assert_eq!(titles(&found), ["The bridge is closed for a week"]);
}

#[test]
fn a_kicker_stands_apart_from_the_title_and_a_section_name_is_none() {
    let found = page(
        "<h3>Related</h3><ul><li><a href='/b'><h4><span>Traffic</span><span>The bridge is closed for a week</span></h4></a></li><li><a href='/c'><h4>Blog</h4><div>A mill stops after ninety years</div></a></li></ul>",
    );
    assert_eq!(
        titles(&found),
        ["Traffic The bridge is closed for a week", "A mill stops after ninety years"]
    );
}

#[test]
fn a_list_ends_at_the_next_label_also_inside_its_own_frame() {
    let found = page(
        "<h3>Related</h3><div><div><a href='/b'>The bridge is closed for a week</a></div><div><h4>Most read</h4><ul><li><a href='/c'>A mill stops after ninety years</a></li></ul></div></div>",
    );
    let groups: Vec<_> =
        found.related.iter().map(|item| (item.title.as_str(), item.group)).collect();
    assert_eq!(
        groups,
        [
            ("The bridge is closed for a week", RelatedGroup::Related),
            ("A mill stops after ninety years", RelatedGroup::Popular)
        ]
    );
}

#[test]
fn a_box_with_a_headline_between_paragraphs_is_further_reading_without_any_label() {
    let boxed =
        "<div><a href='/b'><img src='/b.jpg'><h3>The bridge is closed for a week</h3></a></div>";
    let body = format!("<article>{PARAGRAPH}{PARAGRAPH}{boxed}{PARAGRAPH}</article>");
    let found = read(&body, Some("https://www.lantern.example/a.html"));
    assert_eq!(titles(&found), ["The bridge is closed for a week"]);
    assert!(!found.text().contains("closed for a week"));
}

#[test]
fn links_of_the_article_itself_stay_in_it() {
    for part in [
        "<p>See <a href='/b'>what the town says about the bridge</a>.</p>",
        "<ul><li><a href='/b'>What the town says about the bridge</a></li></ul>",
        "<figure><img src='/b.jpg'><figcaption><a href='/b'>A picture of the bridge at night</a></figcaption></figure>",
        "<div><a href='https://elsewhere.example/b'><h3>A study of rivers and their bridges</h3></a></div>",
    ] {
        let body = format!("<article>{PARAGRAPH}{PARAGRAPH}{part}{PARAGRAPH}</article>");
        let found = read(&body, Some("https://www.lantern.example/a.html"));
        assert_eq!(titles(&found), Vec::<&str>::new(), "{part}");
    }
}

#[test]
fn paid_links_navigation_and_the_page_itself_are_no_further_reading() {
    for after in [
        "<nav><ul><li><a href='/l'>Latest</a></li><li><a href='/x'>Everything about our town</a></li></ul></nav>",
        "<h3>Popular</h3><ul><li><a href='https://boats.example/1'>Boats for everyone at half the price</a></li><li><a href='https://boats.example/2'>The boat your doctor does not want</a></li><li><a href='/b'>The bridge is closed for a week</a></li></ul>",
        "<h3>Popular</h3><ul><li><a href='/count/*http://boats.example/1'>Boats for everyone at half the price</a></li><li><a href='/count?to=https%3A%2F%2Fboats.example%2F2'>The boat your doctor does not want</a></li></ul>",
        "<h3>Related</h3><ul><li><a rel=sponsored href='/s'>Boats for everyone at half the price</a></li></ul>",
        "<h3>Related</h3><ul><li><a href='/a.html#top'>The river stands high, once more</a></li></ul>",
        "<h3>Related</h3><ul><li><a href='/t/river'>River</a></li><li><a href='/t/boat'>Boats</a></li></ul>",
        "<footer><h3>More from us</h3><ul><li><a href='/about'>About the people of the Lantern</a></li></ul></footer>",
    ] {
        assert_eq!(titles(&page(after)), Vec::<&str>::new(), "{after}");
    }
}

#[test]
fn a_page_of_unknown_address_belongs_to_the_site_it_links_to_most() {
    let own: Vec<String> =
        (0..6).map(|n| format!("<a href='https://lantern.example/{n}'>{n}</a>")).collect();
    let own = own.concat();
    let paid = "<h3>Popular</h3><ul><li><a href='https://boats.example/1'>Boats for everyone at half the price</a></li></ul>";
    let text = PARAGRAPH.repeat(3);
    let found = read(&format!("<div>{own}</div><article>{text}</article>{paid}"), None);
    assert_eq!(titles(&found), Vec::<&str>::new());
}

/// Two records as the data of a framework holds them.
const RECORDS: &str = r#"[{"title":"The bridge is closed &amp; guarded","url":"/b","publishedAt":1714982400000,"viewCount":"3.4k","commentCount":7,"tags":[{"name":"Traffic"}],"cover":{"url":"/b.jpg"},"excerpt":"<p>Nobody may cross before the planks are counted again.</p>"},{"node":{"headline":"桥边的磨坊停了","link":"https://www.lantern.example/c?utm_source=x"}},{"title":"The river stands high","url":"/a.html"}]"#;

#[test]
fn lists_that_only_a_script_holds_are_further_reading() {
    let padding = "x".repeat(300);
    let flight = serde_json::to_string(&format!(r#"5:{{"relatedArticles":{RECORDS}}}"#)).unwrap();
    for script in [
        format!(
            r#"<script id=__NEXT_DATA__ type="application/json">{{"props":{{"relatedPosts":{{"edges":{RECORDS}}}}},"a":"{padding}"}}</script>"#
        ),
        format!(r"<script>self.__next_f.push([1,{flight}])</script>"),
        format!(
            r"<script>// it's data {padding}
window.__INITIAL_STATE__ = {{recommend_list: {RECORDS}}};</script>"
        ),
    ] {
        let found = page(&script);
        assert_eq!(
            titles(&found),
            ["The bridge is closed & guarded", "桥边的磨坊停了"],
            "{script}"
        );
        let item = &found.related[0];
        assert_eq!(item.group, RelatedGroup::Related);
        assert_eq!(item.url.as_ref().map(Url::as_str), Some("https://www.lantern.example/b"));
        assert_eq!(
            item.published.as_ref().unwrap().instant.to_rfc3339(),
            "2024-05-06T16:00:00+08:00"
        );
        assert_eq!((item.views, item.comments), (Some(3400), Some(7)));
        assert_eq!(item.tags, ["Traffic"]);
        assert_eq!(
            item.summary.as_deref(),
            Some("Nobody may cross before the planks are counted again.")
        );
        assert_eq!(item.image.as_ref().map(Url::as_str), Some("https://www.lantern.example/b.jpg"));
        assert_eq!(
            found.related[1].url.as_ref().map(Url::as_str),
            Some("https://www.lantern.example/c")
        );
    }
}

#[test]
fn a_list_in_a_script_gives_way_to_one_on_the_page_and_must_lead_to_the_same_site() {
    let padding = "x".repeat(300);
    let script = |records: &str| {
        format!(r#"<script>var data = {{"related": {records}, "a": "{padding}"}};</script>"#)
    };
    let shown = page(&format!("<h3>Related</h3>{TWO}{}", script(RECORDS)));
    assert_eq!(
        titles(&shown),
        ["The bridge is closed for a week", "A mill stops after ninety years"]
    );
    let paid = RECORDS
        .replace("\"/b\"", "\"https://ads.example/b\"")
        .replace("www.lantern.example", "shop.example");
    assert!(page(&script(&paid)).related.is_empty());
    let one = r#"[{"title":"The bridge is closed","url":"/b"}]"#;
    assert!(page(&script(one)).related.is_empty(), "one record is no list");
}
