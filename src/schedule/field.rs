//! One field of a cron expression: `*`, `5`, `1-5`, `*/10`, `8-18/2`, names, and lists of these.

use std::collections::BTreeSet;

use super::ScheduleError;

/// Which field it is and what may stand in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub name: &'static str,
    pub lowest: u8,
    pub highest: u8,
    pub names: &'static [&'static str],
}

pub(super) const SECOND: Kind = Kind { name: "second", lowest: 0, highest: 59, names: &[] };
pub(super) const MINUTE: Kind = Kind { name: "minute", lowest: 0, highest: 59, names: &[] };
pub(super) const HOUR: Kind = Kind { name: "hour", lowest: 0, highest: 23, names: &[] };
pub(super) const DAY: Kind = Kind { name: "day of month", lowest: 1, highest: 31, names: &[] };
pub(super) const MONTH: Kind = Kind {
    name: "month",
    lowest: 1,
    highest: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
/// Sunday is 0 and 7 alike, as in every crontab.
pub(super) const WEEKDAY: Kind = Kind {
    name: "day of week",
    lowest: 0,
    highest: 7,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};

/// A field as read: its values, and whether it was written with a star.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub values: BTreeSet<u8>,
    /// `*` or `*/n`: decides between OR and AND of the two day fields, and what a clock change does.
    pub star: bool,
    /// The n of `*/n`.
    step: Option<u8>,
}

impl Field {
    pub(super) fn parse(text: &str, kind: Kind) -> Result<Self, ScheduleError> {
        if text.contains(',') && text.split(',').any(|part| part == "*") {
            let expected = format!("a star beside others means every {}; write * alone", kind.name);
            return Err(ScheduleError::Field { field: kind.name, part: text.into(), expected });
        }
        let star = text.starts_with('*');
        let step = text.strip_prefix("*/").and_then(|step| step.parse().ok());
        let mut field = Self { values: BTreeSet::new(), star, step };
        for part in text.split(',') {
            field.values.extend(values(part, kind)?);
        }
        Ok(field)
    }

    /// A sentence where the step does not divide the whole: few mean that.
    pub(super) fn uneven_step(&self, kind: Kind) -> Option<String> {
        let step = self.step?;
        let whole = kind.highest - kind.lowest + 1;
        let last = *self.values.last()?;
        let rest = whole + kind.lowest - last;
        (!whole.is_multiple_of(step)).then(|| {
            format!(
                "{} \"*/{step}\" is uneven: after {last} it begins again at {}, which is {rest} later, not {step}",
                kind.name, kind.lowest
            )
        })
    }

    /// The field as the cron crate reads it: values one by one, days of the week by name, since it counts them from Sunday = 1.
    pub(super) fn canonical(&self, kind: Kind) -> String {
        let whole = kind.lowest..=kind.highest.min(if kind.name == WEEKDAY.name { 6 } else { 59 });
        if whole.clone().all(|value| self.values.contains(&value)) {
            return "*".into();
        }
        let by_name = kind.name == WEEKDAY.name;
        let words: Vec<String> =
            self.values
                .iter()
                .map(|value| {
                    if by_name { kind.names[usize::from(*value)].into() } else { value.to_string() }
                })
                .collect();
        words.join(",")
    }
}

fn values(part: &str, kind: Kind) -> Result<Vec<u8>, ScheduleError> {
    let wrong = |expected: String| ScheduleError::Field {
        field: kind.name,
        part: part.to_owned(),
        expected,
    };
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (part, None),
    };
    let (from, to) = match range.split_once('-') {
        _ if range == "*" => {
            (kind.lowest, kind.highest.min(if kind.names.len() == 7 { 6 } else { 59 }))
        }
        Some((from, to)) => {
            let (from, to) = (value(from, kind, part)?, value(to, kind, part)?);
            // SAT-SUN: the week may end with Sunday as it may begin with it.
            let ends_with_sunday = kind.name == WEEKDAY.name && to == 0 && from > 0;
            (from, if ends_with_sunday { 7 } else { to })
        }
        None if step.is_some() => {
            return Err(wrong(format!("a step needs a range: {range}-{}/n or */n", kind.highest)));
        }
        None => {
            let only = value(range, kind, part)?;
            (only, only)
        }
    };
    if from > to {
        return Err(wrong(format!(
            "the range runs backwards; write two: {range}",
            range = split(from, to, kind)
        )));
    }
    let step = match step {
        None => 1,
        Some(text) => text
            .parse::<u8>()
            .ok()
            .filter(|step| *step > 0 && *step <= kind.highest)
            .ok_or_else(|| wrong(format!("the step is a number from 1 to {}", kind.highest)))?,
    };
    Ok((from..=to).step_by(usize::from(step)).map(|v| fold(v, kind)).collect())
}

fn value(text: &str, kind: Kind, part: &str) -> Result<u8, ScheduleError> {
    let named = kind
        .names
        .iter()
        .position(|name| is_named(text, name))
        .and_then(|index| u8::try_from(index).ok())
        .map(|index| index + kind.lowest.min(1));
    let value =
        named.or_else(|| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?);
    value.filter(|value| (kind.lowest..=kind.highest).contains(value)).ok_or_else(|| {
        if let Some(expected) = dialect(text, kind) {
            return ScheduleError::Field { field: kind.name, part: part.to_owned(), expected };
        }
        let or_name = match kind.names {
            [first, .., last] => format!(" or a name from {first} to {last}"),
            _ => String::new(),
        };
        ScheduleError::Field {
            field: kind.name,
            part: part.to_owned(),
            expected: format!("expected {} to {}{or_name}", kind.lowest, kind.highest),
        }
    })
}

/// What people write for other programs, and what stands for it here.
fn dialect(text: &str, kind: Kind) -> Option<String> {
    let of_weekday = kind.name == WEEKDAY.name;
    let is_day = of_weekday || kind.name == DAY.name;
    let text = text.to_ascii_uppercase();
    let words = match text.as_str() {
        "?" => "\"?\" is written *",
        _ if is_day && text.contains('#') => {
            "the nth weekday of a month cannot be written; choose a day of the month, or the weekday of each week"
        }
        _ if is_day && text.ends_with('W') => {
            "the nearest working day cannot be written; 1-5 as day of week means Monday to Friday"
        }
        _ if of_weekday && text.ends_with('L') && text.len() > 1 => {
            "the last weekday of a month cannot be written; a weekday alone comes each week"
        }
        _ if is_day && text.starts_with('L') => {
            "the last day of a month cannot be written; write 28, which every month has, or 1 for the day after it"
        }
        _ if text.starts_with('H') || text.contains('~') => {
            "the hash of a name cannot be written; jitter_seconds spreads schedules"
        }
        _ => return None,
    };
    Some(words.to_owned())
}

/// `name`, in whole or with more of its letters: MON, Monday, Thurs.
fn is_named(text: &str, name: &str) -> bool {
    const WHOLE: [&str; 19] = [
        "SUNDAY",
        "MONDAY",
        "TUESDAY",
        "WEDNESDAY",
        "THURSDAY",
        "FRIDAY",
        "SATURDAY",
        "JANUARY",
        "FEBRUARY",
        "MARCH",
        "APRIL",
        "MAY",
        "JUNE",
        "JULY",
        "AUGUST",
        "SEPTEMBER",
        "OCTOBER",
        "NOVEMBER",
        "DECEMBER",
    ];
    let text = text.to_ascii_uppercase();
    text.starts_with(name) && WHOLE.iter().any(|whole| whole.starts_with(&text))
}

fn fold(value: u8, kind: Kind) -> u8 {
    if kind.name == WEEKDAY.name { value % 7 } else { value }
}

fn split(from: u8, to: u8, kind: Kind) -> String {
    format!("{from}-{},{}-{to}", kind.highest, kind.lowest)
}
