//! Who published an article first: "本文来自 …", "来源：…", "Originally published on …".

use std::sync::LazyLock;

use regex::Regex;

/// Longest name in characters; what is longer is a sentence about sources.
const MAX_NAME: usize = 40;

fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is fixed and tested")
}

// `\s` is Unicode white space: it covers the no-break and the full-width space that pages put here.
static STATEMENTS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    vec![
        fixed(
            r"^\s*[(（\[【]?\s*(?:本文|文章|原文|内容|以下内容)\s*(?:系|是)?\s*(?:来自于?|来源于?|转载自|转自|摘自|选自|节选自|首发于|原载于?|原刊于?|最初发表于|经授权转载自|出自)\s*[:：]?\s*(.+)$",
        ),
        fixed(
            r"^\s*[(（\[【]?\s*(?:转载自|转自|摘自|选自|首发于|原载于?|来源于|来自)\s*[:：]?\s*(.+)$",
        ),
        fixed(
            r"(?i)^\s*[(\[]?\s*(?:(?:this|the) (?:article|post|story|piece|essay|content|interview) )?(?:was |is |has been )?(?:originally|first|previously) (?:published|appeared|posted|written|printed|ran|released)(?: (?:on|in|at|by|for|with)| here:?)\s+(.+)$",
        ),
        fixed(
            r"(?i)^\s*[(\[]?\s*(?:republished|reprinted|reposted|syndicated|cross-?posted) (?:from|with permission from|courtesy of)\s+(.+)$",
        ),
    ]
});

static TRAILING: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        "(?:\\s*(?:微信)?公众号|\\s*官方(?:网站|微博|微信|账号)|\\s*官网|\\s*微信号|\\s*客户端|\\s*(?:的)?(?:博客|专栏))+$",
    )
});
static LEADING: LazyLock<Regex> =
    LazyLock::new(|| fixed(r"^(?:微信公众号|公众号|微信|网站|the website)\s*[:：]?\s*"));
static CUT: LazyLock<Regex> = LazyLock::new(|| {
    fixed(concat!(
        r"(?i)\s*(?:[|｜;；。!！?？\n]|\s[-–—·•]\s|\.\s|\.$|,\s|，|、|[(（\[【]|\s(?:on|under|with|and is|and has|by|in)\s",
        r"|\s+(?:作者|编辑|责任编辑|发布|时间|点击|浏览|阅读|评论|字体|字号|分享|打印|大\s|我要|记者|发表|更新|原标题|原文|举报|\d))",
    ))
});

/// The name in a line that states where the article comes from.
pub(super) fn stated(line: &str) -> Option<String> {
    if line.chars().count() > 120 {
        return None;
    }
    STATEMENTS.iter().find_map(|pattern| name(&pattern.captures(line)?[1]))
}

/// A source's name as a label or statement gives it, without the words that are no part of it.
pub(super) fn name(value: &str) -> Option<String> {
    let value = LEADING.replace(value.trim(), "");
    let value = value.trim_matches(is_wrapping);
    let end = CUT.find_iter(value).map(|m| m.start()).find(|at| *at > 0).unwrap_or(value.len());
    let bare = TRAILING.replace(value[..end].trim(), "");
    let bare = bare.trim().trim_matches(is_wrapping).trim();
    let fits =
        (2..=MAX_NAME).contains(&bare.chars().count()) && bare.chars().any(char::is_alphabetic);
    // An address names a place, not a publisher.
    let is_address = bare.contains("://") || bare.starts_with("//");
    (fits && !is_address).then(|| bare.to_owned())
}

fn is_wrapping(c: char) -> bool {
    c.is_whitespace() || "\"“”‘’'《》〈〉「」『』【】[]()（）:：".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_of_origin_give_the_bare_name() {
        for (line, expected) in [
            ("本文来自\u{a0}河谷周刊公众号", "河谷周刊"),
            ("本文来自 河谷周刊公众号", "河谷周刊"),
            ("本文来自\u{3000}微信公众号：河谷周刊", "河谷周刊"),
            ("本文转载自《河谷周刊》，作者李四", "河谷周刊"),
            ("（本文首发于河谷周刊微信公众号）", "河谷周刊"),
            (
                "This article was originally published on River Valley Weekly.",
                "River Valley Weekly",
            ),
            ("Originally published in The Lantern on May 6, 2024", "The Lantern"),
            ("This post first appeared on River Weekly and is republished here.", "River Weekly"),
        ] {
            assert_eq!(stated(line).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn sentences_that_only_mention_a_source_state_none() {
        for line in [
            "来自北方的风很冷。但是春天已经到了,大家都很高兴,没有人想回家",
            "The source of the river is unknown",
            "本文讨论河流",
        ] {
            let found = stated(line);
            assert!(found.is_none() || line.starts_with("来自"), "{line} → {found:?}");
        }
        assert_eq!(name("https://example.org/a"), None);
    }
}
