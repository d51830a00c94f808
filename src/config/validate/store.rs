//! `[store]`: a SQLite file or a PostgreSQL database, and passwords of any section.

use chrono::TimeDelta;
use toml::Spanned;
use url::Url;

use super::super::StorePlace;
use super::super::raw::{RawStore, Text};
use super::Check;
use crate::domain::Keep;

impl Check<'_> {
    pub(super) fn store(&mut self, raw: &Spanned<RawStore>) -> Option<StorePlace> {
        let span = raw.span();
        let raw = raw.get_ref();
        match (&raw.path, &raw.url) {
            (Some(path), None) => {
                let path = self.words(path, "store.path");
                Some(StorePlace::File(self.beside(&path)))
            }
            (None, Some(url)) => {
                let url = self.store_url(url)?;
                let (env, file) = (raw.password_env.as_ref(), raw.password_file.as_ref());
                let password = self.password("store", env, file);
                Some(StorePlace::Server { url, password })
            }
            (Some(_), Some(url)) => {
                let message = "store.path and store.url cannot both be given: \
                    path is a SQLite file, url a PostgreSQL database";
                self.problem(url.span(), message);
                None
            }
            (None, None) => {
                let message =
                    "store needs path = \"…\" for SQLite or url = \"postgres://…\" for PostgreSQL";
                self.problem(span, message);
                None
            }
        }
    }

    fn store_url(&mut self, text: &Text) -> Option<Url> {
        match postgres_url(text.get_ref()) {
            Ok(url) => Some(url),
            Err(message) => {
                self.problem(text.span(), format!("store.url: {message}"));
                // A password is not shown, not even in the line that it stands in.
                if let Some(shown) = self.problems.last_mut() {
                    shown.text = shown.text.replace(text.get_ref(), "postgres://…");
                    shown.width = shown.width.min("\"postgres://…\"".chars().count());
                }
                None
            }
        }
    }

    pub(super) fn keep(&mut self, raw: &RawStore) -> Keep {
        let mut time = |value: &Option<Spanned<u32>>, usual: u32| {
            let days = value.as_ref().map_or(usual, |value| *value.get_ref());
            if let (0, Some(value)) = (days, value) {
                self.problem(value.span(), "expected 1 day or more");
            }
            TimeDelta::days(days.into())
        };
        let articles = raw.keep_articles_days.as_ref().map(|_| time(&raw.keep_articles_days, 0));
        let slots = time(&raw.keep_slots_days, 90);
        let editions = time(&raw.keep_editions_days, 400);
        // An Edition that is gone could be composed anew; its message must not outlive it.
        let messages = time(&raw.keep_messages_days, 90).min(editions);
        Keep { articles, documents: super::keep_documents(raw), slots, editions, messages }
    }

    /// A password from the environment or from a file, whichever the section names.
    pub(super) fn password(
        &mut self,
        section: &str,
        env: Option<&Text>,
        file: Option<&Text>,
    ) -> Option<String> {
        if let Some(name) = env {
            let environment = self.environment;
            return self.parsed(name, &format!("{section}.password_env"), |name| {
                environment(name).ok_or_else(|| "no such environment variable is set".into())
            });
        }
        let directory = self.directory.clone();
        self.parsed(file?, &format!("{section}.password_file"), |path| {
            let read = std::fs::read_to_string(directory.join(path));
            read.map(|text| text.trim_end().to_owned()).map_err(|e| e.to_string())
        })
    }
}

/// The address of a PostgreSQL database, without a password.
pub fn postgres_url(text: &str) -> Result<Url, String> {
    let expected = "expected postgres://user@host/database";
    let url = Url::parse(text).map_err(|error| format!("{error}; {expected}"))?;
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return Err(expected.into());
    }
    let named = |key: &str| url.query_pairs().any(|(name, _)| name == key);
    if url.password().is_some() || named("password") {
        return Err("leave the password out of the address; password_env, password_file, PGPASSWORD or ~/.pgpass \
            bring it"
            .into());
    }
    if url.path().trim_matches('/').is_empty() && !named("dbname") {
        return Err(format!("it names no database; {expected}"));
    }
    Ok(url)
}
