//! The precision pass: what every way of finding the article lets through and no reader counts as part of it.

use std::sync::LazyLock;

use regex::Regex;

use super::{ends, repeats};
use crate::domain::{Block, BlockKind, Section};
use crate::normalize::wording;

/// Characters of a line that can be one.
const MAX_LINE: usize = 120;

/// What lines that serve the page and not the article begin with. What may follow the words is bounded by the length of a
/// line.
static BEGINS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\W*(?:advertisement|advertising|sponsored(?: content)?|publicité|anzeige|werbung|广告|share(?: this)?(?: (?:article|story|post|page))?(?: (?:on|via|with) .+)?",
        r"|(?:click here to )?(?:subscribe|sign up)(?: (?:now|here|today|to|for) .*)?|follow us(?: on .+)?|print(?: this)?(?: (?:article|page))?|email(?: this)?|comments?(?: \(?\d+\)?)?|leave a (?:comment|reply)|\d+ comments?",
        r"|skip (?:to|advertisement).*|back to top|read more|continue reading|load more|view (?:all )?comments|copy link|save(?: article)?|listen(?: to this article)?|story continues below.*|article continues below.*|scroll to continue.*",
        r"|image:?|table of contents|(?:click here to )?(?:get|download) the .{1,30} app|bitte aktivieren sie javascript|annonce|annonse|reklame?|publicidad|pubblicità|reklama|mainos",
        r"|(?:foto|photo|bild|image|picture|图片?|摄影|写真|사진)(?: credits?)?\(?s?\)?\s*[:：/].+|\(?(?:image|photo|picture) (?:credit|courtesy|by).+|(?:via )?getty images",
        r"|(?:in this article|contents|on this page)|we may (?:earn|receive) .+commission.*",
        r"|(?:copyright(?-u:\b)|©).*",
        r"|上一[篇页条].*|下一[篇页条].*|\[?上一[篇页]\]?\s*\[?下一[篇页]\]?|第\s?\d+\s?页.{0,24}|(?:\[\d+\]\s*){2,}|【字体.{0,16}|当前位置.*|您(?:现在|当前)的位置.*|(?:主办|承办|版权所有|联系电话|网站标识码)(?:单位)?\s*[:：©].*|责任编辑.{0,12}|\(?责编.{0,16}|编辑[:：].{0,12}",
        r"|分享到?.{0,12}|扫一扫.{0,20}|扫码.{0,16}|点击(?:查看|进入|关注|阅读).{0,16}|打印(?:本页)?|收藏(?:本文)?|关闭(?:窗口)?|返回(?:顶部|首页|列表)|我要(?:评论|分享|纠错).{0,10}|评论(?:\(\d*\))?|加载中.{0,6}|点赞|举报",
        r")\W*$"
    ))
    .expect("the pattern is fixed and tested")
});

/// Drops service lines, what is said twice, and sections that only announce something that is not there.
pub(super) fn prune(sections: &mut Vec<Section>) {
    for section in sections.iter_mut() {
        section.blocks.retain(|block| !is_service(block));
    }
    repeats::drop(sections);
    drop_empty_announcements(sections);
    ends::trim(sections);
}

/// What they hold somewhere in them.
static HOLDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\W*(?:(?:please |.{1,40} please )?enable javascript.*|.*all rights reserved.*|.{0,40}版权所有.{0,40}",
        r"|.*we may (?:earn|receive) (?:an?|some)? ?(?:affiliate )?commission.*)\W*$"
    ))
    .expect("the pattern is fixed and tested")
});

/// Words of which each line that matches [`HOLDS`] has one: most lines are told by a quicker look for them.
static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(?i)enable javascript|all rights reserved|版权所有|commission")
        .expect("the pattern is fixed and tested")
});

fn is_service(block: &Block) -> bool {
    let short = block.text.len() <= 3 * MAX_LINE && block.text.chars().count() <= MAX_LINE;
    matches!(block.kind, BlockKind::Paragraph | BlockKind::List)
        && short
        && is_service_line(&block.text)
}

fn is_service_line(line: &str) -> bool {
    BEGINS.is_match(line) || (WORDS.is_match(line) && HOLDS.is_match(line))
}

/// A heading such as "Related" whose list was cut out has nothing under it.
fn drop_empty_announcements(sections: &mut Vec<Section>) {
    sections.retain(|section| {
        let empty = section.blocks.iter().all(|block| block.text.is_empty());
        !(empty
            && section.heading.as_deref().is_some_and(|heading| {
                wording::group(heading).is_some() || is_service_line(heading)
            }))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_lines_go_and_prose_with_the_same_words_stays() {
        for (line, gone) in [
            ("Advertisement", true),
            ("Share this article", true),
            ("分享到：", true),
            ("Read more", true),
            ("Share prices fell on Monday.", false),
            ("Comments by the mayor were widely read", false),
            ("评论认为，这条河会改道", false),
            ("Please enable JavaScript to read on", true),
            ("To read on, please enable javascript", true),
            ("Enable it: JavaScript is a language", false),
            ("2024 The Ferry. All Rights Reserved.", true),
            ("本港版权所有，不得转载", true),
            ("On what you buy here we may earn an affiliate commission", true),
            ("The commission has all rights", false),
        ] {
            assert_eq!(is_service_line(line), gone, "{line}");
        }
    }
}
