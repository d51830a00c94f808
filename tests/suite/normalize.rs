//! Whole documents in, Articles out: the promises of `normalize` on invented pages and on the document it was made for.

use std::path::Path;

use chrono::DateTime;
use pressroom::domain::{
    Article, Document, IdentityRule, MediaType, Precision, RelatedGroup, SourceId,
};
use pressroom::normalize::{NormalizeError, Normalized, Settings, normalize};
use url::Url;

const FETCHED_AT: &str = "2024-11-20T08:00:00+08:00";

fn document(media_type: MediaType, text: &str) -> Document {
    Document {
        reference: "a".into(),
        url: (media_type == MediaType::Html)
            .then(|| Url::parse("https://valley.example/news/a.html").unwrap()),
        fetched_at: DateTime::parse_from_rfc3339(FETCHED_AT).unwrap(),
        media_type,
        text: text.into(),
        digest: String::new(),
    }
}

fn run(media_type: MediaType, text: &str) -> Result<Normalized, NormalizeError> {
    let settings =
        Settings { source: SourceId::new("valley").unwrap(), identity: IdentityRule::Path };
    normalize(&document(media_type, text), &settings)
}

fn article(media_type: MediaType, text: &str) -> Article {
    run(media_type, text).unwrap().article
}

fn headings(article: &Article) -> Vec<Option<&str>> {
    article.sections.iter().map(|section| section.heading.as_deref()).collect()
}

/// The seed lies beside the checkout. Without it the test says so, except where CI promises it.
fn seed() -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/seed/article.txt");
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if std::env::var_os("CI").is_some() => panic!("{}: {error}", path.display()),
        Err(_) => {
            println!("skipped: {} is not there", path.display());
            None
        }
    }
}

#[test]
fn the_seed_article_gives_its_title_lead_attribution_and_five_sections() {
    let Some(text) = seed() else { return };
    let found = article(MediaType::Text, &text);
    assert_eq!(found.title, "OpenAI内斗对GPT是福是祸?对人类?对微软?");
    assert_eq!(found.lead.as_deref(), Some(found.title.as_str()));
    assert_eq!(found.own_lead(), None);
    assert_eq!(found.attribution.as_deref(), Some("企业网D1net"));
    assert_eq!(found.language.as_ref().map(|l| l.as_str()), Some("zh"));
    assert_eq!(
        headings(&found),
        [
            None,
            Some("引发多方关注"),
            Some("OpenAI内斗对GPT是福是祸?"),
            Some("OpenAI将何去何从"),
            Some("事情还远没有结束")
        ]
    );
    let blocks: Vec<usize> = found.sections.iter().map(|section| section.blocks.len()).collect();
    assert_eq!(blocks, [5, 5, 3, 4, 4]);
    let body = found.text();
    assert!(body.starts_with("OpenAI的内部斗争") && body.ends_with("让我们拭目以待!"));
    assert!(body.contains("公司的稳定性和 技术发展"), "spacing inside a line is the page's");
    for line in
        text.lines().skip_while(|line| *line != "相关文章").filter(|line| line.chars().count() > 3)
    {
        assert!(!body.contains(line), "{line}");
    }
}

#[test]
fn the_seed_article_gives_its_ten_related_items_in_order() {
    let Some(text) = seed() else { return };
    let found = run(MediaType::Text, &text).unwrap();
    assert!(found.notes.is_empty(), "{:?}", found.notes);
    let related = found.article.related;
    assert_eq!(related.len(), 10);
    assert!(related.iter().all(|item| item.group == RelatedGroup::Related));
    let when = |at: usize| {
        let moment = related[at].published.as_ref().unwrap();
        (moment.raw.as_str(), moment.instant.to_rfc3339(), moment.precision)
    };
    assert_eq!(when(0), ("1月前", "2024-10-01T00:00:00+08:00".into(), Precision::Month));
    assert_eq!(related[0].tags, ["机器学习/深度学习", "人工智能", "算法"]);
    assert!(related[0].title.starts_with("【通义】AI视界|若未来三年无法盈利"));
    assert!(related[0].summary.as_deref().unwrap().starts_with("本文精选了24小时内"));
    assert_eq!(when(1), ("27天前", "2024-10-24T00:00:00+08:00".into(), Precision::Day));
    assert_eq!(related[3].tags, ["API"]);
    assert!(related[3].title.starts_with("2024-05-14 最新!"));
    assert_eq!(
        (related[3].views, related[3].comments, related[3].summary.as_deref()),
        (Some(39), Some(0), None)
    );
    let fifth = &related[4];
    assert_eq!((fifth.views, fifth.comments), (Some(99), Some(2)));
    assert!(
        fifth.summary.as_deref().unwrap().starts_with("OpenAI新推功能")
            && fifth.summary.as_deref().unwrap().ends_with("灵活性与效率。")
    );
    assert_eq!(related[6].title, "Openai python调用gpt测试代码");
    assert_eq!(related[6].tags, ["人工智能", "API", "Python"]);
    assert_eq!((related[6].views, related[6].comments), (None, None));
    assert_eq!(related[8].title, "OpenAI GPT-4 Code Interpreter测试");
    assert_eq!((related[8].views, related[8].comments), (Some(51), Some(0)));
    assert_eq!(related[9].summary, None);
}
