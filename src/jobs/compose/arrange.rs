//! What was chosen → Groups of Briefs, with further reading that is worth a click.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use super::choose::Chosen;
use crate::domain::{
    Article, Brief, Digest, Feed, Group, Grouping, Language, RelatedItem, place_of,
};
use crate::store::memory::{self, Memory};
use crate::store::{Conn, StoreError};

/// Related items that one Brief shows at most; a digest is read in one sitting.
const RELATED_PER_BRIEF: usize = 3;

/// The Groups, in the order of their first Briefs; what belongs to none comes last.
pub(super) fn groups(chosen: &[Chosen], digest: &Digest, feeds: &[Feed]) -> Vec<Group> {
    let keys: Vec<Option<String>> = match digest.group_by {
        None => vec![None; chosen.len()],
        Some(Grouping::Source) => {
            chosen.iter().map(|c| Some(c.stored.source.to_string())).collect()
        }
        Some(Grouping::Feed) => chosen.iter().map(|c| feed(c, feeds)).collect(),
        Some(Grouping::Tag) => tags(chosen, digest),
        Some(Grouping::Language) => chosen
            .iter()
            .map(|c| c.stored.article.language.as_ref().map(Language::own_name))
            .collect(),
    };
    let mut groups: Vec<Group> = Vec::new();
    for (one, key) in chosen.iter().zip(keys) {
        match groups.iter_mut().find(|group| group.heading == key) {
            Some(group) => group.briefs.push(brief(one)),
            None => groups.push(Group { heading: key, briefs: vec![brief(one)] }),
        }
    }
    groups.sort_by_key(|group| group.heading.is_none());
    groups
}

fn brief(chosen: &Chosen) -> Brief {
    Brief {
        weight: chosen.weight,
        why: chosen.why,
        also: chosen.also.clone(),
        ..Brief::of(&chosen.stored.source, &chosen.stored.article)
    }
}

fn feed(chosen: &Chosen, feeds: &[Feed]) -> Option<String> {
    let stored = &chosen.stored;
    let takes = |feed: &&Feed| feed.selection.admits(&stored.source, &stored.article);
    feeds.iter().find(takes).map(|feed| feed.title.clone())
}

/// Of each Article's tags the heaviest, of equals the one that most Articles share, so that Groups are few and full.
fn tags(chosen: &[Chosen], digest: &Digest) -> Vec<Option<String>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in chosen.iter().flat_map(|c| &c.stored.article.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    let weight = |tag: &str| digest.weights.tags.get(tag).copied().unwrap_or(0);
    let best = |article: &Article| {
        // Of what is equal in all, the first counts.
        let tags = article.tags.iter().enumerate();
        tags.max_by_key(|(at, tag)| (weight(tag), counts.get(tag.as_str()), Reverse(*at)))
            .map(|(_, tag)| tag.clone())
    };
    chosen.iter().map(|c| best(&c.stored.article)).collect()
}

/// Gives every Brief the related items that its readers have not got already, here or in an earlier Edition.
pub(super) async fn add_related(
    conn: &mut Conn<'_>,
    memory: Option<Memory<'_>>,
    chosen: &[Chosen],
    groups: &mut [Group],
) -> Result<(), StoreError> {
    let mut told = Told::default();
    for one in chosen {
        told.add(&one.stored.article.title, one.stored.article.place());
    }
    for brief in groups.iter_mut().flat_map(|group| &mut group.briefs) {
        let Some(one) = chosen.iter().find(|one| one.stored.article.id == brief.article) else {
            continue;
        };
        for item in worth_a_click(&one.stored.article.related) {
            if brief.related.len() == RELATED_PER_BRIEF {
                break;
            }
            let place = item.url.as_ref().and_then(place_of);
            let had = match (&place, memory) {
                (Some(place), Some(memory)) => memory::of_place(conn, memory, place).await?,
                _ => None,
            };
            if had.is_none() && told.add(&item.title, place) {
                brief.related.push(item.clone());
            }
        }
    }
    Ok(())
}

/// What this Edition tells of already, by address and by title.
#[derive(Default)]
struct Told {
    places: HashSet<String>,
    titles: HashSet<String>,
}

impl Told {
    /// `false` where it was told.
    fn add(&mut self, title: &str, place: Option<String>) -> bool {
        let is_new_title = self.titles.insert(title.to_lowercase());
        let is_new_place = place.is_none_or(|place| self.places.insert(place));
        is_new_title && is_new_place
    }
}

/// Items in the order of their worth: with an address before those without, then by what is new and much read together:
/// the places by date and by reads are added up, and of equals the more read is first.
fn worth_a_click(related: &[RelatedItem]) -> Vec<&RelatedItem> {
    let by_date = ranks(related, |item| item.published.as_ref().map(|moment| moment.instant));
    let by_reads = ranks(related, |item| item.views);
    let mut order: Vec<usize> = (0..related.len()).collect();
    order.sort_by_key(|at| {
        (related[*at].url.is_none(), by_date[*at] + by_reads[*at], by_reads[*at], *at)
    });
    order.into_iter().map(|at| &related[at]).collect()
}

/// How many others are greater; what has no value comes after all that have one.
fn ranks<V: Ord>(related: &[RelatedItem], value: impl Fn(&RelatedItem) -> Option<V>) -> Vec<usize> {
    let values: Vec<Option<V>> = related.iter().map(value).collect();
    values.iter().map(|own| values.iter().filter(|other| *other > own).count()).collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::{Moment, Precision, RelatedGroup};

    fn item(title: &str, day: Option<u32>, views: Option<u64>) -> RelatedItem {
        let instant = |day: u32| {
            DateTime::parse_from_rfc3339(&format!("2026-11-{day:02}T00:00:00Z")).unwrap()
        };
        let moment = |day: u32| Moment {
            raw: String::new(),
            instant: instant(day),
            precision: Precision::Day,
            reference: None,
        };
        let mut item = RelatedItem::titled(RelatedGroup::Related, title);
        item.published = day.map(moment);
        item.views = views;
        item
    }

    #[test]
    fn what_is_new_and_much_read_is_worth_a_click() {
        let mut linked = item("linked", None, None);
        linked.url = Some("https://example.org/a".parse().unwrap());
        let items = [
            item("old, unread", Some(1), Some(1)),
            item("new, unread", Some(20), Some(2)),
            item("new, read", Some(19), Some(900)),
            item("nothing known", None, None),
            linked,
        ];
        let order: Vec<&str> = worth_a_click(&items).iter().map(|i| i.title.as_str()).collect();
        assert_eq!(order, ["linked", "new, read", "new, unread", "old, unread", "nothing known"]);
    }
}
