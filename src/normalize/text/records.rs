//! The entries of a flattened list: which of an entry's lines is its date, topics, title, teaser, counters.

use super::shapes::{self, TagLikeness};
use crate::domain::{RelatedGroup, RelatedItem, repeats};
use crate::normalize::counters::{self, Counters};
use crate::normalize::dates::{self, Frame, Reading};
use crate::normalize::labelled;

/// Columns of a line that may stand where other entries have their date.
const MAX_DATE_WIDTH: usize = 24;

/// The lines of one entry, told apart as far as each can be alone.
#[derive(Debug, Default)]
pub(super) struct Record<'a> {
    date: Option<Reading>,
    /// Words that stand where other entries have a date and are none.
    unreadable_date: Option<&'a str>,
    counters: Option<Counters>,
    /// Topics, title, teaser, the title again, in the order of the page.
    texts: Vec<&'a str>,
}

impl<'a> Record<'a> {
    /// An entry that is nothing but a title.
    pub fn titled(title: &'a str) -> Self {
        Self { texts: vec![title], ..Self::default() }
    }

    /// An entry whose lines are all words.
    pub fn with_lines(lines: &[&'a str]) -> Self {
        Self { texts: lines.to_vec(), ..Self::default() }
    }

    fn add(&mut self, line: &'a str, frame: &Frame) {
        if self.date.is_none()
            && let Some(reading) = dates::whole(line, frame)
        {
            self.date = Some(reading);
        } else if let Some(found) = counters::whole(line) {
            self.counters = Some(found);
        } else if !self.add_mixed(line, frame) {
            self.texts.push(shapes::list_item(line).unwrap_or(line));
        }
    }

    /// "3 days ago | 39 views" on one line.
    fn add_mixed(&mut self, line: &'a str, frame: &Frame) -> bool {
        let parts: Vec<&str> =
            line.split(['|', '｜', '·', '•']).map(str::trim).filter(|p| !p.is_empty()).collect();
        let known =
            |part: &&str| dates::whole(part, frame).is_some() || counters::whole(part).is_some();
        if parts.len() < 2 || !parts.iter().all(known) {
            return false;
        }
        for part in parts {
            self.date = self.date.take().or_else(|| dates::whole(part, frame));
            self.counters = self.counters.or_else(|| counters::whole(part));
        }
        true
    }

    /// Where a title stands for certain: its page shows it twice.
    fn repeated_title(&self) -> Option<usize> {
        let later = |at: usize| &self.texts[at + 1..];
        (0..self.texts.len())
            .find(|at| later(*at).iter().any(|text| repeats(self.texts[*at], text)))
    }

    fn first_line_is(&self, least: TagLikeness) -> bool {
        self.texts.len() > 1 && shapes::tag_likeness(self.texts[0]) >= least
    }
}

/// One entry from its lines.
pub(super) fn from_lines<'a>(lines: &[&'a str], frame: &Frame) -> Record<'a> {
    let mut record = Record::default();
    for line in lines {
        record.add(line, frame);
    }
    record
}

/// Entries from the cells between separators: a cell of words opens a new entry once the entry before has some, and a date
/// opens or closes one, as the first cells of the list show.
pub(super) fn from_cells<'a>(cells: &[Vec<&'a str>], frame: &Frame) -> Vec<Record<'a>> {
    let parts: Vec<Record<'a>> = cells.iter().map(|cell| from_lines(cell, frame)).collect();
    let is_date = |part: &Record<'_>| part.date.is_some() && part.texts.is_empty();
    let date_first =
        parts.iter().position(is_date) < parts.iter().position(|part| !part.texts.is_empty());
    let dated = parts.iter().any(is_date);
    let mut records: Vec<Record<'a>> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let open = records.last().is_none_or(|current| opens(current, part, date_first));
        if open {
            records.push(Record::default());
        }
        let Some(current) = records.last_mut() else { continue };
        let next_has_words =
            parts.get(at + 1).is_some_and(|next| !next.texts.is_empty() && next.date.is_none());
        match part.texts.as_slice() {
            [words]
                if open
                    && dated
                    && date_first
                    && part.date.is_none()
                    && next_has_words
                    && looks_like_date_slot(words) =>
            {
                current.unreadable_date = Some(words);
            }
            words => merge(current, part, words),
        }
    }
    records
}

fn opens(current: &Record<'_>, part: &Record<'_>, date_first: bool) -> bool {
    let has_words = !current.texts.is_empty();
    let brings_date = part.date.is_some();
    if part.texts.is_empty() {
        return brings_date && (current.date.is_some() || (date_first && has_words));
    }
    has_words || (!date_first && current.date.is_some()) || (brings_date && current.date.is_some())
}

fn merge<'a>(current: &mut Record<'a>, part: &Record<'a>, words: &[&'a str]) {
    current.date = current.date.take().or_else(|| part.date.clone());
    current.counters = current.counters.or(part.counters);
    current.texts.extend(words);
}

fn looks_like_date_slot(words: &str) -> bool {
    shapes::width(words) <= MAX_DATE_WIDTH && !shapes::ends_like_prose(words)
}

/// A note on the entry of this number, counted from 1.
type NumberedNote = (usize, String);

/// The items that the entries give, and what could not be read of them.
pub(super) fn items(
    group: RelatedGroup,
    records: Vec<Record<'_>>,
) -> (Vec<RelatedItem>, Vec<NumberedNote>) {
    let tags_lead = topics_come_first(&records);
    let (mut items, mut notes) = (Vec::new(), Vec::new());
    for record in records {
        let number = items.len() + 1;
        match item(group, &record, tags_lead) {
            Some(found) => {
                notes.extend(complaints(&record).into_iter().map(|note| (number, note)));
                items.push(found);
            }
            None if record.date.is_some() || record.counters.is_some() => {
                notes.push((number, "an entry without a title was left out".to_owned()));
            }
            None => {}
        }
    }
    (items, notes)
}

/// Whether the first line of an entry is its topics. One entry alone may not tell; the list does, since all are built alike.
fn topics_come_first(records: &[Record<'_>]) -> bool {
    let shown = records.iter().any(|record| {
        (record.repeated_title() == Some(1) && record.first_line_is(TagLikeness::Maybe))
            || record.first_line_is(TagLikeness::Surely)
    });
    let complete: Vec<&Record<'_>> =
        records.iter().filter(|record| record.texts.len() > 2).collect();
    let all = complete.len() > 1
        && complete.iter().all(|record| record.first_line_is(TagLikeness::Maybe));
    shown || all
}

fn item(group: RelatedGroup, record: &Record<'_>, tags_lead: bool) -> Option<RelatedItem> {
    let title_at = match record.repeated_title() {
        Some(at) => at,
        None => usize::from(tags_lead && record.first_line_is(TagLikeness::Maybe)),
    };
    let title = record.texts.get(title_at)?;
    let mut item = RelatedItem::titled(group, *title);
    if title_at > 0 && shapes::tag_likeness(record.texts[title_at - 1]) > TagLikeness::No {
        item.tags = topics(record.texts[title_at - 1]);
    }
    let teaser = record.texts[title_at + 1..].iter().find(|text| !repeats(title, text));
    if let Some(teaser) = teaser {
        item = item.with_summary(teaser);
    }
    item.published = record.date.clone().and_then(Result::ok);
    item.views = record.counters.and_then(|c| c.views);
    item.comments = record.counters.and_then(|c| c.comments);
    Some(item)
}

/// Topics on a line of their own: by commas or hashes where it has any, else by white space. A slash joins two names of one.
fn topics(line: &str) -> Vec<String> {
    if line.contains([',', '，', '、', '#']) {
        return labelled::tags(line);
    }
    line.split_whitespace().map(str::to_owned).collect()
}

fn complaints(record: &Record<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(Err(impossible)) = &record.date {
        notes.push(format!(
            "the date \"{}\" does not exist; the item is kept without one",
            impossible.raw
        ));
    }
    if let Some(words) = record.unreadable_date {
        notes.push(format!("\"{words}\" stands where the date should and cannot be read; the item is kept without one"));
    }
    if record.counters.is_some_and(|c| c.unexplained) {
        notes.push("three bare numbers; only the first, the reads, is certain and kept".to_owned());
    }
    notes
}
