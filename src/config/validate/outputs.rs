//! `[[feed]]` and `[[digest]]`: what is published and mailed, and what each takes.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use toml::Spanned;

use super::super::DigestPlan;
use super::super::raw::{RawDigest, RawFeed, RawInclude, Text};
use super::Check;
use super::selection::Chosen;
use crate::domain::{Cadence, Digest, DigestId, Feed, FeedFormat, FeedId, Language};
use crate::schedule::Timetable;

/// Articles in a feed unless it says otherwise; readers that poll daily lose none at this.
const FEED_LIMIT: usize = 50;
/// Articles in a digest unless it says otherwise; more is not read in one sitting.
const DIGEST_LIMIT: usize = 20;
/// The most that either may ask for.
const MOST: usize = 1000;

impl Check<'_> {
    fn limit(&mut self, limit: Option<&Spanned<usize>>, usual: usize, key: &str) -> usize {
        let Some(limit) = limit else { return usual };
        let value = *limit.get_ref();
        if !(1..=MOST).contains(&value) {
            self.problem(limit.span(), format!("{key}.limit = {value}: expected 1 to {MOST}"));
        }
        value
    }

    pub(super) fn feed(&mut self, raw: &RawFeed, known: &BTreeSet<&str>) -> Option<Feed> {
        let id = self.parsed(&raw.name, "feed.name", |t| FeedId::new(t).map_err(|e| e.to_string()));
        let selection = self.selection(&Chosen::from(raw), known, "feed");
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

    pub(super) fn digest(
        &mut self,
        raw: &RawDigest,
        known: &BTreeSet<&str>,
        zone: Tz,
    ) -> Option<DigestPlan> {
        let id =
            self.parsed(&raw.name, "digest.name", |t| DigestId::new(t).map_err(|e| e.to_string()));
        let own_zone = raw.zone.as_ref().and_then(|text| {
            self.parsed(text, "digest.zone", |text| {
                text.parse::<Tz>().map_err(|_| "expected an IANA name such as Asia/Shanghai".into())
            })
        });
        let zone = own_zone.unwrap_or(zone);
        let language = match &raw.language {
            Some(text) => self.language(text, "digest.language"),
            None => Some(Language::english()),
        };
        let selection = self.selection(&Chosen::from(raw), known, "digest");
        let limit = self.limit(raw.limit.as_ref(), DIGEST_LIMIT, "digest");
        let title = self.words(&raw.title, "digest.title");
        let timetables = self.cadences(raw, zone);
        let id = id?;
        let cadences = timetables
            .iter()
            .map(|(name, _)| Cadence {
                name: name.clone(),
                schedule: format!("digest/{id}/{name}"),
            })
            .collect();
        let timetables = timetables.into_iter().map(|(_, timetable)| timetable).collect();
        let digest = Digest { id, title, language: language?, selection, cadences, limit };
        Some(DigestPlan { digest, zone, timetables })
    }

    fn cadences(&mut self, raw: &RawDigest, zone: Tz) -> Vec<(String, Timetable)> {
        let written = raw.cadence.get_ref();
        if written.is_empty() {
            self.problem(
                raw.cadence.span(),
                "digest.cadence is empty; write daily = \"0 7 * * *\"",
            );
        }
        let mut cadences: Vec<(&String, &Text)> = written.iter().collect();
        // The first one written is the one for readers who chose none.
        cadences.sort_by_key(|(_, text)| text.span().start);
        cadences
            .into_iter()
            .filter_map(|(name, text)| {
                if let Err(wrong) = DigestId::new(name) {
                    self.problem(text.span(), format!("digest.cadence: {wrong}"));
                }
                let timetable = self.timetable(text, &format!("digest.cadence.{name}"), zone)?;
                Some((name.clone(), timetable))
            })
            .collect()
    }
}
