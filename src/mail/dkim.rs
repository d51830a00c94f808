//! Signatures of mail (RFC 6376; Ed25519 by RFC 8463), relaxed/relaxed.
//!
//! Our own, because lettre's signer takes three times as long for RSA, leaves Content-Type out of what it hashes, and fails for an
//! empty body. It works on the finished bytes, so what is signed is what is sent.

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

    /// The header field that signs `content`.
    fn field(&self, content: &Content, now: DateTime<Utc>) -> Result<String, String> {
        let unsigned = format!(
            "DKIM-Signature: v=1; a={}; c=relaxed/relaxed; d={}; s={};\r\n\tt={}; h={};\r\n\tbh={};\r\n\tb=",
            self.algorithm(),
            self.domain,
            self.selector,
            now.timestamp(),
            folded(&SIGNED.join(":"), ':'),
            content.body_hash,
        );
        let mut hashed = content.fields.clone();
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

/// Puts the signatures of all `signers` before `mail`.
pub(super) fn sign(
    signers: &[Signer],
    mail: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, String> {
    if signers.is_empty() {
        return Ok(mail);
    }
    let content = Content::of(&mail);
    let mut signed = Vec::with_capacity(mail.len() + 1024 * signers.len());
    for signer in signers {
        signed.extend_from_slice(signer.field(&content, now)?.as_bytes());
    }
    signed.extend_from_slice(&mail);
    Ok(signed)
}

/// What all signatures of one mail have in common.
struct Content {
    body_hash: String,
    /// The signed fields in their canonical form, in the order of [`SIGNED`].
    fields: Vec<u8>,
}

impl Content {
    fn of(mail: &[u8]) -> Self {
        let end = mail.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = match end {
            Some(at) => (&mail[..at + 2], &mail[at + 4..]),
            None => (mail, &mail[mail.len()..]),
        };
        let hash = digest::digest(&digest::SHA256, &relaxed_body(body));
        Self { body_hash: STANDARD.encode(hash), fields: signed_fields(head) }
    }
}

fn signed_fields(head: &[u8]) -> Vec<u8> {
    let head = String::from_utf8_lossy(head);
    let mut fields = fields(&head);
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

/// RFC 6376 §3.4.4: white space within a line reduced, at its end removed; no empty lines at the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 2);
    let mut empty = 0;
    for line in body.split(|byte| *byte == b'\n') {
        let mut line = line.strip_suffix(b"\r").unwrap_or(line);
        while let [shorter @ .., b' ' | b'\t'] = line {
            line = shorter;
        }
        if line.is_empty() {
            empty += 1;
            continue;
        }
        (0..empty).for_each(|_| out.extend_from_slice(b"\r\n"));
        empty = 0;
        relaxed_line(line, &mut out);
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
