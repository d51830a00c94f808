//! Which blocks of a page are its articles: the one with most to say, and those like it.

use std::collections::{HashMap, HashSet};

use dom_query::{Document as Page, NodeId, NodeRef};
use url::Url;

use super::block::{self, Block, Entry};
use super::reference::Paragraphs;
use super::{Place, fields};
use crate::domain::RelatedGroup;
use crate::normalize::{NormalizeError, dom, links, wording};

/// Why a page without a list is none.
pub(super) const TOO_FEW: &str = "it has no list of three or more links to articles; use kind = \"page\", or say where its entries stand in [source.links]";
const ARTICLE: &str = "it is an article itself, with more text of its own than lists; use kind = \"page\", or say where its entries stand in [source.links]";
/// Worth of an entry, on average, below which a block is a menu.
const LEAST: f64 = 2.0;
/// How much of the best block's worth another's entries must have.
const ALIKE: f64 = 0.6;
/// Characters of a paragraph that is an article's own.
const PARAGRAPH: usize = 80;
/// Characters in such paragraphs outside of all entries that make the page an article.
const PROSE: usize = 1_200;
/// Levels around a block in which the words above it are looked for.
const MAX_CLIMB: usize = 3;

/// A block and what it is worth.
struct Judged<'a> {
    block: Block<'a>,
    /// Of all entries together, and of one on average.
    worth: f64,
    average: f64,
    /// Forms of the addresses it leads to.
    forms: HashMap<String, usize>,
}

/// The entries of the page's articles, in the order of the page.
pub(super) fn choose<'a>(
    page: &'a Page,
    blocks: Vec<Block<'a>>,
    place: &Place<'_>,
) -> Result<Vec<Entry<'a>>, NormalizeError> {
    let mut paragraphs = Paragraphs::default();
    let mut judged: Vec<Judged<'a>> = blocks
        .into_iter()
        .filter(|block| !is_aside(block))
        .filter_map(|block| paragraphs.without_references(block))
        .map(|block| judge(block, place))
        .collect();
    let best = judged
        .iter()
        .filter(|judged| judged.block.entries.len() > 1 && judged.average >= LEAST)
        .max_by(|a, b| a.worth.total_cmp(&b.worth));
    let Some(best) = best else {
        return Err(NormalizeError::NoListing { reason: TOO_FEW });
    };
    let (average, forms) = (best.average, best.forms.clone());
    judged.retain(|judged| is_alike(judged, average, &forms));
    for judged in &mut judged {
        block::fill(&mut judged.block, place.base);
    }
    // Among the siblings of entries there may be references again.
    let entries: Vec<Entry<'a>> = judged
        .into_iter()
        .filter_map(|judged| paragraphs.without_references(judged.block))
        .flat_map(|block| block.entries)
        .collect();
    if prose_outside(page, &entries) > PROSE.max(text_in(&entries)) {
        return Err(NormalizeError::NoListing { reason: ARTICLE });
    }
    Ok(in_order(page, entries))
}

/// Whether a block is of the same kind as the best one: as rich, or leading to addresses of the same form.
fn is_alike(judged: &Judged<'_>, average: f64, forms: &HashMap<String, usize>) -> bool {
    let known = judged.forms.iter().filter(|(form, _)| forms.contains_key(*form));
    let of_same_form =
        known.map(|(_, count)| count).sum::<usize>() * 2 >= judged.block.entries.len();
    let is_rich = judged.average >= ALIKE * average && judged.average >= LEAST;
    // One link alone may be anything that has a heading.
    if judged.block.entries.len() == 1 {
        is_rich && of_same_form
    } else {
        is_rich || of_same_form && judged.average >= LEAST / 2.0
    }
}

fn judge<'a>(block: Block<'a>, place: &Place<'_>) -> Judged<'a> {
    let mut forms: HashMap<String, usize> = HashMap::new();
    let mut worth = 0.0;
    for entry in &block.entries {
        worth += worth_of(entry, place);
        if let Some(link) = &entry.link {
            *forms.entry(form(&link.url, place.base)).or_default() += 1;
        }
    }
    // A page has a few thousand links at most.
    #[expect(clippy::cast_precision_loss, reason = "a count of links")]
    let average = worth / block.entries.len().max(1) as f64;
    Judged { block, worth, average, forms }
}

/// What speaks for an entry being an article.
fn worth_of(entry: &Entry<'_>, place: &Place<'_>) -> f64 {
    let Some(link) = &entry.link else { return 0.0 };
    let units: usize = link.title.chars().map(|c| if c.is_ascii() { 1 } else { 3 }).sum();
    let mut worth: f64 = match units {
        0..20 => 0.4,
        20..32 => 0.8,
        _ => 1.2,
    };
    let read = fields::look(entry, place);
    worth += if read.published.is_some() { 1.5 } else { 0.0 };
    worth += if read.summary.is_some() { 1.0 } else { 0.0 };
    worth += if link.is_heading { 0.8 } else { 0.0 };
    worth += if read.has_picture { 0.4 } else { 0.0 };
    worth += if is_form_of_articles(&link.url) { 0.8 } else { 0.0 };
    let is_own = place.base.is_none_or(|base| links::same_site(base, &link.url));
    worth - if is_own { 0.0 } else { 0.4 }
}

/// Addresses of articles end in a number, a date or several words; those of topics, in one word.
fn is_form_of_articles(url: &Url) -> bool {
    let last = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let in_query = url.query().is_some_and(|query| query.bytes().any(|b| b.is_ascii_digit()));
    let words = last.split(['-', '_']).filter(|word| !word.is_empty()).count();
    last.bytes().filter(u8::is_ascii_digit).count() >= 3 || words >= 3 || in_query
}

/// The form of an address: its site, and of each part of its path whether it is a number, words, or both.
fn form(url: &Url, base: Option<&Url>) -> String {
    let is_own = base.is_none_or(|base| links::same_site(base, url));
    let mut form = String::from(if is_own { "own" } else { "other" });
    for part in url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()) {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        let stem = part.split('.').next().unwrap_or(part);
        form.push_str(match digits {
            _ if stem.bytes().all(|b| b.is_ascii_digit()) => "/9",
            _ if part.contains('-') || part.len() > 16 => "/words",
            0 => "/word",
            _ => "/mixed",
        });
    }
    if url.query().is_some() { form + "?" } else { form }
}

/// Whether the words above a block say that it repeats what stands elsewhere, or leads on.
fn is_aside(block: &Block<'_>) -> bool {
    let first = block.entries[0].parts[0];
    let around = std::iter::once(first).chain(first.ancestors_it(Some(MAX_CLIMB)));
    for node in around {
        if let Some(before) = node.prev_element_sibling() {
            let words = dom::text(&before);
            if words.is_empty() {
                continue;
            }
            return matches!(
                wording::group(&words),
                Some(RelatedGroup::Popular | RelatedGroup::Related)
            );
        }
    }
    false
}

/// The elements of all entries.
fn parts(entries: &[Entry<'_>]) -> HashSet<NodeId> {
    entries.iter().flat_map(|entry| &entry.parts).map(|part| part.id).collect()
}

fn text_in(entries: &[Entry<'_>]) -> usize {
    entries.iter().flat_map(|e| &e.parts).map(|part| dom::text(part).chars().count()).sum()
}

/// Characters in paragraphs of an article's own.
fn prose_outside(page: &Page, entries: &[Entry<'_>]) -> usize {
    let parts = parts(entries);
    let is_outside = |node: &NodeRef<'_>| {
        !parts.contains(&node.id) && !node.ancestors_it(None).any(|a| parts.contains(&a.id))
    };
    let paragraphs = page.select("p");
    let lengths = paragraphs
        .nodes()
        .iter()
        .filter(|node| is_outside(node))
        .map(|node| dom::text(node).chars().count());
    lengths.filter(|length| *length >= PARAGRAPH).sum()
}

/// As a reader meets them.
fn in_order<'a>(page: &Page, mut entries: Vec<Entry<'a>>) -> Vec<Entry<'a>> {
    let order: HashMap<NodeId, usize> =
        page.root().descendants_it().enumerate().map(|(at, node)| (node.id, at)).collect();
    entries.sort_by_key(|entry| order.get(&entry.parts[0].id).copied());
    entries
}
