//! `[source.fields]`: where an operator says that a source's fields stand.

use toml::Spanned;

use super::super::raw::{RawFields, RawRule};
use super::Check;
use crate::normalize::{Field, Overrides, Rule};

impl Check<'_> {
    pub(super) fn overrides(&mut self, raw: &RawFields) -> Overrides {
        let mut overrides = Overrides::default();
        let placed = [
            (Field::Title, &raw.title),
            (Field::Lead, &raw.lead),
            (Field::Author, &raw.author),
            (Field::Published, &raw.published),
            (Field::Updated, &raw.updated),
            (Field::Tags, &raw.tags),
            (Field::Body, &raw.body),
        ];
        for (field, rule) in placed {
            if let Some(rule) = rule.as_ref().and_then(|rule| self.rule(field, rule)) {
                overrides.place(field, rule);
            }
        }
        for selector in &raw.remove {
            self.parsed(selector, "source.fields.remove", |text| overrides.remove(text));
        }
        overrides
    }

    /// The one way in which a field is placed.
    fn rule(&mut self, field: Field, raw: &Spanned<RawRule>) -> Option<Rule> {
        let key = |kind: &str| format!("source.fields.{}.{kind}", field.name());
        let rule = raw.get_ref();
        match (&rule.css, &rule.json, &rule.regex) {
            (Some(text), None, None) => self.parsed(text, &key("css"), Rule::css),
            (None, Some(text), None) => {
                self.parsed(text, &key("json"), |text| Rule::json(text, rule.script.as_deref()))
            }
            (None, None, Some(text)) => self.parsed(text, &key("regex"), Rule::regex),
            _ => {
                let message = format!(
                    "source.fields.{} needs one of css, json (with in) and regex",
                    field.name()
                );
                self.problem(raw.span(), message);
                None
            }
        }
    }
}
