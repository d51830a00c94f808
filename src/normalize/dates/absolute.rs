//! Dates that name a year, a month or a day outright.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use regex::{Captures, Regex};

use super::time_of_day::{self, Clock};
use super::{Found, Frame, Impossible, Scope, numerals};
use crate::domain::{Language, Moment, Precision};

/// The parts that a page named; an absent year is the latest one that keeps the date out of the future.
#[derive(Debug, Clone, Copy)]
struct Parts {
    year: Option<i32>,
    month: u32,
    day: Option<u32>,
    precision: Precision,
}

impl Parts {
    fn day(year: Option<i32>, month: u32, day: u32) -> Self {
        Self { year, month, day: Some(day), precision: Precision::Day }
    }

    fn date(self, frame: &Frame) -> Option<NaiveDate> {
        let day = self.day.unwrap_or(1);
        if let Some(year) = self.year {
            return NaiveDate::from_ymd_opt(year, self.month, day);
        }
        let today = frame.now.date_naive();
        // 29 February may lie up to eight years back.
        (0..=8)
            .filter_map(|back| NaiveDate::from_ymd_opt(today.year() - back, self.month, day))
            .find(|date| *date <= today)
    }
}

struct Rule {
    pattern: Regex,
    /// Whether the shape is a date only where nothing else stands beside it.
    alone: bool,
    read: fn(&Captures<'_>, &Frame) -> Option<Parts>,
}

fn rule(pattern: &str, alone: bool, read: fn(&Captures<'_>, &Frame) -> Option<Parts>) -> Rule {
    Rule { pattern: Regex::new(pattern).expect("the pattern is fixed and tested"), alone, read }
}

// Months are sought in Latin letters only, which keeps the patterns small.
// `(?-u:\b)` is a boundary between ASCII digits and Han characters too, where `\b` is none.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    vec![
        rule(
            r"(?-u:\b)((?:19|20)\d{2})\s?([-/.])\s?(\d{1,2})\s?[-/.]\s?(\d{1,2})(?:(?-u:\b)|T)",
            false,
            |c, _| Some(Parts::day(int(&c[1]), num(&c[3])?, num(&c[4])?)),
        ),
        rule(
            r"(?-u:\b)((?:19|20)\d{2})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?[日号]",
            false,
            |c, _| Some(Parts::day(int(&c[1]), num(&c[2])?, num(&c[3])?)),
        ),
        rule(
            r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]",
            false,
            |c, _| {
                let year = numerals::chinese(&c[1]).and_then(|y| i32::try_from(y).ok())?;
                Some(Parts::day(Some(year), numerals::chinese(&c[2])?, numerals::chinese(&c[3])?))
            },
        ),
        rule(r"(?-u:\b)((?:19|20)\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])(?-u:\b)", true, |c, _| {
            Some(Parts::day(int(&c[1]), num(&c[2])?, num(&c[3])?))
        }),
        rule(
            r"(?i)\b([a-zÀ-ž]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d{2})(?-u:\b)",
            false,
            |c, _| Some(Parts::day(int(&c[3]), month(&c[1])?, num(&c[2])?)),
        ),
        rule(
            r"(?i)(?-u:\b)(\d{1,2})(?:st|nd|rd|th|\.|º)?[\s-]+(?:of\s+|de\s+)?([a-zÀ-ž]{3,10})\.?,?[\s-]+(?:de\s+)?((?:19|20)\d{2})(?-u:\b)",
            false,
            |c, _| Some(Parts::day(int(&c[3]), month(&c[2])?, num(&c[1])?)),
        ),
        rule(r"(?-u:\b)(\d{1,2})([./-])(\d{1,2})[./-]((?:19|20)\d{2})(?-u:\b)", false, year_last),
        // A version has as many numbers, and more dots or words around it.
        rule(r"(?-u:\b)([0-3]?\d)\.([01]?\d)\.(\d{2})(?-u:\b)", true, |c, frame| {
            let year = century(int(&c[3])?, frame);
            let (day, month) = (num(&c[1])?, num(&c[2])?);
            ((1..=12).contains(&month) && (1..=31).contains(&day))
                .then(|| Parts::day(Some(year), month, day))
        }),
        rule(
            r"(?-u:\b)((?:19|20)\d{2})\s?(?:年\s?(\d{1,2})\s?月|[-/](\d{1,2})$)",
            true,
            |c, _| {
                let month = num(c.get(2).or(c.get(3))?.as_str())?;
                Some(Parts { year: int(&c[1]), month, day: None, precision: Precision::Month })
            },
        ),
        rule(r"^((?:19|20)\d{2})\s?年$", true, |c, _| {
            Some(Parts { year: int(&c[1]), month: 1, day: None, precision: Precision::Year })
        }),
        rule(r"(?i)\b([a-zÀ-ž]{3,10})\.?,?\s+((?:19|20)\d{2})(?-u:\b)", true, |c, _| {
            Some(Parts {
                year: int(&c[2]),
                month: month(&c[1])?,
                day: None,
                precision: Precision::Month,
            })
        }),
        rule(r"(?-u:\b)(\d{1,2})\s?月\s?(\d{1,2})\s?[日号]", true, |c, _| {
            Some(Parts::day(None, num(&c[1])?, num(&c[2])?))
        }),
        // With a slash only a time behind it tells a date from a fraction.
        rule(r"(?-u:\b)(0\d|1[0-2])/([0-3]\d)(?P<rest>\s+\d{1,2}:\d{2})", true, |c, _| {
            Some(Parts::day(None, num(&c[1])?, num(&c[2])?))
        }),
        rule(r"(?-u:\b)(0\d|1[0-2])-([0-3]\d)(?-u:\b)", true, |c, _| {
            Some(Parts::day(None, num(&c[1])?, num(&c[2])?))
        }),
        rule(r"(?i)\b([a-zÀ-ž]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?-u:\b)", true, |c, _| {
            Some(Parts::day(None, month(&c[1])?, num(&c[2])?))
        }),
        rule(r"(?i)(?-u:\b)(\d{1,2})(?:st|nd|rd|th|\.)?\s+([a-zÀ-ž]{3,10})\b", true, |c, _| {
            Some(Parts::day(None, month(&c[2])?, num(&c[1])?))
        }),
    ]
});

/// The first absolute date in `text`; among several readings of one place the longest.
pub(super) fn find(text: &str, frame: &Frame, scope: Scope) -> Option<Found> {
    RULES
        .iter()
        .filter(|rule| scope == Scope::Alone || !rule.alone)
        .filter_map(|rule| first_of(rule, text, frame))
        .min_by_key(|found| (found.start, usize::MAX - found.end))
}

fn first_of(rule: &Rule, text: &str, frame: &Frame) -> Option<Found> {
    rule.pattern.captures_iter(text).find_map(|captures| {
        let whole = captures.get(0)?;
        let parts = (rule.read)(&captures, frame)?;
        // The `T` of RFC 3339 belongs to the time.
        let end = captures.name("rest").map_or(whole.end(), |rest| rest.start());
        let day_end = end - usize::from(whole.as_str().ends_with('T'));
        let clock = parts.day.and_then(|_| time_of_day::read(&text[day_end..]));
        let end = clock.as_ref().map_or(day_end, |clock| day_end + clock.length);
        Some(resolve(parts, clock.as_ref(), &text[whole.start()..end], frame, whole.start(), end))
    })
}

fn resolve(
    parts: Parts,
    clock: Option<&Clock>,
    raw: &str,
    frame: &Frame,
    start: usize,
    end: usize,
) -> Found {
    let moment = parts
        .date(frame)
        .and_then(|day| time_of_day::at(day, clock, parts.precision, *frame.now.offset()))
        .map(|(instant, precision)| Moment {
            raw: raw.to_owned(),
            instant,
            precision,
            // A year that was inferred hangs on the day of reading, so it must be pinned like a relative date.
            reference: parts.year.is_none().then_some(frame.now),
        });
    Found { start, end, reading: moment.ok_or_else(|| Impossible { raw: raw.to_owned() }) }
}

fn year_last(c: &Captures<'_>, frame: &Frame) -> Option<Parts> {
    let (first, second): (u32, u32) = (num(&c[1])?, num(&c[3])?);
    // Dots are the European form, where the day comes first everywhere.
    let month_first = second > 12 || (first <= 12 && frame.month_first && &c[2] != ".");
    let (month, day) = if month_first { (first, second) } else { (second, first) };
    // A month beyond twelve either way is a version or a score rather than a misprinted date.
    (month <= 12).then(|| Parts::day(int(&c[4]), month, day))
}

/// Whether readers of `language` put the month before the day in `5/6/2024`; among regions only the American ones do.
pub(in crate::normalize) fn month_first_by_default(language: Option<&Language>) -> bool {
    match language.map(Language::as_str) {
        None | Some("en" | "en-US" | "en-PH") => true,
        Some(_) => false,
    }
}

/// The last year before the end of this one that ends with these two digits.
fn century(digits: i32, frame: &Frame) -> i32 {
    let now = frame.now.year();
    let year = now - now % 100 + digits;
    if year > now { year - 100 } else { year }
}

fn int(text: &str) -> Option<i32> {
    text.parse().ok()
}

fn num(text: &str) -> Option<u32> {
    text.parse().ok()
}

/// The number of a month's name in the languages that write dates with Latin letters most.
fn month(name: &str) -> Option<u32> {
    const NAMES: [&[&str]; 12] = [
        &[
            "january", "jan", "januar", "jänner", "janvier", "enero", "gennaio", "janeiro",
            "januari",
        ],
        &["february", "feb", "februar", "février", "febrero", "febbraio", "fevereiro", "februari"],
        &["march", "mar", "märz", "mars", "marzo", "março", "maart"],
        &["april", "apr", "avril", "abril", "aprile"],
        &["may", "mai", "mayo", "maggio", "maio", "mei", "maj"],
        &["june", "jun", "juni", "juin", "junio", "giugno", "junho"],
        &["july", "jul", "juli", "juillet", "julio", "luglio", "julho"],
        &["august", "aug", "août", "agosto", "augustus", "augusti"],
        &["september", "sep", "sept", "septembre", "septiembre", "settembre", "setembro"],
        &["october", "oct", "oktober", "octobre", "octubre", "ottobre", "outubro", "okt"],
        &["november", "nov", "novembre", "noviembre", "novembro"],
        &["december", "dec", "dezember", "décembre", "diciembre", "dicembre", "dezembro", "dez"],
    ];
    let name = name.to_lowercase();
    NAMES
        .iter()
        .zip(1..)
        .find(|(names, _)| names.contains(&name.as_str()))
        .map(|(_, number)| number)
}
