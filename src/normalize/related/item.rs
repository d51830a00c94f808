//! One entry of a block → `RelatedItem`: what its part of the page says besides the title.

use dom_query::NodeRef;
use url::Url;

use super::entry::Entry;
use crate::domain::{RelatedGroup, RelatedItem};
use crate::normalize::dates::{self, Frame, Reading};
use crate::normalize::{counters, dom, links, wording};

/// Characters of a line that may be a topic.
const MAX_TOPIC: usize = 24;
/// Characters of a line that may be a teaser.
const MIN_TEASER: usize = 30;

/// The item, and what could not be read of it.
pub(in crate::normalize) fn read(
    group: RelatedGroup,
    entry: &Entry<'_>,
    base: Option<&Url>,
    frame: &Frame,
) -> (RelatedItem, Vec<String>) {
    let mut item = RelatedItem::titled(group, entry.title.clone());
    item.url.clone_from(&entry.url);
    let mut notes = Vec::new();
    let lines = join_counts(dom::pieces(&entry.unit));
    let mut reading = machine_date(entry, frame);
    for line in lines.iter().map(String::as_str).filter(|line| !entry.title.contains(*line)) {
        if let Some(found) = dates::whole(line, frame) {
            reading = reading.or(Some(found));
        } else if let Some(counts) = counters::labelled(line) {
            item.views = item.views.or(counts.views);
            item.comments = item.comments.or(counts.comments);
        } else if line.chars().count() >= MIN_TEASER && item.summary.is_none() {
            item = item.with_summary(line);
        }
    }
    item.tags = topics(entry);
    item.image = image(entry, base);
    count(entry, &mut item);
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

/// The first picture of the entry's own part of the page.
fn image(entry: &Entry<'_>, base: Option<&Url>) -> Option<Url> {
    let images = entry.unit.find(&["img"]);
    let mut addresses = images.iter().filter_map(|image| image.attr("src"));
    addresses.find_map(|src| links::absolute(&src, base))
}

/// A number and the word that says what it counts often stand in elements of their own.
fn join_counts(lines: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(lines.len());
    for line in lines {
        let whole = joined
            .last()
            .filter(|last| counters::is_number(last) && counters::labelled(&line).is_none())
            .map(|last| format!("{last} {line}"))
            .filter(|whole| counters::labelled(whole).is_some());
        match (whole, joined.last_mut()) {
            (Some(whole), Some(last)) => *last = whole,
            _ => joined.push(line),
        }
    }
    joined
}

/// Bare numbers, where the markup around them says what they count.
fn count(entry: &Entry<'_>, item: &mut RelatedItem) {
    for text in entry.unit.descendants_it().filter(NodeRef::is_text) {
        let Some(number) = counters::whole(&dom::raw_text(&text)).and_then(|counts| counts.views)
        else {
            continue;
        };
        match kind_of_count(text, entry) {
            Some(Count::Comments) => item.comments = item.comments.or(Some(number)),
            Some(Count::Views) => item.views = item.views.or(Some(number)),
            None => {}
        }
    }
}

enum Count {
    Views,
    Comments,
}

/// Looks at the two elements around a number: their address and the words of their styles name what they hold.
fn kind_of_count(text: NodeRef<'_>, entry: &Entry<'_>) -> Option<Count> {
    let mut node = text.parent();
    for _ in 0..2 {
        let element = node.filter(|element| element.id != entry.unit.id)?;
        let words: String = ["class", "href", "title", "aria-label"]
            .iter()
            .filter_map(|name| element.attr(name))
            .map(|value| value.to_lowercase() + " ")
            .collect();
        if ["comment", "reply", "replies", "评论"].iter().any(|word| words.contains(word)) {
            return Some(Count::Comments);
        }
        if ["view", "reads", "hits", "阅读", "浏览"].iter().any(|word| words.contains(word)) {
            return Some(Count::Views);
        }
        node = element.parent();
    }
    None
}

/// A `time` element's own words, else the value it gives machines.
fn machine_date(entry: &Entry<'_>, frame: &Frame) -> Option<Reading> {
    let time = entry.unit.find(&["time"]).into_iter().next()?;
    let value = time.attr("datetime").and_then(|value| dates::machine(&value, frame));
    value.or_else(|| dates::whole(&dom::text(&time), frame))
}

/// Words in style sheets for the small boxes in which pages show topics.
const TOPIC_STYLES: [&str; 8] =
    ["tag", "tags", "badge", "chip", "pill", "topic", "category", "keyword"];

/// Topics shown as small boxes that lead nowhere: the innermost elements that are styled so.
fn marked_topics(entry: &Entry<'_>) -> Vec<String> {
    let is_topic = |node: &NodeRef<'_>| {
        node.attr("class").is_some_and(|class| {
            class
                .to_lowercase()
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| TOPIC_STYLES.contains(&word))
        })
    };
    let mut topics: Vec<String> = Vec::new();
    for node in entry.unit.descendants_it().filter(is_topic) {
        let text = dom::text(&node);
        let fits = text.chars().any(char::is_alphabetic) && text.chars().count() <= MAX_TOPIC;
        let innermost = !node.descendants_it().any(|inner| is_topic(&inner));
        if fits && innermost && text != entry.title && !topics.contains(&text) {
            topics.push(text);
        }
    }
    topics
}

/// Short links beside the title lead to topics, save those to people and to this item's comments.
fn topics(entry: &Entry<'_>) -> Vec<String> {
    const OTHERS: [&str; 8] =
        ["author", "profile", "people", "user", "member", "comment", "share", "#"];
    let mut topics = marked_topics(entry);
    for link in entry.unit.find(&["a"]) {
        let text = dom::text(&link);
        let href = link.attr("href").map(|href| href.to_lowercase()).unwrap_or_default();
        let is_other = OTHERS.iter().any(|word| href.contains(word)) || href.is_empty();
        let fits = text.chars().any(char::is_alphabetic)
            && text.chars().count() <= MAX_TOPIC
            && !wording::is_more_link(&text);
        if !is_other && fits && !entry.title.contains(&text) && !topics.contains(&text) {
            topics.push(text);
        }
    }
    topics
}
