//! Message and Delivery → the bytes of a mail (RFC 5322, MIME).

use chrono::{DateTime, Utc};
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message as Mime};

use super::{MailError, Sender};
use crate::domain::{Delivery, Message};

/// A subject beyond this is cut: RFC 5322 §2.1.1 allows 998 octets a line, and no program shows a tenth of it.
const LONGEST_SUBJECT: usize = 200;

/// A mail ready for a transport.
#[derive(Debug, Clone)]
pub struct Mail {
    /// From and to whom, as SMTP sees it.
    pub(super) envelope: Envelope,
    /// A file name that only this delivery has.
    pub(super) file_name: String,
    /// CRLF lines without bare CR or LF, in 7-bit transfer encodings.
    pub bytes: Vec<u8>,
}

/// Writes `message` for the address of `delivery`, dated `now`.
pub(super) fn mail(
    message: &Message,
    delivery: &Delivery,
    sender: &Sender,
    now: DateTime<Utc>,
) -> Result<Mail, MailError> {
    let unwritable =
        |reason: String| MailError::Unwritable { address: delivery.address.to_string(), reason };
    let from = mailbox(Some(&sender.name), sender.address.as_str()).map_err(unwritable)?;
    let to = mailbox(None, delivery.address.as_str()).map_err(unwritable)?;
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()])
        .map_err(|e| unwritable(e.to_string()))?;
    let language = message.language.as_str();
    let mut builder = Mime::builder()
        .from(from)
        .to(to)
        .subject(one_line(&message.subject, LONGEST_SUBJECT))
        .date(now.into())
        .message_id(Some(format!("<{}>", delivery.mail_id)))
        .raw_header(raw("Auto-Submitted", "auto-generated"))
        .raw_header(raw("Content-Language", language));
    if let Some(list) = &message.list {
        // RFC 2919 §2: a name within a domain that we own.
        builder = builder
            .raw_header(raw("List-Id", &format!("<{list}.{}>", sender.address.domain())))
            .raw_header(raw("Precedence", "bulk"));
    }
    let part =
        |kind: ContentType, body: &str| SinglePart::builder().header(kind).body(body.to_owned());
    // The boundary follows from the Message-ID, so that the same mail is the same bytes.
    let body = MultiPart::alternative()
        .boundary(format!("=_{}", delivery.mail_id.split('@').next().unwrap_or_default()))
        .singlepart(part(flowed(), &message.text))
        .singlepart(part(ContentType::TEXT_HTML, &message.html));
    let mime = builder.multipart(body).map_err(|e| unwritable(e.to_string()))?;
    Ok(Mail { envelope, file_name: file_name(message, delivery), bytes: mime.formatted() })
}

/// Plain text whose broken lines flow again (RFC 3676). What is written without spaces at its line ends is shown as it is.
fn flowed() -> ContentType {
    ContentType::parse("text/plain; charset=utf-8; format=flowed; delsp=yes")
        .expect("the media type is fixed and tested")
}

/// lettre panics on a line break in a display name, and takes any other control character along.
fn mailbox(name: Option<&str>, address: &str) -> Result<Mailbox, String> {
    let address: Address = address.parse().map_err(|e| format!("{address}: {e}"))?;
    Ok(Mailbox::new(name.map(|name| one_line(name, 100)), address))
}

/// Text without control characters, at most `longest` characters.
fn one_line(text: &str, longest: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(longest).collect()
}

/// Readable, and unique by Message and address: the same delivery tried twice is the same file.
fn file_name(message: &Message, delivery: &Delivery) -> String {
    let readable: String = delivery
        .address
        .as_str()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' })
        .take(60)
        .collect();
    let list = message.list.as_deref().unwrap_or("notice");
    let unique: String = delivery.mail_id.chars().take(8).collect();
    format!("{list}-{readable}-{unique}.eml")
}

/// A header whose value we made ourselves of safe ASCII.
fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{EmailAddress, Language, MessageId, MessageKind};

    fn written(subject: &str, name: &str) -> String {
        let message = Message {
            id: MessageId::derive(&["m"]),
            kind: MessageKind::Test,
            subject: subject.into(),
            language: Language::chinese(),
            text: "正文\n第二行".into(),
            html: "<p>正文</p>".into(),
            list: Some("morning".into()),
        };
        let address = EmailAddress::new("ann@example.org").unwrap();
        let delivery = Delivery::new(message.id, address, DateTime::UNIX_EPOCH, "news.example");
        let sender =
            Sender { name: name.into(), address: EmailAddress::new("d@news.example").unwrap() };
        let mail = mail(&message, &delivery, &sender, DateTime::UNIX_EPOCH).unwrap();
        String::from_utf8(mail.bytes).unwrap()
    }

    #[test]
    fn the_same_delivery_is_the_same_bytes() {
        assert_eq!(written("早报", "报馆"), written("早报", "报馆"));
    }

    #[test]
    fn both_parts_and_the_list_headers_are_there() {
        let mail = written("早报", "报馆");
        for line in [
            "Date: Thu, 01 Jan 1970 00:00:00 +0000",
            "List-Id: <morning.news.example>",
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
    fn nothing_smuggles_a_header_or_a_second_mail() {
        let mail = written("a\r\nBcc: x@y.z\n.\r\nMAIL FROM:<>", "n\r\nBcc: x@y.z\0");
        assert!(!mail.lines().any(|line| line.starts_with("Bcc")), "{mail}");
        let bare = mail.replace("\r\n", "").chars().any(|c| matches!(c, '\r' | '\n' | '\0'));
        assert!(!bare, "{mail}");
        assert!(mail.is_ascii());
    }
}
