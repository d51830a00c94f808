//! One Message to one address, and the states it may pass through.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{EmailAddress, MailDomain, MessageId};

/// Where a Delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Not tried yet.
    New,
    /// Committed before the body is handed over; found after a crash it means "in doubt".
    Sending,
    /// The server took it.
    Sent,
    /// To be tried again.
    Deferred,
    /// Refused for good.
    Failed,
    /// The body may or may not have been taken; the operator's setting decides.
    Unknown,
}

impl DeliveryState {
    /// The word in the store and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Deferred => "deferred",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Reads what [`DeliveryState::as_str`] wrote.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::New, Self::Sending, Self::Sent, Self::Deferred, Self::Failed, Self::Unknown]
            .into_iter()
            .find(|state| state.as_str() == word)
    }

    /// Whether nothing more will happen by itself.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Sent | Self::Failed | Self::Unknown)
    }

    /// Whether a Delivery may pass from here to `next`.
    pub fn may_become(self, next: Self) -> bool {
        use DeliveryState::{Deferred, Failed, New, Sending, Sent, Unknown};
        matches!(
            (self, next),
            // Given up where the address is to get no more mail.
            (New | Deferred, Sending | Failed)
                | (Sending, Sent | Deferred | Failed | Unknown)
                // In doubt: sent again once, or settled by a bounce or a person.
                | (Unknown, Deferred | Sent | Failed)
                // On the operator's word.
                | (Failed, Deferred)
        )
    }
}

/// What came back from a transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Taken; the server's words (queue id) or the file.
    Sent(String),
    /// Not taken now.
    Deferred(String),
    /// Refused for good.
    Failed(String),
    /// Nobody can tell.
    Unknown(String),
    /// The relay would not take anything from us: no fault of this reader's, and not to be charged to the delivery.
    Unserved(String),
}

impl Verdict {
    /// The state it leads to.
    pub fn state(&self) -> DeliveryState {
        match self {
            Self::Sent(_) => DeliveryState::Sent,
            Self::Deferred(_) | Self::Unserved(_) => DeliveryState::Deferred,
            Self::Failed(_) => DeliveryState::Failed,
            Self::Unknown(_) => DeliveryState::Unknown,
        }
    }

    /// The words behind it.
    pub fn response(&self) -> &str {
        match self {
            Self::Sent(words)
            | Self::Deferred(words)
            | Self::Failed(words)
            | Self::Unknown(words)
            | Self::Unserved(words) => words,
        }
    }
}

/// A step that the ledger does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a delivery that is {} cannot become {}", from.as_str(), to.as_str())]
pub struct IllegalTransition {
    /// Where it stood.
    pub from: DeliveryState,
    /// Where it was to go.
    pub to: DeliveryState,
}

/// One Message to one address, unique by the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The Message.
    pub message: MessageId,
    /// Whom it goes to.
    pub address: EmailAddress,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was handed to a transport.
    pub attempts: u32,
    /// How often it ended in doubt.
    pub doubts: u32,
    /// Not to be tried earlier.
    pub not_before: DateTime<Utc>,
    /// Deferred beyond this, it fails.
    pub deadline: DateTime<Utc>,
    /// RFC 5322 Message-ID without angle brackets; fixed at fan-out, kept for every attempt.
    pub mail_id: String,
    /// What the server said last.
    pub response: Option<String>,
}

/// First wait after a deferral; doubles each time. Greylisting servers want about this (RFC 6647 §4.1).
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(5);
/// The longest wait between two attempts.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(4);
/// The wait after the relay served nobody.
const UNSERVED_WAIT: TimeDelta = TimeDelta::minutes(1);
/// How long a server may put a mail off. A day later the news are old, and the next edition is out.
const PATIENCE: TimeDelta = TimeDelta::hours(24);

impl Delivery {
    /// A fresh Delivery of `message` to `address`, due at `not_before`.
    pub fn new(
        message: MessageId,
        address: EmailAddress,
        not_before: DateTime<Utc>,
        domain: &MailDomain,
    ) -> Self {
        Self {
            message,
            mail_id: domain.mail_id(message, &address),
            address,
            state: DeliveryState::New,
            attempts: 0,
            doubts: 0,
            not_before,
            deadline: not_before + PATIENCE,
            response: None,
        }
    }

    /// Takes it in hand: to be committed before the transport sees it.
    pub fn begin(&mut self) -> Result<(), IllegalTransition> {
        self.pass_to(DeliveryState::Sending)?;
        self.attempts += 1;
        Ok(())
    }

    /// Records what came back: to be committed before anything else is done.
    pub fn settle(
        &mut self,
        verdict: &Verdict,
        now: DateTime<Utc>,
    ) -> Result<(), IllegalTransition> {
        let wait = self.wait_after(verdict);
        let late = verdict.state() == DeliveryState::Deferred && now + wait > self.deadline;
        self.pass_to(if late { DeliveryState::Failed } else { verdict.state() })?;
        self.response = Some(verdict.response().to_owned());
        match (verdict, self.state) {
            (Verdict::Unserved(_), DeliveryState::Deferred) => self.attempts -= 1,
            (_, DeliveryState::Unknown) => self.doubts += 1,
            _ => {}
        }
        if self.state == DeliveryState::Deferred {
            self.not_before = now + wait;
        }
        Ok(())
    }

    fn wait_after(&self, verdict: &Verdict) -> TimeDelta {
        match verdict {
            Verdict::Unserved(_) => UNSERVED_WAIT,
            _ => (FIRST_WAIT * 2_i32.pow(self.attempts.saturating_sub(1).min(8))).min(LONGEST_WAIT),
        }
    }

    /// Lets it be tried again from `now` on, with all the patience of a new one: on the operator's word, or in doubt for the
    /// first time.
    pub fn retry(&mut self, now: DateTime<Utc>) -> Result<(), IllegalTransition> {
        self.pass_to(DeliveryState::Deferred)?;
        (self.not_before, self.deadline, self.attempts) = (now, now + PATIENCE, 0);
        Ok(())
    }

    /// What a person found out about one in doubt.
    pub fn settle_by_hand(&mut self, state: DeliveryState) -> Result<(), IllegalTransition> {
        self.pass_to(state)?;
        self.response = Some("settled by hand".into());
        Ok(())
    }

    /// What names it on the command line.
    pub fn short_id(&self) -> &str {
        let token = self.token();
        token.get(token.len().saturating_sub(16)..).unwrap_or(token)
    }

    /// The part of its Message-ID that no other Delivery has; a bounce comes back under it.
    pub fn token(&self) -> &str {
        self.mail_id.split('@').next().unwrap_or_default()
    }

    /// Whether it is in doubt for the first time: a second copy under the same Message-ID is the price of losing nobody,
    /// a third is not worth it.
    pub fn may_be_resent(&self) -> bool {
        self.state == DeliveryState::Unknown && self.doubts <= 1
    }

    fn pass_to(&mut self, to: DeliveryState) -> Result<(), IllegalTransition> {
        if !self.state.may_become(to) {
            return Err(IllegalTransition { from: self.state, to });
        }
        self.state = to;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ReaderKey;

    fn delivery() -> Delivery {
        let address = EmailAddress::new("ann@example.org").unwrap();
        let domain = MailDomain::new("news.example", ReaderKey::new(&[7; 32]));
        Delivery::new(MessageId::derive(&["m"]), address, DateTime::UNIX_EPOCH, &domain)
    }

    #[test]
    fn one_message_and_address_have_one_mail_id() {
        assert_eq!(delivery().mail_id, delivery().mail_id);
    }

    #[test]
    fn a_sent_delivery_is_never_sent_again() {
        let mut delivery = delivery();
        delivery.begin().unwrap();
        delivery.settle(&Verdict::Sent("ok".into()), DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(
            delivery.begin(),
            Err(IllegalTransition { from: DeliveryState::Sent, to: DeliveryState::Sending })
        );
    }

    #[test]
    fn a_deferred_delivery_waits_longer_each_time_and_fails_after_a_day() {
        let (mut delivery, mut now) = (delivery(), DateTime::UNIX_EPOCH);
        let mut waits = Vec::new();
        loop {
            delivery.begin().unwrap();
            delivery.settle(&Verdict::Deferred("451".into()), now).unwrap();
            if delivery.state == DeliveryState::Failed {
                break;
            }
            waits.push((delivery.not_before - now).num_minutes());
            now = delivery.not_before;
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 240, 240, 240, 240]);
    }

    #[test]
    fn a_relay_that_serves_nobody_is_not_charged_to_the_reader() {
        let mut delivery = delivery();
        delivery.begin().unwrap();
        delivery.settle(&Verdict::Unserved("421".into()), DateTime::UNIX_EPOCH).unwrap();
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Deferred, 0));
    }

    #[test]
    fn the_token_leads_back_to_the_message() {
        let delivery = delivery();
        assert_eq!(MessageId::of_token(delivery.token()), Some(delivery.message));
        assert!(delivery.token().len() <= 48, "a bounce address has 64 characters before the @");
    }
}
