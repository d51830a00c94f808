//! Names that stand inside a line, told by the words and brackets around them: how Chinese pages sign.

use std::sync::LazyLock;

use regex::Regex;

use super::authors::{fixed, is_chinese_name, name, names};

/// Words by which Chinese pages name reporters inside a line ("本报记者 张三 李四", "（记者 张三）").
static REPORTER: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?:记者|通讯员|实习生|特约撰稿|执笔人?|撰稿|撰文)[\s:：/]+((?:[一-鿿]{2,4}[\s、，,]*)+)",
    )
});
/// Names alone in parentheses at the end of a text, or with the place they report from.
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"[(（\[【]\s*(?:记者\s*)?((?:[一-鿿]{2,4}\s*)+?)\s*(?:[一-鿿]{2,6}报道|文/?图|摄|摄影报道)?\s*[)）\]】]\s*$",
    )
});
/// Reporters that a line names inside other words; every one must look like a name.
pub(super) fn reporters(line: &str) -> Vec<String> {
    let named = REPORTER.captures(line).or_else(|| SIGNED.captures(line));
    let Some(found) = named else { return Vec::new() };
    let words = found[1]
        .split(|c: char| c.is_whitespace() || "、，,".contains(c))
        .filter(|word| !word.is_empty());
    words.take_while(|word| is_chinese_name(word)).map(str::to_owned).collect()
}

/// A Chinese name in brackets of its own, as it stands between the date and the source.
pub(super) fn bracketed(line: &str) -> Option<String> {
    static BRACKETED: LazyLock<Regex> =
        LazyLock::new(|| fixed(r"[(（\[【]\s*([一-鿿]{2,3})\s*[)）\]】]"));
    let names = BRACKETED.captures_iter(line).map(|found| found[1].to_owned());
    names.into_iter().find(|name| is_chinese_name(name))
}

/// Who posted, where the name stands before the words for it ("河边人 发表于 2024-05-06").
pub(super) fn poster(line: &str) -> Option<String> {
    static POSTER: LazyLock<Regex> = LazyLock::new(|| {
        fixed(r"^\s*([^\s:：，。]{2,16})\s+(?:发表|发布|发帖|写|张贴)[于在]\s*[:：]?\s*\d")
    });
    POSTER.captures(line).and_then(|found| name(&found[1]))
}

/// The editor whom a line names: the only person that many Chinese pages name at all.
pub(super) fn editor(line: &str) -> Vec<String> {
    static EDITOR: LazyLock<Regex> = LazyLock::new(|| {
        fixed(
            r"(?:^|[\s\p{P}])(?:编辑|责编|责任编辑|作者\s*[/、]\s*编辑)\s*[:：]\s*((?:[一-鿿]{2,4}[\s、]*){1,3})\s*(?:$|[\p{P}\s])",
        )
    });
    if line.chars().count() > 60 {
        return Vec::new();
    }
    EDITOR.captures(line).map(|found| names(&found[1])).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reporters_are_found_inside_a_line_only_where_they_look_like_names() {
        for (line, expected) in [
            ("河谷晚报记者 张小满 李四", vec!["张小满", "李四"]),
            ("雨停了。（记者 王五）", vec!["王五"]),
            ("雨停了。（赵六 河谷报道）", vec!["赵六"]),
            ("雨停了（大家都很高兴）", vec![]),
            ("记者看到另一番景象", vec![]),
        ] {
            assert_eq!(reporters(line), expected, "{line}");
        }
    }
}
