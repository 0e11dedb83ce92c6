//! Canonical JSON: the one way in which an entry or a node may be written.
//!
//! Fields in the order of `FORMAT.md`, no insignificant space, absent fields left out, integers only. The bytes that
//! are stored are the bytes that are hashed; encoding again here only *refuses* bytes that our encoder would not write.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The largest integer in a record: every JSON reader holds it exactly.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Bytes that are no canonical record.
#[derive(Debug, thiserror::Error)]
pub enum NotCanonical {
    /// Not JSON, or not of the expected shape.
    #[error("not a record of this format: {0}")]
    Shape(serde_json::Error),
    /// The right value, written otherwise than the encoder writes it.
    #[error("not written as the canonical encoder writes it")]
    Spelling,
}

/// Writes a value. Our record types hold no map, no float and no failing serializer, so this cannot fail.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// Reads a value and refuses every spelling but the canonical one.
///
/// # Errors
/// [`NotCanonical::Shape`] for unknown, missing or repeated fields and wrong types; [`NotCanonical::Spelling`] for
/// another field order, white space, needless escapes or integers written otherwise.
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, NotCanonical> {
    let value: T = serde_json::from_slice(bytes).map_err(NotCanonical::Shape)?;
    if encode(&value) == bytes { Ok(value) } else { Err(NotCanonical::Spelling) }
}

/// Serde's view of [`MAX_INTEGER`], for `#[serde(deserialize_with)]`.
pub(crate) mod integer {
    use serde::{Deserialize, Deserializer};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        bounded(u64::deserialize(deserializer)?)
    }

    pub(crate) fn bounded<E: serde::de::Error>(value: u64) -> Result<u64, E> {
        if value > super::MAX_INTEGER {
            Err(E::custom("integer beyond 2^53 - 1"))
        } else {
            Ok(value)
        }
    }
}

/// [`integer`] for a field that may be absent.
pub(crate) mod optional_integer {
    use serde::{Deserialize, Deserializer};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<u64>, D::Error> {
        Option::<u64>::deserialize(deserializer)?.map(super::integer::bounded).transpose()
    }
}
