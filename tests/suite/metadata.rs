//! Metadata by example: invented pages, each for one rule, and what must come of them.

use chrono::DateTime;
use pressroom::domain::{Article, Document, IdentityRule, MediaType, Precision, SourceId};
use pressroom::normalize::{Field, Overrides, Rule, Settings, explain, normalize};
use url::Url;

const PROSE: &str = "<p>The river rose through the night and the men on the bridge counted the planks as they went by, one after the other, until nobody could say how many there had been.</p><p>In the morning the water stood at the third step of the town hall, and the mayor came out in her boots and looked at it for a long time without a word.</p><p>Nobody in the valley had seen it stand so high since the year of the two floods, and those who had were no longer there to say so.</p>";
const TEXT: &str = "<p>昨夜河水上涨，桥上的人们一块一块地数着漂过的木板，数到后来谁也说不清究竟有多少块，只听见水声越来越大，灯光在水面上晃动不停。</p><p>到了早晨，水已经漫到镇公所的第三级台阶，镇长穿着雨靴走出来，看了很久，一句话也没有说，身后的人也都安静地站着，等着她开口。</p><p>山谷里的人们从来没有见过这样高的水，只有那两年洪水的时候才听老人们说起过，而说起过的老人们如今也都已经不在人世了，只剩下石头上的刻痕。</p>";

fn document(html: &str) -> Document {
    Document {
        reference: "a".into(),
        url: Some(Url::parse("https://www.lantern.example/news/a.html").unwrap()),
        fetched_at: DateTime::parse_from_rfc3339("2024-11-20T08:00:00+08:00").unwrap(),
        media_type: MediaType::Html,
        text: html.into(),
        digest: String::new(),
    }
}

fn settings(overrides: Overrides) -> Settings {
    Settings { source: SourceId::new("valley").unwrap(), identity: IdentityRule::Path, overrides }
}

fn article(html: &str) -> Article {
    normalize(&document(html), &settings(Overrides::default())).unwrap().article
}

/// An English page with `head` in its head, and `top` and `bottom` around its text.
fn english(head: &str, top: &str, bottom: &str) -> Article {
    article(&format!(
        "<html lang=en><head>{head}</head><body><main>{top}{PROSE}{bottom}</main></body></html>"
    ))
}

/// The same in Chinese.
fn chinese(head: &str, top: &str, bottom: &str) -> Article {
    article(&format!(
        "<html lang=zh><head>{head}</head><body><div>{top}{TEXT}{bottom}</div></body></html>"
    ))
}

fn day(article: &Article) -> Option<String> {
    article.published.as_ref().map(|moment| moment.instant.format("%Y-%m-%d").to_string())
}

#[test]
fn a_kicker_that_two_titles_repeat_is_part_of_the_title_and_one_that_only_the_heading_has_is_not() {
    let head = "<title>Flood: The river stands at the third step, The Lantern</title><meta property='og:title' content='Flood: The river stands at the third step'>";
    let kicked = english(head, "<h1>The river stands at the third step</h1>", "");
    assert_eq!(kicked.title, "Flood: The river stands at the third step");
    let head = "<title>The river stands at the third step - News - LTN</title><meta property='og:title' content='The river stands at the third step'>";
    let bare = english(
        head,
        "<h1><span>Valley</span> <span>The river stands at the third step</span></h1>",
        "",
    );
    assert_eq!(bare.title, "The river stands at the third step");
}

#[test]
fn a_heading_that_lost_its_mark_to_style_is_spelled_as_the_page_tells_it() {
    let head = "<meta property='og:title' content='Flood / The river stands high'>";
    let found = english(head, "<h1><span>Flood</span>The river stands high</h1>", "");
    assert_eq!(found.title, "Flood / The river stands high");
}

#[test]
fn the_one_heading_of_the_page_goes_before_what_search_engines_are_told() {
    let head = "<title>Flood guide 2024: steps & tips</title><meta property='og:title' content='Flood guide 2024: steps & tips'>";
    let found = english(head, "<h1>What to do when the river comes up the steps</h1>", "");
    assert_eq!(found.title, "What to do when the river comes up the steps");
}

#[test]
fn authors_come_from_wherever_the_page_names_them() {
    let h1 = "<h1>The river stands at the third step</h1>";
    for (head, top, bottom, expected) in [
        ("<meta name=author content='Jane Doe'>", "", "", vec!["Jane Doe"]),
        (
            "<meta name=author content='River CMS Team'><meta name=generator content='River! 3.4'>",
            "<p>By John Roe</p>",
            "",
            vec!["John Roe"],
        ),
        (
            "<meta name=author content='https://lantern.example/jane'>",
            "<p>By Jane Doe and John Roe</p>",
            "",
            vec!["Jane Doe", "John Roe"],
        ),
        (
            "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\",\"author\":[{\"name\":\"Jane Doe\"},{\"name\":\"John Roe\"}]}</script>",
            "",
            "",
            vec!["Jane Doe", "John Roe"],
        ),
        (
            "",
            "<p class=byline><span>Jane Doe</span><span>John Roe</span></p>",
            "",
            vec!["Jane Doe", "John Roe"],
        ),
        ("", "<p class=byline>Jane Doe, Senior Reporter</p>", "", vec!["Jane Doe"]),
        ("", "", "<p style='text-align:right'>Jane Doe</p>", vec!["Jane Doe"]),
        ("", "<p><b>Jane Doe/John Roe</b></p>", "", vec!["Jane Doe", "John Roe"]),
        (
            "<meta name=author content='Jane Doe'>",
            "<p><a rel=author href='/j'>Jane Doe</a> <a rel=author href='/r'>John Roe</a></p>",
            "",
            vec!["Jane Doe", "John Roe"],
        ),
        (
            "<meta property='og:site_name' content='The Lantern'><meta name=author content='The Lantern'>",
            "<p>By Jane Doe</p>",
            "",
            vec!["Jane Doe"],
        ),
        (
            "<meta property='og:site_name' content='The Lantern'><meta name=author content='The Lantern'>",
            "",
            "",
            vec![],
        ),
    ] {
        let head = format!("<title>The river stands at the third step</title>{head}");
        let found = english(&head, &format!("{h1}{top}"), bottom);
        assert_eq!(found.authors, expected, "{head}{top}{bottom}");
    }
}

#[test]
fn chinese_pages_name_their_authors_in_many_ways() {
    let h1 = "<h1>河水漫上镇公所的台阶</h1>";
    for (top, bottom, expected) in [
        ("<p>作者：张小满</p>", "", vec!["张小满"]),
        ("<p>2024-05-06 08:00 [ 黄河清 ] 来源：河谷网</p>", "", vec!["黄河清"]),
        ("<p>河边人 发表于 2024-05-06 08:00</p>", "", vec!["河边人"]),
        ("<p>张小满</p>", "", vec!["张小满"]),
        ("<p>本报实习生 张小满 李四</p><p>本报记者 王五</p>", "", vec!["张小满", "李四", "王五"]),
        ("", "<p>□ 本报记者 张小满</p>", vec!["张小满"]),
        ("", "<p>（记者 张小满）</p>", vec!["张小满"]),
        ("", "<div><ul><li>来源：河谷日报 编辑：苏小亮</li></ul></div>", vec!["苏小亮"]),
        ("<p>来源：尹小娟</p>", "", vec!["尹小娟"]),
        ("<p>来源：河谷网</p>", "", vec![]),
    ] {
        let found = chinese("", &format!("{h1}{top}"), bottom);
        assert_eq!(found.authors, expected, "{top}{bottom}");
    }
}

#[test]
fn dates_come_from_the_words_near_the_title_in_the_order_of_the_language() {
    for (language, line, expected) in [
        ("en", "Published 5/6/2024", "2024-05-06"),
        ("en-GB", "Published 5/6/2024", "2024-06-05"),
        ("de", "Aktualisiert am 06.05.2024 19:20 Uhr", "2024-05-06"),
        ("de", "Veröffentlicht am 6. Mai 2024", "2024-05-06"),
        ("fr", "Publié le 6 mai 2024 à 08:00", "2024-05-06"),
        ("es", "Publicado el 6 de mayo de 2024", "2024-05-06"),
        ("en", "May 6th, 2024 at 8am PDT", "2024-05-06"),
        ("zh", "发布时间：2024-05-06 08:00", "2024-05-06"),
        ("zh", "来源：河谷网 2024-05-06 08:00", "2024-05-06"),
        ("zh", "昨天 08:30", "2024-11-19"),
        ("zh", "3小时前", "2024-11-20"),
        ("zh", "二〇二四年五月六日", "2024-05-06"),
    ] {
        let page = format!(
            "<html lang={language}><body><main><h1>The river stands at the third step</h1><p>{line}</p>{PROSE}</main></body></html>"
        );
        assert_eq!(day(&article(&page)).as_deref(), Some(expected), "{language}: {line}");
    }
}

#[test]
fn a_page_without_a_declared_language_is_read_in_the_order_of_the_one_it_speaks() {
    let page = format!(
        "<body><div><h1>河水漫上镇公所的台阶</h1><p>发布日期：7/5/2005 9:23:57 PM</p>{TEXT}</div></body>"
    );
    let moment = article(&page).published.unwrap();
    assert_eq!(moment.instant.to_rfc3339(), "2005-05-07T21:23:57+08:00");
    assert_eq!(moment.precision, Precision::Second);
}

#[test]
fn the_only_stated_date_counts_wherever_it_stands_and_dates_of_comments_do_not() {
    let once = english(
        "",
        "<h1>The river stands at the third step</h1>",
        "<footer><p>Posted on May 6, 2024</p></footer>",
    );
    assert_eq!(day(&once).as_deref(), Some("2024-05-06"));
    let often = article(&format!(
        "<main><h1>The river stands at the third step</h1>{PROSE}</main><section><p>Posted on May 6, 2024</p><p>Good.</p><p>Posted on May 9, 2024</p><p>Bad.</p></section>"
    ));
    assert_eq!(day(&often), None);
}

#[test]
fn no_date_is_invented_where_a_page_has_none() {
    for words in [
        "<p>By Jane Doe</p>",
        "<p>Chapter 3 of 12</p>",
        "<p>Version 2.10.4</p>",
        "<p>Room 10-12, 24 River Street</p>",
        "<p>Call 020 7946 0958</p>",
        "<p>Final score 5-6</p>",
        "<p>3/4 of the town</p>",
        "<p>ISBN 978-3-16-148410-0</p>",
        "<p>Since 1998</p>",
        "<p>© 2024 The Lantern</p>",
        "<footer>Copyright 2012-2024</footer>",
        "<p>5 min read</p>",
        "<p>1,234 views</p>",
        "<p>Open daily 8:00 to 17:00</p>",
        "<p>Today the water fell.</p>",
        "<p>作者：张小满</p>",
        "<p>第12期</p>",
        "<p>来源：河谷网</p>",
        "<p>电话：010-62345678</p>",
        "<p>阅读 1.2万 评论 3</p>",
        "<p>今天天气很好，大家都很高兴。</p>",
        "<p>ÐÄÇé Ê±¼ä£º2005-08-28 20:56:20 µÚ</p>",
        "<ul><li><a href='/x1'>An older story about the bridge</a> May 6, 2024</li><li><a href='/x2'>One more story about the mill</a> May 9, 2024</li></ul>",
    ] {
        for found in [
            english("", &format!("<h1>The river stands at the third step</h1>{words}"), ""),
            english("", "<h1>The river stands at the third step</h1>", words),
        ] {
            assert_eq!(found.published, None, "{words}");
        }
    }
}

#[test]
fn licence_reading_time_and_counters_are_kept_where_the_page_states_them() {
    let top = "<h1>The river stands at the third step</h1><p>1.2k views · 7 comments</p><p>6 min read</p>";
    let licence =
        "<p><a rel=license href='https://creativecommons.org/licenses/by/4.0/'>CC BY</a></p>";
    let facts = english("", top, licence).facts;
    assert_eq!(facts.licence.as_deref(), Some("https://creativecommons.org/licenses/by/4.0/"));
    assert_eq!(
        (facts.reading_minutes, facts.views, facts.comments),
        (Some(6), Some(1200), Some(7))
    );
    let facts = chinese("", "<h1>河水漫上镇公所的台阶</h1>", "").facts;
    assert_eq!((facts.licence, facts.views, facts.comments), (None, None, None));
    assert_eq!(facts.reading_minutes, Some(1), "about two hundred characters");
}

const PAYLOAD: &str = "<html lang=en><head><title>Wrong</title></head><body><h1>Wrong for this site</h1><h2 class=big>The right title</h2><p class=who>Written by Jane Doe.</p><script id=__NEXT_DATA__ type='application/json'>{\"props\":{\"date\":\"2024-05-06\",\"tags\":[\"river\",\"flood\"]}}</script><div class=promo><p>Subscribe to our river letter today and get a boat for free, or two boats for the price of three.</p></div>";

fn placed() -> Overrides {
    let mut overrides = Overrides::default();
    overrides.place(Field::Title, Rule::css("h2.big").unwrap());
    overrides.place(Field::Author, Rule::regex("Written by ([^<.]+)").unwrap());
    overrides.place(Field::Published, Rule::json("/props/date", Some("__NEXT_DATA__")).unwrap());
    overrides.place(Field::Tags, Rule::json("/props/tags", None).unwrap());
    overrides.place(Field::Body, Rule::css("div.text").unwrap());
    overrides.remove("div.promo").unwrap();
    overrides
}

#[test]
fn what_the_operator_places_goes_before_what_the_rules_find() {
    let page = format!(
        "{PAYLOAD}<div class=text>{PROSE}</div><p>A paragraph that is not in the place of the text, although it is long enough to be.</p></body></html>"
    );
    let found = normalize(&document(&page), &settings(placed())).unwrap().article;
    assert_eq!(found.title, "The right title");
    assert_eq!(found.authors, ["Jane Doe"]);
    assert_eq!(day(&found).as_deref(), Some("2024-05-06"));
    assert_eq!(found.tags, ["river", "flood"]);
    let text = found.text();
    assert!(text.starts_with("The river rose") && text.ends_with("to say so."), "{text}");
}

#[test]
fn a_rule_that_finds_nothing_leaves_the_field_to_the_rules_of_the_house() {
    let mut overrides = Overrides::default();
    overrides.place(Field::Title, Rule::css("h1.nowhere").unwrap());
    let page = format!("<h1>The river stands at the third step</h1>{PROSE}");
    let found = normalize(&document(&page), &settings(overrides)).unwrap().article;
    assert_eq!(found.title, "The river stands at the third step");
}

#[test]
fn wrong_rules_are_refused_with_what_would_be_right() {
    assert!(Rule::css("h1[").unwrap_err().contains("CSS selector"));
    assert!(Rule::json("props/date", None).unwrap_err().contains("JSON pointer"));
    assert!(Rule::regex("by (").unwrap_err().contains("regular expression"));
    assert!(Overrides::default().remove(">>").is_err());
}

#[test]
fn an_explanation_names_the_place_of_each_field_and_what_it_beat() {
    let page = format!(
        "<html lang=en><head><title>The river stands high | The Lantern</title><meta property='og:title' content='River news'><meta name=author content='Jane Doe'></head><body><main><h1>The river stands high</h1><p>Share this article</p>{PROSE}</main></body></html>"
    );
    let told = explain(&document(&page), &settings(Overrides::default())).unwrap();
    let field = |name: &str| told.fields.iter().find(|field| field.field == name).unwrap();
    assert_eq!(field("title").place, "h1");
    assert!(
        field("title")
            .beaten
            .iter()
            .any(|other| other.place == "meta og:title" && other.value == "River news")
    );
    assert_eq!(field("author").place, "meta author");
    assert_eq!(told.body.iter().filter(|found| found.is_chosen).count(), 1);
    assert!(told.body.iter().all(|trial| trial.prose > 0));
    let mut overrides = Overrides::default();
    overrides.place(Field::Title, Rule::css("title").unwrap());
    let told = explain(&document(&page), &settings(overrides)).unwrap();
    assert_eq!(told.fields[0].place, "your rule: css title");
}

#[test]
fn names_of_sites_and_words_of_forms_are_no_authors_and_buttons_no_part_of_a_source() {
    let head = "<title>河水又涨了_网灯新闻</title><meta name=author content=网灯>";
    assert!(chinese(head, "<h1>河水又涨了</h1>", "").authors.is_empty());
    let head = "<title>河水又涨了</title><meta name=author content='name, email@gmail.com'>";
    assert!(chinese(head, "<h1>河水又涨了</h1>", "").authors.is_empty());
    let signed = chinese(
        "<title>河水又涨了</title>",
        "<h1>河水又涨了</h1>",
        "<p>作者：余晓青 向小雪 返回首页，查看更多</p>",
    );
    assert_eq!(signed.authors, ["余晓青", "向小雪"]);
    let line = "<h1>河水又涨了</h1><div>2024-05-06 08:00 来源：河谷周刊 举报</div>";
    let found = chinese("<title>河水又涨了</title>", line, "");
    assert_eq!(found.attribution.as_deref(), Some("河谷周刊"));
}

#[test]
fn a_description_is_a_lead_only_where_it_says_more_than_the_title() {
    let head = "<title>河水又涨了，桥上的人们数木板</title><meta name=description content='河水又涨了，桥上的人们数木板,河谷,木板,镇长'>";
    assert_eq!(chinese(head, "<h1>河水又涨了，桥上的人们数木板</h1>", "").lead, None);
    let head = "<meta name=description content='河谷&amp;nbsp;昨夜河水上涨，桥上的人们一块一块地数着漂过的木板。'>";
    let lead = chinese(head, "<h1>河水又涨了</h1>", "").lead;
    assert_eq!(lead.as_deref(), Some("河谷 昨夜河水上涨，桥上的人们一块一块地数着漂过的木板。"));
}
