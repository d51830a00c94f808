//! The names of a page's site, and titles without them: in either order, behind any separator.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::Declared;
use crate::normalize::folding::fold;

/// What stands between a title and the name of its site.
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s+[-–—―|·•:»«/\\~]+\s+|\s*[|｜_]+\s*|\s*[–—]{1,2}\s*|-{2,}|::|»|-(?:[一-鿿])")
        .expect("the pattern is fixed and tested")
});

/// Separators that a title has at most.
const MAX_CUTS: usize = 12;

/// The names under which the page's site may stand in its titles.
pub(super) struct Site {
    names: Vec<String>,
    host: String,
}

impl Site {
    /// The site of a page that calls it so, or has these names for it in headings.
    pub fn new(declared: &Declared, base: Option<&Url>, headed: &[String]) -> Self {
        let names = declared
            .site_name
            .iter()
            .chain(headed)
            .map(|name| fold(name))
            .filter(|name| !name.is_empty())
            .collect();
        let host = base.and_then(Url::host_str).map(fold).unwrap_or_default();
        Self { names, host }
    }

    pub fn is_name(&self, part: &str) -> bool {
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
    pub fn strip(&self, title: &str, headings: &[String]) -> String {
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
