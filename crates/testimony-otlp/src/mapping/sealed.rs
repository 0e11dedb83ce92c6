//! An entry as it was sealed: the exact bytes, what they say, and their hash. Nothing here is ever encoded again.

use bytes::Bytes;
use testimony_record::canonical::NotCanonical;
use testimony_record::digest::Digest;
use testimony_record::entry::Entry;

/// One entry of a stream.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// What it says.
    pub entry: Entry,
    /// Its exact bytes.
    pub bytes: Bytes,
    /// Its hash.
    pub hash: Digest,
}

impl Sealed {
    /// Reads an entry's bytes, wherever they were kept.
    ///
    /// # Errors
    /// When they are no entry, or not spelled as one.
    pub fn read(bytes: impl Into<Bytes>) -> Result<Self, NotCanonical> {
        let bytes = bytes.into();
        Ok(Self { entry: Entry::decode(&bytes)?, hash: Digest::of_entry(&bytes), bytes })
    }
}
