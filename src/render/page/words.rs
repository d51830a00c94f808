//! What the pages say in their own voice, in the languages pressroom speaks.

use serde::Serialize;

use crate::domain::Locale;

/// The words of one language, by what they are for.
#[derive(Debug, Serialize)]
pub(super) struct Words {
    pub skip: &'static str,
    pub home: &'static str,
    pub other_language: &'static str,
    pub feeds: &'static str,
    pub digests: &'static str,
    pub all_articles: &'static str,
    pub subscribe: &'static str,
    pub what_feeds_are: &'static str,
    pub address_for_readers: &'static str,
    pub all_feeds: &'static str,
    pub nothing_yet: &'static str,
    pub related: &'static str,
    pub outline: &'static str,
    pub updated: &'static str,
    pub elsewhere: &'static str,
    pub more: &'static str,
    pub by_mail: &'static str,
    pub older: &'static str,
    pub editions: &'static str,
    pub archive: &'static str,
    pub original: &'static str,
    pub made_with: &'static str,
    pub not_found: &'static str,
    pub not_found_why: &'static str,
    pub wrong: &'static str,
    pub wrong_why: &'static str,
    pub back_home: &'static str,
}

const ENGLISH: Words = Words {
    skip: "Skip to the content",
    home: "Home",
    other_language: "中文",
    feeds: "Feeds",
    digests: "Digests by mail",
    all_articles: "All articles",
    subscribe: "Subscribe",
    what_feeds_are: "A feed brings new articles to you: copy its address into a feed reader, and the reader fetches what \
        is new by itself. No account, no tracking.",
    address_for_readers: "Address for your reader",
    all_feeds: "All feeds as a list (OPML)",
    nothing_yet: "Nothing has been published here yet.",
    related: "Further reading",
    outline: "Sections",
    updated: "updated",
    elsewhere: "Also reported by",
    more: "Sections and further reading",
    by_mail: "Get it by mail",
    older: "Older editions",
    editions: "Editions before and after",
    archive: "Past editions",
    original: "Read the original",
    made_with: "Published with pressroom",
    not_found: "There is nothing here",
    not_found_why: "The address may be mistyped, or what stood here has been taken down.",
    wrong: "Something went wrong",
    wrong_why: "It is our fault, and it is in the log. Please try again in a minute.",
    back_home: "To the front page",
};

const CHINESE: Words = Words {
    skip: "跳到正文",
    home: "首页",
    other_language: "English",
    feeds: "订阅源",
    digests: "邮件摘要",
    all_articles: "全部文章",
    subscribe: "订阅",
    what_feeds_are: "订阅源会把新文章送到您面前：把地址复制到阅读器里，之后有新内容，阅读器会自动取来。无需注册，也没有跟踪。",
    address_for_readers: "供阅读器使用的地址",
    all_feeds: "全部订阅源列表（OPML）",
    nothing_yet: "这里还没有发布内容。",
    related: "相关阅读",
    outline: "章节",
    updated: "更新于",
    elsewhere: "其他来源的报道",
    more: "章节与相关阅读",
    by_mail: "通过邮件订阅",
    older: "更早的各期",
    editions: "前一期与后一期",
    archive: "往期",
    original: "阅读原文",
    made_with: "由 pressroom 发布",
    not_found: "这里什么也没有",
    not_found_why: "地址可能有误，或者内容已经撤下。",
    wrong: "出了点问题",
    wrong_why: "这是我们的错，日志里已有记录。请稍后再试。",
    back_home: "回到首页",
};

/// The words of `locale`.
pub(super) fn words(locale: Locale) -> &'static Words {
    match locale {
        Locale::English => &ENGLISH,
        Locale::Chinese => &CHINESE,
    }
}
