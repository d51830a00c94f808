//! Message and Delivery → the bytes of a mail (RFC 5322, MIME): a stencil once for the Message, and a mail of it for each reader.

use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{
    Date, From, HeaderName, HeaderValue, Headers, MIME_VERSION_1_0, MessageId, Subject, To,
};
use lettre::message::{Mailbox, Mailboxes};

use super::body::Body;
use super::{MailError, Sender, dkim};
use crate::domain::{Delivery, EmailAddress, Message, MessageKind};

/// A subject beyond this is cut: RFC 5322 §2.1.1 allows 998 octets a line, and no program shows a tenth of it.
const LONGEST_SUBJECT: usize = 200;
/// RFC 5322 §2.1.1.
const LONGEST_LINE: usize = 998;

/// A mail ready for a transport.
#[derive(Debug, Clone)]
pub struct Mail {
    /// From and to whom, as SMTP sees it.
    pub(super) envelope: Envelope,
    /// A file name that only this delivery has.
    pub(super) file_name: String,
    /// CRLF lines without bare CR or LF, in 7-bit transfer encodings, signed.
    pub bytes: Vec<u8>,
}

impl Mail {
    /// Whom it goes to.
    pub(super) fn to(&self) -> &Address {
        // No envelope is without a recipient, and ours has one.
        &self.envelope.to()[0]
    }
}

/// What all mails of a Message have in common.
#[derive(Debug)]
pub struct Stencil {
    list: Option<String>,
    /// Fields that are the same for every reader.
    fields: String,
    body: Body,
    /// Bytes of a body without anybody's token.
    length: usize,
    /// Why no mail can be made with it.
    flaw: Result<(), String>,
}

impl Stencil {
    /// The stencil of `message` from `sender`.
    pub(super) fn of(message: &Message, sender: &Sender) -> Self {
        // It follows from the Message, so that the same mail is the same bytes.
        let boundary = format!("=_{}", message.id);
        let mut fields = Headers::new();
        fields.set(Subject::from(one_line(&message.subject, LONGEST_SUBJECT)));
        fields.set(MIME_VERSION_1_0);
        let kind = format!("multipart/alternative; boundary=\"{boundary}\"");
        fields.insert_raw(raw("Content-Type", &kind));
        fields.insert_raw(raw("Content-Language", message.language.as_str()));
        fields.insert_raw(raw("Auto-Submitted", "auto-generated"));
        for (name, value) in list_fields(message, sender) {
            fields.insert_raw(raw(name, &value));
        }
        let (body, mut bytes) = (Body::of(message, &boundary), Vec::new());
        body.write("", &mut bytes);
        let (length, flaw) = (bytes.len(), check(&bytes));
        Self { list: message.list.clone(), fields: fields.to_string(), body, length, flaw }
    }

    /// The mail for the address of `delivery`, dated `now`; `token` is the reader's own.
    pub(super) fn mail(
        &self,
        delivery: &Delivery,
        sender: &Sender,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Mail, MailError> {
        let unwritable = |reason: String| MailError::Unwritable {
            address: delivery.address.to_string(),
            reason,
        };
        let to = address(delivery.address.as_str()).map_err(unwritable)?;
        let from = return_path(delivery, sender).map_err(unwritable)?;
        let envelope =
            Envelope::new(Some(from), vec![to]).map_err(|e| unwritable(e.to_string()))?;
        let bytes = self.bytes(delivery, sender, token, now).map_err(unwritable)?;
        Ok(Mail { envelope, file_name: file_name(self.list.as_deref(), delivery), bytes })
    }

    fn bytes(
        &self,
        delivery: &Delivery,
        sender: &Sender,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, String> {
        self.flaw.clone()?;
        if !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            return Err("the token of its links is none".into());
        }
        let head = self.head(delivery, sender, token, now)?;
        check(head.as_bytes())?;
        let mut body = Vec::with_capacity(self.length + 8 * token.len());
        let hash = self.body.write(token, &mut body);
        let signatures = dkim::signatures(&sender.signers, &head, hash, now)?;
        Ok([signatures.as_bytes(), head.as_bytes(), b"\r\n", &body].concat())
    }

    /// The fields of one mail.
    fn head(
        &self,
        delivery: &Delivery,
        sender: &Sender,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<String, String> {
        let mut own = Headers::new();
        own.set(From::from(mailbox(Some(&sender.name), sender.address.as_str())?));
        own.set(To::from(mailbox(None, delivery.address.as_str())?));
        own.set(Date::from(std::time::SystemTime::from(now)));
        own.set(MessageId::from(format!("<{}>", delivery.mail_id)));
        if self.list.is_some() {
            own.insert_raw(raw("List-Unsubscribe", &ways_out(delivery, sender, token)));
        }
        Ok(format!("{own}{}", self.fields))
    }
}

/// What mail of a list bears beside other mail: which list, and that nobody's absence notice is wanted.
fn list_fields(message: &Message, sender: &Sender) -> Vec<(&'static str, String)> {
    let Some(list) = &message.list else { return Vec::new() };
    let domain = sender.address.domain();
    let kind = match message.kind {
        MessageKind::Edition(_) => "edition",
        MessageKind::Confirmation => "confirmation",
        MessageKind::Notice => "notice",
        MessageKind::Test => "test",
    };
    vec![
        // RFC 2919 §2: a name within a domain that we own.
        ("List-Id", format!("<{list}.{domain}>")),
        // RFC 8058 §3.1: the POST acts without a question.
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()),
        // What complaints are counted by where addresses are not told: mail, list, kind, sender.
        ("Feedback-ID", format!("{}:{list}:{kind}:{domain}", &message.id.to_string()[..8])),
        ("Precedence", "bulk".into()),
    ]
}

/// How this reader leaves; RFC 8058 §3.1 wants https first.
fn ways_out(delivery: &Delivery, sender: &Sender, token: &str) -> String {
    let by_mail = match &sender.bounces {
        Some(address) => below(address, delivery.token()),
        None => sender.address.to_string(),
    };
    let home = &sender.home;
    format!("<{home}unsubscribe/{token}>, <mailto:{by_mail}?subject=unsubscribe>")
}

/// Where this delivery's bounce comes to, and no other's.
fn return_path(delivery: &Delivery, sender: &Sender) -> Result<Address, String> {
    match &sender.bounces {
        Some(bounces) => address(&below(bounces, delivery.token())),
        None => address(sender.address.as_str()),
    }
}

/// RFC 5233: mail to `local+detail@domain` goes where that to `local@domain` goes.
fn below(address: &EmailAddress, detail: &str) -> String {
    let local = address.as_str().split('@').next().unwrap_or_default();
    format!("{local}+{detail}@{}", address.domain())
}

/// The last look before the wire: a line end that servers read differently is how a second mail is smuggled in.
fn check(bytes: &[u8]) -> Result<(), String> {
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\r\n").unwrap_or(line);
        if text.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return Err("it holds a bare CR, LF or NUL".into());
        }
        if text.len() > LONGEST_LINE {
            return Err(format!("it holds a line of {} octets", text.len()));
        }
    }
    Ok(())
}

fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|e| format!("{text}: {e}"))
}

/// lettre panics on a line break in a display name, and takes any other control character along.
fn mailbox(name: Option<&str>, text: &str) -> Result<Mailboxes, String> {
    Ok(Mailbox::new(name.map(|name| one_line(name, 100)), address(text)?).into())
}

/// Text without control characters, at most `longest` characters.
fn one_line(text: &str, longest: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(longest).collect()
}

/// Readable, and unique by Message and address: the same delivery tried twice is the same file.
fn file_name(list: Option<&str>, delivery: &Delivery) -> String {
    let readable: String = delivery
        .address
        .as_str()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' })
        .take(60)
        .collect();
    let list = list.unwrap_or("notice");
    let token = delivery.token();
    format!("{list}-{readable}-{}{}.eml", &token[..8], &token[token.len() - 8..])
}

/// A header whose value we made ourselves of safe ASCII.
fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{EmailAddress, Language, MailDomain, MessageId, READER_TOKEN, ReaderKey};

    fn message(subject: &str) -> Message {
        Message {
            id: MessageId::derive(&["m"]),
            kind: MessageKind::Test,
            subject: subject.into(),
            language: Language::chinese(),
            text: format!("正文\n第二行\nhttps://press.example/subscription/{READER_TOKEN}\n"),
            html: "<p>正文</p>".into(),
            list: Some("morning".into()),
        }
    }

    fn sender(name: &str) -> Sender {
        Sender {
            name: name.into(),
            address: EmailAddress::new("d@news.example").unwrap(),
            domain: MailDomain::new("news.example", ReaderKey::new(&[7; 32])),
            bounces: EmailAddress::new("bounces@news.example").ok(),
            home: "https://press.example/".parse().unwrap(),
            signers: [].into(),
        }
    }

    fn mail_to(address: &str, message: &Message, name: &str) -> Mail {
        let address = EmailAddress::new(address).unwrap();
        let domain = MailDomain::new("news.example", ReaderKey::new(&[7; 32]));
        let delivery = Delivery::new(message.id, address, DateTime::UNIX_EPOCH, &domain);
        let sender = sender(name);
        Stencil::of(message, &sender)
            .mail(&delivery, &sender, "t0ken", DateTime::UNIX_EPOCH)
            .unwrap()
    }

    fn written(subject: &str, name: &str) -> String {
        String::from_utf8(mail_to("ann@example.org", &message(subject), name).bytes).unwrap()
    }

    #[test]
    fn the_same_delivery_is_the_same_bytes() {
        assert_eq!(written("早报", "报馆"), written("早报", "报馆"));
    }

    #[test]
    fn both_parts_and_the_list_fields_are_there() {
        let mail = written("早报", "报馆").replace("\r\n <", " <");
        for line in [
            "Date: Thu, 01 Jan 1970 00:00:00 +0000",
            "List-Id: <morning.news.example>",
            "List-Unsubscribe: <https://press.example/unsubscribe/t0ken>, <mailto:bounces+",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Feedback-ID: ",
            "Precedence: bulk",
            "Auto-Submitted: auto-generated",
            "Content-Language: zh",
            "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes",
            "Content-Type: text/html; charset=utf-8",
        ] {
            assert!(mail.lines().any(|found| found.starts_with(line)), "{line} in\n{mail}");
        }
        assert!(mail.contains("@news.example>\r\n"));
    }

    #[test]
    fn the_reader_finds_the_own_token_in_the_text() {
        let mail = mail_to("ann@example.org", &message("早报"), "报馆");
        let read = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
        assert!(read.body_text(0).unwrap().contains("/subscription/t0ken"));
    }

    #[test]
    fn a_bounce_comes_to_an_address_of_its_own() {
        let message = message("早报");
        let path =
            |address| mail_to(address, &message, "报馆").envelope.from().unwrap().to_string();
        assert_ne!(path("ann@example.org"), path("bob@example.org"));
        let path = path("ann@example.org");
        let token = path.strip_prefix("bounces+").unwrap().strip_suffix("@news.example").unwrap();
        assert_eq!(MessageId::of_token(token), Some(message.id));
        assert!(path.split('@').next().unwrap().len() <= 64, "RFC 5321 §4.5.3.1.1");
    }

    #[test]
    fn nothing_smuggles_a_header_or_a_second_mail() {
        let evil = "a\r\nBcc: x@y.z\n.\r\nMAIL FROM:<>\r\n\r\nbody\r.\r\u{0}\u{85}\u{2028}\u{7f}";
        let message = Message {
            text: format!("{evil}\n.\n{evil}"),
            html: format!("<p>{evil}</p>\r.\r"),
            ..message(evil)
        };
        let mail = String::from_utf8(mail_to("ann@example.org", &message, evil).bytes).unwrap();
        let head = mail.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{mail}");
        assert!(!mail.lines().any(|line| line == "."), "{mail}");
        let bare = mail.replace("\r\n", "").chars().any(|c| matches!(c, '\r' | '\n' | '\0'));
        assert!(!bare && mail.is_ascii(), "{mail}");
    }

    #[test]
    fn no_line_is_longer_than_mail_allows() {
        let long = Message {
            text: "x".repeat(5000),
            html: "字".repeat(5000),
            ..message(&"字 long ".repeat(500))
        };
        let mail = mail_to("ann@example.org", &long, &"long name ".repeat(300));
        for line in String::from_utf8(mail.bytes).unwrap().lines() {
            assert!(line.len() <= 998, "{line}");
        }
    }

    #[test]
    fn what_a_server_could_misread_is_not_sent() {
        for wrong in ["a\nb\r\n", "a\rb\r\n", "a\0b\r\n", "\r\n.\n", "\r\r\n", "end\n"] {
            assert!(check(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
        assert!(check(format!("{}\r\n", "x".repeat(999)).as_bytes()).is_err());
        assert!(check(b"a\r\n.\r\n\r\nb").is_ok());
    }
}
