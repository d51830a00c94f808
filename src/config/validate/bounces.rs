//! `[mail.bounces]`: where mail that comes back is to be found, or who may hand it over.

use toml::Spanned;

use super::super::raw::{RawBounces, RawHook, RawImap, RawTls, Text};
use super::super::{Bounces, Imap};
use super::Check;
use super::relays::tls;
use crate::domain::{EmailAddress, Token};

/// Nobody guesses a password of so many characters.
const SHORTEST_PASSWORD: usize = 16;

impl Check<'_> {
    pub(super) fn bounces(&mut self, raw: &RawBounces) -> Bounces {
        let maildir = raw.maildir.as_ref().map(|text| self.words(text, "mail.bounces.maildir"));
        Bounces {
            address: raw.address.as_ref().and_then(|text| self.bounce_address(text)),
            maildir: maildir.map(|path| self.beside(&path)),
            imap: raw.imap.as_ref().and_then(|imap| self.imap(imap)),
            hook: raw.hook.as_ref().and_then(|hook| self.hook(hook)),
        }
    }

    fn bounce_address(&mut self, text: &Text) -> Option<EmailAddress> {
        let address = self.address(text, "mail.bounces.address")?;
        let local = address.as_str().len() - address.domain().len() - 1;
        // RFC 5321 §4.5.3.1.1: 64 octets, of which a delivery's own part takes 49.
        if local > 15 {
            let message = "mail.bounces.address: expected at most 15 characters before the @";
            self.problem(text.span(), message);
        }
        Some(address)
    }

    fn imap(&mut self, raw: &Spanned<RawImap>) -> Option<Imap> {
        let key = "mail.bounces.imap";
        let imap = raw.get_ref();
        if imap.password_env.is_none() && imap.password_file.is_none() {
            let message = format!("{key} needs password_env or password_file");
            self.problem(raw.span(), message);
        }
        let password = self.password(key, imap.password_env.as_ref(), imap.password_file.as_ref());
        // RFC 8314 §3.2: TLS from the first byte.
        let wanted = imap.tls.unwrap_or(RawTls::Implicit);
        let usual_port = if wanted == RawTls::Implicit { 993 } else { 143 };
        let mailbox = imap.mailbox.as_ref().map(|text| self.words(text, &format!("{key}.mailbox")));
        Some(Imap {
            host: imap.host.clone(),
            port: imap.port.unwrap_or(usual_port),
            tls: tls(wanted),
            authority: self.authority(key, imap.ca_file.as_ref())?,
            credentials: (imap.user.clone(), password?),
            mailbox: mailbox.unwrap_or_else(|| "INBOX".into()),
        })
    }

    fn hook(&mut self, raw: &RawHook) -> Option<Token> {
        let key = "mail.bounces.hook";
        let (env, file) = (raw.password_env.as_ref(), raw.password_file.as_ref());
        let password = self.password(key, env, file)?;
        if password.chars().count() < SHORTEST_PASSWORD {
            let named = env.or(file)?;
            let message =
                format!("{key}: the password must have at least {SHORTEST_PASSWORD} characters");
            self.problem(named.span(), message);
        }
        Some(Token::read(&password))
    }
}
