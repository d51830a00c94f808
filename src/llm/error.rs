//! Why a model gave no summary.

use thiserror::Error;

/// Why a model gave no summary.
#[derive(Debug, Error)]
pub enum LlmError {
    /// No answer.
    #[error("the model cannot be reached: {0}; check summarize.endpoint")]
    Unreachable(String),
    /// Not in time.
    #[error(
        "the model did not answer in time; raise summarize.timeout_seconds or take a smaller model"
    )]
    TimedOut,
    /// An answer that is none.
    #[error("the model's server answered with status {0}; check summarize.model and its key")]
    Status(u16),
    /// An answer in another form.
    #[error(
        "the model's answer cannot be read: {0}; summarize.endpoint must speak OpenAI's chat completions"
    )]
    Unreadable(String),
}

impl From<reqwest::Error> for LlmError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::TimedOut;
        }
        // The address may hold a key.
        Self::Unreachable(error.without_url().to_string())
    }
}
