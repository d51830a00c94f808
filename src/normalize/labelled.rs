//! Lines of metadata that a reader sees: "作者：… 来源：… 2024-05-06 08:00", "By … | Updated …", "标签：…".

use std::borrow::Cow;
use std::sync::LazyLock;

use chrono::TimeDelta;
use regex::Regex;

use super::dates::{self, Frame, Reading};
use super::unlabelled::{near_title_piece, unlabelled};
use super::{attribution, authors};
use crate::domain::bytes::{begin_other_space, has_bytes};

/// One thing that such a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    Author(Vec<String>),
    Source(String),
    Published(Reading),
    Updated(Reading),
    Tags(Vec<String>),
    /// Editors, counters, font sizes: known not to be prose, and of no use.
    Ignored,
}

/// Longest metadata line in characters; what is longer is prose with a colon in it.
const MAX_LINE: usize = 160;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Author,
    Source,
    Published,
    Updated,
    /// When something else is, was or ends: what the text tells of, and not when it was published.
    OtherTime,
    Tags,
    Ignored,
}

const LABELS: [(Label, &str); 7] = [
    (
        Label::OtherTime,
        r"(?:活动|会议|考试|报名|截止|举办|演出|比赛|展览|开放|营业|施工|生效|实施|施行|出生|成立|建站|有效)(?:时间|日期)",
    ),
    (
        Label::Author,
        r"本文作者|文章作者|作\s*者|撰文|撰稿|执笔人?|文字|记者|通讯员|发布者|发布人|authors?|written by|posted by|reporter",
    ),
    (
        Label::Source,
        r"(?:文章|信息|新闻|稿件|内容|资料)?来\s*源(?:于|网站)?|稿源|出处|转载自|转自|source|via|courtesy of",
    ),
    (
        Label::Published,
        r"发布|发表|(?:发布|发表|发稿|出版|创建|上传)(?:时间|日期)|发布于|发表于|时\s*间|日\s*期|published(?: on| at)?|posted(?: on)?|date|datum|(?:veröffentlicht|erschienen|erstellt)(?: am)?|fecha|publié le|first published|publication date",
    ),
    (
        Label::Updated,
        r"(?:最后|最近)?(?:更新|修改|编辑)(?:时间|日期|于)|最后更新|(?:last )?(?:updated|modified)(?: on| at)?|letzte änderung|(?:zuletzt )?(?:aktualisiert|geändert)(?: am)?",
    ),
    (Label::Tags, r"(?:文章)?(?:标签|关键词|关键字)|tags?|keywords?|filed under|topics?"),
    (
        Label::Ignored,
        r"(?:责任|本文|本期|本版|值班|见习|网络)?(?:编辑|编审|主编)|责编|校对|审核|编译|翻译|译者|监制|策划|(?:阅读|浏览|点击|评论|播放)(?:量|数|次数)?|点击率|字体|字号|分类|栏目|分享(?:到)?|原标题|editor|edited by|category|categories|views|comments|share|reading time",
    ),
];

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let groups: Vec<String> =
        LABELS.iter().enumerate().map(|(at, (_, words))| format!("(?P<l{at}>{words})")).collect();
    let pattern = format!(
        r"(?i)(?:^|[\s|｜·•,，;；/(（\[【]|[一-鿿]|\d)(?P<label>{})\s*[:：]\s*",
        groups.join("|")
    );
    Regex::new(&pattern).expect("the pattern is fixed and tested")
});

static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s*[|｜·•]\s*|\s{3,}|\s[-–—/]\s").expect("the pattern is fixed and tested")
});

/// The fields of a line that is metadata from end to end; `None` where any of it may be prose.
pub(super) fn line(text: &str, frame: &Frame) -> Option<Vec<Field>> {
    let parts = read(text, frame, unlabelled)?;
    let any = parts.iter().flatten().any(|field| *field != Field::Ignored)
        || parts.iter().all(Option::is_some);
    (any && parts.iter().all(Option::is_some)).then(|| parts.into_iter().flatten().collect())
}

/// The fields that a line near the title states, whatever else it holds.
pub(super) fn within(text: &str, frame: &Frame) -> Vec<Field> {
    let read = read(text, frame, near_title_piece);
    read.unwrap_or_default()
        .into_iter()
        .flatten()
        .filter(|field| *field != Field::Ignored)
        .collect()
}

/// One entry a part; `None` for a part that nothing explains.
fn read(
    text: &str,
    frame: &Frame,
    piece: fn(&str, &Frame) -> Option<Field>,
) -> Option<Vec<Option<Field>>> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_LINE {
        return None;
    }
    if let Some(name) = attribution::stated(text) {
        return Some(vec![Some(Field::Source(name))]);
    }
    let text = &narrow(text);
    let mut parts = Vec::new();
    for (label, value) in segments(text) {
        match label {
            Some(label) => parts.extend(labelled(label, value, frame)),
            None => parts.extend(pieces(value).map(|words| piece(words, frame))),
        }
    }
    for part in &mut parts {
        *part = part.take().filter(|field| !is_to_come(field, frame));
    }
    (!parts.is_empty()).then_some(parts)
}

/// Nothing was published after it was read; a day is left for zones that the page does not name.
fn is_to_come(field: &Field, frame: &Frame) -> bool {
    match field {
        Field::Published(Ok(moment)) => moment.instant > frame.now + TimeDelta::days(1),
        _ => false,
    }
}

/// Digits and the marks of a date in their narrow forms, for the wide ones that Chinese and Japanese pages also write.
fn narrow(text: &str) -> Cow<'_, str> {
    let is_wide = |c: char| matches!(c, '０'..='９');
    if !text.contains(is_wide) {
        return text.into();
    }
    let narrow = |c: char| match c {
        '０'..='９' | '－' | '／' | '．' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(narrow).collect()
}

/// The text cut before each label; what precedes the first has none.
fn segments(text: &str) -> Vec<(Option<Label>, &str)> {
    let mut cuts = Vec::new();
    // Most lines have no label, and are told apart by the mark behind one.
    let labelled = if text.contains([':', '：']) { text } else { "" };
    for found in LABEL.captures_iter(labelled) {
        let (Some(whole), Some(name)) = (found.get(0), found.name("label")) else { continue };
        let label = LABELS
            .iter()
            .enumerate()
            .find(|(at, _)| found.name(&format!("l{at}")).is_some())
            .map(|(_, (label, _))| *label);
        cuts.push((name.start(), whole.end(), label));
    }
    let first = cuts.first().map_or(text.len(), |cut| cut.0);
    let mut segments = vec![(None, &text[..first])];
    for (at, (_, value_start, label)) in cuts.iter().enumerate() {
        let end = cuts.get(at + 1).map_or(text.len(), |next| next.0);
        segments.push((*label, &text[*value_start..end]));
    }
    segments.retain(|(label, value)| label.is_some() || value.chars().any(char::is_alphanumeric));
    segments
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let whole = (!may_be_separated(text)).then_some(text);
    let split = whole.is_none().then(|| SEPARATOR.split(text)).into_iter().flatten();
    let pieces = whole.into_iter().chain(split).map(str::trim);
    pieces.filter(|piece| piece.chars().any(char::is_alphanumeric))
}

/// Whether a [`SEPARATOR`] may stand in `text`, as in few lines.
#[expect(clippy::needless_bitwise_bool, reason = "many bytes at a time are told without branches")]
fn may_be_separated(text: &str) -> bool {
    has_bytes(text, |a, b, c| {
        let dot = (a == 0xC2) & (b == 0xB7);
        let bullet = (a == 0xE2) & (b == 0x80) & (c == 0xA2);
        let wide_bar = (a == 0xEF) & (b == 0xBD) & (c == 0x9C);
        // Both dashes begin so.
        let dash = (a == b' ') & ((b == b'-') | (b == b'/') | (b == 0xE2));
        (a == b'|') | dot | bullet | wide_bar | dash | begin_other_space(a, b, c)
    })
}

/// A labelled value, and a date that stands behind it ("来源：新华网 2024-05-06").
fn labelled(label: Label, value: &str, frame: &Frame) -> Vec<Option<Field>> {
    let value = value.trim();
    match label {
        Label::Published => vec![labelled_date(value, frame).map(Field::Published)],
        Label::Updated => vec![labelled_date(value, frame).map(Field::Updated)],
        Label::OtherTime => vec![None],
        Label::Tags => vec![Some(Field::Tags(tags(value)))],
        Label::Ignored => with_date(Field::Ignored, value, frame),
        Label::Author => {
            let first = pieces_before_date(value, frame);
            let names = authors::names(&first);
            if names.is_empty() {
                with_date(Field::Ignored, value, frame)
            } else {
                with_date(Field::Author(names), value, frame)
            }
        }
        Label::Source => {
            let name = attribution::name(&pieces_before_date(value, frame));
            with_date(name.map_or(Field::Ignored, Field::Source), value, frame)
        }
    }
}

fn labelled_date(value: &str, frame: &Frame) -> Option<Reading> {
    dates::machine(value, frame).or_else(|| dates::leading(value, frame))
}

fn pieces_before_date(value: &str, frame: &Frame) -> String {
    let bare = dates::without_date(value, frame);
    pieces(&bare).next().unwrap_or_default().to_owned()
}

fn with_date(field: Field, value: &str, frame: &Frame) -> Vec<Option<Field>> {
    let mut fields = vec![Some(field)];
    fields.extend(dates::first_in(value, frame).map(|reading| Some(Field::Published(reading))));
    fields
}

/// Topics as a list gives them: by commas where it has any, else by white space.
pub(super) fn tags(value: &str) -> Vec<String> {
    let by_mark = value.contains([',', '，', '、', ';', '；', '|', '｜', '/', '#', '·']);
    let split: Vec<&str> = if by_mark {
        value.split([',', '，', '、', ';', '；', '|', '｜', '/', '#', '·']).collect()
    } else {
        value.split_whitespace().collect()
    };
    let mut tags = Vec::new();
    for tag in split
        .iter()
        .map(|tag| tag.trim().trim_matches(['[', ']', '"', '\'']))
        .filter(|tag| is_tag(tag))
    {
        if !tags.iter().any(|known: &String| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// Forty characters hold any topic; longer ones are sentences put into the keywords.
fn is_tag(tag: &str) -> bool {
    !tag.is_empty() && tag.chars().count() <= 40 && tag.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn frame() -> Frame {
        Frame {
            now: DateTime::parse_from_rfc3339("2024-11-20T08:00:00+08:00").unwrap(),
            month_first: true,
        }
    }

    #[test]
    fn a_line_is_split_at_every_separator_and_looked_through_only_where_one_may_be() {
        let separators =
            ["|", "｜", "·", "•", " - ", " – ", " — ", " / ", "   ", "\u{3000}\u{a0}\t"];
        for separator in separators.into_iter().chain(["\u{3000}-\u{3000}", "\u{2003}–\n"]) {
            for before in 0..70 {
                let text = format!("{}{separator}字", "a".repeat(before));
                let pieces: Vec<&str> = pieces(&text).collect();
                assert_eq!(pieces.len(), 1 + usize::from(before > 0), "{text:?}");
            }
        }
        assert!(!may_be_separated("来源：新华网 2024-05-06 a/b 3–4"));
    }

    fn told(text: &str) -> String {
        let fields = line(text, &frame()).unwrap_or_else(|| panic!("{text:?} is no metadata"));
        let words: Vec<String> = fields
            .iter()
            .map(|field| match field {
                Field::Author(names) => format!("author {}", names.join("+")),
                Field::Source(name) => format!("source {name}"),
                Field::Published(r) => format!(
                    "published {}",
                    r.as_ref().map_or("?".into(), |m| m.instant.to_rfc3339())
                ),
                Field::Updated(r) => {
                    format!("updated {}", r.as_ref().map_or("?".into(), |m| m.instant.to_rfc3339()))
                }
                Field::Tags(tags) => format!("tags {}", tags.join("+")),
                Field::Ignored => "-".into(),
            })
            .collect();
        words.join("; ")
    }

    #[test]
    fn lines_of_metadata_are_read_field_by_field() {
        for (text, expected) in [
            ("作者：张三", "author 张三"),
            ("来源:河谷周刊", "source 河谷周刊"),
            ("来源：\u{a0}河谷周刊", "source 河谷周刊"),
            (
                "发布时间：2024-05-06 08:00 来源：河谷网 作者：张三",
                "published 2024-05-06T08:00:00+08:00; source 河谷网; author 张三",
            ),
            (
                "2024-05-06 08:00来源：河谷网作者：张三",
                "published 2024-05-06T08:00:00+08:00; source 河谷网; author 张三",
            ),
            ("来源：河谷网 2024-05-06 08:00", "source 河谷网; published 2024-05-06T08:00:00+08:00"),
            (
                "By Jane Doe | May 6, 2024 | 5 min read",
                "author Jane Doe; published 2024-05-06T00:00:00+08:00; -",
            ),
            ("Updated: May 6, 2024", "updated 2024-05-06T00:00:00+08:00"),
            ("Source: The Lantern", "source The Lantern"),
            ("标签：云 数据库 安全", "tags 云+数据库+安全"),
            ("Tags: tomatoes, raised beds", "tags tomatoes+raised beds"),
            ("（责任编辑：王五）", "-"),
            ("更新时间：2024-02-30", "updated ?"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn prose_is_not_metadata() {
        for text in [
            "他说:好",
            "作者认为,这条河一直在改道。",
            "By the river there was a house that nobody had lived in for a long time.",
            "更是有人做出了大胆假设:如果不回归,市值将缩水70%。",
            "This morning: nothing new",
        ] {
            assert_eq!(line(text, &frame()), None, "{text}");
        }
    }
}
