//! What stands around every page: the site, the visitor's language, and where the page itself is.

use serde::Serialize;

use super::super::{address, guard};
use crate::domain::{Locale, Site};

/// What stands around a page.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The publisher.
    pub site: &'a Site,
    /// The language of the page's own words.
    pub locale: Locale,
    /// Where the page is below the site's address, without a slash before it and with its query: `feeds/all`.
    pub path: &'a str,
}

/// The frame as templates see it.
#[derive(Debug, Serialize)]
pub(super) struct FrameView {
    language: &'static str,
    other: &'static str,
    /// This page in the other language, as seen from it.
    switch: String,
    site: String,
    /// Begins every address within the site; ends in `/`.
    base: String,
    /// The page's own address.
    own: String,
}

impl Frame<'_> {
    pub(super) fn view(&self) -> FrameView {
        let home = address::home(self.site);
        let (language, other) = match self.locale {
            Locale::English => ("en", "zh"),
            Locale::Chinese => ("zh-Hans", "en"),
        };
        FrameView {
            language,
            other,
            switch: match self.path.split_once('?') {
                Some((_, query)) => format!("?{query}&lang={other}"),
                None => format!("?lang={other}"),
            },
            site: guard::line(&self.site.title),
            own: format!("{home}{}", self.path),
            base: self.base(),
        }
    }

    /// What begins the address of a page as the browser sees it: a proxy may serve the site below a path.
    pub fn base(&self) -> String {
        let path = self.site.public_url.path();
        if path.ends_with('/') { path.to_owned() } else { format!("{path}/") }
    }
}
