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
/// The name of the directory in which readers keep what they have derived. No part of the record.
pub(crate) const TWINS: &str = "twins";

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

/// Where what was derived from a stream's segments lies.
pub(crate) fn twins(ledger: &Path, stream: Uuid) -> PathBuf {
    ledger.join(TWINS).join(stream.to_string())
}

/// How the names of all files begin that were derived from one segment.
pub(crate) fn twin_prefix(index: u64) -> String {
    format!("{index:08}.")
}

/// The stream that a directory's name stands for; only the canonical spelling counts.
pub(crate) fn stream_id(name: &str) -> Option<Uuid> {
    let id: Uuid = name.parse().ok()?;
    (id.to_string() == name).then_some(id)
}
