//! What feeds cost: reading those of others into Articles, by bytes; writing and judging our own, by articles.

use std::fmt::Write as _;
use std::hint::black_box;

use chrono::{DateTime, Utc};
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use pressroom::domain::{
    Article, Document, Feed, FeedFormat, FeedId, IdentityRule, MediaType, Selection, Site, SourceId,
};
use pressroom::lint;
use pressroom::normalize::{self, Overrides, Settings};
use pressroom::render::{self, Entry, Page};

const ARTICLES: usize = 1_000;
const ENTRIES: usize = 1_000;

/// About 7 KB of an article in Chinese, as blogs publish them: paragraphs, links, a heading, a list, a picture.
fn body(number: usize) -> String {
    let sentence = "海边的灯塔在夜里亮着，守塔的人没有回来；港口的渡船到了冬天才会停下，村里的人把船拖到高处。";
    let mut html = String::new();
    for paragraph in 0..12 {
        let words = sentence.repeat(4);
        // Writing to a String cannot fail.
        let _ = match paragraph {
            3 => writeln!(html, "<h2>第{paragraph}章</h2>\n<p>{words}</p>"),
            5 => {
                writeln!(html, "<p>{words}</p>\n<ul><li>{sentence}</li>\n<li>{sentence}</li></ul>")
            }
            6 => writeln!(
                html,
                "<p><img src=\"https://example.org/{number}.jpg\" alt=\"灯塔\" /></p>"
            ),
            7 | 9 => writeln!(
                html,
                "<p>{sentence}<a href=\"https://example.org/{number}?a=1&amp;b={paragraph}\">灯塔</a>{words}</p>"
            ),
            _ => writeln!(html, "<p><strong>灯塔</strong>{words}</p>"),
        };
    }
    html
}

/// The same with what takes a parser to read: a table without end tags, a script, a style.
fn broken_body(number: usize) -> String {
    body(number) + "<table><tr><td>一<td>二</table><script>x()</script><p style='a'>尾<p>完"
}

fn escaped(html: &str) -> String {
    html.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn rss(content: impl Fn(usize) -> String) -> String {
    let items: Vec<String> = (0..ENTRIES)
        .map(|number| {
            format!(
                "<item><title>灯塔 {number}</title><link>https://example.org/{number}</link>\
                 <guid isPermaLink=\"false\">{number}</guid><pubDate>Mon, 18 Nov 2024 09:30:00 +0100</pubDate>\
                 <content:encoded>{}</content:encoded></item>\n",
                content(number)
            )
        })
        .collect();
    let items = items.concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>灯塔</title>\
         <link>https://example.org/</link><description>d</description>\n{items}</channel></rss>"
    )
}

fn atom() -> String {
    let entry = |number: usize| {
        format!(
            "<entry><title>灯塔 {number}</title><link href=\"https://example.org/{number}\"/><id>urn:x:{number}</id>\
             <updated>2024-11-18T09:30:00Z</updated><content type=\"html\">{}</content></entry>\n",
            escaped(&body(number))
        )
    };
    let entries: String = (0..ENTRIES).map(entry).collect();
    format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>灯塔</title>{entries}</feed>")
}

fn document(text: String) -> Document {
    Document {
        reference: "feed".to_owned(),
        url: "https://example.org/feed".parse().ok(),
        fetched_at: now().fixed_offset(),
        media_type: MediaType::Feed,
        text,
        digest: String::new(),
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_732_000_000, 0).expect("a valid time")
}

fn settings() -> Settings {
    Settings {
        source: SourceId::new("bench").expect("a name"),
        identity: IdentityRule::Entry,
        overrides: Overrides::default(),
    }
}

fn articles(document: &Document) -> Vec<Article> {
    let feed = normalize::syndicated(document, &settings()).expect("a feed");
    feed.articles.into_iter().map(|entry| entry.expect("an article").article).collect()
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    group.sample_size(10);
    let cdata = |content: String| format!("<![CDATA[{content}]]>");
    for (name, text) in [
        ("rss in CDATA", rss(|number| cdata(body(number)))),
        ("rss escaped", rss(|number| escaped(&body(number)))),
        ("atom escaped", atom()),
        ("rss that takes a parser", rss(|number| cdata(broken_body(number)))),
    ] {
        let document = document(text);
        group.throughput(Throughput::Bytes(document.text.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| black_box(articles(&document))));
    }
    group.finish();
}

fn feed() -> Feed {
    Feed {
        id: FeedId::new("bench").expect("a name"),
        title: "灯塔".to_owned(),
        description: "灯塔".to_owned(),
        language: None,
        selection: Selection::default(),
        formats: FeedFormat::ALL.to_vec(),
        limit: ARTICLES,
        with_related: false,
        interval: Some(60),
    }
}

fn site() -> Site {
    Site {
        title: "Bench".to_owned(),
        public_url: "https://press.example/".parse().expect("an address"),
        hub: None,
    }
}

fn write_and_judge(criterion: &mut Criterion) {
    let articles = articles(&document(rss(|number| format!("<![CDATA[{}]]>", body(number)))));
    let entries: Vec<Entry<'_>> = articles
        .iter()
        .map(|article| Entry { article, first_seen: now(), changed: now() })
        .collect();
    let (feed, site) = (feed(), site());
    let mut group = criterion.benchmark_group("write");
    group.sample_size(10).throughput(Throughput::Elements(articles.len() as u64));
    for format in FeedFormat::ALL {
        let render = || render::feed(format, &feed, &site, &entries, Page::ONLY);
        group.bench_function(format!("{format:?}"), |bencher| bencher.iter(render));
        judge(&mut group, format, &render());
    }
    group.finish();
}

fn judge(
    group: &mut BenchmarkGroup<'_, criterion::measurement::WallTime>,
    format: FeedFormat,
    bytes: &[u8],
) {
    let settings = lint::Settings { now: Some(now()), url: None };
    group.bench_function(format!("{format:?}, lint"), |bencher| {
        bencher.iter(|| black_box(lint::lint(bytes, &settings)));
    });
}

criterion_group!(feeds, read, write_and_judge);
criterion_main!(feeds);
