//! One Message to one address, and the states it may pass through.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{EmailAddress, MessageId};

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
            (New | Deferred, Sending)
                | (Sending, Sent | Deferred | Failed | Unknown)
                // In doubt: sent again on the operator's word, or settled by a bounce or a person.
                | (Unknown, Sending | Sent | Failed)
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
}

impl Verdict {
    /// The state it leads to.
    pub fn state(&self) -> DeliveryState {
        match self {
            Self::Sent(_) => DeliveryState::Sent,
            Self::Deferred(_) => DeliveryState::Deferred,
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
            | Self::Unknown(words) => words,
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
    /// RFC 5322 Message-ID without angle brackets; fixed at fan-out, kept for every attempt.
    pub mail_id: String,
    /// What the server said last.
    pub response: Option<String>,
}

/// First wait after a deferral; doubles each time.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(5);
/// Attempts after which a Delivery that is still deferred fails: with doubling waits, about 21 hours.
const MAX_ATTEMPTS: u32 = 9;

impl Delivery {
    /// A fresh Delivery of `message` to `address`, due at `not_before`.
    pub fn new(
        message: MessageId,
        address: EmailAddress,
        not_before: DateTime<Utc>,
        mail_domain: &str,
    ) -> Self {
        let unique = MessageId::derive(&[&message.to_string(), address.as_str()]);
        Self {
            message,
            mail_id: format!("{unique}@{mail_domain}"),
            address,
            state: DeliveryState::New,
            attempts: 0,
            doubts: 0,
            not_before,
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
        let exhausted = matches!(verdict, Verdict::Deferred(_)) && self.attempts >= MAX_ATTEMPTS;
        self.pass_to(if exhausted { DeliveryState::Failed } else { verdict.state() })?;
        self.response = Some(verdict.response().to_owned());
        if self.state == DeliveryState::Unknown {
            self.doubts += 1;
        }
        if self.state == DeliveryState::Deferred {
            self.not_before = now + FIRST_WAIT * 2_i32.pow(self.attempts.saturating_sub(1).min(8));
        }
        Ok(())
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

    fn delivery() -> Delivery {
        let address = EmailAddress::new("ann@example.org").unwrap();
        Delivery::new(MessageId::derive(&["m"]), address, DateTime::UNIX_EPOCH, "news.example")
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
    fn a_deferred_delivery_waits_longer_each_time_and_fails_in_the_end() {
        let mut delivery = delivery();
        let mut waits = Vec::new();
        loop {
            delivery.begin().unwrap();
            delivery.settle(&Verdict::Deferred("451".into()), DateTime::UNIX_EPOCH).unwrap();
            if delivery.state == DeliveryState::Failed {
                break;
            }
            waits.push((delivery.not_before - DateTime::UNIX_EPOCH).num_minutes());
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640]);
    }
}
