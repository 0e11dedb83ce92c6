//! Taking up a stream that another process left: finds the end of its chain in the last segment, and what is torn
//! behind it. It reads, and never changes a byte.

use std::io;
use std::path::Path;

use testimony_record::Uuid;
use testimony_record::canonical;
use testimony_record::digest::Digest;
use testimony_record::entry::{Body, Cut, Entry, Link};
use testimony_record::frame::{Frame, segment_index};
use testimony_record::verify::Walk;

use super::appender::Tip;
use crate::layout;
use crate::storage::Storage;

/// The state in which a stream was left.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) tip: Tip,
    /// What the next session must put on record as cut, in order of the segments.
    pub(crate) cuts: Vec<Cut>,
}

/// Reads the last segment, and only where it has no entry the ones before it.
pub(crate) fn survey(storage: &dyn Storage, ledger: &Path, stream: Uuid) -> io::Result<Left> {
    let names = storage.list(&layout::stream(ledger, stream))?;
    let mut indexes: Vec<u64> = names.iter().filter_map(|name| segment_index(name)).collect();
    indexes.sort_unstable();
    let next_segment = indexes.last().map_or(0, |last| last + 1);
    let (mut newest, mut cuts) = (None, Vec::new());
    for &index in indexes.iter().rev() {
        let bytes = storage.read(&layout::segment(ledger, stream, index))?;
        let end = clean_end(&bytes);
        cuts.extend(end.cut(index, &bytes));
        newest = end.newest;
        if newest.is_some() {
            break;
        }
    }
    cuts.reverse();
    let (next_seq, prev) = newest.map_or((0, Digest::ZERO), |link| (link.seq + 1, link.hash));
    Ok(Left { tip: Tip { next_seq, prev, next_segment }, cuts })
}

struct CleanEnd {
    at: usize,
    header: bool,
    newest: Option<Link>,
}

impl CleanEnd {
    fn cut(&self, segment: u64, bytes: &[u8]) -> Option<Cut> {
        let rest = bytes.get(self.at..).unwrap_or_default();
        let unfinished = !rest.is_empty() || !self.header;
        let (offset, bytes) = (self.at as u64, rest.len() as u64);
        unfinished.then(|| Cut { segment, offset, bytes, hash: Digest::plain(rest) })
    }
}

/// What was put down with a `close` was written to there: whatever is wrong in it later is not a crash's doing, and is
/// left for the verifier to find. Otherwise later bytes may have landed before earlier ones, and only frames that have
/// their digest count; so it is with the checkpoint behind a `close`, which a crash can tear.
fn clean_end(bytes: &[u8]) -> CleanEnd {
    let put_down = put_down(bytes);
    let (header, mut frames) = Walk::new(bytes);
    let mut end = CleanEnd { at: frames.ending().clean, header: header.is_some(), newest: None };
    while let Some((at, frame)) = frames.next() {
        if at >= put_down && !frame.is_sealed() {
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
