//! What normalizing a page costs, beside paragraph scoring alone: the peer that every page must be measured against.

use std::fs;
use std::hint::black_box;
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::DateTime;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dom_smoothie::Readability;
use flate2::read::GzDecoder;
use pressroom::domain::{Document, IdentityRule, MediaType, SourceId};
use pressroom::normalize::{Overrides, Settings, normalize};

/// A page as news sites serve it: scripts, menus, an article, further reading, comments.
fn invented(number: usize) -> String {
    let list = |count: usize, words: &str| {
        let item = |n| {
            format!("<li class=\"item item-{n}\"><a href=\"/{number}/{n}\">{words} {n}</a></li>")
        };
        (0..count).map(item).collect::<Vec<_>>().concat()
    };
    let paragraph = |n: usize| {
        format!(
            "<p>Ferry number {n} carried {} people to the island, which nobody had expected of a ship that is older \
             than its harbour, and <a href=\"/ships/{n}\">its captain</a> said so.</p>",
            n * 37 % 400
        )
    };
    let section = |n: usize| {
        format!("<h2>Route {n}</h2>{}", (0..6).map(|p| paragraph(n * 6 + p)).collect::<String>())
    };
    let comment = |n: usize| {
        format!(
            "<div class=comment><p>I was aboard on day {n}, and it was crowded, I must say.</p></div>"
        )
    };
    format!(
        "<html lang=en><head><title>The ferries of island {number} - The Lantern</title>\
         <meta property=\"og:title\" content=\"The ferries of island {number}\">\
         <meta property=\"article:published_time\" content=\"2024-05-06T08:00:00Z\">\
         <script>{}</script></head><body><nav><ul>{}</ul></nav><main><article>\
         <h1>The ferries of island {number}</h1><p class=byline>By Ann Lee</p>{}</article>\
         <section><h3>Related articles</h3><ul>{}</ul></section></main>\
         <section class=comments>{}</section><footer><ul>{}</ul></footer></body></html>",
        "window.data.push({\"a\":[1,2,3]});".repeat(600),
        list(60, "Section"),
        (0..8).map(section).collect::<String>(),
        list(8, "A story about another island and its ships"),
        (0..40).map(comment).collect::<String>(),
        list(40, "About")
    )
}

/// Saved pages, where this machine has them: gzip of a JSON object with `html` a line.
fn saved(path: &Path) -> Vec<String> {
    let mut lines = String::new();
    let packed = fs::read(path).unwrap_or_default();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut lines).unwrap_or_default();
    let page = |line: &str| -> Option<String> {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        value["html"].as_str().map(str::to_owned)
    };
    lines.lines().filter_map(page).collect()
}

fn document(html: String) -> Document {
    Document {
        reference: "bench".into(),
        url: "https://news.example/a".parse().ok(),
        fetched_at: DateTime::parse_from_rfc3339("2024-11-20T08:00:00+08:00").expect("a time"),
        media_type: MediaType::Html,
        text: html,
        digest: String::new(),
    }
}

fn settings() -> Settings {
    Settings {
        source: SourceId::new("bench").expect("a name"),
        identity: IdentityRule::Path,
        overrides: Overrides::default(),
    }
}

fn score(document: &Document) {
    let reader = Readability::new(document.text.as_str(), None, None);
    black_box(reader.and_then(|mut reader| reader.parse())).ok();
}

/// Prints what both take for all pages, each page at its best of five turns in which they take one another's place, so that the
/// machine's moods touch both.
fn ratio(documents: &[Document]) {
    let took = |work: &dyn Fn()| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    let (mut alone, mut whole) = (Duration::ZERO, Duration::ZERO);
    for document in documents {
        let turn = |_| {
            let alone = took(&|| score(document));
            (alone, took(&|| drop(black_box(normalize(document, &settings())))))
        };
        let turns: Vec<(Duration, Duration)> = (0..5).map(turn).collect();
        alone += turns.iter().map(|(alone, _)| *alone).min().unwrap_or_default();
        whole += turns.iter().map(|(_, whole)| *whole).min().unwrap_or_default();
    }
    let ratio = alone.as_secs_f64() / whole.as_secs_f64();
    println!("scoring alone {alone:.2?}, normalize {whole:.2?}: {ratio:.2} of its speed");
}

fn beside_scoring(c: &mut Criterion, name: &str, pages: Vec<String>) {
    let documents: Vec<Document> = pages.into_iter().map(document).collect();
    let mut group = c.benchmark_group(name);
    group.sample_size(10).throughput(Throughput::Elements(documents.len() as u64));
    group.bench_function("scoring alone", |b| {
        b.iter(|| {
            documents.iter().for_each(score);
        });
    });
    group.bench_function("normalize", |b| {
        b.iter(|| {
            for document in &documents {
                black_box(normalize(document, &settings())).ok();
            }
        });
    });
    group.finish();
    ratio(&documents);
}

fn pages(c: &mut Criterion) {
    beside_scoring(c, "invented pages", (0..20).map(invented).collect());
    let packed = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/corpora/articles/wcxb.pages.jsonl.gz");
    let saved = saved(&packed);
    if !saved.is_empty() {
        beside_scoring(c, "saved pages", saved);
    }
}

criterion_group!(benches, pages);
criterion_main!(benches);
