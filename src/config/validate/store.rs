//! `[store]`: a SQLite file or a PostgreSQL database, and passwords of any section.

use toml::Spanned;
use url::Url;

use super::super::StorePlace;
use super::super::raw::{RawStore, Text};
use super::Check;

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
        let expected = "expected postgres://user@host/database";
        let url = match Url::parse(text.get_ref()) {
            Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => url,
            Ok(_) => {
                self.problem(text.span(), format!("store.url: {expected}"));
                return None;
            }
            Err(error) => {
                self.problem(text.span(), format!("store.url: {error}; {expected}"));
                return None;
            }
        };
        let named = |key: &str| url.query_pairs().any(|(name, _)| name == key);
        if url.password().is_some() || named("password") {
            let message = "store.url: leave the password out of the address; give store.password_env \
                or store.password_file";
            self.problem(text.span(), message);
            // Not even in the line that is shown.
            if let Some(shown) = self.problems.last_mut() {
                shown.text = shown.text.replace(text.get_ref(), "postgres://…");
                shown.width = shown.width.min("\"postgres://…\"".chars().count());
            }
            return None;
        }
        if url.path().trim_matches('/').is_empty() && !named("dbname") {
            self.problem(text.span(), format!("store.url names no database; {expected}"));
            return None;
        }
        Some(url)
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
