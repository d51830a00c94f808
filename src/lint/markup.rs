//! Markup inside of texts: what readers strip for safety, relative addresses, and markup where none belongs.

use std::sync::LazyLock;

use regex::Regex;

use super::Rule;

/// Elements of HTML, space-separated; those before `|` are kept by readers, those behind it are removed.
const ELEMENTS: &str = "a abbr acronym address area article aside audio b bdi bdo big blockquote br button canvas caption \
    center cite code col colgroup command data datalist dd del details dfn dialog dir div dl dt em fieldset figcaption \
    figure footer font form header h1 h2 h3 h4 h5 h6 hgroup hr i img input ins kbd label legend li main map mark menu \
    meter nav noscript ol optgroup option output p picture pre progress q rp rt ruby s samp section select small source \
    span strike strong sub summary sup table tbody td template textarea tfoot th thead time tr track tt u ul var video wbr \
    | applet base basefont body embed frame frameset head html iframe isindex link listing meta noframes object param \
    plaintext script slot style title xmp";

/// A finding in a piece of markup.
pub(super) struct Flaw {
    pub rule: Rule,
    pub what: String,
}

fn flaw(rule: Rule, what: impl Into<String>) -> Flaw {
    Flaw { rule, what: what.into() }
}

fn is_kept(name: &str) -> Option<bool> {
    static KEPT: LazyLock<std::collections::HashMap<&'static str, bool>> = LazyLock::new(|| {
        let (kept, removed) = ELEMENTS.split_once('|').expect("the constant has both");
        let with = |names: &'static str, kept| names.split_whitespace().map(move |n| (n, kept));
        with(kept, true).chain(with(removed, false)).collect()
    });
    KEPT.get(name).copied()
}

/// Whether `name` is an element of HTML at all.
pub(super) fn is_html(name: &str) -> bool {
    is_kept(&name.to_ascii_lowercase()).is_some()
}

/// What is wrong with `html` as the body of an entry; `absolute` asks for absolute addresses.
pub(super) fn flaws(html: &str, absolute: bool) -> Vec<Flaw> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if rest.starts_with(['?', '!', '%']) {
            found.push(not_tag(rest));
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            let end = tag_end(rest);
            tag(&rest[..end], end == rest.len(), absolute, &mut found);
            rest = &rest[end..];
        } else {
            found.push(flaw(Rule::NotHtml, "\"<\" that begins no tag; write &lt;"));
        }
    }
    found
}

fn not_tag(rest: &str) -> Flaw {
    let is_import = rest.get(..7).is_some_and(|begin| begin.eq_ignore_ascii_case("?import"));
    if is_import {
        return flaw(Rule::SecurityRisk, "a processing instruction that imports");
    }
    flaw(Rule::NotHtml, "a declaration or processing instruction inside of content")
}

/// Where the tag ends, outside of quoted values.
fn tag_end(rest: &str) -> usize {
    let mut quote = None;
    for (at, b) in rest.bytes().enumerate() {
        match (quote, b) {
            (Some(open), b) if b == open => quote = None,
            (None, b'"' | b'\'') if rest.as_bytes()[..at].last().is_some_and(|b| *b == b'=') => {
                quote = Some(b);
            }
            (None, b'>') => return at,
            _ => {}
        }
    }
    rest.len()
}

fn tag(tag: &str, is_unclosed: bool, absolute: bool, found: &mut Vec<Flaw>) {
    if is_unclosed {
        found.push(flaw(Rule::NotHtml, "a tag that is never closed"));
        return;
    }
    let body = tag.trim_start_matches('/');
    let end = body.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(body.len());
    let name = body[..end].to_ascii_lowercase();
    match is_kept(&name) {
        None => found.push(flaw(Rule::NotHtml, format!("<{name}> is no element of HTML"))),
        Some(false) if !tag.starts_with('/') => {
            found.push(flaw(Rule::SecurityRisk, format!("<{name}>")));
        }
        Some(_) if !tag.starts_with('/') => {
            for (key, value) in attributes(&body[end..]) {
                attribute(&name, &key, value, absolute, found);
            }
        }
        Some(_) => {}
    }
}

/// Names and raw values of a tag's attributes.
fn attributes(mut rest: &str) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return found;
        }
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let key = rest[..end].to_ascii_lowercase();
        let after = rest[end..].trim_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
            found.push((key, ""));
            rest = &rest[end.max(1)..];
            continue;
        };
        let (value, after) = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        found.push((key, value));
        rest = after;
    }
}

fn attribute(element: &str, key: &str, value: &str, absolute: bool, found: &mut Vec<Flaw>) {
    if key == "style" {
        found.extend(style(value).map(|what| flaw(Rule::DangerousStyleAttr, what)));
    } else if key.starts_with("on") {
        found.push(flaw(Rule::SecurityRiskAttr, key));
    } else if absolute && matches!((element, key), ("a", "href") | ("img", "src")) {
        let value = value.trim();
        if super::addresses::scheme(value).is_none() {
            found.push(flaw(Rule::ContainsRelRef, value));
        }
    } else if absolute && key == "srcset" {
        let relative = value.split(", ").map(str::trim).find(|candidate| {
            !candidate.is_empty() && super::addresses::scheme(candidate).is_none()
        });
        found.extend(relative.map(|candidate| flaw(Rule::ContainsRelRef, candidate)));
    }
}

/// Properties that change how text looks where it stands, and nothing else.
const HARMLESS: &str = "azimuth background background-color border border-bottom border-bottom-color border-bottom-style \
    border-bottom-width border-collapse border-color border-left border-left-color border-left-style border-left-width \
    border-right border-right-color border-right-style border-right-width border-spacing border-style border-top \
    border-top-color border-top-style border-top-width border-width clear color cursor direction display elevation float \
    font font-family font-size font-style font-variant font-weight height letter-spacing line-height list-style-type \
    margin margin-bottom margin-left margin-right margin-top overflow padding padding-bottom padding-left padding-right \
    padding-top pause pause-after pause-before pitch pitch-range richness speak speak-header speak-numeral \
    speak-punctuation speech-rate stress text-align text-decoration text-indent unicode-bidi vertical-align voice-family \
    volume white-space width";

static SAFE_CHARACTERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^(?:[:,;#%.\sa-zA-Z0-9!]|\w-\w|'[\s\w]+'|"[\s\w]+"|\([\d,\s]+\))*$"#)
        .expect("the pattern is a constant")
});

static PLAIN_VALUE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:aqua|auto|black|block|blue|bold|both|bottom|brown|center|collapse|dashed|dotted|fuchsia|gray|green|!important|italic|left|lime|maroon|medium|none|navy|normal|nowrap|olive|pointer|purple|red|right|solid|silver|teal|top|transparent|underline|white|yellow|#[0-9a-f]+|rgb\(\d+%?,\d*%?,?\d*%?\)?|\d?\.?\d?\d(?:cm|em|ex|in|mm|pc|pt|px|%|,|\))?)$",
    )
    .expect("the pattern is a constant")
});

/// The first thing in a style that a careful reader would not apply.
fn style(value: &str) -> Option<String> {
    if !SAFE_CHARACTERS.is_match(value) {
        return Some(value.to_owned());
    }
    value.to_ascii_lowercase().split(';').filter(|d| !d.trim().is_empty()).find_map(|declaration| {
        let Some((property, value)) = declaration.split_once(':') else {
            return Some(declaration.to_owned());
        };
        let property = property.trim();
        if value.contains(':') || !HARMLESS.split_whitespace().any(|known| known == property) {
            return Some(property.to_owned());
        }
        let is_box = ["background", "border", "margin", "padding"]
            .contains(&property.split('-').next().unwrap_or_default());
        let strange = value.split_whitespace().find(|word| is_box && !PLAIN_VALUE.is_match(word));
        strange.map(str::to_owned)
    })
}

static END_TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"</(\w+)>").expect("the pattern is a constant"));
static ENTITY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"&(#?[\p{L}\p{N}_]+)").expect("the pattern is a constant"));

/// The first sign that `text`, meant to be plain, is markup: an end tag of HTML or a reference.
pub(super) fn in_plain(text: &str, is_hexadecimal: bool) -> Option<String> {
    if !text.contains(['<', '&']) {
        return None;
    }
    let tag = END_TAG.captures_iter(text).find(|tag| is_html(&tag[1]));
    if let Some(tag) = tag {
        return Some(tag[0].to_owned());
    }
    let mut entities = ENTITY.captures_iter(text).filter(|e| is_entity(&e[1]));
    entities.next().filter(|_| !is_hexadecimal).map(|entity| format!("{};", &entity[0]))
}

/// References that readers would resolve: numbers, and the names that HTML has had from the start.
fn is_entity(name: &str) -> bool {
    const NAMES: &str = "amp lt gt quot apos nbsp copy reg trade hellip mdash ndash lsquo rsquo ldquo rdquo laquo raquo \
        bull middot euro pound yen cent sect para deg times divide aacute agrave acirc auml aring aelig ccedil eacute \
        egrave ecirc euml iacute igrave icirc iuml ntilde oacute ograve ocirc ouml oslash szlig uacute ugrave ucirc uuml \
        yacute yuml Auml Ouml Uuml Eacute Agrave Aring";
    !name.chars().all(char::is_alphabetic) || NAMES.split_whitespace().any(|n| n == name)
}

/// Whether RSS readers that take a plain text for markup would see other words than those that do not.
pub(super) fn is_ambiguous(text: &str) -> bool {
    text.as_bytes().windows(2).enumerate().any(|(at, pair)| match pair {
        [b'<', b'/' | b'a'..=b'z' | b'A'..=b'Z'] => true,
        [b'&', b'#'] => {
            text.as_bytes().get(at + 2).is_some_and(|b| b.is_ascii_digit() || *b == b'x')
        }
        _ => false,
    })
}
