//! Why a Document gave no Article.

use thiserror::Error;

/// Why a Document gave no Article; `kind()` is the stable word that JSON output carries.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NormalizeError {
    /// Nothing but white space.
    #[error("the document is empty")]
    Empty,
}

impl NormalizeError {
    /// The stable word.
    pub fn kind(&self) -> &'static str {
        "empty"
    }
}
