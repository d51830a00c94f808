//! Where the operator says that a field of a Source stands, as it is written into the configuration.

use thiserror::Error;

/// How a place is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By a CSS selector.
    Css,
    /// By a pointer into the JSON of a script.
    Json,
    /// By a regular expression.
    Regex,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Css, Self::Json, Self::Regex];

    /// The key in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Css => "css",
            Self::Json => "json",
            Self::Regex => "regex",
        }
    }
}

/// Where a field stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// One of [`Placement::FIELDS`].
    pub field: &'static str,
    /// How the place is told.
    pub way: Way,
    /// The selector, pointer or expression.
    pub rule: String,
    /// The id of the script that a pointer points into; the first that has such a place, if absent.
    pub script: Option<String>,
}

/// What cannot be placed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidPlacement {
    /// No such field.
    #[error("no field is named {0:?}; there are: {known}", known = Placement::FIELDS.join(", "))]
    Field(String),
    /// No such way.
    #[error("{0:?} is none of css, json and regex")]
    Way(String),
    /// What is taken out is taken out by selector.
    #[error("what is removed is told by css")]
    Remove,
}

impl Placement {
    /// Fields that can be placed, and `remove`: what is taken out before anything is looked for.
    pub const FIELDS: [&'static str; 8] =
        ["title", "lead", "author", "published", "updated", "tags", "body", Self::REMOVE];
    /// Not a field: what is taken out.
    pub const REMOVE: &'static str = "remove";

    /// Reads what a person said.
    pub fn read(
        field: &str,
        way: &str,
        rule: &str,
        script: &str,
    ) -> Result<Self, InvalidPlacement> {
        let known = Self::FIELDS.into_iter().find(|known| *known == field);
        let found = Way::ALL.into_iter().find(|known| known.as_str() == way);
        let placement = Self {
            field: known.ok_or_else(|| InvalidPlacement::Field(field.to_owned()))?,
            way: found.ok_or_else(|| InvalidPlacement::Way(way.to_owned()))?,
            rule: rule.trim().to_owned(),
            script: Some(script.trim().to_owned()).filter(|script| !script.is_empty()),
        };
        let is_fit = placement.field != Self::REMOVE || placement.way == Way::Css;
        is_fit.then_some(placement).ok_or(InvalidPlacement::Remove)
    }
}
