//! What a `[[feed]]`, a `[[digest]]` or a source's filter takes: the keys that all have.

use std::collections::BTreeSet;

use toml::Spanned;

use super::super::raw::{RawDigest, RawFeed, RawFilter, Text};
use super::Check;
use crate::domain::{Criteria, InvalidWording, Selection, SourceId, Wording};

/// The most days that an article's age may be limited to: a century.
const MOST_DAYS: u64 = 36_500;

/// The keys of a selection, wherever they are written.
pub(super) struct Chosen<'r> {
    sources: &'r [Text],
    wanted: Lists<'r>,
    unwanted: Lists<'r>,
    max_age_days: Option<&'r Spanned<u64>>,
    min_length: Option<usize>,
}

/// The lists of which an article has one, or has none.
struct Lists<'r> {
    tags: &'r [String],
    languages: &'r [Text],
    keywords: &'r [Text],
    patterns: &'r [Text],
    titles: &'r [Text],
}

macro_rules! chosen {
    ($raw:ident, $sources:expr) => {
        Chosen {
            sources: $sources,
            wanted: Lists {
                tags: &$raw.tags,
                languages: &$raw.languages,
                keywords: &$raw.keywords,
                patterns: &$raw.patterns,
                titles: &$raw.titles,
            },
            unwanted: Lists {
                tags: &$raw.exclude_tags,
                languages: &$raw.exclude_languages,
                keywords: &$raw.exclude_keywords,
                patterns: &$raw.exclude_patterns,
                titles: &$raw.exclude_titles,
            },
            max_age_days: $raw.max_age_days.as_ref(),
            min_length: $raw.min_length,
        }
    };
}

impl<'r> From<&'r RawFeed> for Chosen<'r> {
    fn from(raw: &'r RawFeed) -> Self {
        chosen!(raw, &raw.sources)
    }
}

impl<'r> From<&'r RawDigest> for Chosen<'r> {
    fn from(raw: &'r RawDigest) -> Self {
        chosen!(raw, &raw.sources)
    }
}

impl<'r> From<&'r RawFilter> for Chosen<'r> {
    fn from(raw: &'r RawFilter) -> Self {
        chosen!(raw, &[])
    }
}

impl Check<'_> {
    pub(super) fn selection(
        &mut self,
        chosen: &Chosen<'_>,
        known: &BTreeSet<&str>,
        key: &str,
    ) -> Selection {
        Selection {
            sources: self.chosen_sources(chosen.sources, known, &format!("{key}.sources")),
            wanted: self.criteria(&chosen.wanted, &format!("{key}.")),
            unwanted: self.criteria(&chosen.unwanted, &format!("{key}.exclude_")),
            max_age_days: chosen.max_age_days.and_then(|days| self.days(days, key)),
            min_length: chosen.min_length,
            reached: false,
            apart: Vec::new(),
        }
    }

    fn criteria(&mut self, lists: &Lists<'_>, key: &str) -> Criteria {
        let languages = lists.languages.iter();
        Criteria {
            tags: lists.tags.to_vec(),
            languages: languages
                .filter_map(|text| self.language(text, &format!("{key}languages")))
                .collect(),
            keywords: self.wordings(lists.keywords, Wording::keyword, &format!("{key}keywords")),
            patterns: self.wordings(lists.patterns, Wording::pattern, &format!("{key}patterns")),
            titles: self.wordings(lists.titles, Wording::pattern, &format!("{key}titles")),
        }
    }

    pub(super) fn chosen_sources(
        &mut self,
        sources: &[Text],
        known: &BTreeSet<&str>,
        key: &str,
    ) -> Vec<SourceId> {
        let expected = || {
            let names: Vec<_> = known.iter().copied().collect();
            format!("there is no such source; there are: {}", names.join(", "))
        };
        let read = |name: &str| {
            let id = SourceId::new(name).map_err(|e| e.to_string())?;
            if known.contains(name) { Ok(id) } else { Err(expected()) }
        };
        sources.iter().filter_map(|text| self.parsed(text, key, read)).collect()
    }

    pub(super) fn wordings(
        &mut self,
        texts: &[Text],
        read: fn(&str) -> Result<Wording, InvalidWording>,
        key: &str,
    ) -> Vec<Wording> {
        let read = |text: &str| read(text).map_err(|e| e.to_string());
        texts.iter().filter_map(|text| self.parsed(text, key, read)).collect()
    }

    fn days(&mut self, days: &Spanned<u64>, key: &str) -> Option<u32> {
        let value = *days.get_ref();
        if !(1..=MOST_DAYS).contains(&value) {
            let message = format!("{key}.max_age_days = {value}: expected 1 to {MOST_DAYS}");
            self.problem(days.span(), message);
        }
        u32::try_from(value).ok()
    }
}
