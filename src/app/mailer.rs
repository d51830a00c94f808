//! Config → the mailer: who sends, through what, under which keys; and where mail comes back to.

use crate::config::{self, Bounces, Config, MailTransport, ServerTls, Smtp};
use crate::domain::{MailDomain, ReaderKey};
use crate::mail::{
    Imap, MailError, Mailbox, Maildir, Mailer, Patience, Relay, Sender, Signer, Tls, Transport,
};

/// The mailer as the configuration has it.
pub(super) fn mailer(config: &Config, key: &ReaderKey) -> anyhow::Result<Mailer> {
    let mail = &config.mail;
    let mut signers = Vec::new();
    for key in &mail.dkim {
        signers.push(Signer::new(&key.domain, &key.selector, &key.pem)?);
    }
    let sender = Sender {
        name: mail.from_name.clone(),
        address: mail.from.clone(),
        domain: MailDomain::new(mail.from.domain(), key.clone()),
        bounces: mail.bounces.address.clone(),
        home: config.site.public_url.clone(),
        signers: signers.into(),
    };
    let transport = match &mail.transport {
        MailTransport::Directory(path) => Transport::Directory(path.clone()),
        MailTransport::Smtp(relays) => {
            Transport::Smtp(relays.iter().map(|smtp| relay(smtp, mail.from.domain())).collect())
        }
    };
    Ok(Mailer::new(sender, transport)?)
}

fn relay(smtp: &Smtp, domain: &str) -> Relay {
    let usual = Patience::default();
    Relay {
        host: smtp.host.clone(),
        port: smtp.port,
        tls: tls(smtp.tls),
        credentials: smtp.credentials.clone(),
        hello: smtp.hello.clone().unwrap_or_else(|| domain.to_owned()),
        authority: smtp.authority.clone(),
        connections: smtp.connections,
        weight: smtp.weight,
        per_second: smtp.per_second,
        per_minute: smtp.per_minute,
        per_connection: smtp.per_connection,
        patience: smtp.timeout.map_or(usual, |limit| Patience {
            connect: usual.connect.min(limit),
            command: limit,
            verdict: limit,
        }),
    }
}

/// The mailboxes that bounces come into.
pub(super) fn mailboxes(bounces: &Bounces) -> Result<Vec<Mailbox>, MailError> {
    let maildir = bounces.maildir.clone().map(|path| Mailbox::Maildir(Maildir::new(path)));
    let imap = bounces.imap.clone().map(|imap| Mailbox::Imap(account(imap)));
    let mailboxes: Vec<_> = maildir.into_iter().chain(imap).collect();
    mailboxes.iter().try_for_each(Mailbox::check)?;
    Ok(mailboxes)
}

fn account(imap: config::Imap) -> Imap {
    let config::Imap { host, port, credentials, authority, mailbox, .. } = imap;
    Imap { host, port, tls: tls(imap.tls), credentials, authority, mailbox }
}

fn tls(tls: ServerTls) -> Tls {
    match tls {
        ServerTls::Implicit => Tls::Implicit,
        ServerTls::StartTls => Tls::StartTls,
        ServerTls::None => Tls::None,
    }
}
