//! `[mail.smtp]` and `[[mail.relay]]`: servers that take our mail, and the limits they are used within.

use std::ops::Range;
use std::time::Duration;

use toml::Spanned;

use super::super::raw::{RawSmtp, RawTls, Text};
use super::super::{ServerTls, Smtp};
use super::Check;

/// Enough that waiting for the one is sending over the other; few enough for any server's liking.
const CONNECTIONS: u32 = 4;

impl Check<'_> {
    pub(super) fn relay(&mut self, key: &str, raw: &Spanned<RawSmtp>) -> Option<Smtp> {
        let smtp = raw.get_ref();
        let tls = tls(smtp.tls);
        let usual_port = match tls {
            ServerTls::Implicit => 465,
            ServerTls::StartTls => 587,
            ServerTls::None => 25,
        };
        let mut number = |name: &str, value: &Option<Spanned<u32>>| {
            let value = value.as_ref()?;
            if *value.get_ref() == 0 {
                self.problem(value.span(), format!("{key}.{name} = 0: expected 1 or more"));
            }
            Some(*value.get_ref())
        };
        let connections = number("connections", &smtp.connections).unwrap_or(CONNECTIONS);
        let weight = number("weight", &smtp.weight).unwrap_or(connections);
        let per_second = number("per_second", &smtp.per_second);
        let per_minute = number("per_minute", &smtp.per_minute);
        let per_connection = number("per_connection", &smtp.per_connection);
        let timeout = number("timeout_seconds", &smtp.timeout_seconds);
        Some(Smtp {
            host: smtp.host.clone(),
            port: smtp.port.unwrap_or(usual_port),
            tls,
            credentials: self.credentials(key, smtp, raw.span()),
            hello: smtp.hello.clone(),
            authority: self.authority(key, smtp.ca_file.as_ref())?,
            connections: usize::try_from(connections).unwrap_or(usize::MAX),
            weight,
            per_second,
            per_minute,
            per_connection,
            timeout: timeout.map(|seconds| Duration::from_secs(seconds.into())),
        })
    }

    /// The certificates in a file, where one is named; `None` where it cannot be read.
    #[expect(clippy::option_option, reason = "no file is named, or it cannot be read")]
    pub(super) fn authority(&mut self, key: &str, file: Option<&Text>) -> Option<Option<Vec<u8>>> {
        match file {
            Some(text) => self.file(text, &format!("{key}.ca_file")).map(Some),
            None => Some(None),
        }
    }

    fn credentials(
        &mut self,
        key: &str,
        smtp: &RawSmtp,
        span: Range<usize>,
    ) -> Option<(String, String)> {
        let user = smtp.user.clone()?;
        if smtp.password_env.is_none() && smtp.password_file.is_none() {
            let message = format!("{key}.user needs password_env or password_file beside it");
            self.problem(span, message);
        }
        let password = self.password(key, smtp.password_env.as_ref(), smtp.password_file.as_ref());
        Some((user, password?))
    }
}

pub(super) fn tls(raw: RawTls) -> ServerTls {
    match raw {
        RawTls::Implicit => ServerTls::Implicit,
        RawTls::StartTls => ServerTls::StartTls,
        RawTls::None => ServerTls::None,
    }
}
