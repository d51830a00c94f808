//! pressroom's own words in feeds and mail, in the languages it speaks.

use chrono::{DateTime, Datelike as _};
use chrono_tz::Tz;

use crate::domain::{Article, Language, Locale, Moment, RelatedGroup};

/// The locale that the readers of `language` expect; English where nothing is known.
pub(super) fn locale_of(language: Option<&Language>) -> Locale {
    language.map_or(Locale::English, Locale::of)
}

/// The locale of pressroom's words within an Article.
pub(super) fn locale_of_article(article: &Article) -> Locale {
    locale_of(article.language.as_ref())
}

/// Heading over related items of `group`.
pub(super) fn related_heading(group: RelatedGroup, locale: Locale) -> &'static str {
    match (group, locale) {
        (RelatedGroup::Related, Locale::English) => "Related",
        (RelatedGroup::Related, Locale::Chinese) => "相关阅读",
        (RelatedGroup::Popular, Locale::English) => "Most read",
        (RelatedGroup::Popular, Locale::Chinese) => "热门文章",
        (RelatedGroup::Latest, Locale::English) => "Latest",
        (RelatedGroup::Latest, Locale::Chinese) => "最新文章",
    }
}

/// Names who published first.
pub(super) fn source_line(name: &str, locale: Locale) -> String {
    match locale {
        Locale::English => format!("Source: {name}"),
        Locale::Chinese => format!("来源：{name}"),
    }
}

/// A date that is too coarse for a feed's date element, with the words it was given in.
pub(super) fn published_line(moment: &Moment, locale: Locale) -> String {
    let shown = moment.display(locale);
    let raw = moment.raw.trim();
    match locale {
        _ if raw.is_empty() || raw == shown => labelled_date(&shown, locale),
        Locale::English => labelled_date(&format!("{shown} (“{raw}”)"), locale),
        Locale::Chinese => labelled_date(&format!("{shown}（“{raw}”）"), locale),
    }
}

fn labelled_date(date: &str, locale: Locale) -> String {
    match locale {
        Locale::English => format!("Published: {date}"),
        Locale::Chinese => format!("发布时间：{date}"),
    }
}

/// Stands in where a title held nothing that can be shown.
pub(super) fn untitled(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "Untitled",
        Locale::Chinese => "无题",
    }
}

/// The day of an Edition with its weekday: the line under the Digest's title.
pub(super) fn long_date(at: &DateTime<Tz>, locale: Locale) -> String {
    match locale {
        Locale::English => at.format("%A, %-d %B %Y").to_string(),
        Locale::Chinese => format!("{} {}", at.format("%Y年%-m月%-d日"), chinese_weekday(at)),
    }
}

/// The day of an Edition, as short as a subject line wants it.
pub(super) fn short_date(at: &DateTime<Tz>, locale: Locale) -> String {
    match locale {
        Locale::English => at.format("%-d %B").to_string(),
        Locale::Chinese => at.format("%-m月%-d日").to_string(),
    }
}

fn chinese_weekday(at: &DateTime<Tz>) -> &'static str {
    const DAYS: [&str; 7] = ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"];
    DAYS[at.weekday().num_days_from_monday() as usize]
}

/// How many Briefs an Edition holds.
pub(super) fn article_count(count: usize, locale: Locale) -> String {
    match (locale, count) {
        (Locale::English, 1) => "1 article".to_owned(),
        (Locale::English, _) => format!("{count} articles"),
        (Locale::Chinese, _) => format!("{count} 篇文章"),
    }
}

/// Subject line: `title` and day, then what is inside.
pub(super) fn subject(
    title: &str,
    day: &str,
    top: Option<&str>,
    others: usize,
    locale: Locale,
) -> String {
    match (locale, top, others) {
        (Locale::English, None, _) => format!("{title}, {day}"),
        (Locale::English, Some(top), 0) => format!("{title}, {day}: {top}"),
        (Locale::English, Some(top), n) => format!("{title}, {day}: {top} + {n} more"),
        (Locale::Chinese, None, _) => format!("{title} · {day}"),
        (Locale::Chinese, Some(top), 0) => format!("{title} · {day}：{top}"),
        (Locale::Chinese, Some(top), n) => format!("{title} · {day}：{top} 等{}篇", n + 1),
    }
}

/// How many Briefs stand in the web copy only.
pub(super) fn more(count: usize, locale: Locale) -> String {
    match (locale, count) {
        (Locale::English, 1) => "1 more article is in the web copy".to_owned(),
        (Locale::English, _) => format!("{count} more articles are in the web copy"),
        (Locale::Chinese, _) => format!("网页版中还有 {count} 篇文章"),
    }
}

/// How many Sections stand in the web copy only.
pub(super) fn more_sections(count: usize, locale: Locale) -> String {
    match (locale, count) {
        (Locale::English, 1) => "1 more section".to_owned(),
        (Locale::English, _) => format!("{count} more sections"),
        (Locale::Chinese, _) => format!("还有 {count} 节"),
    }
}

/// Invites to the web copy.
pub(super) fn read_in_browser(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "Read in a browser",
        Locale::Chinese => "在浏览器中阅读",
    }
}

/// Heads what belongs to no Group.
pub(super) fn other(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "Other",
        Locale::Chinese => "其他",
    }
}

/// Heads what came in and had no room in the Edition.
pub(super) fn also_new(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "Also new",
        Locale::Chinese => "其他新文章",
    }
}

/// Marks an Article that comes again after an edit.
pub(super) fn updated(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "Updated",
        Locale::Chinese => "已更新",
    }
}

/// Heads the names of those who report the same story.
pub(super) fn also_reported(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "Also reported by",
        Locale::Chinese => "另有报道：",
    }
}

/// What an Edition without Briefs says.
pub(super) fn nothing_new(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "Nothing new this time.",
        Locale::Chinese => "本期没有新内容。",
    }
}

/// Leads to the page on which a subscription is changed.
pub(super) fn manage(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "Change how often, when and what",
        Locale::Chinese => "更改频率、时间和主题",
    }
}

/// Leads to the page with the button that ends a subscription.
pub(super) fn leave(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "Unsubscribe",
        Locale::Chinese => "退订",
    }
}

/// Why the reader gets this mail.
pub(super) fn why_you_get_this(digest: &str, site: &str, locale: Locale) -> String {
    match locale {
        Locale::English => {
            format!("This address is on the list of “{digest}” at {site}.")
        }
        Locale::Chinese => format!("此邮箱在 {site} 的「{digest}」收件名单上。"),
    }
}
