//! Feed history (RFC 5005).

use super::atom_links::relation;
use super::check::Check;
use super::names::Ns;
use super::rules::Rule;

/// RFC 5005: relations between the documents of one feed.
pub(super) const HISTORY: [&str; 7] =
    ["current", "first", "last", "next", "next-archive", "prev-archive", "previous"];

/// RFC 5005: complete feeds point nowhere, archives point to their feed.
pub(super) fn history(check: &mut Check<'_, '_>, index: usize) {
    let links: Vec<(usize, &str, &str)> = check
        .children(index, Ns::Atom, "link")
        .map(|link| (link, check.element(link)))
        .map(|(at, e)| (at, relation(e.attribute("rel")), e.attribute("href").unwrap_or("")))
        .collect();
    let own = |href: &str| {
        links.iter().any(|(_, rel, other)| *rel == "self" && *other == href)
            || check.settings.url.as_deref() == Some(href)
    };
    let has = |wanted: &str| links.iter().any(|(_, rel, _)| *rel == wanted);
    let is_complete = check.has(index, Ns::History, "complete");
    let mut found = Vec::new();
    for (at, rel, href) in links.iter().filter(|(_, rel, _)| HISTORY.contains(rel)) {
        match *rel {
            "current" if is_complete && !own(href) => {
                found.push((Rule::CurrentNotSelfInCompleteFeed, *at));
            }
            "current" => {}
            _ if is_complete => found.push((Rule::FeedRelInCompleteFeed, *at)),
            "first" if own(href) && has("previous") => found.push((Rule::LinkPastEnd, *at)),
            "last" if own(href) && has("next") => found.push((Rule::LinkPastEnd, *at)),
            _ => {}
        }
    }
    if check.has(index, Ns::History, "archive") && !is_complete {
        if !has("prev-archive") && !has("next-archive") {
            found.push((Rule::ArchiveIncomplete, index));
        }
        if !has("current") {
            found.push((Rule::MissingCurrentInArchive, index));
        }
    }
    for (rule, at) in found {
        check.found(rule, at, "links of the feed's history");
    }
}
