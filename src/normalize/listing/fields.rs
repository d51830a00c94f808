//! One entry of a list → a Link: its title and address, and what its part of the page says besides.

use dom_query::NodeRef;
use url::Url;

use super::Place;
use super::block::Entry;
use super::rules::{LinkField, LinkRules};
use crate::domain::{Link, Moment, RelatedGroup, RelatedItem, repeats};
use crate::normalize::dates;
use crate::normalize::related::{entry as related, item};
use crate::normalize::{dom, links};

/// Characters of a line that holds a date beside other small things, such as who wrote it.
const MAX_BYLINE: usize = 100;
/// Characters of a Chinese or Japanese line that ends as sentences do.
const MIN_SENTENCE: usize = 12;

/// What the page says of an entry besides its title.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub published: Option<Moment>,
    pub summary: Option<String>,
    pub has_picture: bool,
}

/// Looks at the parts of an entry.
pub(super) fn look(entry: &Entry<'_>, place: &Place<'_>) -> Seen {
    let mut seen = Seen::default();
    let Some(link) = &entry.link else { return seen };
    for part in &entry.parts {
        let of_part =
            related::Entry { url: Some(link.url.clone()), title: link.title.clone(), unit: *part };
        let (found, _) = item::read(RelatedGroup::Latest, &of_part, place.base, &place.frame);
        let RelatedItem { published, summary, image, .. } = found;
        seen.published = seen.published.or(published).or_else(|| byline(part, place));
        seen.summary = seen.summary.or(summary).or_else(|| teaser(part, &link.title));
        seen.has_picture |= image.is_some();
    }
    seen
}

/// A sentence in a script that needs few characters for one.
fn teaser(part: &NodeRef<'_>, title: &str) -> Option<String> {
    let is_sentence = |line: &String| {
        line.chars().filter(|c| matches!(c, '\u{3040}'..='\u{9FFF}')).count() >= MIN_SENTENCE
            && line.ends_with(['。', '！', '？', '…', '”', '」'])
            && !repeats(title, line)
    };
    dom::spaced_lines(part).into_iter().find(is_sentence)
}

/// A date in a short line of other things.
fn byline(part: &NodeRef<'_>, place: &Place<'_>) -> Option<Moment> {
    let lines = dom::spaced_lines(part);
    let short = lines.iter().filter(|line| line.chars().count() <= MAX_BYLINE);
    short.filter_map(|line| dates::first_in(line, &place.frame)).find_map(Result::ok)
}

/// The Link, or `None` where there is no address.
pub(super) fn read(entry: &Entry<'_>, place: &Place<'_>, rules: &LinkRules) -> Option<Link> {
    let given = |field| entry.parts.iter().find_map(|part| rules.find(field, part));
    let text = |field| given(field).map(|node| value(&node)).filter(|text| !text.is_empty());
    let url = given(LinkField::Url).and_then(|node| address(&node, place.base));
    let url = url.or_else(|| entry.link.as_ref().map(|link| link.url.clone()))?;
    let title = text(LinkField::Title).or_else(|| entry.link.as_ref().map(|l| l.title.clone()));
    let seen = look(entry, place);
    let published = text(LinkField::Published)
        .and_then(|text| dates::machine(&text, &place.frame))
        .and_then(Result::ok);
    let summary = text(LinkField::Summary).or(seen.summary);
    let is_own = |text: &String| title.as_ref().is_none_or(|title| !repeats(title, text));
    let published = published.or(seen.published).or_else(|| dates::in_address(&url, &place.frame));
    Some(Link {
        url,
        published,
        summary: summary.filter(is_own),
        title: title.filter(|title| !title.is_empty()),
    })
}

/// What an element says: to machines, else to readers.
fn value(node: &NodeRef<'_>) -> String {
    let given = node.attr("content").or_else(|| node.attr("datetime"));
    given.map_or_else(|| dom::text(node), |value| dom::squeeze(&value))
}

fn address(node: &NodeRef<'_>, base: Option<&Url>) -> Option<Url> {
    let inner = || node.find(&["a"]).into_iter().next();
    let href = node.attr("href").or_else(|| inner()?.attr("href"))?;
    links::absolute(&href, base)
}
