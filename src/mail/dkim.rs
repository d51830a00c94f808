//! Signatures of mail (RFC 6376; Ed25519 by RFC 8463), relaxed/relaxed.
//!
//! Our own, because lettre's signer takes three times as long for RSA, leaves Content-Type out of what it hashes, fails for an
//! empty body, and walks through the whole body of each mail. It works on the very bytes that are sent.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

use super::MailError;

/// What is signed; the second time is for a field that is not there: another one put on top breaks the signature
/// (RFC 6376 §8.15). RFC 8058 §4 wants both List-Unsubscribe fields among them.
const SIGNED: [&str; 21] = [
    "From",
    "From",
    "To",
    "To",
    "Subject",
    "Subject",
    "Date",
    "Date",
    "Message-ID",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Type",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Unsubscribe-Post",
    "Feedback-ID",
    "Reply-To",
    "Auto-Submitted",
];
/// RFC 5322 §2.1.1 wants lines of at most 78 characters.
const FOLD: usize = 72;

/// A key that signs mail of one domain.
pub struct Signer {
    domain: String,
    selector: String,
    key: Key,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({}._domainkey.{}, {})", self.selector, self.domain, self.algorithm())
    }
}

impl Signer {
    /// The signer of `selector._domainkey.domain` by a private key in PEM form (PKCS#8 or, for RSA, PKCS#1).
    pub fn new(domain: &str, selector: &str, pem: &[u8]) -> Result<Self, MailError> {
        let failed = |reason: String| MailError::Key { selector: selector.to_owned(), reason };
        let key = Key::read(pem).map_err(failed)?;
        Ok(Self { domain: domain.to_owned(), selector: selector.to_owned(), key })
    }

    fn algorithm(&self) -> &'static str {
        match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// The header field that signs these `fields`, in their canonical form, and a body of that hash.
    fn field(&self, fields: &[u8], body_hash: &str, now: DateTime<Utc>) -> Result<String, String> {
        let unsigned = format!(
            "DKIM-Signature: v=1; a={}; c=relaxed/relaxed; d={}; s={};\r\n\tt={}; h={};\r\n\tbh={};\r\n\tb=",
            self.algorithm(),
            self.domain,
            self.selector,
            now.timestamp(),
            folded(&SIGNED.join(":"), ':'),
            body_hash,
        );
        let mut hashed = fields.to_vec();
        let (name, value) = unsigned.split_once(':').unwrap_or_default();
        relaxed_field(name, value, &mut hashed);
        // RFC 6376 §3.7: the signature's own field goes last and without a line end.
        hashed.truncate(hashed.len() - 2);
        let signature = STANDARD.encode(self.key.sign(&hashed)?);
        Ok(format!("{unsigned}{}\r\n", folded(&signature, '\0')))
    }
}

impl Key {
    fn read(pem: &[u8]) -> Result<Self, String> {
        let wanted = "expected an RSA key of at least 2048 bits or an Ed25519 key, in PEM form";
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|e| format!("{e}; {wanted}"))?;
        let rsa = match &key {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
                    return Ok(Self::Ed25519(key));
                }
                RsaKeyPair::from_pkcs8(der)
            }
            _ => return Err(wanted.into()),
        };
        rsa.map(|key| Self::Rsa(Box::new(key))).map_err(|e| format!("{e}; {wanted}"))
    }

    fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut signature)
                    .map_err(|_| "the system gave no random numbers to sign with".to_owned())?;
                Ok(signature)
            }
            // RFC 8463 §3: what is signed is the hash.
            Self::Ed25519(key) => {
                let hash = digest::digest(&digest::SHA256, bytes);
                Ok(key.sign(hash.as_ref()).as_ref().to_vec())
            }
        }
    }
}

/// The fields by which all `signers` sign a mail with this `head` and a body of this hash.
pub(super) fn signatures(
    signers: &[Signer],
    head: &str,
    body: BodyHash,
    now: DateTime<Utc>,
) -> Result<String, String> {
    if signers.is_empty() {
        return Ok(String::new());
    }
    let (fields, hash) = (signed_fields(head), body.end());
    signers.iter().map(|signer| signer.field(&fields, &hash, now)).collect()
}

/// What a signature holds of a body: it takes [`relaxed`] text, a run of whole lines after the other.
pub(super) struct BodyHash(digest::Context);

impl Default for BodyHash {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
}

impl BodyHash {
    pub(super) fn add(&mut self, relaxed: &[u8]) {
        self.0.update(relaxed);
    }

    pub(super) fn end(self) -> String {
        STANDARD.encode(self.0.finish())
    }
}

/// The signed fields in their canonical form, in the order of [`SIGNED`].
fn signed_fields(head: &str) -> Vec<u8> {
    let mut fields = fields(head);
    let mut canonical = Vec::with_capacity(head.len());
    for wanted in SIGNED {
        // RFC 6376 §5.4.2: of several fields the last one first; one that is not there counts as empty.
        let at = fields.iter().rposition(|(name, _)| name.eq_ignore_ascii_case(wanted));
        if let Some((name, value)) = at.map(|at| fields.remove(at)) {
            relaxed_field(name, value, &mut canonical);
        }
    }
    canonical
}

/// Names and values, folded as they stand.
fn fields(head: &str) -> Vec<(&str, &str)> {
    let mut fields = Vec::new();
    let mut begin = 0;
    for (at, _) in head.match_indices("\r\n") {
        if !head[at + 2..].starts_with([' ', '\t']) {
            fields.extend(head[begin..at].split_once(':'));
            begin = at + 2;
        }
    }
    fields
}

/// RFC 6376 §3.4.2: the name in lower case, the value unfolded, white space reduced.
fn relaxed_field(name: &str, value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(name.trim().to_ascii_lowercase().as_bytes());
    out.push(b':');
    let words = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word.as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

/// RFC 6376 §3.4.4, for a run of lines that is not followed by empty ones alone: white space within a line reduced, at its end
/// removed.
pub(super) fn relaxed(lines: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(lines.len() + 2);
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let mut text = line.strip_suffix(b"\r\n").unwrap_or(line);
        while let [shorter @ .., b' ' | b'\t'] = text {
            text = shorter;
        }
        relaxed_line(text, &mut out);
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn relaxed_line(line: &[u8], out: &mut Vec<u8>) {
    if !line.iter().any(|byte| matches!(byte, b' ' | b'\t')) {
        return out.extend_from_slice(line);
    }
    let mut spaced = false;
    for byte in line {
        let space = matches!(byte, b' ' | b'\t');
        if !space {
            out.push(*byte);
        } else if !spaced {
            out.push(b' ');
        }
        spaced = space;
    }
}

/// `text` in lines; broken behind `at`, or anywhere for NUL.
fn folded(text: &str, at: char) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut column = 0;
    let mut pieces = text.split_inclusive(|c| at == '\0' || c == at).peekable();
    while let Some(piece) = pieces.next() {
        out.push_str(piece);
        column += piece.len();
        if pieces.peek().is_some_and(|next| column + next.len() > FOLD) {
            // Writing to a String cannot fail.
            let _ = out.write_str("\r\n\t ");
            column = 0;
        }
    }
    out
}
