//! Pages that answer with something else than an article: an error, a check, a login, a shell that scripts fill.

use std::sync::LazyLock;

use dom_query::{Document as Page, NodeRef};
use regex::Regex;

use crate::normalize::dom;
use crate::normalize::metadata::SAYS_ARTICLE;

/// Weight of prose above which a page says more than that it says nothing.
pub(super) const MUCH: usize = 400;
/// Characters of the page's text that are looked at.
const EXAMINED: usize = 1_500;

struct Sign {
    pattern: Regex,
    reason: &'static str,
}

fn sign(pattern: &str, reason: &'static str) -> Sign {
    Sign { pattern: Regex::new(pattern).expect("the pattern is fixed and tested"), reason }
}

/// What a title, a heading or a first line says, as a whole or as its beginning.
static SIGNS: LazyLock<[Sign; 5]> = LazyLock::new(|| {
    [
        sign(
            r"(?i)(?:^|\W)(?:(?:error )?(?:404|410)(?: error)?\W*(?:$|not found|page)|(?:page|file|article|content) (?:was |is |could )?(?:not|no longer) (?:be )?(?:found|available|exists?)|(?:sorry|oops)\W{1,3}(?:this|the|that) page .{0,24}(?:not|doesn.t|isn.t|can.t)|seite (?:wurde )?nicht gefunden|page introuvable|página no encontrada)|页面(?:不存在|未找到|找不到|已删除)|(?:找不到|无法找到)(?:该|此|您.{0,8})?(?:页面|网页|文章)|(?:文章|内容|帖子)(?:不存在|已被?删除)",
            "it is an error page: the address leads to nothing, whatever the status says; correct or remove the address",
        ),
        sign(
            r"(?i)(?:^|\W)(?:access (?:to this page has been )?denied|403 forbidden|forbidden$|(?:are you|verify (?:that )?you are|confirm you are|prove you.re) (?:a |not a )?(?:human|robot)|checking (?:your|if the site|the site) (?:browser|connection)|just a moment|attention required|unusual traffic|request blocked|too many requests|pardon our interruption)|访问(?:被拒绝|受限|过于频繁)|(?:安全|人机)验证|请输入验证码",
            "the server refused the program that asked; slow down, ask the site for leave, or use its feed",
        ),
        sign(
            r"(?i)(?:please )?(?:enable|turn on|activate|requires?|need to enable) (?:java ?script|cookies)|java ?script (?:is (?:disabled|required|not enabled)|and cookies)|(?:需要|请)(?:启用|开启|打开) ?javascript|javascript aktivieren|activer javascript",
            "only scripts would fetch the text; try the print or AMP address, or the site's feed",
        ),
        sign(
            r"(?i)^(?:please )?(?:log|sign) ?in(?: (?:to|or|with|required).{0,60})?$|(?:log|sign) ?in to (?:continue|read|view)|you must be logged in|members only|^(?:用户)?登录$|请(?:先)?登录|登录后(?:可|才能|查看|阅读)|anmelden, um",
            "it is a login: the text is for those who sign in; use a feed or an address that is open to all",
        ),
        sign(
            r"(?i)^(?:we|this (?:site|website)|our (?:site|website)) uses? cookies|(?:本网站|本站|我们)使用 ?cookie|wir verwenden cookies|nous utilisons des cookies",
            "it is a notice about cookies and nothing more; try the print or AMP address, or the site's feed",
        ),
    ]
});

/// Headings that lead elsewhere, from which on a page is a list of articles.
const MANY_HEADINGS: usize = 6;

/// Weight of the prose that a teaser has at most; more under each heading is an article about what it links to.
const TEASER: usize = 250;

/// Why what was found, of so much `prose`, is no article: nearly every heading in it is a link, with a teaser below.
pub(super) fn of_list(page: &Page, body: &NodeRef<'_>, prose: usize) -> Option<&'static str> {
    let headings = body.find(&["h2"]).into_iter().chain(body.find(&["h3"]));
    let (mut linked, mut all) = (0, 0);
    for heading in headings {
        let words = dom::text(&heading);
        let leads = |anchor: &NodeRef<'_>| {
            anchor.attr("href").is_some_and(|href| !href.starts_with('#'))
                && dom::text(anchor) == words
        };
        let around = dom::closest(heading, |node| node.has_name("a")).is_some();
        linked += usize::from(around || heading.find(&["a"]).iter().any(leads));
        all += 1;
    }
    let is_list = linked >= MANY_HEADINGS
        && linked * 10 >= all * 9
        && prose < linked * TEASER
        && !page.select(SAYS_ARTICLE).exists();
    is_list.then_some(
        "it is a list of other articles; give the address of one of them, or of the site's feed",
    )
}

/// Why a page with so little prose is no article, if it says so.
pub(super) fn of(page: &Page) -> Option<&'static str> {
    let mut said: Vec<String> =
        page.select("title, h1, h2").nodes().iter().take(6).map(dom::text).collect();
    if let Some(body) = page.body() {
        let lines = lines_outside_links(&body);
        let mut left = EXAMINED;
        said.extend(lines.into_iter().filter(|line| line.chars().count() < 200).take_while(
            |line| {
                left = left.saturating_sub(line.chars().count());
                left > 0
            },
        ));
    }
    let found = SIGNS.iter().find(|sign| said.iter().any(|line| sign.pattern.is_match(line)));
    found.map(|sign| sign.reason)
}

/// The lines that are not all links: every menu leads to the login.
fn lines_outside_links(body: &NodeRef<'_>) -> Vec<String> {
    let (mut lines, mut line, mut links, mut is_free) = (Vec::new(), String::new(), 0_usize, false);
    dom::walk(body, |step| match step {
        dom::Step::Text(node) => dom::with_text(&node, |text| {
            is_free |= links == 0 && text.contains(char::is_alphanumeric);
            line.push_str(text);
        }),
        dom::Step::Enter("a") => links += 1,
        dom::Step::Leave("a") => links -= 1,
        dom::Step::Enter(name) | dom::Step::Leave(name) if name == "br" || dom::is_block(name) => {
            let said = std::mem::take(&mut line);
            lines.extend(std::mem::take(&mut is_free).then(|| dom::squeeze(&said)));
        }
        _ => {}
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_whose_headings_all_lead_elsewhere_is_a_list() {
        let linked = "<h2><a href=/x>One of many stories</a></h2><p>A teaser.</p>".repeat(8);
        let own = "<h2>A part of this story</h2><p>Prose.</p>".repeat(8);
        let is_list = |html: &str, prose| {
            let page = Page::from(html);
            of_list(&page, &page.root(), prose).is_some()
        };
        assert!(is_list(&linked, 80));
        assert!(!is_list(&own, 80) && !is_list(&(own.clone() + &linked), 160));
        assert!(!is_list(&linked, 8_000), "so much is said of each that it is an article");
        let round_up = format!("<meta property=og:type content=article>{linked}");
        assert!(!is_list(&round_up, 80), "the page says that it is one");
    }

    #[test]
    fn pages_that_refuse_are_told_apart() {
        for (html, word) in [
            ("<title>404 Not Found</title><p>Sorry.</p>", "error page"),
            ("<h1>页面不存在</h1>", "error page"),
            ("<title>Access Denied</title>", "refused"),
            ("<p>You need to enable JavaScript to run this app.</p>", "scripts"),
            ("<h1>Sign in to continue</h1>", "login"),
            ("<p>请先登录</p>", "login"),
            ("<p><a href=/in>登录</a>后查看</p>", "login"),
        ] {
            assert!(of(&Page::from(html)).is_some_and(|reason| reason.contains(word)), "{html}");
        }
        let short = "<title>The pier</title><p><a href=/in>登录</a> | <a href=/in>Sign in</a></p><ul><li><a href=/in>Sign in</a></ul><p>It opened on 4 April.</p>";
        assert_eq!(of(&Page::from(short)), None);
    }
}
