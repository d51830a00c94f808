//! Sections of a flattened page: headings told by the space around them, paragraphs joined where the page wrapped them.

use unicode_width::UnicodeWidthStr;

use super::lines::Line;
use super::shapes;
use crate::domain::{Block, BlockKind, Section};
use crate::normalize::sanitize::escape;

/// Columns of a heading.
const MAX_HEADING_WIDTH: usize = 80;
/// Wrapped text is at most this wide; longer lines are whole paragraphs.
const MAX_WRAP_WIDTH: usize = 110;

/// The sections of the body.
pub(super) fn sections(lines: &[Line<'_>]) -> Vec<Section> {
    let usual = usual_gap(lines);
    let mut sections = vec![Section::opening(Vec::new())];
    let mut run: Vec<Line<'_>> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        // The last line has nothing under it that it could head.
        let below = lines.get(at + 1).map_or(0, |next| next.gap);
        if line.gap > usual && below > usual && could_be_heading(line.text) {
            flush(&mut run, &mut sections);
            sections.push(Section::headed(line.text, 2, Vec::new()));
        } else {
            if line.gap > 0 {
                flush(&mut run, &mut sections);
            }
            run.push(*line);
        }
    }
    flush(&mut run, &mut sections);
    sections
}

/// Blank lines that the page usually has between neighbours: the median between paragraphs, which space around headings
/// cannot shift however short the sections are. Lines that were only wrapped are no neighbours.
fn usual_gap(lines: &[Line<'_>]) -> usize {
    let wrapped = is_wrapped(lines);
    let gaps_where = |test: fn(&[Line<'_>]) -> bool| -> Vec<usize> {
        let pairs = lines.windows(2).filter(|pair| test(pair)).map(|pair| pair[1].gap);
        pairs.filter(|gap| !wrapped || *gap > 0).collect()
    };
    let mut gaps = gaps_where(|pair| !pair.iter().any(|line| could_be_heading(line.text)));
    if gaps.is_empty() {
        gaps = gaps_where(|_| true);
    }
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied().unwrap_or(0)
}

fn could_be_heading(text: &str) -> bool {
    text.width() <= MAX_HEADING_WIDTH
        && !shapes::ends_like_prose(text)
        && shapes::list_item(text).is_none_or(|_| text.starts_with(|c: char| c.is_ascii_digit()))
}

/// Ends a run of lines without blanks between them.
fn flush(run: &mut Vec<Line<'_>>, sections: &mut [Section]) {
    let lines = std::mem::take(run);
    let Some(section) = sections.last_mut() else { return };
    if is_wrapped(&lines) {
        let texts: Vec<&str> = lines.iter().map(|line| line.text).collect();
        section.blocks.push(paragraph(&join(&texts)));
        return;
    }
    for group in lines
        .chunk_by(|a, b| shapes::list_item(a.text).is_some() == shapes::list_item(b.text).is_some())
    {
        let items: Vec<&str> =
            group.iter().filter_map(|line| shapes::list_item(line.text)).collect();
        if items.len() > 1 {
            section.blocks.push(list(&items));
        } else {
            section.blocks.extend(
                group
                    .iter()
                    .filter(|l| !shapes::is_separator(l.text))
                    .map(|line| paragraph(line.text)),
            );
        }
    }
}

/// Whether neighbouring lines are one paragraph that was cut at a column: all but the last are about as wide as the widest,
/// and hardly any ends as a sentence does.
fn is_wrapped(lines: &[Line<'_>]) -> bool {
    let runs: Vec<&[Line<'_>]> =
        lines.chunk_by(|_, b| b.gap == 0).filter(|run| run.len() > 1).collect();
    let inner: Vec<&Line<'_>> = runs.iter().flat_map(|run| &run[..run.len() - 1]).collect();
    let widest = lines.iter().map(|line| line.text.width()).max().unwrap_or(0);
    let open = inner.iter().filter(|line| !shapes::ends_like_prose(line.text)).count();
    let wide = inner.iter().all(|line| line.text.width() * 4 > widest * 3);
    !inner.is_empty() && (40..=MAX_WRAP_WIDTH).contains(&widest) && wide && open * 2 > inner.len()
}

/// Chinese and Japanese lines join without a space.
fn join(lines: &[&str]) -> String {
    let mut out = String::new();
    for line in lines {
        let seam = [out.chars().next_back(), line.chars().next()];
        let unspaced = seam.iter().flatten().any(Wide::width_is_two);
        if !out.is_empty() && !unspaced {
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

trait Wide {
    fn width_is_two(&self) -> bool;
}

impl Wide for char {
    fn width_is_two(&self) -> bool {
        unicode_width::UnicodeWidthChar::width(*self) == Some(2)
    }
}

fn paragraph(text: &str) -> Block {
    Block {
        kind: BlockKind::Paragraph,
        text: text.to_owned(),
        html: format!("<p>{}</p>", escape(text)),
    }
}

fn list(items: &[&str]) -> Block {
    let rows: Vec<String> = items.iter().map(|item| format!("<li>{}</li>", escape(item))).collect();
    Block {
        kind: BlockKind::List,
        text: items.join("\n"),
        html: format!("<ul>{}</ul>", rows.concat()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn outline(text: &str) -> Vec<(Option<String>, Vec<String>)> {
        let read = sections(&lines::split(text));
        read.into_iter()
            .map(|s| (s.heading, s.blocks.into_iter().map(|b| b.text).collect()))
            .collect()
    }

    #[test]
    fn a_short_line_set_off_by_more_space_than_its_neighbours_is_a_heading() {
        let found = outline(
            "甲段。\n\n乙段。\n\n\n河在哪里?\n\n\n\n丙段。\n丁段。\n\n戊段。\n\n\n短句子。\n\n\n己段。",
        );
        assert_eq!(found[0], (None, vec!["甲段。".into(), "乙段。".into()]));
        assert_eq!(found[1].0.as_deref(), Some("河在哪里?"));
        assert_eq!(found[1].1, ["丙段。", "丁段。", "戊段。", "短句子。", "己段。"]);
    }

    #[test]
    fn wrapped_lines_become_one_paragraph_and_bullets_one_list() {
        let found = outline(
            "The river rises in spring and the people of the village drag\ntheir boats to higher ground before the water comes.\n\n- boats\n- ropes\n\nThe end.",
        );
        assert_eq!(
            found[0].1,
            [
                "The river rises in spring and the people of the village drag their boats to higher ground before the water comes.",
                "boats\nropes",
                "The end."
            ]
        );
    }
}
