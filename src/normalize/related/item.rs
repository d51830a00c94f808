//! One entry of a block → `RelatedItem`: what its part of the page says besides the title.

use super::block::Entry;
use crate::domain::{RelatedGroup, RelatedItem};
use crate::normalize::dates::{self, Frame, Reading};
use crate::normalize::{counters, dom, wording};

/// Characters of a line that may be a topic.
const MAX_TOPIC: usize = 24;
/// Characters of a line that may be a teaser.
const MIN_TEASER: usize = 30;

/// The item, and what could not be read of it.
pub(super) fn read(
    group: RelatedGroup,
    entry: &Entry<'_>,
    frame: &Frame,
) -> (RelatedItem, Vec<String>) {
    let mut item = RelatedItem::titled(group, entry.title.clone());
    item.url = Some(entry.url.clone());
    let mut notes = Vec::new();
    let lines = dom::pieces(&entry.unit);
    let mut reading = machine_date(entry, frame);
    for line in lines.iter().map(String::as_str).filter(|line| *line != entry.title) {
        if let Some(found) = dates::whole(line, frame) {
            reading = reading.or(Some(found));
        } else if let Some(counts) = counters::whole(line) {
            item.views = item.views.or(counts.views);
            item.comments = item.comments.or(counts.comments);
        } else if line.chars().count() >= MIN_TEASER && item.summary.is_none() {
            item = item.with_summary(line);
        }
    }
    item.tags = topics(entry);
    match reading {
        Some(Ok(moment)) => item.published = Some(moment),
        Some(Err(impossible)) => notes.push(format!(
            "the date \"{}\" does not exist; the item is kept without one",
            impossible.raw
        )),
        None => {}
    }
    (item, notes)
}

/// A `time` element's own words, else the value it gives machines.
fn machine_date(entry: &Entry<'_>, frame: &Frame) -> Option<Reading> {
    let time = entry.unit.find(&["time"]).into_iter().next()?;
    let value = time.attr("datetime").and_then(|value| dates::machine(&value, frame));
    value.or_else(|| dates::whole(&dom::text(&time), frame))
}

/// Short links beside the title are topics.
fn topics(entry: &Entry<'_>) -> Vec<String> {
    let mut topics: Vec<String> = Vec::new();
    for link in entry.unit.find(&["a"]) {
        let text = dom::text(&link);
        let is_tag = link.attr("rel").is_some_and(|rel| rel.split_whitespace().any(|r| r == "tag"));
        let fits = !text.is_empty()
            && text.chars().count() <= MAX_TOPIC
            && text != entry.title
            && !wording::is_more_link(&text);
        if is_tag && fits && !topics.contains(&text) {
            topics.push(text);
        }
    }
    topics
}
