//! What a mail system says of a mailbox: enhanced status codes (RFC 3463) in answers and in bounces.

/// An enhanced status code such as `5.1.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailStatus {
    class: u16,
    subject: u16,
    detail: u16,
}

impl MailStatus {
    /// The first code in `text`, be it a header's value or a server's words.
    pub fn find(text: &str) -> Option<Self> {
        text.split(|c: char| c.is_whitespace() || matches!(c, ':' | ';' | '(' | ')' | '#'))
            .find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        let mut numbers = word.split('.').map(|digits| digits.parse::<u16>().ok());
        let code =
            Self { class: numbers.next()??, subject: numbers.next()??, detail: numbers.next()?? };
        // RFC 3463 §2: class 2, 4 or 5, up to three digits behind it.
        let fits = matches!(code.class, 2 | 4 | 5) && code.subject < 1000 && code.detail < 1000;
        (fits && numbers.next().is_none()).then_some(code)
    }

    /// Whether nothing will ever arrive there: no such mailbox or domain, moved without a trace (X.1.*), or disabled (X.2.1).
    /// X.1.8 speaks of the sender's address and X.1.7 of its syntax.
    pub fn is_dead_mailbox(self) -> bool {
        let address = self.subject == 1 && !matches!(self.detail, 7 | 8);
        self.class == 5 && (address || (self.subject, self.detail) == (2, 1))
    }

    /// Whether it speaks of this reader's mailbox, not of us, our message or the way there.
    pub fn is_about_mailbox(self) -> bool {
        matches!(self.subject, 1 | 2)
    }

    /// Whether it speaks of the way there: the other mail system or the network in between.
    pub fn is_about_the_way(self) -> bool {
        matches!(self.subject, 3 | 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_where_servers_put_them() {
        for (text, dead, about) in [
            ("permanent error (550): 5.1.1 no such user", true, true),
            ("550 5.2.1 disabled", true, true),
            ("5.2.2 mailbox full", false, true),
            ("554 5.7.1 spam", false, false),
            ("smtp; 550-5.1.10 RESOLVER.ADR.RecipientNotFound", false, false),
            ("4.4.1 (no answer from host)", false, false),
        ] {
            let status = MailStatus::find(text);
            assert_eq!(status.is_some_and(MailStatus::is_dead_mailbox), dead, "{text}");
            assert_eq!(status.is_some_and(MailStatus::is_about_mailbox), about, "{text}");
        }
        for text in ["550 no such user", "192.0.2.1", "1.2.3", "5.1.1.1", ""] {
            assert_eq!(MailStatus::find(text), None, "{text}");
        }
    }
}
