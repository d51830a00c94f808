//! Articles and Editions for the tests of this stage, one of them as hostile as a page can make it.

use chrono::{DateTime, FixedOffset, Utc};
use url::Url;

use crate::domain::{
    Article, ArticleId, Block, BlockKind, Brief, Digest, DigestId, Edition, EditionId, Facts, Feed,
    FeedFormat, FeedId, Group, Language, Media, Moment, Origin, Precision, Provenance,
    RelatedGroup, RelatedItem, Section, Selection, Sentence, Site, SourceId, Summary,
};

use super::Entry;

pub(super) fn at(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

fn utc(text: &str) -> DateTime<Utc> {
    at(text).to_utc()
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

pub(super) fn moment(raw: &str, instant: &str, precision: Precision) -> Moment {
    Moment { raw: raw.into(), instant: at(instant), precision, reference: None }
}

fn paragraph(text: &str) -> Block {
    let html = format!("<p>{}</p>", super::guard::escaped(text));
    Block { kind: BlockKind::Paragraph, text: text.into(), html }
}

fn summary(text: &str) -> Summary {
    let sentences = vec![Sentence { section: Some(0), index: 0, text: text.into() }];
    Summary { origin: Origin::Extracted, sentences }
}

fn summarized(section: Section, text: &str) -> Section {
    Section { summary: Some(summary(text)), ..section }
}

fn bare(key: &str, title: &str) -> Article {
    Article {
        id: ArticleId::derive(&SourceId::new("samples").unwrap(), key),
        url: None,
        canonical_url: None,
        title: title.into(),
        lead: None,
        attribution: None,
        authors: Vec::new(),
        published: None,
        updated: None,
        language: None,
        tags: Vec::new(),
        sections: vec![Section::opening(vec![paragraph("One paragraph.")])],
        related: Vec::new(),
        media: Vec::new(),
        summary: None,
        facts: Facts::default(),
    }
}

/// A Chinese article, flattened: no address, a coarse date, related items with and without addresses.
pub(super) fn chinese() -> Article {
    let mut dated = RelatedItem::titled(RelatedGroup::Related, "滨海湿地的冬候鸟又多了三种");
    dated.url = Some(url("https://birds.example.org/winter?year=2024&page=1"));
    dated.published = Some(moment("27天前", "2024-10-24T00:00:00+08:00", Precision::Day));
    let mut coarse = RelatedItem::titled(RelatedGroup::Related, "潮汐发电站的账本");
    coarse.published = Some(moment("1月前", "2024-10-01T00:00:00+08:00", Precision::Month));
    coarse.summary = Some("一座小型电站十年来的收支。".into());
    coarse.tags = vec!["能源".into()];
    coarse.views = Some(39);
    coarse.comments = Some(0);
    let latest = RelatedItem::titled(RelatedGroup::Latest, "本周海况");
    Article {
        lead: Some("老灯塔重新亮起来，靠的是一群退休的工程师。".into()),
        attribution: Some("海岸周刊".into()),
        authors: vec!["林晓海".into(), "Ann O'Neill".into()],
        published: Some(moment("2月前", "2024-09-01T00:00:00+08:00", Precision::Month)),
        language: Some(Language::chinese()),
        tags: vec!["灯塔".into(), "R&D".into()],
        sections: vec![
            summarized(
                Section::opening(vec![paragraph("小城的灯塔停用了十一年。今年夏天，它又亮了。")]),
                "今年夏天，它又亮了。",
            ),
            summarized(
                Section::headed(
                    "谁来修？",
                    2,
                    vec![paragraph("八位退休工程师用周末时间完成了修复。他们没有领一分钱。")],
                ),
                "八位退休工程师用周末时间完成了修复。",
            ),
            Section::headed("费用 < 预算", 3, vec![paragraph("零件花了不到两万元。")]),
        ],
        related: vec![dated, coarse, latest],
        summary: Some(summary("老灯塔重新亮起来，靠的是一群退休的工程师。")),
        ..bare("chinese", "灯塔重亮：一座小城的十一年")
    }
}

/// The feed that the English article came with.
fn provenance() -> Provenance {
    Provenance {
        title: "Harbour News & Notes".into(),
        id: Some("tag:news.example.com,2024:feed".into()),
        page: Some(url("https://news.example.com/")),
        feed: Some(url("https://news.example.com/feed")),
        updated: Some(moment("", "2024-11-18T10:00:00+01:00", Precision::Second)),
        rights: Some("© 2024 Harbour News".into()),
    }
}

/// An English article with an address, an exact date and a picture.
pub(super) fn english() -> Article {
    Article {
        url: Some(url("https://news.example.com/2024/11/ferries?ref=home&id=7")),
        canonical_url: Some(url("https://news.example.com/2024/11/ferries")),
        authors: vec!["Mara Lind".into()],
        published: Some(moment(
            "18 Nov 2024 09:30",
            "2024-11-18T09:30:00+01:00",
            Precision::Minute,
        )),
        language: Some(Language::english()),
        tags: vec!["Transport".into()],
        sections: vec![summarized(
            Section::opening(vec![paragraph(
                "Two electric ferries entered service on Monday. They carry 400 people each.",
            )]),
            "Two electric ferries entered service on Monday.",
        )],
        facts: Facts { provenance: Some(provenance()), ..Facts::default() },
        media: vec![
            Media {
                url: url("https://news.example.com/f.jpg"),
                media_type: Some("image/jpeg".into()),
                alt: Some("A ferry".into()),
            },
            Media {
                url: url("https://news.example.com/f.mp3"),
                media_type: Some("audio/mpeg".into()),
                alt: None,
            },
        ],
        summary: Some(summary("Two electric ferries entered service on Monday.")),
        ..bare("english", "Electric ferries & the <quiet> harbour")
    }
}

/// Every character that breaks something somewhere.
pub(super) fn hostile() -> Article {
    let controls: String = (0..0xA0).filter_map(char::from_u32).collect();
    let nasty = format!(
        "{controls}\u{FFFE}\u{FFFF}\u{1FFFE} ]]> <b>&amp;</b> 😀 \u{202E}שלום <title>x & y</title>"
    );
    let mut item = RelatedItem::titled(RelatedGroup::Popular, nasty.clone());
    item.url = Some(url("https://example.org/a|b?q=\"x\"&y='z'"));
    item.summary = Some(nasty.clone());
    let mut script = RelatedItem::titled(RelatedGroup::Related, "run");
    script.url = Some(url("javascript:alert(1)"));
    Article {
        url: Some(url("data:text/html,x")),
        lead: Some(nasty.clone()),
        attribution: Some(nasty.clone()),
        authors: (0..10).map(|i| format!("{i} ann@example.org (Ann) {nasty}")).collect(),
        published: Some(moment(&nasty, "2999-01-01T00:00:00Z", Precision::Second)),
        language: Language::parse("ar"),
        tags: vec![nasty.clone(), "\u{0}".into()],
        sections: vec![Section::headed(nasty.clone(), 1, vec![paragraph(&nasty)])],
        related: vec![item, script],
        summary: Some(summary(&nasty)),
        ..bare("hostile", &nasty)
    }
}

/// An article of which nothing is known but that it exists.
pub(super) fn empty() -> Article {
    Article { lead: Some(String::new()), sections: Vec::new(), ..bare("empty", "\u{0}\u{FFFE}") }
}

pub(super) fn site() -> Site {
    Site {
        title: "Harbour Reader".into(),
        public_url: url("https://reader.example.net/press"),
        hub: Some(url("https://hub.example.net/")),
    }
}

pub(super) fn feed() -> Feed {
    Feed {
        id: FeedId::new("coast").unwrap(),
        title: "Coast & sea".into(),
        description: "News from the coast.".into(),
        language: Some(Language::english()),
        selection: Selection::default(),
        formats: FeedFormat::ALL.to_vec(),
        limit: 50,
        with_related: false,
        interval: Some(30),
    }
}

/// Each article as the store would hand it out.
pub(super) fn entries(articles: &[Article]) -> Vec<Entry<'_>> {
    let first_seen = utc("2024-11-20T00:00:00Z");
    articles
        .iter()
        .map(|article| Entry { article, first_seen, changed: utc("2024-11-21T06:30:00Z") })
        .collect()
}

pub(super) fn digest() -> Digest {
    Digest::new(DigestId::new("morning").unwrap(), "Morning press", Language::english())
}

pub(super) fn edition(groups: Vec<(Option<&str>, Vec<Article>)>) -> Edition {
    let group = |(heading, articles): (Option<&str>, Vec<Article>)| Group {
        heading: heading.map(str::to_owned),
        briefs: articles.iter().map(brief).collect(),
    };
    Edition {
        id: EditionId::derive(&["morning"]),
        digest: DigestId::new("morning").unwrap(),
        cadence: "daily".into(),
        slot: utc("2024-11-20T23:30:00Z"),
        window: None,
        groups: groups.into_iter().map(group).collect(),
        left_out: Vec::new(),
    }
}

fn brief(article: &Article) -> Brief {
    let source = SourceId::new("samples").unwrap();
    Brief { related: article.related.clone(), ..Brief::of(&source, article) }
}
