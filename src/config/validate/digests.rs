//! `[[digest]]`: what is mailed, how often, in which order and on which templates.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::Tz;
use toml::Spanned;

use super::super::raw::{RawCadence, RawDigest};
use super::super::{DigestPlan, Problem};
use super::Check;
use super::selection::Chosen;
use crate::domain::{Cadence, Digest, DigestId, Language, Weights};
use crate::render::{Misprint, Stationery};
use crate::schedule::{Policy, Timetable};

/// Minutes that an Edition may wait for sources: a day.
const MOST_MINUTES: u64 = 1440;
/// Kilobytes that a mail's HTML may have: below 20 hardly one article fits, beyond 1000 servers refuse.
const KILOBYTES: std::ops::RangeInclusive<usize> = 20..=1000;

impl Check<'_> {
    /// `looks` is when a cadence by count looks whether enough has come together.
    pub(super) fn digest(
        &mut self,
        raw: &RawDigest,
        known: &BTreeSet<&str>,
        zone: Tz,
        policy: Policy,
        looks: Option<&Timetable>,
    ) -> Option<DigestPlan> {
        let id =
            self.parsed(&raw.name, "digest.name", |t| DigestId::new(t).map_err(|e| e.to_string()));
        let own_zone = raw.zone.as_ref().and_then(|text| self.zone(text, "digest.zone"));
        let zone = own_zone.unwrap_or(zone);
        let language = match &raw.language {
            Some(text) => self.language(text, "digest.language"),
            None => Some(Language::english()),
        };
        let title = self.words(&raw.title, "digest.title");
        let selection = self.selection(&Chosen::from(raw), known, "digest");
        let cadences = self.cadences(raw, zone, looks);
        let stationery = self.stationery(raw);
        let policy = self.policy(&raw.slots, policy, "digest.slots");
        let weights = self.weights(raw, known);
        let id = id?;
        let usual = Digest::new(id.clone(), title, language?);
        let cadence = |(name, every, _): &(String, Option<usize>, Timetable)| Cadence {
            name: name.clone(),
            schedule: format!("digest/{id}/{name}"),
            every: *every,
        };
        let digest = Digest {
            selection,
            cadences: cadences.iter().map(cadence).collect(),
            limit: self.limit(raw.limit.as_ref(), usual.limit, "digest"),
            min_articles: self.min_articles(raw),
            grace: self.grace(raw),
            group_by: raw.group_by,
            weights,
            include_updates: raw.include_updates,
            size_budget: self.size_budget(raw).unwrap_or(usual.size_budget),
            images: raw.images,
            ..usual
        };
        let timetables = cadences.into_iter().map(|(_, _, timetable)| timetable).collect();
        Some(DigestPlan { digest, zone, timetables, stationery: stationery?, policy })
    }

    fn cadences(
        &mut self,
        raw: &RawDigest,
        zone: Tz,
        looks: Option<&Timetable>,
    ) -> Vec<(String, Option<usize>, Timetable)> {
        let written = raw.cadence.get_ref();
        if written.is_empty() {
            self.problem(
                raw.cadence.span(),
                "digest.cadence is empty; write daily = \"0 7 * * *\"",
            );
        }
        let mut cadences: Vec<(&String, &Spanned<RawCadence>)> = written.iter().collect();
        // The first one written is the one for readers who chose none.
        cadences.sort_by_key(|(_, raw)| raw.span().start);
        let mut read = Vec::new();
        for (name, raw) in cadences {
            if let Err(wrong) = DigestId::new(name) {
                self.problem(raw.span(), format!("digest.cadence: {wrong}"));
            }
            let key = format!("digest.cadence.{name}");
            let cadence = match raw.get_ref() {
                RawCadence::At(text) => {
                    let text = Spanned::new(raw.span(), text.clone());
                    self.timetable(&text, &key, zone).map(|timetable| (None, timetable))
                }
                RawCadence::Every(every) => {
                    if *every == 0 {
                        self.problem(raw.span(), format!("{key}: every = 0: expected 1 or more"));
                    }
                    looks.cloned().map(|timetable| (Some(*every), timetable))
                }
            };
            read.extend(cadence.map(|(every, timetable)| (name.clone(), every, timetable)));
        }
        read
    }

    fn min_articles(&mut self, raw: &RawDigest) -> usize {
        let Some(least) = &raw.min_articles else { return 1 };
        if *least.get_ref() == 0 {
            let message =
                "digest.min_articles = 0: expected 1 or more; a mail without articles is none";
            self.problem(least.span(), message);
        }
        *least.get_ref()
    }

    fn grace(&mut self, raw: &RawDigest) -> TimeDelta {
        let Some(minutes) = &raw.grace_minutes else { return TimeDelta::zero() };
        let value = *minutes.get_ref();
        if value > MOST_MINUTES {
            let message = format!("digest.grace_minutes = {value}: expected 0 to {MOST_MINUTES}");
            self.problem(minutes.span(), message);
        }
        TimeDelta::minutes(i64::try_from(value.min(MOST_MINUTES)).unwrap_or(0))
    }

    fn size_budget(&mut self, raw: &RawDigest) -> Option<usize> {
        let kilobytes = raw.max_kilobytes.as_ref()?;
        let value = *kilobytes.get_ref();
        if !KILOBYTES.contains(&value) {
            let (least, most) = (KILOBYTES.start(), KILOBYTES.end());
            let message = format!("digest.max_kilobytes = {value}: expected {least} to {most}");
            self.problem(kilobytes.span(), message);
        }
        Some(value.min(*KILOBYTES.end()) * 1024)
    }

    fn weights(&mut self, raw: &RawDigest, known: &BTreeSet<&str>) -> Weights {
        let names: Vec<_> = raw.source_weights.keys().cloned().collect();
        let sources = self.chosen_sources(&names, known, "digest.source_weights");
        let weights = raw.source_weights.values().copied();
        Weights {
            sources: sources.into_iter().zip(weights).collect(),
            tags: raw.tag_weights.clone(),
        }
    }

    /// The operator's own templates, each tried on a sample.
    fn stationery(&mut self, raw: &RawDigest) -> Option<Arc<Stationery>> {
        let mut own = BTreeMap::new();
        let directory = raw.templates.as_ref().map(|text| self.beside(text.get_ref()));
        if let (Some(directory), Some(text)) = (&directory, &raw.templates) {
            match templates(directory) {
                Ok(found) => own = found,
                Err(reason) => {
                    self.problem(text.span(), format!("digest.templates: {reason}"));
                    return None;
                }
            }
        }
        let subject = raw.subject.as_ref().map(|text| text.get_ref().as_str());
        match Stationery::new(own.clone(), subject) {
            Ok(stationery) => Some(Arc::new(stationery)),
            Err(misprint) => {
                self.misprint(raw, directory.as_deref(), &own, &misprint);
                None
            }
        }
    }

    /// Points at the line of the template, which stands in a file of its own.
    fn misprint(
        &mut self,
        raw: &RawDigest,
        directory: Option<&Path>,
        own: &BTreeMap<String, String>,
        misprint: &Misprint,
    ) {
        let text = misprint.template.as_ref().and_then(|name| Some((name, own.get(name)?)));
        if let (Some((name, text)), Some(directory)) = (text, directory) {
            let before = text.split_inclusive('\n').take(misprint.line.saturating_sub(1));
            let start: usize = before.map(str::len).sum();
            let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
            let problem =
                Problem::at(&directory.join(name), text, start..end, misprint.message.clone());
            self.problems.push(problem);
        } else {
            let subject = raw.subject.as_ref().unwrap_or(&raw.name);
            self.problem(subject.span(), format!("digest.subject: {misprint}"));
        }
    }
}

/// The operator's templates in `directory`; a file of another name would never be used.
fn templates(directory: &Path) -> Result<BTreeMap<String, String>, String> {
    let unreadable =
        |path: &Path, error: std::io::Error| format!("cannot read {}: {error}", path.display());
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(directory).map_err(|error| unreadable(directory, error))? {
        let path = entry.map_err(|error| unreadable(directory, error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_none_or(|extension| extension != "j2") {
            continue;
        }
        if !Stationery::names().any(|known| known == name) {
            let known: Vec<&str> = Stationery::names().collect();
            return Err(format!("{name} is no template; there are: {}", known.join(", ")));
        }
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
        found.insert(name, text);
    }
    Ok(found)
}
