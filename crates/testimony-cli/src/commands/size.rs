//! How much room a ledger takes.

use std::fs;

use testimony_ledger::read::directory::{CouldNotRead, Directory};

/// The bytes of all segment files. One that is gone meanwhile counts for nothing.
pub(super) fn bytes_of(directory: &Directory) -> Result<u64, CouldNotRead> {
    let mut bytes = 0;
    for &stream in &directory.streams {
        for segment in directory.segments(stream)? {
            let file = fs::metadata(directory.segment_path(stream, segment));
            bytes += file.map_or(0, |file| file.len());
        }
    }
    Ok(bytes)
}
