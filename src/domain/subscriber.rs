//! An address that may receive mail, with its state and what its owner chose.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{DigestId, Language};

/// Text that is no mail address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{0}\" is not a mail address; one looks like ann@example.org")]
pub struct InvalidAddress(pub String);

/// A mail address (RFC 5321 mailbox), its domain in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Checks the address.
    pub fn new(text: &str) -> Result<Self, InvalidAddress> {
        let invalid = || InvalidAddress(text.to_owned());
        let options =
            email_address::Options::default().without_display_text().without_domain_literal();
        let checked = email_address::EmailAddress::parse_with_options(text.trim(), options)
            .map_err(|_| invalid())?;
        let local = checked.local_part();
        // RFC 5890: the wire knows a domain in A-labels only, so that mail needs no extension for it.
        let domain = url::Host::parse(checked.domain()).map_err(|_| invalid())?.to_string();
        // Quoted local parts are legal and refused by most servers and by our transport.
        if local.starts_with('"') {
            return Err(invalid());
        }
        Ok(Self(format!("{local}@{domain}")))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit('@').next().unwrap_or_default()
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidAddress;
    fn try_from(text: String) -> Result<Self, InvalidAddress> {
        Self::new(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a Subscriber stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubscriberState {
    /// Asked, not confirmed: receives the confirmation mail only.
    Pending,
    /// Confirmed here, or imported as confirmed elsewhere.
    Confirmed,
    /// Left.
    Unsubscribed,
    /// Bounced or complained.
    Suppressed,
}

impl SubscriberState {
    /// The word in the store and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Unsubscribed => "unsubscribed",
            Self::Suppressed => "suppressed",
        }
    }

    /// Reads what [`SubscriberState::as_str`] wrote.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Confirmed, Self::Unsubscribed, Self::Suppressed]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// What a Subscriber chose. Absent means: as the digest has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// Cadence by name; the digest's first one if absent.
    pub cadence: Option<String>,
    /// Hour of the day, 0 to 23, before which mail shall not come.
    pub hour: Option<u8>,
    /// Zone of `hour` and of dates.
    pub zone: Option<Tz>,
    /// Language of the mail's own words.
    pub language: Option<Language>,
    /// Tags to keep; empty keeps all.
    pub topics: Vec<String>,
    /// No mail before this day.
    pub paused_until: Option<NaiveDate>,
}

/// A step that a Subscriber's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a subscriber who is {} cannot {step}", state.as_str())]
pub struct SubscriptionError {
    /// Where the Subscriber stands.
    pub state: SubscriberState,
    /// What was asked.
    pub step: &'static str,
}

/// An address with its state and choices for one Digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// The address.
    pub address: EmailAddress,
    /// The Digest it subscribes to.
    pub digest: DigestId,
    /// Where it stands.
    pub state: SubscriberState,
    /// What its owner chose.
    pub choices: Choices,
}

impl Subscriber {
    /// Someone who asked and has not confirmed yet.
    pub fn pending(address: EmailAddress, digest: DigestId) -> Self {
        Self { address, digest, state: SubscriberState::Pending, choices: Choices::default() }
    }

    /// The owner of the address confirmed; coming back after having left is confirming anew.
    pub fn confirm(&mut self) -> Result<(), SubscriptionError> {
        if self.state == SubscriberState::Suppressed {
            return Err(SubscriptionError { state: self.state, step: "confirm" });
        }
        self.state = SubscriberState::Confirmed;
        Ok(())
    }

    /// The owner leaves; always possible, and a suppressed address stays suppressed.
    pub fn unsubscribe(&mut self) {
        if self.state != SubscriberState::Suppressed {
            self.state = SubscriberState::Unsubscribed;
        }
    }

    /// Whether an Edition of `cadence` (`first` says whether it is the digest's first) goes to this address at `now`.
    pub fn receives(&self, cadence: &str, first: bool, now: DateTime<Utc>) -> bool {
        let chosen = match &self.choices.cadence {
            Some(name) => name == cadence,
            None => first,
        };
        let zone = self.choices.zone.unwrap_or(Tz::UTC);
        let paused = self
            .choices
            .paused_until
            .is_some_and(|day| now.with_timezone(&zone).date_naive() < day);
        self.state == SubscriberState::Confirmed && chosen && !paused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscriber() -> Subscriber {
        let address = EmailAddress::new("ann@Example.ORG").unwrap();
        Subscriber::pending(address, DigestId::new("morning").unwrap())
    }

    #[test]
    fn addresses_are_checked_and_the_domain_folded() {
        assert_eq!(EmailAddress::new(" Ann@Example.ORG ").unwrap().as_str(), "Ann@example.org");
        assert_eq!(
            EmailAddress::new("o'brien+x@bücher.example").unwrap().as_str(),
            "o'brien+x@xn--bcher-kva.example"
        );
        for wrong in [
            "",
            "ann",
            "a@",
            "ann@example.org\r\nBcc: x@y.z",
            "Ann <ann@example.org>",
            "\"a b\"@c.org",
        ] {
            assert!(EmailAddress::new(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn nobody_receives_an_edition_before_confirming() {
        let mut subscriber = subscriber();
        assert!(!subscriber.receives("daily", true, DateTime::UNIX_EPOCH));
        subscriber.confirm().unwrap();
        assert!(subscriber.receives("daily", true, DateTime::UNIX_EPOCH));
        subscriber.unsubscribe();
        assert!(!subscriber.receives("daily", true, DateTime::UNIX_EPOCH));
    }

    #[test]
    fn a_suppressed_address_cannot_confirm_itself_back() {
        let mut subscriber = subscriber();
        subscriber.state = SubscriberState::Suppressed;
        assert!(subscriber.confirm().is_err());
        subscriber.unsubscribe();
        assert_eq!(subscriber.state, SubscriberState::Suppressed);
    }
}
