//! How far one stream has been delivered to one destination, as a file says it: the last entry that the endpoint has
//! answered for, by its number and its hash.
//!
//! Where in the file that entry lies is found by reading its segment again, which has to be done anyway: the objects that the next
//! entries refer to stand there. So a cursor holds nothing that could point into the middle of something, and one that
//! does not fit the ledger is recognised before anything is skipped on its account.

use serde::{Deserialize, Serialize};
use testimony_record::Uuid;
use testimony_record::digest::Digest;

/// The version of the file.
const VERSION: u32 = 1;

/// The last entry of a stream that the endpoint has answered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The number of the segment file that holds the entry.
    pub segment: u64,
    /// The entry's number.
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
}

/// How far a stream has been delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    v: u32,
    /// The stream.
    pub stream: Uuid,
    /// The last entry that the endpoint has answered for.
    pub last: Place,
    /// How many spans of this stream the endpoint has taken so far, repetitions included.
    pub sent: u64,
    /// The newest signed head at that entry, as the spans carry it: it may stand further back than is read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
}

/// A file that holds no cursor.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Damaged {
    #[error("it is no cursor")]
    NoCursor(#[source] serde_json::Error),
    #[error("it is of version {0}")]
    OtherVersion(u32),
    #[error("it is the cursor of stream {0}")]
    OtherStream(Uuid),
}

impl Cursor {
    pub(crate) fn new(stream: Uuid, last: Place, sent: u64, head: Option<String>) -> Self {
        Self { v: VERSION, stream, last, sent, head }
    }

    /// Reads what [`Cursor::encode`] wrote for this stream.
    pub(crate) fn decode(bytes: &[u8], stream: Uuid) -> Result<Self, Damaged> {
        let cursor: Self = serde_json::from_slice(bytes).map_err(Damaged::NoCursor)?;
        if cursor.v != VERSION {
            return Err(Damaged::OtherVersion(cursor.v));
        }
        if cursor.stream != stream {
            return Err(Damaged::OtherStream(cursor.stream));
        }
        Ok(cursor)
    }

    /// One line of JSON.
    pub(crate) fn encode(&self) -> Vec<u8> {
        // A struct of numbers and strings has no value that JSON could refuse.
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cursor() -> impl Strategy<Value = Cursor> {
        let place = (any::<u64>(), any::<u64>(), any::<[u8; 32]>())
            .prop_map(|(segment, seq, hash)| Place { segment, seq, hash: Digest::plain(&hash) });
        (any::<u128>(), place, any::<u64>(), any::<Option<String>>()).prop_map(
            |(stream, last, sent, head)| Cursor::new(Uuid::from_u128(stream), last, sent, head),
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_nothing_shorter_is(cursor in cursor(), cut in any::<prop::sample::Index>()) {
            let bytes = cursor.encode();
            prop_assert_eq!(Cursor::decode(&bytes, cursor.stream).unwrap(), cursor.clone());
            // Without its line end it is whole.
            let shorter = cut.index(bytes.len() - 1);
            prop_assert!(Cursor::decode(&bytes[..shorter], cursor.stream).is_err());
        }
    }

    #[test]
    fn a_cursor_of_another_stream_or_version_is_none() {
        let stream = Uuid::from_u128(7);
        let last = Place { segment: 1, seq: 2, hash: Digest::plain(b"entry") };
        let bytes = Cursor::new(stream, last, 3, None).encode();
        let other = Cursor::decode(&bytes, Uuid::from_u128(8)).unwrap_err();
        assert_eq!(other.to_string(), format!("it is the cursor of stream {stream}"));
        let newer = String::from_utf8(bytes).unwrap().replace(r#""v":1"#, r#""v":2"#);
        let newer = Cursor::decode(newer.as_bytes(), stream).unwrap_err();
        assert_eq!(newer.to_string(), "it is of version 2");
    }
}
