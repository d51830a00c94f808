//! Which sentences are about the page and not about its subject: bylines, captions, calls to follow, thanks.

use std::sync::LazyLock;

use regex::Regex;

/// A call to follow or a byline is brief; a long sentence with the same words says something besides.
const LONGEST_CALL: usize = 60;

/// Wherever they stand and however long the sentence is.
pub(super) const ANYWHERE_PATTERNS: &[&str] = &[
    r"https?://|\bwww\.",
    r"©|\(c\) ?\d{4}|版权(?:所有|声明|归)|著作权归|all rights reserved",
    r"阅读(?:本文)?(?:大?约)?(?:需要?)?\s*\d+\s*分钟",
];

static ANYWHERE: LazyLock<Regex> = LazyLock::new(|| any_of(ANYWHERE_PATTERNS));

/// Where a sentence begins so, however long it is. One that does not is left after a few characters.
static BEGINNING: LazyLock<Regex> = LazyLock::new(|| {
    any_of(&[
        r"^(?:图|表|图表|照片|图片|图源|配图|封面图?|题图|视频)\s*[\d一二三四五六七八九十]*\s*[:：.、|/▲▼]",
        r"^[▲▼△▽]",
        r"^(?:图|表)\s*[\d一二三四五六七八九十]+",
        r"^(?:fig(?:ure|\.)?|table|photo(?:graph)?|image|pictured?|video|listing)\s*[\d.]*\s*[:|]",
        r"^(?:作者|文字?|编辑|编译|译者?|翻译|责编|责任编辑|审校|校对|记者|通讯员|来源|出处|撰文|摄影|原文(?:链接|地址)?|链接|本文(?:来自|来源|转自|转载自|作者))\s*[:：/｜|丨]",
        r"^本文(?:作者|由.{2,12}(?:翻译|编译|整理))|^本文\s*(?:共|约|大约)?\s*\d+\s*字",
        r"^(?:authors?|written by|translat(?:ed by|or)|edit(?:ed by|or)|reviewed by|posted (?:by|on|in)|photo by|credits?|source|tags?|filed under|originally published)\s*[:|]",
    ])
});

/// Where a short sentence begins so.
static BRIEF_BEGINNING: LazyLock<Regex> = LazyLock::new(|| {
    any_of(&[
        r"^(?:感谢|鸣谢|致谢|特别感谢)|^谢谢",
        r"^by\s+(?:[a-z.'-]+\s+){1,4}[a-z.'-]*$",
        r"^(?:thanks|thank you|many thanks|special thanks|acknowledg)",
        r"^(?:advertisement|sponsored|related(?: articles?| stories)?|see also|further reading|read next)\b",
        r"^(?:fig(?:ure|\.)?|table)\s*\d+",
    ])
});

/// Only where the sentence is short.
pub(super) const CALL_PATTERNS: &[&str] = &[
    r"关注.{0,12}(?:公众号|我们|微信|微博|订阅号)|公众号.{0,6}(?:搜索|回复)|扫码|扫描.{0,8}二维码|长按.{0,8}(?:识别|二维码)",
    r"点击.{0,8}(?:阅读原文|关注|这里|此处|链接|下方|上方|蓝字|下载|查看)|阅读原文",
    r"欢迎.{0,14}(?:关注|订阅|加入|转发|点赞|投稿|留言|评论|分享|交流|star)|(?:点赞|在看|收藏).{0,6}(?:转发|关注|分享|支持)",
    r"转载.{0,12}(?:注明|授权|联系)|未经.{0,10}(?:授权|许可|同意)|侵权.{0,8}(?:删除|联系)",
    r"(?:谢谢|感谢)(?:大家|各位|您|你)?[。！!]?$",
    r"\b(?:follow|like|find) (?:us|me|him|her|them) on\b|\bsubscribe (?:to|now|here)\b|\bsign up (?:for|to|here|now)\b|\bclick (?:here|the link|below|on the)\b|\bshare this\b|\bread more\b|\bjoin (?:us|our) (?:on|at|newsletter|community|mailing)\b|\bour newsletter\b",
];

static CALL: LazyLock<Regex> = LazyLock::new(|| any_of(CALL_PATTERNS));

/// Between the links of a menu.
pub(super) const BAR_PATTERN: &str = "[|｜]";

/// Case folded; word boundaries as ASCII has them, since only English words have any here and Unicode's cost time.
fn folded(pattern: &str) -> String {
    format!("(?i){}", pattern.replace(r"\b", r"(?-u:\b)"))
}

/// One expression for all: where the first of them stands is all that matters.
pub(super) fn any_of(patterns: &[&str]) -> Regex {
    Regex::new(&folded(&patterns.join("|"))).expect("the patterns are fixed and tested")
}

/// Four links side by side, with a bar between each and the next.
fn is_menu(sentence: &str) -> bool {
    let bars = ['|', '｜'];
    let mut parts = sentence.split(bars).map(str::is_empty).peekable();
    let mut in_a_row = 0;
    while let Some(is_empty) = parts.next() {
        // What comes last has no bar behind it.
        in_a_row = if is_empty || parts.peek().is_none() { 0 } else { in_a_row + 1 };
        if in_a_row == 3 {
            return true;
        }
    }
    false
}

/// Whether a call stands in the first half: one that only closes a statement does not make it a call.
fn opens_with_call(sentence: &str) -> bool {
    CALL.find(sentence).is_some_and(|call| call.start() * 2 <= sentence.len())
}

/// Whether `sentence` of `tokens` tokens is about the page, as its beginning says.
pub(super) fn begins_boilerplate(sentence: &str, tokens: usize) -> bool {
    let is_brief = tokens <= LONGEST_CALL;
    BEGINNING.is_match(sentence) || (is_brief && BRIEF_BEGINNING.is_match(sentence))
}

/// Whether `sentence` of `tokens` tokens is about the page, as something in it says.
pub(super) fn holds_boilerplate(sentence: &str, tokens: usize) -> bool {
    is_menu(sentence)
        || ANYWHERE.is_match(sentence)
        || (tokens <= LONGEST_CALL && opens_with_call(sentence))
}

/// The mark of a list item at the start of a line: `- `, `• `, `1. `, `（2）`.
static LIST_MARK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:[-*+•·●○▪■◆►–]\s+|[•●○▪■◆►]|\d{1,2}[.)、）]\s*|[(（][\d一二三四五六七八九十]{1,2}[)）]\s*|[①-⑳])")
        .expect("the pattern is fixed and tested")
});

/// `line` without its list mark, where it has one.
pub(super) fn without_list_mark(line: &str) -> Option<&str> {
    let mark = LIST_MARK.find(line)?;
    // "2.5 million" is a number, not the second item.
    let rest = &line[mark.end()..];
    let number = mark.as_str().trim_start().starts_with(|c: char| c.is_ascii_digit())
        && rest.starts_with(|c: char| c.is_ascii_digit());
    (!number && !rest.trim().is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_bylines_calls_and_thanks_are_told_from_statements() {
        let table = [
            ("图 3：集群的利用率。", true),
            ("作者：王明", true),
            ("扫描下方二维码，关注我们的公众号。", true),
            ("转载请注明出处。", true),
            ("谢谢大家！", true),
            ("Figure 2: the pipeline.", true),
            ("By Ann B. Smith", true),
            ("Follow us on every network.", true),
            ("Click here to read more.", true),
            ("See https://example.org for details.", true),
            ("More rankings: Trucks | Sedans | Vans | Bikes", true),
            ("首页｜新闻｜体育｜", true),
            ("a || b || c || d", false),
            ("每周精选 | 灯塔的历史。", false),
            ("图灵在1950年提出了这个问题。", false),
            ("关注隐私的人越来越多。", false),
            ("By using the cache, the server halves its load.", false),
            ("Table tennis became an Olympic sport in 1988.", false),
            ("The team follows a simple rule.", false),
        ];
        for (sentence, expected) in table {
            let found = begins_boilerplate(sentence, 10) || holds_boilerplate(sentence, 10);
            assert_eq!(found, expected, "{sentence}");
        }
    }

    #[test]
    fn list_marks_are_seen_and_numbers_are_not_mistaken_for_them() {
        assert_eq!(without_list_mark("- Fast start."), Some("Fast start."));
        assert_eq!(without_list_mark("（二）成本更低。"), Some("成本更低。"));
        assert_eq!(without_list_mark("12、启动更快。"), Some("启动更快。"));
        assert_eq!(without_list_mark("2.5 million people came."), None);
        assert_eq!(without_list_mark("-5 degrees were measured."), None);
        assert_eq!(without_list_mark("2024年发布。"), None);
    }
}
