//! Sanitising, once: what passes here may go into feeds and mail as it is.

use std::borrow::Cow;
use std::collections::HashSet;

use ammonia::{Builder, UrlRelative};
use url::Url;

use super::links;

/// Characters that have a meaning in HTML, as references.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Elements whose content is no text for readers and goes with them.
const DROPPED: [&str; 12] = [
    "script", "style", "noscript", "template", "svg", "object", "select", "textarea", "button",
    "iframe", "canvas", "title",
];

/// `html` with nothing in it that runs, loads from elsewhere unseen, tracks, or points nowhere.
pub(super) fn clean(html: &str, base: Option<&Url>) -> String {
    let base = base.cloned();
    let mut builder = Builder::default();
    builder
        .add_tags(["tfoot"])
        .rm_tags(["map", "area"])
        .clean_content_tags(HashSet::from(DROPPED))
        .add_tag_attributes("a", ["rel"])
        .add_tag_attributes("code", ["class"])
        .add_tag_attributes("pre", ["class"])
        .add_tag_attributes("time", ["datetime"])
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .attribute_filter(move |element, attribute, value| {
            kept(element, attribute, value, base.as_ref())
        });
    builder.clean(html).to_string()
}

/// What of an attribute on the list above stays: addresses become absolute, and what leads nowhere goes.
pub(super) fn kept<'v>(
    element: &str,
    attribute: &str,
    value: &'v str,
    base: Option<&Url>,
) -> Option<Cow<'v, str>> {
    match attribute {
        "href" if value.trim().to_ascii_lowercase().starts_with("mailto:") => Some(value.into()),
        "href" | "src" | "cite" => links::absolute(value, base).map(|url| String::from(url).into()),
        // Later passes and readers know media by it.
        "rel" => (value == "enclosure").then(|| value.into()),
        // Only the language of code is worth a class.
        "class" if matches!(element, "code" | "pre") => value
            .split_whitespace()
            .find(|class| class.starts_with("language-") || class.starts_with("lang-"))
            .map(|class| class.to_owned().into()),
        _ => Some(value.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_runs_or_tracks_survives() {
        let base = Url::parse("https://example.org/a/").unwrap();
        let dirty = concat!(
            r#"<p onclick="x()">One <a href="b?utm_source=m&amp;id=1">two</a><script>x()</script>"#,
            r#"<a href="javascript:x()">three</a><iframe src="https://example.net"></iframe></p>"#,
            r#"<img src="/i.png" alt="i" onerror="x()"><pre class="wide language-rust">f()</pre><style>p{}</style>"#
        );
        assert_eq!(
            clean(dirty, Some(&base)),
            concat!(
                r#"<p>One <a href="https://example.org/a/b?id=1">two</a><a>three</a></p>"#,
                r#"<img src="https://example.org/i.png" alt="i"><pre class="language-rust">f()</pre>"#
            )
        );
    }
}
