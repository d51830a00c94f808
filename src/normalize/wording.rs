//! The words by which pages announce further reading, leads and endings, in Chinese, English and other languages.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::dom;
use crate::domain::RelatedGroup;

/// Longest label in characters; a longer line that begins with such words is a sentence.
const MAX_LABEL: usize = 48;

fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is fixed and tested")
}

const POPULAR: &str = concat!(
    r"(?i)^(?:",
    r"[一-鿿]{0,4}(?:热门|热点|最热|人气)(?:文章|新闻|资讯|阅读|推荐|内容|话题|博文|帖子|图文|视频|排行榜?|搜索|专题|关注|标签)?",
    r"|[一-鿿]{0,4}(?:热文|热榜|热搜|排行榜?|热读)|[一-鿿]{0,2}(?:阅读|点击|浏览|评论|新闻|文章|一周|本周|今日|月度|24小时)(?:最多|排行榜?|热文|热点)|大家都在(?:看|搜)",
    r"|(?:most|top) (?:read|popular|viewed|shared|commented|watched|stories|posts|articles|news|reads|headlines|picks|hits)(?: .{1,24})?",
    r"|(?:popular|trending|hot)(?: (?:now|today|this week|posts|articles|stories|news|topics|reads|content|on|in)(?: .{1,24})?)?|what'?s (?:hot|trending)|best ?sellers",
    r"|meist ?gelesen(?:e.*)?|beliebte.{0,20}|top[- ]artikel|les? plus (?:lus?|vus?|populaires|partagés)(?: .{1,20})?",
    r"|(?:noticias )?(?:lo )?(?:más|mas) (?:leíd[oa]s?|leid[oa]s?|vist[oa]s?|populares|comentad[oa]s?)(?: .{1,20})?|mais lid[ao]s?|(?:i )?più lett[ie]|najczęściej czytane|najpopularniejsze|meest gelezen|populair",
    r")$"
);

const LATEST: &str = concat!(
    r"(?i)^(?:",
    r"[一-鿿]{0,2}最新(?:[一-鿿]{0,2}(?:文章|新闻|资讯|发布|消息|内容|更新|报道|博文|动态|推荐|帖子|评论文章))?|近期文章|最近(?:更新|文章|发表|发布)|新文章|(?:滚动|即时|今日)(?:新闻|要闻)",
    r"|(?:the )?(?:latest|newest|recent)(?: (?:news|posts?|articles?|stories|updates?|headlines|entries|reads|content|from|in|on)(?: .{1,24})?)?|new (?:posts|articles|stories)|just in",
    r"|neueste.{0,20}|aktuelle (?:beiträge|artikel|nachrichten|meldungen)|das neueste|(?:les )?(?:dernières|derniers) (?:actualités|articles|infos|nouvelles|publications).{0,16}",
    r"|(?:las )?(?:últimas|ultimas) (?:noticias|horas?).{0,16}|últimas notícias|ultime notizie|najnowsze.{0,16}|laatste nieuws",
    r")$"
);

const RELATED: &str = concat!(
    r"(?i)^(?:",
    r"[一-鿿]{0,2}(?:相关|延伸|拓展|扩展|推荐|更多|精彩|关联|同类|往期|猜你|系列)(?:的)?[一-鿿]{0,2}(?:文章|阅读|推荐|新闻|资讯|内容|报道|链接|专题|主题|博文|帖子|资料|问题|视频|话题|信息|喜欢|想看|回顾|图文|消息|精彩)",
    r"|[一-鿿]{0,4}(?:新闻|文章|内容|资讯|好文|图文|视频|话题)(?:精选|导读|速递)|精选(?:文章|阅读|内容|好文)|相关|推荐|参考(?:阅读|文章)|为[你您](?:精选|推荐)|(?:你|您|大家|网友|看过.{0,8})(?:可能|也许|还|都|也|会){0,3}(?:在看|喜欢|感兴趣|想看|关注|看)(?:的|了|过)?|看了又看|(?:继续|接着|下一步|还可以?|推荐您?|您?也可以?)阅读|阅读(?:推荐|更多|下一篇)|编辑推荐|精选推荐|相关推荐[一-鿿]{0,4}",
    r"|(?:more )?related(?: (?:articles?|posts?|stor(?:y|ies)|news|content|reading|links?|coverage|items?|pages|reads?|to .{1,24}|topics? .{1,20}))?",
    r"|more (?:on|about|from|in|like) .{1,32}|more(?: top| latest)? (?:stories|articles|posts|news|reading|headlines|coverage|to read|to explore)|more",
    r"|(?:read|see|watch|also read|explore) (?:more|next|also|too|on|this next)(?: .{1,24})?|what to read next|also (?:read|see|on .{1,20})|up next|keep reading|continue reading|further reading|next reads?",
    r"|(?:(?:you|we think you|readers) )?(?:may|might|'?ll|will|could) (?:also )?(?:like|love|enjoy|be interested in)(?: .{1,24})?|you (?:may|might|will|'ll) .{0,8}(?:like|love|enjoy|be interested in)(?: .{1,24})?",
    r"|(?:recommended|suggested)(?: (?:for you|reading|reads?|stories|articles|posts|content|by .{1,16}|videos))?|recommendations|(?:our |editor'?s?'? )(?:picks?|choice)|don'?t miss(?: .{1,16})?|similar (?:articles|posts|stories|news|reads|content)|in case you missed it",
    r"|mehr (?:zum thema|artikel|aus .{1,20}|zu .{1,24}|lesen|nachrichten|von .{1,20})|(?:das|dies) könnte (?:sie|dich|euch) (?:auch|ebenfalls)? ?(?:interessieren|gefallen)|auch interessant|lesen sie (?:auch|mehr|weiter).{0,20}|weitere (?:artikel|beiträge|themen|nachrichten|meldungen|infos).{0,20}|(?:ähnliche|verwandte) (?:artikel|beiträge|themen)|passend dazu|lesetipps?|zum thema",
    r"|(?:à )?lire (?:aussi|également|la suite|plus)|(?:à|a) (?:lire|découvrir|voir) (?:aussi|également|ensuite)|articles? (?:liés?|similaires?|associés?|connexes)|sur le même (?:sujet|thème)|dans la même rubrique|vous aimerez(?: .{1,16})?|voir aussi|plus sur .{1,24}|notre sélection",
    r"|(?:noticias?|artículos|contenido|temas|notas|más) relacionad[oa]s?|(?:te|le|también te) (?:puede|podría) interesar|(?:lee|lea|leer|ver|mira) (?:también|más|además)|más (?:noticias|sobre .{1,24}|información)|te recomendamos|recomendad[oa]s",
    r"|leia (?:também|mais)|veja também|(?:notícias|artigos) relacionad[oa]s|leggi anche|articoli correlati|potrebbe interessarti|czytaj (?:także|też|również|więcej)|zobacz (?:także|też|również)|polecane|polecamy|powiązane.{0,16}|lees (?:ook|meer|verder)|gerelateerd.{0,16}|läs (?:också|mer|även)|les også",
    r")$"
);

/// The group that a heading announces, if it announces further reading.
pub(super) fn group(label: &str) -> Option<RelatedGroup> {
    let label = bare_label(label)?;
    // A heading often shares its line with a link to the rest of the list.
    let without_link = ["更多", "MORE", "More"].iter().find_map(|more| label.strip_suffix(more));
    group_of(&label).or_else(|| group_of(without_link.map(trim_marks)?))
}

fn group_of(label: &str) -> Option<RelatedGroup> {
    /// The first that fits names the group; every short text of a page is tried, hence all at once.
    static LABELS: LazyLock<RegexSet> = LazyLock::new(|| {
        RegexSet::new([LATEST, POPULAR, RELATED]).expect("the patterns are fixed and tested")
    });
    // Whether any fits is told sooner than which.
    let found = LABELS.is_match(label).then(|| LABELS.matches(label).iter().next())??;
    Some([RelatedGroup::Latest, RelatedGroup::Popular, RelatedGroup::Related][found])
}

/// A label without the decoration that pages hang on it; `None` for what is too long to be one.
fn bare_label(label: &str) -> Option<String> {
    if label.len() > 4 * MAX_LABEL || label.chars().count() > MAX_LABEL {
        return None;
    }
    let mut joined = dom::squeeze(label);
    if joined.contains(['’', '‘']) {
        joined = joined.replace(['’', '‘'], "'");
    }
    let bare = trim_marks(&joined);
    (!bare.is_empty()).then(|| bare.to_owned())
}

fn trim_marks(label: &str) -> &str {
    label.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'')
}

/// Words of a link that leads to the rest of a list and not to an article.
pub(super) fn is_more_link(text: &str) -> bool {
    static MORE: LazyLock<Regex> = LazyLock::new(|| {
        fixed(concat!(
            r"(?i)^\W*(?:(?:查看|阅读|显示|点击|加载)?(?:更多|全部|全文|详情|详细)(?:[一-鿿]{0,6})?|换一[批换组]|展开|收起|上一[页篇]|下一[页篇]",
            r"|(?:see|view|show|load|read|learn|find|get|discover|explore)(?: \w+)? (?:more|all|full|less|out more)(?: .{1,24})?|more|next|previous|back|view all|read (?:on|now|article|story|full story)|continue reading|comments?|share|subscribe|sign up|log ?in|(?:sign up|subscribe|register|log ?in) (?:to|for|now|here|today)(?: .{1,40})?|tell us .{1,30}|contact us.{0,20}|(?:terms|privacy)(?: .{1,24})?",
            r"|mehr|weiterlesen|lire la suite|leer más|ver más|leia mais|leggi tutto|czytaj (?:więcej|dalej))\W*$"
        ))
    });
    MORE.is_match(text.trim())
}

/// Splits a labelled lead (`简介: …`, `Abstract: …`) into nothing but the lead; empty where the label stands alone.
pub(super) fn labelled_lead(text: &str) -> Option<&str> {
    static LEAD: LazyLock<Regex> = LazyLock::new(|| {
        fixed(concat!(
            r"(?i)^\s*[\[【(（]?(?:(?:内容|文章|本文|全文)?(?:简介|摘要|提要|概要|导读|导语)|核心提示|内容提要|编者按|abstract|summary|tl;?dr|standfirst|in brief|executive summary|at a glance)[\]】)）]?",
            r"(?:\s*[:：|｜]\s*|\s*[\]】]\s*|\s*$)"
        ))
    });
    LEAD.find(text).map(|label| text[label.end()..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_further_reading_are_known_with_their_group() {
        use RelatedGroup::{Latest, Popular, Related};
        for (label, expected) in [
            ("相关文章", Related),
            ("相关阅读：", Related),
            ("推荐阅读", Related),
            ("猜你喜欢", Related),
            ("大家还在看", Related),
            ("延伸阅读 >>", Related),
            ("热门文章", Popular),
            ("本周热门", Popular),
            ("阅读排行榜", Popular),
            ("最新文章", Latest),
            ("最新资讯 更多>>", Latest),
            ("Related", Related),
            ("Related Articles", Related),
            ("More on this story", Related),
            ("READ NEXT", Related),
            ("Read also:", Related),
            ("READ MORE:", Related),
            ("You may also like", Related),
            ("You might be interested in", Related),
            ("Most read", Popular),
            ("Popular posts", Popular),
            ("Trending now", Popular),
            ("Latest news", Latest),
            ("Recent Posts", Latest),
            ("Lesen Sie auch", Related),
            ("À lire aussi", Related),
            ("Te puede interesar", Related),
        ] {
            assert_eq!(group(label), Some(expected), "{label}");
        }
    }

    #[test]
    fn ordinary_headings_are_not_taken_for_further_reading() {
        for label in [
            "引发多方关注",
            "事情还远没有结束",
            "Popular culture in the nineties",
            "Latest results show a decline in sales of cars",
            "What we learned",
            "Related work was done by Smith in 1999",
            "推荐系统的架构设计与实现",
            "",
        ] {
            assert_eq!(group(label), None, "{label}");
        }
    }

    #[test]
    fn labelled_leads_are_split_from_their_label() {
        assert_eq!(labelled_lead("简介: 一二三"), Some("一二三"));
        assert_eq!(labelled_lead("【摘要】一二三"), Some("一二三"));
        assert_eq!(labelled_lead("Abstract"), Some(""));
        assert_eq!(labelled_lead("Summary: one two"), Some("one two"));
        assert_eq!(labelled_lead("Summary judgment was granted"), None);
        assert_eq!(labelled_lead("摘要里没有提到"), None);
    }
}
