//! What a twin says of itself: what it was derived from. Whether it still is that is seen from the segment's length and
//! time, without reading either.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use datafusion::parquet::file::metadata::{KeyValue, ParquetMetaData, ParquetMetaDataReader};
use serde::{Deserialize, Serialize};
use testimony_record::Uuid;
use testimony_record::digest::Digest;

/// The version of the tables. Twins of another one are made anew.
const VERSION: u64 = 1;

/// The key of the stamp in a Parquet file's metadata.
const KEY: &str = "testimony";

/// A file system's times can be this coarse. A twin that was derived sooner after a change could have missed another one, so
/// it is not relied on later.
const SETTLED_AFTER: Duration = Duration::from_secs(1);

/// A segment file as it lies on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Look {
    /// In bytes.
    pub(crate) length: u64,
    /// Nanoseconds since the Unix epoch.
    modified_ns: u64,
}

impl Look {
    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let modified_ns = u64::try_from(modified.as_nanos()).unwrap_or(u64::MAX);
        Ok(Self { length: metadata.len(), modified_ns })
    }

    /// Whether a change from now on will show in the time.
    pub(super) fn is_settled(&self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        now.saturating_sub(SETTLED_AFTER) > Duration::from_nanos(self.modified_ns)
    }
}

/// What a twin was derived from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    version: u64,
    stream: Uuid,
    segment: u64,
    look: Look,
    settled: bool,
    /// Plain BLAKE3 of the segment's bytes.
    hash: Digest,
    /// The hashes of the first and the last entry.
    ends: Option<(Digest, Digest)>,
}

impl Stamp {
    pub(super) fn new(
        (stream, segment): (Uuid, u64),
        (look, settled): (Look, bool),
        bytes: &[u8],
        ends: Option<(Digest, Digest)>,
    ) -> Self {
        Self { version: VERSION, stream, segment, look, settled, hash: Digest::plain(bytes), ends }
    }

    /// Whether the twin can be used for a segment that looks like this.
    pub(crate) fn is_fresh(&self, (stream, segment): (Uuid, u64), look: Look) -> bool {
        self.version == VERSION
            && (self.stream, self.segment) == (stream, segment)
            && self.settled
            && self.look == look
    }

    /// Whether the twin was derived from exactly these bytes.
    pub(crate) fn is_of(&self, bytes: &[u8]) -> bool {
        self.hash == Digest::plain(bytes)
    }

    pub(super) fn to_metadata(&self) -> Option<KeyValue> {
        Some(KeyValue::new(KEY.to_owned(), serde_json::to_string(self).ok()?))
    }

    /// The stamp of a twin; `None` where the file is none of ours.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        Self::of(&ParquetMetaDataReader::new().parse_and_finish(&file).ok()?)
    }

    pub(crate) fn of(metadata: &ParquetMetaData) -> Option<Self> {
        let values = metadata.file_metadata().key_value_metadata()?;
        let stamp = values.iter().find(|value| value.key == KEY)?.value.as_deref()?;
        serde_json::from_str(stamp).ok()
    }
}
