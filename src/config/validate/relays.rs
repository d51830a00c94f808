//! `[mail.smtp]` and `[[mail.relay]]`: servers that take our mail, and the limits they are used within.

use std::ops::Range;
use std::time::Duration;

use toml::Spanned;

use super::super::raw::{RawSmtp, RawTls};
use super::super::{Smtp, SmtpTls};
use super::Check;

/// Enough that waiting for the one is sending over the other; few enough for any server's liking.
const CONNECTIONS: u32 = 4;

impl Check<'_> {
    pub(super) fn relay(&mut self, key: &str, raw: &Spanned<RawSmtp>) -> Option<Smtp> {
        let smtp = raw.get_ref();
        let tls = match smtp.tls {
            RawTls::Implicit => SmtpTls::Implicit,
            RawTls::StartTls => SmtpTls::StartTls,
            RawTls::None => SmtpTls::None,
        };
        let usual_port = match tls {
            SmtpTls::Implicit => 465,
            SmtpTls::StartTls => 587,
            SmtpTls::None => 25,
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
        let authority =
            smtp.ca_file.as_ref().map(|text| self.file(text, &format!("{key}.ca_file")));
        Some(Smtp {
            host: smtp.host.clone(),
            port: smtp.port.unwrap_or(usual_port),
            tls,
            credentials: self.credentials(key, smtp, raw.span()),
            hello: smtp.hello.clone(),
            authority: match authority {
                Some(read) => Some(read?),
                None => None,
            },
            connections: usize::try_from(connections).unwrap_or(usize::MAX),
            weight,
            per_second,
            per_minute,
            per_connection,
            timeout: timeout.map(|seconds| Duration::from_secs(seconds.into())),
        })
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
