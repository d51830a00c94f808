//! What a reader sees around the title: byline, source, dates, a labelled lead. On many pages it is nowhere else.

use std::sync::LazyLock;

use dom_query::{Document as Page, Matcher, NodeRef};
use regex::Regex;

use crate::domain::{Moment, Precision};
use crate::normalize::dates::{self, Frame, Reading};
use crate::normalize::folding::fold;
use crate::normalize::labelled::{self, Field};
use crate::normalize::{authors, dom, signatures, wording};

/// Lines before the title that may belong to it.
const BEFORE: usize = 4;
/// Lines after it; a byline that stands further down is not the article's.
const AFTER: usize = 25;
/// Lines of prose after which metadata has ended.
const PROSE_LINES: usize = 2;
/// Characters of a line that is surely prose, and of a sentence that is.
const PROSE: usize = 120;
const SENTENCE: usize = 60;
/// Han characters of such a sentence.
const HAN_SENTENCE: usize = 20;

/// What stands near the title.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub published: Option<Reading>,
    pub updated: Option<Reading>,
    pub authors: Vec<String>,
    pub source: Option<String>,
    pub lead: Option<String>,
}

/// Reads the lines around the place where the title most likely stands in the page.
pub(super) fn near_title(lines: &[String], title: Option<&str>, frame: &Frame) -> Seen {
    let at = title.and_then(|title| places(lines, title).first().copied());
    at.map(|at| around(lines, at, frame)).unwrap_or_default()
}

/// The day that stands near another place of the title: menus and lists of the newest articles name it too.
pub(super) fn near_another(lines: &[String], title: Option<&str>, frame: &Frame) -> Option<Moment> {
    let others = title.map(|title| places(lines, title)).unwrap_or_default();
    let mut seen = others.into_iter().skip(1).map(|at| around(lines, at, frame).published);
    seen.find_map(|reading| reading?.ok().filter(|moment| moment.precision <= Precision::Day))
}

/// What the lines around one place say.
fn around(lines: &[String], at: usize, frame: &Frame) -> Seen {
    let mut seen = Seen::default();
    let mut prose = 0;
    for (offset, line) in lines.iter().enumerate().skip(at + 1).take(AFTER) {
        seen.read_lead(line, lines.get(offset + 1).map(String::as_str));
        if is_prose(line) {
            prose += 1;
            seen.published = seen.published.or_else(|| dates::dateline(line, frame));
            if prose >= PROSE_LINES {
                break;
            }
        }
        seen.read(line, frame);
        let next = lines.get(offset + 1).map_or("", String::as_str);
        seen.read_split_byline(line, next);
        if seen.authors.is_empty() && line.chars().count() <= PROSE {
            seen.authors = reporters_or_name(line, offset == at + 1);
        }
    }
    // What stands above counts for what is still missing.
    for line in lines[at.saturating_sub(BEFORE)..at].iter().rev() {
        seen.keep(above_title(line, frame));
    }
    seen
}

/// Words that may stand beside a date above the title: a section, a name.
const MAX_BESIDE: usize = 3;

/// The fields of a line above the title. Lists of other articles end there too, each with a date beside its title.
fn above_title(line: &str, frame: &Frame) -> Vec<Field> {
    let whole = labelled::line(line, frame);
    let few = || {
        let rest = dates::without_date(line, frame);
        let han = rest.chars().filter(|c| is_han(*c)).count();
        let is_word = |word: &&str| word.contains(char::is_alphabetic) && !word.contains(is_han);
        rest.split_whitespace().filter(is_word).count() + han / 2 <= MAX_BESIDE
    };
    whole.unwrap_or_else(|| if few() { labelled::within(line, frame) } else { Vec::new() })
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// A long line, or a Chinese sentence: it says in thirty characters what takes a hundred letters.
fn is_prose(line: &str) -> bool {
    let han = line.chars().filter(|c| is_han(*c)).count();
    let is_sentence = han >= HAN_SENTENCE && line.contains(['，', '。', '！', '？', '；']);
    let length = line.chars().count();
    is_sentence || length > PROSE || (length >= SENTENCE && line.ends_with(['.', '!', '?']))
}

/// Chinese reporters inside a line, or a line below the title that is nothing but a name.
fn reporters_or_name(line: &str, below_title: bool) -> Vec<String> {
    let alone = line.trim_matches(|c: char| c.is_whitespace() || "[]【】".contains(c));
    if below_title && authors::is_chinese_name(alone) {
        return vec![alone.to_owned()];
    }
    let reporters = signatures::reporters(line);
    if !reporters.is_empty() {
        return reporters;
    }
    let dated = line.chars().any(|c| c.is_ascii_digit());
    let named =
        || signatures::bracketed(line).filter(|_| dated).or_else(|| signatures::poster(line));
    named().into_iter().collect()
}

/// Characters of a line that states a date and little else.
const MAX_DATED: usize = 60;

/// The date that the page states with the word for it, where it states no other day so: comments and lists of other
/// articles state several.
pub(super) fn only_date(lines: &[String], frame: &Frame) -> Option<Moment> {
    static STATED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)发[布表]|发稿|刊[发登]|\bpublish(?:ed)?\b|\bposted\b|\bveröffentlicht\b|\berschienen\b|\berstellt\b|\bpublié\b|\bpublicado\b|\bpubblicato\b")
            .expect("the pattern is fixed and tested")
    });
    let is_stated = |line: &String| line.chars().count() <= MAX_DATED && STATED.is_match(line);
    let stated =
        lines.iter().enumerate().filter(|(_, line)| is_stated(line)).flat_map(|(at, line)| {
            // The word may stand on a line of its own, above the date.
            let below = || lines.get(at + 1).and_then(|next| dates::whole(next, frame));
            let said = labelled::within(line, frame);
            if said.is_empty() { below().map(Field::Published).into_iter().collect() } else { said }
        });
    let mut found: Vec<Moment> = Vec::new();
    for field in stated {
        if let Field::Published(Ok(moment)) = field {
            found.push(moment);
        }
    }
    of_one_day(found)
}

/// When the page was published, where it marks that for machines: in the vocabularies of schema.org and Dublin Core, or in
/// the words of microformats.
pub(super) fn marked_time(page: &Page, frame: &Frame) -> Option<Moment> {
    static MARKED: LazyLock<Matcher> = LazyLock::new(|| {
        Matcher::new(concat!(
            "[itemprop=datePublished], [property='schema:datePublished'], [property='schema:dateCreated'], ",
            "[property~='dc:created'], time.published, .dt-published",
        ))
        .expect("the selectors are fixed and tested")
    });
    // What each of them asks for.
    let may_be = |name: &str, value: &str| match name {
        "itemprop" | "property" => value.contains("date") || value.contains("created"),
        "class" => value.contains("published"),
        _ => false,
    };
    let mut marked = dom::having(page, may_be).into_iter().filter(|node| node.is_match(&MARKED));
    let value = |node: &NodeRef<'_>| {
        let given = node.attr("datetime").or_else(|| node.attr("content"));
        given.map_or_else(|| dom::text(node), |value| value.to_string())
    };
    marked.find_map(|node| dates::machine(&value(&node), frame)?.ok())
}

/// The time that the article's container marks for machines, where all of them are of one day.
pub(super) fn only_time(page: &Page, frame: &Frame) -> Option<Moment> {
    let times = page.select("article time[datetime], main time[datetime]");
    let values = times.nodes().iter().filter_map(|time| time.attr("datetime"));
    of_one_day(values.filter_map(|v| dates::machine(&v, frame)?.ok()).collect())
}

fn of_one_day(found: Vec<Moment>) -> Option<Moment> {
    let day = found.first()?.instant.date_naive();
    let agree = found.iter().all(|moment| moment.instant.date_naive() == day);
    found.into_iter().next().filter(|_| agree)
}

/// Who posted, where the page says so of one person only: under comments it says so of many.
pub(super) fn poster(lines: &[String]) -> Vec<String> {
    let mut names: Vec<String> = lines.iter().filter_map(|line| signatures::poster(line)).collect();
    names.dedup();
    if names.len() == 1 { names } else { Vec::new() }
}

/// The editor, wherever the page names one.
pub(super) fn editor(lines: &[String]) -> Vec<String> {
    lines
        .iter()
        .map(|line| signatures::editor(line))
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

/// Places where the title may stand that are looked at.
const MAX_PLACES: usize = 4;

/// Bytes of a line that tell whether it may be the title.
const LOOK: usize = 12;

/// Where the title stands: the last line before the text first, since menus and breadcrumbs name it before the article does.
fn places(lines: &[String], title: &str) -> Vec<usize> {
    let title = fold(title);
    let long = title.chars().count() >= 6;
    let is_title = |line: &String| {
        // Compatibility forms are wider, by three bytes for one; a paragraph is not looked at in full.
        if line.len() > 6 * title.len() + 200 {
            return false;
        }
        if !may_be_of(line, &title) {
            return false;
        }
        let line = fold(line);
        let runs_on = long && line.starts_with(&title) && line.len() < title.len() * 2;
        // The title may carry a site's name that no rule knew.
        let is_most = long && title.contains(&line) && line.len() * 2 > title.len();
        line == title || runs_on || is_most
    };
    let mut found: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| is_title(line)).map(|(at, _)| at).collect();
    let text = lines.iter().position(|line| is_prose(line) && !is_title(line));
    let before_text = found.iter().rposition(|at| text.is_none_or(|text| *at < text));
    if let Some(at) = before_text {
        found[..=at].rotate_right(1);
    }
    found.truncate(MAX_PLACES);
    found
}

/// Whether a line may be folded into a part of a folded title, or begin with it: few lines need more than a look.
fn may_be_of(line: &str, title: &str) -> bool {
    let plain = line.bytes().take_while(u8::is_ascii).take(LOOK).count();
    // What comes next may change the letter before it.
    let sure = if plain == line.len() { plain } else { plain.saturating_sub(1) };
    let letters = line[..sure].bytes().filter(u8::is_ascii_alphanumeric);
    let head: String = letters.take(4).map(|b| char::from(b.to_ascii_lowercase())).collect();
    // ASCII does not grow when it is folded.
    title.contains(&head) && (!line.is_ascii() || 2 * line.len() > title.len())
}

impl Seen {
    fn read(&mut self, line: &str, frame: &Frame) {
        self.keep(labelled::within(line, frame));
    }

    fn keep(&mut self, fields: Vec<Field>) {
        for field in fields {
            match field {
                Field::Published(reading) => {
                    self.published = self.published.take().or(Some(reading));
                }
                Field::Updated(reading) => self.updated = self.updated.take().or(Some(reading)),
                Field::Author(names) if self.authors.is_empty() => self.authors = names,
                Field::Source(name) => self.source = self.source.take().or(Some(name)),
                _ => {}
            }
        }
    }

    /// "By" and the name on lines of their own.
    fn read_split_byline(&mut self, line: &str, next: &str) {
        const ALONE: [&str; 10] = [
            "by",
            "by:",
            "written by",
            "written by:",
            "author",
            "author:",
            "posted by",
            "words by",
            "article by",
            "story by",
        ];
        if self.authors.is_empty() && ALONE.contains(&line.to_ascii_lowercase().as_str()) {
            self.authors = authors::byline(&format!("By {next}"));
        }
    }

    fn read_lead(&mut self, line: &str, next: Option<&str>) {
        if self.lead.is_some() {
            return;
        }
        if let Some(lead) = wording::labelled_lead(line) {
            let lead = if lead.is_empty() { next.unwrap_or_default() } else { lead };
            self.lead = (!lead.is_empty()).then(|| lead.to_owned());
        }
    }
}

/// Markup that says "author" in HTML's own vocabularies first, in the common words of style sheets after.
const MARKED: [&str; 7] = [
    "[itemprop=author] [itemprop~=name]",
    "[itemprop=author]",
    "a[rel~=author]",
    "[class*=byline]",
    "[class*=author]",
    "a[href*='/author/']",
    "a[href*='/authors/']",
];
/// How many of the marks are HTML's own.
const OF_HTML: usize = 3;
/// More names than this are a list of the site's authors.
const MAX_MARKED: usize = 8;
/// Characters of an element that holds a byline and nothing else.
const MAX_BYLINE: usize = 80;

/// Names that the page marks as its authors in HTML.
pub(super) fn marked_authors(page: &Page) -> Vec<String> {
    let fits = |names: &Vec<String>| !names.is_empty() && names.len() <= MAX_MARKED;
    let marked = may_mark_authors(page);
    let mut names = MARKED.iter().map(|selector| marked_by(&marked, selector));
    names.find(fits).unwrap_or_default()
}

/// Elements that one of [`MARKED`] may fit.
fn may_mark_authors(page: &Page) -> Vec<NodeRef<'_>> {
    let may_be = |name: &str, value: &str| match name {
        "itemprop" => value.contains("author") || value.contains("name"),
        "rel" | "href" => value.to_ascii_lowercase().contains("author"),
        "class" => value.contains("author") || value.contains("byline"),
        _ => false,
    };
    dom::having(page, may_be)
}

/// Names that only their elements set apart from one another.
fn set_apart(node: &NodeRef<'_>) -> Vec<String> {
    let pieces = dom::pieces(node);
    if pieces.iter().all(|piece| authors::is_name_alone(piece)) { pieces } else { Vec::new() }
}

/// A name in a paragraph of its own that is set to the right: where letters and articles are signed.
pub(super) fn signature(page: &Page) -> Vec<String> {
    let at_right =
        page.select("p[align=right], p[style*='text-align: right'], p[style*='text-align:right']");
    let names = at_right.nodes().iter().map(|node| dom::text(node));
    names.filter(|name| authors::is_name_alone(name)).take(1).collect()
}

/// Names that the page marks in the vocabularies of HTML, in the one that has most of them.
pub(super) fn itemprop_authors(page: &Page) -> Vec<String> {
    let marked = may_mark_authors(page);
    let people = MARKED[..OF_HTML].iter().map(|selector| marked_by(&marked, selector));
    people.max_by_key(Vec::len).filter(|names| names.len() <= MAX_MARKED).unwrap_or_default()
}

fn marked_by(marked: &[NodeRef<'_>], selector: &str) -> Vec<String> {
    // Style sheets also call portraits, boxes and counters so: there every name must be written as one.
    let by_style = selector.contains('*');
    let is_certain =
        |name: &String| !by_style || name.contains(' ') || authors::is_chinese_name(name);
    let mut names: Vec<String> = Vec::new();
    for node in marked.iter().filter(|node| node.is(selector)) {
        let told =
            node.attr("content").map_or_else(|| dom::text(node), |content| content.to_string());
        if told.is_empty() || told.chars().count() > MAX_BYLINE {
            continue;
        }
        let apart = set_apart(node);
        if apart.len() > 1 {
            return apart;
        }
        let found =
            if by_style { authors::byline(&format!("By {told}")) } else { authors::names(&told) };
        names.extend(
            found.into_iter().filter(|name| !wording::is_more_link(name) && is_certain(name)),
        );
        if by_style && !names.is_empty() {
            break;
        }
    }
    names.dedup();
    names
}
