//! What the operator is told of sources that broke or work again: one mail for all of them.

use super::{Rendered, guard, wrap};
use crate::domain::{Health, Locale, News};

/// The mail that says `news`, in the name of the site that is called `title`.
pub fn notice(news: &[News], title: &str, locale: Locale) -> Rendered {
    let (recovered, broken): (Vec<&News>, Vec<&News>) =
        news.iter().partition(|one| one.health == Health::Fine);
    let parts = [
        (heading(true, locale), broken.iter().map(|one| line(one, locale)).collect::<Vec<_>>()),
        (heading(false, locale), recovered.iter().map(|one| line(one, locale)).collect()),
    ];
    let parts = parts.iter().filter(|(_, lines)| !lines.is_empty());
    let bullet = |line: &String| wrap::flow(&format!("· {line}"), wrap::WIDTH) + "\n";
    let text = parts.clone().map(|(heading, lines)| {
        [heading, "\n\n", &lines.iter().map(bullet).collect::<String>(), "\n"].concat()
    });
    let item = |line: &String| ["<li>", &guard::escaped(line), "</li>\n"].concat();
    let html = parts.map(|(heading, lines)| {
        let items = lines.iter().map(item).collect::<String>();
        ["<p>", heading, "</p>\n<ul>\n", &items, "</ul>\n"].concat()
    });
    let advice = advice(locale);
    let text = text.collect::<String>() + &wrap::flow(advice, wrap::WIDTH) + "\n";
    let body = html.collect::<String>() + &format!("<p>{}</p>\n", guard::escaped(advice));
    let subject = subject(&broken, &recovered, title, locale);
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n{body}</body>\n</html>\n",
        match locale {
            Locale::English => "en",
            Locale::Chinese => "zh",
        },
        guard::escaped(&subject)
    );
    Rendered { subject, html, text }
}

fn heading(is_broken: bool, locale: Locale) -> &'static str {
    match (is_broken, locale) {
        (true, Locale::English) => "These sources need a look:",
        (false, Locale::English) => "These sources work again:",
        (true, Locale::Chinese) => "以下来源需要检查：",
        (false, Locale::Chinese) => "以下来源已恢复：",
    }
}

fn line(news: &News, locale: Locale) -> String {
    let since = news.since.format("%Y-%m-%d %H:%M UTC");
    let state = state(news.health, locale);
    let head = match locale {
        Locale::English => format!("{}: {state} since {since}", news.source),
        Locale::Chinese => format!("{}：{state}，自 {since}", news.source),
    };
    match (&news.reason, locale) {
        (None, _) => head,
        (Some(reason), Locale::English) => format!("{head}: {reason}"),
        (Some(reason), Locale::Chinese) => format!("{head}：{reason}"),
    }
}

fn state(health: Health, locale: Locale) -> &'static str {
    match (health, locale) {
        (Health::Fine, Locale::English) => "works",
        (Health::Thin, Locale::English) => "looks different",
        (Health::Empty, Locale::English) => "empty",
        (Health::Failing, Locale::English) => "failing",
        (Health::Gone, Locale::English) => "gone",
        (Health::Fine, Locale::Chinese) => "正常",
        (Health::Thin, Locale::Chinese) => "版式有变",
        (Health::Empty, Locale::Chinese) => "没有内容",
        (Health::Failing, Locale::Chinese) => "读取失败",
        (Health::Gone, Locale::Chinese) => "已消失",
    }
}

fn advice(locale: Locale) -> &'static str {
    match locale {
        Locale::English => {
            "Feeds keep what they had. `pressroom source list` shows how every source is doing; `pressroom source resume NAME` \
             tries one again at once and takes what it finds for usual."
        }
        Locale::Chinese => {
            "订阅源保留原有内容。`pressroom source list` 列出各来源的状况；`pressroom source resume NAME` 立即重试某一来源，并以新的结果为准。"
        }
    }
}

fn subject(broken: &[&News], recovered: &[&News], title: &str, locale: Locale) -> String {
    let names = |news: &[&News]| {
        news.iter().map(|one| one.source.to_string()).collect::<Vec<_>>().join(", ")
    };
    let said = match (broken.len(), recovered.len(), locale) {
        (1..=3, 0, Locale::English) => format!("{} needs a look", names(broken)),
        (0, 1..=3, Locale::English) => format!("{} works again", names(recovered)),
        (broken, recovered, Locale::English) => {
            format!("{broken} sources need a look, {recovered} work again")
        }
        (1..=3, 0, Locale::Chinese) => format!("{} 需要检查", names(broken)),
        (0, 1..=3, Locale::Chinese) => format!("{} 已恢复", names(recovered)),
        (broken, recovered, Locale::Chinese) => {
            format!("{broken} 个来源需要检查，{recovered} 个已恢复")
        }
    };
    match locale {
        Locale::English => format!("{title}: {said}"),
        Locale::Chinese => format!("{title}：{said}"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::SourceId;

    fn news(source: &str, health: Health, reason: Option<&str>) -> News {
        News {
            source: SourceId::new(source).unwrap(),
            health,
            since: DateTime::UNIX_EPOCH,
            reason: reason.map(str::to_owned),
        }
    }

    #[test]
    fn what_broke_and_what_works_again_stand_in_one_mail() {
        let all = [
            news("harbour", Health::Failing, Some("https://h.example/ answered 503 & <more>")),
            news("tower", Health::Fine, None),
        ];
        let mail = notice(&all, "Press", Locale::English);
        assert_eq!(mail.subject, "Press: 1 sources need a look, 1 work again");
        assert!(mail.text.contains("harbour: failing since 1970-01-01 00:00 UTC"), "{}", mail.text);
        assert!(mail.text.contains("tower: works"));
        assert!(mail.html.contains("503 &amp; &lt;more"), "{}", mail.html);
    }

    #[test]
    fn one_source_is_named_in_the_subject() {
        let one = [news("harbour", Health::Empty, None)];
        assert_eq!(notice(&one, "Press", Locale::English).subject, "Press: harbour needs a look");
        assert_eq!(notice(&one, "报", Locale::Chinese).subject, "报：harbour 需要检查");
    }
}
