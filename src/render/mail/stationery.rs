//! The templates of mail and web copy: those compiled in, or the operator's own in their place.

use std::collections::BTreeMap;
use std::fmt;

use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde::Serialize;
use thiserror::Error as ThisError;

use super::super::{templates, wrap};

/// The mail's HTML part.
pub(super) const HTML: &str = "digest.html.j2";
/// The mail's text part.
pub(super) const TEXT: &str = "digest.txt.j2";
/// The body of the page that shows an Edition in a browser.
pub(super) const WEB: &str = "edition.html.j2";
/// The subject line, where the operator has one.
const SUBJECT: &str = "subject";

/// Every template by its file name.
const BUILT_IN: [(&str, &str); 3] = [
    (HTML, include_str!("../templates/digest.html.j2")),
    (TEXT, include_str!("../templates/digest.txt.j2")),
    (WEB, include_str!("../templates/edition.html.j2")),
];

/// What is wrong with a template of the operator's, and where.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[error("{message}")]
pub struct Misprint {
    /// Its file name; `None` for the subject line.
    pub template: Option<String>,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// Templates, compiled.
#[derive(Clone)]
pub struct Stationery {
    templates: Environment<'static>,
    has_subject: bool,
}

impl fmt::Debug for Stationery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.templates.templates().map(|(name, _)| name).collect();
        f.debug_tuple("Stationery").field(&names).finish()
    }
}

impl Default for Stationery {
    fn default() -> Self {
        Self::new(BTreeMap::new(), None).expect("what is compiled in is tested")
    }
}

/// Two are the same when their words are.
impl PartialEq for Stationery {
    fn eq(&self, other: &Self) -> bool {
        let texts = |s: &Self| -> BTreeMap<String, String> {
            s.templates.templates().map(|(n, t)| (n.to_owned(), t.source().to_owned())).collect()
        };
        texts(self) == texts(other)
    }
}

impl Stationery {
    /// The names that files of the operator's may have.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The operator's `own` templates by file name, and a `subject` line; what is compiled in where there is none. Each is
    /// tried on a sample, so that a slip is found now and not on the morning when the mail is due.
    pub fn new(own: BTreeMap<String, String>, subject: Option<&str>) -> Result<Self, Misprint> {
        let mut templates = templates::environment();
        // A name that does not exist is a slip of the pen, not an empty text.
        templates.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        templates.add_filter("wrap", |text: &str| wrap::flow(text, wrap::WIDTH));
        templates.add_filter("bullet", |text: &str| wrap::flow(&format!("· {text}"), wrap::WIDTH));
        for (name, text) in BUILT_IN {
            templates.add_template(name, text).map_err(|error| misprint(name, &error))?;
        }
        let subjects = subject.map(|text| (SUBJECT.to_owned(), text.to_owned()));
        for (name, text) in own.into_iter().chain(subjects) {
            templates
                .add_template_owned(name.clone(), text)
                .map_err(|error| misprint(&name, &error))?;
        }
        let stationery = Self { templates, has_subject: subject.is_some() };
        stationery.try_on_sample()?;
        Ok(stationery)
    }

    pub(super) fn write(&self, name: &str, view: &impl Serialize) -> Result<String, Error> {
        self.templates.get_template(name)?.render(Serde(view))
    }

    /// The subject line by the operator's template; `None` where there is none.
    pub(super) fn subject(&self, view: &impl Serialize) -> Option<Result<String, Error>> {
        self.has_subject.then(|| self.write(SUBJECT, view))
    }

    fn try_on_sample(&self) -> Result<(), Misprint> {
        let view = super::sample::view();
        let names = BUILT_IN.iter().map(|(name, _)| *name);
        for name in names.chain(self.has_subject.then_some(SUBJECT)) {
            let written = self.write(name, &view);
            written.map_err(|error| misprint(error.name().unwrap_or(name), &error))?;
        }
        Ok(())
    }
}

fn misprint(name: &str, error: &Error) -> Misprint {
    let detail = error.detail().map(str::to_owned);
    let message = match error.kind() {
        // The library does not say which one; the line does.
        ErrorKind::UndefinedError => {
            detail.unwrap_or_else(|| "it names something that templates are not given".into())
        }
        kind => detail.unwrap_or_else(|| kind.to_string()),
    };
    Misprint {
        template: (name != SUBJECT).then(|| name.to_owned()),
        line: error.line().unwrap_or(1),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(name: &str, text: &str) -> Misprint {
        Stationery::new(BTreeMap::from([(name.to_owned(), text.to_owned())]), None).unwrap_err()
    }

    #[test]
    fn a_slip_in_a_template_is_found_at_its_line() {
        let open = wrong(TEXT, "{{ title }}\n{% for group in groups %}\n");
        assert_eq!((open.template.as_deref(), open.line > 0), (Some(TEXT), true), "{open:?}");
        let typo = wrong(HTML, "<p>\n{{ titel }}</p>");
        assert_eq!((typo.template.as_deref(), typo.line), (Some(HTML), 2), "{typo:?}");
        let deep = wrong(
            WEB,
            "{% for g in groups %}\n{% for b in g.briefs %}\n\n{{ b.hedline }}{% endfor %}{% endfor %}",
        );
        assert_eq!((deep.template.as_deref(), deep.line), (Some(WEB), 4), "{deep:?}");
        let filter = wrong(TEXT, "{{ title | shout }}");
        assert!(filter.message.contains("shout"), "{filter:?}");
    }

    #[test]
    fn a_subject_line_is_checked_as_well() {
        let error = Stationery::new(BTreeMap::new(), Some("{{ heading }}")).unwrap_err();
        assert_eq!(error.template, None);
        Stationery::new(BTreeMap::new(), Some("{{ title }} ({{ count }}): {{ top }}")).unwrap();
    }
}
