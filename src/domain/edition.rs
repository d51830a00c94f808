//! One dated instance of a Digest: a decision, kept with what was chosen, what was left out, and why.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Article, ArticleId, Block, BlockKind, Brief, DigestId, EditionId, Facts, Language, Moment,
    Precision, Section, Slot,
};

/// Briefs under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The heading; `None` where the Edition has one Group only.
    pub heading: Option<String>,
    /// Its Briefs in order.
    pub briefs: Vec<Brief>,
}

/// The time whose Articles an Edition looked at: taken in after `since`, until `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Where the Edition before it ended; `None` for the first.
    pub since: Option<DateTime<Utc>>,
    /// When it was composed.
    pub until: DateTime<Utc>,
}

/// Why an Article of the window is not in the Edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// More came than the Digest takes; heavier or newer ones went first.
    OverLimit,
    /// It reports the same story as the Article of this Edition that names it.
    SameStory(ArticleId),
    /// The cadence has had the story from another Source.
    StoryHad,
}

impl Reason {
    /// Whether nothing else keeps it from readers than that others went first.
    pub fn is_for_lack_of_room(&self) -> bool {
        *self == Self::OverLimit
    }
}

/// An Article of the window that is not in the Edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The Article.
    pub article: ArticleId,
    /// Its title.
    pub headline: String,
    /// Where to read it.
    pub url: Option<Url>,
    /// Why.
    pub reason: Reason,
}

/// One dated instance of a Digest, unique by digest, cadence and slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// Derived from what makes it unique.
    pub id: EditionId,
    /// The Digest.
    pub digest: DigestId,
    /// The Cadence by name.
    pub cadence: String,
    /// When it was due.
    pub slot: DateTime<Utc>,
    /// What it looked at; absent in Editions of old.
    #[serde(default)]
    pub window: Option<Window>,
    /// What it holds.
    pub groups: Vec<Group>,
    /// What it does not hold.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

impl Edition {
    /// The Edition for `slot` of a Digest's cadence.
    pub fn new(
        digest: DigestId,
        cadence: &str,
        slot: &Slot,
        window: Window,
        groups: Vec<Group>,
    ) -> Self {
        let due = slot.at.to_rfc3339();
        Self {
            id: EditionId::derive(&[digest.as_str(), cadence, &due]),
            digest,
            cadence: cadence.to_owned(),
            slot: slot.at,
            window: Some(window),
            groups,
            left_out: Vec::new(),
        }
    }

    /// All Briefs in reading order.
    pub fn briefs(&self) -> impl Iterator<Item = &Brief> {
        self.groups.iter().flat_map(|group| &group.briefs)
    }

    /// The name under which its web copy is kept: its slot in UTC and its cadence.
    pub fn name(&self) -> String {
        edition_name(self.slot, &self.cadence)
    }

    /// Where its web copy stands below the site's front page.
    pub fn path(&self) -> String {
        format!("digests/{}/{}", self.digest, self.name())
    }
}

impl Edition {
    /// The Edition as an entry of the Digest's own feed: mailed as `subject`, to be read at `url`, `web` its web copy.
    pub fn as_article(
        &self,
        subject: &str,
        web: &str,
        url: Option<Url>,
        language: &Language,
    ) -> Article {
        let headlines: Vec<&str> = self.briefs().map(|brief| brief.headline.as_str()).collect();
        let copy =
            Block { kind: BlockKind::Paragraph, text: headlines.join("; "), html: web.to_owned() };
        let slot = self.slot.fixed_offset();
        Article {
            id: self.id.as_article(),
            url,
            canonical_url: None,
            title: subject.to_owned(),
            lead: None,
            attribution: None,
            authors: Vec::new(),
            published: Some(Moment {
                raw: slot.to_rfc3339(),
                instant: slot,
                precision: Precision::Second,
                reference: None,
            }),
            updated: None,
            language: Some(language.clone()),
            tags: Vec::new(),
            sections: vec![Section::opening(vec![copy])],
            related: Vec::new(),
            media: Vec::new(),
            summary: None,
            facts: Facts::default(),
        }
    }
}

const NAMED: &str = "%Y%m%dT%H%M%SZ";

/// The name of an Edition for the slot at `slot` of `cadence`.
pub fn edition_name(slot: DateTime<Utc>, cadence: &str) -> String {
    format!("{}-{cadence}", slot.format(NAMED))
}

/// Reads what [`Edition::name`] wrote: the second in which the slot lies, and the cadence.
pub fn parse_edition_name(name: &str) -> Option<(DateTime<Utc>, &str)> {
    let (slot, cadence) = name.split_once('-')?;
    let slot = NaiveDateTime::parse_from_str(slot, NAMED).ok()?;
    // Nothing that was not written so: a name has one spelling.
    (edition_name(slot.and_utc(), cadence) == name).then_some((slot.and_utc(), cadence))
}

/// What is first seen so shortly before an Edition was composed may have been written just after it looked.
pub const OVERLAP: TimeDelta = TimeDelta::hours(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_as_slot_and_cadence() {
        let slot = DateTime::parse_from_rfc3339("2026-11-23T23:00:00Z").unwrap().to_utc();
        let name = edition_name(slot, "week-days");
        assert_eq!(name, "20261123T230000Z-week-days");
        assert_eq!(parse_edition_name(&name), Some((slot, "week-days")));
        for wrong in ["", "daily", "20261123T230000Z", "2026-daily", "20261323T230000Z-daily"] {
            assert_eq!(parse_edition_name(wrong), None, "{wrong}");
        }
    }
}
