//! Links that let a reader in without a password: what they stand for, sealed under the installation's secret.
//!
//! A link carries its own meaning, so it works as long as the secret does, whatever became of the rows it once came from, and
//! an address is never readable in it. The same subscription always has the same link.

use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

use super::{DigestId, EmailAddress, MessageId};

/// What a sealed link is good for: to see, change and end one subscription. It stands in every mail of a digest.
const SUBSCRIPTION: &[u8] = b"subscription";

/// The installation's secret; made once, kept in the store. Cheap to clone.
#[derive(Clone)]
pub struct ReaderKey(Arc<Keys>);

struct Keys {
    seal: LessSafeKey,
    mac: hmac::Key,
}

impl std::fmt::Debug for ReaderKey {
    // The secret stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReaderKey(..)")
    }
}

impl ReaderKey {
    /// Bytes of a secret.
    pub const LENGTH: usize = 32;

    /// The key of a `secret`.
    pub fn new(secret: &[u8; Self::LENGTH]) -> Self {
        let mac = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived = hmac::sign(&mac, b"seal");
        let seal = UnboundKey::new(&AES_256_GCM, derived.as_ref())
            .expect("HMAC-SHA-256 gives the 32 bytes that AES-256 takes");
        Self(Arc::new(Keys { seal: LessSafeKey::new(seal), mac }))
    }

    /// The token that stands for a subscription in a link.
    pub fn seal(&self, digest: &DigestId, address: &EmailAddress) -> String {
        let mut sealed = format!("{digest}\n{address}").into_bytes();
        let nonce = self.nonce(&sealed);
        self.0
            .seal
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(SUBSCRIPTION),
                &mut sealed,
            )
            .expect("far shorter than the cipher's limit");
        url_text(&[&nonce[..], &sealed].concat())
    }

    /// What the token stands for; `None` unless it was made by this key.
    pub fn open(&self, token: &str) -> Option<(DigestId, EmailAddress)> {
        let bytes = from_url_text(token)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let plain = self.0.seal.open_in_place(nonce, Aad::from(SUBSCRIPTION), &mut sealed).ok()?;
        let (digest, address) = std::str::from_utf8(plain).ok()?.split_once('\n')?;
        Some((DigestId::new(digest).ok()?, EmailAddress::new(address).ok()?))
    }

    /// What is kept of an address that was erased, so that it can be recognised and not be read.
    pub fn fingerprint(&self, address: &EmailAddress) -> String {
        let mac = hmac::sign(&self.0.mac, format!("address\n{}", address.folded()).as_bytes());
        url_text(mac.as_ref())
    }

    /// 16 hexadecimal digits that only this installation can tell for a Message and an address: whoever has one mail of a list
    /// cannot make up the bounce of another.
    fn mark(&self, message: MessageId, address: &EmailAddress) -> String {
        let mac = hmac::sign(&self.0.mac, format!("delivery\n{message}\n{address}").as_bytes());
        mac.as_ref().iter().take(8).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
    }

    /// From the content itself: equal content has an equal token, and no nonce ever serves two contents (RFC 5297's idea).
    fn nonce(&self, plain: &[u8]) -> [u8; NONCE_LEN] {
        let content = [b"nonce\n", SUBSCRIPTION, b"\n", plain].concat();
        let mac = hmac::sign(&self.0.mac, &content);
        std::array::from_fn(|i| mac.as_ref()[i])
    }
}

/// The domain of our Message-IDs, and the secret that makes them unguessable.
#[derive(Debug, Clone)]
pub struct MailDomain {
    name: String,
    key: ReaderKey,
}

impl MailDomain {
    /// Message-IDs in the domain `name` under `key`.
    pub fn new(name: &str, key: ReaderKey) -> Self {
        Self { name: name.to_owned(), key }
    }

    /// The one Message-ID of a Message to an address, without angle brackets.
    pub(super) fn mail_id(&self, message: MessageId, address: &EmailAddress) -> String {
        format!("{}@{}", message.token(&self.key.mark(message, address)), self.name)
    }
}

fn url_text(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn from_url_text(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription() -> (DigestId, EmailAddress) {
        (DigestId::new("morning").unwrap(), EmailAddress::new("Ann@example.org").unwrap())
    }

    #[test]
    fn a_link_says_who_and_what_to_its_maker_only() {
        let (digest, address) = subscription();
        let key = ReaderKey::new(&[7; 32]);
        let token = key.seal(&digest, &address);
        assert_eq!(token, key.seal(&digest, &address));
        assert_eq!(key.open(&token), Some((digest, address)));
        assert_eq!(ReaderKey::new(&[8; 32]).open(&token), None);
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    }

    #[test]
    fn a_link_that_was_touched_opens_nothing() {
        let (digest, address) = subscription();
        let key = ReaderKey::new(&[7; 32]);
        let token = key.seal(&digest, &address);
        for at in 0..token.len() {
            let mut touched = token.clone().into_bytes();
            touched[at] = if touched[at] == b'A' { b'B' } else { b'A' };
            let touched = String::from_utf8(touched).unwrap();
            assert_eq!(key.open(&touched), None, "{at}");
        }
        for wrong in ["", "A", "AAAA", &token[1..], &format!("{token}="), "…"] {
            assert_eq!(key.open(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_kept_of_an_erased_address_is_the_same_in_any_spelling() {
        let key = ReaderKey::new(&[7; 32]);
        let of = |text| key.fingerprint(&EmailAddress::new(text).unwrap());
        assert_eq!(of("Ann@example.org"), of("ann@EXAMPLE.org"));
        assert_ne!(of("ann@example.org"), of("anne@example.org"));
    }
}
