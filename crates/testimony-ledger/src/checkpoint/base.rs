//! Where reading again begins when a stream is taken up: at the newest checkpoint on record that a key of this session has
//! signed, so that a long stream is not read from its start each time; else at its start.

use std::io;

use testimony_record::entry::{Body, Entry};
use testimony_record::frame::{Frame, SegmentHeader};
use testimony_record::tlog::SignedHead;
use testimony_record::tree::Frontier;

use super::keys::Keys;
use super::reread::{Files, Reread};

/// Walks backwards from segment `last`. What cannot be read as a base is passed over; the reading from the base finds what is
/// wrong with it.
pub(crate) fn find(files: &Files, last: u64, keys: &Keys) -> io::Result<Reread> {
    let mut base: Option<Frontier> = None;
    for index in (0..=last).rev() {
        let Some(header) = header(files, index)? else { continue };
        if base.is_none() {
            base = newest(files, index, keys)?;
        }
        if let Some(tree) = base.as_ref().filter(|tree| header.seq <= tree.size()) {
            return Ok(Reread::from_base(index, tree.clone()));
        }
    }
    Ok(Reread::default())
}

fn header(files: &Files, index: u64) -> io::Result<Option<SegmentHeader>> {
    match files.frames(index, 0, u64::MAX).header() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        header => Ok(header?.ok()),
    }
}

/// The tree of the newest checkpoint in a segment that can be built on.
fn newest(files: &Files, index: u64, keys: &Keys) -> io::Result<Option<Frontier>> {
    let mut frames = files.frames(index, 0, u64::MAX);
    let (_, mut newest) = (frames.header()?, None);
    while let Some(Ok((_, frame))) = frames.next()? {
        if let Frame::Entry { bytes, .. } = frame
            && frame.is_sealed()
            && let Some(tree) = tree(bytes, keys)
        {
            newest = Some(tree);
        }
    }
    Ok(newest)
}

/// The signature holds the root, and the root the peaks.
fn tree(entry: &[u8], keys: &Keys) -> Option<Frontier> {
    let Body::Checkpoint(checkpoint) = Entry::decode(entry).ok()?.body else { return None };
    let head = SignedHead::parse(&checkpoint.note).ok().filter(|head| keys.signed(head))?;
    let tree = Frontier::from_peaks(head.size(), checkpoint.peaks)?;
    (tree.root() == *head.root()).then_some(tree)
}
