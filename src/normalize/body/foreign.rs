//! Elements that are no part of an article wherever they stand: by their meaning in HTML, or by the words of their class and id.

use std::collections::HashMap;
use std::sync::LazyLock;

use dom_query::NodeRef;
use foldhash::fast::RandomState;
use regex::Regex;

use super::prose::{Measure, Prose};
use crate::normalize::dom;

/// Elements that HTML, and AMP, keep for other things than the article.
fn is_kept_for_others(name: &str) -> bool {
    matches!(
        name,
        "nav"
            | "aside"
            | "footer"
            | "form"
            | "button"
            | "input"
            | "select"
            | "dialog"
            | "label"
            | "amp-ad"
            | "amp-addthis"
            | "amp-consent"
            | "amp-embed"
            | "amp-next-page"
            | "amp-sidebar"
            | "amp-social-share"
            | "amp-sticky-ad"
            | "amp-user-notification"
    )
}

/// ARIA's names for the same.
const ROLES: [&str; 8] = [
    "navigation",
    "complementary",
    "dialog",
    "alert",
    "alertdialog",
    "search",
    "contentinfo",
    "banner",
];

/// What authors of pages all over the world call parts that are written by others than the author, or sell something.
const BY_OTHERS: &str = concat!(
    "comments?|commentlist|disqus|respond|replies|related|recommend(?:ed|ations?)?|recirc(?:ulation)?|newsletters?|subscribe|subscription|sign-?up|promo|promotion",
    "|cookies?|consent|gdpr|advert|advertisement|advertising|ads?|sponsor(?:ed)?|popup|modal|overlay|outbrain|taboola|author-?(?:bio|box|info|card|profile)|about-?(?:the-)?author|bio-?box"
);
static OTHERS: LazyLock<Regex> = LazyLock::new(|| named(BY_OTHERS));

/// What they call parts that serve the page; long prose in such a part is the article after all.
const SERVICE: &str = concat!(
    "sidebar|side-bar|share|sharing|share-?bar|socials?|breadcrumbs?|tags|tag-?list|tagcloud|pagination|pager|toc|table-of-contents|by-?lines?|date-?lines?|(?:post|article|entry)-?(?:meta|info|footer)|copyright|print-?only|toolbar|read-?more|more-?(?:stories|articles|news)",
    "|also-?read|(?:next|prev)-?(?:article|post)|post-?nav(?:igation)?|screen-reader-text|visually-?hidden|sr-only|skip-link|captions?|fig-?caption|photo-?credits?|image-?credits?|timestamp|publish(?:ed)?-?date|audio-?player|video-?player"
);
/// Either of both: most names are neither, and are told so by one look.
static EITHER: LazyLock<Regex> = LazyLock::new(|| named(&[BY_OTHERS, SERVICE].join("|")));

/// What they call the question whether readers may be tracked.
static CONSENT: LazyLock<Regex> = LazyLock::new(|| named("cookies?|consent|gdpr"));

/// The words as whole parts of a name.
fn named(words: &str) -> Regex {
    Regex::new(&format!(r"(?i)(?:^|[\s_-])(?:{words})(?:$|[\s_-])"))
        .expect("the pattern is fixed and tested")
}

/// Weight of prose that no share bar and no caption has.
const MUCH: usize = 500;

/// Names are also written in one word with a capital where the next begins.
static HUMP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"([a-z])([A-Z])").expect("the pattern is fixed and tested"));

/// Removes what is foreign, save what holds a good part of the prose: that is the article under a strange name.
/// Lists of links go too where nothing else has judged them.
pub(super) fn remove(root: &NodeRef<'_>, prose: &Prose, with_lists: bool) {
    let (most, mut names) = (prose.total() / 3, Names::default());
    let elements = root.descendants_it().filter(|node| node.is_element() && !is_root(node));
    let foreign: Vec<NodeRef<'_>> = elements
        .filter(|node| {
            let measure = prose.measure(node);
            measure.prose <= most
                && (is_foreign(node, measure, &mut names)
                    || (with_lists && is_list_of_links(node, measure)))
        })
        .collect();
    for node in foreign {
        node.remove_from_parent();
    }
}

/// Removes what asks for consent. On a short page that is most of the prose, and scoring forgets what it was called.
pub(super) fn remove_questions(root: &NodeRef<'_>, prose: &Prose) {
    let asks = |node: &NodeRef<'_>| {
        dom::has_attribute(node, |attribute, value| {
            matches!(attribute, "class" | "id")
                && ["ookie", "onsent", "gdpr", "GDPR"].iter().any(|word| value.contains(word))
                && CONSENT.is_match(&HUMP.replace_all(value, "$1-$2"))
        })
    };
    let elements = root.descendants_it().filter(|node| node.is_element() && !is_root(node));
    let asking: Vec<NodeRef<'_>> =
        elements.filter(|node| asks(node) && prose.weight(node) <= MUCH).collect();
    asking.iter().for_each(NodeRef::remove_from_parent);
}

fn is_root(node: &NodeRef<'_>) -> bool {
    ["html", "body", "article", "main"].iter().any(|name| node.has_name(name))
}

fn is_foreign(node: &NodeRef<'_>, measure: Measure, names: &mut Names) -> bool {
    let name = dom::name(node);
    let is_block = dom::is_block(&name);
    is_kept_for_others(&name)
        || dom::has_attribute(node, |attribute, value| match attribute {
            "hidden" => true,
            "aria-hidden" => value == "true",
            "role" => ROLES.contains(&value),
            "class" | "id" => is_block && names.read(value).is_foreign(measure),
            _ => false,
        })
}

/// What the words of classes and ids say; pages give the same ones to many elements.
#[derive(Default)]
struct Names(HashMap<String, Called, RandomState>);

/// What names say of an element.
#[derive(Clone, Copy, Default)]
struct Called {
    is_by_others: bool,
    serves: bool,
}

impl Called {
    fn is_foreign(self, measure: Measure) -> bool {
        self.is_by_others || (measure.prose <= MUCH && self.serves)
    }
}

impl Names {
    fn read(&mut self, value: &str) -> Called {
        let mut called = Called::default();
        for word in value.split_whitespace() {
            let one = self.word(word);
            called.is_by_others |= one.is_by_others;
            called.serves |= one.serves;
        }
        called
    }

    fn word(&mut self, word: &str) -> Called {
        if let Some(known) = self.0.get(word) {
            return *known;
        }
        let parts = if word.contains(|c: char| c.is_ascii_uppercase()) {
            HUMP.replace_all(word, "$1-$2")
        } else {
            word.into()
        };
        let serves = EITHER.is_match(&parts);
        let called = Called { is_by_others: serves && OTHERS.is_match(&parts), serves };
        self.0.insert(word.to_owned(), called);
        called
    }
}

/// Whether the element's names say that others than the author wrote it.
pub(in crate::normalize) fn is_by_others(node: &NodeRef<'_>) -> bool {
    ["class", "id", "name"]
        .iter()
        .filter_map(|attribute| node.attr(attribute))
        .any(|value| !is_root(node) && names_others(&value))
}

/// Whether a name or a part of an address says so.
pub(in crate::normalize) fn names_others(name: &str) -> bool {
    OTHERS.is_match(&name.replace('.', "-"))
}

/// Several links and hardly a word beside them: a menu, a list of teasers, tags.
fn is_list_of_links(node: &NodeRef<'_>, measure: Measure) -> bool {
    matches!(&*dom::name(node), "ul" | "ol" | "div" | "section" | "table" | "dl")
        && measure.prose == 0
        && measure.linked > 2 * measure.free
        && node.descendants_it().filter(|inner| inner.has_name("a")).take(3).count() == 3
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::*;

    #[test]
    fn what_serves_the_page_goes_and_the_article_under_a_strange_name_stays() {
        let prose =
            "The pier was rebuilt after the storm of last winter, and nobody counted the planks. ";
        let page = Document::from(format!(
            "<div class=sidebar-grid><p>{0}</p></div><div class=CommentList><p>{1}</p></div><nav>menu</nav><div><a href=/a>One</a><a href=/b>Two</a><a href=/c>Three</a></div><div class=shared-memory>kept</div>",
            prose.repeat(6),
            prose
        ));
        remove(&page.root(), &Prose::of(&page.root()), true);
        let text = page.text();
        assert!(text.contains("pier") && text.contains("kept"), "{text}");
        assert!(!text.contains("menu") && !text.contains("Three"), "{text}");
        assert_eq!(text.matches("nobody").count(), 6, "{text}");
    }
}
