//! Why something could not be rendered.

use thiserror::Error;

/// Why something could not be rendered.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A template failed; the message names it and the line.
    #[error("template: {0}")]
    Template(#[from] minijinja::Error),
    /// A template's styles cannot be read.
    #[error("styles of the mail: {0}")]
    Styles(String),
}
