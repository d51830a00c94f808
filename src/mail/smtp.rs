//! One connection to a relay, step by step, so that what the server answered decides and nothing is guessed: lettre's own `send`
//! waits without limit after a refusal and cannot tell whether the final dot was handed over.

use std::iter;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt, Rset};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use super::connect::{connect, words};
use super::{Mail, MailError, Patience, Relay};
use crate::domain::{MailStatus, Verdict};

/// The answer to DATA that asks for the body (RFC 5321 §4.2.3).
const CONTINUE: u16 = 354;

/// An open connection; gone after any answer that leaves it in doubt.
pub(super) struct Connection {
    inner: Box<AsyncSmtpConnection>,
    /// It takes several commands at once (RFC 2920).
    pipelines: bool,
    patience: Patience,
    /// Messages it carried.
    pub(super) carried: u32,
}

impl std::fmt::Debug for Connection {
    // The library's own has no form for it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connection({} carried)", self.carried)
    }
}

/// What became of one mail, of its connection, and what that says of the relay.
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    /// The connection's state is certain, and another mail may go over it.
    pub(super) keep: bool,
    pub(super) sign: Sign,
}

/// What an answer says of the relay, beside what it says of the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// It works.
    Well,
    /// Nothing: the answer is about this reader.
    Reader,
    /// It put off or refused a mail for what it is or for who we are.
    Ill,
    /// It takes nothing now.
    Away,
    /// It will take nothing: who we are is the matter.
    Shut,
    /// It closed the connection before this mail began, as servers do with one that was idle.
    Stale,
}

impl Connection {
    pub(super) async fn open(relay: &Relay) -> Result<Self, MailError> {
        let (inner, pipelines) = connect(relay).await?;
        Ok(Self { inner: Box::new(inner), pipelines, patience: relay.patience, carried: 0 })
    }

    /// Sends one mail.
    pub(super) async fn send(&mut self, mail: &Mail) -> Outcome {
        self.carried += 1;
        match self.transact(mail).await {
            Ok(outcome) | Err(outcome) => outcome,
        }
    }

    /// Says goodbye; what the server answers no longer matters.
    pub(super) async fn close(mut self) {
        let _ = timeout(Duration::from_secs(5), self.inner.quit()).await;
    }

    /// One transaction; an `Err` is what ended it before the body.
    async fn transact(&mut self, mail: &Mail) -> Result<Outcome, Outcome> {
        let from = MailFrom::new(mail.envelope.from().cloned(), self.options(mail)?).to_string();
        let to = Rcpt::new(mail.to().clone(), Vec::new()).to_string();
        let [from, to, data] = if self.pipelines {
            [from + &to + &Data.to_string(), String::new(), String::new()]
        } else {
            [from, to, Data.to_string()]
        };
        if let Err(answer) = self.step(&from).await {
            let answer = self.pass_over(answer, 2).await;
            return Err(self.refused_at_mail(answer).await);
        }
        if let Err(answer) = self.step(&to).await {
            let answer = self.pass_over(answer, 1).await;
            return Err(self.refused_at_recipient(answer).await);
        }
        if let Err(answer) = self.step(&data).await {
            let sign = if answer.closing { Sign::Away } else { answer.sign(Sign::Ill) };
            return Err(self.refused(answer, sign).await);
        }
        Ok(self.body(&mail.bytes).await)
    }

    /// The `ahead` commands that were said before a refusal came are answered, too. Whoever asks for the body all the same can
    /// only be left.
    async fn pass_over(&mut self, mut refusal: Answer, ahead: usize) -> Answer {
        for _ in 0..if self.pipelines { ahead } else { 0 } {
            if refusal.closing {
                break;
            }
            refusal.closing = match self.step("").await {
                Ok(code) => code == CONTINUE,
                Err(answer) => answer.closing,
            };
        }
        refusal
    }

    /// RFC 6531: only an address beyond ASCII needs it, and a relay without it must not be asked.
    fn options(&self, mail: &Mail) -> Result<Vec<MailParameter>, Outcome> {
        let mut addresses = mail.envelope.to().iter().chain(mail.envelope.from());
        if addresses.all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
            return Ok(Vec::new());
        }
        if !self.inner.server_info().supports_feature(Extension::SmtpUtfEight) {
            let words = "the relay takes no address beyond ASCII (SMTPUTF8)";
            let verdict = Verdict::Failed(words.into());
            return Err(Outcome { verdict, keep: true, sign: Sign::Reader });
        }
        Ok(vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)])
    }

    /// An answer to MAIL speaks of us, not of this reader, except that the mail is too big (552).
    async fn refused_at_mail(&mut self, answer: Answer) -> Outcome {
        if answer.code == Some(552) {
            return self.refused(answer, Sign::Ill).await;
        }
        let sign = match (&answer, self.carried) {
            (Answer { permanent: true, .. }, _) => Sign::Shut,
            (Answer { closing: true, .. }, 2..) => Sign::Stale,
            _ => Sign::Away,
        };
        self.refused(answer, sign).await
    }

    async fn refused_at_recipient(&mut self, answer: Answer) -> Outcome {
        let sign = if answer.code == Some(421) {
            Sign::Away
        } else if answer.permanent && MailStatus::find(&answer.words).is_some() {
            answer.sign(Sign::Ill)
        } else {
            // Greylisting, a full mailbox, or words without a code: one reader's matter.
            Sign::Reader
        };
        self.refused(answer, sign).await
    }

    async fn refused(&mut self, answer: Answer, sign: Sign) -> Outcome {
        let keep = !answer.closing && self.step(&Rset.to_string()).await.is_ok();
        let verdict = match sign {
            Sign::Away | Sign::Shut | Sign::Stale => Verdict::Unserved(answer.words),
            _ if answer.permanent => Verdict::Failed(answer.words),
            _ => Verdict::Deferred(answer.words),
        };
        Outcome { verdict, keep, sign }
    }

    /// Says `command` and waits for its answer; one that is empty was said before.
    async fn step(&mut self, command: &str) -> Result<u16, Answer> {
        let limit = self.patience.command;
        let answer = async {
            if command.is_empty() {
                self.inner.read_response().await
            } else {
                self.inner.command(command).await
            }
        };
        match timeout(limit, answer).await {
            Ok(Ok(response)) => Ok(response.code().into()),
            Ok(Err(error)) => {
                let code = error.status().map(u16::from);
                Err(Answer {
                    words: words(&error),
                    permanent: error.is_permanent(),
                    // 421 announces that the server closes the connection (RFC 5321 §3.8).
                    closing: code.is_none_or(|code| code == 421),
                    code,
                })
            }
            Err(_) => Err(Answer {
                words: format!("no answer within {} s", limit.as_secs()),
                permanent: false,
                closing: true,
                code: None,
            }),
        }
    }

    /// The body and the answer to its final dot. The line between Deferred and Unknown is whether the dot was handed over.
    async fn body(&mut self, bytes: &[u8]) -> Outcome {
        let handed = AtomicBool::new(false);
        let mut whole = Some(bytes);
        let parts = iter::from_fn(|| {
            let part = whole.take();
            handed.store(part.is_none(), SeqCst);
            part
        });
        let limit = self.patience.verdict;
        let gone = |verdict| Outcome { verdict, keep: false, sign: Sign::Ill };
        match timeout(limit, self.inner.message_iter(parts)).await {
            Ok(Ok(response)) if u16::from(response.code()) / 100 == 2 => {
                let verdict = Verdict::Sent(lines(&response));
                Outcome { verdict, keep: true, sign: Sign::Well }
            }
            Ok(Err(error)) if let Some(code) = error.status() => {
                let words = words(&error);
                let about = MailStatus::find(&words).is_some_and(MailStatus::is_about_mailbox);
                let sign = if about { Sign::Reader } else { Sign::Ill };
                let verdict = if error.is_permanent() {
                    Verdict::Failed(words)
                } else {
                    Verdict::Deferred(words)
                };
                Outcome { verdict, keep: u16::from(code) != 421, sign }
            }
            Ok(Err(error)) if !handed.load(SeqCst) => gone(Verdict::Deferred(words(&error))),
            Ok(Err(error)) => gone(Verdict::Unknown(words(&error))),
            // lettre takes 3xx for success; after the dot it means nothing we know.
            Ok(Ok(response)) => gone(Verdict::Unknown(lines(&response))),
            Err(_) if !handed.load(SeqCst) => {
                gone(Verdict::Deferred("the body was not taken in time".into()))
            }
            Err(_) => gone(Verdict::Unknown(format!("no verdict within {} s", limit.as_secs()))),
        }
    }
}

/// A command that was not accepted.
struct Answer {
    words: String,
    code: Option<u16>,
    permanent: bool,
    /// The connection is of no more use.
    closing: bool,
}

impl Answer {
    /// `otherwise`, unless the words are about the reader's mailbox.
    fn sign(&self, otherwise: Sign) -> Sign {
        let about = MailStatus::find(&self.words).is_some_and(MailStatus::is_about_mailbox);
        if about { Sign::Reader } else { otherwise }
    }
}

fn lines(response: &Response) -> String {
    let text: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), text.join(" "))
}
