//! Addresses and names: URIs with the schemes that feeds use for ids, mail addresses.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::Rule;

/// Schemes that are registered and may turn up in a feed (RFC 7595).
const SCHEMES: [&str; 40] = [
    "http", "https", "ftp", "mailto", "news", "nntp", "telnet", "file", "cid", "mid", "imap",
    "nfs", "rtsp", "pop", "data", "dav", "sip", "sips", "tel", "fax", "modem", "ldap", "urn", "go",
    "ipp", "tftp", "pres", "im", "dict", "snmp", "crid", "tag", "dns", "info", "xmpp", "gopher",
    "wais", "prospero", "shttp", "tv",
];

static TAG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^tag:(?:[a-z0-9._-]+@)?[a-z0-9.-]+,\d{4}(?:-\d\d(?:-\d\d)?)?:[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,]*(?:#[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,]*)?$",
    )
});
static URN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^urn:[a-z0-9][a-z0-9-]{1,31}:(?:[a-z0-9()+,.:=@;$_!*'\-]|%[0-9a-f]{2})+$")
});
static MAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[a-z0-9_+.'!#$%&*/=?^`{|}~-]+@(?:(?:[0-9]{1,3}\.){3}|(?:[a-z0-9-]+\.)+)[a-z0-9][a-z0-9-]*$",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant")
}

/// Whether a reference must stand by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// May be relative.
    Reference,
    /// Has a scheme.
    Absolute,
}

/// RFC 3986 §2: unreserved, reserved and `%`.
fn is_uri_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b";/?:@&=+$.-_!~*'()%,#[]".contains(&b)
}

/// What is wrong with `value` as an address of RFC 3986; `international` admits RFC 3987 as Atom does.
pub(super) fn uri(value: &str, form: Form, international: bool) -> Option<Rule> {
    let scheme = scheme(value);
    match scheme.as_deref() {
        Some("tag") => return (!TAG.is_match(value)).then_some(Rule::InvalidTag),
        Some("urn") => return urn(value),
        _ => {}
    }
    if value.bytes().any(|b| b.is_ascii() && !is_uri_byte(b)) {
        return Some(Rule::InvalidUriChar);
    }
    if !value.is_ascii() && !international {
        return Some(Rule::UriNotIri);
    }
    let wrong = if form == Form::Absolute { Rule::InvalidFullLink } else { Rule::InvalidLink };
    match scheme.as_deref() {
        Some("http" | "https" | "ftp") => (!has_authority(value)).then_some(wrong),
        Some(known) if SCHEMES.contains(&known) => None,
        Some(name) if name.bytes().all(|b| b.is_ascii_alphabetic()) => {
            Some(Rule::SchemeNotIanaRegistered)
        }
        Some(_) => None,
        None => (form == Form::Absolute).then_some(wrong),
    }
}

/// RFC 3986 §3.1.
pub(super) fn scheme(value: &str) -> Option<String> {
    let (scheme, _) = value.split_once(':')?;
    let fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    fits.then(|| scheme.to_ascii_lowercase())
}

fn has_authority(value: &str) -> bool {
    let rest = value.split_once(':').map_or("", |(_, rest)| rest);
    let Some(rest) = rest.strip_prefix("//") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_closed = host.contains('[') == host.contains(']');
    !host.is_empty() && is_closed && !host.contains("//")
}

fn urn(value: &str) -> Option<Rule> {
    let lower = value.to_ascii_lowercase();
    if let Some(uuid) = lower.strip_prefix("urn:uuid:") {
        let is_uuid = uuid.len() == 36 && uuid::Uuid::try_parse(uuid).is_ok();
        return (!is_uuid).then_some(Rule::InvalidUuid);
    }
    (!URN.is_match(value)).then_some(Rule::InvalidUrn)
}

/// Whether `value` is written as RFC 4287 §4.2.6.1 wants ids: in lower case where case does not count, without default
/// port and dot segments, escapes in upper case and only where needed.
pub(super) fn is_canonical(value: &str) -> bool {
    let is_web = matches!(scheme(value).as_deref(), Some("http" | "https" | "ftp"));
    if !is_web {
        return scheme(value).is_none_or(|scheme| value.starts_with(&scheme)) && escapes_are(value);
    }
    let Ok(parsed) = Url::parse(value) else { return true };
    let authority = value.split_once("//").map_or("", |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let plain_host = host == host.to_lowercase()
        && !host.ends_with(':')
        && !name.ends_with('.')
        && !authority.starts_with('@')
        && !authority.starts_with(":@");
    let after = &value.split_once("//").map_or("", |(_, rest)| rest)[authority.len()..];
    let has_path = after.starts_with('/');
    let default = parsed.port().is_none() && host.contains(':') && !host.ends_with(']');
    let dots = parsed.path() != path_of(value) && value.contains("/.");
    value.starts_with(parsed.scheme())
        && plain_host
        && has_path
        && !default
        && !dots
        && escapes_are(value)
}

fn path_of(value: &str) -> &str {
    let rest = value.split_once("//").map_or("", |(_, rest)| rest);
    let rest = rest.find('/').map_or("", |at| &rest[at..]);
    rest.split(['?', '#']).next().unwrap_or_default()
}

/// Percent-escapes in upper case, and none for a character that needs none (RFC 3986 §2.3, §6.2.2).
fn escapes_are(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.iter().enumerate().filter(|(_, b)| **b == b'%').all(|(at, _)| {
        let Some(hex) = value.get(at + 1..at + 3) else { return false };
        let Ok(byte) = u8::from_str_radix(hex, 16) else { return false };
        let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        hex == hex.to_ascii_uppercase() && !unreserved
    })
}

/// RFC 2822 §3.4.1, as far as people use it.
pub(super) fn is_mail(value: &str) -> bool {
    MAIL.is_match(value)
}

/// An address of the web with a host that has a name (RSS enclosures).
pub(super) fn is_http(value: &str) -> bool {
    let rest = value.strip_prefix("http://").or_else(|| value.strip_prefix("https://"));
    let host = rest.unwrap_or_default().split(['/', '?', '#', ':']).next().unwrap_or_default();
    host.contains('.')
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b))
        && uri(value, Form::Absolute, false).is_none()
}
