//! What every import does alike: how it opens a file, writes to a ledger, and names what is new.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use testimony_forensics::import::Moment;
use testimony_ledger::Options;
use testimony_record::Uuid;
use testimony_record::frame::MAX_BLOB_BYTES;

use crate::failure::Failure;
use crate::moment;

/// An import waits for room; it never loses anything because the disk is slow, and leaves nothing out for its size.
pub(super) fn patient() -> Options {
    Options {
        wait_when_full: Duration::MAX,
        max_content_bytes: MAX_BLOB_BYTES,
        service: Some("testimony import".into()),
        ..Options::default()
    }
}

pub(super) fn open(path: &Path) -> Result<File, Failure> {
    let is_dir = fs::metadata(path).is_ok_and(|metadata| metadata.is_dir());
    let file = if is_dir { Err(io::ErrorKind::IsADirectory.into()) } else { File::open(path) };
    file.map_err(|error| Failure::cannot_read(path, &error).advise("Give a file of JSON lines."))
}

pub(super) fn now() -> Moment {
    Moment { id: Uuid::now_v7(), now_us: moment::now() }
}
