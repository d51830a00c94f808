//! Digests: all of them, and one with its next mail as each kind of reader would get it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::super::{RenderError, guard};
use super::{DeskFrame, times};
use crate::domain::{Choices, Decision, Digest, Edition, EmailAddress, Reason};

/// One digest and all that is shown of it.
#[derive(Debug, Clone)]
pub struct DigestPage {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who gets test mails.
    pub operator: Option<EmailAddress>,
    /// The next mail, for each kind of reader.
    pub combinations: Vec<Combination>,
    /// What became of its last slots.
    pub slots: Vec<SlotDecision>,
    /// Its last Editions.
    pub editions: Vec<EditionLine>,
    /// One of these, looked at closely.
    pub edition: Option<Edition>,
}

/// The next mail for readers who chose alike.
#[derive(Debug, Clone)]
pub struct Combination {
    /// What they chose.
    pub choices: Choices,
    /// How many they are.
    pub readers: usize,
    /// Whether it holds what is new; else the newest articles stand in.
    pub is_new: bool,
    /// Subject and text; absent where there is nothing for them.
    pub mail: Option<(String, String)>,
}

/// A slot, by the name that an Edition of it has, and what became of it.
#[derive(Debug, Clone)]
pub struct SlotDecision {
    /// The name.
    pub name: String,
    /// What became of it.
    pub decision: Decision,
}

/// An Edition in the list.
#[derive(Debug, Clone)]
pub struct EditionLine {
    /// Its name.
    pub name: String,
    /// When it was due.
    pub slot: DateTime<Utc>,
    /// What its mail was called.
    pub subject: String,
    /// Articles in it.
    pub briefs: usize,
}

#[derive(Serialize)]
struct ListView {
    digests: Vec<(String, String)>,
}

#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    title: String,
    operator: Option<String>,
    combinations: Vec<CombinationView>,
    skipped: Vec<(&'a str, String)>,
    editions: Vec<EditionView<'a>>,
    edition: Option<ShownView>,
}

#[derive(Serialize)]
struct CombinationView {
    choices: Vec<String>,
    readers: usize,
    is_new: bool,
    subject: Option<String>,
    text: String,
}

#[derive(Serialize)]
struct EditionView<'a> {
    name: &'a str,
    slot: times::Time,
    subject: String,
    briefs: usize,
    is_shown: bool,
}

#[derive(Serialize)]
struct ShownView {
    name: String,
    groups: Vec<(Option<String>, Vec<String>)>,
    left_out: Vec<(String, &'static str)>,
}

/// Writes the list.
pub fn digests<'d>(
    desk: &DeskFrame<'_>,
    all: impl Iterator<Item = &'d Digest>,
) -> Result<String, RenderError> {
    let digests = all.map(|digest| (digest.id.to_string(), guard::line(&digest.title)));
    desk.rendered("digests.html.j2", ListView { digests: digests.collect() })
}

/// Writes the page of one.
pub fn digest(desk: &DeskFrame<'_>, page: &DigestPage) -> Result<String, RenderError> {
    let shown = page.edition.as_ref().map(Edition::name);
    let view = View {
        id: &page.id,
        title: guard::line(&page.title),
        operator: page.operator.as_ref().map(ToString::to_string),
        combinations: page.combinations.iter().map(CombinationView::of).collect(),
        skipped: page.slots.iter().filter_map(skipped).collect(),
        editions: page
            .editions
            .iter()
            .map(|line| EditionView {
                name: &line.name,
                slot: desk.time(line.slot),
                subject: guard::line(&line.subject),
                briefs: line.briefs,
                is_shown: shown.as_deref() == Some(line.name.as_str()),
            })
            .collect(),
        edition: page.edition.as_ref().map(|edition| ShownView::of(desk, edition)),
    };
    desk.rendered("digest.html.j2", view)
}

fn skipped(slot: &SlotDecision) -> Option<(&str, String)> {
    match &slot.decision {
        Decision::Skipped(reason) => Some((&slot.name, guard::line(reason))),
        _ => None,
    }
}

impl CombinationView {
    fn of(combination: &Combination) -> Self {
        let Choices { cadence, zone, language, topics, without, .. } = &combination.choices;
        let listed = |sign: &str, list: &[String]| {
            (!list.is_empty()).then(|| format!("{sign}{}", list.join(", ")))
        };
        let said = [
            cadence.clone(),
            language.as_ref().map(ToString::to_string),
            zone.map(|zone| zone.name().to_owned()),
            listed("+ ", topics),
            listed("− ", without),
        ];
        let (subject, text) = match &combination.mail {
            Some((subject, text)) => (Some(guard::line(subject)), guard::text(text).into_owned()),
            None => (None, String::new()),
        };
        Self {
            choices: said.into_iter().flatten().map(|word| guard::line(&word)).collect(),
            readers: combination.readers,
            is_new: combination.is_new,
            subject,
            text,
        }
    }
}

impl ShownView {
    fn of(desk: &DeskFrame<'_>, edition: &Edition) -> Self {
        let group = |group: &crate::domain::Group| {
            let briefs = group.briefs.iter().map(|brief| guard::line(&brief.headline));
            (group.heading.as_deref().map(guard::line), briefs.collect())
        };
        let words = desk.words();
        let why = |reason: &Reason| match reason {
            Reason::OverLimit => words.over_limit,
            Reason::SameStory(_) => words.same_story,
            Reason::StoryHad => words.story_had,
        };
        let left_out = edition.left_out.iter();
        Self {
            name: edition.name(),
            groups: edition.groups.iter().map(group).collect(),
            left_out: left_out.map(|one| (guard::line(&one.headline), why(&one.reason))).collect(),
        }
    }
}
