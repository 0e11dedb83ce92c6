//! The names in a ledger directory. `FORMAT.md` section 1.

use std::path::{Path, PathBuf};

use testimony_record::Uuid;
use testimony_record::frame::segment_name;

/// The name of the marker file.
pub(crate) const MARKER: &str = "LEDGER";

/// The bytes of the marker file.
pub(crate) const MARKER_BYTES: &[u8] = b"testimony 1 ledger\n";

/// The name of a stream's lock file.
pub(crate) const LOCK: &str = "lock";

/// The name of the file that says what is being erased from a stream.
pub(crate) const ERASING: &str = "erasing";

/// The name of the directory in which exporters keep how far they have come. No part of the record.
pub(crate) const EXPORT: &str = "export";

pub(crate) fn marker(ledger: &Path) -> PathBuf {
    ledger.join(MARKER)
}

pub(crate) fn stream(ledger: &Path, stream: Uuid) -> PathBuf {
    ledger.join(stream.to_string())
}

pub(crate) fn lock(ledger: &Path, id: Uuid) -> PathBuf {
    stream(ledger, id).join(LOCK)
}

pub(crate) fn erasing(ledger: &Path, id: Uuid) -> PathBuf {
    stream(ledger, id).join(ERASING)
}

pub(crate) fn segment(ledger: &Path, id: Uuid, index: u64) -> PathBuf {
    stream(ledger, id).join(segment_name(index))
}

/// The stream that a directory's name stands for; only the canonical spelling counts.
pub(crate) fn stream_id(name: &str) -> Option<Uuid> {
    let id: Uuid = name.parse().ok()?;
    (id.to_string() == name).then_some(id)
}
