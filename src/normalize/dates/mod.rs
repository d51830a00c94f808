//! Dates as pages write them, absolute and relative, in Chinese and English: words → Moment, never more than was said.

mod absolute;
mod address;
mod numerals;
mod relative;
mod time_of_day;

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset};
use regex::Regex;

use crate::domain::Moment;
pub(super) use absolute::month_first_by_default;
pub(super) use address::in_address;

/// What a date on a page is read against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// When the page was fetched; its offset stands in where the page gives none.
    pub now: DateTime<FixedOffset>,
    /// Whether `5/6/2024` is the sixth of May.
    pub month_first: bool,
}

/// Words in the shape of a date that no calendar has, such as 30 February.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Impossible {
    /// The words on the page.
    pub raw: String,
}

/// What date-shaped words turned out to be.
pub(super) type Reading = Result<Moment, Impossible>;

/// A reading and the bytes of the text it was made from.
#[derive(Debug)]
struct Found {
    start: usize,
    end: usize,
    reading: Reading,
}

/// How much of a text may be taken for a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// The text is nothing but a date, so that "today" or "May 6" is one.
    Alone,
    /// The text is prose, where only full dates count.
    Prose,
}

/// Reads `text` if it is a date and nothing else, save labels, weekdays and punctuation.
pub(super) fn whole(text: &str, frame: &Frame) -> Option<Reading> {
    let text = text.trim();
    // A date line is short; the bound also keeps long prose away from the patterns.
    if text.is_empty() || text.len() > 120 {
        return None;
    }
    let found = find(text, frame, Scope::Alone)?;
    let rest = format!("{} {}", &text[..found.start], &text[found.end..]);
    FILLER
        .is_match(&rest)
        .then(|| found.reading.map(|m| with_raw(m, text[found.start..found.end].trim())))
}

/// The first full date inside `text`.
pub(super) fn first_in(text: &str, frame: &Frame) -> Option<Reading> {
    let found = find(text, frame, Scope::Prose)?;
    let raw = text[found.start..found.end].trim().to_owned();
    Some(found.reading.map(|m| with_raw(m, &raw)))
}

/// Reads a machine-readable value (`datetime`, `content`): its first date, however it is wrapped.
pub(super) fn machine(value: &str, frame: &Frame) -> Option<Reading> {
    whole(value, frame).or_else(|| first_in(value, frame))
}

/// The date with which a text begins, after a place or the word for it, where a mark sets it apart: "1 May 2024 – The pier …",
/// "LONDON, May 1, 2024 (Lantern) – …".
pub(super) fn dateline(text: &str, frame: &Frame) -> Option<Reading> {
    let end = text.char_indices().nth(MAX_DATELINE).map_or(text.len(), |(at, _)| at);
    let found = find(&text[..end], frame, Scope::Prose)?;
    let before = text[..found.start].split_whitespace().count();
    let after = BYLINE_OF_WIRE.replace(&text[found.end..], "");
    let is_set_apart =
        before <= 2 && after.trim_start().starts_with(['–', '—', '-', '|', '.', ':']);
    let raw = text[found.start..found.end].trim();
    is_set_apart.then(|| found.reading.map(|moment| with_raw(moment, raw)))
}

/// Characters within which a date that begins a text stands.
const MAX_DATELINE: usize = 60;

/// The agency or the town that may stand between the date and the mark.
static BYLINE_OF_WIRE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:[(（/][^)）/]{1,24}[)）/]|[|,]?\s*\p{Lu}\w{1,20}\s*)")
        .expect("the pattern is fixed and tested")
});

/// A date with which a labelled value begins, however short it is written: the label says what it is.
pub(super) fn leading(value: &str, frame: &Frame) -> Option<Reading> {
    let found = find(value, frame, Scope::Alone).filter(|found| found.start == 0)?;
    let raw = value[..found.end].trim();
    Some(found.reading.map(|moment| with_raw(moment, raw)))
}

/// `text` without the first date in it, for lines that hold a date and something else.
pub(super) fn without_date(text: &str, frame: &Frame) -> String {
    match find(text, frame, Scope::Prose) {
        Some(found) => format!("{} {}", &text[..found.start], &text[found.end..]).trim().to_owned(),
        None => text.trim().to_owned(),
    }
}

fn with_raw(mut moment: Moment, raw: &str) -> Moment {
    raw.clone_into(&mut moment.raw);
    moment
}

fn find(text: &str, frame: &Frame, scope: Scope) -> Option<Found> {
    // Most lines are ruled out by having neither a number nor one of the few words for a day.
    if !text.contains(|c: char| c.is_ascii_digit() || numerals::is_digit(c))
        && !relative::is_named(text)
    {
        return None;
    }
    let absolute = absolute::find(text, frame, scope);
    let relative = relative::find(text, frame, scope);
    match (absolute, relative) {
        (Some(a), Some(r)) if (r.start, usize::MAX - r.end) < (a.start, usize::MAX - a.end) => {
            Some(r)
        }
        (Some(a), _) => Some(a),
        (None, r) => r,
    }
}

/// What may stand beside a date on a line of its own.
static FILLER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:[\s\p{P}|+<>]",
        r"|最后更新|更新时间|更新日期|发布时间|发布日期|发表时间|发表日期|出版时间|时间|日期|发布于|发表于|更新于|编辑于|发布|发表|更新|于",
        r"|(?:星期|周)[一二三四五六日天]",
        r"|\b(?:last|first|published|posted|updated|modified|created|date|time|on|at|the|est|edt|pst|pdt|gmt|utc|cst)\b",
        r"|\b(?:veröffentlicht|erschienen|erstellt|datum|vom|aktualisiert|geändert|stand|publié|mis à jour|modifié|publicado|actualizado|atualizado|pubblicato|aggiornato|opublikowano|zaktualizowano|gepubliceerd|bijgewerkt|publisert|oppdatert|publicerad|uppdaterad|am|um|uhr|le|à|el|em|il|op|den|kl)\b",
        r"|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b",
        r"|\b(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
        r")*$"
    ))
    .expect("the pattern is fixed and tested")
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Precision;

    fn frame() -> Frame {
        Frame {
            now: DateTime::parse_from_rfc3339("2024-11-20T08:00:00+08:00").unwrap(),
            month_first: true,
        }
    }

    fn read(text: &str) -> (String, Precision, bool) {
        let moment =
            whole(text, &frame()).unwrap_or_else(|| panic!("{text:?} is no date")).unwrap();
        (moment.instant.to_rfc3339(), moment.precision, moment.is_relative())
    }

    #[test]
    fn absolute_dates_keep_the_precision_and_offset_that_the_page_gives() {
        use Precision::{Day, Hour, Minute, Month, Second, Year};
        for (text, instant, precision) in [
            ("2024-05-06 08:00", "2024-05-06T08:00:00+08:00", Minute),
            ("2024-05-06 08:00:07", "2024-05-06T08:00:07+08:00", Second),
            ("2024-05-06T08:00:07Z", "2024-05-06T08:00:07+00:00", Second),
            ("2024-05-06T08:00:07.123-05:00", "2024-05-06T08:00:07-05:00", Second),
            ("2024/5/6", "2024-05-06T00:00:00+08:00", Day),
            ("2024.5.6", "2024-05-06T00:00:00+08:00", Day),
            ("2024年5月6日 08:30", "2024-05-06T08:30:00+08:00", Minute),
            ("2024年5月6日 星期一 下午3:05", "2024-05-06T15:05:00+08:00", Minute),
            ("2024年5月6日上午8时", "2024-05-06T08:00:00+08:00", Hour),
            ("二〇二四年五月六日", "2024-05-06T00:00:00+08:00", Day),
            ("二零二四年十二月二十一日", "2024-12-21T00:00:00+08:00", Day),
            ("发布时间：2024-05-06", "2024-05-06T00:00:00+08:00", Day),
            ("2024年5月", "2024-05-01T00:00:00+08:00", Month),
            ("2023年", "2023-01-01T00:00:00+08:00", Year),
            ("Tue, 06 Aug 2024 08:00:00 +0200", "2024-08-06T08:00:00+02:00", Second),
            ("May 6th, 2024 at 8am", "2024-05-06T08:00:00+08:00", Hour),
            ("May 6th, 2024 at 8:15 pm PDT", "2024-05-06T20:15:00-07:00", Minute),
            ("(2024-05-06 17:03PM)", "2024-05-06T17:03:00+08:00", Minute),
            ("Published: 6 May 2024", "2024-05-06T00:00:00+08:00", Day),
            ("Monday, May 6, 2024", "2024-05-06T00:00:00+08:00", Day),
            ("May 2024", "2024-05-01T00:00:00+08:00", Month),
            ("5/6/2024", "2024-05-06T00:00:00+08:00", Day),
            ("25/6/2024", "2024-06-25T00:00:00+08:00", Day),
            ("6.5.2024", "2024-05-06T00:00:00+08:00", Day),
        ] {
            assert_eq!(read(text), (instant.to_owned(), precision, false), "{text}");
        }
    }

    #[test]
    fn relative_dates_count_back_to_the_start_of_the_unit_they_name() {
        use Precision::{Day, Hour, Minute, Month, Week, Year};
        for (text, instant, precision) in [
            ("27天前", "2024-10-24T00:00:00+08:00", Day),
            ("二十七天前", "2024-10-24T00:00:00+08:00", Day),
            ("1月前", "2024-10-01T00:00:00+08:00", Month),
            ("3个月前", "2024-08-01T00:00:00+08:00", Month),
            ("两周前", "2024-11-04T00:00:00+08:00", Week),
            ("2年前", "2022-01-01T00:00:00+08:00", Year),
            ("3小时前", "2024-11-20T05:00:00+08:00", Hour),
            ("半小时前", "2024-11-20T07:00:00+08:00", Hour),
            ("5 分钟前", "2024-11-20T07:55:00+08:00", Minute),
            ("刚刚", "2024-11-20T08:00:00+08:00", Minute),
            ("今天 06:30", "2024-11-20T06:30:00+08:00", Minute),
            ("昨天", "2024-11-19T00:00:00+08:00", Day),
            ("前天 21:05", "2024-11-18T21:05:00+08:00", Minute),
            ("上周", "2024-11-11T00:00:00+08:00", Week),
            ("上周三", "2024-11-13T00:00:00+08:00", Day),
            ("上个月", "2024-10-01T00:00:00+08:00", Month),
            ("去年", "2023-01-01T00:00:00+08:00", Year),
            ("3 days ago", "2024-11-17T00:00:00+08:00", Day),
            ("an hour ago", "2024-11-20T07:00:00+08:00", Hour),
            ("Updated 2 hrs ago", "2024-11-20T06:00:00+08:00", Hour),
            ("yesterday", "2024-11-19T00:00:00+08:00", Day),
            ("Yesterday at 9:30 pm", "2024-11-19T21:30:00+08:00", Minute),
            ("last week", "2024-11-11T00:00:00+08:00", Week),
            ("two months ago", "2024-09-01T00:00:00+08:00", Month),
            ("5月6日", "2024-05-06T00:00:00+08:00", Day),
            ("12月6日 10:20", "2023-12-06T10:20:00+08:00", Minute),
            ("(07/13 08:41)", "2024-07-13T08:41:00+08:00", Minute),
            ("Dec 6", "2023-12-06T00:00:00+08:00", Day),
        ] {
            assert_eq!(read(text), (instant.to_owned(), precision, true), "{text}");
        }
    }

    #[test]
    fn a_date_that_does_not_exist_is_named_and_gives_no_moment() {
        for text in
            ["2024-02-30", "2023年2月29日", "February 30, 2024", "2024-05-06 25:00", "2月30日"]
        {
            assert!(matches!(whole(text, &frame()), Some(Err(_))), "{text}");
        }
    }

    #[test]
    fn words_that_only_contain_a_date_or_none_are_not_one() {
        for text in [
            "2024-05-14 最新!新模型简单测试",
            "忘掉GPT-5!全新系列o1",
            "几天前",
            "39 0",
            "2024年前",
            "API",
            "Yesterday's news",
            "1.5.2",
            "May I ask",
            "07/13",
        ] {
            assert!(whole(text, &frame()).is_none(), "{text}");
        }
        assert!(first_in("the mood today was better than yesterday", &frame()).is_none());
    }

    #[test]
    fn a_date_in_prose_is_found_with_its_words() {
        let found =
            first_in("来源：新华网 2024-05-06 08:00 编辑：李四", &frame()).unwrap().unwrap();
        assert_eq!(found.raw, "2024-05-06 08:00");
        assert_eq!(found.precision, Precision::Minute);
    }
}
