//! Which Articles belong somewhere: into a Feed, a Digest, or the store at all.

use std::fmt;

use chrono::{DateTime, Days, Utc};

use super::{Article, Language, SourceId, Wording};

/// Things of which an Article has one or has none; an empty list says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Criteria {
    /// Tags.
    pub tags: Vec<String>,
    /// Languages, by their primary subtag.
    pub languages: Vec<Language>,
    /// Words in title, lead or text.
    pub keywords: Vec<Wording>,
    /// Regular expressions that title, lead or text fit.
    pub patterns: Vec<Wording>,
    /// Regular expressions that the title fits.
    pub titles: Vec<Wording>,
}

/// Which Articles belong; what is empty does not restrict.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Sources to take from.
    pub sources: Vec<SourceId>,
    /// Of each list an Article must have one.
    pub wanted: Criteria,
    /// Of no list an Article may have one.
    pub unwanted: Criteria,
    /// Articles older than so many days do not belong.
    pub max_age_days: Option<u32>,
    /// Articles whose text has fewer characters do not belong; spaces are not counted.
    pub min_length: Option<usize>,
    /// Whether articles belong that only the related items of others led to.
    pub reached: bool,
    /// Sources whose articles stand beside those of others that tell the same story.
    pub apart: Vec<SourceId>,
}

/// Why an Article does not belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It comes from another source.
    Source,
    /// Only the related items of another led to it.
    Reached,
    /// It has nothing of the named list.
    Without(&'static str),
    /// It has something of the named list.
    With(&'static str),
    /// Its text is too short.
    Short {
        /// Characters it has.
        length: usize,
        /// Characters it needs.
        least: usize,
    },
    /// It appeared too long ago.
    Old {
        /// Days that it may be old.
        days: u32,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source => write!(f, "it is of another source"),
            Self::Reached => write!(f, "only related items of others led to it"),
            Self::Without(list) => write!(f, "it has none of {list}"),
            Self::With(list) => write!(f, "it has one of exclude_{list}"),
            Self::Short { length, least } => {
                write!(f, "its text has {length} characters and min_length is {least}")
            }
            Self::Old { days } => write!(f, "it appeared more than {days} days ago"),
        }
    }
}

impl Selection {
    /// Whether `article` of `source` belongs, whatever its age; see [`Self::oldest`].
    pub fn admits(&self, source: &SourceId, article: &Article) -> bool {
        self.refusal(source, article).is_none()
    }

    /// Why `article` of `source` does not belong, whatever its age.
    pub fn refusal(&self, source: &SourceId, article: &Article) -> Option<Refusal> {
        if !self.sources.is_empty() && !self.sources.contains(source) {
            return Some(Refusal::Source);
        }
        if article.facts.reached_from.is_some() && !self.reached {
            return Some(Refusal::Reached);
        }
        let words = Words::default();
        let missing =
            self.wanted.lists(article, &words).find(|(_, has_one)| *has_one == Some(false));
        if let Some((list, _)) = missing {
            return Some(Refusal::Without(list));
        }
        let found =
            self.unwanted.lists(article, &words).find(|(_, has_one)| *has_one == Some(true));
        if let Some((list, _)) = found {
            return Some(Refusal::With(list));
        }
        let least = self.min_length?;
        let length = words.of(article)[2].chars().filter(|c| !c.is_whitespace()).count();
        (length < least).then_some(Refusal::Short { length, least })
    }

    /// The same, its age at `now` included: by its own date, where that is known to the day.
    pub fn refusal_at(
        &self,
        source: &SourceId,
        article: &Article,
        now: DateTime<Utc>,
    ) -> Option<Refusal> {
        let published =
            article.published.as_ref().filter(|moment| moment.is_exact_enough_for_feeds());
        let is_old = published
            .zip(self.oldest(now))
            .is_some_and(|(moment, oldest)| moment.instant.to_utc() < oldest);
        match self.max_age_days {
            Some(days) if is_old => Some(Refusal::Old { days }),
            _ => self.refusal(source, article),
        }
    }

    /// The earliest instant at which an Article may have appeared to belong at `now`.
    pub fn oldest(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // Days that reach back beyond the calendar restrict nothing.
        now.checked_sub_days(Days::new(self.max_age_days?.into()))
    }
}

impl Criteria {
    /// Of each list its name, and whether the article has one of it; `None` for an empty list. Texts are put together only
    /// where words are looked for.
    fn lists<'c>(
        &'c self,
        article: &'c Article,
        words: &'c Words,
    ) -> impl Iterator<Item = (&'static str, Option<bool>)> + 'c {
        let by_tag = |tags: &[String]| article.tags.iter().any(|tag| tags.contains(tag));
        let by_language = |languages: &[Language]| {
            let own = article.language.as_ref().map(Language::primary);
            languages.iter().any(|language| own == Some(language.primary()))
        };
        let by_words = |wordings: &[Wording]| {
            let texts = words.of(article);
            wordings.iter().any(|wording| texts.iter().any(|text| wording.is_in(text)))
        };
        let tags = (!self.tags.is_empty()).then(|| by_tag(&self.tags));
        let languages = (!self.languages.is_empty()).then(|| by_language(&self.languages));
        let by_title =
            |wordings: &[Wording]| wordings.iter().any(|wording| wording.is_in(&article.title));
        let titles = (!self.titles.is_empty()).then(|| by_title(&self.titles));
        let worded = [("keywords", &self.keywords), ("patterns", &self.patterns)];
        let worded = worded
            .into_iter()
            .map(move |(name, list)| (name, (!list.is_empty()).then(|| by_words(list))));
        [("tags", tags), ("languages", languages), ("titles", titles)].into_iter().chain(worded)
    }
}

/// Title, lead and text, put together once.
#[derive(Default)]
struct Words(std::cell::OnceCell<[String; 3]>);

impl Words {
    fn of(&self, article: &Article) -> &[String; 3] {
        self.0.get_or_init(|| {
            [article.title.clone(), article.lead.clone().unwrap_or_default(), article.text()]
        })
    }
}
