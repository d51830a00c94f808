//! What a `[[feed]]` or `[[digest]]` takes: the keys that both have.

use std::collections::BTreeSet;

use toml::Spanned;

use super::super::raw::{RawDigest, RawFeed, Text};
use super::Check;
use crate::domain::{InvalidWording, Selection, SourceId, Wording};

/// The most days that an article's age may be limited to: a century.
const MOST_DAYS: u64 = 36_500;

/// The keys of a selection, wherever they are written.
pub(super) struct Chosen<'r> {
    sources: &'r [Text],
    tags: &'r [String],
    languages: &'r [Text],
    keywords: &'r [Text],
    patterns: &'r [Text],
    max_age_days: Option<&'r Spanned<u64>>,
}

impl<'r> From<&'r RawFeed> for Chosen<'r> {
    fn from(raw: &'r RawFeed) -> Self {
        Self {
            sources: &raw.sources,
            tags: &raw.tags,
            languages: &raw.languages,
            keywords: &raw.keywords,
            patterns: &raw.patterns,
            max_age_days: raw.max_age_days.as_ref(),
        }
    }
}

impl<'r> From<&'r RawDigest> for Chosen<'r> {
    fn from(raw: &'r RawDigest) -> Self {
        Self {
            sources: &raw.sources,
            tags: &raw.tags,
            languages: &raw.languages,
            keywords: &raw.keywords,
            patterns: &raw.patterns,
            max_age_days: raw.max_age_days.as_ref(),
        }
    }
}

impl Check<'_> {
    pub(super) fn selection(
        &mut self,
        chosen: &Chosen<'_>,
        known: &BTreeSet<&str>,
        key: &str,
    ) -> Selection {
        let languages = chosen
            .languages
            .iter()
            .filter_map(|text| self.language(text, &format!("{key}.languages")))
            .collect();
        Selection {
            sources: self.chosen_sources(chosen.sources, known, &format!("{key}.sources")),
            tags: chosen.tags.to_vec(),
            languages,
            keywords: self.wordings(chosen.keywords, Wording::keyword, &format!("{key}.keywords")),
            patterns: self.wordings(chosen.patterns, Wording::pattern, &format!("{key}.patterns")),
            max_age_days: chosen.max_age_days.and_then(|days| self.days(days, key)),
            apart: Vec::new(),
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

    fn wordings(
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
