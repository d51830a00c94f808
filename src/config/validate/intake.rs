//! What is taken in of a `[[source]]`: how far it is followed, which links count, which articles belong.

use std::collections::BTreeSet;

use toml::Spanned;

use super::super::raw::{RawKind, RawLinks, RawRelated, RawSource, Text};
use super::Check;
use super::selection::Chosen;
use crate::domain::{Intake, Wording};
use crate::normalize::{LinkField, LinkRules};

/// The most pages that one look at a source may fetch beyond its own.
const MOST_FOLLOWED: usize = 500;
/// Related items that are followed unless told how many.
const RELATED_LIMIT: usize = 5;

impl Check<'_> {
    pub(super) fn intake(&mut self, raw: &RawSource) -> Intake {
        let kind = raw.kind.get_ref();
        if *kind == RawKind::Files && (raw.follow == Some(true) || raw.related.is_some()) {
            let message =
                "source.kind = \"files\" has nothing to follow; remove follow and related";
            self.problem(raw.kind.span(), message);
        }
        let related = raw.related == Some(RawRelated::Follow);
        let related_limit =
            self.followed(raw.related_limit.as_ref(), RELATED_LIMIT, "related_limit");
        let mut filter =
            self.selection(&Chosen::from(&raw.filter), &BTreeSet::new(), "source.filter");
        filter.reached = true;
        Intake {
            // What only names articles is of no use otherwise.
            follow: raw.follow.unwrap_or(matches!(kind, RawKind::Listing | RawKind::Sitemap)),
            follow_limit: self.followed(
                raw.follow_limit.as_ref(),
                Intake::FOLLOW_LIMIT,
                "follow_limit",
            ),
            related_limit: if related { related_limit } else { 0 },
            page_limit: self.followed(raw.page_limit.as_ref(), Intake::PAGE_LIMIT, "page_limit"),
            filter,
            apart: raw.near_duplicates == Some(false),
        }
    }

    fn followed(&mut self, value: Option<&Spanned<usize>>, usual: usize, key: &str) -> usize {
        let Some(value) = value else { return usual };
        if *value.get_ref() > MOST_FOLLOWED {
            let found = value.get_ref();
            let message = format!("source.{key} = {found}: expected 0 to {MOST_FOLLOWED}");
            self.problem(value.span(), message);
        }
        *value.get_ref()
    }

    pub(super) fn links(&mut self, raw: &RawLinks) -> LinkRules {
        let mut rules = LinkRules::default();
        rules.include = self.wordings(&raw.include, Wording::pattern, "source.links.include");
        rules.exclude = self.wordings(&raw.exclude, Wording::pattern, "source.links.exclude");
        rules.since = raw.since.as_ref().and_then(|text| {
            self.parsed(text, "source.links.since", |text| {
                text.parse().map_err(|_| "expected a day such as 2026-01-31".into())
            })
        });
        if let Some(text) = &raw.entry {
            self.parsed(text, "source.links.entry", |text| rules.place_entries(text));
        }
        let placed: [(LinkField, &Option<Text>); 4] = [
            (LinkField::Title, &raw.title),
            (LinkField::Url, &raw.url),
            (LinkField::Published, &raw.published),
            (LinkField::Summary, &raw.summary),
        ];
        for (field, text) in placed {
            if let Some(text) = text {
                let key = format!("source.links.{}", field.name());
                self.parsed(text, &key, |text| rules.place(field, text));
            }
        }
        rules
    }
}
