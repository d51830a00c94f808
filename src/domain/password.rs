//! The password of the desk, of which only a slow hash is known: argon2id (RFC 9106) in the PHC string format.

use argon2::password_hash::{
    PasswordHash as Phc, PasswordHasher as _, PasswordVerifier as _, SaltString,
};
use argon2::{Argon2, Params};

use super::sha256_hex;

/// What one try may cost at most, in KiB: the login page is there for strangers, too.
const MOST_MEMORY: u32 = 256 * 1024;

/// The hash of a password.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl std::fmt::Debug for PasswordHash {
    // It stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

impl PasswordHash {
    /// Reads a hash as the configuration has it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected =
            "expected what `pressroom admin hash` prints, such as $argon2id$v=19$m=19456,t=2,p=1$…";
        let phc = Phc::new(text).map_err(|error| format!("{error}; {expected}"))?;
        if phc.algorithm.as_str() != "argon2id" || phc.hash.is_none() || phc.salt.is_none() {
            return Err(expected.to_owned());
        }
        let params = Params::try_from(&phc).map_err(|error| format!("{error}; {expected}"))?;
        if params.m_cost() > MOST_MEMORY {
            return Err(format!("m={} is more than {MOST_MEMORY} KiB a try", params.m_cost()));
        }
        Ok(Self(text.to_owned()))
    }

    /// Hashes `password` with 16 random bytes, at the cost that OWASP advises (19 MiB, two passes).
    pub fn of(password: &str, random: &[u8; 16]) -> Result<Self, String> {
        let salt = SaltString::encode_b64(random).map_err(|error| error.to_string())?;
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
        hash.map(|hash| Self(hash.to_string())).map_err(|error| error.to_string())
    }

    /// Whether it is the hash of `password`. Takes tens of milliseconds of a core, and as long for a wrong one.
    pub fn is_of(&self, password: &str) -> bool {
        let phc = Phc::new(&self.0);
        phc.is_ok_and(|phc| Argon2::default().verify_password(password.as_bytes(), &phc).is_ok())
    }

    /// What sessions know it by: they end when it changes.
    pub fn fingerprint(&self) -> String {
        sha256_hex(self.0.as_bytes())
    }

    /// As it stands in the configuration.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone_and_to_its_last_letter() {
        let long = "correct horse battery staple ".repeat(10);
        let hash = PasswordHash::of(&long, &[7; 16]).unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        let read = PasswordHash::parse(hash.as_str()).unwrap();
        assert!(read.is_of(&long));
        assert!(!read.is_of(long.trim_end()));
        assert_ne!(read.fingerprint(), PasswordHash::of(&long, &[8; 16]).unwrap().fingerprint());
    }

    #[test]
    fn other_hashes_and_costly_ones_are_refused() {
        for wrong in [
            "secret",
            "$2b$12$abcdefghijklmnopqrstuv",
            "$argon2i$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$h3k9Zl6pQTyYCqPLGPM2vE3FqRh3rJHXz7yJ3B0Q0oY",
            "$argon2id$v=19$m=9000000,t=2,p=1$c2FsdHNhbHQ$h3k9Zl6pQTyYCqPLGPM2vE3FqRh3rJHXz7yJ3B0Q0oY",
            "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ",
        ] {
            assert!(PasswordHash::parse(wrong).is_err(), "{wrong}");
        }
    }
}
