//! `digest.cadence`: a cron expression, or so many articles.

use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// How often a digest goes out: by time, or by count.
#[derive(Debug)]
pub(in crate::config) enum RawCadence {
    /// A cron expression.
    At(String),
    /// So many articles.
    Every(usize),
}

// By hand: serde's untagged enums lose the place of an error and say only that nothing fitted.
impl<'de> Deserialize<'de> for RawCadence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CadenceVisitor)
    }
}

struct CadenceVisitor;

impl<'de> Visitor<'de> for CadenceVisitor {
    type Value = RawCadence;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a cron expression such as \"0 7 * * *\", or { every = 10 } for so many articles",
        )
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<RawCadence, E> {
        Ok(RawCadence::At(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawCadence, A::Error> {
        let every = match map.next_entry::<String, usize>()? {
            Some((key, every)) if key == "every" => every,
            Some((key, _)) => return Err(de::Error::unknown_field(&key, &["every"])),
            None => return Err(de::Error::missing_field("every")),
        };
        match map.next_key::<String>()? {
            Some(key) => Err(de::Error::unknown_field(&key, &["every"])),
            None => Ok(RawCadence::Every(every)),
        }
    }
}
