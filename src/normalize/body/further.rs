//! Further pages of the same article: links that differ from the page's address by a page number alone.

use std::sync::LazyLock;

use dom_query::Document as Page;
use regex::Regex;
use url::Url;

use crate::normalize::{dom, links};

/// Pages an article may have; more is an archive.
const MAX_PAGES: usize = 50;

/// The further pages in the order of the page, each once.
pub(in crate::normalize) fn find(page: &Page, base: Option<&Url>) -> Vec<Url> {
    let Some(own) = base else { return Vec::new() };
    let mut found: Vec<Url> = Vec::new();
    let announced =
        dom::named(page, "link").into_iter().filter(|link| dom::is_related(link, "next"));
    for link in &announced.chain(dom::named(page, "a")).collect::<Vec<_>>() {
        // A page has hundreds of links, and few of them count.
        if !link.attr("href").is_some_and(|href| href.contains(|c: char| c.is_ascii_digit())) {
            continue;
        }
        if !dom::is_related(link, "next") && !is_page_label(&dom::text(link)) {
            continue;
        }
        let url = link.attr("href").and_then(|href| links::absolute(&href, base));
        let Some(url) = url.filter(|url| is_page_of(url, own)) else { continue };
        if !found.contains(&url) && found.len() < MAX_PAGES {
            found.push(url);
        }
    }
    found
}

/// A number, or the words that lead to the next one.
fn is_page_label(text: &str) -> bool {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        fixed(
            r"(?i)^\W*(?:(?:第|page|seite)?\s*\d{1,3}\s*页?|下一?页|下页|next(?: page)?|continued?|weiter|suivante?|siguiente)\W*$",
        )
    });
    text.len() <= 32 && LABEL.is_match(text)
}

/// The same address save for a page number at the end of its path or in its query.
fn is_page_of(url: &Url, own: &Url) -> bool {
    if url.host_str() != own.host_str() || links::same_page(url, own) {
        return false;
    }
    let (stem, other) = (stem(own.path()), stem(url.path()));
    if stem == other && without_page(own) == without_page(url) {
        return number(url).is_some_and(|n| n > 1);
    }
    false
}

/// The path without its ending, closing slash and page number.
fn stem(path: &str) -> String {
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| fixed(r"(?i)(?:[_-](?:p|page)?|/(?:p|page[/-]?)?)\d{1,2}$"));
    let path = path.trim_end_matches('/');
    let path = path
        .strip_suffix(".html")
        .or_else(|| path.strip_suffix(".htm"))
        .or_else(|| path.strip_suffix(".shtml"))
        .unwrap_or(path);
    NUMBER.replace(path, "").into_owned()
}

/// The other parameters of the query.
fn without_page(url: &Url) -> Vec<(String, String)> {
    url.query_pairs()
        .filter(|(name, _)| !is_page_parameter(name))
        .map(|(a, b)| (a.into(), b.into()))
        .collect()
}

fn is_page_parameter(name: &str) -> bool {
    ["page", "p", "pn", "pg", "pageno", "paged"].contains(&name.to_ascii_lowercase().as_str())
}

fn number(url: &Url) -> Option<u32> {
    static LAST: LazyLock<Regex> = LazyLock::new(|| fixed(r"(\d{1,2})(?:\.s?html?)?/?$"));
    let in_query = url.query_pairs().find(|(name, _)| is_page_parameter(name));
    match in_query {
        Some((_, value)) => value.parse().ok(),
        None => LAST.captures(url.path())?[1].parse().ok(),
    }
}

fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is fixed and tested")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_are_followed_and_other_articles_are_not() {
        let own = Url::parse("https://valley.example/2024/pier.html").unwrap();
        let page = Page::from(concat!(
            "<link rel=next href=pier_2.html><a href=pier_2.html>2</a><a href=pier_3.html>[3]</a><a href=pier.html?page=4>下一页</a>",
            "<a href=lighthouse_2.html>2</a><a href=pier_5.html>A story</a><a rel=next href=harbour.html>Next</a><a href=https://other.example/2024/pier_2.html>2</a>"
        ));
        let found: Vec<String> = find(&page, Some(&own)).into_iter().map(String::from).collect();
        assert_eq!(
            found,
            ["pier_2.html", "pier_3.html", "pier.html?page=4"]
                .map(|end| format!("https://valley.example/2024/{end}"))
        );
    }
}
