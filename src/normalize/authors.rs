//! People's names out of the words that pages wrap them in.

use std::sync::LazyLock;

use regex::Regex;

use super::wording;

/// Longest name in characters; longer ones are sentences or lists that could not be split.
const MAX_NAME: usize = 60;

pub(super) fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is fixed and tested")
}

static BYLINE: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?i)^\s*(?:(?:written|posted|reported|story|words|published|reviewed|text)?\s*by[:\s]\s*|von\s+|par\s+|文\s*[/|｜:：丨]\s*|(?:作者|撰文|记者|撰稿)\s*[/|｜:：丨]\s*)(.+)$",
    )
});
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?i)\s*(?:[,，、;；/&|｜•·\n\t]|\band\b|\bund\b|\bet\b|\bwith\b|\s和\s|\s与\s|\s{2,}|\u{3000})\s*",
    )
});
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    fixed(concat!(
        r"(?i)^(?:(?:senior|staff|chief|contributing|guest|associate|political|health|science|business|sports?|technology|foreign|freelance|digital|deputy|managing|executive|lead|news|special|media|data|investigative)\s+)*",
        r"(?:writers?|editors?|reporters?|correspondents?|contributors?|columnists?|journalists?|authors?|producers?|photographers?|ph\.?d\.?|m\.?d\.?|jr\.?|sr\.?|redakteur(?:in)?|redaktion)(?:\s.*)?$",
        r"|^(?:\w+\s+){0,3}(?:expert|coordinator|manager|director|specialist|analyst|consultant|officer|president|(?:co-?)?founder|ceo|cto|cfo)s?(?:\s.*)?$",
    ))
});
static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?i)\s*(?:[(（\[【<].*|\s[-–—]\s.*|\bfor\s.+|\bis an?\s.+|\bon\s+(?:\w+day|\w+ \d).*|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s+\d{1,2}\b.*|\b\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b.*|(?:published|updated|posted)\b.*|\d{4}.*|(?:整理|编译|报道|摄影?|摄影报道|编辑)$)$",
    )
});

static LABEL_BEHIND: LazyLock<Regex> = LazyLock::new(|| fixed(r"\s+[一-鿿]{2,6}[:：].*$"));

/// The names in a line that begins like a byline ("By …", "作者：…", "文/…"). Prose may begin so too ("By day it …"), hence
/// every part must be written as names are.
pub(super) fn byline(line: &str) -> Vec<String> {
    if line.chars().count() > 120 {
        return Vec::new();
    }
    let names = BYLINE.captures(line).map(|found| names(&found[1])).unwrap_or_default();
    if names.iter().all(|name| is_written_as_name(name)) { names } else { Vec::new() }
}

/// Words with capitals, save the particles of family names; scripts without capitals pass.
fn is_written_as_name(name: &str) -> bool {
    const PARTICLES: [&str; 18] = [
        "de", "del", "della", "der", "den", "van", "von", "vom", "zu", "la", "le", "du", "da",
        "dos", "di", "bin", "al", "y",
    ];
    name.split_whitespace()
        .all(|word| PARTICLES.contains(&word) || !word.starts_with(char::is_lowercase))
}

/// The names in a value that is known to hold authors.
pub(super) fn names(value: &str) -> Vec<String> {
    let value =
        BYLINE.captures(value).map_or_else(|| value.to_owned(), |found| found[1].to_owned());
    if value.chars().any(is_han) {
        return han_names(&value);
    }
    let mut names = Vec::new();
    for part in BETWEEN.split(&value) {
        if let Some(name) = name(part)
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// Names in Chinese: parted by marks or spaces. A word that cannot be a name ends them, since pages run on behind the value;
/// the first counts even so, for pen names look like anything.
fn han_names(value: &str) -> Vec<String> {
    let joined = join_spread(value);
    let mut names: Vec<String> = Vec::new();
    for part in BETWEEN.split(&joined) {
        if part.len() == joined.len()
            && let Some(name) = japanese_name(part)
        {
            names.push(name);
            continue;
        }
        let mut words = part.split_whitespace();
        let is_latin = part.starts_with(|c: char| c.is_ascii_alphabetic());
        let first = if is_latin {
            name(part)
        } else {
            words.next().and_then(name).filter(|name| is_short_name(name))
        };
        let rest = words.take_while(|word| !is_latin && is_chinese_name(word)).map(str::to_owned);
        let is_person = |name: &String| !is_organisation(name) && !wording::is_more_link(name);
        for found in first.into_iter().chain(rest).filter(is_person) {
            if !names.contains(&found) {
                names.push(found);
            }
        }
    }
    names
}

/// A family name and a given name set apart, as Japanese pages write them; two Chinese names would each begin with a
/// surname of their own.
fn japanese_name(part: &str) -> Option<String> {
    let words: Vec<&str> = part.split_whitespace().collect();
    let is_part = |word: &&str| word.chars().count() <= 3 && word.chars().all(is_han);
    let fits = words.len() == 2
        && words.iter().all(is_part)
        && words.iter().any(|word| word.chars().count() > 1)
        && !words.iter().any(|word| is_chinese_name(word) || is_furniture(word));
    (fits && name(words[1]).is_some_and(|bare| bare == words[1])).then(|| words.join(" "))
}

/// Words of the page around the text that stand where names do.
fn is_furniture(word: &str) -> bool {
    const WORDS: [&str; 12] = [
        "文章", "阅读", "评论", "点击", "关注", "粉丝", "作者", "编辑", "发布", "浏览", "收藏",
        "来源",
    ];
    WORDS.iter().any(|known| word.contains(known))
}

/// Two characters set apart by a space ("赵 培") are one name.
fn join_spread(value: &str) -> String {
    let words: Vec<&str> = value.split_whitespace().collect();
    let single = words.iter().all(|word| word.chars().count() == 1 && word.chars().all(is_han));
    if words.len() == 2 && single { words.concat() } else { value.to_owned() }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// A Chinese pen name is short; longer values are sentences.
fn is_short_name(name: &str) -> bool {
    name.chars().filter(|c| is_han(*c)).count() <= 8
}

/// Publishers sign too, and are named as the source.
fn is_organisation(name: &str) -> bool {
    const ENDS: [&str; 18] = [
        "期刊",
        "杂志",
        "网",
        "报",
        "社",
        "集团",
        "公司",
        "日报",
        "晚报",
        "频道",
        "客户端",
        "编辑部",
        "中心",
        "委员会",
        "电视台",
        "出版社",
        "贡献者",
        "统计",
    ];
    name.chars().count() > 2 && ENDS.iter().any(|end| name.ends_with(end))
}

/// The surnames that cover most Chinese names.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤葛常温康施牛樊殷柏齐庄季宁安俞章鲁伊闵";

/// A surname and one or two characters more.
pub(super) fn is_chinese_name(word: &str) -> bool {
    let length = word.chars().count();
    (2..=3).contains(&length)
        && word.chars().all(is_han)
        && word.chars().next().is_some_and(|first| SURNAMES.contains(first))
}

/// The one name in `part`, without roles and what follows it.
pub(super) fn name(part: &str) -> Option<String> {
    let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
    let part = part.strip_prefix("By ").or_else(|| part.strip_prefix("by ")).unwrap_or(&part);
    let bare = TAIL.replace(part, "");
    let bare = bare.as_ref();
    // Pages run on: a label behind the name tells something else.
    let bare = LABEL_BEHIND.replace(bare, "");
    let bare = bare.trim_matches(|c: char| c.is_whitespace() || "\"“”'：:。，,.@*-–—#".contains(c));
    (is_name(bare) && !ROLE.is_match(bare)).then(|| bare.to_owned())
}

fn is_name(text: &str) -> bool {
    let length = text.chars().count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let many_words = text.split_whitespace().count() > 6;
    (2..=MAX_NAME).contains(&length)
        && text.chars().filter(|c| c.is_alphabetic()).count() > 1
        && digits * 3 < length
        && !many_words
        && !text.contains(['=', '<', '>', '{', '}', '"', '@', '?', '？', '!', '！'])
        && !text.contains("://")
        && !text.contains("www.")
        && !is_placeholder(text)
        && !["Publishers", "Publishing", "出版社"].iter().any(|end| text.ends_with(end))
}

/// Whether the whole of `text` is one name of two to four words, each written as names are.
pub(super) fn is_name_alone(text: &str) -> bool {
    is_chinese_name(text)
        || ((2..=4).contains(&text.split_whitespace().count())
            && byline(&format!("By {text}")) == [text])
}

/// Accounts that publish without a person.
fn is_placeholder(text: &str) -> bool {
    matches!(
        text.to_lowercase().as_str(),
        "admin"
            | "name"
            | "administrator"
            | "staff"
            | "editor"
            | "editorial"
            | "unknown"
            | "anonymous"
            | "guest"
            | "null"
            | "undefined"
            | "author"
            | "the author"
            | "written by"
            | "webmaster"
            | "佚名"
            | "未知"
            | "不详"
            | "匿名"
            | "管理员"
            | "系统管理员"
            | "原创"
            | "转载"
            | "本站"
            | "小编"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_give_bare_names_in_order() {
        for (line, expected) in [
            ("By Jane Doe", vec!["Jane Doe"]),
            ("By Jane Doe and John Roe, Staff Writers", vec!["Jane Doe", "John Roe"]),
            ("Written by: Jane Doe, Ph.D.", vec!["Jane Doe"]),
            ("By Jane Doe for the Lantern", vec!["Jane Doe"]),
            ("作者：张三 李四", vec!["张三", "李四"]),
            ("作者：赵 培", vec!["赵培"]),
            ("作者：河边人 点击 12", vec!["河边人"]),
            ("作者：张三、李四", vec!["张三", "李四"]),
            ("文/张三", vec!["张三"]),
            ("文｜张三（实习生）", vec!["张三"]),
            ("Bystanders saw it", vec![]),
            ("By day it blows up the valley and by night it falls", vec![]),
            ("By Ludwig van der Meer", vec!["Ludwig van der Meer"]),
            ("文化是一种力量", vec![]),
            ("By admin", vec![]),
        ] {
            assert_eq!(byline(line), expected, "{line}");
        }
    }
}
