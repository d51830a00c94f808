//! Tables that select articles: a source's filter, a feed, a digest. The keys of a selection are written once, for all of them.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{RawCadence, RawSlots, Text};

/// A table with keys of its own beside those of a selection. (With serde's `flatten` errors would lose their places.)
macro_rules! selecting {
    ($(#[$of:meta])* $name:ident { $($(#[$meta:meta])* $key:ident: $type:ty,)* }) => {
        $(#[$of])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(in crate::config) struct $name {
            $($(#[$meta])* pub $key: $type,)*
            #[serde(default)]
            pub tags: Vec<String>,
            #[serde(default)]
            pub languages: Vec<Text>,
            #[serde(default)]
            pub keywords: Vec<Text>,
            #[serde(default)]
            pub patterns: Vec<Text>,
            #[serde(default)]
            pub titles: Vec<Text>,
            #[serde(default)]
            pub exclude_tags: Vec<String>,
            #[serde(default)]
            pub exclude_languages: Vec<Text>,
            #[serde(default)]
            pub exclude_keywords: Vec<Text>,
            #[serde(default)]
            pub exclude_patterns: Vec<Text>,
            #[serde(default)]
            pub exclude_titles: Vec<Text>,
            pub max_age_days: Option<Spanned<u64>>,
            pub min_length: Option<usize>,
        }
    };
}

selecting! {
    /// `[source.filter]`
    #[derive(Default)]
    RawFilter {
    }
}

selecting! {
    /// `[[feed]]`
    RawFeed {
        name: Text,
        title: Text,
        description: Option<String>,
        language: Option<Text>,
        formats: Option<Vec<crate::domain::FeedFormat>>,
        limit: Option<Spanned<usize>>,
        include: Option<RawInclude>,
        #[serde(default)]
        sources: Vec<Text>,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::config) enum RawInclude {
    Articles,
    Related,
}

selecting! {
    /// `[[digest]]`
    RawDigest {
        name: Text,
        title: Text,
        language: Option<Text>,
        zone: Option<Text>,
        cadence: Spanned<BTreeMap<String, Spanned<RawCadence>>>,
        #[serde(default)]
        slots: RawSlots,
        limit: Option<Spanned<usize>>,
        min_articles: Option<Spanned<usize>>,
        grace_minutes: Option<Spanned<u64>>,
        group_by: Option<crate::domain::Grouping>,
        #[serde(default)]
        source_weights: BTreeMap<Text, i64>,
        #[serde(default)]
        tag_weights: BTreeMap<String, i64>,
        #[serde(default)]
        include_updates: bool,
        #[serde(default)]
        images: bool,
        subject: Option<Text>,
        templates: Option<Text>,
        max_kilobytes: Option<Spanned<usize>>,
        #[serde(default)]
        sources: Vec<Text>,
    }
}
