//! Plain text wrapped by display width: a Han character takes two columns, and lines may break around it. It flows again
//! in programs that know RFC 3676 (format=flowed, delsp=yes).

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns of a line: RFC 5322 §2.1.1 asks for no more than 78, and quoting adds some.
pub(super) const WIDTH: usize = 72;

/// `text` on lines of at most `width` columns where it can be broken, its own line breaks kept. A line that was broken here
/// ends in one space more than the text has at that place (RFC 3676 §4.2), so that programs can join it again; those that
/// cannot show as much as before.
pub(super) fn flow(text: &str, width: usize) -> String {
    let lines: Vec<String> = text.lines().map(|line| flow_line(line, width)).collect();
    lines.join("\n")
}

/// Lines that would be read as quoted or as the seam of a mailbox, stuffed with a space (RFC 3676 §4.4), which programs take
/// out again.
pub(super) fn stuffed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        if line.starts_with([' ', '>']) || line.starts_with("From ") {
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

fn flow_line(line: &str, width: usize) -> String {
    let mut out = String::with_capacity(line.len() + line.len() / 32);
    let mut column = 0;
    for piece in pieces(line) {
        let shown = piece.trim_end();
        if column > 0 && column + shown.width() > width {
            out.push_str(" \n");
            column = 0;
        }
        out.push_str(piece);
        column += piece.width();
    }
    out.truncate(out.trim_end().len());
    out
}

/// The stretches of `line` within which it must not break.
fn pieces(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in line.char_indices() {
        if before.is_some_and(|before| may_break(before, c)) {
            out.push(&line[start..at]);
            start = at;
        }
        before = Some(c);
    }
    out.push(&line[start..]);
    out
}

/// Whether a line may end after `before` with `after` on the next.
fn may_break(before: char, after: char) -> bool {
    if after.is_whitespace() {
        return false;
    }
    if before.is_whitespace() {
        // A dash or a closing mark set off by a space still belongs to what precedes it.
        return !is_closing(after);
    }
    (is_wide(before) || is_wide(after)) && !is_closing(after) && !is_opening(before)
}

fn is_wide(c: char) -> bool {
    c.width() == Some(2)
}

/// Marks that must not begin a line.
fn is_closing(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '？'
            | '！'
            | '）'
            | '》'
            | '〉'
            | '」'
            | '』'
            | '】'
            | '〕'
            | '…'
            | '—'
            | '”'
            | '’'
            | '·'
            | '～'
            | '％'
            | '℃'
            | '々'
            | 'ー'
            | ','
            | '.'
            | ';'
            | ':'
            | '?'
            | '!'
            | ')'
            | ']'
            | '}'
            | '%'
    )
}

/// Marks that must not end a line.
fn is_opening(c: char) -> bool {
    matches!(
        c,
        '（' | '《'
            | '〈'
            | '「'
            | '『'
            | '【'
            | '〔'
            | '“'
            | '‘'
            | '('
            | '['
            | '{'
            | '￥'
            | '$'
            | '#'
    )
}

/// `text` in at most `width` columns, cut with an ellipsis between words.
pub(super) fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut end, mut columns) = (0, 0);
    for piece in pieces(text) {
        if columns + piece.trim_end().width() + 1 > width {
            break;
        }
        columns += piece.width();
        end += piece.len();
    }
    let opening = || cut(text, width.saturating_sub(1));
    let kept = if end == 0 { opening().into() } else { Cow::Borrowed(&text[..end]) };
    let kept = kept.trim_end_matches(|c: char| {
        !c.is_alphanumeric() && !matches!(c, ')' | '）' | '”' | '》' | '」')
    });
    format!("{kept}…")
}

/// The opening of a word that alone is too wide.
fn cut(text: &str, width: usize) -> String {
    let mut column = 0;
    let fits = |c: &char| {
        column += c.width().unwrap_or(0);
        column <= width
    };
    text.chars().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a program shows that knows no flowed text.
    fn wrap(text: &str, width: usize) -> String {
        let flowed = flow(text, width);
        flowed.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }

    /// What a program shows that does (RFC 3676 §4).
    fn joined(flowed: &str) -> String {
        let mut out = String::new();
        for line in flowed.lines() {
            let line = line.strip_prefix(' ').unwrap_or(line);
            match line.strip_suffix(' ') {
                Some(soft) => out.push_str(soft),
                None => out.extend([line, "\n"]),
            }
        }
        out
    }

    #[test]
    fn lines_break_between_words_and_between_han_characters() {
        assert_eq!(wrap("one two three four", 9), "one two\nthree\nfour");
        assert_eq!(wrap("一二三四五六七", 8), "一二三四\n五六七");
        assert_eq!(wrap("用GPT写的", 4), "用\nGPT\n写的");
    }

    #[test]
    fn no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() {
        assert_eq!(wrap("一二三四，五六", 8), "一二三\n四，五六");
        assert_eq!(wrap("一二三《四五》六", 8), "一二三\n《四五》\n六");
        assert_eq!(wrap("一二三“四”。五", 8), "一二三\n“四”。五");
    }

    #[test]
    fn what_cannot_be_broken_stays_whole() {
        let url = "https://example.org/a/very/long/path?with=query";
        assert_eq!(wrap(&format!("see {url} now"), 10), format!("see\n{url}\nnow"));
    }

    #[test]
    fn flowed_text_is_whole_again_once_it_is_joined() {
        let text =
            "一行，很长的一行 with words in it。\n\n> quoted?\n另一行 From here\nFrom there\n";
        assert_eq!(joined(&stuffed(&flow(text, 7))), text);
        assert_eq!(flow("one two", 4), "one  \ntwo");
        assert_eq!(flow("一二三", 4), "一二 \n三");
    }

    #[test]
    fn long_texts_are_shortened_between_words() {
        assert_eq!(shorten("short", 10), "short");
        assert_eq!(shorten("one two, three", 10), "one two…");
        assert_eq!(shorten("一二三四五六", 8), "一二三…");
        assert_eq!(shorten("abcdefghijkl", 6), "abcde…");
    }
}
