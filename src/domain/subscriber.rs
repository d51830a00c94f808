//! An address that may receive mail, with its state and what its owner chose.

use std::fmt;

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Timelike as _, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Brief, Digest, DigestId, Language, SourceId};

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

    /// The address in lower case: by it a suppressed address is known, however it is spelt. RFC 5321 §2.4 lets servers tell
    /// cases apart; none in use does.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
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
    /// Hour of the day, 0 to 23, at which mail may come: what is composed at another hour waits for it.
    pub hour: Option<u8>,
    /// Zone of `hour` and of dates; the digest's own if absent.
    pub zone: Option<Tz>,
    /// Language of the mail's own words.
    pub language: Option<Language>,
    /// Topics to keep, by tag or by the name of a Source; empty keeps all.
    pub topics: Vec<String>,
    /// Topics to drop, whatever else they are about.
    pub without: Vec<String>,
    /// No mail before this day.
    pub paused_until: Option<NaiveDate>,
}

impl Choices {
    /// Whether what has these tags and comes from this Source is among the topics that its owner wants.
    pub fn keep(&self, tags: &[String], source: Option<&SourceId>) -> bool {
        let is_about = |topic: &String| {
            let mut names = tags.iter().map(String::as_str).chain(source.map(SourceId::as_str));
            names.any(|name| name.to_lowercase() == topic.to_lowercase())
        };
        (self.topics.is_empty() || self.topics.iter().any(is_about))
            && !self.without.iter().any(is_about)
    }

    /// Whether `brief` is.
    pub fn keep_brief(&self, brief: &Brief) -> bool {
        self.keep(&brief.tags, brief.source.as_ref())
    }

    /// The earliest instant from `now` on at which mail may come: `now` where no hour was chosen or it is that hour in
    /// `zone`, else the next beginning of it.
    pub fn not_before(&self, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        let Some(hour) = self.hour else { return now };
        let local = now.with_timezone(&zone);
        if local.hour() == u32::from(hour) {
            return now;
        }
        let begins = |day: NaiveDate| {
            let wall = day.and_hms_opt(u32::from(hour), 0, 0)?;
            // An hour that the clocks leave out that day begins when they have passed it.
            let after_gap = || zone.from_local_datetime(&(wall + TimeDelta::hours(1))).earliest();
            zone.from_local_datetime(&wall).earliest().or_else(after_gap)
        };
        let days = local.date_naive().iter_days().take(3).filter_map(begins);
        let next = days.map(|begin| begin.to_utc()).find(|begin| *begin > now);
        next.unwrap_or(now)
    }
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

    /// Whether an Edition of a `cadence` of `digest`, whose zone is `zone`, goes to this address at `now`. Who chose a
    /// cadence that is no more gets the first one.
    pub fn receives(&self, digest: &Digest, cadence: &str, zone: Tz, now: DateTime<Utc>) -> bool {
        let known = |name: &&String| digest.cadences.iter().any(|c| c.name == **name);
        let chosen = match self.choices.cadence.as_ref().filter(known) {
            Some(name) => name == cadence,
            None => digest.is_first(cadence),
        };
        let zone = self.choices.zone.unwrap_or(zone);
        let paused = self
            .choices
            .paused_until
            .is_some_and(|day| now.with_timezone(&zone).date_naive() < day);
        self.state == SubscriberState::Confirmed && chosen && !paused
    }
}

#[cfg(test)]
mod tests {
    use super::super::Cadence;
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

    fn digest() -> Digest {
        let cadence = |name: &str| Cadence {
            name: name.into(),
            schedule: format!("digest/morning/{name}"),
            every: None,
        };
        let id = DigestId::new("morning").unwrap();
        Digest {
            cadences: vec![cadence("daily"), cadence("weekly")],
            ..Digest::new(id, "Morning", Language::english())
        }
    }

    #[test]
    fn nobody_receives_an_edition_before_confirming() {
        let mut subscriber = subscriber();
        let receives =
            |s: &Subscriber| s.receives(&digest(), "daily", Tz::UTC, DateTime::UNIX_EPOCH);
        assert!(!receives(&subscriber));
        subscriber.confirm().unwrap();
        assert!(receives(&subscriber));
        subscriber.unsubscribe();
        assert!(!receives(&subscriber));
    }

    #[test]
    fn each_reader_gets_one_cadence_and_none_while_paused() {
        let mut subscriber = subscriber();
        subscriber.confirm().unwrap();
        let now = at("2026-11-23T00:00:00Z");
        let receives =
            |s: &Subscriber, cadence: &str| s.receives(&digest(), cadence, Tz::Asia__Shanghai, now);
        subscriber.choices.cadence = Some("weekly".into());
        assert!(receives(&subscriber, "weekly") && !receives(&subscriber, "daily"));
        subscriber.choices.cadence = Some("hourly".into());
        assert!(receives(&subscriber, "daily"), "a cadence that is no more is none");
        // It is the 23rd in Shanghai already, and still the 22nd in New York.
        subscriber.choices.paused_until = NaiveDate::from_ymd_opt(2026, 11, 23);
        assert!(receives(&subscriber, "daily"));
        subscriber.choices.zone = Some(Tz::America__New_York);
        assert!(!receives(&subscriber, "daily"));
    }

    #[test]
    fn mail_waits_for_the_hour_that_its_reader_chose() {
        let wait = |now: &str, hour: u8, zone: Tz| {
            let choices = Choices { hour: Some(hour), ..Choices::default() };
            choices.not_before(at(now), zone).to_rfc3339()
        };
        let berlin = Tz::Europe__Berlin;
        for (now, hour, expected) in [
            ("2026-11-22T23:00:00Z", 8, "2026-11-23T07:00:00+00:00"),
            ("2026-11-23T07:30:00Z", 8, "2026-11-23T07:30:00+00:00"),
            ("2026-11-23T09:00:00Z", 8, "2026-11-24T07:00:00+00:00"),
            // 2:00 to 3:00 does not exist on 29 March 2026.
            ("2026-03-28T23:30:00Z", 2, "2026-03-29T01:00:00+00:00"),
        ] {
            assert_eq!(wait(now, hour, berlin), expected, "{now}");
        }
        assert_eq!(Choices::default().not_before(at("2026-11-22T23:00:00Z"), berlin).hour(), 23);
    }

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
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
