//! An element, read whole: its value as a line, as an address, as a text or markup.

use std::borrow::Cow;
use std::rc::Rc;

use url::Url;

use super::kinds;
use super::places::attribute;
use super::tags::{self, Tags, Token};
use super::vocabulary::Vocabulary;
use super::wire::Markup;

/// An element, read whole.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub vocabulary: Vocabulary,
    pub name: String,
    pub attributes: Vec<(String, Cow<'a, str>)>,
    /// Its text with references resolved once.
    pub text: String,
    /// Everything between its tags, as written.
    pub inner: &'a str,
    /// Whether elements stand in it.
    pub has_elements: bool,
    pub base: Option<Rc<Url>>,
}

impl Field<'_> {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The text on one line, without markup.
    pub fn line(&self) -> Option<String> {
        let markup = self.markup();
        let stripped = markup.is_html.then(|| collapsed(&plain(&markup.text)));
        // Where nothing is left without the markup, what was taken for markup were the words.
        let text = stripped.filter(|text| !text.is_empty());
        let text = text.unwrap_or_else(|| collapsed(&markup.text));
        Some(text).filter(|text| !text.is_empty())
    }

    pub fn address(&self, text: &str) -> Option<Url> {
        address(text, self.base.as_deref())
    }

    /// What relative addresses in its content count from, where it says so itself or where its only element does.
    pub fn own_base(&self) -> Option<Url> {
        let inside = || {
            Tags::new(self.inner).find_map(|token| match token {
                Token::Start { attributes, .. } => Some(tags::attributes(attributes)),
                _ => None,
            })
        };
        let first = if self.has_elements { inside() } else { None };
        let inner = first.as_ref().and_then(|found| attribute(found, "xml:base"));
        match inner {
            Some(inner) => address(inner, self.base.as_deref()),
            None => self.base.as_deref().filter(|_| self.attribute("xml:base").is_some()).cloned(),
        }
    }

    /// The content, and whether it is markup: declared by Atom's `type` and `mode`, else by its looks.
    pub fn markup(&self) -> Markup {
        let kind = self.attribute("type").unwrap_or_default().to_ascii_lowercase();
        if self.has_elements {
            return Markup { text: kinds::xhtml_as_html(self.inner).into(), is_html: true };
        }
        let is_encoded = self.attribute("mode") == Some("base64") || kinds::is_binary(&kind);
        let decoded = if is_encoded { kinds::base64(&self.text) } else { None };
        let is_seen = is_encoded && decoded.is_none() && kinds::is_medium(&kind);
        let written = || if is_seen { String::new() } else { self.text.clone() };
        let text = decoded.unwrap_or_else(written);
        let is_text =
            matches!(kind.as_str(), "text" | "text/plain") && self.attribute("mode").is_none();
        Markup {
            is_html: kind.contains("html") || !is_text && kinds::looks_like_markup(&text),
            text,
        }
    }
}

/// `written` as an address. Without a scheme, a host is taken for one where it looks like nothing else.
pub(super) fn address(written: &str, base: Option<&Url>) -> Option<Url> {
    let written = written.trim();
    if written.starts_with("www.") {
        return Url::parse(&format!("http://{written}")).ok();
    }
    match base {
        Some(base) => base.join(written).ok(),
        None if written.starts_with("//") => Url::parse(&format!("https:{written}")).ok(),
        None => Url::parse(written).ok(),
    }
}

/// The words of a piece of HTML.
pub(super) fn plain(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.to_owned();
    }
    if super::limits::check_markup(html).is_err() {
        return String::new();
    }
    let page = dom_query::Document::fragment(html);
    if ["<script", "<style", "<template"].iter().any(|tag| html.contains(tag)) {
        page.select("script, style, template").remove();
    }
    page.root().text().to_string()
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
