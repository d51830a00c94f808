//! Pieces of metadata lines that no label announces: a date, a byline, counters, buttons.

use std::sync::LazyLock;

use regex::Regex;

use super::dates::{self, Frame};
use super::labelled::Field;
use super::{authors, counters};

/// Characters of a piece that holds a date and little else.
const MAX_DATED: usize = 60;
/// Words that may stand beside a date near the title.
const MAX_BESIDE_DATE: usize = 5;

/// Near a title a short piece may hold a full date among other words ("www.a.example 2005-03-31 03:18 晚报").
pub(super) fn near_title_piece(piece: &str, frame: &Frame) -> Option<Field> {
    let is_word = |word: &&str| word.chars().any(char::is_alphabetic);
    let words = |rest: &str| rest.split_whitespace().filter(is_word).count();
    let dated = || {
        // A longer piece is prose; more words than a source's name are the title of another article.
        (piece.chars().count() <= MAX_DATED
            && words(&dates::without_date(piece, frame)) <= MAX_BESIDE_DATE
            && !is_garbled(piece)
            && !OTHER.is_match(piece)
            && !is_span(piece, frame))
        .then(|| dates::first_in(piece, frame))
        .flatten()
        .map(Field::Published)
    };
    unlabelled(piece, frame).or_else(dated).or_else(|| timed_beside_name(piece, frame))
}

/// What a date is of that is not when the page was published.
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:born|died|closes?|closing|deadline|due|expires?|until|starts?|begins?|ends?|opens?|effective|versions?|founded|established|since|valid)\b",
        r"|版本|截止|截至|出生|生于|卒于|逝世|成立于|创办于|施行|生效|有效期"
    ))
    .expect("the pattern is fixed and tested")
});

/// Two days in one piece are a life or a term.
fn is_span(piece: &str, frame: &Frame) -> bool {
    let day = |text: &str| dates::first_in(text, frame)?.ok().map(|m| m.instant.date_naive());
    let second = day(&dates::without_date(piece, frame));
    second.is_some() && second != day(piece)
}

/// Characters of a source's name.
const MAX_NAME: usize = 12;

/// A day without its year counts beside a source's name where a time of day says that something was posted then:
/// "5月6日 08:30 海岸日报".
fn timed_beside_name(piece: &str, frame: &Frame) -> Option<Field> {
    let is_name =
        |word: &str| word.chars().count() <= MAX_NAME && word.chars().all(char::is_alphabetic);
    let is_timed = |words: &str| words.contains([':', '：']);
    let behind = piece.rsplit_once(char::is_whitespace);
    let before = piece.split_once(char::is_whitespace).map(|(name, rest)| (rest, name));
    [behind, before].into_iter().flatten().find_map(|(dated, name)| {
        let reading = (is_name(name) && is_timed(dated)).then(|| dates::whole(dated, frame))?;
        reading.map(Field::Published)
    })
}

/// Words read in the wrong charset are letters of Western Europe for the most part; what they say of a date is unknown.
fn is_garbled(piece: &str) -> bool {
    let letters = piece.chars().filter(|c| c.is_alphabetic());
    let high = piece.chars().filter(|c| matches!(c, '\u{A1}'..='\u{FF}')).count();
    high * 2 > letters.count().max(4)
}

pub(super) fn unlabelled(piece: &str, frame: &Frame) -> Option<Field> {
    static UPDATED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:updated|modified|edited|aktualisiert|geändert|bearbeitet|mis à jour|modifié|actualizado|atualizado|aggiornato|zaktualizowano|bijgewerkt|oppdatert|uppdaterad)\b|更新|修改")
            .expect("the pattern is fixed and tested")
    });
    static READING: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:约?\s*\d+\s*(?:分钟|min(?:ute)?s?)(?:\s*(?:阅读|read|to read))?|原创|转载|分享|收藏|打印|举报|关注|字号?[:：]?\s*[大中小\s]*|\d+ words|共?\s*\d+\s*字|share|print)$")
            .expect("the pattern is fixed and tested")
    });
    if let Some(reading) = dates::whole(piece, frame) {
        let updated = UPDATED.is_match(piece);
        return Some(if updated { Field::Updated(reading) } else { Field::Published(reading) });
    }
    let names = authors::byline(piece);
    if !names.is_empty() {
        return Some(Field::Author(names));
    }
    (counters::whole(piece).is_some() || READING.is_match(piece)).then_some(Field::Ignored)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn a_day_without_its_year_counts_near_the_title_with_a_time_and_a_name_alone() {
        let now = DateTime::parse_from_rfc3339("2024-11-20T08:00:00+08:00").unwrap();
        let frame = Frame { now, month_first: true };
        let told = |piece: &str| match near_title_piece(piece, &frame) {
            Some(Field::Published(Ok(moment))) => Some(moment.instant.to_rfc3339()),
            _ => None,
        };
        for piece in ["5月6日 08:30 海岸日报", "海岸日报 5月6日 08:30", "Lantern 05-06 08:30"]
        {
            assert_eq!(told(piece).as_deref(), Some("2024-05-06T08:30:00+08:00"), "{piece}");
        }
        for piece in ["5月6日 海岸日报", "5月6日 08:30 有人看见，一条船", "赛程 12:30 决赛 8:2 胜"]
        {
            assert_eq!(told(piece), None, "{piece}");
        }
    }
}
