//! What search found: titles and passages with the words that were looked for marked in them.

use chrono_tz::Tz;
use serde::Serialize;

use super::super::{Entry, RenderError, content, guard, wording};
use super::feed::origin;
use super::{Frame, rendered, words};
use crate::domain::{Digest, Edition, Locale, Query};

/// Characters of a passage that are shown.
const SHOWN: usize = 280;
/// Of these, as many stand before the first place at least, where there are as many.
const BEFORE: usize = 60;

/// What there is to say to somebody who looks for something.
#[derive(Debug)]
pub enum Answer<'a> {
    /// Nothing was asked yet.
    Unasked,
    /// There is no letter in what was asked.
    Wordless,
    /// More was asked than anybody types.
    TooLong,
    /// What was found.
    Found {
        /// What was looked for.
        query: &'a Query,
        /// The newest first.
        hits: Vec<Hit<'a>>,
        /// The query of the page with older ones.
        older: Option<String>,
    },
}

/// Something that was found.
#[derive(Debug)]
pub enum Hit<'a> {
    /// An article.
    Article(Entry<'a>),
    /// An Edition.
    Edition {
        /// It.
        edition: &'a Edition,
        /// What its mail was called.
        subject: &'a str,
        /// Its Digest.
        digest: &'a Digest,
        /// The zone that it is dated in.
        zone: Tz,
    },
}

#[derive(Serialize)]
struct View<'a> {
    asked: &'a str,
    note: Option<&'static str>,
    hits: Vec<HitView>,
    older: Option<String>,
}

#[derive(Serialize)]
struct HitView {
    page: String,
    language: Option<String>,
    title: Vec<Piece>,
    origin: Option<String>,
    date: Option<String>,
    passage: Vec<Piece>,
}

/// A piece of a text; marked, where it was looked for.
#[derive(Debug, Serialize, PartialEq, Eq)]
struct Piece {
    text: String,
    is_marked: bool,
}

/// Writes the page with the form, which holds what was `asked`, and the answer.
pub fn search(frame: &Frame<'_>, asked: &str, answer: &Answer<'_>) -> Result<String, RenderError> {
    let words = words::words(frame.locale);
    let mut view = View { asked, note: None, hits: Vec::new(), older: None };
    match answer {
        Answer::Unasked => {}
        Answer::Wordless => view.note = Some(words.search_wordless),
        Answer::TooLong => view.note = Some(words.search_too_long),
        Answer::Found { query, hits, older } => {
            view.hits = hits.iter().map(|hit| hit_view(frame, query, hit)).collect();
            view.note = hits.is_empty().then_some(words.search_nothing);
            view.older.clone_from(older);
        }
    }
    rendered("search.html.j2", frame, view)
}

fn hit_view(frame: &Frame<'_>, query: &Query, hit: &Hit<'_>) -> HitView {
    match hit {
        Hit::Article(entry) => {
            let article = entry.article;
            let language = article.language.as_ref();
            HitView {
                page: format!("{}articles/{}", frame.base(), article.id),
                language: language
                    .filter(|own| Locale::of(own) != frame.locale)
                    .map(ToString::to_string),
                title: pieces(query, &content::title(article)),
                origin: origin(article),
                date: article.published.as_ref().map(|moment| moment.display(frame.locale)),
                passage: passage(query, &article.title, &article.passages()),
            }
        }
        Hit::Edition { edition, subject, digest, zone } => HitView {
            page: format!("{}{}", frame.base(), edition.path()),
            language: Some(&digest.language)
                .filter(|own| Locale::of(own) != frame.locale)
                .map(ToString::to_string),
            title: pieces(query, &guard::line(subject)),
            origin: guard::some_line(&digest.title),
            date: Some(wording::long_date(&edition.slot.with_timezone(zone), frame.locale)),
            passage: passage(query, subject, &edition.passages()),
        },
    }
}

/// The first passage that has what was looked for; where only the title has it, the first of all.
fn passage(query: &Query, title: &str, passages: &[String]) -> Vec<Piece> {
    let lines: Vec<String> = passages.iter().filter_map(|text| guard::some_line(text)).collect();
    let telling = lines.iter().find(|line| !query.places(line).is_empty() && *line != title);
    telling.or(lines.first()).map(|line| pieces(query, &around(query, line))).unwrap_or_default()
}

/// The part of `line` around the first place, where the whole is long.
fn around(query: &Query, line: &str) -> String {
    if line.chars().count() <= SHOWN {
        return line.to_owned();
    }
    let first = query.places(line).first().map_or(0, |place| line[..place.start].chars().count());
    let skipped = first.saturating_sub(BEFORE);
    let part: String = line.chars().skip(skipped).take(SHOWN).collect();
    let (before, after) = (skipped > 0, line.chars().count() > skipped + SHOWN);
    format!("{}{}{}", if before { "…" } else { "" }, part.trim(), if after { "…" } else { "" })
}

fn pieces(query: &Query, text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for place in query.places(text) {
        pieces.push(Piece { text: text[done..place.start].to_owned(), is_marked: false });
        pieces.push(Piece { text: text[place.clone()].to_owned(), is_marked: true });
        done = place.end;
    }
    pieces.push(Piece { text: text[done..].to_owned(), is_marked: false });
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str, passages: &[&str]) -> String {
        let query = Query::parse(query).unwrap();
        let passages: Vec<String> = passages.iter().map(|text| (*text).to_owned()).collect();
        let piece =
            |piece: Piece| if piece.is_marked { format!("[{}]", piece.text) } else { piece.text };
        passage(&query, "Title", &passages).into_iter().map(piece).collect()
    }

    #[test]
    fn the_passage_that_tells_why_is_shown_with_the_words_marked() {
        let passages = ["The sea is calm.", "船停在旧码头。", "Piers & jetties"];
        assert_eq!(shown("码头", &passages), "船停在旧[码头]。");
        assert_eq!(shown("pier jett", &passages), "[Piers] & [jetties]");
        assert_eq!(shown("title", &passages), "The sea is calm.");
    }

    #[test]
    fn of_a_long_passage_the_part_around_the_first_place_is_shown() {
        let long = format!("{} pier {}", "calm sea ".repeat(100), "wind ".repeat(100));
        let shown = shown("pier", &[&long]);
        assert!(
            shown.starts_with('…') && shown.ends_with('…') && shown.contains("[pier]"),
            "{shown}"
        );
        assert!(shown.chars().count() < SHOWN + 10);
    }
}
