//! One story that several sources report: told apart in the store, told together to readers.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{ArticleId, SourceId};

/// Another source's report of the same story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherReport {
    /// Its id.
    pub article: ArticleId,
    /// The Source that has it.
    pub source: SourceId,
    /// Its title.
    pub title: String,
    /// Who published it, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
    /// Where it is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
}
