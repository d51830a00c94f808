//! What digests cost: summaries an article, and one Edition written for a hundred combinations of readers' choices.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

use chrono::DateTime;
use chrono_tz::Tz;
use pressroom::domain::{
    Article, ArticleId, Block, BlockKind, Brief, Choices, Digest, DigestId, Edition, Facts, Group,
    Language, Section, Site, Slot, SourceId, Window,
};
use pressroom::render::{Press, Reading, Stationery};
use pressroom::summarize;

/// Articles of about 900 words in six sections.
fn articles(count: usize) -> Vec<Article> {
    let source = SourceId::new("bench").expect("a name");
    let section = |article: usize, section: usize| {
        let sentence = |n: usize| {
            format!(
                "Ferry number {n} of route {section} carried {} people to island {article}, which nobody had expected \
                 of a ship that is older than its harbour. ",
                n * 37 % 400
            )
        };
        let text: String = (0..7).map(sentence).collect();
        let block = Block { kind: BlockKind::Paragraph, html: format!("<p>{text}</p>"), text };
        Section::headed(format!("Route {section} of island {article}"), 2, vec![block])
    };
    let article = |number: usize| Article {
        id: ArticleId::derive(&source, &number.to_string()),
        url: format!("https://news.example/{number}").parse().ok(),
        canonical_url: None,
        title: format!("The ferries of island {number}"),
        lead: None,
        attribution: Some(format!("Paper {}", number % 7)),
        authors: Vec::new(),
        published: None,
        updated: None,
        language: Some(Language::english()),
        tags: vec![format!("topic {}", number % 10)],
        sections: (0..6).map(|index| section(number, index)).collect(),
        related: Vec::new(),
        media: Vec::new(),
        summary: None,
        facts: Facts::default(),
    };
    (0..count).map(article).collect()
}

fn summaries(c: &mut Criterion) {
    let articles = articles(50);
    let mut group = c.benchmark_group("summaries");
    group.throughput(Throughput::Elements(articles.len() as u64));
    group.bench_function("articles", |b| {
        b.iter(|| {
            for article in &articles {
                let mut article = article.clone();
                summarize::summarize(black_box(&mut article));
                black_box(article);
            }
        });
    });
    group.finish();
}

/// Two languages, five zones, ten sets of topics.
fn combinations() -> Vec<(Reading, Choices)> {
    let zones = [
        Tz::Asia__Shanghai,
        Tz::Europe__Berlin,
        Tz::America__New_York,
        Tz::Australia__Sydney,
        Tz::UTC,
    ];
    let mut all = Vec::new();
    for language in [Language::english(), Language::chinese()] {
        for zone in zones {
            for topic in 0..10 {
                let without = vec![format!("topic {topic}")];
                let choices = Choices { without, ..Choices::default() };
                all.push((Reading { language: language.clone(), zone }, choices));
            }
        }
    }
    all
}

fn edition(c: &mut Criterion) {
    let source = SourceId::new("bench").expect("a name");
    let id = DigestId::new("morning").expect("a name");
    let mut articles = articles(200);
    let briefs = articles.iter_mut().map(|article| {
        summarize::summarize(article);
        Brief::of(&source, article)
    });
    let groups = vec![Group { heading: None, briefs: briefs.collect() }];
    let until = DateTime::UNIX_EPOCH;
    let slot = Slot { schedule: "digest/morning/daily".into(), at: until };
    let window = Window { since: None, until };
    let edition = Edition::new(id.clone(), "daily", &slot, window, groups);
    let digest = Digest::new(id, "The Morning Galley", Language::english());
    let site = Site {
        title: "Press".into(),
        public_url: "https://press.example/".parse().expect("an address"),
        hub: None,
    };
    let stationery = Stationery::default();
    let combinations = combinations();
    let mut group = c.benchmark_group("edition");
    group.sample_size(10);
    group.bench_function("200 articles for 100 combinations", |b| {
        b.iter(|| {
            let press = Press::new(&edition, &digest, &site, &stationery);
            for (reading, choices) in &combinations {
                black_box(press.mail(reading, choices).expect("the templates are tested"));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, summaries, edition);
criterion_main!(benches);
