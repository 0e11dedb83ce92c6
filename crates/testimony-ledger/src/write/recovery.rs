//! Taking up a stream that another process left: finds the end of its chain in the last segment, and what is torn
//! behind it. It reads, makes durable what it goes on from, and never changes a byte.

use std::io;
use std::path::Path;

use testimony_record::Uuid;
use testimony_record::canonical;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Cut, Entry, Link};
use testimony_record::frame::{Frame, SegmentHeader};
use testimony_record::verify::{Walk, first_entry};

use super::appender::Tip;
use super::listing::segments;
use crate::layout;
use crate::storage::Storage;

/// The state in which a stream was left.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) tip: Tip,
    /// What the next session must put on record as cut, in order of the segments.
    pub(crate) cuts: Vec<Cut>,
    /// The last segment was begun, and not a byte of it landed.
    pub(crate) begun: bool,
}

/// Reads the last segment, and only where it has no entry the ones before it.
pub(crate) fn survey(storage: &dyn Storage, ledger: &Path, stream: Uuid) -> io::Result<Left> {
    let indexes = segments(storage, ledger, stream)?;
    let next_segment = indexes.last().map_or(0, |last| last + 1);
    let mut tip = Tip { next_seq: 0, prev: Digest::ZERO, next_segment };
    let (mut ends, mut begun) = (Vec::new(), false);
    for &index in indexes.iter().rev() {
        // A process that died left bytes that are written and not synced. Nothing may be linked to them before they are.
        let path = layout::segment(ledger, stream, index);
        storage.sync(&path)?;
        let bytes = storage.read(&path)?;
        if bytes.is_empty() && Some(&index) == indexes.last() {
            // Whoever tries again and again on a full disk must not leave a file each time.
            (tip.next_segment, begun) = (index, true);
            continue;
        }
        let end = clean_end(&bytes, stream, index);
        let newest = end.newest;
        ends.push((index, bytes, end));
        if let Some(Link { seq, hash }) = newest {
            (tip.next_seq, tip.prev) = (seq + 1, hash);
            break;
        }
    }
    let cuts = ends.iter().rev().filter_map(|(index, bytes, end)| end.cut(*index, bytes, &tip));
    Ok(Left { cuts: cuts.collect(), tip, begun })
}

/// How far a segment is clean.
struct CleanEnd {
    at: usize,
    header: Option<SegmentHeader>,
    newest: Option<Link>,
}

impl CleanEnd {
    const NOTHING: Self = Self { at: 0, header: None, newest: None };

    fn cut(&self, segment: u64, bytes: &[u8], tip: &Tip) -> Option<Cut> {
        // What a header says where no entry follows it, the entries before must bear out.
        let fits = |header: &SegmentHeader| {
            self.newest.is_some() || (header.seq, header.prev) == (tip.next_seq, tip.prev)
        };
        let at = if self.header.as_ref().is_some_and(fits) { self.at } else { 0 };
        let rest = bytes.get(at..).unwrap_or_default();
        let unfinished = !rest.is_empty() || at == 0;
        let (offset, bytes) = (at as u64, rest.len() as u64);
        unfinished.then(|| Cut { segment, offset, bytes, hash: Digest::plain(rest) })
    }
}

/// What was put down with a `close` was written to there: whatever is wrong in it later is not a crash's doing, and is
/// left for the verifier to find. Otherwise later bytes may have landed before earlier ones, and only frames that have
/// their digest count, behind a header that tells of them; so it is with the checkpoint behind a `close`, which a crash
/// can tear.
fn clean_end(bytes: &[u8], stream: Uuid, index: u64) -> CleanEnd {
    let put_down = put_down(bytes);
    let end = walk(bytes, put_down);
    let ours = |header: &SegmentHeader| {
        let first = first_entry(bytes).and_then(|(_, entry)| entry);
        let announced = end.newest.is_none()
            || first.is_some_and(|first| (first.seq, first.prev) == (header.seq, header.prev));
        (header.stream, header.index) == (stream, index) && announced
    };
    if put_down > 0 || end.header.as_ref().is_some_and(ours) { end } else { CleanEnd::NOTHING }
}

/// Frames from `sealed_from` on count only if they have their digest.
fn walk(bytes: &[u8], sealed_from: usize) -> CleanEnd {
    let (header, mut frames) = Walk::new(bytes);
    let mut end = CleanEnd { at: frames.ending().clean, header, newest: None };
    while let Some((at, frame)) = frames.next() {
        if at >= sealed_from && !frame.is_sealed() {
            break;
        }
        if let Frame::Entry { hash, bytes } = frame {
            let Ok(entry) = canonical::decode::<Entry>(bytes) else { break };
            end.newest = Some(Link { seq: entry.seq, hash });
            end.at = frames.ending().clean;
        }
    }
    end
}

/// Where a `close` ends that only checkpoints follow, whole or torn; 0 where there is none.
fn put_down(bytes: &[u8]) -> usize {
    let mut frames = Walk::new(bytes).1;
    let mut put_down = 0;
    while let Some((_, frame)) = frames.next() {
        let Frame::Entry { bytes, .. } = frame else {
            put_down = 0;
            continue;
        };
        // Behind a `close` a crash can leave an entry whose length landed before its bytes.
        match canonical::decode::<Entry>(bytes).map(|entry| entry.body) {
            Ok(Body::Close(_)) => put_down = frames.offset(),
            Ok(Body::Checkpoint(_)) | Err(_) => {}
            Ok(_) => put_down = 0,
        }
    }
    put_down
}
