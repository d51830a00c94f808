//! The article's title: the heading a reader sees, where the page's own metadata agrees with it; never with the site's name.

use std::collections::HashSet;
use std::sync::LazyLock;

use dom_query::Document as Page;
use regex::Regex;
use unicode_normalization::UnicodeNormalization;
use url::Url;

use super::Declared;
use crate::normalize::dom;

/// Longest title in characters.
const MAX_TITLE: usize = 300;

/// What stands between a title and the name of its site.
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s+[-–—―|·•:»«/\\~]+\s+|\s*[|｜_]+\s*|\s*[–—]{1,2}\s*|-{2,}|::|»|-(?:\p{Han})")
        .expect("the pattern is fixed and tested")
});

/// Letters and digits in lower case, compatibility forms unified: what two ways of writing one title share.
pub(in crate::normalize) fn fold(text: &str) -> String {
    text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The best title of the page.
pub(super) fn choose(page: &Page, declared: &Declared, base: Option<&Url>) -> Option<String> {
    let headings = headings(page);
    let site = Site::new(declared, base);
    let told: Vec<String> = declared
        .titles
        .iter()
        .map(|title| site.strip(title, &headings))
        .filter(|t| fits(t))
        .collect();
    let page_title = declared
        .page_title
        .as_deref()
        .map(|title| site.strip(title, &headings))
        .filter(|t| fits(t));
    let agreed = headings.iter().find(|heading| {
        let heading = fold(heading);
        told.iter().chain(&page_title).any(|title| fold(title) == heading)
    });
    let within = || {
        let raw: Vec<String> =
            declared.titles.iter().chain(&declared.page_title).map(|title| fold(title)).collect();
        headings.iter().find(|heading| {
            fold(heading).chars().count() >= 8
                && raw.iter().any(|title| title.contains(&fold(heading)))
        })
    };
    let seen =
        || headings.iter().find(|heading| is_title_alone(page, heading) && !site.is_name(heading));
    // What two of the page's own titles say alike, and the heading in nearly the same words, is the title without the kicker
    // that the heading brings along.
    let twice = || {
        let alike =
            |title: &&String| page_title.as_deref().is_some_and(|own| fold(own) == fold(title));
        told.iter().find(|title| {
            alike(title) && headings.iter().any(|heading| shares_words(title, heading))
        })
    };
    agreed
        .or_else(within)
        .or_else(twice)
        .or_else(seen)
        .cloned()
        .or_else(|| told.first().cloned())
        .or(page_title)
        .or_else(|| headings.first().cloned())
}

/// Whether three in four words of the shorter one stand in the other; Chinese and Japanese are compared by characters.
fn shares_words(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    let shorter = a.len().min(b.len());
    shorter > 1 && a.intersection(&b).count() * 4 >= shorter * 3
}

fn words(text: &str) -> HashSet<String> {
    let lower = text.to_lowercase();
    if lower.chars().any(|c| matches!(c, '\u{3040}'..='\u{9FFF}')) {
        return lower.chars().filter(|c| c.is_alphanumeric()).map(String::from).collect();
    }
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn fits(title: &str) -> bool {
    !title.is_empty()
        && title.chars().count() <= MAX_TITLE
        && title.chars().any(char::is_alphanumeric)
}

/// Whether this is the page's one first-level heading, or the one of its article, and says enough: editors write one title
/// for readers and another for machines, and readers' is the article's.
fn is_title_alone(page: &Page, heading: &str) -> bool {
    let enough = heading.split_whitespace().count() >= 3 || heading.chars().count() >= 12;
    let only = |selector: &str| {
        let nodes = page.select(selector);
        let texts: Vec<String> =
            nodes.nodes().iter().map(dom::text).filter(|text| fits(text)).collect();
        texts.len() == 1 && texts[0] == heading
    };
    enough && (only("h1") || only("article h1") || only("main h1"))
}

/// First-level headings, those of the article before those of the page.
fn headings(page: &Page) -> Vec<String> {
    let mut headings: Vec<String> = Vec::new();
    for selector in ["article h1, main h1", "h1", "[itemprop=headline]", "h2"] {
        for node in page.select(selector).nodes() {
            let text = dom::text(node);
            if fits(&text) && !headings.contains(&text) {
                headings.push(text);
            }
        }
        // Second-level headings are asked only where no other is there.
        if selector == "h1" && !headings.is_empty() {
            break;
        }
    }
    headings
}

/// The names under which the page's site may stand in its titles.
struct Site {
    names: Vec<String>,
    host: String,
}

/// Separators that a title has at most.
const MAX_CUTS: usize = 12;

impl Site {
    fn new(declared: &Declared, base: Option<&Url>) -> Self {
        let names = declared
            .site_name
            .iter()
            .map(|name| fold(name))
            .filter(|name| !name.is_empty())
            .collect();
        let host = base.and_then(Url::host_str).map(fold).unwrap_or_default();
        Self { names, host }
    }

    fn is_name(&self, part: &str) -> bool {
        let part = fold(part);
        let by_host = part.len() >= 3 && part.is_ascii() && self.host.contains(&part);
        part.is_empty()
            || by_host
            || self.names.iter().any(|name| {
                *name == part
                    || (part.chars().count() >= 2 && name.contains(&part))
                    || (name.chars().count() >= 3
                        && part.contains(name.as_str())
                        && part.len() < name.len() + 12)
            })
    }

    /// `title` without the site's name at either end.
    fn strip(&self, title: &str, headings: &[String]) -> String {
        let cuts: Vec<(usize, usize)> =
            SEPARATOR.find_iter(title).map(|m| (m.start(), m.end())).collect();
        // An unclosed title swallows the page; every pair of cuts is tried below.
        if cuts.len() > MAX_CUTS {
            return title.to_owned();
        }
        if let Some(part) = self.part_that_is_heading(title, &cuts, headings) {
            return part;
        }
        let (mut start, mut end) = (0, title.len());
        for (cut, after) in cuts.iter().rev() {
            if *cut > start && self.is_name(&title[*after..end]) {
                end = *cut;
            }
        }
        for (cut, after) in &cuts {
            if *after < end && self.is_name(&title[start..*cut]) {
                start = *after;
            }
        }
        if (start, end) == (0, title.len()) {
            end = without_unknown_name(title, &cuts);
        }
        title[start..end].trim().to_owned()
    }

    fn part_that_is_heading(
        &self,
        title: &str,
        cuts: &[(usize, usize)],
        headings: &[String],
    ) -> Option<String> {
        let starts = std::iter::once(0).chain(cuts.iter().map(|cut| cut.1));
        let ends: Vec<usize> = cuts.iter().map(|cut| cut.0).chain([title.len()]).collect();
        let parts = starts.flat_map(|start| {
            ends.iter().filter(move |end| **end > start).map(move |end| &title[start..*end])
        });
        let headings: Vec<String> =
            headings.iter().map(|heading| fold(heading)).filter(|h| !h.is_empty()).collect();
        parts
            .filter(|part| !self.is_name(part))
            .find(|part| headings.contains(&fold(part)))
            .map(|part| part.trim().to_owned())
    }
}

/// Where nobody says what the site is called: `a long title | Name` and `a long title_Name` end with it; a dash alone may as
/// well be the title's own.
fn without_unknown_name(title: &str, cuts: &[(usize, usize)]) -> usize {
    let Some((cut, after)) = cuts.first() else { return title.len() };
    let mark = title[*cut..*after].trim();
    let han = |text: &str| text.chars().filter(|c| matches!(c, '\u{4E00}'..='\u{9FFF}')).count();
    let long = |text: &str| {
        text.chars().count() >= 10 || han(text) >= 5 || text.split_whitespace().count() >= 4
    };
    let certain = mark.contains(['|', '｜', '_', '»']);
    let (last_cut, last_after) = cuts[cuts.len() - 1];
    let short_tail = title[last_after..].chars().count() <= 12
        && title[last_after..].split_whitespace().count() <= 3;
    match (certain && long(&title[..*cut]), short_tail && long(&title[..last_cut])) {
        (true, _) => *cut,
        (false, true) => last_cut,
        _ => title.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(html: &str) -> String {
        let page = Page::from(html);
        let declared = Declared::read(&page);
        choose(&page, &declared, Url::parse("https://www.lantern.example/a").ok().as_ref())
            .unwrap_or_default()
    }

    #[test]
    fn the_site_name_is_no_part_of_the_title_in_either_order() {
        for html in [
            "<title>The river rises again - The Lantern</title><h1>The river rises again</h1>",
            "<title>The Lantern | The river rises again</title><meta property='og:site_name' content='The Lantern'>",
            "<title>The river rises again | The Lantern</title>",
            "<title>The river rises again — Lantern</title>",
            "<h1>Lantern</h1><h1>The river rises again</h1><title>The river rises again - Lantern</title>",
            "<meta property='og:title' content='The river rises again'><h1><img>News</h1>",
        ] {
            assert_eq!(title(html), "The river rises again", "{html}");
        }
        assert_eq!(title("<title>河水又涨了_河谷新闻_河谷网</title>"), "河水又涨了");
    }

    #[test]
    fn a_dash_inside_a_title_stays() {
        let html = "<title>Rain - and more rain to come in the valley</title><meta property='og:title' content='Rain - and more rain to come in the valley'>";
        assert_eq!(title(html), "Rain - and more rain to come in the valley");
    }
}
