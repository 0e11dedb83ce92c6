//! The BLAKE3 hashes of a ledger: one context string for each kind of thing, so that no two kinds can be confused.
//!
//! Nothing here chooses a salt; randomness is the caller's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const BLOB_CONTEXT: &str = "testimony v1 blob";
const NODE_CONTEXT: &str = "testimony v1 node";
const ENTRY_CONTEXT: &str = "testimony v1 entry";

/// A 32-byte BLAKE3 hash, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

/// The text was not exactly the lower-case hexadecimal digits that a digest or salt is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not lower-case hexadecimal of the expected length")]
pub struct NotHex;

impl Digest {
    /// What the first entry of a stream names as its predecessor.
    pub const ZERO: Self = Self([0; 32]);

    /// Wraps bytes that are already a hash.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// `derive_key("testimony v1 entry")(bytes)`, over an entry's exact stored bytes.
    #[must_use]
    pub fn of_entry(bytes: &[u8]) -> Self {
        derive(ENTRY_CONTEXT, bytes)
    }

    /// `derive_key("testimony v1 node")(bytes)`, over a node's exact stored bytes.
    #[must_use]
    pub fn of_node(bytes: &[u8]) -> Self {
        derive(NODE_CONTEXT, bytes)
    }

    /// Plain `BLAKE3(bytes)`: the inner hash of a blob, and the hash of bytes that recovery cut off.
    #[must_use]
    pub fn plain(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The commitment to a blob: see [`Digest::of_blob_hash`].
    #[must_use]
    pub fn of_blob(salt: &Salt, media: &str, content: &[u8]) -> Self {
        Self::of_blob_hash(salt, media, content.len() as u64, &Self::plain(content))
    }

    /// `keyed_hash(derive_key("testimony v1 blob", salt), len(media) as u8 ‖ media ‖ len as u64 little-endian ‖ plain)`.
    ///
    /// Once salt and content are gone nobody can find the content by guessing. `media` is at most 127 bytes, which
    /// [`crate::media::MediaType`] guarantees; a longer one would be hashed by its first 255 bytes' length.
    #[must_use]
    pub fn of_blob_hash(salt: &Salt, media: &str, len: u64, plain: &Self) -> Self {
        let key = blake3::derive_key(BLOB_CONTEXT, &salt.0);
        let mut hasher = blake3::Hasher::new_keyed(&key);
        hasher.update(&[u8::try_from(media.len()).unwrap_or(u8::MAX)]);
        hasher.update(media.as_bytes());
        hasher.update(&len.to_le_bytes());
        hasher.update(&plain.0);
        Self(*hasher.finalize().as_bytes())
    }
}

fn derive(context: &str, bytes: &[u8]) -> Digest {
    Digest(blake3::derive_key(context, bytes))
}

/// The 16 random bytes that make a blob's digest unguessable. Erasing it is half of erasing the blob.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// What stands in place of the salt of erased content.
    pub const BLANK: Self = Self([0; 16]);

    /// Wraps bytes that the caller drew at random.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], NotHex> {
    let mut bytes = [0; N];
    let lower = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !lower || hex::decode_to_slice(text, &mut bytes).is_err() {
        return Err(NotHex);
    }
    Ok(bytes)
}

macro_rules! hex_text {
    ($type:ident, $len:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; $len * 2];
                // The buffer is exactly twice the hash, so encoding into it cannot fail.
                hex::encode_to_slice(self.0, &mut text).map_err(|_| fmt::Error)?;
                f.pad(str::from_utf8(&text).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $type {
            type Err = NotHex;

            fn from_str(text: &str) -> Result<Self, NotHex> {
                parse_hex(text).map(Self)
            }
        }
    };
}

hex_text!(Digest, 32);
hex_text!(Salt, 16);

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0; 64];
        hex::encode_to_slice(self.0, &mut text).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(str::from_utf8(&text).map_err(serde::ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lower_case_hex_of_full_length_is_a_digest() {
        let digest = Digest::plain(b"x");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!(digest.to_string().to_uppercase().parse::<Digest>(), Err(NotHex));
        assert_eq!(digest.to_string()[1..].parse::<Digest>(), Err(NotHex));
        assert_eq!("".parse::<Salt>(), Err(NotHex));
    }

    #[test]
    fn media_type_salt_and_content_each_change_a_blobs_digest() {
        let salt = Salt::from_bytes([1; 16]);
        let digest = Digest::of_blob(&salt, "text/plain", b"content");
        assert_ne!(digest, Digest::of_blob(&Salt::from_bytes([2; 16]), "text/plain", b"content"));
        assert_ne!(digest, Digest::of_blob(&salt, "text/plai", b"ncontent"));
        assert_ne!(digest, Digest::of_blob(&salt, "text/plain", b"conten"));
    }
}
