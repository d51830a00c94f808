//! One piece of a Section, and how it is kept: text that its HTML says as well is not written twice.

use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

use super::bytes::find_byte;

/// What a piece of a Section is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockKind {
    /// Running prose.
    Paragraph,
    /// A list, whole.
    List,
    /// A quotation.
    Quote,
    /// Source code or preformatted text.
    Code,
    /// A table.
    Table,
    /// A figure with or without a caption.
    Figure,
}

/// One piece of a Section. Both forms say the same, save for a figure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Kept")]
pub struct Block {
    /// What it is; summaries are made of prose only.
    pub kind: BlockKind,
    /// Plain text; list items and table rows on lines of their own. Empty for a figure: its caption stands in the HTML and
    /// belongs to the picture, not to the running text.
    pub text: String,
    /// Sanitised HTML with absolute URLs.
    pub html: String,
}

impl Block {
    /// A block of plain `text`.
    pub fn plain(kind: BlockKind, text: String) -> Self {
        let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        Self { kind, html: format!("<p>{html}</p>"), text }
    }
}

/// A Block as it is kept: of most, the text is what their HTML says.
#[derive(Deserialize)]
struct Kept {
    kind: BlockKind,
    text: Option<String>,
    html: String,
}

impl From<Kept> for Block {
    fn from(kept: Kept) -> Self {
        let Kept { kind, text, html } = kept;
        Self { kind, text: text.unwrap_or_else(|| said(&html).collect()), html }
    }
}

impl Serialize for Block {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = Some(&self.text).filter(|text| !says(&self.html, text));
        let mut block = serializer.serialize_struct("Block", 2 + usize::from(own.is_some()))?;
        block.serialize_field("kind", &self.kind)?;
        match own {
            Some(text) => block.serialize_field("text", text)?,
            None => block.skip_field("text")?,
        }
        block.serialize_field("html", &self.html)?;
        block.end()
    }
}

/// Whether `html` says `text`, and nothing else.
fn says(html: &str, text: &str) -> bool {
    said(html).try_fold(text, |rest, piece| rest.strip_prefix(piece)) == Some("")
}

/// `html` piece by piece, without its tags and with the references that every writer of HTML needs. It never changes: what is
/// kept was compared with it.
fn said(html: &str) -> impl Iterator<Item = &str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (piece, after) = first_piece(rest);
            rest = after;
            if !piece.is_empty() {
                return Some(piece);
            }
        }
        None
    })
}

/// What the beginning of `html` says, which is nothing where it is a tag, and what is left.
fn first_piece(html: &str) -> (&str, &str) {
    const REFERENCES: [(&str, &str); 4] =
        [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\"")];
    if html.starts_with('<') {
        return ("", html.find('>').map_or("", |end| &html[end + 1..]));
    }
    if html.starts_with('&') {
        let known = |(reference, said)| Some((said, html.strip_prefix(reference)?));
        return REFERENCES.into_iter().find_map(known).unwrap_or(html.split_at(1));
    }
    let end = find_byte(html, |byte| matches!(byte, b'<' | b'&'));
    html.split_at(end.unwrap_or(html.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_as_it_was_and_says_nothing_twice() {
        let block =
            |kind, text: &str, html: &str| Block { kind, text: text.into(), html: html.into() };
        let table = [
            (
                block(
                    BlockKind::Paragraph,
                    "One & two <b>",
                    "<p>One &amp; <a href=\"x\">two</a> &lt;b&gt;</p>",
                ),
                false,
            ),
            (Block::plain(BlockKind::Paragraph, "a < b && \"c\"; &amp;".into()), false),
            (block(BlockKind::List, "一\n二", "<ul><li>一</li><li>二</li></ul>"), true),
            (
                block(
                    BlockKind::Figure,
                    "",
                    "<figure><img alt=\"x\"><figcaption>It.</figcaption></figure>",
                ),
                true,
            ),
            (block(BlockKind::Figure, "", "<img alt=\"x\">"), false),
            (block(BlockKind::Paragraph, "a b", "<p>a\u{A0}&nbsp;b &</p>"), true),
            (block(BlockKind::Paragraph, "x", "<a title=\"a > b\">x</a"), true),
        ];
        for (block, has_text) in table {
            let kept = serde_json::to_string(&block).unwrap();
            assert_eq!(kept.contains("\"text\""), has_text, "{kept}");
            assert_eq!(serde_json::from_str::<Block>(&kept).unwrap(), block);
        }
        let old = r#"{"kind":"paragraph","text":"As it was.","html":"<p>As it is.</p>"}"#;
        assert_eq!(serde_json::from_str::<Block>(old).unwrap().text, "As it was.");
    }
}
