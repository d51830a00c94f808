//! The article's title: the heading a reader sees, where the page's own metadata agrees with it; never with the site's name.

use std::collections::HashSet;

use dom_query::{Document as Page, NodeRef};
use url::Url;

use super::Declared;
use super::site::Site;
use crate::normalize::dom;
use crate::normalize::folding::fold;

/// Longest title in characters.
const MAX_TITLE: usize = 300;

/// The best title of the page.
pub(super) fn choose(
    page: &Page,
    declared: &Declared,
    base: Option<&Url>,
    lines: &[String],
) -> Option<String> {
    let titles = Titles::gather(page, declared, base);
    let seen = || titles.seen(page);
    titles
        .with_kicker()
        .or_else(|| titles.agreed())
        .or_else(|| titles.within())
        .or_else(|| titles.without_kicker())
        .or_else(|| titles.inside(page))
        .or_else(seen)
        .or_else(|| titles.twice())
        .or_else(|| titles.told.first().map(|title| as_shown(title, lines)))
        .or_else(|| titles.page_title.as_ref().map(|title| as_shown(title, lines)))
        .or_else(|| titles.headings.first().cloned())
}

/// The title as the page shows it in a line of its own, without what only the window adds behind it, such as a site's name
/// that no mark sets apart. What goes on in the next line is a title on two lines.
fn as_shown(title: &str, lines: &[String]) -> String {
    let is_beginning = |at: &usize| {
        let (line, next) = (&lines[*at], lines.get(at + 1).map_or("", String::as_str));
        let Some(rest) = title.strip_prefix(line.as_str()) else { return false };
        let goes_on = !next.is_empty() && fold(rest).starts_with(&fold(next));
        is_long(line) && rest.starts_with(|c: char| !c.is_alphanumeric()) && !goes_on
    };
    let shown = (0..lines.len()).filter(is_beginning).max_by_key(|at| lines[*at].len());
    shown.map_or(title, |at| &lines[at]).to_owned()
}

/// Whether a line says enough to be a title.
fn is_long(line: &str) -> bool {
    line.split_whitespace().count() >= 4 || line.chars().filter(|c| *c > '\u{2FFF}').count() >= 8
}

/// The beginning of a title that is too long to be one, where the page has no other.
pub(super) fn cut(page: &Page, declared: &Declared) -> Option<String> {
    let heading = dom::named(page, "h1").first().map(dom::text);
    let whole = heading.or_else(|| declared.page_title.clone())?;
    let (end, _) = whole.char_indices().nth(MAX_TITLE)?;
    let kept =
        whole[..end].rsplit_once(char::is_whitespace).map_or(&whole[..end], |(kept, _)| kept);
    Some(format!("{kept}…"))
}

/// Everything on the page that may be its title.
struct Titles {
    /// Headings as readers see them.
    headings: Vec<String>,
    /// Titles told to machines, without the site's name.
    told: Vec<String>,
    /// The window's title, without it.
    page_title: Option<String>,
    /// Titles as they were told.
    raw: Vec<String>,
    site: Site,
}

impl Titles {
    fn gather(page: &Page, declared: &Declared, base: Option<&Url>) -> Self {
        let (headings, names) = headings(page, base);
        let site = Site::new(declared, base, &names);
        let strip = |title: &String| Some(site.strip(title, &headings)).filter(|t| fits(t));
        let told = declared.titles.iter().filter_map(strip).collect();
        let page_title = declared.page_title.as_ref().and_then(strip);
        let raw = declared.titles.iter().chain(&declared.page_title).cloned().collect();
        Self { headings, told, page_title, raw, site }
    }

    /// The heading that one of the titles repeats.
    fn agreed(&self) -> Option<String> {
        self.headings.iter().find_map(|heading| {
            let same = |title: &&String| fold(title) == fold(heading);
            let title = self.told.iter().chain(&self.page_title).find(same)?;
            Some(better_spelling(heading, title).to_owned())
        })
    }

    /// A title that puts the kicker before the heading, as a second one does too: the kicker is part of it then.
    fn with_kicker(&self) -> Option<String> {
        let is_kicked = |title: &&String| {
            let whole = fold(title);
            let heads = self.headings.iter().any(|heading| {
                let heading = fold(heading);
                heading.chars().count() >= 8 && whole.ends_with(&heading) && whole != heading
            });
            let named = title.split_once(": ").is_some_and(|(first, _)| self.site.is_name(first));
            let repeated = self.raw.iter().filter(|raw| fold(raw).contains(&whole)).count();
            heads && title.contains(": ") && !named && repeated > 1
        };
        self.told.iter().find(is_kicked).cloned()
    }

    /// The heading that stands inside one of the titles.
    fn within(&self) -> Option<String> {
        let stands = |heading: &&String| {
            let heading = fold(heading);
            heading.chars().count() >= 8
                && self.raw.iter().any(|title| fold(title).contains(&heading))
        };
        self.headings.iter().find(stands).cloned()
    }

    /// A title told more than once with which the heading ends: what precedes it there is a kicker.
    fn without_kicker(&self) -> Option<String> {
        let ends_heading = |title: &&String| {
            let title = fold(title);
            let told = self.raw.iter().filter(|raw| fold(raw).contains(&title)).count();
            title.chars().count() >= 12
                && told > 1
                && self.headings.iter().any(|heading| fold(heading).ends_with(&title))
        };
        self.told.iter().find(ends_heading).cloned()
    }

    /// A part of the first-level heading that one of the titles repeats: what is marked up beside it is a kicker, a subtitle
    /// or a date.
    fn inside(&self, page: &Page) -> Option<String> {
        let is_told = |piece: &String| {
            let piece = fold(piece);
            piece.chars().count() >= 12
                && self.told.iter().chain(&self.page_title).any(|title| fold(title) == piece)
        };
        dom::named(page, "h1").iter().flat_map(dom::pieces).find(is_told)
    }

    /// The page's one heading: what editors set above the text, whatever they tell search engines.
    fn seen(&self, page: &Page) -> Option<String> {
        let is_title =
            |heading: &&String| is_title_alone(page, heading) && !self.site.is_name(heading);
        self.headings.iter().find(is_title).cloned()
    }

    /// What two of the page's own titles say alike, and a heading in nearly the same words.
    fn twice(&self) -> Option<String> {
        let own = self.page_title.as_deref().map(fold)?;
        let is_shared = |title: &&String| {
            fold(title) == own && self.headings.iter().any(|heading| shares_words(title, heading))
        };
        self.told.iter().find(is_shared).cloned()
    }
}

/// Of two spellings that differ in marks only the one with more of them: a heading whose kicker is set apart by style has no
/// mark there. Marks at the ends are what is left of a name or of a cut, and say nothing.
fn better_spelling<'a>(heading: &'a str, title: &'a str) -> &'a str {
    let marks = |text: &str| {
        text.chars()
            .filter(|c| !c.is_alphanumeric() && !c.is_whitespace() && !is_unseen(*c))
            .count()
    };
    let is_same_at = |at: fn(&str) -> Option<char>| at(heading) == at(title);
    let is_whole = is_same_at(|text| text.chars().next()) && is_same_at(|text| text.chars().last());
    if is_whole && marks(title) > marks(heading) { title } else { heading }
}

/// Soft hyphens and joiners tell where a word may break.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
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

/// First-level headings, those of the article before those of the page; and those that are the site's name.
fn headings(page: &Page, base: Option<&Url>) -> (Vec<String>, Vec<String>) {
    let (mut headings, mut names): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for selector in ["article h1, main h1", "h1", "[itemprop=headline]", "h2"] {
        for node in page.select(selector).nodes() {
            let text = dom::text(node);
            let known = if leads_up(node, &text, base) { &mut names } else { &mut headings };
            if fits(&text) && !known.contains(&text) {
                known.push(text);
            }
        }
        // Second-level headings are asked only where no other is there.
        if selector == "h1" && !headings.is_empty() {
            break;
        }
    }
    (headings, names)
}

/// Whether the whole heading is a link to a page above this one: the name of the site, as themes for blogs set it.
fn leads_up(heading: &NodeRef<'_>, text: &str, base: Option<&Url>) -> bool {
    let around = dom::closest(*heading, |node| node.has_name("a"));
    let link = around.or_else(|| heading.find(&["a"]).into_iter().find(|a| dom::text(a) == text));
    let target = link.zip(base).and_then(|(link, base)| base.join(link.attr("href")?.trim()).ok());
    target.zip(base).is_some_and(|(target, base)| {
        let folder = target.path().trim_end_matches('/');
        let rest = base.path().strip_prefix(folder).filter(|rest| rest.starts_with('/'));
        target.host_str() == base.host_str()
            && target.query().is_none()
            && rest.is_some_and(|rest| rest.len() > 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(html: &str) -> String {
        let page = Page::from(html);
        let declared = Declared::read(&page);
        let lines = dom::spaced_lines(&page.body().unwrap());
        let url = Url::parse("https://www.lantern.example/a").ok();
        choose(&page, &declared, url.as_ref(), &lines).unwrap_or_default()
    }

    #[test]
    fn the_site_name_is_no_part_of_the_title_in_either_order() {
        for html in [
            "<title>The river rises again - The Lantern</title><h1>The river rises again</h1>",
            "<title>The Lantern | The river rises again</title><meta property='og:site_name' content='The Lantern'>",
            "<title>The river rises again | The Lantern</title>",
            "<title>The river rises again — Lantern</title>",
            "<h1><a href=/>My lamp</a></h1><h2>The river rises again</h2><h2>Links</h2><title>The river rises again « My lamp</title>",
            "<h1><span>Floods</span>The river rises again</h1><h1>Shop</h1><title>The river rises again</title>",
            "<h1>Lantern</h1><h1>The river rises again</h1><title>The river rises again - Lantern</title>",
            "<meta property='og:title' content='The river rises again'><h1><img>News</h1>",
        ] {
            assert_eq!(title(html), "The river rises again", "{html}");
        }
        assert_eq!(title("<title>河水又涨了_河谷新闻_河谷网</title>"), "河水又涨了");
        let shown = "<title>河谷镇今年修桥两座 河谷办事处</title><div>河谷镇今年修桥两座</div>";
        assert_eq!(title(shown), "河谷镇今年修桥两座");
    }

    #[test]
    fn a_dash_inside_a_title_stays() {
        let html = "<title>Rain - and more rain to come in the valley</title><meta property='og:title' content='Rain - and more rain to come in the valley'>";
        assert_eq!(title(html), "Rain - and more rain to come in the valley");
    }
}
