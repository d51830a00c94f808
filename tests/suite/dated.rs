//! Dates, sources and names on Chinese pages that tell machines nothing: what a reader sees near the title, by example, and
//! pages whose dates are not the article's.

use chrono::DateTime;
use pressroom::domain::{Article, Document, IdentityRule, MediaType, Precision, SourceId};
use pressroom::normalize::{Overrides, Settings, normalize};

const TEXT: &str = "<p>　　海风把旧灯塔的门吹开了，守塔的人却没有回来，桌上的日志停在去年冬天的一个晚上，再没有人写下去。</p><p>　　镇上的人说，那天夜里浪很高，三条渔船都在天亮以前回了港，只有灯塔的灯没有亮，第二天也没有亮。</p><p>　　新来的守塔人是个年轻姑娘，她把日志从头读了一遍，擦干净了灯，晚上照常点亮，像什么也没有发生过一样。</p>";

fn read(html: &str) -> Article {
    let document = Document {
        reference: "a".into(),
        url: None,
        fetched_at: DateTime::parse_from_rfc3339("2024-11-20T08:00:00+08:00").unwrap(),
        media_type: MediaType::Html,
        text: html.into(),
        digest: String::new(),
    };
    let settings = Settings {
        source: SourceId::new("coast").unwrap(),
        identity: IdentityRule::Content,
        overrides: Overrides::default(),
    };
    normalize(&document, &settings).unwrap_or_else(|error| panic!("{error}: {html}")).article
}

/// A page of our day with `line` under its title.
fn page(line: &str) -> Article {
    read(&format!(
        "<html><head><title>旧灯塔的灯又亮了_海岸网</title></head><body><div><h1>旧灯塔的灯又亮了</h1>{line}<div>{TEXT}</div></div></body></html>"
    ))
}

/// The same as a page of twenty years ago: tables, no headings, breaks for paragraphs.
fn old_page(line: &str) -> Article {
    let text = TEXT.replace("<p>", "").replace("</p>", "<br><br>");
    read(&format!(
        "<html><head><title>旧灯塔的灯又亮了</title></head><body><table><tr><td><a href=/>首页</a> | <a href=/x>新闻</a></td></tr></table><table><tr><td align=center><font size=5><b>旧灯塔的灯又亮了</b></font></td></tr><tr><td align=center>{line}</td></tr><tr><td>{text}</td></tr></table></body></html>"
    ))
}

fn shown(article: &Article) -> Option<(String, Precision)> {
    let moment = article.published.as_ref()?;
    Some((moment.instant.format("%Y-%m-%d %H:%M").to_string(), moment.precision))
}

#[test]
fn chinese_pages_say_when_they_were_published_in_many_ways() {
    use Precision::{Day, Hour, Minute, Month, Second};
    let mut wrong = Vec::new();
    for (line, expected, precision) in [
        ("发布时间：2024-05-06 08:30", "2024-05-06 08:30", Minute),
        ("2024年5月6日 08:30　来源：海岸日报　作者：林静", "2024-05-06 08:30", Minute),
        ("发表于 2024/5/6", "2024-05-06 00:00", Day),
        ("时间：2024.05.06 来源：海岸日报", "2024-05-06 00:00", Day),
        ("日期: 2024-5-6  浏览次数: 128", "2024-05-06 00:00", Day),
        ("二〇二四年五月六日", "2024-05-06 00:00", Day),
        ("二○二四年五月六日", "2024-05-06 00:00", Day),
        ("二零二四年五月十六日", "2024-05-16 00:00", Day),
        ("2024年05月06日08:30 | 来源：海岸日报", "2024-05-06 08:30", Minute),
        ("稿源：海岸日报 2024-05-06 08:30:15", "2024-05-06 08:30", Second),
        ("发布于：昨天 21:10", "2024-11-19 21:10", Minute),
        ("3小时前", "2024-11-20 05:00", Hour),
        ("前天 08:00", "2024-11-18 08:00", Minute),
        ("二十七天前", "2024-10-24 00:00", Day),
        ("05-06 08:30", "2024-05-06 08:30", Minute),
        ("5月6日 08:30 | 海岸日报", "2024-05-06 08:30", Minute),
        ("12-06 08:30", "2023-12-06 08:30", Minute),
        ("作者：林静 | 发布：2024-05-06 | 阅读：1.2万", "2024-05-06 00:00", Day),
        ("来源：海岸日报 | 时间：2024年5月6日 | 编辑：周明", "2024-05-06 00:00", Day),
        ("〔2024-05-06〕", "2024-05-06 00:00", Day),
        ("[ 2024-05-06 08:30 ]", "2024-05-06 08:30", Minute),
        ("2024-05-06 星期一", "2024-05-06 00:00", Day),
        ("2024年5月6日 星期一 上午 8:30", "2024-05-06 08:30", Minute),
        ("2024年5月6日下午3时5分", "2024-05-06 15:05", Minute),
        ("发布日期：2024-05-06 【字体：大 中 小】", "2024-05-06 00:00", Day),
        ("2024-05-06 08:30:00 来源: 海岸日报 点击: 1024次", "2024-05-06 08:30", Second),
        ("更新日期：2024-05-06  浏览次数：56  作者：林静", "2024-05-06 00:00", Day),
        ("责任编辑：周明 2024-05-06 08:30", "2024-05-06 08:30", Minute),
        ("上传日期：2024-05-06", "2024-05-06 00:00", Day),
        ("添加时间：2024-05-06", "2024-05-06 00:00", Day),
        ("录入时间：2024-5-6 8:30:00", "2024-05-06 08:30", Second),
        ("发稿时间：2024年05月06日 08:30", "2024-05-06 08:30", Minute),
        ("成文日期：2024年05月06日", "2024-05-06 00:00", Day),
        ("发文日期：2024年05月06日", "2024-05-06 00:00", Day),
        ("首发时间：2024-05-06 08:30", "2024-05-06 08:30", Minute),
        ("海岸日报 · 2024-05-06 08:30", "2024-05-06 08:30", Minute),
        ("林静 发表于 2024-05-06 08:30", "2024-05-06 08:30", Minute),
        ("由 林静 于 2024-05-06 08:30 发表", "2024-05-06 08:30", Minute),
        ("海岸日报　2024年第5期　2024-05-06", "2024-05-06 00:00", Day),
        ("2024-05-06T08:30:00+08:00", "2024-05-06 08:30", Second),
        ("２０２４年５月６日", "2024-05-06 00:00", Day),
        ("2024 年 5 月 6 日", "2024-05-06 00:00", Day),
        ("2024/05/06 08:30", "2024-05-06 08:30", Minute),
        ("发布时间:2024-05-06来源:海岸日报", "2024-05-06 00:00", Day),
        ("2024年5月", "2024-05-01 00:00", Month),
    ] {
        let expected = Some((expected.to_owned(), precision));
        let pages = [
            page(&format!("<p>{line}</p>")),
            page(&format!("<div><span>{line}</span></div>")),
            old_page(line),
        ];
        let found = pages.map(|page| shown(&page));
        if found.iter().any(|found| *found != expected) {
            wrong.push(format!("{line}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn chinese_pages_name_source_and_author_beside_the_date() {
    let mut wrong = Vec::new();
    for (line, source, authors) in [
        ("2024年5月6日 08:30　来源：海岸日报　作者：林静", Some("海岸日报"), vec!["林静"]),
        ("来源：海岸日报 | 时间：2024年5月6日 | 编辑：周明", Some("海岸日报"), vec![]),
        ("2024-05-06 08:30:00 来源: 海岸日报 点击: 1024次", Some("海岸日报"), vec![]),
        ("稿源：海岸日报 2024-05-06 08:30:15", Some("海岸日报"), vec![]),
        ("作者：林静 周明　2024-05-06", None, vec!["林静", "周明"]),
        ("文/林静　2024-05-06", None, vec!["林静"]),
        ("本报记者 林静 2024-05-06", None, vec!["林静"]),
        ("发布时间:2024-05-06来源:海岸日报", Some("海岸日报"), vec![]),
        (
            "出处：海岸日报　作者：林静、周明　时间：2024-05-06",
            Some("海岸日报"),
            vec!["林静", "周明"],
        ),
        ("信息来源：市海事局　发布日期：2024-05-06", Some("市海事局"), vec![]),
    ] {
        for found in [page(&format!("<p>{line}</p>")), old_page(line)] {
            let is_named = authors.is_empty() || found.authors == authors;
            if found.attribution.as_deref() != source || !is_named {
                wrong.push(format!("{line}: {:?} {:?}", found.attribution, found.authors));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_relative_date_is_settled_by_the_time_of_fetching_and_says_so() {
    let moment = page("<p>27天前</p>").published.unwrap();
    assert_eq!(moment.raw, "27天前");
    assert!(moment.reference.is_some(), "it hangs on the time of fetching");
    let year_left_out = page("<p>05-06 08:30</p>").published.unwrap();
    assert!(year_left_out.reference.is_some(), "so does a year that was left out");
}

/// What stands in real pages and is not when the article was published.
#[test]
fn dates_of_other_things_are_not_the_articles() {
    let mut wrong = Vec::new();
    let comments = "<div><h3>评论</h3><ul><li>海鸥 2024-05-07 10:00<br>写得真好，我小时候也去过那里。</li><li>老船长 2024-05-09 11:30<br>灯还在，人不在了。</li></ul></div>";
    let archive = "<ul><li><a href=/a1.html>渔港的早晨静悄悄</a> 2024-05-01</li><li><a href=/a2.html>一百年前的海图找到了</a> 2024-05-03</li><li><a href=/a3.html>冬天的最后一班渡船</a> 2024-05-04</li></ul>";
    for (name, before, after) in [
        ("comments", "", comments),
        ("an archive", "", archive),
        ("an archive above", archive, ""),
        ("an imprint", "", "<p>版权所有 © 2001-2024 海岸网 备案时间：2009年3月</p>"),
        ("a register", "", "<p>沪ICP备20240506号-1</p>"),
        ("a telephone", "", "<p>热线电话：020-20240506</p>"),
        ("an event", "", "<p>活动将于12月24日晚上举行，欢迎大家参加。</p>"),
        (
            "a founding",
            "",
            "<p>海岸网创办于1998年5月6日，是本地最早的网站，报道渔港、灯塔和海上的天气。</p>",
        ),
        ("today", "<div>今天是：<script>document.write(new Date())</script></div>", ""),
        ("the weather", "<div>海岸 晴 12℃ 20℃</div>", ""),
        ("a volume", "<p>第12期 总第305期</p>", ""),
        ("a number", "<p>编号：20240506001</p>", ""),
        ("hours", "<p>开放时间：8:30—17:00</p>", ""),
        ("a price", "<p>定价：20.24元</p>", ""),
        ("counters", "<p>阅读 1.2万　评论 3</p>", ""),
        ("a score", "<p>比分 3-2 (1-1)</p>", ""),
        ("a range", "<p>5-6 年级适用</p>", ""),
        ("a code", "", "<p>SKU 2024-0506-11</p>"),
        ("a chapter", "<p>第3章 第5节</p>", ""),
        ("an age", "<p>林静，1988年生</p>", ""),
    ] {
        let html = format!(
            "<html><body><div>{before}</div><div><h1>旧灯塔的灯又亮了</h1><div>{TEXT}</div></div><div>{after}</div></body></html>"
        );
        if let Some(moment) = read(&html).published {
            wrong.push(format!("{name}: {}", moment.raw));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const PROSE: &str = "<p>The river rose through the night and the men on the bridge counted the planks as they went by, one after the other, until nobody could say how many.</p><p>In the morning the water stood at the third step of the town hall, and the mayor came out in her boots and looked at it for a long time.</p>";

#[test]
fn a_day_is_found_wherever_a_page_shows_it_with_its_title() {
    let mut wrong = Vec::new();
    let text = PROSE;
    for (name, html) in [
        ("a dateline", format!("<h1>The river rises</h1><p>6 May 2024 – {}", &text[3..])),
        (
            "a place and a dateline",
            format!("<h1>The river rises</h1><p>HOLM, May 6, 2024 (Lantern) — {}", &text[3..]),
        ),
        ("two digits", format!("<h1>The river rises</h1><div>06.05.24</div>{text}")),
        ("a German label", format!("<h1>The river rises</h1><div>Datum: 06.05.2024</div>{text}")),
        (
            "the word above it",
            format!(
                "<h1>The river rises</h1>{text}<div><h4>Published</h4><div>May 6, 2024</div></div>"
            ),
        ),
        (
            "a weekday and a name",
            format!(
                "<h1>The river rises</h1><div>Erstellt von Fabian am Montag 6. Mai 2024</div>{text}"
            ),
        ),
        (
            "names behind it, above",
            format!("<div>06.05.2024 | 13:10 Uhr | Uta Helm</div><h1>The river rises</h1>{text}"),
        ),
        (
            "a microformat",
            format!(
                "<h1>The river rises</h1>{text}{text}<div>Geschrieben von Fabian <time class='entry-date published' datetime=2024-05-06></time></div><time datetime=2024-05-09></time>"
            ),
        ),
        (
            "a menu that names it first",
            format!(
                "<ul><li>The river rises</li></ul><p>Our lamps burn longer than any other lamps in the valley, they cost less, and come with a rope.</p><h1>The river rises</h1><div>May 6, 2024</div>{text}"
            ),
        ),
        (
            "a build",
            format!(
                "<script type=application/ld+json>{{\"@type\":\"Article\",\"headline\":\"The river rises\",\"datePublished\":\"Nov 2, 2024\"}}</script><h1>The river rises</h1><div>May 6, 2024</div>{text}"
            ),
        ),
        (
            "a value cut short",
            format!("<h1>The river rises</h1><div>发布时间：05-06 00:00 优质作者</div>{text}"),
        ),
    ] {
        let found = read(&format!(
            "<html lang=en><head><title>The river rises</title></head><body>{html}</body></html>"
        ));
        let day = found.published.as_ref().map(|m| m.instant.format("%Y-%m-%d").to_string());
        if day.as_deref() != Some("2024-05-06") {
            wrong.push(format!("{name}: {day:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
