//! What a derived file says of itself: what it was derived from. Whether it still is that is seen from the segment's length
//! and time, without reading either.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parquet::file::metadata::{KeyValue, ParquetMetaData, ParquetMetaDataReader};
use serde::{Deserialize, Serialize};
use testimony_record::Uuid;
use testimony_record::digest::Digest;

/// The key of the stamp in a Parquet file's metadata.
const KEY: &str = "testimony";

/// A file system's times can be this coarse. What was derived sooner after a change could have missed another one, so it is
/// not relied on later.
const SETTLED_AFTER: Duration = Duration::from_secs(1);

/// A segment file as it lies on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// In bytes.
    pub(super) length: u64,
    /// Nanoseconds since the Unix epoch.
    modified_ns: u64,
}

impl Look {
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let modified_ns = u64::try_from(modified.as_nanos()).unwrap_or(u64::MAX);
        Ok(Self { length: metadata.len(), modified_ns })
    }

    /// Whether a change from now on will show in the time.
    fn is_settled(self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        now.saturating_sub(SETTLED_AFTER) > Duration::from_nanos(self.modified_ns)
    }
}

/// What a file was derived from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Of the form of the files. What has another one is made anew.
    version: u64,
    stream: Uuid,
    segment: u64,
    look: Look,
    settled: bool,
    /// Plain BLAKE3 of the segment's bytes.
    hash: Digest,
}

impl Stamp {
    /// Says that something is derived from a segment as it now looks. Its bytes are to be read after this.
    pub(super) fn begin((stream, segment): (Uuid, u64), version: u64, look: Look) -> Self {
        let settled = look.is_settled();
        Self { version, stream, segment, look, settled, hash: Digest::ZERO }
    }

    pub(super) fn over(self, bytes: &[u8]) -> Self {
        Self { hash: Digest::plain(bytes), ..self }
    }

    /// Whether what bears the stamp can be used for a segment that looks like this.
    pub(super) fn is_fresh(
        &self,
        (stream, segment): (Uuid, u64),
        version: u64,
        look: Look,
    ) -> bool {
        self.version == version
            && (self.stream, self.segment) == (stream, segment)
            && self.settled
            && self.look == look
    }

    /// Whether what bears the stamp was derived from exactly these bytes.
    #[must_use]
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        self.hash == Digest::plain(bytes)
    }

    /// The stamp as it stands in a file's metadata.
    #[must_use]
    pub fn to_metadata(&self) -> Option<KeyValue> {
        Some(KeyValue::new(KEY.to_owned(), serde_json::to_string(self).ok()?))
    }

    /// The stamp of a file; `None` where it is none of ours.
    #[must_use]
    pub fn read(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        Self::of(&ParquetMetaDataReader::new().parse_and_finish(&file).ok()?)
    }

    /// The stamp in a file's metadata.
    #[must_use]
    pub fn of(metadata: &ParquetMetaData) -> Option<Self> {
        serde_json::from_str(value(metadata, KEY)?).ok()
    }
}

/// What a file's metadata say under a key.
pub(crate) fn value<'a>(metadata: &'a ParquetMetaData, key: &str) -> Option<&'a str> {
    let values = metadata.file_metadata().key_value_metadata()?;
    values.iter().find(|value| value.key == key)?.value.as_deref()
}
