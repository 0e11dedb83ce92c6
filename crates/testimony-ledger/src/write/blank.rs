//! Overwriting content where it lies: the salt with zeros, the content with NULs, in every segment file of a stream but
//! the one that is being written. One segment is in memory at a time.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::verify::{Lying, blobs};

use super::listing::segments;
use super::twins;
use crate::layout;
use crate::storage::Storage;

/// How much has been overwritten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Overwritten {
    pub(crate) frames: u64,
    /// Of content.
    pub(crate) bytes: u64,
    /// Whether one of the contents lies there, blank already or not.
    is_concerned: bool,
}

/// Overwrites some blobs in the segment files below number `below`, and syncs each file that it changes.
pub(crate) fn overwrite(
    storage: &dyn Storage,
    (ledger, stream): (&Path, Uuid),
    below: u64,
    digests: &BTreeSet<Digest>,
    done: &mut dyn FnMut(),
) -> io::Result<Overwritten> {
    let mut all = Overwritten::default();
    for index in segments(storage, ledger, stream)?.into_iter().take_while(|&index| index < below) {
        let path = layout::segment(ledger, stream, index);
        let one = overwrite_segment(storage, &path, digests)?;
        if one.is_concerned {
            twins::remove(storage, (ledger, stream), index)?;
        }
        all.frames += one.frames;
        all.bytes += one.bytes;
        done();
    }
    Ok(all)
}

fn overwrite_segment(
    storage: &dyn Storage,
    path: &Path,
    digests: &BTreeSet<Digest>,
) -> io::Result<Overwritten> {
    let mut bytes = storage.read(path)?;
    let mut blobs = blobs(&bytes);
    blobs.retain(|lying| digests.contains(&lying.blob.digest));
    let mut overwritten = Overwritten::default();
    if blobs.is_empty() {
        return Ok(overwritten);
    }
    overwritten.is_concerned = true;
    let mut file = storage.open(path)?;
    for Lying { at, blob, .. } in blobs {
        let frame = bytes.get_mut(at..).unwrap_or_default();
        let changed = blob.overwrite(frame);
        file.write_at((at + changed.start) as u64, frame.get(changed).unwrap_or_default())?;
        overwritten.frames += 1;
        overwritten.bytes += blob.content.len() as u64;
    }
    file.sync()?;
    Ok(overwritten)
}
