//! `[[feed]]`: what is published.

use std::collections::BTreeSet;

use toml::Spanned;

use super::super::raw::{RawFeed, RawInclude};
use super::Check;
use super::selection::Chosen;
use crate::domain::{DIGEST_FEED, Feed, FeedFormat, FeedId};

/// Articles in a feed unless it says otherwise; readers that poll daily lose none at this.
const FEED_LIMIT: usize = 50;
/// The most that either may ask for.
const MOST: usize = 1000;

impl Check<'_> {
    pub(super) fn limit(
        &mut self,
        limit: Option<&Spanned<usize>>,
        usual: usize,
        key: &str,
    ) -> usize {
        let Some(limit) = limit else { return usual };
        let value = *limit.get_ref();
        if !(1..=MOST).contains(&value) {
            self.problem(limit.span(), format!("{key}.limit = {value}: expected 1 to {MOST}"));
        }
        value
    }

    pub(super) fn feed(&mut self, raw: &RawFeed, known: &BTreeSet<&str>) -> Option<Feed> {
        let id = self.parsed(&raw.name, "feed.name", |name| {
            if name.contains("-archive-") {
                return Err("\"-archive-\" is for the pages of a feed's archive".to_owned());
            }
            if name.starts_with(DIGEST_FEED) {
                return Err(format!("{DIGEST_FEED:?} begins the names of digests' own feeds"));
            }
            FeedId::new(name).map_err(|error| error.to_string())
        });
        let mut selection = self.selection(&Chosen::from(raw), known, "feed");
        selection.reached = raw.include == Some(RawInclude::Related);
        let language = raw.language.as_ref().and_then(|text| self.language(text, "feed.language"));
        let limit = self.limit(raw.limit.as_ref(), FEED_LIMIT, "feed");
        let title = self.words(&raw.title, "feed.title");
        Some(Feed {
            id: id?,
            description: raw.description.clone().unwrap_or_else(|| title.clone()),
            title,
            language,
            selection,
            formats: raw.formats.clone().unwrap_or_else(|| FeedFormat::ALL.to_vec()),
            limit,
            with_related: raw.include == Some(RawInclude::Related),
            interval: None,
        })
    }
}
