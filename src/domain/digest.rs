//! A recurring mail: what it selects, how it is ordered, how often it goes out, and in which words.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Article, DigestId, Feed, FeedFormat, Language, Locale, Selection, SourceId};

/// How often a Digest goes out to those who chose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cadence {
    /// The operator's name for it: `daily`, `weekly` …
    pub name: String,
    /// Name of its schedule, unique in the installation.
    pub schedule: String,
    /// Goes out only once so many Articles wait: a cadence by count, whose schedule says when to look.
    pub every: Option<usize>,
}

/// What the Groups of an Edition have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grouping {
    /// The Source.
    Source,
    /// The first Feed that takes the Article.
    Feed,
    /// A tag: of an Article's own the heaviest, else the one that most others share.
    Tag,
    /// The language.
    Language,
}

/// How much more than others an Article counts; what is not named counts nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weights {
    /// By Source.
    pub sources: BTreeMap<SourceId, i64>,
    /// By tag.
    pub tags: BTreeMap<String, i64>,
}

impl Weights {
    /// The weight of `article` of `source`: its Source's and its tags' together.
    pub fn of(&self, source: &SourceId, article: &Article) -> i64 {
        let tags = article.tags.iter().filter_map(|tag| self.tags.get(tag));
        tags.chain(self.sources.get(source)).sum()
    }
}

/// A recurring mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The operator's name for it.
    pub id: DigestId,
    /// Its title, which heads the mail.
    pub title: String,
    /// The language of its own words.
    pub language: Language,
    /// What it takes.
    pub selection: Selection,
    /// How often it goes out.
    pub cadences: Vec<Cadence>,
    /// At most so many Articles in one Edition: the heaviest, among equals the newest.
    pub limit: usize,
    /// With fewer Articles there is no Edition; they wait for the next.
    pub min_articles: usize,
    /// How long an Edition waits for Sources that are being read when it is due.
    pub grace: TimeDelta,
    /// What its Groups have in common; `None` for one Group without a heading.
    pub group_by: Option<Grouping>,
    /// What comes first.
    pub weights: Weights,
    /// Whether an Article that was sent and then edited comes once more, marked as updated.
    pub include_updates: bool,
    /// Bytes that the HTML part may have.
    pub size_budget: usize,
    /// Whether the HTML part shows pictures from their publishers' servers, who then learn who reads.
    pub images: bool,
}

/// Articles in one Edition unless the operator says otherwise; more is not read in one sitting.
const LIMIT: usize = 20;
/// Bytes of HTML unless the operator says otherwise. Gmail cuts a mail off at about 102 KB and hides the rest, the way to
/// leave included; what relays and programs add must have room.
const SIZE_BUDGET: usize = 90 * 1024;

/// Editions in its own feed: a month of daily ones.
const IN_FEED: usize = 30;

impl Digest {
    /// A Digest as it is unless the operator says otherwise.
    pub fn new(id: DigestId, title: impl Into<String>, language: Language) -> Self {
        Self {
            id,
            title: title.into(),
            language,
            selection: Selection::default(),
            cadences: Vec::new(),
            limit: LIMIT,
            min_articles: 1,
            grace: TimeDelta::zero(),
            group_by: None,
            weights: Weights::default(),
            include_updates: false,
            size_budget: SIZE_BUDGET,
            images: false,
        }
    }

    /// Its own feed: Editions as they were mailed, for those who would rather not get mail.
    pub fn feed(&self) -> Feed {
        Feed {
            id: self.id.feed(),
            title: self.title.clone(),
            description: self.title.clone(),
            language: Some(self.language.clone()),
            selection: Selection::default(),
            formats: FeedFormat::ALL.to_vec(),
            limit: IN_FEED,
            with_related: false,
            interval: None,
        }
    }

    /// The locale of its headings and notes.
    pub fn locale(&self) -> Locale {
        Locale::of(&self.language)
    }

    /// Whether `cadence` is the one for readers who chose none.
    pub fn is_first(&self, cadence: &str) -> bool {
        self.cadences.first().is_some_and(|first| first.name == cadence)
    }
}
