//! How often strangers may make this machine do what costs something: per network, and in all. Counted in memory, by the hour.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// What is allowed within an hour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Most {
    /// To one network.
    pub per_network: u32,
    /// To all together.
    pub in_all: u32,
}

/// Networks that are counted apart; beyond, only the sum counts.
const MOST_NETWORKS: usize = 10_000;

/// The counts of the hour that runs.
#[derive(Debug)]
pub(super) struct Limits {
    most: Most,
    hour: Mutex<Hour>,
}

#[derive(Debug, Default)]
struct Hour {
    began: Option<DateTime<Utc>>,
    all: u32,
    networks: HashMap<IpAddr, u32>,
}

impl Limits {
    /// Nothing counted yet.
    pub fn new(most: Most) -> Self {
        Self { most, hour: Mutex::default() }
    }

    /// Counts a request from `client`; `false` where it is one too many.
    pub fn admit(&self, client: IpAddr, now: DateTime<Utc>) -> bool {
        let mut hour = self.hour.lock().unwrap_or_else(PoisonError::into_inner);
        if hour.began.is_none_or(|began| (now - began).abs() >= TimeDelta::hours(1)) {
            *hour = Hour { began: Some(now), ..Hour::default() };
        }
        let network = network(client);
        let is_counted =
            hour.networks.len() < MOST_NETWORKS || hour.networks.contains_key(&network);
        let own = if is_counted {
            let own = hour.networks.entry(network).or_default();
            *own = own.saturating_add(1);
            *own
        } else {
            0
        };
        if own > self.most.per_network {
            return false;
        }
        hour.all = hour.all.saturating_add(1);
        hour.all <= self.most.in_all
    }
}

/// One customer's addresses: an IPv4 address, or the /64 that an IPv6 one lies in.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & (u128::MAX << 64)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Most = Most { per_network: 20, in_all: 2000 };

    fn admitted(
        limits: &Limits,
        clients: impl Iterator<Item = String>,
        now: DateTime<Utc>,
    ) -> usize {
        clients.filter(|client| limits.admit(client.parse().unwrap(), now)).count()
    }

    #[test]
    fn ten_thousand_from_one_network_are_as_many_as_from_one_address() {
        let limits = Limits::new(MOST);
        let now = DateTime::UNIX_EPOCH;
        let flood = (0..10_000).map(|n| format!("2001:db8::{n:x}"));
        assert_eq!(admitted(&limits, flood, now), MOST.per_network as usize);
        let other = (0..1).map(|_| "2001:db8:0:1::1".to_owned());
        assert_eq!(admitted(&limits, other, now), 1);
        let later = now + TimeDelta::hours(1);
        assert!(limits.admit("2001:db8::1".parse().unwrap(), later));
    }

    #[test]
    fn all_together_have_a_limit_too() {
        let limits = Limits::new(MOST);
        let flood = (0..10_000).map(|n| format!("10.{}.{}.1", n / 200, n % 200));
        assert_eq!(admitted(&limits, flood, DateTime::UNIX_EPOCH), MOST.in_all as usize);
    }
}
