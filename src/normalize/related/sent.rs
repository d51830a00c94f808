//! Further reading that the server sent inside a script (hydration data of frameworks, a variable): lists whose name says what
//! they are. Read where the page itself shows no further reading.

use std::sync::LazyLock;

use dom_query::NodeRef;
use regex::Regex;
use serde_json::Value;
use url::Url;

use super::record;
use crate::domain::{RelatedGroup, RelatedItem};
use crate::normalize::dates::Frame;
use crate::normalize::links;
use crate::normalize::scripts::{self, MAX_NESTING};

/// Lists that are tried, well-formed or not; a script that names more is data of a whole site.
const MAX_TRIES: usize = 40;
/// Bytes of one list; a try that fails has read no more of the script.
const MAX_LIST: usize = 128 << 10;
/// Items that make a list.
const MIN_ITEMS: usize = 2;
/// Items of one list that are read; a longer one is an archive.
const MAX_ITEMS: usize = 80;

/// The items of the lists, in the order of the scripts.
pub(super) fn items(
    scripts: &[NodeRef<'_>],
    own: Option<&Url>,
    base: Option<&Url>,
    frame: &Frame,
) -> Vec<RelatedItem> {
    let (mut lists, mut tries) = (Vec::new(), MAX_TRIES);
    for script in scripts::texts(scripts, may_name_list) {
        collect(&script, 0, &mut tries, &mut lists);
    }
    let read = |(group, list): &(RelatedGroup, Value)| {
        let records = records(list).iter().take(MAX_ITEMS);
        let items: Vec<RelatedItem> = records
            .filter_map(|value| record::read(*group, value, base, frame))
            .filter(|item| !is_own_page(item, base))
            .collect();
        (items.len() >= MIN_ITEMS && !is_foreign(&items, own)).then_some(items)
    };
    lists.iter().filter_map(read).flatten().collect()
}

fn is_own_page(item: &RelatedItem, base: Option<&Url>) -> bool {
    matches!((&item.url, base), (Some(url), Some(base)) if links::same_page(url, base))
}

/// A list that leads to other sites for the most part is paid for.
fn is_foreign(items: &[RelatedItem], own: Option<&Url>) -> bool {
    let Some(own) = own else { return false };
    let is_other =
        |item: &&RelatedItem| item.url.as_ref().is_some_and(|url| !links::same_site(url, own));
    items.iter().filter(is_other).count() * 2 > items.len()
}

fn may_name_list(script: &str) -> bool {
    const WORDS: [&str; 12] = [
        "elated",
        "ecommend",
        "imilar",
        "uggested",
        "eadNext",
        "read_next",
        "opular",
        "rending",
        "ostRead",
        "hot",
        "atest",
        "ecent",
    ];
    WORDS.iter().any(|word| script.contains(word))
}

/// Parses the lists that `script` names; those in strings inside it too.
fn collect(
    script: &str,
    nesting: usize,
    tries: &mut usize,
    lists: &mut Vec<(RelatedGroup, Value)>,
) {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        // A border of words in all scripts would cost the fast engine on any text beyond ASCII.
        Regex::new(r#"(?-u:\b)[A-Za-z][A-Za-z_-]{2,40}["']?\s*[:=]\s*[\[{]"#)
            .expect("the pattern is fixed and tested")
    });
    let mut at = 0;
    while let Some(whole) = NAMED.find_at(script, at) {
        at = whole.end();
        let is_name = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '-');
        let name = whole.as_str().split(|c| !is_name(c)).next().unwrap_or_default();
        let Some(group) = group(name) else { continue };
        let Some(left) = tries.checked_sub(1) else { return };
        *tries = left;
        let start = whole.end() - 1;
        let end = script.floor_char_boundary((start + MAX_LIST).min(script.len()));
        let list = &script[start..end];
        let mut values = serde_json::Deserializer::from_str(list).into_iter::<Value>();
        if let Some(Ok(value)) = values.next() {
            at = start + values.byte_offset();
            lists.push((group, value));
        }
    }
    if nesting < MAX_NESTING {
        let inner =
            scripts::strings(script).into_iter().map(|(_, literal)| scripts::unescape(literal));
        for text in inner.filter(|text| may_name_list(text)) {
            collect(&text, nesting + 1, tries, lists);
        }
    }
}

/// The group that the name of a list announces: `relatedArticles`, `hot_posts`, `latest-news`.
fn group(name: &str) -> Option<RelatedGroup> {
    const NOUNS: [&str; 14] = [
        "article", "articles", "post", "posts", "story", "stories", "news", "item", "items",
        "list", "blogs", "docs", "reads", "reading",
    ];
    let words = words(name);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let follows = |a: &str, b: &str| words.windows(2).any(|pair| pair[0] == a && pair[1] == b);
    if has(&[
        "related",
        "recommend",
        "recommended",
        "recommendation",
        "recommendations",
        "similar",
        "suggested",
    ]) || follows("read", "next")
    {
        Some(RelatedGroup::Related)
    } else if follows("most", "read")
        || has(NOUNS.as_slice()) && has(&["popular", "hot", "trending"])
    {
        Some(RelatedGroup::Popular)
    } else if has(NOUNS.as_slice()) && has(&["latest", "recent", "newest"]) {
        Some(RelatedGroup::Latest)
    } else {
        None
    }
}

/// The words of a name in camel, snake or kebab case, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().into_iter().for_each(|word| word.push(c.to_ascii_lowercase()));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The records of a list, which may stand inside an object that says more of it.
fn records(list: &Value) -> &[Value] {
    const WITHIN: [&str; 9] =
        ["items", "list", "edges", "nodes", "data", "articles", "posts", "results", "stories"];
    match list {
        Value::Array(records) => records,
        Value::Object(fields) => {
            let inner = WITHIN.iter().find_map(|name| fields.get(*name)?.as_array());
            inner.map_or(&[], Vec::as_slice)
        }
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_list_says_its_group() {
        for (name, expected) in [
            ("relatedArticles", Some(RelatedGroup::Related)),
            ("recommend_list", Some(RelatedGroup::Related)),
            ("readNext", Some(RelatedGroup::Related)),
            ("hot-posts", Some(RelatedGroup::Popular)),
            ("mostRead", Some(RelatedGroup::Popular)),
            ("latestNews", Some(RelatedGroup::Latest)),
            ("recentSearches", None),
            ("unrelatedness", None),
            ("articles", None),
        ] {
            assert_eq!(group(name), expected, "{name}");
        }
    }

    #[test]
    fn lists_that_never_end_are_tried_so_often_and_no_more() {
        let (mut tries, mut lists) = (MAX_TRIES, Vec::new());
        collect(&r#"{"related":["#.repeat(2 * MAX_TRIES), 0, &mut tries, &mut lists);
        assert_eq!((tries, lists.len()), (0, 0));
        let (mut tries, long) = (MAX_TRIES, "1,".repeat(MAX_LIST));
        collect(&format!(r#""related":[{long}1]"#), 0, &mut tries, &mut lists);
        assert_eq!((tries, lists.len()), (MAX_TRIES - 1, 0), "it is too long");
    }
}
