//! `[mail]`: sender, transport, credentials.

use std::ops::Range;

use url::Url;

use super::super::raw::{RawMail, RawOnUnknown, RawSmtp, RawTls, RawTransport};
use super::super::{Mail, MailTransport, OnUnknown, Smtp, SmtpTls};
use super::Check;

impl Check<'_> {
    pub(super) fn mail(
        &mut self,
        raw: &RawMail,
        title: &str,
        public_url: Option<&Url>,
    ) -> Option<Mail> {
        let from = self.address(&raw.from, "mail.from");
        let transport = match raw.transport.get_ref() {
            RawTransport::Directory => self.mail_directory(raw),
            RawTransport::Smtp => self.smtp(raw, public_url),
        };
        Some(Mail {
            from: from?,
            from_name: raw.from_name.clone().unwrap_or_else(|| title.to_owned()),
            transport: transport?,
            on_unknown: match raw.on_unknown {
                RawOnUnknown::Resend => OnUnknown::Resend,
                RawOnUnknown::Hold => OnUnknown::Hold,
            },
        })
    }

    fn mail_directory(&mut self, raw: &RawMail) -> Option<MailTransport> {
        let Some(directory) = &raw.directory else {
            let message = "mail.transport = \"directory\" needs mail.directory = \"…\"";
            self.problem(raw.transport.span(), message);
            return None;
        };
        Some(MailTransport::Directory(self.beside(directory)))
    }

    fn smtp(&mut self, raw: &RawMail, public_url: Option<&Url>) -> Option<MailTransport> {
        if public_url.is_some_and(|url| url.scheme() != "https") {
            let message = "mail.transport = \"smtp\": readers leave by a link in the mail, which must be https; \
                set site.public_url to an https address";
            self.problem(raw.transport.span(), message);
        }
        let Some(smtp) = &raw.smtp else {
            let message = "mail.transport = \"smtp\" needs a [mail.smtp] section with host";
            self.problem(raw.transport.span(), message);
            return None;
        };
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
        Some(MailTransport::Smtp(Smtp {
            host: smtp.host.clone(),
            port: smtp.port.unwrap_or(usual_port),
            tls,
            credentials: self.credentials(smtp, raw.transport.span()),
            hello: smtp.hello.clone(),
        }))
    }

    fn credentials(&mut self, smtp: &RawSmtp, span: Range<usize>) -> Option<(String, String)> {
        let user = smtp.user.clone()?;
        if smtp.password_env.is_none() && smtp.password_file.is_none() {
            self.problem(span, "mail.smtp.user needs password_env or password_file beside it");
        }
        let password =
            self.password("mail.smtp", smtp.password_env.as_ref(), smtp.password_file.as_ref());
        Some((user, password?))
    }
}
