//! Markdown: front matter and `CommonMark`; its HTML goes the way of every page's.

use pulldown_cmark::{Options, Parser, html};

use super::dates::{self, Frame};
use super::draft::Draft;
use super::{NormalizeError, authors, html as page, labelled, links, wording};
use crate::domain::{Document, Language, Note};

/// Reads a Markdown file as site generators keep them.
pub(super) fn read(document: &Document) -> Result<Draft, NormalizeError> {
    let (matter, body) = front_matter(document.text.trim_start_matches('\u{FEFF}'));
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let mut rendered = String::with_capacity(body.len() * 2);
    html::push_html(&mut rendered, Parser::new_ext(body, options));
    let mut draft = page::read_fragment(&rendered, document)?;
    let frame = Frame { now: document.fetched_at, month_first: true };
    for (key, values) in matter {
        apply(&key, &values, &frame, &mut draft);
    }
    Ok(draft)
}

/// A field of front matter: its key and one value or several.
type Field = (String, Vec<String>);

/// Splits off YAML (`---`) or TOML (`+++`) front matter. Only flat keys with texts and lists are read; site generators keep
/// everything that an article needs in those.
fn front_matter(text: &str) -> (Vec<Field>, &str) {
    for fence in ["---", "+++"] {
        let Some(rest) = text
            .strip_prefix(fence)
            .and_then(|r| r.strip_prefix('\n').or_else(|| r.strip_prefix("\r\n")))
        else {
            continue;
        };
        let end =
            rest.match_indices(fence).find(|(at, _)| *at == 0 || rest.as_bytes()[at - 1] == b'\n');
        if let Some((end, _)) = end {
            let body =
                rest[end + fence.len()..].trim_start_matches(fence.chars().next().unwrap_or('-'));
            return (fields(&rest[..end]), body);
        }
    }
    (Vec::new(), text)
}

fn fields(matter: &str) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for line in matter.lines() {
        let item = line.trim_start().strip_prefix("- ").map(plain);
        if let (Some(item), Some((_, values))) = (item, fields.last_mut()) {
            values.push(item);
            continue;
        }
        let is_nested = line.starts_with([' ', '\t']);
        let pair =
            line.split_once(':').filter(|(k, _)| !k.contains('=')).or_else(|| line.split_once('='));
        if let (false, Some((key, value))) = (is_nested, pair) {
            fields.push((key.trim().to_lowercase(), values(value)));
        }
    }
    fields
}

fn values(value: &str) -> Vec<String> {
    let value = value.trim();
    match value.strip_prefix('[').and_then(|v| v.strip_suffix(']')) {
        Some(list) => list.split(',').map(plain).filter(|v| !v.is_empty()).collect(),
        None => [plain(value)].into_iter().filter(|v| !v.is_empty()).collect(),
    }
}

fn plain(value: &str) -> String {
    value.trim().trim_matches(['"', '\'']).trim().to_owned()
}

fn apply(key: &str, values: &[String], frame: &Frame, draft: &mut Draft) {
    let Some(first) = values.first() else { return };
    let list = || if values.len() > 1 { values.to_vec() } else { labelled::tags(first) };
    match key {
        "title" => draft.title = Some(first.clone()),
        "description" | "summary" | "excerpt" | "abstract" | "lead" | "subtitle" => {
            let lead = wording::labelled_lead(first).filter(|l| !l.is_empty()).unwrap_or(first);
            draft.lead = Some(lead.to_owned());
        }
        "author" | "authors" => {
            draft.authors = values.iter().flat_map(|value| authors::names(value)).collect();
        }
        "tags" | "tag" | "keywords" | "categories" if draft.tags.is_empty() || key == "tags" => {
            draft.tags = list();
        }
        "lang" | "language" => draft.declared_language = Language::parse(first),
        "canonical" | "canonical_url" | "canonicalurl" => {
            draft.canonical_url = links::absolute(first, None);
        }
        "source" => draft.attribution = super::attribution::name(first),
        "date" | "published" | "publishdate" | "pubdate" => {
            draft.published = moment(first, "published", frame, draft);
        }
        "updated" | "lastmod" | "modified" | "last_modified_at" => {
            draft.updated = moment(first, "updated", frame, draft);
        }
        _ => {}
    }
}

fn moment(
    value: &str,
    place: &str,
    frame: &Frame,
    draft: &mut Draft,
) -> Option<crate::domain::Moment> {
    let reading = dates::machine(value, frame);
    if !matches!(reading, Some(Ok(_))) {
        draft.notes.push(Note::new(
            place,
            format!("\"{value}\" in the front matter is no date that exists; none is kept"),
        ));
    }
    reading.and_then(Result::ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_read_in_the_shapes_of_site_generators() {
        let (yaml, body) = front_matter(
            "---\ntitle: \"A: b\"\ntags:\n  - one\n  - two\nauthor: Jane\n---\n# Body",
        );
        assert_eq!(yaml[0], ("title".into(), vec!["A: b".into()]));
        assert_eq!(yaml[1], ("tags".into(), vec!["one".into(), "two".into()]));
        assert_eq!(body.trim(), "# Body");
        let (toml, _) = front_matter("+++\ntitle = 'T'\ntags = [\"a\", \"b\"]\n+++\nBody");
        assert_eq!(
            toml,
            [("title".into(), vec!["T".into()]), ("tags".into(), vec!["a".into(), "b".into()])]
        );
        assert_eq!(front_matter("--- not matter").1, "--- not matter");
    }
}
