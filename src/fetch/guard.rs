//! Which addresses may be fetched: public ones, unless the source says otherwise.
//!
//! The client asks its resolver for names only, so literal addresses are checked here first, on every redirect too; names are
//! checked by the resolver (`names.rs`), whose answers are the ones that get connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::FetchError;

/// Checks scheme and literal address of `url`. URL parsing has already folded the other spellings of IPv4.
pub(super) fn check(url: &Url, allow_private: bool) -> Result<(), FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::Scheme { url: url.to_string() });
    }
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        _ => None,
    };
    match literal {
        Some(address) if !allow_private && !is_public(address) => Err(FetchError::Private {
            host: url.host_str().unwrap_or_default().to_owned(),
            address,
        }),
        _ => Ok(()),
    }
}

/// Whether an address belongs to the public internet (IANA special-purpose registries).
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let special = v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_documentation()
        || a == 0
        || a >= 240
        // 100.64/10 carrier-grade NAT, 192.0.0/24 protocol assignments, 198.18/15 benchmarks.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [first, second, ..] = v6.segments();
    let octets = v6.octets();
    let embedded =
        |at: usize| Ipv4Addr::new(octets[at], octets[at + 1], octets[at + 2], octets[at + 3]);
    if let Some(mapped) = v6.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    match (first, second) {
        (0x2002, _) => is_public_v4(embedded(2)),       // 6to4
        (0x0064, 0xff9b) => is_public_v4(embedded(12)), // NAT64
        (0x2001, 0x0000 | 0x0db8) => false,             // Teredo, documentation
        // 2000::/3 is all that is globally assigned; the rest is local, multicast or reserved.
        _ => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_private_networks_are_refused_in_every_spelling() {
        for host in [
            "127.0.0.1",
            "0x7f000001",
            "2130706433",
            "127.1",
            "0177.0.0.1",
            "[::ffff:127.0.0.1]",
            "0.0.0.0",
            "127.0.0.1。",
            "①②⑦.0.0.1",
            "[::1]",
            "[::]",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "[fe80::1]",
            "[fc00::1]",
            "[fec0::1]",
            "[2002:7f00:1::]",
            "[64:ff9b::7f00:1]",
            "[2001:0:1::]",
            "224.0.0.1",
            "255.255.255.255",
        ] {
            let Ok(url) = Url::parse(&format!("http://{host}/")) else { continue };
            assert!(check(&url, false).is_err(), "{host}");
            assert!(check(&url, true).is_ok(), "{host} is meant");
        }
    }

    #[test]
    fn public_addresses_and_names_pass() {
        for host in ["93.184.216.34", "[2606:2800:220:1::1]", "example.org", "[64:ff9b::5db8:d822]"]
        {
            let url = Url::parse(&format!("https://{host}/")).unwrap();
            assert!(check(&url, false).is_ok(), "{host}");
        }
    }

    #[test]
    fn only_http_and_https_are_fetched() {
        for url in ["file:///etc/passwd", "ftp://example.org/", "data:text/html,x"] {
            let refused = check(&Url::parse(url).unwrap(), true);
            assert!(matches!(refused, Err(FetchError::Scheme { .. })), "{url}");
        }
    }
}
