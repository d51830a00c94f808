//! What comes back to the bounce address: delivery status notifications (RFC 3464), complaints (RFC 5965), and readers who leave
//! by mail (RFC 2369).

use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

use crate::domain::{MailStatus, MessageId};

/// A mail that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Which Delivery it speaks of ([`Delivery::token`](crate::domain::Delivery::token)).
    pub token: String,
    /// What it says.
    pub what: What,
}

/// What a mail that came back says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It will not be delivered.
    Failed {
        /// The code, where one is given.
        status: Option<MailStatus>,
        /// The other server's words.
        words: String,
    },
    /// It is under way still.
    Delayed,
    /// The reader called it spam.
    Complaint(String),
    /// The reader wants to leave.
    Leave,
    /// Nothing that asks for anything: an absence notice, say.
    Nothing,
}

/// Longer words of others are cut.
const LONGEST_WORDS: usize = 500;

impl Returned {
    /// Reads a mail; `None` where it speaks of no Delivery that could be ours.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mail = MessageParser::default().parse(bytes)?;
        let token = token_of(&mail)?;
        Some(Self { token, what: what(&mail) })
    }
}

/// By the address it came to, else by what it quotes of the mail that went out.
fn token_of(mail: &Message) -> Option<String> {
    let addressed = mail.headers_raw().find_map(|(_, value)| token_in(value));
    addressed.or_else(|| mail.parts.iter().skip(1).find_map(|part| token_in_part(&part.body)))
}

fn token_in_part(body: &PartType) -> Option<String> {
    match body {
        PartType::Text(text) | PartType::Html(text) => token_in(text),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            token_in(&String::from_utf8_lossy(bytes))
        }
        PartType::Message(inner) => inner.headers_raw().find_map(|(_, value)| token_in(value)),
        PartType::Multipart(_) => None,
    }
}

/// The first word before an `@` that is a token.
fn token_in(text: &str) -> Option<String> {
    text.match_indices('@').find_map(|(at, _)| {
        let token = text.get(at.checked_sub(48)?..at)?;
        MessageId::of_token(token).map(|_| token.to_ascii_lowercase())
    })
}

fn what(mail: &Message) -> What {
    for part in &mail.parts {
        let Some(kind) = part.content_type() else { continue };
        let (PartType::Binary(bytes) | PartType::InlineBinary(bytes)) = &part.body else {
            continue;
        };
        let text = String::from_utf8_lossy(bytes);
        match (kind.ctype(), kind.subtype().unwrap_or_default().to_ascii_lowercase().as_str()) {
            ("message", "delivery-status" | "global-delivery-status") => return status(&text),
            ("message", "feedback-report") => return feedback(&text),
            _ => {}
        }
    }
    let subject = mail.subject().unwrap_or_default().trim().to_ascii_lowercase();
    let by_machine = mail
        .header("Auto-Submitted")
        .is_some_and(|value| !value.as_text().unwrap_or_default().eq_ignore_ascii_case("no"));
    if subject == "unsubscribe" && !by_machine { What::Leave } else { What::Nothing }
}

/// RFC 3464 §2.3: groups of fields, the first about the mail, each further one about a recipient.
fn status(text: &str) -> What {
    let text = text.replace("\r\n", "\n");
    let groups = text.split("\n\n").map(fields);
    let mut what = What::Nothing;
    for group in groups {
        let value = |name| field(&group, name);
        match value("action").map(str::to_ascii_lowercase).as_deref() {
            Some("failed") => {
                let status = value("status").and_then(MailStatus::find);
                let words = value("diagnostic-code").or(value("status")).unwrap_or_default();
                return What::Failed { status, words: shortened(words) };
            }
            Some("delayed") => what = What::Delayed,
            _ => {}
        }
    }
    what
}

/// RFC 5965 §3: what kind of feedback it is.
fn feedback(text: &str) -> What {
    let fields = fields(&text.replace("\r\n", "\n"));
    match field(&fields, "feedback-type").map(str::to_ascii_lowercase).as_deref() {
        Some("opt-out") => What::Leave,
        Some("not-spam") | None => What::Nothing,
        Some(kind) => {
            let agent = field(&fields, "user-agent").unwrap_or("an unnamed provider");
            What::Complaint(shortened(&format!("{kind}, from {agent}")))
        }
    }
}

/// Fields of a header block, unfolded.
fn fields(block: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix([' ', '\t']), fields.last_mut()) {
            (Some(more), Some((_, value))) => {
                value.push(' ');
                value.push_str(more.trim());
            }
            _ => fields.extend(
                line.split_once(':').map(|(n, v)| (n.trim().to_lowercase(), v.trim().to_owned())),
            ),
        }
    }
    fields
}

fn field<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn shortened(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";

    fn report(kind: &str, to: &str, part: &str, original: &str) -> Returned {
        let subtype = if kind == "feedback-report" { kind } else { "delivery-status" };
        let mail = format!(
            "From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\nAuto-Submitted: auto-replied\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry, mail@example.org was not to be had.\r\n\
             --b\r\nContent-Type: message/{subtype}\r\n\r\n{part}\r\n\
             --b\r\nContent-Type: {original}\r\n\r\nMessage-ID: <{TOKEN}@news.example>\r\nSubject: x\r\n\r\nbody\r\n--b--\r\n"
        );
        Returned::read(mail.as_bytes()).unwrap()
    }

    const FAILED: &str = "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ghost@example.org\r\n\
        Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <ghost@example.org>:\r\n  unknown\r\n";

    #[test]
    fn a_bounce_is_matched_by_its_address_or_by_the_mail_it_quotes() {
        let verp = format!("<bounces+{TOKEN}@news.example>");
        for (to, original) in [
            (verp.as_str(), "text/plain"),
            ("bounces@news.example", "message/rfc822"),
            ("bounces@news.example", "text/rfc822-headers"),
        ] {
            let returned = report("delivery-status", to, FAILED, original);
            assert_eq!(returned.token, TOKEN);
            let What::Failed { status, words } = returned.what else { panic!("{original}") };
            assert!(status.unwrap().is_dead_mailbox());
            assert_eq!(words, "smtp; 550 5.1.1 <ghost@example.org>: unknown");
        }
    }

    #[test]
    fn a_delay_is_no_bounce() {
        let part = FAILED.replace("failed", "delayed").replace("5.1.1", "4.4.1");
        let returned = report("delivery-status", "b@news.example", &part, "message/rfc822");
        assert_eq!(returned.what, What::Delayed);
    }

    #[test]
    fn complaints_and_wishes_to_leave_are_told_apart() {
        let what = |kind: &str| {
            let part = format!("Feedback-Type: {kind}\r\nUser-Agent: Loop/1.0\r\nVersion: 1\r\n");
            report("feedback-report", "fbl@news.example", &part, "message/rfc822").what
        };
        assert_eq!(what("abuse"), What::Complaint("abuse, from Loop/1.0".into()));
        assert_eq!(what("opt-out"), What::Leave);
        assert_eq!(what("not-spam"), What::Nothing);
    }

    #[test]
    fn readers_leave_by_mail_and_absence_notices_do_not() {
        let read = |more: &str| {
            let mail = format!("To: bounces+{TOKEN}@news.example\r\n{more}\r\n\r\nhello");
            Returned::read(mail.as_bytes()).map(|returned| returned.what)
        };
        assert_eq!(read("Subject: Unsubscribe"), Some(What::Leave));
        assert_eq!(
            read("Subject: unsubscribe\r\nAuto-Submitted: auto-replied"),
            Some(What::Nothing)
        );
        assert_eq!(read("Subject: I am on holiday"), Some(What::Nothing));
        assert_eq!(Returned::read(b"To: someone@news.example\r\n\r\n@"), None);
        assert_eq!(Returned::read(b""), None);
    }
}
