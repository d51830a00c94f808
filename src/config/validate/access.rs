//! `[[source]]`: how it may be reached, and what opens it.

use super::super::raw::RawSource;
use super::Check;
use crate::domain::{Access, Credentials, Secret, SourceKind};

impl Check<'_> {
    pub(super) fn access(&mut self, raw: &RawSource, kind: Option<&SourceKind>) -> Access {
        Access {
            allow_private: raw.allow_private.unwrap_or(false),
            ignore_robots: raw.ignore_robots.unwrap_or(false),
            credentials: self.source_credentials(raw, kind),
        }
    }

    fn source_credentials(
        &mut self,
        raw: &RawSource,
        kind: Option<&SourceKind>,
    ) -> Option<Credentials> {
        let (env, file) = (raw.password_env.as_ref(), raw.password_file.as_ref());
        if raw.user.is_some() && env.is_none() && file.is_none() {
            let message = "source.user needs password_env or password_file beside it";
            self.problem(raw.kind.span(), message);
        }
        let password = self.password("source", env, file)?;
        let secret = match raw.user.clone() {
            Some(user) => Secret::Basic(user, password),
            None => Secret::Bearer(password),
        };
        let url = kind?.url()?;
        if url.scheme() != "https" && !raw.allow_private.unwrap_or(false) {
            let message = "a password goes to https addresses only; or, in your own network, set \
                allow_private = true";
            self.problem(raw.kind.span(), message);
        }
        Some(Credentials { origin: url.origin(), secret })
    }
}
