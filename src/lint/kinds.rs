//! Kinds of value: what an element or attribute may hold, and whether it does.

use super::addresses::{self, Form};
use super::check::Check;
use super::rules::Rule;
use super::{dates, markup, values};

/// What an element or attribute may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anything without elements.
    Text,
    /// Words without markup.
    Plain,
    /// Words that must be there.
    PlainNonBlank,
    /// Escaped markup.
    Html,
    /// An absolute address of RFC 3986.
    Address,
    /// An address that may be relative.
    Reference,
    /// An address of RFC 3987 that may be relative.
    IriReference,
    /// An absolute address of RFC 3987.
    Iri,
    /// RFC 822.
    Rfc822,
    /// RFC 3339.
    Rfc3339,
    /// W3C NOTE-datetime.
    W3c,
    /// A language tag.
    Language,
    /// A mail address with a name.
    Contact,
    /// A mail address.
    Mail,
    /// One or more.
    Positive,
    /// Zero or more.
    NonNegative,
    /// `true` or `false`.
    TrueFalse,
    /// A length of time.
    Duration,
    /// So many characters, and no markup.
    AtMost(usize),
    /// A media type.
    MediaType,
    /// Looked at elsewhere, or not at all.
    Anything,
}

impl Check<'_, '_> {
    /// Checks an element that holds a value and nothing else.
    pub fn leaf(&mut self, index: usize, kind: Kind) {
        if kind == Kind::Anything {
            return;
        }
        self.no_elements(index);
        let element = self.element(index);
        let text = if kind == Kind::Html { &*element.text } else { element.text.trim() };
        self.value(index, kind, text, "");
    }

    /// Checks `value`; `what` names the attribute, if it is one.
    pub fn value(&mut self, index: usize, kind: Kind, value: &str, what: &str) {
        let now = self.settings.now;
        let rule = match kind {
            Kind::Text | Kind::Anything => None,
            Kind::PlainNonBlank if value.is_empty() => Some(Rule::NotBlank),
            Kind::Plain | Kind::PlainNonBlank => {
                return self.plain(index, value, Rule::ContainsHtml, what);
            }
            Kind::AtMost(most) if value.chars().count() > most => Some(Rule::TooLong),
            Kind::AtMost(_) => return self.plain(index, value, Rule::ContainsHtml, what),
            Kind::MediaType => not(values::is_media_type(value), Rule::InvalidMimeType),
            Kind::Html => return self.html(index, value, true),
            Kind::Address => addresses::uri(value, Form::Absolute, false),
            Kind::Reference => addresses::uri(value, Form::Reference, false),
            Kind::IriReference => addresses::uri(value, Form::Reference, true),
            Kind::Iri => addresses::uri(value, Form::Absolute, true),
            Kind::Rfc822 => dates::rfc822(value, now),
            Kind::Rfc3339 => dates::rfc3339(value, now),
            Kind::W3c => dates::w3cdtf(value, now),
            Kind::Language => (!values::is_language(value)).then_some(Rule::InvalidLanguage),
            Kind::Contact => {
                self.plain(index, value, Rule::ContainsHtml, what);
                contact(value)
            }
            Kind::Mail => not(addresses::is_mail(value), Rule::InvalidContact),
            Kind::Positive => {
                not(values::integer(value).is_some_and(|n| n > 0), Rule::InvalidPositiveInteger)
            }
            Kind::NonNegative => {
                not(values::integer(value).is_some_and(|n| n >= 0), Rule::InvalidNonNegativeInteger)
            }
            Kind::TrueFalse => not(["true", "false"].contains(&value), Rule::InvalidTrueFalse),
            Kind::Duration => not(values::is_duration(value), Rule::InvalidDuration),
        };
        if let Some(rule) = rule {
            self.found(rule, index, named(what, value));
        }
    }

    /// Words in which markup is a mistake.
    pub fn plain(&mut self, index: usize, value: &str, rule: Rule, what: &str) {
        let is_hexadecimal = self.element(index).has_hexadecimal;
        if let Some(sign) = markup::in_plain(value, is_hexadecimal) {
            self.found(rule, index, format!("{} in {}", sign, named(what, value)));
        } else if self.is_rss2 && !is_hexadecimal && markup::is_ambiguous(value) {
            self.found(Rule::CharacterData, index, named(what, value));
        }
    }

    /// Markup that readers show.
    pub fn html(&mut self, index: usize, value: &str, absolute: bool) {
        for flaw in markup::flaws(value, absolute) {
            self.found(flaw.rule, index, flaw.what);
        }
    }
}

fn not(fits: bool, rule: Rule) -> Option<Rule> {
    (!fits).then_some(rule)
}

fn named(what: &str, value: &str) -> String {
    let shown: String = value.chars().take(120).collect();
    if what.is_empty() { format!("\"{shown}\"") } else { format!("{what}=\"{shown}\"") }
}

/// RSS `author`, `managingEditor`, `webMaster`: `address (name)`.
fn contact(value: &str) -> Option<Rule> {
    if let Some(mailto) = value.strip_prefix("mailto:") {
        let address = mailto.split('?').next().unwrap_or_default().replace("%40", "@");
        return (!addresses::is_mail(&address)).then_some(Rule::InvalidContact);
    }
    if value.find('@').is_some_and(|at| at > 0) && !value.ends_with(')') {
        let with_name = value.contains(' ');
        return Some(if with_name { Rule::EmailFormat } else { Rule::MissingRealName });
    }
    let address = value.split('(').next().unwrap_or_default().trim();
    let address = address.rsplit('<').next().unwrap_or_default().trim_end_matches('>');
    (!addresses::is_mail(address)).then_some(Rule::InvalidContact)
}
