//! `[mail]`: sender, transport, keys.

use url::Url;

use super::super::raw::{RawDkim, RawMail, RawOnUnknown, RawTransport, Text};
use super::super::{DkimKey, Mail, MailTransport, OnUnknown};
use super::Check;
use crate::domain::EmailAddress;

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
        let from = from?;
        Some(Mail {
            from_name: raw.from_name.clone().unwrap_or_else(|| title.to_owned()),
            transport: transport?,
            on_unknown: match raw.on_unknown {
                RawOnUnknown::Resend => OnUnknown::Resend,
                RawOnUnknown::Hold => OnUnknown::Hold,
            },
            dkim: raw.dkim.iter().filter_map(|key| self.dkim(key, &from)).collect(),
            bounces: self.bounces(&raw.bounces),
            from,
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
        let first = raw.smtp.iter().map(|smtp| ("mail.smtp", smtp));
        let others = raw.relay.iter().map(|smtp| ("mail.relay", smtp));
        let relays: Vec<_> =
            first.chain(others).filter_map(|(key, smtp)| self.relay(key, smtp)).collect();
        if raw.smtp.is_none() && raw.relay.is_empty() {
            let message = "mail.transport = \"smtp\" needs a [mail.smtp] section with host";
            self.problem(raw.transport.span(), message);
            return None;
        }
        Some(MailTransport::Smtp(relays))
    }

    fn dkim(&mut self, raw: &RawDkim, from: &EmailAddress) -> Option<DkimKey> {
        let pem = self.file(&raw.key_file, "mail.dkim.key_file");
        let selector = self.words(&raw.selector, "mail.dkim.selector");
        let domain = match &raw.domain {
            Some(text) => self.parsed(text, "mail.dkim.domain", |text| {
                // DMARC, RFC 7489 §3.1.1: another domain's signature says nothing for the sender.
                let aligned = from.domain() == text || from.domain().ends_with(&format!(".{text}"));
                let expected = || {
                    format!("expected the domain of mail.from or one above it ({})", from.domain())
                };
                aligned.then(|| text.to_owned()).ok_or_else(expected)
            }),
            None => Some(from.domain().to_owned()),
        };
        Some(DkimKey { domain: domain?, selector, pem: pem? })
    }

    /// The bytes of a file that the configuration names.
    pub(super) fn file(&mut self, text: &Text, key: &str) -> Option<Vec<u8>> {
        let path = self.beside(text.get_ref());
        self.parsed(text, key, |_| std::fs::read(path).map_err(|e| e.to_string()))
    }
}
