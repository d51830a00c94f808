//! Blocks of further reading in flattened text: found by their label, ended by their shape, taken out of the body.

use super::lines::Line;
use super::records::{self, Record};
use super::shapes::{self, MAX_TITLE_WIDTH};
use crate::domain::{Note, RelatedGroup};
use crate::normalize::dates::{self, Frame};
use crate::normalize::draft::Draft;
use crate::normalize::{counters, wording};

/// Blank lines between a label and its first entry that still hold the two together.
const MAX_LABEL_GAP: usize = 3;
/// Lines that an entry may have: topics, title, teaser, counters, the title again.
const MAX_RECORD_LINES: usize = 5;

/// Moves the related items of `lines` into the draft; what is left is the article.
pub(super) fn take<'a>(lines: &[Line<'a>], frame: &Frame, draft: &mut Draft) -> Vec<Line<'a>> {
    let mut body = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        // The first line is the title, whatever it says.
        let group = if at == 0 { None } else { wording::group(lines[at].text) };
        let block =
            group.and_then(|group| block(&lines[at + 1..], frame).map(|found| (group, found)));
        let Some((group, (length, records))) = block else {
            body.push(lines[at]);
            at += 1;
            continue;
        };
        keep(group, records, draft);
        at += 1 + length;
    }
    body
}

fn keep(group: RelatedGroup, records: Vec<Record<'_>>, draft: &mut Draft) {
    let (items, notes) = records::items(group, records);
    let before = draft.related.len();
    for (number, message) in notes {
        draft.notes.push(Note::new(format!("related item {}", before + number), message));
    }
    for item in items {
        if !draft.related.iter().any(|known| known.group == item.group && known.is_same_as(&item)) {
            draft.related.push(item);
        }
    }
}

/// The entries behind a label and the number of lines they take; `None` where what follows is no list.
fn block<'a>(rest: &[Line<'a>], frame: &Frame) -> Option<(usize, Vec<Record<'a>>)> {
    let until_label =
        rest.iter().position(|line| wording::group(line.text).is_some()).unwrap_or(rest.len());
    let rest = &rest[..until_label];
    let Some(first) = rest.first() else { return Some((0, Vec::new())) };
    if first.gap > MAX_LABEL_GAP {
        return None;
    }
    if rest.iter().take(1 + MAX_RECORD_LINES).any(|line| shapes::is_separator(line.text)) {
        return Some(separated(rest, frame));
    }
    if rest.iter().take(1 + MAX_RECORD_LINES).any(|line| dates::whole(line.text, frame).is_some()) {
        return dated(rest, frame);
    }
    plain(rest)
}

/// Entries parted by separator lines.
fn separated<'a>(rest: &[Line<'a>], frame: &Frame) -> (usize, Vec<Record<'a>>) {
    let last = rest.iter().rposition(|line| shapes::is_separator(line.text)).unwrap_or(0);
    let widest = rest[..=last].iter().skip(1).map(|line| line.gap).max().unwrap_or(0);
    let tail = rest[last + 1..].iter().take(MAX_RECORD_LINES);
    // Behind the last separator an entry ends where the space grows beyond what entries have inside.
    let tail = tail.take_while(|line| line.gap <= widest).count();
    let end = last + 1 + tail;
    let cells: Vec<Vec<&str>> = rest[..end]
        .split(|line| shapes::is_separator(line.text))
        .map(|cell| cell.iter().map(|line| line.text).collect())
        .filter(|cell: &Vec<&str>| !cell.is_empty())
        .collect();
    (end, records::from_cells(&cells, frame))
}

/// Entries without separators, each with a date line before or behind its title.
fn dated<'a>(rest: &[Line<'a>], frame: &Frame) -> Option<(usize, Vec<Record<'a>>)> {
    let is_date = |line: &Line<'_>| dates::whole(line.text, frame).is_some();
    let date_first = is_date(&rest[0]);
    let mut cells: Vec<Vec<&str>> = Vec::new();
    let (mut end, mut since_date) = (0, 0);
    for (at, line) in rest.iter().enumerate() {
        let opens = if date_first {
            is_date(line)
        } else {
            since_date == 0 && !is_metadata(line.text, frame)
        };
        if opens || cells.is_empty() {
            cells.push(Vec::new());
        }
        since_date = if is_date(line) {
            0
        } else {
            since_date + usize::from(!(since_date == 0 && is_metadata(line.text, frame)))
        };
        if since_date > MAX_RECORD_LINES
            || (date_first && since_date > 2 && shapes::ends_like_prose(line.text))
        {
            break;
        }
        if let Some(cell) = cells.last_mut() {
            cell.push(line.text);
        }
        if date_first || since_date == 0 {
            end = at + 1;
        }
    }
    // What was gathered behind the last date of a date-last list belongs to the page.
    let mut left = end;
    cells.retain_mut(|cell| {
        cell.truncate(left);
        left -= cell.len();
        !cell.is_empty()
    });
    (end > 0).then(|| (end, cells.iter().map(|cell| records::from_lines(cell, frame)).collect()))
}

fn is_metadata(line: &str, frame: &Frame) -> bool {
    dates::whole(line, frame).is_some() || counters::whole(line).is_some()
}

/// Titles, one a line, or groups of a title and its teaser parted by blank lines.
fn plain<'a>(rest: &[Line<'a>]) -> Option<(usize, Vec<Record<'a>>)> {
    if let Some(found) = pairs(rest) {
        return Some(found);
    }
    let spacing = rest.get(1).map_or(0, |line| line.gap);
    let fits = |at: usize, line: &Line<'_>| {
        let spaced = at == 0 || line.gap <= spacing.max(1);
        spaced && shapes::width(line.text) <= MAX_TITLE_WIDTH && !shapes::ends_like_prose(line.text)
    };
    let end = rest.iter().enumerate().take_while(|(at, line)| fits(*at, line)).count();
    let records = rest[..end]
        .iter()
        .map(|line| Record::titled(shapes::list_item(line.text).unwrap_or(line.text)));
    (end > 0).then(|| (end, records.collect()))
}

/// Groups of two or three lines without blanks inside, each a short title and a longer teaser; at least two of them.
fn pairs<'a>(rest: &[Line<'a>]) -> Option<(usize, Vec<Record<'a>>)> {
    let mut groups: Vec<Vec<&'a str>> = Vec::new();
    for line in rest {
        match groups.last_mut() {
            Some(group) if line.gap == 0 => group.push(line.text),
            _ => groups.push(vec![line.text]),
        }
    }
    let is_pair = |group: &&Vec<&str>| {
        (2..=3).contains(&group.len())
            && !shapes::ends_like_prose(group[0])
            && shapes::width(group[1]) > shapes::width(group[0])
    };
    let groups: Vec<Vec<&str>> = groups.iter().take_while(is_pair).cloned().collect();
    let end = groups.iter().map(Vec::len).sum();
    (groups.len() > 1)
        .then(|| (end, groups.iter().map(|group| Record::with_lines(group)).collect()))
}
