//! Languages of articles, and the locales in which pressroom itself speaks.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A BCP 47 language tag of content, such as `zh`, `en` or `pt-BR`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(String);

impl Language {
    /// Simplified or unspecified Chinese.
    pub fn chinese() -> Self {
        Self("zh".into())
    }

    /// English.
    pub fn english() -> Self {
        Self("en".into())
    }

    /// Reads a tag as pages write it (`zh_CN`, `EN-us`); `None` where it is no tag.
    pub fn parse(tag: &str) -> Option<Self> {
        let mut parts = tag.trim().split(['-', '_']);
        let primary = parts.next()?.to_ascii_lowercase();
        if !(2..=3).contains(&primary.len()) || !primary.bytes().all(|b| b.is_ascii_lowercase()) {
            return None;
        }
        let mut whole = primary;
        for part in parts {
            if part.is_empty() || part.len() > 8 || !part.bytes().all(|b| b.is_ascii_alphanumeric())
            {
                return None;
            }
            whole.push('-');
            // RFC 5646 §2.1.1: regions in upper case, scripts with a capital.
            match part.len() {
                2 => whole.push_str(&part.to_ascii_uppercase()),
                4 => {
                    let (first, rest) = part.split_at(1);
                    whole.push_str(&first.to_ascii_uppercase());
                    whole.push_str(&rest.to_ascii_lowercase());
                }
                _ => whole.push_str(&part.to_ascii_lowercase()),
            }
        }
        Some(Self(whole))
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The primary subtag: `pt` of `pt-BR`.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// What its speakers call it; the tag where that is not known here.
    pub fn own_name(&self) -> String {
        const NAMES: [(&str, &str); 16] = [
            ("ar", "العربية"),
            ("de", "Deutsch"),
            ("en", "English"),
            ("es", "Español"),
            ("fr", "Français"),
            ("id", "Bahasa Indonesia"),
            ("it", "Italiano"),
            ("ja", "日本語"),
            ("ko", "한국어"),
            ("nl", "Nederlands"),
            ("pl", "Polski"),
            ("pt", "Português"),
            ("ru", "Русский"),
            ("tr", "Türkçe"),
            ("uk", "Українська"),
            ("zh", "中文"),
        ];
        let known = NAMES.iter().find(|(tag, _)| *tag == self.primary());
        known.map_or_else(|| self.0.clone(), |(_, name)| (*name).to_owned())
    }

    /// Whether sentences follow one another without a space (Chinese, Japanese).
    pub fn is_unspaced(&self) -> bool {
        matches!(self.primary(), "zh" | "ja")
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A language in which pressroom's own words (mail, pages) exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Locale {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh")]
    Chinese,
}

impl Locale {
    /// Its language.
    pub fn language(self) -> Language {
        match self {
            Self::English => Language::english(),
            Self::Chinese => Language::chinese(),
        }
    }

    /// The locale that serves readers of `language`; English where there is none of its own.
    pub fn of(language: &Language) -> Self {
        match language.primary() {
            "zh" => Self::Chinese,
            _ => Self::English,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_pages_write_them() {
        let read = |tag| Language::parse(tag).map(|l| l.as_str().to_owned());
        assert_eq!(read("zh_CN").as_deref(), Some("zh-CN"));
        assert_eq!(read("EN-us").as_deref(), Some("en-US"));
        assert_eq!(read("zh-hans-cn").as_deref(), Some("zh-Hans-CN"));
        assert_eq!(read("english please"), None);
        assert_eq!(read(""), None);
    }
}
